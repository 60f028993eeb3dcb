"""The oracle itself: its two ways to find expenditure agree, its accounts close, and its auditor finds each fault."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from oracle import audit, nested, toys

#: The wage loop stops at 1e-11; sums over a world lose a digit.
CLOSE = 1e-10


@pytest.fixture(scope="module")
def toy():
    return toys.draw(np.random.default_rng(7)).benchmark()


@pytest.fixture(scope="module")
def answer(toy):
    return nested.solve(toy, t_cf=toys.both_ways(toy.t, 0, 1, 0.25))


def test_a_drawn_world_closes_before_any_shock(toy):
    used = np.einsum("njk,nk->nj", toy.gamma_io, toy.Y)
    assert np.allclose(used + toy.alpha * toy.I[:, None], toy.X, rtol=1e-12)
    assert (toy.alpha >= 0).all()
    assert (toy.Y == 0).sum() == 1


def test_no_shock_no_change(toy):
    for deficits in ("fixed", "proportional"):
        still = nested.solve(toy, deficits=deficits)
        assert np.abs(still.W_hat - 1).max() < 1e-12
        assert np.abs(still.X_cf / toy.X - 1).max() < 1e-12


@pytest.mark.parametrize("deficits", ["fixed", "proportional"])
@pytest.mark.parametrize("rate", [0.25, 5.0, -0.1])
def test_the_linear_system_and_the_rounds_of_spending_agree(toy, rate, deficits):
    t_cf = np.maximum(toys.both_ways(toy.t, 0, 1, rate), 0)
    direct, series = (nested.solve(toy, t_cf=t_cf, deficits=deficits, demand=how) for how in ("direct", "series"))
    assert np.abs(direct.X_cf / series.X_cf - 1).max() < 1e-9
    assert np.abs(direct.W_hat / series.W_hat - 1).max() < 1e-10


def test_every_account_closes(toy, answer):
    found = audit.gaps(toy, answer, t_cf=toys.both_ways(toy.t, 0, 1, 0.25))
    assert max(found.values()) < CLOSE, found


def test_every_account_closes_with_parts_and_closed_borders(toy):
    covered = np.zeros_like(toy.t)
    covered[0, 1] = 0.3
    parts = [(1 - covered, toy.t, toy.t), (covered, toy.t, toy.t + 0.25)]
    assert max(audit.gaps(toy, nested.solve(toy, parts=parts), parts=parts).values()) < CLOSE
    d_hat = np.ones_like(toy.t)
    d_hat[0, 1] = d_hat[1, 0] = np.inf
    assert max(audit.gaps(toy, nested.solve(toy, d_hat=d_hat), d_hat=d_hat).values()) < CLOSE


def test_balanced_and_closed_benchmarks_are_equilibria(toy):
    bare = nested.balanced(toy)
    assert np.abs(bare.D).max() < 1e-9 * toy.wL.sum()
    assert np.abs(nested.solve(bare).W_hat - 1).max() < 1e-10
    open_account = replace(toy, X=toy.X * np.linspace(0.98, 1.02, toy.X.shape[1]))
    shut = nested.closed(open_account)
    used = np.einsum("njk,nk->nj", shut.gamma_io, shut.Y)
    assert np.allclose(used + shut.alpha * shut.I[:, None], shut.X, rtol=1e-9)


def test_proportional_deficits_keep_the_surplus_rate_and_sum_to_zero(toy):
    got = nested.solve(toy, t_cf=toys.both_ways(toy.t, 0, 1, 0.25), deficits="proportional")
    d, after = toy.D / toy.I, got.D_cf / got.I_cf
    assert abs(got.D_cf.sum()) < 1e-9 * toy.wL.sum()
    assert np.allclose(after[d < 0], d[d < 0], rtol=1e-9)
    ratio = (after / d)[d > 0]
    assert np.ptp(ratio) < 1e-9


FAULTS = {
    "unit cost": "c_hat",
    "price index": "P_hat",
    "shares sum to one": "pi_cf",
    "sales": "Y_cf",
    "goods markets": "X_cf",
    "tariff revenue": "R_cf",
    "income": "I_cf",
    "trade balance": "D_cf",
    "deficits sum to zero": "D_cf",
    "factor income": "w_hat",
    "numeraire": "w_hat",
    "real income": "W_hat",
    "final demand": "I_cf",
    "world income": "I_cf",
}


@pytest.mark.parametrize(("account", "name"), FAULTS.items())
def test_the_auditor_finds_each_fault(toy, answer, account, name):
    right = getattr(answer, name)
    wrong = replace(answer, **{name: right + 1e-3 * np.abs(right)})
    assert audit.gaps(toy, wrong, t_cf=toys.both_ways(toy.t, 0, 1, 0.25))[account] > 1e-6


def test_the_auditor_finds_shares_of_the_wrong_economies(toy, answer):
    wrong = replace(answer, pi_cf=answer.pi_cf[[1, 0, 2, 3]])
    found = audit.gaps(toy, wrong, t_cf=toys.both_ways(toy.t, 0, 1, 0.25))
    assert found["import shares"] > 1e-3
    assert (
        found["deficits sum to zero"] < CLOSE
    )  # deficits always sum to zero by definition: the named one must be theirs
    assert found["trade balance"] > 1e-3
