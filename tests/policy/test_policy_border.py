"""Each instrument of a measure gives the shock that is built by hand, and its equilibrium the closed forms."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from policy_lab import measure, mn, small_world

import detente as dt
from detente.errors import BadMeasure
from detente.model.parts import Parts
from detente.model.quotas import Quota
from detente.policy.reach import purchases
from detente.policy.schedule import TariffBook

WORLD = small_world(5)
THETA = np.array([4.0, 6.0, 3.0, 5.0])
ECONOMY = dt.calibrate(WORLD, elasticities=THETA)
USA, CHN, MEX = range(3)
CELL = (USA, CHN, 1)
CHIPS = {"sectors": ["C26"]}
#: Both sides are the same equations in the same arithmetic; sums of parts differ in their order alone.
SAME = 1e-12


def book(*measures, world=WORLD):
    return TariffBook(world, measures)


def solved(*measures):
    its = book(*measures)
    return dt.solve(ECONOMY, its.shock(its.ids))


def whole(cells, **more):
    """Parts that are whole cells, at their base tariffs unless told otherwise."""
    n, i, j = (np.array(axis) for axis in zip(*cells, strict=True))
    t = WORLD.tariffs[n, i, j]
    given = {"t_cf": t} | {name: value * np.ones(len(t)) for name, value in more.items()}
    return Parts(n, i, j, np.ones(len(t)), t, **given)


def by_hand(parts, *quotas):
    return dt.solve(ECONOMY, dt.Shock(parts=parts, quotas=quotas))


def assert_same(one, other):
    np.testing.assert_allclose(one.W_hat, other.W_hat, rtol=SAME)
    np.testing.assert_allclose(one.M_cf, other.M_cf, rtol=1e-10, atol=1e-6)
    np.testing.assert_allclose(one.rents_cf, other.rents_cf, rtol=1e-9, atol=1e-6)


def test_an_export_tax_and_a_ban_are_the_shock_by_hand():
    tax = measure(by="CHN", on="all", export={"tax": "25%"}, goods=CHIPS)
    assert_same(solved(tax), by_hand(whole([CELL, (MEX, CHN, 1)], e_cf=0.25)))
    ban = measure(by="CHN", on="USA", export={"ban": "true"}, goods=CHIPS)
    assert_same(solved(ban), by_hand(whole([CELL], closed=True)))
    embargo = measure(by="USA", on="CHN", **{"import": {"ban": "true"}}, goods=CHIPS)
    assert_same(solved(embargo), solved(ban))
    assert solved(ban).M_cf[CELL] == 0


def test_a_ban_is_the_limit_of_a_rising_tax():
    ban = solved(measure(by="CHN", on="USA", export={"ban": "true"}, goods=CHIPS))
    gaps = []
    for rate in (1.0, 3.0, 10.0):
        tax = solved(measure(by="CHN", on="USA", export={"tax": f"{100 * rate:g}%"}, goods=CHIPS))
        gaps.append(np.abs(tax.W_hat - ban.W_hat).max())
    assert gaps[0] > gaps[1] > gaps[2]
    far = by_hand(whole([CELL], e_cf=1e4))
    np.testing.assert_allclose(far.W_hat, ban.W_hat, rtol=1e-9)


@pytest.mark.parametrize(("share", "regime"), [(1.2, "below"), (0.6, "at"), (0.05, "above")])
def test_a_tariff_rate_quota_in_each_regime_is_the_shock_by_hand(share, regime):
    given = {"share": f"{100 * share:g}%", "in": "5%", "over": "40%"}
    found = solved(measure(quota=given, goods=CHIPS))
    parts = whole([CELL])
    assert_same(found, by_hand(parts, Quota([0], share * WORLD.flows[CELL], (0.05, 0.4))))
    row = found.quotas().iloc[0]
    assert row["regime"] == regime
    rate = {"below": 0.05, "above": 0.4}.get(regime, row["rate"])
    # the marginal rate on all of it, and a rent of (rate − low) on what is within the quota
    t = WORLD.tariffs[CELL] + rate
    plain = dt.solve(ECONOMY, dt.Shock(parts=whole([CELL], t_cf=t)))
    np.testing.assert_allclose(found.W_hat, plain.W_hat, rtol=1e-9)
    within = min(row["flow"], row["limit"])
    price = found.c_hat[CHN, 1]
    assert row["rent"] == pytest.approx((rate - 0.05) * within * price, rel=1e-9, abs=1e-6)


def test_an_export_limit_is_the_tax_that_gives_it():
    found = solved(measure(by="CHN", on="USA", export={"limit": "50%"}, goods=CHIPS))
    row = found.quotas().iloc[0]
    assert row["regime"] == "at"
    taxed = by_hand(whole([CELL], e_cf=float(row["rate"])))
    np.testing.assert_allclose(found.W_hat, taxed.W_hat, rtol=1e-9)
    volume = taxed.M_cf[CELL] / (1 + row["rate"]) / taxed.c_hat[CHN, 1]
    assert volume == pytest.approx(0.5 * WORLD.flows[CELL], rel=1e-9)
    assert found.rents_cf[CHN] == pytest.approx(taxed.rents_cf[CHN], rel=1e-9)


def test_a_specific_duty_is_its_rate_at_the_new_price():
    found = solved(measure(specific="93 EUR/t", unit_value="750 EUR/t", add="5%", goods=CHIPS))
    assert_same(found, by_hand(whole([CELL], t_cf=WORLD.tariffs[CELL] + 0.05, specific=93 / 750)))
    t = WORLD.tariffs[CELL] + 0.05 + 93 / 750 / found.c_hat[CHN, 1]
    np.testing.assert_allclose(found.W_hat, by_hand(whole([CELL], t_cf=t)).W_hat, rtol=1e-9)


def test_a_carbon_charge_is_a_specific_duty_by_origin():
    given = {"price": "80 EUR/t", "exchange": "1.25 USD/EUR", "free": "40%", "deduct": {"MEX": "30 EUR/t"}}
    charge = measure(on=["CHN", "MEX"], carbon=given | {"intensity": {"C26": "2 kg/USD"}}, goods=CHIPS)
    rates = np.array([80.0, 50.0]) * 0.6 * 1.25 * 0.002
    assert_same(solved(charge), by_hand(whole([CELL, (USA, MEX, 1)], specific=rates)))
    by_goods = measure(
        on=["CHN", "MEX"],
        carbon=given | {"intensity": "1.5 t/t"},
        unit_value="750 USD/t",
        goods=CHIPS,
    )
    rates = np.array([80.0, 50.0]) * 0.6 * 1.5 * 1.25 / 750
    assert_same(solved(by_goods), by_hand(whole([CELL, (USA, MEX, 1)], specific=rates)))
    carbon = given | {"intensity": {"C26": "2 kg/USD"}}
    lacking = measure(on=["CHN", "MEX"], carbon=carbon, goods={"sectors": ["C26", "C28"]})
    with pytest.raises(BadMeasure, match="no intensity of C28"):
        book(lacking)


def test_a_cut_within_a_quota_that_passes_zero_is_refused():
    cut = {"share": "50%", "in": "-50%", "over": "10%"}
    its = book(measure(quota=cut, goods=CHIPS))
    with pytest.raises(BadMeasure, match="of value under zero: write the rates themselves, place: set"):
        its.shock(its.ids)


def test_codes_have_unit_values_and_intensities_of_their_own():
    lines = [{"hs": "8542", "unit_value": "100 EUR/kg"}, {"hs": "8471", "unit_value": "20 EUR/kg"}]
    its = book(measure(specific="5 EUR/kg", goods={"codes": lines}))
    parts = its.shock(its.ids).parts
    assert sorted(set(np.round(parts.specific, 12))) == [0.0, 0.05, 0.25]
    lines = [{"hs": "8542", "intensity": "3 kg/USD"}, {"hs": "8471", "intensity": "1 kg/USD"}]
    its = book(measure(carbon={"price": "100 USD/t"}, goods={"codes": lines}))
    assert sorted(set(np.round(its.shock(its.ids).parts.specific, 12))) == [0.0, 0.1, 0.3]


def test_a_quota_that_sets_takes_the_place_of_the_ordinary_duty():
    its = book(measure(quota={"share": "80%", "in": "2%", "over": "30%", "place": "set"}, goods=CHIPS))
    shock = its.shock(its.ids)
    assert (shock.parts.t_cf == 0).all()
    assert shock.quotas[0].rate == (0.02, 0.3)


def test_one_quota_is_one_pool_or_one_a_partner():
    both = {"on": ["CHN", "MEX"], "goods": CHIPS}
    flows = WORLD.flows[USA, [CHN, MEX], 1]
    pool = book(measure(quota={"share": "50%", "in": "0%", "over": "9%"}, **both))
    (quota,) = pool.shock(pool.ids).quotas
    assert quota.limit == pytest.approx(0.5 * flows.sum(), rel=1e-12)
    each = book(measure(quota={"share": "50%", "in": "0%", "over": "9%", "each": "partner"}, **both))
    assert [its.limit for its in each.shock(each.ids).quotas] == pytest.approx((0.5 * flows).tolist(), rel=1e-12)
    assert each.instruments(each.ids)["partner"].tolist() == ["CHN", "MEX"]


@pytest.mark.parametrize(("holder", "position"), [("importer", None), ("exporter", CHN), ("MEX", MEX)])
def test_the_rents_go_to_the_holder(holder, position):
    given = {"share": "5%", "in": "0%", "over": "40%", "holder": holder}
    its = book(measure(quota=given, goods=CHIPS))
    assert its.shock(its.ids).quotas[0].holder == position
    found = dt.solve(ECONOMY, its.shock(its.ids))
    rent = float(found.quotas()["rent"].iloc[0])
    earner = USA if position is None else position
    assert found.rents_cf[earner] == pytest.approx(rent, rel=1e-9)
    pooled = book(measure(on="all", quota=given | {"holder": "exporter"}, goods=CHIPS))
    with pytest.raises(BadMeasure, match="write each: partner, or name the economy as holder"):
        pooled.shock(pooled.ids)


def test_a_value_is_divided_by_trade_of_its_own_figures():
    world = small_world(6, year=2017)
    bought = purchases(world, "USA", "CHN", "customs")
    assert bought.basis == "customs"
    j = world.sector_index("C26")
    worth = 0.3 * bought.by_sector[j]
    for basis, share in (("customs", 0.3), ("world", worth / world.flows[USA, CHN, j])):
        given = {"value": mn(round(worth, 3)), "basis": basis, "in": "0%", "over": "9%"}
        its = book(measure(quota=given, goods=CHIPS), world=world)
        limit = its.shock(its.ids).quotas[0].limit
        assert limit == pytest.approx(share * world.flows[USA, CHN, j], rel=1e-9)
    tonnes = {"tonnes": round(worth * 1e6 / 750), "unit_value": "750 USD/t", "in": "0%", "over": "9%"}
    its = book(measure(quota=tonnes, goods=CHIPS), world=world)
    assert its.shock(its.ids).quotas[0].limit == pytest.approx(0.3 * world.flows[USA, CHN, j], rel=1e-6)


def test_a_quota_is_a_share_of_the_trade_of_the_benchmark():
    its = book(measure(quota={"share": "80%", "in": "0%", "over": "30%"}, goods=CHIPS))
    balanced = dt.calibrate(WORLD, elasticities=THETA, deficits="balanced")
    limit = its.shock(its.ids, flows=balanced.M).quotas[0].limit
    assert limit == pytest.approx(0.8 * balanced.M[CELL], rel=1e-12)
    assert limit != pytest.approx(0.8 * WORLD.flows[CELL], rel=1e-6)


def test_a_value_of_an_export_measure_is_divided_among_its_buyers():
    flows = WORLD.flows[[USA, MEX], CHN, 1]
    value = mn(round(0.4 * flows.sum(), 3))
    goods = {"value": value, "basis": "world", "sectors": ["C26"]}
    its = book(measure(by="CHN", on="all", export={"ban": "true"}, goods=goods))
    parts = its.shock(its.ids).parts
    assert parts.s[parts.closed] == pytest.approx([0.4, 0.4], rel=1e-6)
    listed = {"codes": [{"hs": "8542"}, {"hs": "8471"}], "value": value, "basis": "world"}
    its = book(measure(by="CHN", on="all", export={"tax": "10%"}, goods=listed))
    parts = its.shock(its.ids).parts
    taxed = parts.e_cf > 0
    worth = float((parts.s * WORLD.flows[parts.n, parts.i, parts.j])[taxed].sum())
    assert worth == pytest.approx(0.4 * flows.sum(), rel=1e-5)


def test_a_ban_on_some_buyers_leaves_a_limit_as_large_as_it_was():
    limit = measure(by="CHN", on="all", export={"limit": "50%"}, goods=CHIPS)
    ban = measure("ban", by="CHN", on="USA", export={"ban": "true"}, goods=CHIPS)
    alone, beside = (solved(*laws).quotas().iloc[0] for laws in ((limit,), (limit, ban)))
    assert beside["limit"] == pytest.approx(alone["limit"])


def test_the_order_of_measures_does_not_matter():
    measures = (
        measure("q", quota={"share": "60%", "in": "0%", "over": "40%"}, goods=CHIPS),
        measure("t", by="CHN", on="USA", export={"tax": "10%"}, goods=CHIPS),
        measure("s", specific="50 EUR/t", unit_value="500 EUR/t", goods={"sectors": ["C26", "C28"]}),
        measure("a", add="10%", goods={"value": mn(2000), "basis": "world"}),
        measure("l", by="CHN", on="all", export={"limit": "70%"}, goods={"sectors": ["C24A"]}),
    )
    first = solved(*measures)
    for order in itertools.islice(itertools.permutations(measures), 1, 120, 29):
        np.testing.assert_allclose(solved(*order).W_hat, first.W_hat, rtol=1e-9)


def test_a_duty_that_replaces_leaves_no_quota_and_no_duty_by_the_unit():
    others = (
        measure("q", quota={"share": "60%", "in": "1%", "over": "40%"}, goods=CHIPS),
        measure("s", specific="50 EUR/t", unit_value="500 EUR/t", goods=CHIPS),
    )
    its = book(*others, measure("r", add="10%", stacking="replace", goods=CHIPS))
    shock = its.shock(its.ids)
    assert not shock.quotas
    assert shock.parts.specific is None
    assert shock.parts.t_cf == pytest.approx([WORLD.tariffs[CELL] + 0.1], rel=1e-12)


def test_statutory_figures_are_of_base_year_trade():
    its = book(
        measure("q", quota={"share": "60%", "in": "10%", "over": "50%"}, goods=CHIPS),
        measure("s", specific="50 EUR/t", unit_value="500 EUR/t", goods={"sectors": ["C28"]}),
        measure("x", by="CHN", on="USA", export={"tax": "10%"}, goods={"sectors": ["C24A"]}),
    )
    rates = its.effective(its.ids).set_index("sector")
    assert rates["after"]["C26"] == pytest.approx(WORLD.tariffs[CELL] + 0.1 + 0.4 * 0.4)
    assert rates["after"]["C28"] == pytest.approx(WORLD.tariffs[USA, CHN, 2] + 0.1)
    assert rates["after"]["C24A"] == rates["before"]["C24A"]
    assert rates["covered"].to_dict() == {"C24A": 0.0, "C26": 1.0, "C28": 1.0}
    table = its.instruments(its.ids).set_index("measure")
    assert table.loc["q", ["kind", "low", "high"]].tolist() == ["quota", 0.1, 0.5]
    assert table.loc["q", "beyond"] == pytest.approx(0.4)
    assert table.loc["s", "low"] == pytest.approx(0.1)
    assert table.loc["x", "kind"] == "export tax"


def test_a_measure_that_nothing_is_of_is_said():
    flows = WORLD.flows.copy()
    flows[USA, CHN, 1] = 0.0
    world = dt.World(flows, WORLD.tariffs, None, None, WORLD.economies, WORLD.sectors, "small", None)
    its = book(measure("x", by="CHN", on="USA", export={"ban": "true"}, goods=CHIPS), world=world)
    assert "measure 'x' reaches no trade of the base year" in its.notes
    assert not len(its.shock(its.ids).parts or ())


def test_states_with_rates_that_are_found_start_from_the_calibrated_world():
    its = book(
        measure("a", add="10%", goods=CHIPS),
        measure("x", by="CHN", on="USA", export={"tax": "10%"}, goods={"sectors": ["C24A"]}),
    )
    with pytest.raises(BadMeasure, match="take the shock from the calibrated world, without start"):
        its.shock(its.ids, start=("a",), theta=THETA)
