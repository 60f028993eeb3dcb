"""L-BFGS-B over rates, each in units of the same payoff, that steps back from where there is no equilibrium."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from detente.errors import NotSolved
from detente.war.levers import Levers

FloatArray = NDArray[np.float64]

#: A loss, in logs of the payoff, that no step makes up for.
_NO_EQUILIBRIUM = 1.0
#: Past steps that L-BFGS keeps.
_MEMORY = 30


def ascend(
    value: Callable[[FloatArray], tuple[float, FloatArray]],
    y: FloatArray,
    curvature: FloatArray,
    levers: Levers,
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
