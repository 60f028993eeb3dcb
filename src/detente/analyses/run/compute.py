"""Trade statistics disagree: what customs count and what the world holds, for every pair of parties, in words.

From a dispute to findings: calibrate, lay the measures on the world, solve every state, say how it was done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations

from numpy.typing import ArrayLike

from detente.analyses.run.result import Findings, Scenario
from detente.analyses.run.scenario_tables import measure
from detente.analyses.talks.compute import talks_of
from detente.analyses.war.compute import of_setup
from detente.data.world import World
from detente.dispute.moves import decided
from detente.dispute.results import id_of
from detente.dispute.scenarios import leading
from detente.dispute.schema import Dispute
from detente.dispute.session import Progress, Setup, set_up
from detente.inputs import listener
from detente.model.benchmark import Deficits
from detente.policy.amounts import bases
from detente.solver.fixed_point import Horizon


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


def run(
    dispute: Dispute,
    *,
    world: World | str | None = None,
    elasticities: str | ArrayLike | None = None,
    deficits: Deficits | None = None,
    horizon: Horizon | None = None,
    progress: Progress | None = None,
    accept_defaults: bool = False,
    war: bool = False,
    talks: bool = False,
    early: Callable[[Findings], None] | None = None,
) -> Findings:
    """Everything the dispute asks about, as known on its own day.

    Parameters
    ----------
    dispute
        From `Dispute.read` or `Dispute.parse`.
    world
        A world, or the name of a bundled one; the dispute's own by default.
    elasticities
        A set's name, or theta (j,); by default that of the settings, else `detente.data.bundled.DEFAULT`.
    deficits, horizon
        As in `calibrate` and `solve`; by default those of the settings, else `fixed` and `long`.
    progress
        Told of every state before it is solved.
    accept_defaults
        Fill open questions with their defaults; without it a dispute with open questions is refused.
    war
        Find too where it leads if nobody gives way (`run_war` with its defaults), which takes longer than all the rest.
    talks
        Find too what demands cost and are worth, and which deals there are (`talks` with its defaults).
    early
        Told once of findings that hold the state of the headline and the baseline alone, as soon as these are solved.
        The same scenario is in the findings at the end. It is not told where an answer has yet to be found.

    Raises
    ------
    BadDispute
        Where questions are open, a name is not in the world, or measures cannot be applied; with every fault.
    BadMeasure, UnknownElasticities, BadEconomy, NotSolved
        Where measures cannot hold together, or a state does not solve.
    BadInput
        Where a war or talks are asked for between more or fewer than two parties, or talks without demands.
    """
    listener(progress)
    setup = set_up(dispute, world, elasticities, deficits, horizon, accept_defaults)
    lead = _lead(setup)
    solved: dict[int, Scenario] = {}
    for place, scenario in _measured(setup, lead or 0, progress):
        solved[place] = scenario
        if early is not None and place == lead:
            early(_findings(dispute, setup, solved, war, talks))
    return replace(
        _findings(dispute, setup, solved, war, talks),
        war=of_setup(setup, progress) if war else None,
        talks=talks_of(setup, progress) if talks else None,
    )


def _findings(dispute: Dispute, setup: Setup, solved: Mapping[int, Scenario], war: bool, talks: bool) -> Findings:
    """The states that are solved, by their place, as findings."""
    prepared = setup.prepared
    baseline, *scenarios = (solved[place] for place in sorted(solved))
    return Findings(
        id=id_of(setup.dispute, setup.settings, _asked(war, talks)),
        dispute=setup.dispute,
        settings=setup.settings,
        baseline=baseline,
        scenarios=tuple(scenarios),
        notes=(*dispute.notes, *ratio_notes(setup.world, setup.context.parties), *prepared.books.notes()),
        assumed=(*_assumed(prepared.known), *setup.defaults),
        ignored=tuple(str(fact) for fact in prepared.later),
    )


def _asked(war: bool, talks: bool) -> dict[str, bool] | None:
    """What is found beside the states; None where nothing is, so that ids stay what they were."""
    asked = {name: True for name, wanted in (("war", war), ("talks", talks)) if wanted}
    return asked or None


def _lead(setup: Setup) -> int | None:
    """The place of the state of the headline; None where it is known only after answers have been found."""
    plans = setup.prepared.plans
    if any(state.chosen for state in plans):
        return None
    return leading([(state.kind, len(state.ids)) for state in plans])


def _measured(setup: Setup, lead: int, progress: Progress | None) -> Iterator[tuple[int, Scenario]]:
    """Every state with its place: the baseline, against which others are measured, then that at `lead`, then the rest.

    No number depends on the order; of states that are one, the first is solved and lends its notes to the others.
    """
    economy, context, books, plans = setup.economy, setup.context, setup.prepared.books, setup.prepared.plans
    base = economy
    known: dict[tuple[str, tuple[str, ...]], Scenario] = {}
    same = (
        k for k in range(lead + 1) if (plans[k].reference, plans[k].ids) == (plans[lead].reference, plans[lead].ids)
    )
    order = dict.fromkeys((0, *same, *range(len(plans))))
    for done, place in enumerate(order):
        state = plans[place]
        if progress is not None:
            progress(done, len(plans), state.title)
        if state.chosen:
            state = decided(state, setup.world, economy, context.horizon)
        key = (state.reference, state.ids)
        if key in known:  # the last date on which the law changed is the baseline itself
            scenario = replace(known[key], id=state.id, title=state.title, kind=state.kind, on=state.on)
        else:
            reference = economy if state.reference == "calibrated world" else base
            scenario = known[key] = measure(state, books.of(state), reference, context)
        if state.kind == "baseline" and scenario.solution is not None:
            base = economy.at(scenario.solution)
        yield place, scenario
    if progress is not None:
        progress(len(plans), len(plans), "")


def _assumed(dispute: Dispute) -> Iterator[str]:
    """What no source states, as the file says itself."""
    written = {values["id"]: values for values in dispute.values_as_written().get("measures", ())}
    for law in dispute.measures:
        for field in law.assumed:
            value = written[law.id].get(field, "left open")
            if field == "goods":
                value = law.goods
            elif isinstance(value, dict):
                value = "; ".join(f"{key} {', '.join(names)}" for key, names in value.items())
            elif isinstance(value, list | tuple):
                value = ", ".join(value)
            yield f"{law.id}: {field} ({value}) is assumed; no source states it"
