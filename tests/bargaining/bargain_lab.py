"""Random bargains, and what tests check picks against."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from detente.bargaining.bargain import Bargain

#: Whole numbers make ties, zeros and points on a line common; the others nearly never have them.
whole = st.integers(-12, 12).map(float)
broken = st.floats(-10, 10, allow_nan=False).map(lambda x: round(x, 6))


def payoffs(entries=whole, most=12):
    return st.integers(1, most).flatmap(lambda count: arrays(np.float64, (count, 2), elements=entries))


def bargains(most=12):
    """With no deal at zero or near it, and with or without a truce."""
    point = st.tuples(st.integers(-3, 3).map(float), st.integers(-3, 3).map(float))
    return st.one_of(
        st.builds(Bargain.of, st.one_of(payoffs(), payoffs(broken)), point),
        st.builds(Bargain.of, payoffs(most=most), point, point),
    )


def as_sets(rows):
    return {tuple(row) for row in np.round(np.asarray(rows), 6).tolist()}


def better_for_both(payoffs, point):
    """The most t by which a lottery over payoffs (P, 2) is better than a point (2,) for each side."""
    count = len(payoffs)
    found = linprog(
        np.r_[np.zeros(count), -1.0],
        A_ub=np.column_stack([-payoffs.T, np.ones(2)]),
        b_ub=-np.asarray(point),
        A_eq=np.r_[np.ones(count), 0.0][None],
        b_eq=[1.0],
        bounds=[(0, None)] * count + [(None, None)],
        method="highs",
    )
    assert found.status == 0, found.message
    return -found.fun
