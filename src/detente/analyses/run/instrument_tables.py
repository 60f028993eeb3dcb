"""What is no duty in per cent in a state: quotas, measures on exports and imports, duties by the unit, one row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.inputs import FloatArray
from detente.model.shock import Shock
from detente.policy.border_terms import OnGoods
from detente.policy.schedule import TariffBook
from detente.report.blocks import rows_of
from detente.solver.solution import Solution

COLUMNS: Final[dict[str, type]] = {
    **dict.fromkeys(("measure", "kind", "partner"), str),
    **dict.fromkeys(("low", "high"), float),
    "regime": str,
    **dict.fromkeys(("rate", "limit_usd_mn", "trade_before_usd_mn", "trade_after_usd_mn", "filled"), float),
    **dict.fromkeys(("rent_usd_mn", "revenue_usd_mn"), float),
    "holder": str,
}
"""kind: quota, export limit, import limit, export tax, export ban, import ban, specific duty, carbon charge. low, high:
the rates within a quota and beyond it; of a tax and of a duty by the unit the rate at the prices of the base year.
regime: whether a quota is below, at or above its limit. rate: the one that holds in the equilibrium, of a limit its
shadow price; fractions. trade: USD million a year at the border, of the base year and in the equilibrium. filled: the
part of the limit that is traded, as the quota counts it. rent: what the holder of the licences earns; revenue: what a
tax on exports, or a duty by the unit, brings. A column that does not apply is missing (text: empty); beyond a limit
`high` is missing too."""


@dataclass(frozen=True, eq=False)
class TradeOfParts:
    """The parts of a book in an equilibrium (a,): their share of the cell's spending, and trade at the border, USD
    million; the rates that hold: tariffs, duties by the unit among them, charges, and duties by the unit alone."""

    share: FloatArray
    trade: FloatArray
    t: FloatArray
    e: FloatArray
    by_unit: FloatArray

    @classmethod
    def of(
        cls, book: TariffBook, ids: Sequence[str], on: date | None, shock: Shock, solution: Solution
    ) -> TradeOfParts:
        """Where the measures `ids` of the book hold, in the solution of its shock from the calibrated world."""
        n, i, j, share, t = book.columns
        share, t = share.copy(), t.copy()
        e, by_unit = np.zeros(len(t)), np.zeros(len(t))
        p, moved = shock.parts, book.moved(ids, on=on)
        spent = solution.pi_cf[n, i, j] * solution.X_cf[n, j]
        if p is None:
            return cls(share, share * spent / (1 + t), t, e, by_unit)
        rates, charges = p.t_cf.copy(), p.column("e_cf").copy()
        found = solution.quotas()["rate"].tolist() if shock.quotas else []
        for quota, rate in zip(shock.quotas, found, strict=True):
            (rates if quota.of_importer else charges)[quota.rows] += rate
        at_price = p.column("specific") / (solution.c_hat[p.i, p.j] * (1 + charges))
        factor = p.s * ((1 + rates + at_price) * (1 + charges) / (1 + p.t)) ** -solution.base.theta[p.j]
        factor[p.column("closed") > 0] = 0.0
        total = p.sums(factor)[p.cells[1]]
        share[moved] = np.where(total > 0, factor / np.where(total > 0, total, 1.0), 0.0)
        t[moved], e[moved], by_unit[moved] = rates + at_price, charges, at_price
        return cls(share, share * spent / (1 + t), t, e, by_unit)


def instrument_table(
    book: TariffBook, ids: Sequence[str], shock: Shock, solution: Solution, on: date | None
) -> pd.DataFrame:
    """The table of a state whose measures are `ids`, reached by `shock` from the calibrated world. See `COLUMNS`."""
    names, before = solution.base.economies, book.traded(solution.base.M)
    found = TradeOfParts.of(book, ids, on, shock, solution)
    quotas = list(rows_of(solution.quotas())) if shock.quotas else []
    rows = [_row(its, before, found, quotas, names) for its in book.terms(ids, on=on).on_goods]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({name: kind for name, kind in COLUMNS.items() if kind is float})


def _row(
    its: OnGoods, before: FloatArray, found: TradeOfParts, quotas: Sequence[dict[str, Any]], names: Sequence[str]
) -> dict[str, Any]:
    """One row; see `COLUMNS`."""
    trade = found.trade[its.rows]
    row: dict[str, Any] = {
        "measure": its.measure,
        "kind": its.kind,
        "partner": its.partner,
        "low": its.low,
        "high": its.high if np.isfinite(its.high) else np.nan,
        "regime": "",
        "rate": its.high,
        "trade_before_usd_mn": float(before[its.rows].sum()),
        "trade_after_usd_mn": float(trade.sum()),
        "holder": "",
    }
    if its.pool is not None:
        quota = quotas[its.pool]
        return row | {
            "regime": quota["regime"],
            "rate": quota["rate"],
            "limit_usd_mn": quota["limit"],
            "filled": quota["filled"],
            "rent_usd_mn": quota["rent"],
            "holder": _holder(quota["holder"], names),
        }
    if its.kind == "export tax":
        charged = trade / (1 + found.e[its.rows])
        return row | {"revenue_usd_mn": float((charged * its.high).sum())}
    if its.kind in ("export ban", "import ban"):
        return row
    by_unit, total = found.by_unit[its.rows] * (1.0 if its.part is None else its.part), float(trade.sum())
    paid = float((by_unit * trade).sum())
    return row | {"rate": paid / total if total > 0 else np.nan, "revenue_usd_mn": paid}


def _holder(given: Any, names: Sequence[str]) -> str:
    return str(given) if isinstance(given, str) else "" if given is None or pd.isna(given) else names[int(given)]
