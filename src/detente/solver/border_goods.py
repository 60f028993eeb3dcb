"""Goods at the border: what each good of a shock costs there and sells, before and after.

A good is what importer n buys of sector j from exporter i, or a part of it that measures treat apart. Its price at the
border changes by b̂ = d̂ ĉ (1+e'), what buyers pay by b̂ (1+t')/(1+t). A part m of a cell sells
M'_m = σ'_m π'_nij X'_nj / (1+t'_m) at the border, with σ' its share in the cell after the shock (`Parts.shares`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.errors import BadInput, BadShock
from detente.inputs import BoolArray, FloatArray, IntArray
from detente.model.benchmark import Benchmark
from detente.model.parts import Parts
from detente.model.shock import Shock
from detente.solver.solution import Solution

_SAME = 1e-8
"""Relative: duties of a shock that are further from those of the solution are of another shock."""


@dataclass(frozen=True, eq=False)
class BorderGoods:
    """One row a good that is sold to an importer some of whose goods move, own sales left out.

    n, i, j: importer, exporter and sector, as positions. before: USD million a year at the border, duties left out;
    after: the same after the shock, in the numeraire. t, t_cf: duties, fractions. price: b̂ in the numeraire, not finite
    where trade ends. moved: a duty or an export charge on the good changes, or its trade ends by a measure.
    """

    n: IntArray
    i: IntArray
    j: IntArray
    before: FloatArray
    after: FloatArray
    t: FloatArray
    t_cf: FloatArray
    price: FloatArray
    moved: BoolArray

    @property
    def at_base_prices(self) -> FloatArray:
        """What is sold after the shock, at the border prices of before: a volume, USD million a year."""
        return np.asarray(self.after / self.price)


def border_goods(solution: Solution, shock: Shock) -> BorderGoods:
    """The goods of a solution and its shock; quotas and duties per unit at the rates found.

    Raises BadShock where the shock is not that of the solution.
    """
    base = solution.base
    parts = found_parts(solution, shock)
    check_same(solution, shock)
    price = np.broadcast_to(solution.c_hat[None], base.pi.shape)
    if shock.d_hat is not None:
        price = price * shock.d_hat
    if shock.e_cf is not None:
        price = price * (1 + shock.e_cf)
    whole: BoolArray = np.zeros(base.pi.shape, dtype=bool)
    if shock.t_cf is not None:
        whole = shock.t_cf != base.t
    if shock.e_cf is not None:
        whole = whole | (shock.e_cf != 0)
    moves: BoolArray = np.asarray(whole.any((1, 2)))
    if parts is not None:
        by_part = _moved(parts, shock)
        moves[parts.n[by_part]] = True
    importers = np.flatnonzero(moves)
    before, after = base.M[importers], solution.M_cf[importers]
    sold = ((before > 0) | (after > 0)) & (importers[:, None] != np.arange(len(base.economies)))[:, :, None]
    if parts is not None:
        kept = moves[parts.n]
        parts, by_part = parts.rows(kept), by_part[kept]
        sold[np.searchsorted(importers, parts.n), parts.i, parts.j] = False
    at, i, j = np.nonzero(sold)
    cells = importers[at], i, j
    t_cf = base.t if shock.t_cf is None else shock.t_cf
    columns: list[Any] = [*cells, before[at, i, j], after[at, i, j]]
    columns += [array[cells] for array in (base.t, t_cf, price, whole)]
    if parts is not None:
        own = _of_parts(solution, parts, price, by_part)
        columns = [np.concatenate(pair) for pair in zip(columns, own, strict=True)]
    return BorderGoods(*columns)


def _moved(parts: Parts, shock: Shock) -> BoolArray:
    """The rows of parts on which a duty or a charge changes, a charge of the whole cell among them.

    `parts` are at the rates found; a duty per unit is one that changes even where it comes to the old rate.
    """
    moved = covered_rows(parts)
    if shock.parts is not None:
        moved = moved | covered_rows(shock.parts)
    return moved if shock.e_cf is None else moved | (shock.e_cf[parts.n, parts.i, parts.j] != 0)


def _of_parts(solution: Solution, parts: Parts, price: FloatArray, moved: BoolArray) -> tuple[Any, ...]:
    """The columns of the parts of cells that are sold, own sales left out."""
    base, cell = solution.base, (parts.n, parts.i, parts.j)
    before = parts.s * base.pi[cell] * base.X[parts.n, parts.j] / (1 + parts.t)
    after = parts.shares(base.theta) * solution.pi_cf[cell] * solution.X_cf[parts.n, parts.j] / (1 + parts.t_cf)
    charged = np.where(parts.column("closed") > 0, np.inf, 1 + parts.column("e_cf"))
    columns = (*cell, before, after, parts.t, parts.t_cf, price[cell] * charged, moved)
    kept = (parts.n != parts.i) & ((before > 0) | (after > 0))
    return tuple(column[kept] for column in columns)


def shock_of(solution: Solution, shock: Shock | None) -> Shock:
    """The shock that is given, else that of the solution. Raises BadInput where neither is known."""
    known = solution.shock if shock is None else shock
    if known is None:
        raise BadInput("this solution does not know its shock: give the shock beside it")
    return known


def found_parts(solution: Solution, shock: Shock) -> Parts | None:
    """The shock's parts, with quotas and duties per unit at the rates of the solution."""
    return shock.parts if solution.parts is None or shock.parts is None else solution.parts


def covered_rows(parts: Parts) -> BoolArray:
    """The parts on which a duty or a charge changes, or whose trade ends."""
    added = [parts.column(name) != 0 for name in ("e_cf", "closed", "specific")]
    return np.asarray((parts.t_cf != parts.t) | added[0] | added[1] | added[2])


def check_same(solution: Solution, shock: Shock) -> None:
    """Raise BadShock where the duties of a shock do not average to those of the solution."""
    base = solution.base
    v = _v_of(base, shock, found_parts(solution, shock))
    gap = np.where(solution.pi_cf > 0, np.abs(v / solution.wedges.v - 1), 0.0)
    if gap.max(initial=0.0) > _SAME:
        n, i, j = (int(axis) for axis in np.unravel_index(int(gap.argmax()), gap.shape))
        raise BadShock(
            f"the shock's duty of {base.economies[n]} on {base.sectors[j]} from {base.economies[i]} is on average "
            f"{1 / v[n, i, j] - 1:.6g}, but the solution has {solution.t_cf[n, i, j]:.6g}: give the shock that was "
            "solved"
        )


def _v_of(base: Benchmark, shock: Shock, parts: Parts | None) -> FloatArray:
    """1/(1+t') of each cell, averaged over its parts by their shares after the shock."""
    v = base.v.copy() if shock.t_cf is None else 1 / (1 + shock.t_cf)
    if parts is not None:
        cells, _ = parts.cells
        v[cells] = parts.sums(parts.shares(base.theta) / (1 + parts.t_cf))
    return np.asarray(v)
