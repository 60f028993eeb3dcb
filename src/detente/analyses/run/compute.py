"""Trade statistics disagree: what customs count and what the world holds, for every pair of parties, in words.

From a dispute to findings: calibrate, lay the measures on the world, solve every state, say how it was done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Final

from detente.analyses.run.acts import acts_table
from detente.analyses.run.nested_products import nested_products
from detente.analyses.run.options import RunOptions
from detente.analyses.run.other_rules import other_rules
from detente.analyses.run.people import People
from detente.analyses.run.result import Findings, Scenario
from detente.analyses.run.scenario_tables import measure
from detente.analyses.run.third_markets import third_market_tables
from detente.data.world import World
from detente.dispute import pricing
from detente.dispute.presenters import PRESENTERS
from detente.dispute.results import id_of
from detente.dispute.scenarios import leading
from detente.dispute.schema import Dispute
from detente.dispute.session import Progress, Session
from detente.policy.instruments import instruments_of
from detente.policy.reach import bases


def ratio_notes(world: World, parties: tuple[str, ...]) -> tuple[str, ...]:
    """For each pair of parties with customs figures: both figures of the goods each buys, and of the balance.

    A value with the basis customs is rescaled by its share of customs imports, a balance by its share of the customs
    balance; these two ratios are never mixed.
    """
    notes = []
    for first, second in combinations(parties, 2):
        table = bases(world, [(first, second), (second, first)])
        if table["customs"].isna().any():
            continue
        for importer, exporter, own, customs, ratio in table.itertuples(index=False, name=None):
            notes.append(
                f"{importer} bought goods of {_bn(customs)} from {exporter} in {world.year} by customs figures and of "
                f"{_bn(own)} in {world.name} (ratio {ratio:.3f}): values on the customs basis are rescaled by it"
            )
        own = float(table["world"].iloc[1] - table["world"].iloc[0])
        customs = float(table["customs"].iloc[1] - table["customs"].iloc[0])
        notes.append(
            f"the balance of {first} in goods with {second} is {_bn(customs)} by customs figures and {_bn(own)} in "
            f"{world.name} (ratio {own / customs:.3f}): balances on the customs basis are rescaled by that ratio, "
            "never by the one of imports"
        )
    return tuple(notes)


def _bn(amount: float) -> str:
    """USD million as a person reads it."""
    return f"{'−' if amount < 0 else ''}${abs(amount) / 1e3:.1f}bn"


_NO_SIGNS: Final = (
    "signs over elasticities, closures and base tariffs are not in this result: they are of the long run with a fixed "
    "supply of labour"
)


def compute(
    session: Session,
    options: RunOptions,
    progress: Progress | None = None,
    *,
    early: Callable[[Findings], None] | None = None,
) -> Findings:
    """Everything the dispute asks about, as known on its own day.

    `options` are those that the dispute was set up with. `progress` is told of every state before it is solved. `early`
    is told once of findings that hold the state of the headline and the baseline alone, as soon as these are solved;
    the same scenario is in the findings at the end. It is not told where an answer has yet to be found.

    Raises
    ------
    BadMeasure, NotSolved
        Where measures cannot hold together, or a state does not solve.
    """
    lead = _lead(session)
    people = People.of(session, options.households, options.employment)
    solved: dict[int, Scenario] = {}
    for place, scenario in _measured(session, lead or 0, people, progress):
        solved[place] = scenario
        if early is not None and place == lead:
            early(_findings(session, solved, people))
    plans = session.prepared.plans
    place = leading([(solved[k].kind, solved[k].measures) for k in range(len(plans))])
    main = session.decided(plans[place])
    revenue = tuple(session.world.base_revenue(party) for party in session.parties)
    acts = acts_table(session) if options.acts else None
    surge = third_market_tables(session, main, solved[place]) if options.third_markets else (None, None)
    # solved by compiled code, which a run without them does not load
    asked = options.signs and session.horizon == "long" and session.settings.labour is None
    signs = PRESENTERS["run"].sign_table(session) if asked else None
    nest, found = nested_products(session, main, solved[place]), _findings(session, solved, people)
    return replace(
        found,
        notes=(
            *found.notes,
            *([nest] if isinstance(nest, str) else []),
            *([_NO_SIGNS] if options.signs and not asked else []),
        ),
        base_revenue=revenue,
        acts=acts,
        signs=signs,
        third_markets=surge[0],
        third_products=surge[1],
        other_rules=other_rules(session, main),
        product_nest=None if isinstance(nest, str) else nest,
        obligations=pricing.price_obligations(session) if session.known.obligations else None,
    )


def _findings(session: Session, solved: Mapping[int, Scenario], people: People) -> Findings:
    """The states that are solved, by their place, as findings."""
    baseline, *scenarios = (solved[place] for place in sorted(solved))
    chosen = [session.decided(state).all_measures for state in session.prepared.plans if state.chosen]
    law = (*session.schedules.notes, *(note for each in chosen for note in session.schedules.having(each).notes))
    return Findings(
        id=id_of(session.dispute, session.settings, people.content),
        dispute=session.dispute,
        settings=session.settings,
        baseline=baseline,
        scenarios=tuple(scenarios),
        notes=(
            *session.dispute.notes,
            *ratio_notes(session.world, session.parties),
            *people.notes,
            *dict.fromkeys(law),
        ),
        assumed=(*assumptions(session.known), *session.defaults),
        ignored=tuple(str(fact) for fact in session.prepared.later),
    )


def _lead(session: Session) -> int | None:
    """The place of the state of the headline; None where it is known only after answers have been found."""
    plans = session.prepared.plans
    if any(state.chosen for state in plans):
        return None
    return leading([(state.kind, state.ids) for state in plans])


def _measured(session: Session, lead: int, people: People, progress: Progress | None) -> Iterator[tuple[int, Scenario]]:
    """Every state with its place: the baseline, against which others are measured, then that at `lead`, then the rest.

    No number depends on the order; of states that are one, the first is solved and lends its notes to the others.
    """
    economy, plans = session.economy, session.prepared.plans
    base = economy
    rules = session.known.stacking
    known: dict[tuple[object, ...], Scenario] = {}
    same = (k for k in range(lead + 1) if plans[k].law(rules) == plans[lead].law(rules))
    for done, place in enumerate(dict.fromkeys((0, *same, *range(len(plans))))):
        state = plans[place]
        if progress is not None:
            progress(done, len(plans), state.title)
        state = session.decided(state)
        key = state.law(rules)
        if key in known:  # the last date on which the law changed is the baseline itself
            scenario = replace(known[key], id=state.id, title=state.title, kind=state.kind, on=state.on)
        else:
            reference = economy if state.reference == "calibrated world" else base
            scenario = known[key] = measure(state, session, reference, people)
        if state.kind == "baseline" and scenario.solution is not None and not any(map(instruments_of, state.measures)):
            base = economy.at(scenario.solution)
        yield place, scenario
    if progress is not None:
        progress(len(plans), len(plans), "")


def assumptions(dispute: Dispute) -> Iterator[str]:
    """The assumptions that the file itself marks as such."""
    # the values of every measure: those of the law of a bundled case underneath are not written with the file
    given = dispute.model_dump(by_alias=True, exclude_defaults=True)
    written = {values["id"]: values for values in given.get("measures", ())}
    for law in dispute.measures:
        for field in law.assumed:
            value = law.goods if field == "goods" else _in_words(written[law.id].get(field, "left open"))
            yield f"{law.id}: {field} ({value}) is assumed; no source states it"


def _in_words(value: object) -> str:
    """A value of a dispute file in a line: keys before their values, as they are written there."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {_in_words(its)}" for key, its in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_in_words, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
