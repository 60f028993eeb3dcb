"""Wars in which no duty falls below the one in force, and bounds that differ by cell; recomputed by scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from war_lab import ricardian, weights

import detente as dt
from detente.errors import BadInput
from detente.optimal_tariffs.nash_equilibrium import BOUND
from detente.optimal_tariffs.rate_bounds import BOUNDS

PLAYERS = ("E1", "E2")


@pytest.fixture(scope="module")
def economy():
    return ricardian()


@pytest.fixture(scope="module")
def start(economy):
    """Duties in force, some above and some below those of a war without a floor."""
    free = dt.nash(economy, PLAYERS, certify=False)
    t = np.array(free.tariffs)
    t[0, 1:, 0] *= 1.6
    t[0, 1:, 1] *= 0.3
    t[1, 0] *= 1.4
    t[1, 2] *= 0.5
    return t


def ln_income(
    economy: dt.Economy, tariffs: np.ndarray, n: int, near: dt.Solution, lam: np.ndarray | None = None
) -> float:
    """ln real income; with weights (n, j) that of Σ_j λ_j W_j, where a sector has its labour's share of income."""
    found = dt.solve(economy, dt.Shock(t_cf=tariffs), start=near)
    weighted = 1.0
    if lam is not None:
        labour = economy.gamma_va[n] * found.Y_cf[n]
        weighted = float((lam[n] * labour).sum() / labour.sum())
    return float(np.log(found.W_hat[n] * weighted))


def war_by_scipy(
    economy: dt.Economy, start: np.ndarray, players: tuple[str, ...], lam: np.ndarray | None = None
) -> np.ndarray:
    """Nash tariffs no lower than `start`, by best responses in turn, each by L-BFGS-B on differences of whole
    solves: nothing of the package's searches, slopes, objectives or curvatures."""
    t = np.array(start)
    for _ in range(40):
        last = t.copy()
        for code in players:
            n = economy.index(code)
            own = np.zeros(t.shape, dtype=bool)
            own[n] = True
            own[n, n] = False
            near = dt.solve(economy, dt.Shock(t_cf=t))

            def cost(z: np.ndarray, n: int = n, own: np.ndarray = own, t: np.ndarray = t, near=near) -> float:
                trial = t.copy()
                trial[own] = z
                return -1e4 * ln_income(economy, trial, n, near, lam)

            bounds = [(duty, 3.0) for duty in start[own]]
            found = minimize(cost, t[own], method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-14, "eps": 1e-5})
            t[own] = found.x
        if np.abs(t - last).max() < 1e-5:
            return t
    raise AssertionError("best responses in turn did not settle")


@pytest.mark.parametrize("mixed", [pytest.param(False, marks=pytest.mark.slow), True])
def test_a_floored_war_is_that_of_scipy(economy, start, mixed):
    if mixed:  # a floor that binds for some partners of a market and not for others
        start = start.copy()
        start[0, 1] *= 1.5
    war = dt.nash(economy, PLAYERS, start=start, floor="in-force")
    assert war.certificate.holds
    apart = war_by_scipy(economy, start, PLAYERS)
    # rates are flat at the top: a payoff within the certificate's 1e-6 leaves a rate open to about 1e-3
    np.testing.assert_allclose(war.tariffs, apart, atol=2e-3)
    other = dt.solve(economy, dt.Shock(t_cf=apart))
    np.testing.assert_allclose(war.solution.W_hat, other.W_hat, atol=BOUND)


def test_no_duty_is_below_the_one_in_force_and_some_are_at_it(economy, start):
    war, free = (dt.nash(economy, PLAYERS, start=start, floor=floor) for floor in ("in-force", None))
    own = [economy.index(code) for code in PLAYERS]
    assert (war.tariffs >= start - 1e-12).all()
    held = np.abs(war.tariffs - start)[own] < 1e-9
    below = (free.tariffs < start - 1e-6)[own]
    assert below.sum() >= 2
    assert held[below].all(), "a duty that the free game lowers stays"
    assert (war.tariffs[2] == start[2]).all()
    for player in PLAYERS:
        answer = dt.best_response(economy, player, start=war, bounds=(start, 20.0))
        assert -1e-10 < answer.gain < BOUND
        assert dt.best_response(economy, player, start=war).gain > 1e-5, "without the floor it would lower duties"


def test_a_best_response_keeps_its_floor(economy, start):
    held, free = (dt.best_response(economy, "E1", start=start, floor=floor) for floor in ("in-force", None))
    assert (held.tariffs >= start - 1e-12).all()
    assert held.certificate.agrees
    assert 0 < held.gain < free.gain
    by_bounds = dt.best_response(economy, "E1", start=start, bounds=(np.where(start > 0, start, 0.0), BOUNDS[1]))
    np.testing.assert_allclose(by_bounds.tariffs, held.tariffs, atol=1e-6)


