"""Closing published shares, and moving the benchmark."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import detente as dt
from detente.data.toy import toy_world
from detente.errors import BadEconomy


@pytest.fixture(scope="module")
def economy() -> dt.Economy:
    return dt.calibrate(toy_world(17, n=4, j=3), np.array([3.0, 5.0, 8.0]))


def test_closed_keeps_what_it_promises_and_lists_what_moved(economy: dt.Economy) -> None:
    rounded = replace(economy, X=np.round(economy.X, -1), gamma_io=np.round(economy.gamma_io, 6))
    assert rounded.open_account[0] > 1e-8
    closed = rounded.closed()
    assert closed.open_account[0] < 1e-9
    for name in ("alpha", "gamma_io", "theta", "t", "D"):
        np.testing.assert_allclose(getattr(closed, name), getattr(rounded, name), rtol=1e-12)
    assert any(note.startswith("closing moved X by at most") for note in closed.notes)
    assert any(note.startswith("closing moved gamma_va by at most") for note in closed.notes)
    assert not any("the account is open" in note for note in closed.notes)


def test_closing_a_closed_economy_moves_nothing(economy: dt.Economy) -> None:
    closed = economy.closed()
    np.testing.assert_allclose(closed.X, economy.X, rtol=1e-10)
    np.testing.assert_allclose(closed.wL, economy.wL, rtol=1e-10)


@pytest.mark.parametrize("deficits", ["fixed", "balanced", "proportional"])
def test_two_steps_are_one(deficits: str) -> None:
    """Exact changes do not depend on the road: half the shock from the benchmark, half from where it leads."""
    economy = dt.calibrate(toy_world(19, n=4, j=2), np.array([4.0, 6.0]), deficits=deficits)  # type: ignore[arg-type]
    t_half, t_full = economy.t.copy(), economy.t.copy()
    t_half[0, 1] += 0.2
    t_full[0, 1] += 0.5
    t_full[1, 0] += 0.3
    half = dt.solve(economy, dt.Shock(t_cf=t_half))
    moved = economy.at(half)
    rest = dt.solve(moved, dt.Shock(t_cf=t_full))
    whole = dt.solve(economy, dt.Shock(t_cf=t_full))
    np.testing.assert_allclose(half.W_hat * rest.W_hat, whole.W_hat, rtol=1e-9)
    np.testing.assert_allclose(rest.X_cf, whole.X_cf, rtol=1e-8)


def test_a_solution_of_another_benchmark_is_refused(economy: dt.Economy) -> None:
    other = replace(economy, name="another")
    with pytest.raises(BadEconomy, match="another benchmark"):
        economy.at(dt.solve(other, dt.Shock()))
