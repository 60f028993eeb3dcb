"""The least costly rates: slopes, optimality by perturbation, never worse than one instrument, nor over the goal."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

import detente as dt
from detente.targets.attainment import InstrumentChoice
from targets.targets_lab import economy_of, moving

ONE, OTHER = "E1", "E2"
CHANGE = 30.0


@pytest.fixture(scope="module")
def economy() -> dt.Economy:
    return economy_of(empty=0)


@pytest.fixture(scope="module")
def free() -> dt.Economy:
    """Without tariffs, so that every sector's rate is worth something to who sets it."""
    return economy_of(empty=0, free=True)


@pytest.fixture(scope="module")
def by_sector(free: dt.Economy) -> dt.Target:
    return dt.reach(free, moving(free, 300.0), rates="sector", cheapest_for=ONE)


def worth(target: dt.Target, codes: tuple[str, ...]) -> float:
    table = target.economies().set_index("economy")["real_income_usd"]
    return float(table[list(codes)].sum())


@pytest.mark.parametrize("rates", ["one", pytest.param("sector", marks=pytest.mark.slow)])
def test_slopes_are_those_of_whole_solves(economy: dt.Economy, rates: str) -> None:
    """Levels and worth of a goal in two categories and of a balance, by every instrument, on parts and on a charge."""
    n, i = economy.index(ONE), economy.index(OTHER)
    t = float(economy.t[n, i, 1])
    e_cf = np.zeros(economy.t.shape)
    e_cf[n, i] = 0.1
    start = dt.Shock(parts=dt.Parts([n, n], [i, i], [1, 1], [0.3, 0.7], [t, t], [t + 0.5, t]), e_cf=e_cf)
    bought = dt.Purchases(ONE, OTHER, {"a": 20.0, "b": 10.0}, {"a": {"S1": 0.5, "S2": 0.2}, "b": {"S2": 0.7}})
    for goal, kinds in (
        (moving(economy, CHANGE), ("tariff", "purchases", "restraint")),
        (bought, ("tariff", "purchases")),
    ):
        problem = InstrumentChoice(economy, goal, None, None, start, "long").problem(kinds, rates)  # type: ignore[arg-type]
        y = np.linspace(0.02, 0.2, problem.size)
        point = problem.at(y)
        slopes, worth_slopes = problem.slopes(point), problem.worth(point, (ONE, "E3"))[1]
        for k in range(problem.size):
            step = np.zeros(problem.size)
            step[k] = 1e-3
            there = {m: problem.at(y + m * step, point) for m in (-2, -1, 1, 2)}
            gaps = (8 * (there[1].gaps - there[-1].gaps) - (there[2].gaps - there[-2].gaps)) / 12e-3
            np.testing.assert_allclose(slopes[:, k], gaps, rtol=1e-5, atol=1e-7)
            W = {m: point.solution.base.I[[0, 2]] @ p.solution.W_hat[[0, 2]] for m, p in there.items()}
            expected = (8 * (W[1] - W[-1]) - (W[2] - W[-2])) / 12e-3
            np.testing.assert_allclose(worth_slopes[k], expected, rtol=1e-5, atol=1e-4)


@pytest.mark.slow
def test_no_trade_of_one_rate_for_another_is_better(free: dt.Economy, by_sector: dt.Target) -> None:
    """Every pair of rates moved both ways along the goal, by whole solves: nothing is gained."""
    n, i = free.index(ONE), free.index(OTHER)
    found = free.t.copy()
    found[n, i] += by_sector.rates["rate"].to_numpy()
    assert (by_sector.rates["rate"] > 0).all()
    asked = float(by_sector.levels["asked"][0])

    def at(t_cf: np.ndarray) -> dt.Solution:
        return dt.solve(free, dt.Shock(t_cf=t_cf))

    best = float(at(found).W_hat[n])
    for one, other in ((0, 1), (1, 2), (2, 0)):
        for move in (0.03, -0.03):
            t_cf = found.copy()
            t_cf[n, i, one] += move

            def gap(x: float, t_cf: np.ndarray = t_cf, other: int = other) -> float:
                t_cf[n, i, other] = x
                return at(t_cf).balance(ONE, OTHER)[1] - asked

            t_cf[n, i, other] = brentq(gap, -0.3, 3.0, xtol=1e-10)
            assert float(at(t_cf).W_hat[n]) < best


@pytest.mark.slow
def test_rates_by_sector_are_no_worse_than_one(free: dt.Economy, by_sector: dt.Target) -> None:
    one = dt.reach(free, by_sector.goal)
    assert worth(by_sector, (ONE,)) >= worth(one, (ONE,)) - 1e-6
    assert by_sector.left <= 1e-4 * abs(worth(by_sector, (ONE,)))
    assert by_sector.cheapest_for == (ONE,)
    assert len(by_sector.rates) == 3


