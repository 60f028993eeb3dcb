"""What players gain over no deal, as tariffs move: the gains, and the slope of any blend of them.

A player's gain is the change of what it wants over no deal, in logs: g = ln((G + e)/G₀), G the objective over its level
in the benchmark (real income, unless it wants something else), G₀ the same without a deal, and e what the deal brings
it apart from tariffs, over its benchmark income.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.errors import BadInput, NotSolved
from detente.model.shock import Shock
from detente.solve.equilibrium import equilibrium
from detente.solve.solution import Solution
from detente.war.game import Game
from detente.war.newton import newton

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Reached:
    """Where a search ended: rates, their equilibrium, gains (P,), and weights (P,), one in all.

    At the weights no common change of rates raises the weighted sum of gains: they are the slopes of the frontier.
    """

    y: FloatArray
    solution: Solution
    gains: FloatArray
    multipliers: FloatArray
    updates: int


@dataclass(frozen=True, eq=False)
class Gains:
    """A game, and what its players' gains are counted from: ``before`` (P,) ln G₀ and ``extra`` (P,) e."""

    game: Game
    before: FloatArray
    level: FloatArray
    extra: FloatArray

    @classmethod
    def over(cls, game: Game, no_deal: Shock | Solution, extra: FloatArray) -> Gains:
        """Gains over no deal; extra (P,) in USD million a year, beside what tariffs bring.

        Raises BadInput where a solution is of another economy or the extra takes all that a player has, NotSolved where
        an equilibrium is not found.
        """
        economy, seats = game.economy, game.levers.positions
        if isinstance(no_deal, Solution):
            if no_deal.base is not economy:
                raise BadInput(
                    f"no deal is a solution of {no_deal.base.name}, not of this {economy.name}: solve it there"
                )
            before = game.payoffs(no_deal)[seats]
        else:
            before = Game.of(economy, game.levers, game.objective, no_deal).at_start()[seats]
        level = before
        if extra.any():
            level = Game.of(economy, game.levers, game.objective, Shock()).at_start()[seats]
        share = extra / economy.I[seats]
        if (share <= -1).any():
            p = int(share.argmin())
            raise BadInput(
                f"{game.levers.players[p]} would lose {-extra[p]:g} USD million apart from tariffs, all of its income "
                f"of {economy.I[seats[p]]:g}: check the unit"
            )
        return cls(game, before, level, share)

    def of(self, solution: Solution) -> FloatArray:
        """Gains (P,) in logs at an equilibrium. Raises NotSolved where a player has nothing left."""
        payoffs = self.game.payoffs(solution)[self.game.levers.positions]
        left = np.exp(payoffs - self.level) + self.extra
        if (left <= 0).any():
            raise NotSolved(f"{self.game.economy.name}: what is lost apart from tariffs is more than there is to lose")
        return np.asarray(np.log(left) - (self.before - self.level))

    def slopes(self, solution: Solution) -> FloatArray:
        """How a player's gain moves with its payoff (P,): one without anything extra."""
        own = np.exp(self.game.payoffs(solution)[self.game.levers.positions] - self.level)
        return np.asarray(own / (own + self.extra))

    def curvature(self, solution: Solution, weights: FloatArray) -> FloatArray:
        """The size of the weighted gains' second derivative over each rate alone; weights (P,)."""
        levers = self.game.levers
        _, curvature = newton(levers, solution, np.zeros(levers.size))
        return np.asarray(curvature * weights[levers.owner], dtype=np.float64)


class Walk:
    """Gains along a path of rates: each equilibrium and adjoint starts from the last."""

    def __init__(self, gains: Gains, y: FloatArray) -> None:
        self.of = gains
        self.solution = equilibrium(gains.game.economy, gains.game.wedges(y), "long")
        self._adjoint: FloatArray | None = None

    def at(self, y: FloatArray) -> FloatArray:
        """Gains (P,) at rates y. Raises NotSolved."""
        game = self.of.game
        self.solution = equilibrium(game.economy, game.wedges(y), "long", start=self.solution)
        return self.of.of(self.solution)

    def slope(self, weights: FloatArray) -> FloatArray:
        """The slope of the weighted sum of gains over every rate, where the walk is; weights (P,). Raises NotSolved."""
        game = self.of.game
        mixture = np.zeros(len(game.economy.economies))
        mixture[game.levers.positions] = weights * self.of.slopes(self.solution)
        slope, self._adjoint = game.blend(self.solution, mixture, self._adjoint)
        return slope
