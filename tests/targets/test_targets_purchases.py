"""Purchase commitments: an import subsidy, complementary to purchases over what is asked, and who pays for it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

import detente as dt
from detente.data.bundled import toy_world
from targets.targets_lab import before, bought, economy_of

BUYER, SELLER = "E1", "E2"


@pytest.fixture(scope="module")
def economy() -> dt.Economy:
    return economy_of(empty=0)


def test_two_economies_and_one_good_by_hand() -> None:
    """Without inputs, with balanced trade: what the seller sells fixes the wage, the wage the subsidy.

    M is what the buyer buys and, in balance, what it sells: M = s(r) w₂L₂ with s the seller's import share at the
    relative wage r and (8) for w₂. Then M (1+t') = π' (w₁L₁ + t' M), with π' from (3), is one equation in the subsidy.
    """
    world = toy_world(4, n=2, j=1, io=False, highest_tariff=0.0)
    theta = 4.0
    economy = dt.calibrate(world, np.array([theta]), deficits="balanced")
    pi, L = economy.pi[:, :, 0], economy.wL
    asked = 1.3 * float(economy.M[0, 1, 0])

    def seller_buys(r: float) -> float:
        share = pi[1, 0] * r**-theta
        return share / (share + pi[1, 1]) * L[1] * L.sum() / (r * L[0] + L[1])

    r = brentq(lambda x: seller_buys(x) - asked, 0.01, 1.0, xtol=1e-15)
    w1 = r * L.sum() / (r * L[0] + L[1])

    def excess(z: float) -> float:
        share = pi[0, 1] * (1 - z) ** -theta
        return share / (share + pi[0, 0] * r**-theta) * (w1 * L[0] - z * asked) - asked * (1 - z)

    z = brentq(excess, 0.0, 0.9, xtol=1e-15)
    target = dt.reach(economy, dt.Purchases("E1", "E2", asked - float(economy.M[0, 1, 0])), by="purchases")
    np.testing.assert_allclose(target.rates["rate"][0], z, rtol=1e-7)
    np.testing.assert_allclose(target.subsidies, [z * asked, 0], rtol=1e-7)


def test_each_category_is_bought_and_no_more(economy: dt.Economy) -> None:
    now = before(economy, BUYER, SELLER)
    extra = {"grain": 0.2 * float(now[0]), "oil": 0.5 * float(now[1] + now[2])}
    goal = dt.Purchases(BUYER, SELLER, extra, {"grain": ["S1"], "oil": ["S2", "S3"]})
    target = dt.reach(economy, goal, by="purchases")
    after = bought(target.solution, BUYER, SELLER)
    assert target.met
    np.testing.assert_allclose([after[0], after[1] + after[2]], [1.2 * now[0], 1.5 * (now[1] + now[2])], rtol=1e-8)
    assert list(target.rates["covers"]) == ["grain", "oil"]


def test_a_slack_category_has_no_subsidy(economy: dt.Economy) -> None:
    """Where a start already brings the purchases of one category, only the other is paid for."""
    n, i = economy.index(BUYER), economy.index(SELLER)
    t_cf = economy.t.copy()
    t_cf[n, i, 0] = (1 + t_cf[n, i, 0]) * 0.8 - 1  # S1 is bought far more
    now = before(economy, BUYER, SELLER)
    goal = dt.Purchases(
        BUYER, SELLER, {"a": 0.05 * float(now[0]), "b": 0.3 * float(now[1])}, {"a": ["S1"], "b": ["S2"]}
    )
    target = dt.reach(economy, goal, by="purchases", start=dt.Shock(t_cf=t_cf))
    rate, levels = target.rates["rate"], target.levels
    assert rate[0] == 0
    assert rate[1] > 0
    assert levels["after"][0] > 1.01 * levels["asked"][0]
    np.testing.assert_allclose(levels["after"][1], levels["asked"][1], rtol=1e-8)
    assert target.met


def test_a_category_may_be_part_of_a_sector(economy: dt.Economy) -> None:
    """Two categories of one sector and the rest of it: three varieties, of which only the named ones are paid for."""
    now = float(before(economy, BUYER, SELLER)[1])
    goal = dt.Purchases(
        BUYER, SELLER, {"cars": 0.06 * now, "planes": 0.1 * now}, {"cars": {"S2": 0.3}, "planes": {"S2": 0.25}}
    )
    target = dt.reach(economy, goal, by="purchases")
    np.testing.assert_allclose(target.levels["benchmark"], [0.3 * now, 0.25 * now], rtol=1e-12)
    np.testing.assert_allclose(target.levels["after"], [0.36 * now, 0.35 * now], rtol=1e-8)
    parts = target.shock.parts
    assert parts is not None
    mine = (parts.n == economy.index(BUYER)) & (parts.i == economy.index(SELLER)) & (parts.j == 1)
    np.testing.assert_allclose(sorted(parts.s[mine]), [0.25, 0.3, 0.45], rtol=1e-12)
    left = parts.s[mine].argmax()
    np.testing.assert_allclose(parts.t_cf[mine][left], economy.t[economy.index(BUYER), economy.index(SELLER), 1])
    # the parts' purchases are counted from the solution by hand: shares after the shock, less tariff and subsidy
    after = parts.at(economy.theta)
    spent = (target.solution.pi_cf * target.solution.X_cf[:, None, :])[parts.n, parts.i, parts.j]
    by_part = (after.s * spent / (1 + parts.t_cf))[mine]
    np.testing.assert_allclose(sorted(by_part)[:2], sorted([0.36 * now, 0.35 * now]), rtol=1e-8)


def test_a_cut_of_tariffs_serves_purchases_as_far_as_it_goes(economy: dt.Economy) -> None:
    now = float(before(economy, BUYER, SELLER).sum())
    near = dt.reach(economy, dt.Purchases(BUYER, SELLER, 0.02 * now), by="tariff")
    assert near.met
    assert 0 < float(near.rates["rate"][0]) < 1
    assert list(near.rates["instrument"]) == ["cut"]
    far = dt.reach(economy, dt.Purchases(BUYER, SELLER, 50 * now), by="tariff")
    assert not far.met
    np.testing.assert_allclose(far.solution.t_cf[economy.index(BUYER), economy.index(SELLER)], 0, atol=1e-12)


WANTED = st.lists(st.floats(0.01, 2.0), min_size=3, max_size=3)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 30), wanted=WANTED)
def test_complementarity_in_any_world(seed: int, wanted: list[float]) -> None:
    is_complementary(seed, wanted, "fixed")


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 500), wanted=WANTED, deficits=st.sampled_from(["fixed", "balanced", "proportional"]))
def test_complementarity_in_many_worlds(seed: int, wanted: list[float], deficits: str) -> None:
    is_complementary(seed, wanted, deficits)


def is_complementary(seed: int, wanted: list[float], deficits: str) -> None:
    """0 ≤ z ⟂ purchases − commitment ≥ 0 in every sector, counted from the solution.

    A commitment near or over the buyer's whole income may be out of reach, and is not asked for here.
    """
    economy = economy_of(deficits, seed=seed, empty=0)
    now = before(economy, BUYER, SELLER)
    assume(float(((1 + np.array(wanted)) * now).sum()) < 0.75 * economy.I[economy.index(BUYER)])
    extra = {name: part * float(level) for name, part, level in zip(economy.sectors, wanted, now, strict=True)}
    target = dt.reach(
        economy, dt.Purchases(BUYER, SELLER, extra, {name: [name] for name in economy.sectors}), by="purchases"
    )
    assert target.met
    surplus = bought(target.solution, BUYER, SELLER) / (now * (1 + np.array(wanted))) - 1
    z = target.rates["rate"].to_numpy()
    assert (z >= 0).all()
    assert (surplus >= -1e-7).all()
    assert np.abs(np.minimum(z, surplus)).max() < 1e-7


def test_more_than_a_buyer_can_pay_is_out_of_reach_and_told() -> None:
    """1,274 a year from an income of 1,239 that subsidies eat up: no equilibrium has it, and the nearest is shown."""
    economy = economy_of("proportional", seed=133, empty=0)
    now = before(economy, BUYER, SELLER)
    extra = {name: float(level) for name, level in zip(economy.sectors, now, strict=True)}
    assert 2 * now.sum() > economy.I[economy.index(BUYER)]
    target = dt.reach(economy, dt.Purchases(BUYER, SELLER, extra, {name: [name] for name in extra}), by="purchases")
    assert not target.met
    assert "no equilibrium" in target.note
    assert (target.levels["short"] > 0).any()
    assert target.solution.gap <= 1e-9


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 60), part=st.floats(0.05, 1.0))
def test_without_other_distortions_the_payer_loses_and_the_seller_gains(seed: int, part: float) -> None:
    """From free trade a subsidy on imports turns the terms of trade against the buyer, and distorts what it buys."""
    economy = economy_of("balanced", seed=seed, empty=0, free=True)
    extra = part * float(before(economy, BUYER, SELLER).sum())
    target = dt.reach(economy, dt.Purchases(BUYER, SELLER, extra), by="purchases")
    income = target.economies().set_index("economy")["real_income"]
    assert income[BUYER] < 0 < income[SELLER]
    assert float(target.payments().set_index("economy")["real_income_usd"]["world"]) < 0


def test_what_the_treasury_pays_is_its_lost_revenue(economy: dt.Economy) -> None:
    """Revenue after is tariffs on what is bought, less subsidies: both counted from flows by hand."""
    now = float(before(economy, BUYER, SELLER).sum())
    target = dt.reach(economy, dt.Purchases(BUYER, SELLER, 0.4 * now), by="purchases")
    n, i = economy.index(BUYER), economy.index(SELLER)
    M = target.solution.M_cf[n]
    z = float(target.rates["rate"][0])
    np.testing.assert_allclose(target.subsidies[n], (z * (1 + economy.t[n, i]) * M[i]).sum(), rtol=1e-9)
    np.testing.assert_allclose(
        target.solution.R_cf[n], (economy.t[n] * M).sum() - float(target.subsidies[n]), rtol=1e-7, atol=1e-6
    )
    assert (np.delete(target.subsidies, n) == 0).all()


def test_a_commitment_out_of_reach_shows_what_is_short(economy: dt.Economy) -> None:
    """Beyond nine tenths of the price the treasury does not go; the other category is met all the same."""
    now = before(economy, BUYER, SELLER)
    goal = dt.Purchases(BUYER, SELLER, {"a": 1e9 * float(now[0]), "b": 0.1 * float(now[1])}, {"a": ["S1"], "b": ["S2"]})
    target = dt.reach(economy, goal, by="purchases")
    assert not target.met
    assert target.note
    assert target.levels["short"][0] > 0
    assert target.solution.gap <= 1e-9


def test_tables_are_plain_and_agree(economy: dt.Economy) -> None:
    target = dt.reach(economy, dt.Purchases(BUYER, SELLER, 30.0), by="purchases")
    plain = target.as_dict()
    assert plain["met"] is True
    table, payments = target.economies(), target.payments().set_index("economy")
    np.testing.assert_allclose(payments.loc["world", "real_income_usd"], table["real_income_usd"].sum())
    np.testing.assert_allclose(payments.loc[BUYER, "real_income"], table["real_income"][0])
    third = target.third_countries()
    assert set(third["economy"]) == {"E3", "E4"}
    np.testing.assert_allclose(payments.loc["third countries", "real_income_usd"], third["real_income_usd"].sum())
    assert "out of reach" not in target._repr_html_()
    assert "met" in repr(target)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda e: dt.Purchases(BUYER, BUYER, 1.0), "itself"),
        (lambda e: dt.Purchases(BUYER, SELLER, -1.0), "above zero"),
        (lambda e: dt.Purchases(BUYER, SELLER, {}), "no category"),
        (lambda e: dt.Purchases(BUYER, SELLER, {"a": float("inf")}), "give a finite number"),
        (lambda e: dt.Purchases(BUYER, SELLER, {"a": 1.0}, {"b": ["S1"]}), "'b', which has no amount"),
        (lambda e: dt.Purchases(BUYER, SELLER, {"a": 1.0}, ["S1"]), "sectors for each"),
        (lambda e: dt.Purchases(BUYER, SELLER, 1.0, "S1"), "give a list"),
        (lambda e: dt.reach(e, dt.Purchases(BUYER, SELLER, 1.0, ["S9"])), "S9"),
        (lambda e: dt.reach(e, dt.Purchases(BUYER, SELLER, 1.0, {"S1": 1.5})), "covers 1.5 of S1"),
        (
            lambda e: dt.reach(e, dt.Purchases(BUYER, SELLER, {"a": 1.0, "b": 1.0}, {"a": ["S1"], "b": {"S1": 0.2}})),
            "1.2 of S1 together",
        ),
        (lambda e: dt.reach(e, dt.Purchases(BUYER, SELLER, 1.0), of=SELLER), "which sells"),
    ],
)
def test_refusals(economy: dt.Economy, make: object, words: str) -> None:
    with pytest.raises(dt.BadInput, match=words):
        make(economy)  # type: ignore[operator]


def test_what_is_not_traded_cannot_be_bought() -> None:
    world = toy_world(23, n=4, j=3, empty=[(1, 0)])
    economy = dt.calibrate(world, np.array([3.0, 5.0, 8.0]))
    with pytest.raises(dt.BadInput, match="no price makes trade where there is none"):
        dt.reach(economy, dt.Purchases(BUYER, SELLER, {"a": 1.0}, {"a": ["S1"]}), by="purchases")
