"""The draws of an ensemble: each follows from what is varied, the seed and its number, and from nothing else.

Scrambled Sobol points (I. M. Sobol 1967; A. B. Owen 1998) fill the space of assumptions more evenly than random ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from detente.data import elasticities, standard_errors
from detente.ensemble.spread import Over
from detente.model.closures import Deficits
from detente.solve.joint import Horizon

FloatArray = NDArray[np.float64]
T = TypeVar("T")

_BITS: Final = 30
"""Digits of a Sobol point; half of the last one is added, so that no coordinate is 0."""
_CHOICES: Final = 4
"""The coordinates that choose world, set, closure and horizon; then those of values, then one a sector."""


@dataclass(frozen=True, eq=False)
class Draw:
    """One draw. `theta` (j,); `z` (j,): how many standard deviations ln theta is from its set's number."""

    number: int
    world: str
    elasticities: str
    deficits: Deficits
    horizon: Horizon
    theta: FloatArray
    z: FloatArray
    values: Mapping[str, float]


def draws(over: Over, sectors: Mapping[str, Sequence[str]], seed: int, start: int, stop: int) -> tuple[Draw, ...]:
    """Draws `start` to `stop` − 1. `over` names worlds and horizons; `sectors` are those of each world."""
    width = _CHOICES + len(over.ranges) + max(len(its) for its in sectors.values())
    points = _points(width, seed, stop)[start:]
    return tuple(_draw(over, sectors, number, u) for number, u in enumerate(points, start))


def central(name: str, sectors: Sequence[str]) -> FloatArray:
    """theta (j,) of a set as published."""
    return elasticities(name, sectors)


def deviations(name: str, sectors: Sequence[str], spread: float) -> FloatArray:
    """Standard deviation of ln theta (j,): √ln(1 + (s.e./theta)²) where a standard error is known, else `spread`."""
    if spread == 0:
        return np.zeros(len(sectors))
    theta, error = elasticities(name, sectors), standard_errors(name, sectors)
    return np.where(np.isnan(error), spread, np.sqrt(np.log1p((error / theta) ** 2)))


def _draw(over: Over, sectors: Mapping[str, Sequence[str]], number: int, u: FloatArray) -> Draw:
    world, name = _of(over.worlds, u[0]), _of(over.elasticities, u[1])
    deficits, horizon = _of(over.deficits, u[2]), _of(over.horizons, u[3])
    its = sectors[world]
    values = {
        key: low + (high - low) * float(v) for (key, low, high), v in zip(over.ranges, u[_CHOICES:], strict=False)
    }
    theta = elasticities(name, its)
    first = np.unique(theta, return_index=True, return_inverse=True)
    alike = first[1][first[2]]  # sectors of one number take the coordinate of the first of them
    z = ndtri(u[_CHOICES + len(over.ranges) :])[alike]
    drawn = theta * np.exp(deviations(name, its, over.spread) * z)
    return Draw(number, world, name, deficits, horizon, drawn, z, values)


def _of(axis: tuple[T, ...], u: float) -> T:
    """The entry that a coordinate chooses."""
    return axis[int(u * len(axis))]


@lru_cache(maxsize=4)
def _points(width: int, seed: int, count: int) -> FloatArray:
    """The first points of the sequence; more of them begin with the same ones."""
    power = max(4, int(np.ceil(np.log2(max(count, 1)))))
    engine = qmc.Sobol(width, scramble=True, bits=_BITS, rng=np.random.default_rng(seed))
    points = engine.random_base2(power)[:count] + 0.5 ** (_BITS + 1)
    points.setflags(write=False)
    return points
