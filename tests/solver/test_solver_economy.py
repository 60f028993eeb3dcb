"""Closing published shares, and moving the benchmark."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import detente as dt
from detente.data.bundled import toy_world
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


@pytest.mark.parametrize("how", ["single precision", "six digits", "four digits", "a millionth off"])
def test_rounded_shares_close(economy: dt.Economy, how: str) -> None:
    """No account of rounded numbers closes as it stands; closing makes their sums exact and says so."""
    rounded = {
        "single precision": lambda x: x.astype(np.float32),
        "six digits": lambda x: np.round(x, 6),
        "four digits": lambda x: np.round(x, 4),
        "a millionth off": lambda x: x * (1 + 1e-6),
    }[how]
    names = ("pi", "gamma_va", "gamma_io", "alpha")
    given = {name: rounded(getattr(economy, name)) for name in names} | {"D": economy.D + 1e-7 * economy.wL.mean()}
    opened = replace(economy, **given)
    assert any("the account is open" in note for note in opened.notes)
    closed = opened.closed()
    assert closed.open_account[0] < 1e-8
    t_cf = economy.t.copy()
    t_cf[0, 1] += 0.25
    expected = dt.solve(economy, dt.Shock(t_cf=t_cf)).W_hat
    np.testing.assert_allclose(dt.solve(closed, dt.Shock(t_cf=t_cf)).W_hat, expected, atol=1e-4)


def test_a_market_without_demand_may_come_with_shares() -> None:
    """Some files put own sales at one where nothing is bought; that market is inert, and stays empty."""
    economy = dt.calibrate(toy_world(17, n=3, j=3, io=False), np.array([3.0, 5.0, 8.0]))
    flows = economy.M.copy()
    flows[0, :, 2] = 0.0
    world = dt.World(flows, economy.t, economies=economy.economies, sectors=economy.sectors)
    empty = dt.calibrate(world, economy.theta)
    pi = empty.pi.copy()
    pi[0, 0, 2] = 1.0
    given = replace(empty, pi=pi)
    assert given.notes == ()
    t_cf = economy.t.copy()
    t_cf[0, 1] += 0.25
    a, b = (dt.solve(e, dt.Shock(t_cf=t_cf)) for e in (empty, given))
    np.testing.assert_allclose(a.W_hat, b.W_hat, rtol=1e-10)
    assert b.X_cf[0, 2] == 0
    assert (b.pi_cf[0, :, 2] == 0).all()


def test_a_market_may_vanish_with_its_only_buyers() -> None:
    """E1 buys S1 only to make S2, and sells S2 only to E2: closed there, both fall to zero, and the rest is solved."""
    flows = np.zeros((2, 2, 3))
    flows[0, 0, 0], flows[1, 1, 0] = 10.0, 5.0
    flows[1, 0, 1], flows[1, 1, 1] = 40.0, 60.0
    flows[:, :, 2] = [[100.0, 60.0], [20.0, 200.0]]
    io = np.zeros((2, 3, 3))
    io[0, 0, 1] = 10.0
    world = dt.World(flows, flows * 0, io, flows.sum(0) - io.sum(1), economies=["E1", "E2"], sectors=["S1", "S2", "S3"])
    economy = dt.calibrate(world, np.array([4.0, 4.0, 4.0]))
    d_hat = np.ones(flows.shape)
    d_hat[1, 0, 1] = np.inf
    solution = dt.solve(economy, dt.Shock(d_hat=d_hat))
    assert solution.Y_cf[0, 1] == 0
    assert solution.X_cf[0, 0] < 1e-100
    assert solution.W_hat[1] < 1
