"""Variance shares against models whose shares are known."""

from __future__ import annotations

import numpy as np
import pytest

from detente.ensemble.summary import DRAWS, TOGETHER, binned, variance_shares

N = 20_000


@pytest.fixture(scope="module")
def design() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {"a": rng.integers(0, 4, N), "b": rng.integers(0, 3, N)}


def test_shares_of_an_additive_model_are_its_variances(design) -> None:
    noise = np.random.default_rng(1).standard_normal(N)
    effect = np.array([0.0, 1.0, 2.0, 3.0])[design["a"]], np.array([-2.0, 0.0, 2.0])[design["b"]]
    y = effect[0] + effect[1] + noise
    table = variance_shares(y[:, None], design, ("a", "b"))[0]
    total = 1.25 + 8 / 3 + 1.0
    assert table["a"] == pytest.approx(1.25 / total, abs=0.01)
    assert table["b"] == pytest.approx((8 / 3) / total, abs=0.01)
    assert table[DRAWS] == pytest.approx(1 / total, abs=0.01)
    assert table[TOGETHER] == pytest.approx(0.0, abs=0.01)
    assert table.sum() == pytest.approx(1.0)


def test_what_two_do_only_together_is_their_interaction(design) -> None:
    y = np.where(design["a"] % 2 == 0, 1.0, -1.0) * np.where(design["b"] == 0, 1.0, -0.5)
    table = variance_shares(y[:, None], design, ("a", "b"))[0]
    assert table[TOGETHER] > 0.95


def test_noise_is_credited_to_no_assumption(design) -> None:
    """Without the correction for chance, 12 cells of 60 draws would claim a fifth of the variance."""
    some = {name: groups[:60] for name, groups in design.items()}
    noise = np.random.default_rng(2).standard_normal((60, 400))
    table = variance_shares(noise, some, ("a", "b"))
    assert table.loc[DRAWS].mean() > 0.9


def test_a_share_is_corrected_by_what_chance_alone_would_give() -> None:
    """Of 17.5 squares, 13.5 lie between two groups of three and 4 within them, 1 for each of 4 degrees of freedom:
    (13.5 - 1) / 17.5."""
    values, groups = np.array([0.0, 1, 2, 3, 4, 5]), np.array([0, 0, 0, 1, 1, 1])
    table = variance_shares(values[:, None], {"a": groups}, ("a",))[0]
    assert table["a"] == pytest.approx(12.5 / 17.5, rel=1e-14)
    assert table[DRAWS] == pytest.approx(5 / 17.5, rel=1e-14)


def test_a_number_between_two_ends_is_cut_into_groups() -> None:
    x = np.random.default_rng(3).random(N)
    table = variance_shares(x[:, None] * 2, {"x": binned(x)}, ())[0]
    assert table["x"] == pytest.approx(1 - 1 / 64, abs=0.01)
    assert np.bincount(binned(x)).tolist() == [N // 8] * 8


def test_what_does_not_vary_or_has_too_few_draws_has_no_shares(design) -> None:
    assert variance_shares(np.full((N, 1), 0.3), design, ("a", "b")).isna().all().all()
    few = {name: groups[:12] for name, groups in design.items()}
    assert variance_shares(np.random.default_rng(4).random((12, 1)), few, ("a", "b")).isna().all().all()
