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

A target on an economy: what instruments do, the levels that the goal counts, what they cost, and the slopes of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from detente import solver
from detente.inputs import BoolArray, FloatArray, IntArray
from detente.model.benchmark import Benchmark
from detente.model.parts import Parts
from detente.model.shock import Shock, Wedges
from detente.solver.equilibrium import equilibrium
from detente.solver.fixed_point import Horizon
from detente.solver.solution import Solution

if TYPE_CHECKING:
    from detente.solver.adjoint import LogSlopes

Kind = Literal["tariff", "cut", "purchases", "restraint"]

#: The widest a rate may go: tariffs and charges of 2000 %, the whole of a tariff, nine tenths of a price.
LARGEST: dict[Kind, float] = {"tariff": 20.0, "cut": 1.0, "purchases": 0.9, "restraint": 20.0}
#: A share under which nothing of a cell is left over: categories that cover all of it sum to one within rounding.
_ROUNDING = 1e-12


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
class Instrument:
    """One rate: its instrument, who sets it and pays or collects, and the goods it covers (rows of `CoveredGoods`).

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
class CoveredGoods:
    """The goods of some cells, one row for each part of a cell that is treated alike.

    n, i, j: the cell; s: base share of its expenditure; t: tariff of the benchmark; t_start: tariff before any
    instrument; category: which category of the goal the goods are in, −1 for none; e: what exporters charge on the row;
    closed: whether its trade ends.
    """

    n: IntArray
    i: IntArray
    j: IntArray
    s: FloatArray
    t: FloatArray
    t_start: FloatArray
    category: IntArray
    e: FloatArray
    closed: BoolArray

    def __len__(self) -> int:
        return len(self.s)

    def only(self, kept: BoolArray, category: int = -1, share: FloatArray | None = None) -> CoveredGoods:
        """The rows chosen, as goods of a category that is a share of each row."""
        s = self.s if share is None else self.s * share
        its = np.full(int(kept.sum()), category)
        n, i, j, t, start = self.n[kept], self.i[kept], self.j[kept], self.t[kept], self.t_start[kept]
        return CoveredGoods(n, i, j, s[kept], t, start, its, self.e[kept], self.closed[kept])

    @property
    def cells(self) -> tuple[IntArray, IntArray, IntArray]:
        """Importer, exporter and sector of each row."""
        return self.n, self.i, self.j

    def of_pair(self, importer: int, exporter: int, sectors: Sequence[int]) -> IntArray:
        """The rows of some sectors of one pair."""
        return np.flatnonzero((self.n == importer) & (self.i == exporter) & np.isin(self.j, sectors))


@dataclass(frozen=True, eq=False)
class Instruments:
    """Instruments on goods, on top of a start: from the variables y to the shock, and back from slopes."""

    economy: Benchmark
    start: Shock
    goods: CoveredGoods
    each: tuple[Instrument, ...]

    @cached_property
    def largest(self) -> FloatArray:
        """The largest y of each instrument."""
        return np.array([instrument.largest for instrument in self.each])

    def tariffs(self, y: FloatArray) -> FloatArray:
        """1 + t' of each row before subsidies."""
        gross = 1 + self.goods.t_start
        for instrument, value in zip(self.each, y, strict=True):
            at = self.goods.t_start[instrument.rows]
            if instrument.kind == "tariff":
                gross[instrument.rows] += np.expm1(value)
            elif instrument.kind == "cut":
                gross[instrument.rows] -= value * np.maximum(at, 0.0)
        return np.asarray(gross)

    def factors(self, y: FloatArray) -> FloatArray:
        """1 + t_cf of each row: what the buyer pays over the price at the border."""
        gross = self.tariffs(y)
        for instrument, value in zip(self.each, y, strict=True):
            if instrument.kind == "purchases":
                gross[instrument.rows] *= np.exp(-value)
        return gross

    @property
    def restrains(self) -> bool:
        """Whether any instrument is an export restraint."""
        return any(instrument.kind == "restraint" for instrument in self.each)

    def charges(self, y: FloatArray) -> FloatArray | None:
        """The export charges (n, i, j), the start's charges included; None if there are none."""
        if not self.restrains:
            return self.start.e_cf
        gross = np.ones(self.economy.pi.shape) if self.start.e_cf is None else 1 + self.start.e_cf
        for instrument, value in zip(self.each, y, strict=True):
            if instrument.kind == "restraint":
                gross[self._cells(instrument)] *= np.exp(value)
        return np.asarray(gross - 1)

    def _cells(self, instrument: Instrument) -> tuple[IntArray, ...]:
        """Importer, exporter and sector of each cell that an instrument covers, once each."""
        return tuple(np.unique(np.stack([axis[instrument.rows] for axis in self.goods.cells]), axis=1))

    def shock(self, y: FloatArray) -> Shock:
        """The start with the instruments at y."""
        g, given = self.goods, self.start.parts
        parts = Parts(g.n, g.i, g.j, g.s, g.t, self.factors(y) - 1, g.e, g.closed)
        if given is not None:
            touched = np.zeros(self.economy.pi.shape, dtype=bool)
            touched[g.cells] = True
            parts = Parts.joined(parts, given.rows(~touched[given.n, given.i, given.j]))
        start = self.start
        return Shock(start.t_cf, start.d_hat, start.D_cf, parts, self.charges(y), T_cf=start.T_cf)

    def pull(self, y: FloatArray, slopes: LogSlopes) -> FloatArray:
        """From slopes over ln(1+t') of the rows to slopes over y; the rows come first among the shock's parts."""
        out = self.chain(y, slopes.parts[: len(self.goods)])
        for k, instrument in enumerate(self.each):
            if instrument.kind == "restraint":
                assert slopes.charges is not None
                out[k] = slopes.charges[self._cells(instrument)].sum()
        return out

    def chain(self, y: FloatArray, by_row: FloatArray) -> FloatArray:
        """From derivatives by ln(1+t_cf) of each row to derivatives by y."""
        gross = self.tariffs(y)
        out = np.zeros(len(y))
        for k, (instrument, value) in enumerate(zip(self.each, y, strict=True)):
            rows = instrument.rows
            if instrument.kind == "tariff":
                out[k] = by_row[rows] @ (np.exp(value) / gross[rows])
            elif instrument.kind == "cut":
                out[k] = by_row[rows] @ (-np.maximum(self.goods.t_start[rows], 0.0) / gross[rows])
            elif instrument.kind == "purchases":
                out[k] = -by_row[rows].sum()
        return out


