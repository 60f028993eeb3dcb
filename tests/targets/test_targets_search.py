"""The search for a point that meets a goal, on a goal whose level is linear in the rates."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from detente.targets.search import nearest

SLOPE = np.array([1.0, 2.0])


@pytest.mark.parametrize(("largest", "met"), [(3.0, True), (0.1, False)])
def test_the_search_ends_at_the_goal_or_as_near_as_the_bounds_let_it(largest: float, met: bool) -> None:
    def at(y: np.ndarray, last: object = None) -> SimpleNamespace:
        gaps = np.array([SLOPE @ y - 1])
        return SimpleNamespace(y=np.array(y), gap=float(gaps.min()), gaps=gaps)

    problem = SimpleNamespace(
        at=at, slopes=lambda point: SLOPE[None, :], instruments=SimpleNamespace(largest=np.full(2, largest))
    )
    found = nearest(problem, at(np.zeros(2)))  # type: ignore[arg-type]
    assert (found.gap >= 0) == met
    if not met:
        np.testing.assert_allclose(found.y, largest)
