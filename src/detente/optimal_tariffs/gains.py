"""The gains of players over no deal, as tariffs move, and the tariffs that share the gains fairly.

A player's gain is the change of what it wants over no deal, in logs: g = ln((G + e)/G₀), G the objective over its level
in the benchmark (real income, unless it wants something else), G₀ the same without a deal, and e what the deal brings
it apart from tariffs, over its benchmark income.

**Equal gains** are the tariffs that raise what every player wants by the same percentage, the most that can be. They
maximise the smallest gain over no deal, which is where gains are equal, since tariffs can shift income between any two
economies that trade. In a bargain that is the egalitarian solution; Ossa (2014) calls such tariffs cooperative.

The smallest of the gains g is smoothed to −ln(Σ_n μ_n exp(−ρ g_n))/ρ, whose slope over every tariff takes one adjoint,
and climbed by L-BFGS-B. Then μ_n ← μ_n exp(−ρ g_n), scaled to sum to one, and again, until gains are equal: the
exponential method of multipliers, exact at any ρ (P. Tseng and D. P. Bertsekas 1993, Mathematical Programming 60).

**Nash's product** picks the tariffs at which the product of gains over no deal, each to its player's power, is largest.
Gains in USD are I (exp(g) − 1), and incomes only scale the product. Its logarithm Σ_n w_n ln(exp(g_n) − 1) is climbed
by L-BFGS-B from where gains are equal, since at no deal itself it is minus infinity; its slope is that of the gains
blended with weights w_n exp(g_n)/(exp(g_n) − 1), one adjoint.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, softmax

from detente.errors import BadInput, NotSolved
from detente.inputs import FloatArray
from detente.model.shock import Shock
from detente.optimal_tariffs.game import TariffGame, ascend, newton
from detente.solver.equilibrium import equilibrium
from detente.solver.solution import Solution

#: Gains are equal where they differ by no more than this, in logs: 1e-5 %.
EQUAL = 1e-7
#: Sharpness of the smoothed minimum, per log point of gain.
_RHO = 1000.0
_MAX_UPDATES = 60
#: A round ends where a step gains less than this, in logs.
_GAIN = 1e-12
#: A climb ends where a step gains less than this, in logs of the objective.
_PRODUCT_GAIN = 1e-13


@dataclass(frozen=True, eq=False)
class Reached:
    """The end of a search: rates, their equilibrium, gains (P,), and weights (P,), one in all.

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

    game: TariffGame
    before: FloatArray
    level: FloatArray
    extra: FloatArray

    @classmethod
    def over(cls, game: TariffGame, no_deal: Shock | Solution, extra: FloatArray) -> Gains:
        """Gains over no deal; extra (P,) in USD million a year, beside what tariffs bring.

        Raises BadInput where a solution is of another economy or the extra takes all that a player has, NotSolved where
        an equilibrium is not found.
        """
        economy, seats = game.economy, game.instruments.positions
        if isinstance(no_deal, Solution):
            if no_deal.base is not economy:
                raise BadInput(
                    f"no deal is a solution of {no_deal.base.name}, not of this {economy.name}: solve it there"
                )
            before = game.payoffs(no_deal)[seats]
        else:
            before = TariffGame.of(economy, game.instruments, game.objective, no_deal).at_start()[seats]
        level = before
        if extra.any():
            level = TariffGame.of(economy, game.instruments, game.objective, Shock()).at_start()[seats]
        share = extra / economy.I[seats]
        if (share <= -1).any():
            p = int(share.argmin())
            raise BadInput(
                f"{game.instruments.players[p]} would lose {-extra[p]:g} USD million apart from tariffs, all of its "
                f"income of {economy.I[seats[p]]:g}: check the unit"
            )
        return cls(game, before, level, share)

    def of(self, solution: Solution) -> FloatArray:
        """Gains (P,) in logs at an equilibrium. Raises NotSolved where a player has nothing left."""
        payoffs = self.game.payoffs(solution)[self.game.instruments.positions]
        left = np.exp(payoffs - self.level) + self.extra
        if (left <= 0).any():
            raise NotSolved(f"{self.game.economy.name}: what is lost apart from tariffs is more than there is to lose")
        return np.asarray(np.log(left) - (self.before - self.level))

    def slopes(self, solution: Solution) -> FloatArray:
        """The slope of a player's gain over its payoff (P,): one without anything extra."""
        own = np.exp(self.game.payoffs(solution)[self.game.instruments.positions] - self.level)
        return np.asarray(own / (own + self.extra))

    def curvature(self, solution: Solution, weights: FloatArray) -> FloatArray:
        """The size of the weighted gains' second derivative over each rate alone; weights (P,)."""
        instruments = self.game.instruments
        _, curvature = newton(instruments, solution, np.zeros(instruments.size), np.zeros(instruments.size, dtype=bool))
        return np.asarray(curvature * weights[instruments.owner], dtype=np.float64)


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
        mixture[game.instruments.positions] = weights * self.of.slopes(self.solution)
        slope, self._adjoint = game.blend(self.solution, mixture, self._adjoint)
        return slope