def lay_out(
    economy: Benchmark, start: Shock, cells: tuple[IntArray, ...], shares: FloatArray | None = None
) -> CoveredGoods:
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
    size = len(n)
    none = np.full(size, -1), np.zeros(size), np.zeros(size, dtype=bool)
    rows = CoveredGoods(n, i, j, np.ones(size), economy.t[n, i, j], t_start[n, i, j], *none)
    if (parts := start.parts) is not None:
        wanted = np.zeros(economy.pi.shape, dtype=bool)
        wanted[n, i, j] = True
        mine = wanted[parts.n, parts.i, parts.j]
        wanted[parts.n, parts.i, parts.j] = False
        given = parts.n, parts.i, parts.j, parts.s, parts.t, parts.t_cf
        closed = np.zeros(len(parts), dtype=bool) if parts.closed is None else parts.closed
        own = CoveredGoods(*given, np.full(len(parts), -1), parts.column("e_cf"), closed)
        rows = _joined([rows.only(wanted[n, i, j]), own.only(mine)])
    if shares is None:
        return rows
    pieces = [rows.only(shares[c][rows.j] > 0, c, shares[c][rows.j]) for c in range(len(shares))]
    left = np.maximum(1 - shares.sum(0)[rows.j], 0.0)
    return _joined([*pieces, rows.only(left > _ROUNDING, -1, left)])


def _joined(several: Sequence[CoveredGoods]) -> CoveredGoods:
    return CoveredGoods(
        *(np.concatenate([getattr(g, name) for g in several]) for name in CoveredGoods.__dataclass_fields__)
    )


@dataclass(frozen=True, eq=False)
class Count:
    """The quantity that a goal counts, purchases at border prices with signs, and the requested amount.

    ``names`` (c,) of the levels; ``rows`` (c, r): the sign with which the goods of each row count in each level;
    ``rest`` (c, n, i, j): the same for cells without rows. ``asked`` (c,) USD million; ``scale`` (c,) what gaps are
    measured in. ``logs``: levels are positive, and their gaps are taken in logs, in which they move evenly with rates.
    """

    names: tuple[str, ...]
    rows: FloatArray
    rest: FloatArray
    asked: FloatArray
    scale: FloatArray
    logs: bool

    def gaps(self, levels: FloatArray) -> FloatArray:
        """(level − asked) / scale, or to the first order the same by the difference of logs."""
        if self.logs:
            return np.asarray(self.asked / self.scale * np.log(levels / self.asked))
        return np.asarray((levels - self.asked) / self.scale)

    def slopes(self, levels: FloatArray) -> FloatArray:
        """d gap / d level."""
        return np.asarray(self.asked / self.scale / levels if self.logs else 1 / self.scale)


@dataclass(frozen=True, eq=False)
class Point:
    """Instruments at y: the shock, its equilibrium, and the levels that the goal counts (c,), USD million."""

    y: FloatArray
    shock: Shock
    solution: Solution
    levels: FloatArray
    gaps: FloatArray

    @property
    def gap(self) -> float:
        """The level that is furthest from what is asked for, in its scale; not negative where the goal is met."""
        return float(self.gaps.min())


