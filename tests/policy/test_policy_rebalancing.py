"""Rebalancing: equal duty or equal trade over the answering side's own list, against the closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy_lab import measure, mn, small_world

from detente.data.bundled import load_world
from detente.errors import BadInput, BadMeasure
from detente.policy.measure import Goods
from detente.policy.rebalancing import rebalance
from detente.policy.schedule import TariffBook

WORLD = small_world(8)
SOLD = WORLD.flows[0, 1]  # what the US buys from China, by sector
BOUGHT = WORLD.flows[1, 0]
EXACT = 1e-9
"""The closed form holds to this: values are written to a dollar, of amounts of a billion and more."""


def steel(add="25%", **given_):
    return measure("us-232", goods={"sectors": ["C24A"]}, add=add, **given_)


def effect(world, answer):
    """Value covered and duty collected, from the book of the answer alone."""
    cells = TariffBook(world, [answer]).effective([answer.id])
    imports = cells["imports"]
    return float((cells["covered"] * imports).sum()), float(((cells["after"] - cells["before"]) * imports).sum())


@given(st.floats(0.01, 0.5), st.floats(0.05, 2.0))
def test_equal_duty_at_a_rate_takes_a_share_of_the_list(rate, its):
    found = rebalance(WORLD, steel(rate), by="CHN", match="duty", goods=Goods(sectors=("C26", "C28")), add=its)
    listed = float(BOUGHT[1:3].sum())
    duty = rate * float(SOLD[0])
    share = min(duty / (its * listed), 1.0)
    assert found.listed == pytest.approx(listed, rel=EXACT)
    assert found.share == pytest.approx(share, rel=EXACT)
    covered, collected = effect(WORLD, found.measure)
    assert (covered, collected) == pytest.approx((share * listed, share * listed * its), rel=EXACT)
    assert found.shortfall == pytest.approx(max(duty - its * listed, 0.0), rel=EXACT, abs=EXACT * duty)
    assert collected == pytest.approx(duty - found.shortfall, rel=EXACT)


@given(st.floats(0.01, 0.5))
def test_equal_duty_without_a_rate_is_one_rate_on_all_of_the_list(rate):
    found = rebalance(WORLD, steel(rate), by="CHN", match="duty", goods=Goods(sectors=("C26",)))
    assert found.measure.goods.sectors == ("C26",)
    assert found.rate == pytest.approx(rate * SOLD[0] / BOUGHT[1], rel=EXACT)
    assert effect(WORLD, found.measure) == pytest.approx((BOUGHT[1], rate * SOLD[0]), rel=EXACT)


@given(st.floats(0.01, 0.5), st.floats(0.1, 1.0))
def test_equal_trade_covers_as_much_at_the_rate_of_the_measure(rate, part):
    value = part * min(float(SOLD[:3].sum()), float(BOUGHT[:3].sum()))
    original = measure(goods={"value": mn(value), "basis": "world"}, add=rate)
    found = rebalance(WORLD, original, by="CHN", match="trade")
    assert effect(WORLD, found.measure) == pytest.approx((value, value * rate), rel=EXACT)
    assert found.shortfall == 0.0


def test_a_list_that_is_too_short_is_covered_in_full_and_the_rest_is_said():
    found = rebalance(
        WORLD, measure(goods={"all": True}, add="25%"), by="CHN", match="trade", goods=Goods(sectors=("C26",))
    )
    assert found.share == 1.0
    assert found.shortfall == pytest.approx(float(SOLD[:3].sum() - BOUGHT[1]), rel=EXACT)
    assert "of trade is missing: name more goods" in found.notes[0]
    assert "and that is the cap" in found.notes[0]


def test_codes_of_a_list_are_scaled_and_may_have_rates_of_their_own():
    world = load_world("icio-2017")
    threat = measure("us-232", goods={"sectors": ["C24A", "C24B"]}, add="10%", status="threatened")
    codes = Goods.model_validate({"codes": [{"hs": "1201", "add": "25%"}, {"hs": "8703", "add": "15%"}]})
    found = rebalance(world, threat, by="CHN", match="duty", goods=codes)
    assert found.basis == "customs"
    assert 0.15 < found.rate < 0.25
    assert 0 < found.share < 1
    assert found.collected == pytest.approx(found.duty, rel=EXACT)
    assert found.covered == pytest.approx(found.share * found.listed, rel=EXACT)
    whole = rebalance(world, threat, by="CHN", match="duty", goods=Goods.model_validate({"codes": [{"hs": "1201"}]}))
    assert whole.collected == pytest.approx(whole.duty, rel=EXACT)
    assert whole.measure.goods.codes == (whole.measure.goods.codes[0],)


def test_the_account_has_both_duties_the_list_and_its_cap():
    world = load_world("icio-2017")
    found = rebalance(
        world, measure("us-232", goods={"sectors": ["C24A"]}, add="25%"), by="CHN", match="duty", add=0.25
    )
    note = found.notes[0]
    assert note.startswith("CHN rebalances 'us-232' by equal duty: USA collects ")
    assert "what it buys from USA is worth 129.8bn of imports (customs figures)" in note
    assert "at 25% it gives at most 32.45bn of duty" in note
    assert f"25% on {found.share:.4%} of it covers" in note


def test_what_other_answers_cover_by_value_is_not_covered_again():
    original = measure(goods={"value": mn(0.6 * SOLD[:3].sum()), "basis": "world"}, add="25%")
    all_of_it = float(BOUGHT[:3].sum())
    found = rebalance(WORLD, original, by="CHN", match="trade", taken=0.9 * all_of_it)
    assert found.covered == pytest.approx(min(0.1 * all_of_it, found.trade), rel=EXACT)
    assert found.shortfall == pytest.approx(found.trade - found.covered, rel=EXACT)
    with pytest.raises(BadMeasure, match=r"other answers of CHN cover .* leave add out"):
        rebalance(WORLD, original, by="CHN", match="duty", add=0.25, taken=all_of_it)
    rate = rebalance(WORLD, original, by="CHN", match="duty", taken=all_of_it)
    assert (rate.taken, rate.shortfall) == (0.0, 0.0)


def test_the_answer_has_the_dates_of_the_measure():
    original = steel(until="2018-12-31", suspended={"from": "2018-03-01", "until": "2018-03-31"})
    made = rebalance(WORLD, original, by="CHN", match="duty", name="answer").measure
    assert (made.id, made.by, made.on) == ("answer", "CHN", ("USA",))
    assert (made.status, made.from_, made.until) == (original.status, original.from_, original.until)
    assert made.suspended == original.suspended


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"by": "MEX"}, "is not on the goods of MEX, so MEX has nothing to rebalance"),
        (
            {"goods": Goods.model_validate({"sector_rates": {"C26": "25%"}})},
            "name codes, sectors, a value or all goods",
        ),
        ({"goods": Goods.model_validate({"codes": [{"hs": "8542", "add": "5%"}]}), "add": 0.2}, "leave add out"),
        ({"measure": measure(add="0%")}, "adds no duty to the goods of CHN: there is nothing to rebalance"),
        ({"goods": Goods.model_validate({"value": "1mn", "basis": "world"})}, "need a rate of .*, over 1000%"),
    ],
)
def test_what_cannot_be_rebalanced_is_refused_with_a_remedy(given_, says):
    with pytest.raises(BadMeasure, match=says):
        rebalance(WORLD, **{"measure": steel(), "by": "CHN", "match": "duty", **given_})


def test_only_duty_or_trade_can_be_equal():
    with pytest.raises(BadInput, match="duty"):
        rebalance(WORLD, steel(), by="CHN", match="rate")


def test_in_figures_of_one_basis_both_sides_agree():
    """Customs figures of one direction are never set against the world's flows of the other."""
    world = load_world("icio-2017")
    found = rebalance(world, measure(on="MEX", goods={"sectors": ["C24A"]}, add="25%"), by="MEX", match="duty")
    flows = world.flows[world.index("USA"), world.index("MEX")]
    assert found.basis == "world"
    assert found.trade == pytest.approx(flows[world.sector_index("C24A")], rel=EXACT)
    assert np.isclose(found.collected, found.duty, rtol=EXACT)
