"""A bilateral balance by tariffs of either side and by purchases: met, minimal, in its direction, or out of reach."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import detente as dt
from targets.targets_lab import economy_of, moving

ONE, OTHER = "E1", "E2"


@pytest.fixture(scope="module")
def economy() -> dt.Economy:
    return economy_of()


@pytest.fixture(scope="module")
def change(economy: dt.Economy) -> float:
    """A tenth of what the two trade."""
    n, i = economy.index(ONE), economy.index(OTHER)
    return 0.1 * float(economy.M[n, i].sum() + economy.M[i, n].sum())


@pytest.mark.parametrize("by", ["tariff", "purchases"])
@pytest.mark.parametrize("deficits", ["fixed", "balanced", "proportional"])
def test_the_balance_moves_by_what_was_asked(by: str, deficits: str, change: float) -> None:
    economy = economy_of(deficits)
    target = dt.reach(economy, moving(economy, change), by=by)  # type: ignore[arg-type]
    before, after = target.solution.balance(ONE, OTHER)
    assert target.met
    np.testing.assert_allclose(after - before, change, rtol=1e-7)
    assert float(target.rates["rate"][0]) > 0


def test_the_shock_of_a_target_is_that_of_its_rate(economy: dt.Economy, change: float) -> None:
    """A tariff of the rate on everything, solved afresh, gives the same world; and a subsidy is (1+t)(1−z) − 1."""
    n, i = economy.index(ONE), economy.index(OTHER)
    tariff = dt.reach(economy, moving(economy, change))
    t_cf = economy.t.copy()
    t_cf[n, i] += float(tariff.rates["rate"][0])
    np.testing.assert_allclose(dt.solve(economy, dt.Shock(t_cf=t_cf)).W_hat, tariff.solution.W_hat, rtol=1e-9)

    bought = dt.reach(economy, moving(economy, change), by="purchases")
    t_cf = economy.t.copy()
    t_cf[i, n] = (1 + t_cf[i, n]) * (1 - float(bought.rates["rate"][0])) - 1
    np.testing.assert_allclose(dt.solve(economy, dt.Shock(t_cf=t_cf)).W_hat, bought.solution.W_hat, rtol=1e-9)


@pytest.mark.parametrize(("part", "by"), [(-0.2, "tariff"), (-1.1, "tariff"), (0.05, "purchases")])
def test_the_order_of_names_changes_nothing(economy: dt.Economy, part: float, by: str) -> None:
    """A deficit that falls is the other side's surplus that falls; levels are those of the economy named first."""
    change = part * abs(dt.Balance(ONE, OTHER, 1.0).level(economy))
    one = dt.reach(economy, dt.Balance(ONE, OTHER, change), by=by)  # type: ignore[arg-type]
    other = dt.reach(economy, dt.Balance(OTHER, ONE, change), by=by)  # type: ignore[arg-type]
    np.testing.assert_allclose(other.rates["rate"], one.rates["rate"], rtol=1e-9)
    for column in ("benchmark", "before", "after", "asked"):
        np.testing.assert_allclose(other.levels[column], -one.levels[column], rtol=1e-9)
    assert other.sides == one.sides[::-1]
    before, after = one.solution.balance(ONE, OTHER)
    np.testing.assert_allclose(after, before * (1 + part), rtol=1e-6)


def test_a_target_says_in_levels_what_it_was_read_as(economy: dt.Economy) -> None:
    n, i = economy.index(ONE), economy.index(OTHER)
    level = float(economy.M[i, n].sum() - economy.M[n, i].sum())
    for change, words in ((20.0, "a larger"), (-20.0, "a smaller"), (-1.1 * abs(level), "turns round")):
        target = dt.reach(economy, dt.Balance(ONE, OTHER, change))
        assert f"from {level:+,.0f} to {level * (1 + change / abs(level)):+,.0f} USD million" in target.reading
        assert words in target.reading
        assert ("deficit of E1" if level < 0 else "surplus of E1") in target.reading
    bought = dt.reach(economy, dt.Purchases(ONE, OTHER, 5.0), by="purchases")
    assert bought.reading == str(bought.goal)


def test_balanced_trade_has_no_imbalance_to_change() -> None:
    """Two economies that mirror each other: nobody can say whose deficit is meant."""
    even = np.array([[[50.0], [20.0]], [[20.0], [50.0]]])
    economy = dt.calibrate(
        dt.World(flows=even, tariffs=np.zeros_like(even), economies=[ONE, OTHER], sectors=["S1"]), np.array([4.0])
    )
    with pytest.raises(dt.BadInput, match="is balanced: there is no deficit to change"):
        dt.reach(economy, dt.Balance(ONE, OTHER, -1.0))