@dataclass(frozen=True, eq=False)
class TargetProblem:
    """An economy, the instruments, and what the goal counts."""

    instruments: Instruments
    count: Count
    horizon: Horizon

    @property
    def size(self) -> int:
        """The number of rates."""
        return len(self.instruments.each)

    def at(self, y: FloatArray, near: Point | None = None) -> Point:
        """The equilibrium with instruments at y, in one leap from a near point where there is one. Raises NotSolved."""
        economy = self.instruments.economy
        shock = self.instruments.shock(y)
        wedges = shock.wedges(economy)
        near_by = None if near is None else near.solution
        solution = equilibrium(economy, wedges, self.horizon, start=near_by, leap=near is not None)
        levels = self.levels(y, solution)
        return Point(y, shock, solution, levels, self.count.gaps(levels))

    def levels(self, y: FloatArray, solution: Solution) -> FloatArray:
        """The levels that the goal counts (c,) at the equilibrium of the instruments at y."""
        spent = solution.pi_cf * solution.X_cf[:, None, :]
        return np.asarray(np.einsum("cnij,nij->c", self._weights(y, solution.wedges), spent))

    def spent(self, y: FloatArray, solution: Solution) -> FloatArray:
        """The spending of buyers on each row of goods (r,), USD million in the numeraire."""
        cells = self.instruments.goods.cells
        return np.asarray(self._parts(y)[0] * (solution.pi_cf * solution.X_cf[:, None, :])[cells])

    def subsidies(self, point: Point) -> FloatArray:
        """The payments of each treasury for purchases (n,), USD million in the numeraire."""
        instruments, g = self.instruments, self.instruments.goods
        gross, paid_of = instruments.tariffs(point.y), instruments.factors(point.y)
        paid = self.spent(point.y, point.solution) / paid_of * (gross - paid_of)
        return np.bincount(g.n, weights=paid, minlength=len(instruments.economy.economies)).astype(np.float64)

    def slopes(self, point: Point) -> FloatArray:
        """d gaps / dy (c, y). Raises NotSolved where an adjoint is not found."""
        economy, instruments = self.instruments.economy, self.instruments
        weights = self._weights(point.y, point.solution.wedges)
        spent = (point.solution.pi_cf * point.solution.X_cf[:, None, :])[instruments.goods.cells]
        direct = self._weight_slopes(point.y, weights) * spent
        out = np.zeros((len(weights), self.size))
        for c, name in enumerate(self.count.names):
            found = solver.log_slopes(
                economy, point.shock, solver.spending(name, weights[c]), point.solution, charges=instruments.restrains
            )
            # what a row does to the weights of its own cell is summed over the cell's rows
            out[c] = instruments.pull(point.y, found) + instruments.chain(point.y, direct[c])
        return out * self.count.slopes(point.levels)[:, None]

    def worth(self, point: Point, codes: tuple[str, ...]) -> tuple[float, FloatArray]:
        """The change of welfare of some economies together, USD million, and its slopes over y."""
        economy, instruments = self.instruments.economy, self.instruments
        outcome = solver.welfare_usd(economy, codes)
        found = solver.log_slopes(economy, point.shock, outcome, point.solution, charges=instruments.restrains)
        return found.value, instruments.pull(point.y, found)

    def _parts(self, y: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Of each row: its share of its cell's spending, what of that is paid at the border, and its θ."""
        g, economy = self.instruments.goods, self.instruments.economy
        theta = economy.theta[g.j]
        gross = self.instruments.factors(y)
        f = np.where(g.closed, 0.0, g.s * (gross * (1 + g.e) / (1 + g.t)) ** -theta)
        total = np.zeros(economy.pi.shape)
        np.add.at(total, g.cells, f)
        there = total[g.cells]
        share = f / np.where(there > 0, there, 1.0)
        return share, share / gross, theta

    def _weights(self, y: FloatArray, wedges: Wedges) -> FloatArray:
        """The contribution of one unit spent in each cell to each level (c, n, i, j)."""
        _, net, _ = self._parts(y)
        weights = self.count.rest * wedges.v
        for c, signs in enumerate(self.count.rows):
            np.add.at(weights[c], self.instruments.goods.cells, signs * net)
        return np.asarray(weights)

    def _weight_slopes(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """d weight of its own cell / d ln(1+t_cf) of each row (c, r)."""
        share, net, theta = self._parts(y)
        here = np.stack([weight[self.instruments.goods.cells] for weight in weights])
        return np.asarray(theta * share * here - (theta + 1) * self.count.rows * net)
