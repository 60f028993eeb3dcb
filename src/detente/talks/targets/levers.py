"""The instruments of a target as rates on covered goods, each rate from zero, where nothing is done, to its bound.

======================  =============================================================  ====================
instrument              what a rate does to the goods that it covers                   variable y
======================  =============================================================  ====================
``tariff``              adds a to the importer's tariff: t' = t + a                     ln(1+a)
``cut``                 takes away the part x of the importer's tariff: t' = (1−x) t    x
``purchases``           an import subsidy z: the buyer pays (1+t')(1−z) at the border   −ln(1−z)
``restraint``           the exporter charges e at the border, and keeps the rents       ln(1+e)
======================  =============================================================  ====================

A subsidy is paid by the importer's treasury: with (1+t_cf) = (1+t')(1−z) the revenue t_cf M of equation (6) is the
tariff collected less the subsidy paid. What a cell sells is counted at the border, before tariff and subsidy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.model.benchmark import Benchmark
from detente.model.shock import Parts, Shock
from detente.solve.adjoint import LogSlopes

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Kind = Literal["tariff", "cut", "purchases", "restraint"]

#: The widest a rate may go: tariffs and charges of 2000 %, the whole of a tariff, nine tenths of a price.
LARGEST: dict[Kind, float] = {"tariff": 20.0, "cut": 1.0, "purchases": 0.9, "restraint": 20.0}


def to_variable(kind: Kind, rate: float | FloatArray) -> FloatArray:
    """The variable that the search moves, from a rate."""
    if kind in ("tariff", "restraint"):
        return np.log1p(rate)
    return -np.log1p(-np.asarray(rate)) if kind == "purchases" else np.asarray(rate)


def to_rate(kind: Kind, y: float | FloatArray) -> FloatArray:
    """The rate, from the variable that the search moves."""
    if kind in ("tariff", "restraint"):
        return np.expm1(y)
    return -np.expm1(-np.asarray(y)) if kind == "purchases" else np.asarray(y)


@dataclass(frozen=True, eq=False)
class Lever:
    """One rate: its instrument, who sets it and pays or collects, and the goods it covers (rows of `Goods`).

    ``category`` is that of a purchases goal, −1 for none; a restraint covers whole cells.
    """

    kind: Kind
    by: str
    label: str
    rows: IntArray
    category: int = -1

    @property
    def largest(self) -> float:
        """The largest y."""
        return float(to_variable(self.kind, LARGEST[self.kind]))


@dataclass(frozen=True, eq=False)
class Goods:
    """The goods of some cells, one row for each part of a cell that is treated alike.

    n, i, j: the cell; s: base share of its expenditure; t: tariff of the benchmark; t_start: tariff before any lever;
    category: which category of the goal the goods are in, −1 for none.
    """

    n: IntArray
    i: IntArray
    j: IntArray
    s: FloatArray
    t: FloatArray
    t_start: FloatArray
    category: IntArray

    def __len__(self) -> int:
        return len(self.s)

    def only(self, kept: NDArray[np.bool_], category: int = -1, share: FloatArray | None = None) -> Goods:
        """The rows chosen, as goods of a category that is a share of each row."""
        s = self.s if share is None else self.s * share
        its = np.full(int(kept.sum()), category)
        return Goods(self.n[kept], self.i[kept], self.j[kept], s[kept], self.t[kept], self.t_start[kept], its)

    @property
    def cells(self) -> tuple[IntArray, IntArray, IntArray]:
        """Importer, exporter and sector of each row."""
        return self.n, self.i, self.j

    def of_pair(self, importer: int, exporter: int, sectors: Sequence[int]) -> IntArray:
        """The rows of some sectors of one pair."""
        return np.flatnonzero((self.n == importer) & (self.i == exporter) & np.isin(self.j, sectors))


@dataclass(frozen=True, eq=False)
class Instruments:
    """Levers on goods, on top of a start: from the variables y to the shock, and back from slopes."""

    economy: Benchmark
    start: Shock
    goods: Goods
    levers: tuple[Lever, ...]

    @cached_property
    def largest(self) -> FloatArray:
        """The largest y of each lever."""
        return np.array([lever.largest for lever in self.levers])

    def tariffs(self, y: FloatArray) -> FloatArray:
        """1 + t' of each row before subsidies."""
        gross = 1 + self.goods.t_start
        for lever, value in zip(self.levers, y, strict=True):
            at = self.goods.t_start[lever.rows]
            if lever.kind == "tariff":
                gross[lever.rows] += np.expm1(value)
            elif lever.kind == "cut":
                gross[lever.rows] -= value * np.maximum(at, 0.0)
        return np.asarray(gross)

    def factors(self, y: FloatArray) -> FloatArray:
        """1 + t_cf of each row: what the buyer pays over the price at the border."""
        gross = self.tariffs(y)
        for lever, value in zip(self.levers, y, strict=True):
            if lever.kind == "purchases":
                gross[lever.rows] *= np.exp(-value)
        return gross

    @property
    def restrains(self) -> bool:
        """Whether any lever is an export restraint."""
        return any(lever.kind == "restraint" for lever in self.levers)

    def charges(self, y: FloatArray) -> FloatArray | None:
        """What exporters charge (n, i, j), the start's charges included; None where nothing does."""
        if not self.restrains:
            return self.start.e_cf
        gross = np.ones(self.economy.pi.shape) if self.start.e_cf is None else 1 + self.start.e_cf
        for lever, value in zip(self.levers, y, strict=True):
            if lever.kind == "restraint":
                gross[self._cells(lever)] *= np.exp(value)
        return np.asarray(gross - 1)

    def _cells(self, lever: Lever) -> tuple[IntArray, ...]:
        """Importer, exporter and sector of each cell that a lever covers, once each."""
        return tuple(np.unique(np.stack([axis[lever.rows] for axis in self.goods.cells]), axis=1))

    def shock(self, y: FloatArray) -> Shock:
        """The start with the levers at y."""
        g, given = self.goods, self.start.parts
        parts = Parts(g.n, g.i, g.j, g.s, g.t, self.factors(y) - 1)
        if given is not None:
            touched = np.zeros(self.economy.pi.shape, dtype=bool)
            touched[g.cells] = True
            kept = ~touched[given.n, given.i, given.j]
            columns = ("n", "i", "j", "s", "t", "t_cf")
            parts = Parts(*(np.concatenate([getattr(parts, c), getattr(given, c)[kept]]) for c in columns))
        start = self.start
        return Shock(t_cf=start.t_cf, d_hat=start.d_hat, D_cf=start.D_cf, parts=parts, e_cf=self.charges(y))

    def pull(self, y: FloatArray, slopes: LogSlopes) -> FloatArray:
        """From slopes over ln(1+t') of the rows to slopes over y; the rows come first among the shock's parts."""
        out = self.chain(y, slopes.parts[: len(self.goods)])
        for k, lever in enumerate(self.levers):
            if lever.kind == "restraint":
                assert slopes.charges is not None
                out[k] = slopes.charges[self._cells(lever)].sum()
        return out

    def chain(self, y: FloatArray, by_row: FloatArray) -> FloatArray:
        """From derivatives by ln(1+t_cf) of each row to derivatives by y."""
        gross = self.tariffs(y)
        out = np.zeros(len(y))
        for k, (lever, value) in enumerate(zip(self.levers, y, strict=True)):
            rows = lever.rows
            if lever.kind == "tariff":
                out[k] = by_row[rows] @ (np.exp(value) / gross[rows])
            elif lever.kind == "cut":
                out[k] = by_row[rows] @ (-np.maximum(self.goods.t_start[rows], 0.0) / gross[rows])
            elif lever.kind == "purchases":
                out[k] = -by_row[rows].sum()
        return out