def test_services_are_left_out_when_asked() -> None:
    """With the last sector called services, goods alone are counted and covered."""
    economy = economy_of()
    renamed = dt.Economy(
        **{
            name: getattr(economy, name)
            for name in ("pi", "X", "wL", "gamma_va", "gamma_io", "alpha", "theta", "t", "D")
        },
        economies=economy.economies,
        sectors=("S1", "S2", "SERV"),
    )
    n, i = economy.index(ONE), economy.index(OTHER)
    goods = dt.reach(renamed, moving(renamed, 10.0, scope="goods"))
    moved = (goods.solution.M_cf - economy.M)[:, :, :2]
    np.testing.assert_allclose(moved[i, n].sum() - moved[n, i].sum(), 10.0, rtol=1e-7)
    np.testing.assert_allclose(goods.solution.t_cf[n, i, 2], economy.t[n, i, 2], rtol=1e-12)
    everything = dt.reach(renamed, moving(renamed, 10.0))
    before, after = everything.solution.balance(ONE, OTHER)
    np.testing.assert_allclose(after - before, 10.0, rtol=1e-7)


def test_a_target_already_met_takes_nothing(economy: dt.Economy, change: float) -> None:
    """On top of the tariff that meets it the instrument stays idle: 0 ≤ rate ⟂ balance − asked ≥ 0."""
    first = dt.reach(economy, moving(economy, change))
    second = dt.reach(economy, moving(economy, 0.5 * change), by="purchases", start=first.shock)
    assert float(second.rates["rate"][0]) == 0
    assert second.met
    np.testing.assert_allclose(second.economies()["real_income"], 0, atol=1e-9)


def test_on_top_of_parts_only_the_rest_is_left_to_do(change: float) -> None:
    """A start that covers part of a cell keeps its parts, and both together reach the balance."""
    economy = economy_of(empty=0)
    n, i = economy.index(ONE), economy.index(OTHER)
    t = float(economy.t[n, i, 1])
    start = dt.Shock(parts=dt.Parts([n, n], [i, i], [1, 1], [0.3, 0.7], [t, t], [t + 0.5, t]))
    target = dt.reach(economy, moving(economy, change), start=start)
    alone = dt.reach(economy, moving(economy, change))
    before, after = target.solution.balance(ONE, OTHER)
    np.testing.assert_allclose(after - before, change, rtol=1e-7)
    assert 0 < float(target.rates["rate"][0]) < float(alone.rates["rate"][0])
    parts = target.shock.parts
    assert parts is not None
    mine = (parts.n == n) & (parts.i == i) & (parts.j == 1)
    np.testing.assert_allclose(np.ptp(parts.t_cf[mine]), 0.5, rtol=1e-9)


@pytest.mark.parametrize("of", [None, OTHER])
def test_a_target_out_of_reach_says_how_near_it_comes(economy: dt.Economy, of: str | None) -> None:
    """More than all that the two trade cannot come of a tariff; the rate is at its bound, and the rest is short."""
    n, i = economy.index(ONE), economy.index(OTHER)
    everything = float(economy.M[n, i].sum() + economy.M[i, n].sum())
    target = dt.reach(economy, moving(economy, 5 * everything), of=of)
    assert not target.met
    assert target.note
    before, after = target.solution.balance(ONE, OTHER)
    np.testing.assert_allclose(float(target.levels["short"][0]), 5 * everything - (after - before), rtol=1e-7)
    assert after > before
    if of == OTHER:
        assert float(target.rates["rate"][0]) == 1
        np.testing.assert_allclose(target.solution.t_cf[i, n], 0, atol=1e-12)