def test_bounds_may_differ_by_cell(economy):
    free = dt.nash(economy, certify=False)
    caps = np.full(economy.t.shape, 4.0)
    caps[0, 1, 0] = 0.5 * free.tariffs[0, 1, 0]
    caps[0, 0] = np.nan  # nobody sets it
    war = dt.nash(economy, start=0.4 * free.tariffs, bounds=(0.0, caps))
    assert war.tariffs[0, 1, 0] == pytest.approx(caps[0, 1, 0])
    assert war.certificate.holds
    plain = dt.nash(economy, bounds=(np.zeros(economy.t.shape), np.full(economy.t.shape, 4.0)), certify=False)
    np.testing.assert_array_equal(plain.tariffs, dt.nash(economy, bounds=(0.0, 4.0), certify=False).tariffs)


def test_one_rate_has_the_average_in_force_for_a_floor_and_bounds_of_all_its_cells(economy, start):
    war = dt.nash(economy, PLAYERS, start=start, uniform=True, floor="in-force")
    n = economy.index("E1")
    kept = economy.M[n] > 0
    kept[n] = False
    mean = np.expm1(np.average(np.log1p(start[n][kept]), weights=economy.M[n][kept]))
    assert war.tariffs[n, 1, 0] >= mean - 1e-9
    low = np.zeros(economy.t.shape)
    low[n, 2, 1] = 0.9
    begin = start.copy()
    begin[n] = 0.9
    begin[n, n] = 0.0
    high = dt.nash(economy, ["E1"], start=begin, uniform=True, bounds=(low, 5.0), certify=False)
    assert high.tariffs[n, 1, 0] == pytest.approx(0.9)


def test_political_weights_are_an_alternative_under_a_floor_too(economy, start):
    war = dt.nash(economy, PLAYERS, start=start, floor="in-force", weights=weights(economy))
    assert war.certificate.holds
    assert (war.tariffs >= start - 1e-12).all()
    assert np.abs(war.tariffs - dt.nash(economy, PLAYERS, start=start, floor="in-force").tariffs).max() > 1e-3


@pytest.mark.slow
def test_a_floored_war_with_political_weights_is_that_of_scipy(economy, start):
    war = dt.nash(economy, PLAYERS, start=start, floor="in-force", weights=weights(economy))
    apart = war_by_scipy(economy, start, PLAYERS, weights(economy))
    np.testing.assert_allclose(war.tariffs, apart, atol=2e-3)  # flat at the top, as without weights


SHAPE = (3, 3, 2)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"bounds": (np.zeros((3, 3)), 5.0)}, r"the lower bound has shape \(3, 3\), but .* is \(3, 3, 2\)"),
        ({"bounds": (0.0, np.zeros((700, 700, 2)))}, r"the upper bound has shape \(700, 700, 2\)"),
        ({"bounds": (np.full(SHAPE, 0.5), 0.4)}, r"bounds 0\.5 and 0\.4 on S1 of E2 in E1 are not in order"),
        ({"bounds": (0.0, np.full(SHAPE, np.nan))}, "not in order"),
        ({"bounds": (np.full(SHAPE, 0.5), np.full(SHAPE, 0.5))}, "leave nothing to choose"),
        ({"bounds": (0.0, 25.0)}, "divide percentages by 100"),
        ({"bounds": (0.0, np.full(SHAPE, 25.0))}, "divide percentages by 100"),
        ({"bounds": (0.0, 1.0, 2.0)}, "bounds are 3 entries: give two fractions"),
        ({"bounds": 0.5}, "bounds are 0.5: give two fractions"),
        ({"bounds": "01"}, "bounds are '01'"),
        ({"bounds": ("low", 1.0)}, "the lower bound holds no numbers"),
        ({"floor": "zero"}, "choose one of in-force"),
        ({"floor": "in-force", "start": 21.3 * (1 - np.eye(3))[:, :, None] * np.ones(2)}, "outside the bounds"),
    ],
)
def test_bounds_that_make_no_sense_are_refused_in_a_few_words(economy, given, words):
    for search in (lambda **kw: dt.nash(economy, **kw), lambda **kw: dt.best_response(economy, "E1", **kw)):
        with pytest.raises(BadInput, match=words) as refused:
            search(**given)
        assert len(str(refused.value)) < 400


def test_cells_of_one_rate_need_a_rate_in_common(economy):
    low = np.zeros(SHAPE)
    high = np.full(SHAPE, 2.0)
    low[0, 1, 0], high[0, 2, 0] = 1.0, 0.5
    with pytest.raises(BadInput, match=r"no rate in common: one may not be under 1, another not over 0\.5"):
        dt.nash(economy, ["E1"], uniform=True, bounds=(low, high))
