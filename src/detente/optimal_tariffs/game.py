"""Governments that choose tariffs on an economy: equilibrium, payoffs, and the climb to where nobody would move.

At given world prices a tariff changes real income by Σ t dM. With s the shares of the cells set in a market on which X
is spent, the second derivatives over ln(1+t) in that market are, over income,

    −(X/I) · [ (1+θ) diag(s) − θ s sᵀ ],

whose inverse is written out: one partner's tariff moves trade among partners, with 1+θ, and all of them together only
between those and the rest, with 1 + θ(1 − Σs). Terms of trade are in the slopes; what they add to the curvature, and
what revenue adds to spending, is left to acceleration.

`climb` solves the stacked first-order conditions. Each round solves the equilibrium once and every government's adjoint
together (`detente.solver.pass_adjoint`), and moves each rate by its slope over its curvature, within its bounds. With
one player the fixed point is a best response, with several a Nash equilibrium; both are certified elsewhere, by
searches that know nothing of this iteration. `ascend` is L-BFGS-B over rates in units of the same payoff; it steps
back from where there is no equilibrium.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize

from detente.errors import BadInput, NotSolved
from detente.inputs import BoolArray, FloatArray, one_of
from detente.model.benchmark import Benchmark, Deficits
from detente.model.parts import Parts
from detente.model.shock import Shock, Wedges
from detente.optimal_tariffs.governments import Objective, Parameters, TariffInstruments, payoff_slopes, payoffs
from detente.optimal_tariffs.rate_bounds import Floor
from detente.solver.anderson import empty, mix
from detente.solver.equilibrium import equilibrium, given_of, require_closed
from detente.solver.fixed_point import Flows, Given, Unknowns, Weights, flows, weights
from detente.solver.held import held
from detente.solver.pass_adjoint import PassAdjoint, WeightSlopes
from detente.solver.solution import Solution

#: A cell whose share of its market fell below this has a tariff that nothing depends on: it is undetermined.
PROHIBITIVE = 1e-8
#: The finest that is asked of slopes, relative to each player's largest. The adjoint is linear: its error carries over.
SLOPES = 1e-9
#: A rate is at a bound where it is no further from it than this, in ln(1+t).
_AT_BOUND = 1e-9
#: A loss, in logs of the payoff, that no step makes up for.
_NO_EQUILIBRIUM = 1.0
#: Past steps that L-BFGS keeps.
_MEMORY = 30
#: No rate would move by more than this in ln(1+t). Payoffs are flat at the top: the loss is of the order of its square.
TOLERANCE = 1e-6
MAX_ROUNDS = 300
#: The longest move of a rate in a round, in ln(1+t); far from the optimum slope over curvature overshoots, and so may
#: acceleration.
_LONGEST = 1.0
#: Slopes are at least so fine relative to the largest, since those of small partners are far smaller.
_COARSEST = 1e-6


def newton(
    instruments: TariffInstruments, solution: Solution, slope: FloatArray, held: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """The Newton step of each rate, in ln(1+t), and the size of the payoff's second derivative over it alone.

    Parameters
    ----------
    slope
        Of each owner's payoff over its rates. A rate on which nothing is spent has no curvature and does not move.
    held
        Rates at a bound beyond which their owner would go. They stay, and the others of their market move without
        them (Bertsekas 1982, "Projected Newton methods", SIAM Journal on Control and Optimization 20).
    """
    n, i, j = instruments.cells
    theta, share = solution.base.theta[j], solution.pi_cf[n, i, j]
    market = solution.X_cf[n, j] / solution.I_cf[n]
    free = ~held[instruments.group]
    rest = np.maximum(1.0 - np.bincount(instruments.market, share * free)[instruments.market], 0.0)
    if instruments.size < len(instruments.group):
        curvature = instruments.sums(share * market * (1.0 + theta * rest))
        return _over(slope, curvature), curvature
    curvature = instruments.sums(share * market * (1.0 + theta * (1.0 - share)))
    g = slope[instruments.group]
    together = np.bincount(instruments.market, g * free).astype(np.float64)[instruments.market] * free
    move = (_over(g, share * market) + theta * _over(together, market * (1.0 + theta * rest))) / (1.0 + theta)
    return instruments.sums(np.where(share * market > 0, move, 0.0)), curvature


def _over(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray(np.divide(a, b, out=np.zeros_like(a), where=b > 0), dtype=np.float64)


class HasTariffs(Protocol):
    """The tariffs of the whole world that a search found: `Equilibrium`, `BestResponse` and `Cooperation` have them."""

    @property
    def tariffs(self) -> FloatArray:
        """Tariffs (n, i, j), fractions."""


Start = Shock | HasTariffs | ArrayLike
"""Where a search begins: a shock, tariffs (n, i, j), or what another search found."""


@dataclass(frozen=True, eq=False)
class StrategyProfile:
    """The position of a game: rates y = ln(1+t), the equilibrium, payoffs (n,), and the effect of each rate.

    ``slope`` is the slope of its owner's payoff over the rate; ``curvature`` and ``move`` are as in
    `newton`. ``determined`` rates have trade left that depends on them; slope and curvature vanish together as trade
    does, so that a rate far over the prohibitive one still finds back. ``adjoints`` start the next evaluation.
    """

    y: FloatArray
    solution: Solution
    payoffs: FloatArray
    slope: FloatArray
    curvature: FloatArray
    move: FloatArray
    determined: BoolArray
    adjoints: FloatArray

    def room(self, instruments: TariffInstruments) -> BoolArray:
        """Rates that matter and that their bounds let move the way their owner wants."""
        up, down = instruments.upper - self.y > _AT_BOUND, self.y - instruments.lower > _AT_BOUND
        return self.determined & np.where(self.slope > 0, up, down)


@dataclass(frozen=True, eq=False)
class TariffGame:
    """An economy, what governments set, what they want, and everything that no player sets.

    ``rest`` fixes the tariffs that no player sets (parts of cells included) and where the players begin. ``cost`` is
    (d_hat (1+e'))^−θ of the shock the game starts from, and ``charged`` its h, which players cannot change; of parts
    of a cell both are means, since a rate is set on all of them, and none of what is closed comes back. ``note`` says
    what of the start is held at the rates it has there.
    """

    economy: Benchmark
    instruments: TariffInstruments
    objective: Objective
    rest: Wedges
    cost: FloatArray
    charged: FloatArray | None
    note: str = ""

    def __post_init__(self) -> None:
        """Hold quotas and duties per unit of ``rest`` at the rates of its equilibrium. Raises NotSolved."""
        if self.rest.varying is not None:
            object.__setattr__(self, "rest", equilibrium(self.economy, self.rest, "long").wedges)

    @classmethod
    def of(cls, economy: Benchmark, instruments: TariffInstruments, objective: Objective, start: Shock) -> TariffGame:
        """The game that starts from a shock. Raises BadEconomy, BadShock."""
        require_closed(economy)
        _require_smooth(economy)
        start, note = held(economy, start)
        without = _without_tariffs(start, economy)
        return cls(economy, instruments, objective, start.wedges(economy), without.K, without.h, note=note)

    def floored(self, floor: Floor | None) -> TariffGame:
        """The game in which no rate lies below the duty in force at the start, or the same without a floor.

        Raises BadInput for any other floor.
        """
        if floor is None:
            return self
        one_of(floor, "floor", get_args(Floor))
        return replace(self, instruments=self.instruments.over(self.rest.t_cf, self.economy.M))

    def alone(self, position: StrategyProfile, player: str) -> TariffGame:
        """The game of one player, everybody else at a position."""
        return replace(self, instruments=self.instruments.of(player), rest=self.wedges(position.y))

    def first(self) -> FloatArray:
        """The players' rates at the start, within their bounds."""
        return self.instruments.read(self.rest.t_cf, self.economy.M)

    def at_start(self) -> FloatArray:
        """Payoffs (n,) at the start as given, before cells of a group take one rate. Raises NotSolved."""
        return self.payoffs(equilibrium(self.economy, self.rest, "long"))

    def payoffs(self, solution: Solution) -> FloatArray:
        """Payoffs (n,) at an equilibrium of this game."""
        given, x, weight, closure = self._place(solution)
        here = flows(x, given, weight, closure, pairs=self._pairs)
        return self._payoffs(x, here, given)

    @np.errstate(invalid="ignore", divide="ignore")  # nobody prefers a payoff that is not a number
    def _payoffs(self, x: Unknowns, here: Flows, given: Given) -> FloatArray:
        return np.asarray(payoffs(x, here, given, self._parameters))

    def wedges(self, y: FloatArray) -> Wedges:
        """K and v with the players' rates in place of the start's."""
        cell, ln = self.instruments.cells, y[self.instruments.group]
        K, v = self.rest.K.copy(), self.rest.v.copy()
        K[cell] = self.cost[cell] * np.exp(-self.economy.theta[cell[2]] * (ln - np.log1p(self.economy.t[cell])))
        v[cell] = np.exp(-ln)
        h = self.rest.h
        if h is not None and self.charged is not None:
            h = h.copy()
            h[cell] = self.charged[cell]
        return replace(self.rest, K=K, v=v, h=h)

    def at(self, y: FloatArray, near: StrategyProfile | None = None, accuracy: float = SLOPES) -> StrategyProfile:
        """The position at rates y, its slopes to a relative accuracy.

        Raises NotSolved where there is no equilibrium, or its slopes are not found.
        """
        solution = equilibrium(self.economy, self.wedges(y), "long", start=None if near is None else near.solution)
        positions = self.instruments.positions
        mixture = np.zeros((len(self.economy.economies), len(positions)))
        mixture[positions, np.arange(len(positions))] = 1.0
        start = None if near is None else near.adjoints
        here, by_weights, adjoints = self._slopes(solution, mixture, start, accuracy, "players' payoffs")
        own = here.over_rates(by_weights, positions, np.arange(len(positions)))
        return self._position(y, solution, self._payoffs(solution.unknowns, here.flows, here.given), own, adjoints)

    def blend(
        self, solution: Solution, mixture: FloatArray, adjoint: FloatArray | None = None
    ) -> tuple[FloatArray, FloatArray]:
        """The slope of Σ_n mixture_n payoff_n over every rate, and the adjoint to start the next from.

        Raises NotSolved.
        """
        here, by_weights, adjoint = self._slopes(solution, mixture[:, None], adjoint, SLOPES, "common objective")
        everyone = np.arange(len(mixture))
        slope = here.over_rates(by_weights, everyone, np.zeros_like(everyone))
        return self.instruments.sums(slope[self.instruments.cells]), adjoint

    @cached_property
    def _parameters(self) -> Parameters:
        return self.objective.parameters(self.economy)

    @property
    def _pairs(self) -> bool:
        return bool(self._parameters.balance.any())

    def _place(self, solution: Solution) -> tuple[Given, Unknowns, Weights, Deficits]:
        """An equilibrium of this game, as the pass takes it."""
        held, its = self.rest.D_cf, solution.wedges
        given = given_of(self.economy, self.economy.D if held is None else held, "long", its.T_cf)
        closure = self.economy.deficits if held is None else "fixed"
        return given, solution.unknowns, weights(given, its.K, its.v, its.h), closure

    @np.errstate(all="ignore")  # what is no longer a number is refused by its residual
    def _slopes(
        self, solution: Solution, mixture: FloatArray, start: FloatArray | None, accuracy: float, whose: str
    ) -> tuple[PassAdjoint, WeightSlopes, FloatArray]:
        """Slopes of blends of payoffs, mixture (n, p), over the weights, and their adjoints. Raises NotSolved."""
        here = PassAdjoint.at(*self._place(solution), pairs=self._pairs)
        outcome = payoff_slopes(solution.unknowns, here.flows, here.given, self._parameters, mixture)
        by_weights, adjoints, residual = here.slopes(outcome, start, accuracy)
        if not residual <= accuracy:
            raise NotSolved(
                f"{self.economy.name}: the slopes of the {whose} stopped at a residual of {residual:.3g}: "
                "try narrower bounds"
            )
        return here, by_weights, adjoints

    def _position(
        self, y: FloatArray, solution: Solution, found: FloatArray, own: FloatArray, adjoints: FloatArray
    ) -> StrategyProfile:
        n, i, j = self.instruments.cells
        seat = self.instruments.owner[self.instruments.group]
        slope = self.instruments.sums(own[seat, i, j])
        held = np.where(slope > 0, self.instruments.upper - y, y - self.instruments.lower) <= _AT_BOUND
        move, curvature = newton(self.instruments, solution, slope, held)
        determined = self.instruments.sums((solution.pi_cf[n, i, j] > PROHIBITIVE).astype(np.float64)) > 0
        return StrategyProfile(y, solution, found, slope, curvature, move, determined, adjoints)


def _require_smooth(economy: Benchmark) -> None:
    """Raise BadInput where utility depends on what governments choose, or payoffs have no slopes of the long run."""
    market = economy.labour_market
    if market.elastic is not None and market.elastic.replaced:
        raise BadInput(
            "tax='replaced' is the income tax that one change of tariffs takes the place of, so that governments that "
            "choose tariffs would compare utilities under different taxes: give the tax as a number, such as 0.25"
        )
    if market.by_sector or market.wages is not None:
        what = "workers differ (mobility)" if market.by_sector else "wages have a floor"
        raise BadInput(
            "governments choose tariffs for the long run, with one wage an economy that clears its market, but here "
            f"{what}: leave it out for best tariffs, Nash tariffs and what rests on them"
        )


def _without_tariffs(start: Shock, economy: Benchmark) -> Wedges:
    """What of a shock is no tariff: trade costs, charges, and parts that are closed. Raises BadShock."""
    parts = start.parts
    if parts is not None and parts.e_cf is None and parts.closed is None:
        parts = None
    if parts is not None:
        t = economy.t[parts.n, parts.i, parts.j]
        parts = Parts(parts.n, parts.i, parts.j, parts.s, t, t, parts.e_cf, parts.closed)
    return Shock(d_hat=start.d_hat, e_cf=start.e_cf, parts=parts).wedges(economy)


def shock_of(start: Start | None) -> Shock:
    """The shock that a search begins from; none for the benchmark. Raises BadShock where tariffs do not fit."""
    if start is None or isinstance(start, Shock):
        return Shock() if start is None else start
    tariffs: ArrayLike = getattr(start, "tariffs", start)  # type: ignore[arg-type]  # one of the two, by Start
    return Shock(t_cf=tariffs)


def require_inside(game: TariffGame) -> None:
    """Raise BadInput where the start's rates lie outside the bounds."""
    instruments = game.instruments
    ln = instruments.means(np.log1p(game.rest.t_cf[instruments.cells]), game.economy.M)
    over = np.maximum(instruments.lower - ln, ln - instruments.upper)
    if over.max() > 1e-12:
        k = int(over.argmax())
        e = game.economy
        n, i, j = (int(axis[np.argmax(instruments.group == k)]) for axis in instruments.cells)
        low, high = np.expm1(instruments.lower[k]), np.expm1(instruments.upper[k])
        raise BadInput(
            f"the start taxes {e.sectors[j]} of {e.economies[i]} in {e.economies[n]} at {np.expm1(ln[k]):.4g}, outside "
            f"the bounds ({low:.4g}, {high:.4g}): widen them or start elsewhere"
        )


def ascend(
    value: Callable[[FloatArray], tuple[float, FloatArray]],
    y: FloatArray,
    curvature: FloatArray,
    instruments: TariffInstruments,
    gain: float,
) -> FloatArray:
    """The rates that L-BFGS-B reaches from y, within their bounds; it stops where a step gains less than `gain`.

    Parameters
    ----------
    value
        Payoff and its slope at given rates.
    curvature
        Of the payoff over each rate; rates are scaled by its square root.

    Raises
    ------
    NotSolved
        Where there is no equilibrium at y itself.
    """
    scale = np.sqrt(np.maximum(curvature, 1e-6 * curvature.max()))
    lowest: float | None = None

    def minus(z: FloatArray) -> tuple[float, FloatArray]:
        nonlocal lowest
        try:
            payoff, slope = value(z / scale)
        except NotSolved:
            if lowest is None:
                raise
            return lowest + _NO_EQUILIBRIUM, np.zeros_like(z)
        lowest = -payoff if lowest is None else min(lowest, -payoff)
        return -payoff, -slope / scale

    limits = list(zip(instruments.lower * scale, instruments.upper * scale, strict=True))
    start: FloatArray = y * scale
    end = minimize(
        minus,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=limits,
        # scipy's ftol is relative to the payoff where that is over one
        options={"ftol": gain / max(abs(value(y)[0]), 1.0), "gtol": 1e-10, "maxcor": _MEMORY, "maxfun": 4000},
    )
    reached = np.asarray(end.x, dtype=np.float64) / scale
    return np.asarray(np.clip(reached, instruments.lower, instruments.upper))


#: A round may promise so many times as much as the one before, since acceleration is not monotone; a move to where more
#: is promised, or to where there is no equilibrium, is halved, at most so often.
_GROWS, _HALVINGS = 2.0, 8
#: Acceleration that went astray so often rests, for while a rate runs off to its bound there is no zero to point at;
#: each time that what is left has fallen by the factor since the last count, the count begins again.
_ASTRAY, _FALLEN = 3, 10.0


@dataclass(frozen=True, eq=False)
class Climb:
    """The end of the rounds: the position, their number, and the longest move left."""

    position: StrategyProfile
    rounds: int
    left: float

    @property
    def arrived(self) -> bool:
        """Whether no rate would move further than the tolerance."""
        return self.left <= TOLERANCE


def climb(game: TariffGame, y: FloatArray, near: StrategyProfile | None = None, rounds: int = MAX_ROUNDS) -> Climb:
    """From rates y to where no player would move; ``near`` is any position of the game, to begin solving from.

    Raises NotSolved where an equilibrium on the way is not found.
    """
    memory = empty(y)
    lower, upper = game.instruments.lower, game.instruments.upper
    here: StrategyProfile | None = None
    written = astray = 0
    smallest = left = mark = np.inf
    for round_ in range(1, rounds + 1):
        # slopes need be no finer than the moves they make
        accuracy = float(np.clip(1e-2 * min(smallest, 1e-2), SLOPES, _COARSEST))
        here = game.at(y, near, accuracy) if here is None else _reach(game, y, here, accuracy)
        if here.y is not y or left > 10 * smallest:  # acceleration went astray: forget, and go on from here
            memory, written, astray = empty(y), 0, astray + 1
        y = here.y
        image = np.clip(y + np.clip(here.move, -_LONGEST, _LONGEST), lower, upper)
        # undetermined rates move along, but what is left of them says nothing about the others
        residual = np.where(here.determined, image - y, 0.0)
        left = float(np.abs(residual).max())
        if left <= TOLERANCE or round_ == rounds:
            break
        smallest = min(smallest, left)
        if left < mark / _FALLEN:
            mark, astray = left, 0
        if astray >= _ASTRAY:
            y = image
            continue
        following, memory = mix(image, residual, memory, written)
        written += 1
        y = np.clip(y + np.clip(following - y, -_LONGEST, _LONGEST), lower, upper)
    assert here is not None  # rounds is at least one
    return Climb(here, round_, left)


def _reach(game: TariffGame, y: FloatArray, last: StrategyProfile, accuracy: float) -> StrategyProfile:
    """The position at y; from where there is none, or where more is promised, halfway back to the last, and so on."""
    bound = _GROWS * _promised(game, last)
    for _ in range(_HALVINGS):
        try:
            there = game.at(y, last, accuracy)
        except NotSolved:
            y = 0.5 * (y + last.y)
            continue
        if _promised(game, there) <= bound:
            return there
        y = 0.5 * (y + last.y)
    return game.at(y, last, accuracy)


def _promised(game: TariffGame, position: StrategyProfile) -> float:
    """The gain that slopes promise to all players together, within the bounds."""
    instruments = game.instruments
    move = np.clip(position.y + position.move, instruments.lower, instruments.upper) - position.y
    return float(np.abs(np.where(position.determined, position.slope * move, 0.0)).sum())