def test_a_balance_that_turns_back_is_at_its_best() -> None:
    """No other rate on the way to the bound comes nearer than the one that is shown."""
    economy = economy_of("proportional", seed=5)
    n, i = economy.index(ONE), economy.index(OTHER)
    target = dt.reach(economy, moving(economy, 100 * float(economy.M[n, i].sum())))
    best = target.solution.balance(ONE, OTHER)[1]
    for rate in (0.05, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0):
        t_cf = economy.t.copy()
        t_cf[n, i] += rate
        assert dt.solve(economy, dt.Shock(t_cf=t_cf)).balance(ONE, OTHER)[1] <= best + 1e-6


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 40), part=st.floats(0.01, 0.15), by=st.sampled_from(["tariff", "purchases"]))
def test_any_world_any_small_change(seed: int, part: float, by: str) -> None:
    """Met to 1e-7 by the smallest rate that does, or said to be short by what it is short of."""
    economy = economy_of(seed=seed, empty=0)
    n, i = economy.index(ONE), economy.index(OTHER)
    change = part * float(economy.M[n, i].sum())
    target = dt.reach(economy, moving(economy, change), by=by)  # type: ignore[arg-type]
    before, after = target.solution.balance(ONE, OTHER)
    np.testing.assert_allclose(after - before + float(target.levels["short"][0]), change, rtol=1e-6)
    assert target.met == (float(target.levels["short"][0]) <= 1e-7 * change) == (target.note == "")
    if by == "tariff" and target.met:
        t_cf = economy.t.copy()
        t_cf[n, i] += 0.9 * float(target.rates["rate"][0])
        assert dt.solve(economy, dt.Shock(t_cf=t_cf)).balance(ONE, OTHER)[1] - before < change


def test_balances_say_what_is_assumed(economy: dt.Economy, change: float) -> None:
    """Held totals do not move and all of the change is diverted; where they are computed the table adds up as well."""
    held = dt.reach(economy, moving(economy, change))
    table = held.balances().set_index(["economy", "balance"])
    assert table.loc[(ONE, "total"), "how"] == "held by assumption"
    assert abs(table.loc[(ONE, "total"), "change"]) < 1e-6
    np.testing.assert_allclose(list(held.diverted.values()), 1, rtol=1e-6)
    floating = economy_of("proportional")
    computed = dt.reach(floating, moving(floating, change))
    table = computed.balances().set_index(["economy", "balance"])
    assert set(table["how"]) == {"computed"}
    for side, other in ((ONE, OTHER), (OTHER, ONE)):
        parts = [f"with {other}, goods", f"with {other}, services", "with all others"]
        for column in ("before", "after", "change"):
            total = sum(table.loc[(side, part), column] for part in parts)
            np.testing.assert_allclose(total, table.loc[(side, "total"), column], rtol=1e-6, atol=1e-6)
    assert abs(1 - computed.diverted[ONE]) > 1e-4


def test_a_timetable_is_arithmetic_on_the_schedule(economy: dt.Economy) -> None:
    target = dt.reach(economy, dt.Balance(ONE, OTHER, 20.0))
    table = target.timetable([("2019-05-31", 12.0), ("2020-05-31", 8.0)])
    assert list(table["cumulative"]) == [12.0, 20.0]
    np.testing.assert_allclose(table["level"].iloc[-1], target.levels["asked"][0], rtol=1e-12)
    assert set(table["how"]) == {"arithmetic on the schedule"}
    for steps, words in (
        ([("2019-05-31", 12.0)], "sum to 12 USD million, the goal asks for 20"),
        ([("2020-05-31", 12.0), ("2019-05-31", 8.0)], "in order"),
        ([], "no day"),
    ):
        with pytest.raises(dt.BadInput, match=words):
            target.timetable(steps)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda e: dt.Balance(ONE, ONE, 1.0), "not E1 and itself"),
        (lambda e: dt.Balance(ONE, OTHER, 0.0), "not zero"),
        (lambda e: dt.Balance(ONE, OTHER, float("nan")), "give a finite number"),
        (lambda e: dt.Balance(ONE, OTHER, 1.0, scope="cars"), "scope='cars'"),
        (lambda e: dt.reach(e, dt.Balance("E9", OTHER, 1.0)), "'E9' is not a known economy"),
        (lambda e: dt.reach(e, moving(e, 1.0), by="quota"), "not an instrument"),
        (lambda e: dt.reach(e, moving(e, 1.0), of="E3"), "not a side of the goal"),
        (lambda e: dt.reach(e, moving(e, 1.0), by="purchases", of=ONE), "leave it out"),
        (lambda e: dt.reach(e, moving(e, 1.0), sectors=["S9"]), "S9"),
        (lambda e: dt.reach(e, moving(e, 1.0), sectors=[]), "leaves nothing"),
        (lambda e: dt.reach(e, moving(e, 1.0), sectors="S1"), "give a list"),
        (lambda e: dt.reach(e, moving(e, 1.0), horizon="middle"), "horizon"),
    ],
)
def test_refusals(economy: dt.Economy, make: object, words: str) -> None:
    with pytest.raises(dt.BadInput, match=words):
        make(economy)  # type: ignore[operator]
