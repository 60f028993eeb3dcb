"""A target on an economy: what levers do, the levels that the goal counts, what they cost, and the slopes of both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.model.shock import Shock, Wedges
from detente.solve.adjoint import log_slopes
from detente.solve.criteria import real_income_usd, spending
from detente.solve.equilibrium import equilibrium
from detente.solve.joint import Horizon
from detente.solve.solution import Solution
from detente.talks.targets.levers import Instruments

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Count:
    """What a goal counts, purchases at border prices with signs, and how much is asked for.

    ``names`` (c,) of the levels; ``rows`` (c, r): the sign with which the goods of each row count in each level;
    ``rest`` (c, n, i, j): the same for cells without rows. ``asked`` (c,) USD million; ``scale`` (c,) what gaps are
    measured in. ``logs``: levels are over zero, and their gaps are taken in logs, in which they move evenly with rates.
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
    """Levers at y: the shock, its equilibrium, and the levels that the goal counts (c,), USD million."""

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
class Problem:
    """An economy, the instruments, and what the goal counts."""

    instruments: Instruments
    count: Count
    horizon: Horizon

    @property
    def size(self) -> int:
        """How many rates there are."""
        return len(self.instruments.levers)

    def at(self, y: FloatArray, near: Point | None = None) -> Point:
        """The equilibrium with the levers at y, in one leap from a near point where there is one. Raises NotSolved."""
        economy = self.instruments.economy
        shock = self.instruments.shock(y)
        wedges = shock.wedges(economy)
        near_by = None if near is None else near.solution
        solution = equilibrium(economy, wedges, self.horizon, start=near_by, leap=near is not None)
        levels = self.levels(y, solution)
        return Point(y, shock, solution, levels, self.count.gaps(levels))

    def levels(self, y: FloatArray, solution: Solution) -> FloatArray:
        """What the goal counts (c,) at the equilibrium of the levers at y."""
        spent = solution.pi_cf * solution.X_cf[:, None, :]
        return np.asarray(np.einsum("cnij,nij->c", self._weights(y, solution.wedges), spent))

    def spent(self, y: FloatArray, solution: Solution) -> FloatArray:
        """What buyers spend on each row of goods (r,), USD million in the numeraire."""
        cells = self.instruments.goods.cells
        return np.asarray(self._parts(y)[0] * (solution.pi_cf * solution.X_cf[:, None, :])[cells])

    def subsidies(self, point: Point) -> FloatArray:
        """What each treasury pays for purchases (n,), USD million in the numeraire."""
        levers, g = self.instruments, self.instruments.goods
        gross, paid_of = levers.tariffs(point.y), levers.factors(point.y)
        paid = self.spent(point.y, point.solution) / paid_of * (gross - paid_of)
        return np.bincount(g.n, weights=paid, minlength=len(levers.economy.economies)).astype(np.float64)

    def slopes(self, point: Point) -> FloatArray:
        """d gaps / dy (c, y). Raises NotSolved where an adjoint is not found."""
        economy, instruments = self.instruments.economy, self.instruments
        weights = self._weights(point.y, point.solution.wedges)
        spent = (point.solution.pi_cf * point.solution.X_cf[:, None, :])[instruments.goods.cells]
        direct = self._weight_slopes(point.y, weights) * spent
        out = np.zeros((len(weights), self.size))
        for c, name in enumerate(self.count.names):
            found = log_slopes(
                economy, point.shock, spending(name, weights[c]), point.solution, charges=instruments.restrains
            )
            # what a row does to the weights of its own cell is summed over the cell's rows
            out[c] = instruments.pull(point.y, found) + instruments.chain(point.y, direct[c])
        return out * self.count.slopes(point.levels)[:, None]

    def worth(self, point: Point, codes: tuple[str, ...]) -> tuple[float, FloatArray]:
        """The change of real income of some economies together, USD million, and its slopes over y."""
        economy, instruments = self.instruments.economy, self.instruments
        outcome = real_income_usd(economy, codes)
        found = log_slopes(economy, point.shock, outcome, point.solution, charges=instruments.restrains)
        return found.value, instruments.pull(point.y, found)

    def _parts(self, y: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Of each row: its share of its cell's spending, what of that is paid at the border, and its θ."""
        g, economy = self.instruments.goods, self.instruments.economy
        theta = economy.theta[g.j]
        gross = self.instruments.factors(y)
        f = g.s * (gross / (1 + g.t)) ** -theta
        total = np.zeros(economy.pi.shape)
        np.add.at(total, g.cells, f)
        share = f / total[g.cells]
        return share, share / gross, theta

    def _weights(self, y: FloatArray, wedges: Wedges) -> FloatArray:
        """What one unit spent in each cell adds to each level (c, n, i, j)."""
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