def equal_gain(gains: Gains, y: FloatArray) -> Reached:
    """From rates y to equal gains. Raises NotSolved where they do not become equal."""
    instruments = gains.game.instruments
    multipliers = np.full(len(instruments.players), 1.0 / len(instruments.players))
    walk = Walk(gains, y)
    curvature = gains.curvature(walk.solution, multipliers)
    for update in range(1, _MAX_UPDATES + 1):

        def value(y: FloatArray, last: FloatArray = multipliers) -> tuple[float, FloatArray]:
            exponent = np.log(last) - _RHO * walk.at(y)
            return -float(logsumexp(exponent)) / _RHO, walk.slope(softmax(exponent))

        y = ascend(value, y, curvature, instruments, _GAIN)
        found = walk.at(y)
        multipliers = np.maximum(softmax(np.log(multipliers) - _RHO * found), 1e-12)
        if np.ptp(found) <= EQUAL:
            return Reached(y, walk.solution, found, multipliers / multipliers.sum(), update)
    raise NotSolved(
        f"{gains.game.economy.name}: after {_MAX_UPDATES} rounds gains still differ by {np.ptp(found):.3g}: they may "
        "not be equal at the best, as where bounds stop a player from paying another: widen them, or give another start"
    )


#: Climbs are begun anew, in units of the place reached, until one brings less than this in logs, at most so often.
_SETTLED, _MAX_CLIMBS = 1e-11, 20


def nash_product(gains: Gains, start: Reached, power: FloatArray) -> Reached:
    """From equal gains to the largest product; power (P,) sums to one.

    Raises NotSolved where not everybody gains at the start, by more than gains called equal may differ.
    """
    if start.gains.min() <= EQUAL:
        raise NotSolved(
            f"{gains.game.economy.name}: at equal gains each player gains {start.gains.min():.3g}: no tariffs within "
            "the bounds were found that leave everybody better off than no deal, and the product of gains is zero"
        )
    instruments = gains.game.instruments
    y, walk = start.y, Walk(gains, start.y)
    for update in range(1, _MAX_CLIMBS + 1):
        weights = _slopes(walk.at(y), power)
        unit = weights.sum()
        last = _logs(walk.at(y), power)

        def value(y: FloatArray, unit: float = unit) -> tuple[float, FloatArray]:
            found = walk.at(y)
            if found.min() <= 0:
                raise NotSolved("a player gains nothing here, so that the product has no logarithm")
            return _logs(found, power) / unit, walk.slope(_slopes(found, power) / unit)

        y = ascend(value, y, gains.curvature(walk.solution, weights / unit), instruments, _PRODUCT_GAIN)
        found = walk.at(y)
        if (_logs(found, power) - last) / unit <= _SETTLED:
            multipliers = _slopes(found, power)
            return Reached(y, walk.solution, found, multipliers / multipliers.sum(), start.updates + update)
    raise NotSolved(f"{gains.game.economy.name}: after {_MAX_CLIMBS} climbs the product of gains still rises")


def mean_gain(gains: FloatArray, power: FloatArray) -> float:
    """The geometric mean of gains (P,), a fraction; zero where one gains nothing."""
    return float(np.exp(_logs(gains, power))) if gains.min() > 0 else 0.0


def _logs(gains: FloatArray, power: FloatArray) -> float:
    return float(power @ np.log(np.expm1(gains)))


def _slopes(gains: FloatArray, power: FloatArray) -> FloatArray:
    return np.asarray(power / -np.expm1(-gains))
