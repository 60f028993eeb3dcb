"""The proportional closure: deficits sum to zero, and nothing moves where nothing changed."""

from __future__ import annotations

import jax
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detente.model.benchmark import proportional_deficits


def balanced_shares(seed: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    income = draw.uniform(1, 10, 6)
    D = draw.normal(0, 0.3, 6)
    D -= D.mean()
    return income, D


@given(seed=st.integers(0, 10_000))
def test_nothing_changes_without_a_change(seed: int) -> None:
    income, D = balanced_shares(seed)
    with jax.enable_x64(True):
        D_cf, lam = proportional_deficits(income - D, D / income)
    np.testing.assert_allclose(D_cf, D, atol=1e-13)
    np.testing.assert_allclose(lam, 1.0, rtol=1e-12)


@given(seed=st.integers(0, 10_000), move=st.floats(0.7, 1.4))
def test_deficits_sum_to_zero_and_surpluses_keep_their_share(seed: int, move: float) -> None:
    income, D = balanced_shares(seed)
    own = (income - D) * np.where(np.arange(6) % 2 == 0, move, 1.0)
    with jax.enable_x64(True):
        D_cf, lam = (np.asarray(a) for a in proportional_deficits(own, D / income))
    assert abs(D_cf.sum()) < 1e-10
    surplus = D < 0
    np.testing.assert_allclose((D_cf / (own + D_cf))[surplus], (D / income)[surplus], rtol=1e-12)
    np.testing.assert_allclose((D_cf / (own + D_cf))[~surplus], lam * (D / income)[~surplus], rtol=1e-9)


def test_the_factor_is_found_far_from_one() -> None:
    """One who borrows hardly earns any more: λ d is close to one, where the deficit has a pole."""
    d = np.array([-0.2, 0.3, 0.5])
    for own in ([100.0, 50.0, 0.01], [100.0, 1e-6, 1e-3], [1e-3, 50.0, 80.0]):
        D_cf, lam = proportional_deficits(np.array(own), d)
        assert abs(D_cf.sum()) < 1e-9 * np.abs(D_cf).max()
        assert 0 < lam < 2
