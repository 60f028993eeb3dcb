"""Answers in kind: equal in rate, value or duty on base-year trade; what cannot be hit is said in numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy_lab import measure, mn, small_world

from detente.data.bundled import load_world
from detente.errors import BadMeasure
from detente.policy.reach import added_by_code
from detente.policy.retaliation import retaliate
from detente.policy.schedule import TariffBook

WORLD = small_world(8)
BOUGHT = float(WORLD.flows[1, 0, :3].sum())  # what China buys from the US
SOLD = float(WORLD.flows[0, 1, :3].sum())


def threat(value=None, add="25%", id="us-301", **given_):
    given_.setdefault("goods", {"value": mn(value), "basis": "world"} if value else {"all": True})
    return measure(id, status="threatened", add=add, **given_)


def effect(world, answer):
    """Value covered and duty collected, from the book of the answer alone."""
    book = TariffBook(world, [answer])
    cells = book.effective(book.ids)
    imports = cells["imports"]
    return float((cells["covered"] * imports).sum()), float(((cells["after"] - cells["before"]) * imports).sum())


@given(st.floats(0.02, 0.95), st.floats(0.01, 2.0))
def test_value_and_duty_are_equal_where_there_is_enough_trade(share, rate):
    value = share * min(BOUGHT, SOLD)
    for match in ("value", "duty"):
        found = retaliate(WORLD, threat(value, rate), by="CHN", match=match)
        assert found.shortfall == pytest.approx(0.0, abs=1e-6 * value)
        assert found.notes == ()
        assert effect(WORLD, found.measure) == pytest.approx((value, value * rate), rel=1e-6)


def test_who_buys_too_little_covers_all_and_prints_the_shortfall_and_the_open_rules():
    world = load_world("icio-2017")
    found = retaliate(world, threat(goods={"value": "150bn", "basis": "customs"}), by="CHN", match="value")
    assert found.measure.goods.all
    assert found.basis == "customs"
    assert (found.asked, found.covered) == pytest.approx((150_000, 129_798), abs=1)
    assert found.shortfall == pytest.approx(20_202, abs=1)
    assert "it bought 129.8bn from USA (customs figures)" in found.notes[0]
    assert "20.2bn short; rules still open: duty, harm, or a higher rate" in found.notes[0]


def test_the_same_duty_on_less_trade_takes_a_higher_rate():
    world = load_world("icio-2017")
    found = retaliate(world, threat(goods={"value": "150bn", "basis": "customs"}), by="CHN", match="duty")
    assert found.rate == pytest.approx(0.25 * 150_000 / 129_797.587, rel=1e-6)
    assert found.duty == pytest.approx(37_500)
    assert "28.89%" in found.notes[0]


def test_the_same_rate_falls_on_the_same_share_of_trade():
    found = retaliate(WORLD, threat(0.3 * SOLD), by="CHN", match="rate")
    value, duty = effect(WORLD, found.measure)
    assert value == pytest.approx(0.3 * BOUGHT)
    assert duty == pytest.approx(0.25 * 0.3 * BOUGHT)
    assert found.rate == pytest.approx(0.25)


@pytest.mark.parametrize(
    "goods",
    [
        {"sectors": ["C26"]},
        {"all": True},
        {"sector_rates": {"C24A": "25%", "C26": "10%"}},
        {"codes": [{"hs": "854231"}]},
    ],
)
def test_the_same_rate_on_the_same_goods(goods):
    rate = {} if "sector_rates" in goods else {"add": "25%"}
    original = measure("m", goods=goods, **rate)
    answer = retaliate(WORLD, original, by="CHN", match="rate").measure
    assert answer.goods == original.goods
    assert (answer.by, answer.on, answer.id) == ("CHN", ("USA",), "m-answered")
    assert (answer.status, answer.from_) == (original.status, original.from_)


def test_exemptions_and_a_duty_that_is_set_are_mirrored():
    original = measure("m", set="30%", exempt={"sectors": ["C28"], "codes": ["854231"]})
    answer = retaliate(WORLD, original, by="CHN", match="rate").measure
    assert answer.set == 0.3
    assert answer.exempt == original.exempt


def test_a_list_with_an_official_total_is_mirrored_as_a_list():
    original = measure("m", add="5%", goods={"codes": [{"hs": "8542"}, {"hs": "870323"}], "value": "1bn", "hs": 2017})
    answer = retaliate(load_world("icio-2017"), original, by="CHN", match="rate").measure
    assert [line.hs for line in answer.goods.codes] == ["8542", "870323"]
    assert (answer.goods.value, answer.goods.hs) == (None, "2017")


def test_a_table_is_mirrored_code_by_code():
    world = load_world("icio-2017")
    step = measure("m", by="CHN", on="USA", goods={"table": "china-on-us-2018-2020"}, **{"from": "2018-07-06"})
    answer = retaliate(world, step, by="USA", match="rate").measure
    assert {line.hs: line.add for line in answer.goods.codes} == added_by_code(step).to_dict()
    partner = measure("p", on="MEX", goods={"table": "us-by-partner-2025"}, **{"from": "2025-04-09"})
    assert retaliate(load_world("icio-2022"), partner, by="MEX", match="rate").measure.add == pytest.approx(
        0.082, abs=1e-3
    )


def test_a_table_of_national_lines_is_answered_by_value_and_not_line_by_line():
    world = load_world("icio-2017")
    step = measure("m", goods={"table": "us-on-china-2018-2020"}, **{"from": "2018-08-23"})
    with pytest.raises(BadMeasure, match="only the schedule of USA has: answer by value or duty"):
        retaliate(world, step, by="CHN", match="rate")
    found = retaliate(world, step, by="CHN", match="value")
    assert (found.asked, found.rate) == (pytest.approx(50e3), pytest.approx(0.25))


def test_goods_of_several_rates_are_answered_at_the_rate_they_pay_on_average():
    original = measure("m", goods={"sector_rates": {"C24A": "50%", "C26": "10%"}})
    flows = WORLD.flows[0, 1]
    found = retaliate(WORLD, original, by="CHN", match="value")
    assert found.rate == pytest.approx((0.5 * flows[0] + 0.1 * flows[1]) / (flows[0] + flows[1]))


def test_what_other_answers_cover_is_not_hit_twice():
    first = retaliate(WORLD, threat(0.6 * BOUGHT, id="a"), by="CHN", match="value")
    second = retaliate(WORLD, threat(0.6 * BOUGHT, id="b"), by="CHN", match="value", taken=first.covered)
    assert second.covered == pytest.approx(0.4 * BOUGHT)
    assert second.shortfall == pytest.approx(0.2 * BOUGHT)
    assert "covered by other answers" in second.notes[0]
    TariffBook(WORLD, [first.measure, second.measure])  # together they do not exceed trade
    third = retaliate(WORLD, threat(0.1 * BOUGHT, id="c"), by="CHN", match="value", taken=BOUGHT)
    assert third.measure is None
    assert third.shortfall == pytest.approx(0.1 * BOUGHT)
    assert third.duty == 0.0


def test_what_cannot_be_answered_is_refused():
    with pytest.raises(BadMeasure, match="not on the goods of MEX"):
        retaliate(WORLD, threat(), by="MEX", match="value")
    with pytest.raises(BadMeasure, match="adds no duty"):
        retaliate(WORLD, threat(add="0%"), by="CHN", match="value")
    with pytest.raises(BadMeasure, match="lines of more than six digits"):
        retaliate(WORLD, measure("m", add="5%", goods={"codes": [{"hs": "85423100"}]}), by="CHN", match="rate")
    with pytest.raises(BadMeasure, match="over 1000%: match value or harm"):
        retaliate(WORLD, threat(add="900%"), by="CHN", match="duty", taken=0.999 * BOUGHT)


def test_figures_are_of_one_basis_on_both_sides():
    world = small_world(8, year=2017)  # no goods sector beyond those customs figures know
    found = retaliate(world, threat(goods={"value": "1bn"}), by="CHN", match="value")
    assert found.basis == "customs"
    mexican = retaliate(world, threat(goods={"value": "1bn"}, on="MEX"), by="MEX", match="value")
    assert mexican.basis == "world"
    assert all("no customs figures" in note for note in mexican.notes)
    assert np.isfinite(mexican.duty)


def test_an_answer_at_the_same_rate_keeps_a_total_and_the_share_of_value():
    original = measure("m", by="USA", on="CHN", total="30%", of="40%")
    answer = retaliate(WORLD, original, by="CHN", match="rate").measure
    assert (answer.total, answer.of, answer.add, answer.set) == (0.3, 0.4, None, None)
    codes = [{"hs": "854231", "add": "25%", "of": "40%"}, {"hs": "854232", "total": "30%"}]
    lines = retaliate(WORLD, measure("m", by="USA", on="CHN", goods={"codes": codes}), by="CHN", match="rate").measure
    assert [(its.add, its.total, its.of) for its in lines.goods.codes] == [(0.25, None, 0.4), (None, 0.3, None)]


def test_what_claims_a_preference_is_no_trade_that_an_answer_matches():
    free = measure("m", by="USA", on="MEX", add="25%", claims={"preference": "USMCA", "share": "40%"})
    whole, part = (retaliate(WORLD, its, by="MEX", match="duty") for its in (measure("m", on="MEX", add="25%"), free))
    assert part.asked == pytest.approx(0.6 * whole.asked, rel=1e-12)
    assert part.duty <= 0.6 * whole.duty * (1 + 1e-9)