def lay_out(economy: Benchmark, start: Shock, cells: tuple[IntArray, ...], shares: FloatArray | None = None) -> Goods:
    """The rows of some cells: the start's parts of them, each split by category.

    Parameters
    ----------
    cells
        Importer, exporter and sector, one of each a cell.
    shares
        What part of each sector each category covers (category, sector); a category covers the same share of every part
        of a cell. None for no categories.
    """
    n, i, j = cells
    t_start = economy.t if start.t_cf is None else start.t_cf
    rows = Goods(n, i, j, np.ones(len(n)), economy.t[n, i, j], t_start[n, i, j], np.full(len(n), -1))
    if (parts := start.parts) is not None:
        wanted = np.zeros(economy.pi.shape, dtype=bool)
        wanted[n, i, j] = True
        mine = wanted[parts.n, parts.i, parts.j]
        wanted[parts.n, parts.i, parts.j] = False
        own = Goods(parts.n, parts.i, parts.j, parts.s, parts.t, parts.t_cf, np.full(len(parts), -1))
        rows = _joined([rows.only(wanted[n, i, j]), own.only(mine)])
    if shares is None:
        return rows
    pieces = [rows.only(shares[c][rows.j] > 0, c, shares[c][rows.j]) for c in range(len(shares))]
    left = np.maximum(1 - shares.sum(0)[rows.j], 0.0)
    return _joined([*pieces, rows.only(left > _ROUNDING, -1, left)])


def _joined(several: Sequence[Goods]) -> Goods:
    return Goods(*(np.concatenate([getattr(g, name) for g in several]) for name in Goods.__dataclass_fields__))


#: A share under which nothing of a cell is left over: categories that cover all of it sum to one within rounding.
_ROUNDING = 1e-12
