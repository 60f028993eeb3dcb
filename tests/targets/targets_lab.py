"""Small worlds for targets, and a level counted from a solution by hand."""

from __future__ import annotations

import numpy as np

import detente as dt
from detente.data.bundled import toy_world

THETA = np.array([3.0, 5.0, 8.0])


def economy_of(deficits: str = "fixed", seed: int = 23, *, empty: int = 1, free: bool = False) -> dt.Economy:
    """Four economies and three sectors; `free`: without any tariff."""
    world = toy_world(seed, n=4, j=3, empty=empty, highest_tariff=0.0 if free else 0.3)
    return dt.calibrate(world, THETA, deficits=deficits)  # type: ignore[arg-type]


def bought(solution: dt.Solution, buyer: str, seller: str) -> np.ndarray:
    """What a buyer pays at the border by sector (j,)."""
    economy = solution.base
    return np.asarray(solution.M_cf[economy.index(buyer), economy.index(seller)])


def before(economy: dt.Economy, buyer: str, seller: str) -> np.ndarray:
    """The same in the benchmark."""
    return np.asarray(economy.M[economy.index(buyer), economy.index(seller)])


def moving(economy: dt.Economy, change: float, one: str = "E1", other: str = "E2", **more: str) -> dt.Balance:
    """The goal by which the balance of `one` with the other (exports − imports) rises by so much, or falls."""
    level = dt.Balance(one, other, 1.0, **more).level(economy)  # type: ignore[arg-type]
    size = abs(change) if level * change > 0 else -abs(change)
    return dt.Balance(one, other, size, **more)  # type: ignore[arg-type]
