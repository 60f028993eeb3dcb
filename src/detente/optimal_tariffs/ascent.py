"""L-BFGS-B over rates, each in units of the same payoff, that steps back from where there is no equilibrium.

Where every player's move is zero: the stacked first-order conditions, accelerated.

Each round solves the equilibrium once and every government's adjoint in one batch, and moves each rate by its slope
over its curvature, within its bounds. With one player the fixed point is a best response, with several a Nash
equilibrium; both are certified elsewhere, by searches that know nothing of this iteration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import jax
import numpy as np
from scipy.optimize import minimize

from detente.errors import NotSolved
from detente.inputs import FloatArray
from detente.optimal_tariffs.game import StrategyProfile, TariffGame
from detente.optimal_tariffs.governments import TariffInstruments
from detente.solver.adjoint import TOLERANCE as SLOPES
from detente.solver.fixed_point import MEMORY, mix

#: A loss, in logs of the payoff, that no step makes up for.
_NO_EQUILIBRIUM = 1.0
#: Past steps that L-BFGS keeps.
_MEMORY = 30


def ascend(
    value: Callable[[FloatArray], tuple[float, FloatArray]],
    y: FloatArray,
    curvature: FloatArray,
    levers: TariffInstruments,
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

    limits = list(zip(levers.lower * scale, levers.upper * scale, strict=True))
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
    return np.asarray(np.clip(reached, levers.lower, levers.upper))


#: No rate would move by more than this in ln(1+t). Payoffs are flat at the top: the loss is of the order of its square.
TOLERANCE = 1e-6
MAX_ROUNDS = 300
#: The longest move of a rate in a round, in ln(1+t); far from the optimum slope over curvature overshoots, and so may
#: acceleration.
_LONGEST = 1.0
#: Slopes are at least so fine relative to the largest, since those of small partners are far smaller.
_COARSEST = 1e-6
#: A round may promise so many times as much as the one before, since acceleration is not monotone; a move to where more
#: is promised, or to where there is no equilibrium, is halved, at most so often.
_GROWS, _HALVINGS = 2.0, 8
#: Acceleration that went astray so often rests, for while a rate runs off to its bound there is no zero to point at;
#: each time that what is left has fallen by the factor since the last count, the count begins again.
_ASTRAY, _FALLEN = 3, 10.0

_mix = jax.jit(mix)


@dataclass(frozen=True, eq=False)
class Climb:
    """Where the rounds ended: the position, how many, and the longest move left."""

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
    images = residuals = np.zeros((MEMORY, len(y)))
    lower, upper = game.levers.lower, game.levers.upper
    here: StrategyProfile | None = None
    written = astray = 0
    smallest = left = mark = np.inf
    for round_ in range(1, rounds + 1):
        # slopes need be no finer than the moves they make
        accuracy = float(np.clip(1e-2 * min(smallest, 1e-2), SLOPES, _COARSEST))
        here = game.at(y, near, accuracy) if here is None else _reach(game, y, here, accuracy)
        if here.y is not y or left > 10 * smallest:  # acceleration went astray: forget, and go on from here
            images, residuals, written, astray = np.zeros_like(images), np.zeros_like(residuals), 0, astray + 1
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
        with jax.enable_x64(True):
            following, images, residuals = _mix(image, residual, images, residuals, written)
        written += 1
        y = np.clip(y + np.clip(np.asarray(following) - y, -_LONGEST, _LONGEST), lower, upper)
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
    """What slopes promise all players together, over what their bounds leave room for."""
    levers = game.levers
    move = np.clip(position.y + position.move, levers.lower, levers.upper) - position.y
    return float(np.abs(np.where(position.determined, position.slope * move, 0.0)).sum())
