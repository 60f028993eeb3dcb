"""States with quotas, duties by the unit and measures on exports: solved from the calibrated world, and measured.

Their rates are found with the equilibrium, so that no later shock could start from them: a state and its reference are
both reached from the calibrated world, and changes are ratios of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from detente.analyses.run.coverage_tables import coverage
from detente.analyses.run.instrument_tables import TradeOfParts, instrument_table
from detente.dispute.scenarios import Plan
from detente.dispute.session import Session
from detente.errors import BadShock, NotSolved
from detente.model.parts import Parts
from detente.model.shock import Shock
from detente.policy.schedule import TariffBook
from detente.solver.decomposition import decompose
from detente.solver.equilibrium import split_of
from detente.solver.relative import measured_from
from detente.solver.solution import Solution

End = tuple[Sequence[str], date | None]
"""The measures that hold at one end, and the day of the state."""
_TERMS = (
    "terms_of_trade",
    "volume_of_trade",
    "profit_shifting",
    "labour",
    "transfers",
    "trade_costs",
    "terms_of_trade_and_transfers",
    "total",
    "real_gdp",
)
"""Columns of a split that add up along a path; `exact` and the memo line `revenue` come from the two ends."""


@dataclass(frozen=True)
class SolvedState:
    """A state as it was solved, and how the tables are drawn that need more than its solution.

    solution: measured from its reference. shock: from there to the state; None where both are reached from the
    calibrated world. instruments: the table of what is no duty in per cent; None where there is
    no such measure. moved: the shock from the reference at the rates found, also where both are reached from the
    calibrated world; None where goods are traded again whose trade had ended in the reference.
    """

    solution: Solution
    shock: Shock | None
    decomposition: Callable[[], pd.DataFrame]
    coverage: Callable[[], pd.DataFrame]
    averaging: Callable[[], pd.DataFrame]
    instruments: Callable[[], pd.DataFrame] | None = None
    moved: Callable[[], Shock | None] = lambda: None


def live_state(plan: Plan, session: Session, book: TariffBook) -> SolvedState:
    """A state with such measures, or measured against one. Raises NotSolved, BadMeasure."""
    economy = session.economy
    ends = (plan.start_ids, None), (plan.ids, plan.on)
    shocks = [book.shock(ids, flows=economy.M, on=day) for ids, day in ends]
    after = session.settled(shocks[1].wedges(economy))
    before = session.settled(shocks[0].wedges(economy)) if plan.start_ids else None
    after = replace(after, shock=shocks[1], splitting=split_of)
    before = None if before is None else replace(before, shock=shocks[0], splitting=split_of)
    solution = after if before is None else measured_from(before, after)
    return SolvedState(
        solution,
        shocks[1] if before is None else None,
        lambda: _split(shocks, before, after, solution),
        lambda: _covered(book, ends, shocks, before, after, solution),
        lambda: _unaveraged(solution),
        lambda: instrument_table(book, plan.ids, shocks[1], after, plan.on),
        lambda: shocks[1] if before is None else _between(book, ends, shocks, before, after),
    )


def _between(
    book: TariffBook, ends: Sequence[End], shocks: Sequence[Shock], before: Solution, after: Solution
) -> Shock | None:
    """The shock that leads from one equilibrium to the other, at the rates that hold in both."""
    first, now = (
        TradeOfParts.of(book, *end, shock, state)
        for end, shock, state in zip(ends, shocks, (before, after), strict=True)
    )
    if ((first.share == 0) & (now.share > 0)).any():
        return None
    n, i, j, *_ = book.columns
    ended = (first.share > 0) & (now.share == 0)
    charged = (1 + now.e) / (1 + first.e) - 1
    changed = (now.t != first.t) | (charged != 0) | ended
    cells = np.zeros(before.base.pi.shape, dtype=bool)
    cells[n[changed], i[changed], j[changed]] = True
    kept = cells[n, i, j]
    parts = Parts(n[kept], i[kept], j[kept], first.share[kept], first.t[kept], now.t[kept], charged[kept], ended[kept])
    return Shock(parts=parts) if len(parts) else Shock()


def _covered(
    book: TariffBook,
    ends: Sequence[End],
    shocks: Sequence[Shock],
    before: Solution | None,
    after: Solution,
    of: Solution,
) -> pd.DataFrame:
    """`coverage` by the rates that hold in both equilibria."""
    n, i, j, share, t = book.columns
    now = TradeOfParts.of(book, *ends[1], shocks[1], after)
    if before is not None:
        first = TradeOfParts.of(book, *ends[0], shocks[0], before)
        share, t = first.share, first.t
    whole = np.bincount(np.ravel_multi_index((n, i, j), of.base.pi.shape), weights=share, minlength=of.base.pi.size)
    traded = whole.reshape(of.base.pi.shape)[n, i, j] > 0
    return coverage(of.base, Parts(n[traded], i[traded], j[traded], share[traded], t[traded], now.t[traded]))


def _split(shocks: list[Shock], before: Solution | None, after: Solution, solution: Solution) -> pd.DataFrame:
    """The split of real income along a path through the calibrated world; missing where trade of some goods ends.

    Each end is split along its own path from there, and the terms are the difference of the two, which adds up.
    """
    economy = after.base
    try:
        found = decompose(economy, shocks[1], horizon=after.horizon, solution=after)
        if before is not None:
            first = decompose(economy, shocks[0], horizon=before.horizon, solution=before)
            columns = list(_TERMS)
            found[columns] = found[columns] - first[columns]
    except (BadShock, NotSolved):
        found = pd.DataFrame({"economy": economy.economies, **dict.fromkeys(_TERMS, np.nan)})
    found["exact"] = np.log(solution.W_hat)
    found["revenue"] = (solution.R_cf - solution.base.R) / solution.base.I
    return found


def _unaveraged(solution: Solution) -> pd.DataFrame:
    """The table of averaging where a quota or a ban has no average duty: the change alone."""
    return pd.DataFrame(
        {
            "economy": solution.base.economies,
            "real_income": solution.W_hat - 1,
            "real_income_if_averaged": np.nan,
            "error_of_averaging": np.nan,
        }
    )
