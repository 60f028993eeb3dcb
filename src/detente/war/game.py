"""Governments on an economy: the equilibrium of their rates, what each gets, and which way each would move."""

from __future__ import annotations

from dataclasses import dataclass, replace

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from detente.errors import BadInput, NotSolved
from detente.model.benchmark import Benchmark
from detente.model.shock import Shock, Wedges
from detente.solve.equilibrium import equilibrium, given_of
from detente.solve.slopes import TOLERANCE, own_slopes
from detente.solve.solution import Solution
from detente.war.levers import Levers
from detente.war.objectives import Objective, payoffs

FloatArray = NDArray[np.float64]

#: A cell whose share of its market fell below this has a tariff that nothing depends on: it is undetermined.
PROHIBITIVE = 1e-8


@dataclass(frozen=True, eq=False)
class Position:
    """Where a game stands: rates y = ln(1+t), the equilibrium, payoffs (n,), and each rate's slope and curvature.

    ``slope`` is the slope of its owner's payoff over the rate, ``curvature`` the size of the second derivative as trade
    responds, so that slope / curvature is how far the owner would move. ``adjoints`` start the next evaluation.
    """

    y: FloatArray
    solution: Solution
    payoffs: FloatArray
    slope: FloatArray
    curvature: FloatArray
    determined: NDArray[np.bool_]
    adjoints: FloatArray

    def room(self, levers: Levers) -> NDArray[np.bool_]:
        """Rates that matter and that their bounds let move the way their owner wants."""
        up, down = levers.upper - self.y > 1e-9, self.y - levers.lower > 1e-9
        return self.determined & np.where(self.slope > 0, up, down)

    @property
    def move(self) -> FloatArray:
        """How far each owner would move its rate, in ln(1+t); zero where the rate is undetermined."""
        return np.where(self.determined, self.slope / np.where(self.determined, self.curvature, 1.0), 0.0)


@dataclass(frozen=True, eq=False)
class Game:
    """An economy, what governments set, what they want, and everything that no player sets.

    ``rest`` fixes the tariffs that no player sets (parts of cells included) and where the players begin; ``cost`` is
    d_hat^−θ of the shock the game starts from, which players cannot change.
    """

    economy: Benchmark
    levers: Levers
    objective: Objective
    rest: Wedges
    cost: FloatArray

    @classmethod
    def of(cls, economy: Benchmark, levers: Levers, objective: Objective, start: Shock) -> Game:
        """The game that starts from a shock. Raises BadEconomy, BadShock."""
        economy.require_closed()
        cost = np.ones(economy.pi.shape) if start.d_hat is None else start.d_hat**-economy.theta
        return cls(economy, levers, objective, start.wedges(economy), cost)

    def alone(self, position: Position, player: str) -> Game:
        """The game of one player, everybody else at a position."""
        return replace(self, levers=self.levers.of(player), rest=self.wedges(position.y))

    def first(self) -> FloatArray:
        """The players' rates at the start, within their bounds."""
        return self.levers.read(self.rest.t_cf, self.economy.M)

    def wedges(self, y: FloatArray) -> Wedges:
        """K and v with the players' rates in place of the start's."""
        cell, ln = self.levers.cells, y[self.levers.group]
        K, v = self.rest.K.copy(), self.rest.v.copy()
        K[cell] = self.cost[cell] * np.exp(-self.economy.theta[cell[2]] * (ln - np.log1p(self.economy.t[cell])))
        v[cell] = np.exp(-ln)
        return Wedges(K, v, self.rest.D_cf)

    def at(self, y: FloatArray, near: Position | None = None, accuracy: float = TOLERANCE) -> Position:
        """The position at rates y, its slopes to a relative accuracy.

        Raises NotSolved where there is no equilibrium, or its slopes are not found.
        """
        wedges = self.wedges(y)
        solution = equilibrium(self.economy, wedges, "long", start=None if near is None else near.solution)
        closure = "fixed" if wedges.D_cf is not None else self.economy.deficits
        D = self.economy.D if wedges.D_cf is None else wedges.D_cf
        n, j = self.economy.X.shape
        zero = np.zeros((len(self.levers.positions), n + 2 * n * j))
        with jax.enable_x64(True):
            found = own_slopes(
                payoffs,
                self.objective.parameters(self.economy),
                given_of(self.economy, D, "long"),
                wedges.K,
                wedges.v,
                solution.unknowns,
                jnp.asarray(self.levers.positions),
                zero if near is None else near.adjoints,
                accuracy,
                closure,
            )
        if not float(found.residual) <= accuracy:
            raise NotSolved(
                f"{self.economy.name}: the slopes of the players' payoffs stopped at a residual of "
                f"{float(found.residual):.3g}: try narrower bounds"
            )
        return self._position(y, solution, np.asarray(found.payoffs), np.asarray(found.own), np.asarray(found.adjoints))

    def _position(
        self, y: FloatArray, solution: Solution, values: FloatArray, own: FloatArray, adjoints: FloatArray
    ) -> Position:
        n, i, j = self.levers.cells
        share = solution.pi_cf[n, i, j]
        spent = share * solution.X_cf[n, j] / solution.I_cf[n]
        theta = self.economy.theta[j]
        seat = self.levers.owner[self.levers.group]
        curvature = self.levers.sums(theta * (1 - share) * spent)
        determined = self.levers.sums((share > PROHIBITIVE).astype(np.float64)) > 0
        return Position(y, solution, values, self.levers.sums(own[seat, i, j]), curvature, determined, adjoints)


def require_inside(game: Game, bounds_given: bool) -> None:
    """Raise BadInput where the start's tariffs lie outside bounds that the user gave."""
    if not bounds_given:
        return
    cell = game.levers.cells
    ln = np.log1p(game.rest.t_cf[cell])
    low, high = game.levers.lower[game.levers.group], game.levers.upper[game.levers.group]
    outside = (ln < low - 1e-12) | (ln > high + 1e-12)
    if outside.any():
        k = int(np.argmax(np.maximum(low - ln, ln - high)))
        e = game.economy
        n, i, j = (int(axis[k]) for axis in cell)
        raise BadInput(
            f"the start taxes {e.sectors[j]} of {e.economies[i]} in {e.economies[n]} at {np.expm1(ln[k]):.4g}, outside "
            f"the bounds ({np.expm1(low[k]):.4g}, {np.expm1(high[k]):.4g}): widen them or start elsewhere"
        )
