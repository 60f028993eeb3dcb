"""What each authority's acts do in a state: duties, real income and revenue, which sum to the whole of the state.

A duty on a part is the sum of what each measure adds to it (`policy.contributions`), so that the duties of authorities
can be laid one after another. The effect of an act depends on those that are there already. It is computed twice, in
the order of the first day of each authority and in the reverse order; each of the two sums to the change of the state
exactly, and so does their mean, which is the path-integrated share up to third order (for a quadratic function the mean
over an order and its reverse is the integral along the straight path, Aumann & Shapley 1974).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from detente.analyses.run.instrument_tables import TradeOfParts
from detente.dispute.scenarios import Plan
from detente.dispute.session import Session
from detente.inputs import FloatArray
from detente.model.parts import Parts
from detente.model.shock import Shock
from detente.policy.contributions import above_base
from detente.policy.instruments import instruments_of
from detente.policy.measure import Measure, since
from detente.policy.pair_duties import UNNAMED
from detente.policy.schedule import TariffBook
from detente.solver.equilibrium import equilibrium
from detente.solver.solution import Solution

_YEAR: Final = 365.25
"""Days of a year."""
FLOOR: Final = "cuts that stop at zero"
"""The line of what measures would cut below zero, which no duty is."""
COLUMNS: Final = (
    "scenario", "on", "authority", "since", "economy", "in_order", "in_reverse", "real_income", "real_income_usd",
    "revenue_usd_mn", "days", "laid_usd_mn",
)  # fmt: skip
"""on: the day of the state; since: the first day of the authority's measures in it. in_order, in_reverse: the change of
real income when the authority's duties come on top of those that are older, or of those that are younger; real_income:
the mean of the two; fractions. real_income_usd: USD million a year at base prices. revenue_usd_mn: what its duties
bring the economy that lays them on the trade of the state, USD million a year. days: how long the state was the law,
up to the day of the dispute; laid_usd_mn: revenue times days, summed over the states up to this one, USD million."""


def acts_table(session: Session) -> pd.DataFrame:
    """One row a state, authority and party, of the states measured from the calibrated world. See `COLUMNS`.

    Each date on which the law changed, in order, and the baseline where no such date has its law. Those with quotas,
    duties by the unit or measures on exports, whose rates are found with the equilibrium, are left out.

    Raises NotSolved.
    """
    rows: list[tuple[object, ...]] = []
    law = _law(session)
    ends = [*(_day(session, plan) for plan in law[1:]), session.known.as_of]
    laid: defaultdict[tuple[str, str], float] = defaultdict(float)
    for plan, end in zip(law, ends, strict=True):
        if not plan.measures or any(map(instruments_of, plan.measures)):
            continue
        days = (end - _day(session, plan)).days
        for row in _rows(session, plan):
            of = (row.authority, row.economy)
            laid[of] += row.revenue_usd_mn * days / _YEAR
            rows.append((*row, days, laid[of]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _law(session: Session) -> list[Plan]:
    """The states of the law in the order of their days; the baseline where no dated one is the same."""
    rules, baseline = session.known.stacking, session.prepared.plans[0]
    steps = [plan for plan in session.prepared.plans if plan.kind == "step"]
    known = bool(steps) and steps[-1].law(rules) == baseline.law(rules)
    return steps if known else [*steps, baseline]


def _day(session: Session, plan: Plan) -> date:
    return plan.on or session.known.as_of


@dataclass(frozen=True, eq=False)
class _Act:
    """An authority with the first day of its measures, and what they add to the duty on each part (a,)."""

    authority: str
    since: date
    added: FloatArray


def _acts(book: TariffBook, plan: Plan) -> list[_Act]:
    """The authorities of a state in the order of their first days; their duties come to those of the state."""
    terms, displaced = book.terms_of(plan.ids, on=plan.on)
    added = above_base(terms, displaced)
    groups: dict[str, list[int]] = {}
    for m, measure in enumerate(terms.measures):
        groups.setdefault(measure.authority or UNNAMED, []).append(m)
    found = [_Act(name, _first(terms.measures, its), added[:, its].sum(axis=1)) for name, its in groups.items()]
    found.sort(key=lambda act: (act.since, act.authority))
    base = book.columns[4]
    rest = book.rate(plan.ids, on=plan.on) - base - added.sum(axis=1)
    # a sum of a dozen duties is off by rounding, a cut below zero by a part of a per cent at least
    return [*found, _Act(FLOOR, date.max, rest)] if np.abs(rest).max(initial=0.0) > 1e-12 else found


def _first(measures: Sequence[Measure], places: Sequence[int]) -> date:
    return min(since(measures[m]) for m in places)


class _Row(NamedTuple):
    scenario: str
    on: str
    authority: str
    since: str
    economy: str
    in_order: float
    in_reverse: float
    real_income: float
    real_income_usd: float
    revenue_usd_mn: float


def _rows(session: Session, plan: Plan) -> Iterator[_Row]:
    economy, book = session.economy, session.schedules.having(plan.all_measures)
    acts = _acts(book, plan)
    forward, backward = _marginal(session, book, acts), _marginal(session, book, acts[::-1])[::-1]
    shock = book.shock(plan.ids, flows=economy.M, on=plan.on)
    trade = TradeOfParts.of(book, plan.ids, plan.on, shock, session.settled(shock.wedges(economy))).trade
    on = _day(session, plan)
    for party in session.parties:
        n = economy.index(party)
        own = book.columns[0] == n
        for k, act in enumerate(acts):
            first, last = float(forward[k][n]), float(backward[k][n])
            mean = (first + last) / 2
            revenue = float((act.added * trade)[own].sum())
            begins = "" if act.since == date.max else act.since.isoformat()
            about = (plan.id, on.isoformat(), act.authority, begins, party)
            yield _Row(*about, first, last, mean, mean * float(economy.I[n]), revenue)


def _marginal(session: Session, book: TariffBook, acts: Sequence[_Act]) -> list[FloatArray]:
    """The change of real income (n,) that each act brings on top of those before it.

    Real income is relative to the calibrated world throughout, so that the changes add up. Raises NotSolved.
    """
    n, i, j, share, base = book.columns
    duty, before = base, np.ones(len(session.economy.economies))
    state: Solution | None = None
    found: list[FloatArray] = []
    for act in acts:
        duty = duty + act.added
        wedges = Shock(parts=Parts(n, i, j, share, base, duty)).wedges(session.economy)
        state = equilibrium(session.economy, wedges, session.horizon, start=state)
        found.append(np.asarray(state.W_hat - before))
        before = np.asarray(state.W_hat)
    return found
