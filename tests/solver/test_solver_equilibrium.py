"""The solve as a user meets it: verdict, refusals, horizons, starts, continuation, and a JAX session left alone."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import jax
import numpy as np
import pytest

import detente as dt
from detente.data.bundled import toy_world
from detente.errors import BadEconomy, BadInput, NotSolved
from detente.model.benchmark import Deficits
from detente.solver import compiled, equilibrium
from detente.solver.fixed_point import Horizon
from detente.solver.solution import AUDIT_BOUND
from jax_lab import solved_in_jax


@pytest.fixture(scope="module")
def economy() -> dt.Economy:
    return dt.calibrate(toy_world(7, n=4, j=3, empty=1), np.array([3.0, 5.0, 8.0]))


def raised(economy: dt.Economy, by: float, importer: int = 0, exporter: int = 1) -> dt.Shock:
    t_cf = economy.t.copy()
    t_cf[importer, exporter] += by
    return dt.Shock(t_cf=t_cf)


def test_the_verdict_is_the_audit(economy: dt.Economy) -> None:
    solution = dt.solve(economy, raised(economy, 0.25))
    assert solution.outcome is dt.Outcome.SOLVED
    assert solution.gap <= AUDIT_BOUND
    assert solution.residual <= equilibrium.TOLERANCE
    assert set(solution.gaps) == {"goods", "price", "factor", "trade", "transfers", "numeraire", "quotas", "labour"}
    assert all(len(gap) == 4 for gap in solution.gaps.values())


def test_solve_is_called_like_its_layer() -> None:
    assert callable(dt.solve)
    assert list(inspect.signature(dt.solve).parameters)[:2] == ["economy", "shock"]


def test_a_solution_is_read_only(economy: dt.Economy) -> None:
    solution = dt.solve(economy, raised(economy, 0.1))
    with pytest.raises(ValueError, match="read-only"):
        solution.w_hat[0] = 2.0


def test_one_compilation_serves_every_scenario(economy: dt.Economy) -> None:
    def solve(rate: float) -> None:
        with solved_in_jax():
            dt.solve(economy, raised(economy, rate))

    solve(0.05)
    before = compiled.compiled_solve._cache_size()
    for rate in (0.1, 0.2, 0.3):
        solve(rate)
    assert compiled.compiled_solve._cache_size() == before


def test_a_start_saves_passes_and_changes_nothing(economy: dt.Economy) -> None:
    near = dt.solve(economy, raised(economy, 0.250))
    cold = dt.solve(economy, raised(economy, 0.251))
    warm = dt.solve(economy, raised(economy, 0.251), start=near)
    assert warm.passes < cold.passes
    np.testing.assert_allclose(warm.W_hat, cold.W_hat, rtol=1e-10)


def test_continuation_reaches_what_one_leap_does_not(economy: dt.Economy, monkeypatch: pytest.MonkeyPatch) -> None:
    shock = raised(economy, 3.0)
    direct = dt.solve(economy, shock)
    few = direct.passes - 2  # too few for one leap, enough from a neighbour
    monkeypatch.setattr(equilibrium, "MAX_PASSES", few)
    stepped = dt.solve(economy, shock)
    assert stepped.passes <= few
    np.testing.assert_allclose(stepped.W_hat, direct.W_hat, rtol=1e-9)


def test_a_failure_is_an_outcome_with_a_remedy(economy: dt.Economy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(equilibrium, "MAX_PASSES", 2)
    with pytest.raises(NotSolved, match=r"try smaller tariffs.*largest gap.*account of E"):
        dt.solve(economy, raised(economy, 0.5))
    failed = dt.solve(economy, raised(economy, 0.5), throw=False)
    assert failed.outcome is dt.Outcome.NOT_CONVERGED


def test_no_income_is_not_a_number_passed_on(economy: dt.Economy) -> None:
    """A surplus larger than what an economy earns has no equilibrium."""
    D_cf = np.array([-10 * economy.wL[0], 10 * economy.wL[0], 0.0, 0.0])
    failed = dt.solve(economy, dt.Shock(D_cf=D_cf), throw=False)
    assert failed.outcome is dt.Outcome.NOT_ADMISSIBLE
    assert re.search(r"the income of E1 .* for the trade surplus", failed.cause)


def test_an_economy_closed_altogether_keeps_its_wage() -> None:
    world = toy_world(11, n=3, j=2)
    economy = dt.calibrate(world, np.array([4.0, 4.0]), deficits="balanced")
    d_hat = np.ones(economy.t.shape)
    d_hat[0, 1:] = d_hat[1:, 0] = np.inf
    solution = dt.solve(economy, dt.Shock(d_hat=d_hat))
    assert solution.gap <= AUDIT_BOUND
    assert (solution.pi_cf[0, 1:] == 0).all()
    assert solution.W_hat[0] < 1


def test_the_short_run_holds_labour_and_costs_more(economy: dt.Economy) -> None:
    shock = raised(economy, 0.4, importer=1, exporter=0)
    long, short = dt.solve(economy, shock), dt.solve(economy, shock, horizon="short")
    paid = economy.gamma_va * short.Y_cf
    np.testing.assert_allclose(paid, short.wage_hat * economy.gamma_va * economy.Y, rtol=1e-9)
    assert (short.economies()["workers_moving"] == 0).all()
    assert long.economies()["workers_moving"].max() > 0
    assert short.wage_hat.std(axis=1).max() > long.wage_hat.std(axis=1).max()


def test_balanced_moves_the_benchmark_first() -> None:
    world = toy_world(13, n=3, j=2)
    balanced = dt.calibrate(world, np.array([4.0, 4.0]), deficits="balanced")
    assert np.abs(balanced.D).max() < 1e-6
    assert any("closing moved D" in note for note in balanced.notes)
    raw = dt.calibrate(world, np.array([4.0, 4.0]))
    with pytest.raises(BadEconomy, match="is to be balanced but has deficits"):
        dt.solve(type(raw)(**{**vars_of(raw), "deficits": "balanced"}), dt.Shock())


def vars_of(economy: dt.Economy) -> dict[str, object]:
    return {name: getattr(economy, name) for name in economy.__dataclass_fields__}


def test_horizon_is_checked(economy: dt.Economy) -> None:
    with pytest.raises(BadInput, match="choose one of long, short"):
        dt.solve(economy, dt.Shock(), horizon="medium")  # type: ignore[arg-type]


def test_a_users_precision_is_left_alone(economy: dt.Economy) -> None:
    before = jax.config.jax_enable_x64
    assert dt.solve(economy, raised(economy, 0.1)).w_hat.dtype == np.float64
    assert jax.config.jax_enable_x64 == before
    assert jax.numpy.ones(2).dtype == (np.float64 if before else np.float32)


@pytest.mark.parametrize("cost", [2.0, 100.0, 1e6, np.inf])
def test_trade_that_all_but_vanishes_is_still_solved(cost: float) -> None:
    """Trade of 1e-14 of income has a balance too: it is summed, not left over from a difference."""
    economy = dt.calibrate(toy_world(1, n=4, j=3), np.array([3.0, 5.0, 8.0]), deficits="balanced")
    own = np.eye(4, dtype=bool)[:, :, None]
    solution = dt.solve(economy, dt.Shock(d_hat=np.where(own, 1.0, cost) * np.ones(economy.t.shape)))
    assert solution.passes < 50
    assert (solution.W_hat < 1).all()


@pytest.mark.parametrize(
    ("deficits", "horizon"),
    [
        ("fixed", "long"),
        ("proportional", "short"),
        # each compiles for seconds, and takes its closure and its horizon from one of the two above
        pytest.param("fixed", "short", marks=pytest.mark.slow),
        pytest.param("balanced", "long", marks=pytest.mark.slow),
        pytest.param("balanced", "short", marks=pytest.mark.slow),
        pytest.param("proportional", "long", marks=pytest.mark.slow),
    ],
)
def test_numpy_and_jax_find_the_same_equilibrium(deficits: Deficits, horizon: Horizon) -> None:
    """One set of equations, two array libraries: wherever a number comes from, it is the same."""
    economy = dt.calibrate(toy_world(7, n=4, j=3, empty=1), np.array([3.0, 5.0, 8.0]), deficits=deficits)
    shock = raised(economy, 0.25)
    e_cf = np.zeros(economy.t.shape)
    e_cf[1, 0] = 0.1
    for wedges in (shock.wedges(economy), dt.Shock(t_cf=shock.t_cf, e_cf=e_cf).wedges(economy)):
        ours = equilibrium.equilibrium(economy, wedges, horizon)
        with solved_in_jax():
            theirs = equilibrium.equilibrium(economy, wedges, horizon)
        assert ours.passes == theirs.passes
        for name in ("w_hat", "P_hat", "pi_cf", "X_cf", "I_cf", "W_hat"):
            np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-11, atol=1e-300)


def test_a_process_that_needs_no_slope_loads_no_jax() -> None:
    script = (
        "import sys, numpy as np, detente as dt\n"
        "from detente.data.bundled import toy_world\n"
        "economy = dt.calibrate(toy_world(7, n=4, j=3), np.array([3.0, 5.0, 8.0]))\n"
        "dt.decompose(economy, dt.Shock(t_cf=economy.t + 0.1 * (1 - np.eye(4))[:, :, None]))\n"
        "heavy = ('jax', 'jaxlib', 'jaxtyping', 'scipy', 'statsmodels', 'altair')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
