"""What each member of a set adds, against all orders one by one and against games with known values."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from detente.bargaining.implied_values import marginal_contributions, shapley
from detente.errors import BadInput

worths = st.integers(1, 4).flatmap(
    lambda m: arrays(np.float64, (2**m, 2), elements=st.floats(-100, 100, allow_nan=False))
)


def members(worth):
    return len(worth).bit_length() - 1


@given(worths)
def test_margins_are_those_of_all_orders_one_by_one(worth):
    m = members(worth)
    added = []
    for order in permutations(range(m)):
        inside, row = 0, np.empty((m, 2))
        for k in order:
            joined = inside | 1 << (m - 1 - k)  # the first member is the highest bit
            row[k] = worth[joined] - worth[inside]
            inside = joined
        added.append(row)
    found = marginal_contributions(worth)
    np.testing.assert_allclose(found.shapley, np.mean(added, axis=0), atol=1e-9)
    np.testing.assert_allclose(found.lowest, np.min(added, axis=0), atol=1e-9)
    np.testing.assert_allclose(found.highest, np.max(added, axis=0), atol=1e-9)


@given(worths)
def test_values_add_up_and_lie_within_the_range(worth):
    found = marginal_contributions(worth)
    np.testing.assert_allclose(found.shapley.sum(0), worth[-1] - worth[0], atol=1e-9)
    for part in (found.alone, found.last, found.shapley):
        assert (part >= found.lowest - 1e-9).all()
        assert (part <= found.highest + 1e-9).all()
    for k in range(members(worth)):
        bit = 1 << (members(worth) - 1 - k)
        np.testing.assert_array_equal(found.alone[k], worth[bit] - worth[0])
        np.testing.assert_array_equal(found.last[k], worth[-1] - worth[-1 - bit])


def test_the_glove_game():
    """One left glove and two right ones make one pair: 2/3 to the left, 1/6 to each right (Shapley 1953)."""
    worth = [float(row >> 2 & 1 and row & 3 > 0) for row in range(8)]
    assert shapley(worth) == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_what_only_adds_up_is_worth_the_same_in_every_order():
    worth = np.array([np.dot([int(bit) for bit in f"{row:016b}"], np.arange(16)) for row in range(2**16)])
    found = marginal_contributions(worth)
    for part in (found.alone, found.last, found.lowest, found.highest, found.shapley):
        np.testing.assert_allclose(part, np.arange(16), atol=1e-8)


@pytest.mark.parametrize(
    ("worth", "words"),
    [
        (np.zeros(3), "2\\^m subsets"),
        (np.zeros(1), "2\\^m subsets"),
        (np.float64(1.0), "2\\^m subsets"),
        (np.zeros(2**17), "17 members, over the 16"),
        ([0.0, np.nan], "subset 1 is not a number"),
    ],
)
def test_worth_that_makes_no_sense_is_refused(worth, words):
    with pytest.raises(BadInput, match=words):
        marginal_contributions(worth)
