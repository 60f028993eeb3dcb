"""Noise is zero: the audit lets every account be off by 1e-9 of itself, so that no smaller change is a result."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from detente.inputs import FloatArray

NOISE: Final = 1e-9
"""Changes up to this share of income are not told from zero."""


def without_noise(change: ArrayLike, of: ArrayLike = 1.0) -> FloatArray:
    """The change, and zero where it is within `NOISE` of an income, in the unit of the change; a fraction's is 1."""
    size = np.asarray(change, dtype=np.float64)
    return np.where(np.abs(size) <= NOISE * np.abs(of), 0.0, size)


def settled(after: ArrayLike, before: ArrayLike, of: ArrayLike) -> FloatArray:
    """The level after, and the level before where the two differ by no more than `NOISE` of an income."""
    level, old = np.asarray(after, dtype=np.float64), np.asarray(before, dtype=np.float64)
    return np.where(np.abs(level - old) <= NOISE * np.abs(of), old, level)
