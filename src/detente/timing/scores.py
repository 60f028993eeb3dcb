"""Forecasts as probabilities over the same outcomes: pooled, and scored once the outcome is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from detente.errors import BadInput
from detente.inputs import FloatArray

Ending = Literal["deal", "truce", "stalemate", "escalation", "capitulation"]
"""How talks can end, or stand at a date. deal: both sign what settles the dispute. truce: threatened measures are put
on hold while talks go on. stalemate: no measure changes and nothing is signed. escalation: a threatened measure takes
effect, or a new one is added. capitulation: one side meets the other's demands and gets none of its own."""


State = Literal["deal", "truce", "partial tariffs", "war"]
"""Where a dispute stands on a day. deal: both have signed. truce: no threatened measure is in force, and talks go on.
partial tariffs: some threatened measures are in force, with their answers. war: all of them are, with all answers."""

STATES: Final[tuple[State, ...]] = get_args(State)
"""The four, in the order of every array of probabilities over them."""

STATE_OF: Final[dict[Ending, State]] = {
    "deal": "deal",
    "capitulation": "deal",
    "truce": "truce",
    "stalemate": "truce",
    "escalation": "partial tariffs",
}
"""What a file calls an ending → the state it is. Capitulation is a deal on one side's terms; in a stalemate nothing is
in force that was threatened, as in a truce. An escalation says that a threatened measure took effect, and not that all
did; that all are in force, which is war here, no ending says by itself."""

SUM: Final = 1e-9
"""What the sum of probabilities may miss 1 by: rounding."""

Pool = Literal["linear", "log"]


def pool(forecasts: ArrayLike, weights: ArrayLike | None = None, *, by: Pool = "linear") -> FloatArray:
    """One forecast of several (m, s), each a probability for every state: their weighted arithmetic or geometric mean.

    Weights (m,) are equal unless given, and are scaled to sum to 1. The logarithmic pool is scaled to sum to 1; a state
    that one forecast rules out is ruled out in it (Genest and Zidek 1986).

    Raises BadInput where a row is no distribution, weights do not fit, or every state is ruled out by somebody.
    """
    rows = np.array([_distribution(row) for row in np.atleast_2d(np.asarray(forecasts, dtype=np.float64))])
    w = np.full(len(rows), 1.0) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != (len(rows),) or not np.isfinite(w).all() or (w < 0).any() or w.sum() <= 0:
        raise BadInput(
            f"{len(rows)} forecasts need as many weights, none negative and not all zero; found {w.tolist()}"
        )
    w = w / w.sum()
    if by == "linear":
        return np.asarray(w @ rows)
    if by != "log":
        raise BadInput(f"by={by!r} is no pool: linear or log")
    with np.errstate(divide="ignore"):
        together = np.where(rows > 0, np.log(rows), -np.inf)
    kept = w > 0
    logs = (w[kept, None] * together[kept]).sum(0)
    if np.isneginf(logs).all():
        raise BadInput(
            "every state is ruled out by some forecast: a logarithmic pool has nothing left; use by='linear'"
        )
    mean = np.exp(logs - logs.max())
    return np.asarray(mean / mean.sum())


def brier(forecast: ArrayLike, happened: int) -> float:
    """Σ (p_s − 1[s happened])²: 0 is best, 2 worst, 0.75 a uniform forecast over four (Brier 1950)."""
    p = _distribution(forecast)
    hit = np.zeros(len(p))
    hit[_place(happened, len(p))] = 1.0
    return float(((p - hit) ** 2).sum())


def log_score(forecast: ArrayLike, happened: int) -> float:
    """−ln p of what happened: 0 is best, infinite where it was ruled out, ln 4 a uniform forecast (Good 1952)."""
    p = _distribution(forecast)
    chance = p[_place(happened, len(p))]
    return float(0.0 - np.log(chance)) if chance > 0 else float("inf")


def spread(state: State, probability: float, states: Sequence[State] = STATES) -> FloatArray:
    """A probability of one state as one for every state: what is left is spread evenly over the others."""
    if not 0 <= probability <= 1:
        raise BadInput(f"a probability of {probability!r} is not between 0 and 1")
    rest = (1 - probability) / (len(states) - 1)
    return np.array([probability if s == state else rest for s in states])


def _distribution(given: ArrayLike) -> FloatArray:
    p = np.asarray(given, dtype=np.float64)
    if p.ndim != 1 or len(p) < 2 or not np.isfinite(p).all() or (p < 0).any() or abs(p.sum() - 1) > SUM:
        raise BadInput(f"{p.tolist()} are no probabilities over states: none may be negative, and they sum to 1")
    return p


def _place(happened: int, count: int) -> int:
    if not 0 <= happened < count:
        raise BadInput(f"state {happened} is none of the {count}, numbered from 0")
    return happened
