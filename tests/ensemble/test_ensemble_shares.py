"""Variance shares against models whose shares are known."""

from __future__ import annotations

import numpy as np
import pytest

from detente.ensemble.draws import Over, draws
from detente.ensemble.summary import DRAWS, REST, variance_shares

N = 20_000


@pytest.fixture(scope="module")
def design() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {"a": rng.integers(0, 4, N), "b": rng.integers(0, 3, N)}


def test_shares_of_an_additive_model_are_its_variances(design) -> None:
    noise = np.random.default_rng(1).standard_normal((N, 5))
    effect = np.array([0.0, 1.0, 2.0, 3.0])[design["a"]], np.array([-2.0, 0.0, 2.0])[design["b"]]
    y = effect[0] + effect[1] + noise[:, :2].sum(1) / np.sqrt(2)
    table = variance_shares(y[:, None], design, deviates=noise)[0]
    total = 1.25 + 8 / 3 + 1.0
    assert table["a"] == pytest.approx(1.25 / total, abs=0.01)
    assert table["b"] == pytest.approx((8 / 3) / total, abs=0.01)
    assert table[DRAWS] == pytest.approx(1 / total, abs=0.01)
    assert table[REST] == pytest.approx(0.0, abs=0.01)
    assert table.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("count", [64, 256, 1024])
@pytest.mark.parametrize(("slope", "shares"), [(3.0, (0.9, 0.1)), (1.0, (0.5, 0.5)), (None, (1.0, 0.0))])
def test_what_was_not_drawn_has_no_share(count: int, slope: float | None, shares: tuple[float, float]) -> None:
    """y = 3x + q under one set, one closure and no spread: 0.9 and 0.1, and nothing for elasticities."""
    over = Over(["U4"], ["fixed"], worlds=["w"], horizons=["long"], spread=0, values={"x": (0, 1), "q": (0, 1)})
    made = draws(over, {"w": ("C10T12", "C26")}, 0, 0, count)
    x, q = (np.array([draw.values[name] for draw in made]) for name in "xq")
    y = x if slope is None else slope * x + q
    table = variance_shares(y[:, None], {}, {"x": x, "q": q})[0]
    assert list(table.index) == ["x", "q", REST]
    assert table["x"] == pytest.approx(shares[0], abs=0.02 if count == 64 else 0.005)
    assert table["q"] == pytest.approx(shares[1], abs=0.02 if count == 64 else 0.005)
    assert table[REST] == pytest.approx(0.0, abs=0.02 if count == 64 else 0.005)


def test_a_curve_is_followed_and_a_product_is_not_one_assumption_s() -> None:
    """The Ishigami function has first-order shares of 0.314 and 0.442; the rest works only together (Saltelli 2000)."""
    x = np.random.default_rng(3).uniform(-np.pi, np.pi, (3, N))
    y = np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])
    table = variance_shares(y[:, None], {}, dict(zip("abc", x, strict=True)))[0]
    assert table["a"] == pytest.approx(0.314, abs=0.01)
    assert table["b"] == pytest.approx(0.442, abs=0.02)
    assert table["c"] == pytest.approx(0.0, abs=0.01)
    assert table[REST] == pytest.approx(0.244, abs=0.02)


def test_what_two_do_only_together_is_no_single_assumption_s(design) -> None:
    y = np.where(design["a"] % 2 == 0, 1.0, -1.0) * np.where(design["b"] == 0, 1.0, -0.5)
    table = variance_shares(y[:, None], design)[0]
    assert table[REST] > 0.95


def test_noise_is_credited_to_no_assumption(design) -> None:
    """Without the correction for chance, two assumptions of 60 draws would claim a twelfth of the variance."""
    some = {name: groups[:60] for name, groups in design.items()}
    noise = np.random.default_rng(2).standard_normal((60, 400))
    table = variance_shares(noise, some)
    assert table.loc[REST].mean() > 0.95


def test_a_share_is_corrected_by_what_chance_alone_would_give() -> None:
    """Of 17.5 squares, 13.5 lie between two groups of three and 4 within them, 1 for each of 4 degrees of freedom:
    (13.5 - 1) / 17.5."""
    values, groups = np.array([0.0, 1, 2, 3, 4, 5]), np.array([0, 0, 0, 1, 1, 1])
    table = variance_shares(values[:, None], {"a": groups})[0]
    assert table["a"] == pytest.approx(12.5 / 17.5, rel=1e-14)
    assert table[REST] == pytest.approx(5 / 17.5, rel=1e-14)


def test_what_does_not_vary_or_has_too_few_draws_has_no_shares(design) -> None:
    assert variance_shares(np.full((N, 1), 0.3), design).isna().all().all()
    few = {name: groups[:6] for name, groups in design.items()}
    table = variance_shares(np.random.default_rng(4).random((6, 1)), few, deviates=np.eye(6))[0]
    assert np.isnan(table[DRAWS])
    assert variance_shares(np.random.default_rng(4).random((3, 1)), {}).isna().all().all()
