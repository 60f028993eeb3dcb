"""Who replaces the goods on which a duty changes: where the sales that they lose go, all of it.

Buyers turn from the covered goods of a partner to goods of the same partner and sector that the measure leaves alone,
to third countries, to their own producers, and to buying less, or more, in these sectors altogether. The four sum to
the loss. Sectors in which nothing is covered are not counted; spending that moves there is no longer bought here.

What covered goods sell at the border is that of `detente.solver.border_goods`. Purchases of a sector in all are what
buyers pay less the duties in it, Σ_i π'_nij v'_nij X'_nj.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from detente.errors import BadInput, enumerate_names
from detente.inputs import BoolArray, FloatArray, names
from detente.model.benchmark import Benchmark
from detente.model.shock import Shock
from detente.solver.border_goods import border_goods
from detente.solver.solution import Solution

COVERED: Final = "covered goods"
OTHER: Final = "other goods of the partner"
THIRD: Final = "third country"
OWN: Final = "own producers"
NOT_BOUGHT: Final = "no longer bought"

COLUMNS: Final = ("who", "economy", "before", "after", "change", "change_at_base_prices", "share")


def substitution(
    solution: Solution, shock: Shock, importer: str, exporters: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """Where the sales go that the covered goods of some exporters lose to an importer, in all sectors with such goods.

    One row each: `COVERED` goods and `OTHER` goods of each exporter named (the other part of each cell), every `THIRD`
    country, the importer's `OWN` producers, and what is `NOT_BOUGHT` any longer (negative where more is bought). The
    rows after those of covered goods sum to what these lose.

    Parameters
    ----------
    solution, shock
        An equilibrium, and the shock that it is of. Goods are covered where a duty or an export charge on them changes
        or their trade ends; quotas count where they bind.
    importer, exporters
        In whose market, and on whose goods: one economy or several, counted together; None for all whose goods are
        covered. Covered goods of exporters that are not named count among the sales of third countries.

    Returns
    -------
    who, economy; before, after, change: USD million a year at the prices at the importer's border, duties left out, in
    the numeraire (world factor income), before and after each at its own prices; change_at_base_prices: the same change
    with what is bought after counted at the border prices of before, which is a change in volume; share: change over
    the loss. Where nothing of the exporters is covered, no rows.

    Raises
    ------
    BadInput
        Where importer and exporters are not different economies.
    BadShock
        Where the shock is not that of the solution.
    UnknownEconomy
        Where a name is not in the economy.
    """
    base = solution.base
    n, covered = base.index(importer), _covered(solution, shock)
    cells = (covered.before[n] > 0) | (covered.after[n] > 0)
    partners = [int(i) for i in np.flatnonzero(cells.any(1))] if exporters is None else _places(base, n, exporters)
    sectors = cells[partners].any(0)
    flows = _Flows(base.M[n], solution.M_cf[n], solution.M_cf[n] / _border_hat(solution, shock)[n])
    rows = [_row(COVERED, base.economies[i], covered.only(n).of(i, sectors)) for i in partners]
    rows += [_row(OTHER, base.economies[i], flows.less(covered.only(n)).of(i, sectors)) for i in partners]
    third = [i for i in range(len(base.economies)) if i != n and i not in partners]
    rows += [_row(THIRD, base.economies[i], flows.of(i, sectors)) for i in third]
    rows.append(_row(OWN, importer, flows.of(n, sectors)))
    rows.append(_not_bought(solution, n, sectors, flows))
    table = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    if not sectors.any():
        return table.iloc[:0].assign(share=pd.Series(dtype=np.float64))
    loss = -float(table["change"][table["who"] == COVERED].sum())
    return table.assign(share=table["change"] / loss if loss else np.nan)


@dataclass(frozen=True, eq=False)
class _Flows:
    """Flows net of tariffs, by exporter and sector after the importer: before, after, and after at base prices."""

    before: FloatArray
    after: FloatArray
    at_base: FloatArray

    def only(self, n: int) -> _Flows:
        """Those of one importer."""
        return _Flows(self.before[n], self.after[n], self.at_base[n])

    def less(self, others: _Flows) -> _Flows:
        """What is left without others; a cell that is covered whole has nothing but rounding, which is none."""
        pairs = ((getattr(self, name), getattr(others, name)) for name in ("before", "after", "at_base"))
        return _Flows(*(np.where(some < all * (1 - 1e-12), all - some, 0.0) for all, some in pairs))

    def of(self, i: int, sectors: BoolArray) -> tuple[float, float, float]:
        """Their sums over sectors, of one exporter."""
        before, after, at_base = (float(flow[i, sectors].sum()) for flow in (self.before, self.after, self.at_base))
        return before, after, at_base


def _row(who: str, economy: str, sums: tuple[float, float, float]) -> tuple[str, str, float, float, float, float]:
    before, after, at_base = sums
    return who, economy, before, after, after - before, at_base - before


def _not_bought(
    solution: Solution, n: int, sectors: BoolArray, flows: _Flows
) -> tuple[str, str, float, float, float, float]:
    """The fall of all purchases in the sectors, from what buyers pay and the duties in it."""
    base, wedges = solution.base, solution.wedges
    duties = ((1 - base.v[n]) * base.pi[n] * base.X[n]).sum(0)
    duties_cf = ((1 - wedges.v[n]) * solution.pi_cf[n] * solution.X_cf[n]).sum(0)
    before = float((base.X[n] - duties)[sectors].sum())
    after = float((solution.X_cf[n] - duties_cf)[sectors].sum())
    at_base = float(flows.at_base[:, sectors].sum())
    return NOT_BOUGHT, base.economies[n], before, after, before - after, before - at_base


def _places(base: Benchmark, n: int, exporters: str | Sequence[str]) -> list[int]:
    """Positions of the exporters named. Raises BadInput, UnknownEconomy."""
    listed = (exporters,) if isinstance(exporters, str) else names(exporters, "exporters")
    places = [base.index(code) for code in listed]
    if n in places or len(set(places)) < len(places) or not places:
        raise BadInput(f"{base.economies[n]} buys from {enumerate_names(listed)}: name other economies, each once")
    return places


def _border_hat(solution: Solution, shock: Shock) -> FloatArray:
    """The change of prices at the border (n, i, j): ĉ, trade costs, and what exporters charge on average."""
    price = np.broadcast_to(solution.c_hat[None], solution.base.pi.shape)
    if shock.d_hat is not None:
        price = price * shock.d_hat
    return np.asarray(price if solution.wedges.h is None else price / solution.wedges.h)


def _covered(solution: Solution, shock: Shock) -> _Flows:
    """What the goods sell on which a duty or charge changes, or whose trade ends (n, i, j). Raises BadShock."""
    goods = border_goods(solution, shock)
    flows = _Flows(*(np.zeros(solution.base.pi.shape) for _ in range(3)))
    amounts = goods.before, goods.after, goods.at_base_prices
    for flow, sold in zip((flows.before, flows.after, flows.at_base), amounts, strict=True):
        np.add.at(flow, (goods.n, goods.i, goods.j), np.where(goods.moved, sold, 0.0))
    return flows
