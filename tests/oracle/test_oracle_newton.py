"""The auditor itself: Newton's method agrees with the nested loops, closes every account, and knows what cannot be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from oracle import audit, nested, newton, shocks, toys

#: Newton stops at 1e-12 in logs; sums over a world lose a digit or two.
CLOSE = 1e-10


@pytest.fixture(scope="module")
def toy():
    return toys.draw(np.random.default_rng(7)).benchmark()


def closed_pair(b) -> dict[str, np.ndarray]:
    d_hat = np.ones_like(b.t)
    d_hat[0, 1] = d_hat[1, 0] = np.inf
    return {"d_hat": d_hat}


def covered(b) -> dict[str, list]:
    share = np.zeros_like(b.t)
    share[0, 1] = 0.3
    return {"parts": [(1 - share, b.t, b.t), (share, b.t, b.t + 0.25)]}


SHOCKS = {
    "25 %": lambda b: {"t_cf": toys.both_ways(b.t, 0, 1, 0.25)},
    "500 %": lambda b: {"t_cf": toys.both_ways(b.t, 0, 1, 5.0)},
    "closed": closed_pair,
    "parts": covered,
    "other deficits": lambda b: {"D_cf": b.D / 2},
}


@pytest.mark.parametrize("name", SHOCKS)
@pytest.mark.parametrize("deficits", ["fixed", "proportional"])
def test_it_finds_what_the_nested_loops_find(toy, name, deficits):
    shock = SHOCKS[name](toy)
    if "D_cf" in shock:
        deficits = "fixed"
    ours, theirs = newton.solve(toy, deficits=deficits, **shock), nested.solve(toy, deficits=deficits, **shock)
    for array in ("w_hat", "P_hat", "W_hat", "I_cf"):
        assert np.abs(getattr(ours, array) / getattr(theirs, array) - 1).max() < 1e-8, array
    assert np.abs(ours.pi_cf - theirs.pi_cf).max() < 1e-8


@pytest.mark.parametrize("horizon", ["long", "short"])
@pytest.mark.parametrize("deficits", ["fixed", "proportional"])
def test_every_account_closes_with_charges_in_both_horizons(toy, deficits, horizon):
    e_cf = np.zeros_like(toy.t)
    e_cf[0, 1] = 0.3
    shock = {"t_cf": toys.both_ways(toy.t, 0, 1, 0.25), "e_cf": e_cf}
    found = newton.solve(toy, deficits=deficits, horizon=horizon, **shock)
    wage = found.wage_hat if horizon == "short" else None
    accounts = audit.gaps(toy, found, wage_hat=wage, deficits=deficits, **shock)
    assert max(accounts.values()) < CLOSE, accounts
    assert "closure" in accounts
    assert not audit.faults(toy, found)


def test_trade_of_almost_nothing_balances_in_the_short_run_too(toy):
    b = nested.balanced(toy)
    own = np.eye(4, dtype=bool)[:, :, None]
    found = newton.solve(b, deficits="balanced", horizon="short", t_cf=np.where(own, b.t, 50.0))
    v = np.where(own, 0.0, 1 / 51.0)
    border = (found.pi_cf * found.X_cf[:, None, :] * v).sum(2)
    assert border.sum(1) == pytest.approx(border.sum(0), rel=1e-9)


def test_a_subsidy_that_nobody_can_pay_has_no_equilibrium(toy):
    n = 0
    t_cf = np.array(toy.t)
    t_cf[n] = np.where(np.arange(4) == n, 0.0, -0.8)[:, None]
    assert newton.solve(toy, t_cf=t_cf) is None


def test_an_economy_that_sells_nothing_buys_nothing(toy):
    b = nested.balanced(toy)
    d_hat = np.ones_like(b.t)
    d_hat[1:, 0] = np.inf
    assert newton.solve(b, deficits="balanced", d_hat=d_hat) is None


@pytest.mark.parametrize("name", ["w_hat", "P_hat", "I_cf", "X_cf", "pi_cf", "W_hat", "R_cf"])
def test_what_no_equilibrium_has_is_named(toy, name):
    found = newton.solve(toy)
    assert audit.faults(toy, found) == []
    wrong = np.array(getattr(found, name))
    wrong.flat[0] = np.nan if name == "R_cf" else -1.0
    assert name in audit.faults(toy, replace(found, **{name: wrong}))


def test_deficits_that_are_not_as_the_closure_says_are_found(toy):
    found = newton.solve(toy, deficits="proportional", **SHOCKS["500 %"](toy))
    shock = SHOCKS["500 %"](toy)
    assert audit.gaps(toy, found, deficits="proportional", **shock)["closure"] < CLOSE
    assert audit.gaps(toy, found, deficits="fixed", **shock)["closure"] > 1e-6


def test_a_seed_is_a_case():
    one, again, other = shocks.draw(5), shocks.draw(5), shocks.draw(6)
    assert np.array_equal(one.world.flows, again.world.flows)
    assert one.shock.keys() == again.shock.keys()
    assert not np.array_equal(one.world.theta, other.world.theta)


def test_every_family_closure_and_horizon_is_drawn():
    drawn = [shocks.draw(seed) for seed in range(400)]
    assert {case.family for case in drawn} == set(shocks.FAMILIES)
    assert {case.deficits for case in drawn} == set(shocks.CLOSURES)
    assert {case.horizon for case in drawn} == {"long", "short"}
    theta = np.concatenate([case.world.theta for case in drawn])
    assert theta.min() < 0.6
    assert theta.max() > 80
    for case in drawn:
        b = case.world.benchmark()
        used = np.einsum("njk,nk->nj", b.gamma_io, b.Y)
        assert np.allclose(used + b.alpha * b.I[:, None], b.X, rtol=1e-9)
        assert (b.alpha >= 0).all()
        assert (b.gamma_va >= 0).all()


def test_an_aggregate_keeps_its_sums():
    world = toys.draw(np.random.default_rng(3), N=5, J=3)
    small = shocks.aggregate(world, [[0, 3], [1], [2, 4]], [[0, 2], [1]])
    assert small.flows.sum() == pytest.approx(world.flows.sum())
    assert (small.flows * small.tariffs).sum() == pytest.approx((world.flows * world.tariffs).sum())
    assert small.io.sum() == pytest.approx(world.io.sum())
    assert small.flows[1, 0].sum() == pytest.approx(world.flows[1, [0, 3]].sum())