@pytest.mark.parametrize("cheapest_for", [ONE, OTHER, "both", "world"])
def test_a_mix_is_no_worse_than_its_instruments_and_does_not_overshoot(economy: dt.Economy, cheapest_for: str) -> None:
    mix = dt.reach(economy, moving(economy, CHANGE), by="mix", cheapest_for=cheapest_for)
    before, after = mix.solution.balance(ONE, OTHER)
    np.testing.assert_allclose(after - before, CHANGE, rtol=1e-6)
    assert mix.met
    assert set(mix.rates["instrument"]) == {"tariff", "cut", "purchases", "restraint"}
    for by in ("tariff", "purchases", "restraint"):
        alone = dt.reach(economy, moving(economy, CHANGE), by=by)  # type: ignore[arg-type]
        assert alone.met
        assert worth(mix, mix.cheapest_for) >= worth(alone, mix.cheapest_for) - 1e-6
    assert mix.left <= 1e-3 * max(abs(worth(mix, mix.cheapest_for)), 1.0)


def test_each_side_would_have_the_other_pay(economy: dt.Economy) -> None:
    """Who sells more would have purchases paid by the other; who is to sell less would keep the rents."""
    mine, theirs = (dt.reach(economy, moving(economy, CHANGE), by="mix", cheapest_for=side) for side in (ONE, OTHER))
    for side, better, worse in ((ONE, mine, theirs), (OTHER, theirs, mine)):
        assert worth(better, (side,)) > worth(worse, (side,))
    rate = mine.rates.set_index("instrument")["rate"]
    assert rate["restraint"] == 0
    assert theirs.rates.set_index("instrument")["rate"]["tariff"] == 0


def test_a_list_of_instruments_is_a_mix_of_them(economy: dt.Economy) -> None:
    target = dt.reach(economy, moving(economy, CHANGE), by=["restraint", "tariff"], of=ONE, cheapest_for="world")
    assert list(target.rates["instrument"]) == ["tariff", "restraint"]
    assert target.by == ("tariff", "restraint")
    assert target.met


def test_purchases_by_subsidies_and_cuts_together(economy: dt.Economy) -> None:
    goal = dt.Purchases(ONE, OTHER, {"a": 20.0, "b": 20.0}, {"a": ["S1"], "b": ["S2"]})
    alone = dt.reach(economy, goal, by="purchases")
    mix = dt.reach(economy, goal, by="mix", cheapest_for="world")
    assert mix.met
    np.testing.assert_allclose(mix.levels["after"], mix.levels["asked"], rtol=1e-6)
    assert worth(mix, economy.economies) >= worth(alone, economy.economies) - 1e-6


def test_what_no_mix_reaches_is_shown_as_near_as_it_comes(economy: dt.Economy) -> None:
    n, i = economy.index(ONE), economy.index(OTHER)
    far = moving(economy, 5 * float(economy.M[n, i].sum() + economy.M[i, n].sum()))
    mix = dt.reach(economy, far, by=["tariff", "restraint"], of=ONE)
    alone = dt.reach(economy, far)
    assert not mix.met
    assert mix.note
    assert float(mix.levels["after"][0]) >= float(alone.levels["after"][0]) - 1e-6


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda e: dt.reach(e, moving(e, CHANGE), cheapest_for="world"), "leaves none to choose"),
        (lambda e: dt.reach(e, moving(e, CHANGE), by="mix", cheapest_for="E7"), "not a known economy"),
        (lambda e: dt.reach(e, moving(e, CHANGE), by="mix", cheapest_for=[]), "name an economy"),
        (lambda e: dt.reach(e, moving(e, CHANGE), by="mix", cheapest_for=[ONE, ONE]), "each once"),
        (lambda e: dt.reach(e, moving(e, CHANGE), by=[]), "at least one instrument"),
        (lambda e: dt.reach(e, moving(e, CHANGE), by=["tariff", "tariff"]), "each once"),
        (lambda e: dt.reach(e, moving(e, CHANGE), by=["tariff", "quota"]), "'quota' is not an instrument"),
        (lambda e: dt.reach(e, moving(e, CHANGE), rates="cell"), "rates='cell'"),
        (lambda e: dt.reach(e, moving(e, CHANGE), by="restraint", of=ONE), "none among the instruments"),
    ],
)
def test_refusals(economy: dt.Economy, make: object, words: str) -> None:
    with pytest.raises(dt.BadInput, match=words):
        make(economy)  # type: ignore[operator]
