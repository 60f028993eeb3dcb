"""One rule for goods that several measures cover, whatever the order in which they are listed."""

from __future__ import annotations

import itertools
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy_lab import measure, small_world

from detente.data.bundled import load_world
from detente.errors import BadMeasure
from detente.policy.measure import superseded
from detente.policy.reach import history
from detente.policy.schedule import TariffBook

WORLD = small_world(3)
CELL = WORLD.tariffs[0, 1, 1]


def rate(*measures):
    """The tariff on Chinese C26 where all of them hold."""
    book = TariffBook(WORLD, measures)
    here = (book.atoms["sector"] == "C26").to_numpy()
    return float(book.rate(book.ids)[here][0])


def on(id, day=1, **given):
    return measure(id, goods={"sectors": ["C26"]}, **{"from": f"2018-01-{day:02}", **given})


def test_duties_that_add_up():
    assert rate(on("a", add="25%"), on("b", add="10%")) == pytest.approx(CELL + 0.35)


def test_the_highest_of_those_that_stack_by_max_counts_once():
    measures = (on("a", add="25%", stacking="max"), on("b", add="10%", stacking="max"), on("c", add="5%"))
    assert rate(*measures) == pytest.approx(CELL + 0.30)


def test_a_replacing_duty_takes_the_place_of_all_other_additions():
    assert rate(on("a", add="25%"), on("b", 2, add="10%", stacking="replace")) == pytest.approx(CELL + 0.10)
    later = on("c", 3, add="15%", stacking="replace")
    assert rate(later, on("a", add="25%"), on("b", 2, add="10%", stacking="replace")) == pytest.approx(CELL + 0.15)
    assert rate(on("a", add="25%"), on("d", set="3%", stacking="replace")) == pytest.approx(0.03)


def test_a_duty_that_is_set_takes_the_place_of_the_base_alone():
    assert rate(on("a", set="3%"), on("b", add="10%")) == pytest.approx(0.13)
    assert rate(on("a", 2, set="3%"), on("b", set="7%")) == pytest.approx(0.03)
    assert rate(on("a", set="1%", stacking="max")) == pytest.approx(max(CELL, 0.01))


@pytest.mark.parametrize(("first", "second"), [({"set": "3%"}, {"set": "7%"}), ({"add": "3%"}, {"add": "7%"})])
def test_two_rates_for_the_same_goods_from_the_same_day_are_refused(first, second):
    rule = "replace" if "add" in first else "add"
    with pytest.raises(BadMeasure, match="on the same goods"):
        rate(on("a", **first, stacking=rule), on("b", **second, stacking=rule))
    assert rate(on("a", **first, stacking=rule), on("b", **first, stacking=rule)) > 0  # the same rate is no clash


def test_no_duty_is_under_zero_and_what_was_cut_off_is_listed():
    book = TariffBook(WORLD, [on("cut", add="-90%")])
    assert (book.rate(("cut",)) >= 0).all()
    floored = book.floored(("cut",))
    assert floored["sector"].tolist() == ["C26"]
    assert floored["asked"][0] == pytest.approx(CELL - 0.9)
    assert floored["given"][0] == 0.0
    assert book.floored(()).empty


@given(
    st.permutations(range(5)),
    st.lists(st.sampled_from(["add", "max"]), min_size=5, max_size=5),
    st.lists(st.floats(0.0, 2.0), min_size=5, max_size=5),
)
def test_order_never_matters(order, rules, rates):
    measures = [
        on(f"m{k}", k + 1, add=rate_, stacking=rule) for k, (rate_, rule) in enumerate(zip(rates, rules, strict=True))
    ]
    assert rate(*measures) == pytest.approx(rate(*(measures[k] for k in order)), rel=1e-12)


def test_order_never_matters_with_every_rule_at_once():
    measures = [
        on("a", 1, add="25%"),
        on("b", 2, add="10%", stacking="max"),
        on("c", 3, set="4%"),
        on("d", 4, add="7%", stacking="replace"),
    ]
    found = {round(rate(*some), 12) for some in itertools.permutations(measures)}
    assert found == {round(0.04 + 0.07, 12)}


def test_of_a_table_only_the_latest_date_counts():
    path = history("us-on-china-2018-2020")
    assert superseded(path) == {step.id for step in path[:-1]}
    assert superseded(path[::-1]) == superseded(path)
    book = TariffBook(load_world("icio-2017"), path)
    assert book.in_force(date(2018, 9, 24)) == ("us-on-china-2018-09-24",)
    assert book.in_force(date(2018, 1, 1)) == ()
    np.testing.assert_array_equal(book.rate(book.ids), book.rate(("us-on-china-2020-02-14",)))
