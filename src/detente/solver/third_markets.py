"""Where the goods go that lose a market: to third countries, to buyers at home, or nowhere, since they are not made.

The sales of an exporter are an account, Y_ij = Σ_n M_nij with its own market in it, so that

    −ΔM_nij = Σ over third markets ΔM_mij + ΔM_iij − ΔY_ij

for every importer n, exporter i and sector j: what n no longer buys goes elsewhere, is used at home, or is no longer
produced. Flows are at the exporter's prices, net of tariffs. In volumes, at the prices of before, each is divided by
the change of the exporter's cost ĉ_ij.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from detente.errors import BadInput
from detente.solver.solution import Solution, goods

LOST: Final = "lost market"
THIRD: Final = "third market"
HOME: Final = "used at home"
MADE: Final = "produced"
COLUMNS: Final = (
    "exporter", "sector", "who", "economy", "before", "after", "change", "change_at_base_prices", "growth",
    "share_of_imports",
)  # fmt: skip


def third_markets(solution: Solution, importer: str, exporter: str) -> pd.DataFrame:
    """Sales of an exporter by market and sector, where an importer buys less of it: one row a sector and market.

    Rows are `LOST` (the importer), each `THIRD` market, `HOME`, and `MADE`, what the exporter sells in all. Of each
    sector −LOST = Σ THIRD + HOME − MADE, in both measures of change. Sectors of goods in which the importer buys as
    much or more are left out.

    Returns
    -------
    before, after: USD million a year at the exporter's prices, net of tariffs, in world factor income; change_at_base_
    prices: the change in volume; growth: change over before, a fraction; share_of_imports: what the exporter had of all
    that the market imported of the sector before, a fraction (missing at home and of what is made).

    Raises UnknownEconomy, and BadInput where both are one economy.
    """
    base = solution.base
    n, i = base.index(importer), base.index(exporter)
    if n == i:
        raise BadInput(f"a market that {importer} loses is another economy's: name two economies")
    traded = goods(base)
    volume = solution.M_cf[:, i, :] / solution.c_hat[i]
    lost = [j for j, name in enumerate(base.sectors) if name in traded and volume[n, j] < base.M[n, i, j]]
    imported = base.M.sum(axis=1) - base.M[np.arange(len(base.economies)), np.arange(len(base.economies))]
    rows = []
    for j in lost:
        sold = (base.M[:, i, j], solution.M_cf[:, i, j], volume[:, j])
        for m, economy in enumerate(base.economies):
            who = LOST if m == n else HOME if m == i else THIRD
            share = np.nan if m == i or not imported[m, j] > 0 else float(sold[0][m] / imported[m, j])
            rows.append(_row(exporter, base.sectors[j], who, economy, [float(flow[m]) for flow in sold], share))
        rows.append(_row(exporter, base.sectors[j], MADE, exporter, [float(flow.sum()) for flow in sold], np.nan))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(exporter: str, sector: str, who: str, economy: str, sold: Sequence[float], share: float) -> tuple[object, ...]:
    """A row from sales before, after, and after at the prices of before."""
    before, after, volume = sold
    growth = after / before - 1 if before > 0 else np.nan
    return exporter, sector, who, economy, before, after, after - before, volume - before, growth, share
