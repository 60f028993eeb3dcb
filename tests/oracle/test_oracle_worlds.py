"""detente beside the oracle: on the bundled worlds under every elasticity set, and on random worlds."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import detente as dt
from detente.data.bundled import toy_world
from oracle import audit, calibrate, nested
from oracle.toys import both_ways

WORLDS = ("icio-2014", "icio-2017", "icio-2018", "icio-2022")
SETS = ("BSY", "CP", "FGO", "GYY", "IS", "LL", "Shap", "U4")
#: The audit's bound; the auditor here shares no code with it.
BOUND = 1e-9
#: What the two solvers must agree to; both stop a hundred times below.
AGREE = 1e-7

world = lru_cache(dt.load_world)


@lru_cache(maxsize=4)
def economy(name: str, elasticities: str, deficits: str = "fixed") -> dt.Economy:
    return dt.calibrate(world(name), elasticities=elasticities, deficits=deficits)


def tariffs(base: dt.Economy, rate: float) -> np.ndarray:
    """`rate` more on all goods, both ways between the United States and China; services (the last sector) are left."""
    t = both_ways(base.t, base.index("USA"), base.index("CHN"), rate)
    t[:, :, -1] = base.t[:, :, -1]
    return t


def shock_of(base: dt.Economy, kind: str) -> dict[str, np.ndarray]:
    """The three shocks of the acceptance list: 25 % both ways, 500 % both ways, no trade between the two at all."""
    if kind == "autarky":
        d_hat = np.ones(base.t.shape)
        n, i = base.index("USA"), base.index("CHN")
        d_hat[n, i] = d_hat[i, n] = np.inf
        return {"d_hat": d_hat}
    return {"t_cf": tariffs(base, {"25%": 0.25, "500%": 5.0}[kind])}


def audited(base: dt.Economy, shock: dict[str, np.ndarray]) -> dt.Solution:
    """Solved, by detente's audit and by an independent one."""
    sol = dt.solve(base, dt.Shock(**shock))
    assert sol.outcome is dt.Outcome.SOLVED
    found = audit.gaps(calibrate.from_economy(base), sol, **shock)
    assert max(found.values()) < BOUND, found
    return sol


def agree(base: dt.Economy, shock: dict[str, np.ndarray], sol: dt.Solution) -> None:
    """Every array of the two solvers, relative to its size."""
    deficits = "proportional" if base.deficits == "proportional" else "fixed"
    theirs = nested.solve(calibrate.from_economy(base), deficits=deficits, **shock)
    for name in ("w_hat", "P_hat", "W_hat", "I_cf"):
        assert np.abs(getattr(sol, name) / getattr(theirs, name) - 1).max() < AGREE, name
    size = base.X.sum(1)
    assert (np.abs(sol.X_cf - theirs.X_cf).max(1) / size).max() < AGREE
    assert (np.abs(sol.D_cf - theirs.D_cf) / size).max() < AGREE
    assert np.abs(sol.pi_cf - theirs.pi_cf).max() < AGREE


@pytest.mark.parametrize("name", WORLDS)
def test_calibration_agrees_with_a_second_one(name):
    raw, base = world(name), economy(name, "U4")
    ours = calibrate.from_flows(raw.flows, raw.tariffs, raw.io, base.theta)
    for array in ("X", "wL", "t", "pi", "gamma_io"):
        assert np.allclose(getattr(base, array), getattr(ours, array), rtol=1e-12, atol=1e-15), array
    sells = ours.Y > 0
    assert np.allclose(base.gamma_va[sells], ours.gamma_va[sells], rtol=1e-12)
    assert np.allclose(base.alpha, ours.alpha, rtol=1e-9, atol=1e-12)
    assert np.allclose(base.D, ours.D, rtol=1e-9, atol=1e-9 * ours.wL.sum())


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("deficits", ["fixed", "proportional", "balanced"])
def test_no_shock_no_change_in_any_world_and_closure(name, deficits):
    base = economy(name, "CP", deficits)
    still = dt.solve(base, dt.Shock())
    for array in ("w_hat", "P_hat", "W_hat"):
        assert np.abs(getattr(still, array) - 1).max() < BOUND
    assert (np.abs(still.X_cf - base.X).max(1) / base.X.sum(1)).max() < BOUND


@pytest.mark.parametrize("elasticities", SETS)
def test_every_elasticity_set_solves_and_agrees_with_the_oracle(elasticities):
    base = economy("icio-2017", elasticities)
    shock = shock_of(base, "25%")
    agree(base, shock, audited(base, shock))


@pytest.mark.parametrize("name", WORLDS)
def test_every_elasticity_set_solves_to_the_audits_bound_in_every_world(name):
    for elasticities in SETS:
        base = economy(name, elasticities)
        audited(base, shock_of(base, "25%"))


@pytest.mark.parametrize("kind", ["500%", "autarky"])
def test_extreme_shocks_solve_under_the_largest_elasticity(kind):
    base = economy("icio-2017", "CP")
    shock = shock_of(base, kind)
    agree(base, shock, audited(base, shock))


@pytest.mark.slow
@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("elasticities", SETS)
@pytest.mark.parametrize("deficits", ["fixed", "proportional", "balanced"])
def test_every_world_set_and_closure_solves_every_shock(name, elasticities, deficits):
    base = economy(name, elasticities, deficits)
    for kind in ("25%", "500%", "autarky"):
        shock = shock_of(base, kind)
        agree(base, shock, audited(base, shock))


@given(
    seed=st.integers(0, 10_000),
    rate=st.floats(-0.2, 5.0),
    theta=st.lists(st.floats(0.7, 20.0), min_size=3, max_size=3),
    deficits=st.sampled_from(["fixed", "proportional", "balanced"]),
    pair=st.sampled_from([(0, 1), (1, 2), (3, 0)]),
)
@example(seed=1, rate=0.25, theta=[1.5, 4.0, 64.85], deficits="fixed", pair=(0, 1))
def test_random_worlds_close_and_agree(seed, rate, theta, deficits, pair):
    base = dt.calibrate(toy_world(seed, n=4, j=3, empty=1), elasticities=theta, deficits=deficits)
    shock = {"t_cf": np.maximum(both_ways(base.t, *pair, rate), 0.0)}
    agree(base, shock, audited(base, shock))


@given(seed=st.integers(0, 10_000), share=st.floats(0.05, 0.95), rate=st.floats(0.01, 2.0), cost=st.floats(0.8, 1.5))
def test_random_parts_and_trade_costs_close_and_agree(seed, share, rate, cost):
    base = dt.calibrate(toy_world(seed, n=4, j=3, empty=1), elasticities=[2.0, 5.0, 9.0])
    covered = np.zeros(base.t.shape)
    covered[0, 1] = share
    d_hat = np.ones(base.t.shape)
    d_hat[1, 2] = cost
    shock = {"parts": [(1 - covered, base.t, base.t), (covered, base.t, base.t + rate)], "d_hat": d_hat}
    agree(base, shock, audited(base, shock))
