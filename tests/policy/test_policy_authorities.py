"""Duties of several authorities on the same goods: which displaces which, on what share of value, and when."""

from __future__ import annotations

import itertools
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_lab import measure, small_world

from detente.data.base_tariffs import Origins
from detente.data.world import World
from detente.errors import BadMeasure
from detente.policy.schedule import Schedules, TariffBook
from detente.policy.stacking_rules import StackingRule, contradictions

WORLD = small_world(3)
CELL = WORLD.tariffs[0, 1, 1]
METALS = {"authority": "section-232", "displaces": ["ieepa-reciprocal"], "stacks_with": ["ieepa-fentanyl"]}


def on(id, **given):
    return measure(id, goods={"sectors": ["C26"]}, **given)


def rule(**given):
    return StackingRule.model_validate(given)


def rate(measures, *rules, world=WORLD, **given):
    """The tariff on Chinese C26 where all of them hold."""
    book = TariffBook(world, measures, [rule(**its) for its in rules])
    here = (book.atoms["sector"] == "C26").to_numpy()
    return float(book.rate(book.ids, **given)[here][0])


STEEL = (
    on("metals", add="25%", authority="section-232"),
    on("reciprocal", add="34%", authority="ieepa-reciprocal"),
    on("fentanyl", add="20%", authority="ieepa-fentanyl"),
)


def test_chinese_steel_pays_section_232_and_fentanyl_and_no_reciprocal_duty():
    for listed in itertools.permutations(STEEL):
        assert rate(listed, METALS) == pytest.approx(CELL + 0.25 + 0.20, abs=1e-15)


def test_without_a_rule_authorities_add_up_and_displacing_nobody_changes_nothing():
    assert rate(STEEL) == pytest.approx(CELL + 0.79, abs=1e-15)
    assert rate(STEEL, {"authority": "section-232", "displaces": ["section-122"]}) == rate(STEEL)


def test_a_content_displaces_on_its_share_of_value_alone():
    metals = on("metals", add="50%", of="40%", authority="section-232")
    wanted = CELL + 0.40 * 0.50 + 0.60 * 0.34 + 0.20
    assert rate((metals, *STEEL[1:]), METALS) == pytest.approx(wanted, abs=1e-15)


def test_what_is_displaced_displaces_nothing():
    cars = on("cars", add="15%", authority="autos")
    rules = (METALS, {"authority": "autos", "displaces": ["section-232"]})
    assert rate((cars, *STEEL), *rules) == pytest.approx(CELL + 0.15 + 0.34 + 0.20, abs=1e-15)
    every = (METALS, {"authority": "autos", "displaces": ["section-232", "ieepa-reciprocal"]})
    assert rate((cars, *STEEL), *every) == pytest.approx(CELL + 0.15 + 0.20, abs=1e-15)


def test_a_duty_of_zero_displaces_all_the_same():
    free = on("metals", add="0%", authority="section-232")
    assert rate((free, *STEEL[1:]), METALS) == pytest.approx(CELL + 0.20, abs=1e-15)


def test_a_rule_holds_between_its_dates():
    dated = METALS | {"from": "2025-06-04", "until": "2026-02-19"}
    for day, reciprocal in (("2025-06-03", 0.34), ("2025-06-04", 0.0), ("2026-02-19", 0.0), ("2026-02-20", 0.34)):
        found = rate(STEEL, dated, on=date.fromisoformat(day))
        assert found == pytest.approx(CELL + 0.45 + reciprocal, abs=1e-15), day
    # the state begins with its last measure, after the day of the book
    late = (*STEEL[:2], on("fentanyl", add="20%", authority="ieepa-fentanyl", **{"from": "2025-07-01"}))
    assert rate(late, dated) == pytest.approx(CELL + 0.45, abs=1e-15)
    assert rate(STEEL, dated) == pytest.approx(CELL + 0.79, abs=1e-15)  # all began in 2018
    books = Schedules(WORLD, stacking=[rule(**dated)], day=date(2025, 8, 1))
    book = books.book(STEEL)
    np.testing.assert_allclose(book.rate(book.ids)[1], CELL + 0.45, atol=1e-15)


AUTHORITIES = ("a", "b", "c", "d")


@st.composite
def laws(draw):
    """Measures of four authorities, some on a share of value, and rules by which earlier letters displace later."""
    listed = [
        on(f"m{k}", authority=name, add=rate_, **({} if share is None else {"of": f"{share}%"}))
        for k, (name, rate_, share) in enumerate(
            draw(
                st.lists(
                    st.tuples(st.sampled_from(AUTHORITIES), st.floats(0.0, 1.0), st.none() | st.integers(1, 100)),
                    min_size=1,
                    max_size=5,
                )
            )
        )
    ]
    pairs = draw(st.lists(st.sampled_from(list(itertools.combinations(AUTHORITIES, 2))), unique=True, max_size=4))
    return listed, [{"authority": one, "displaces": [other]} for one, other in pairs]


@given(laws(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_measures_and_of_rules_never_matters(law, shuffle):
    listed, rules = law
    mixed, others = list(listed), list(rules)
    shuffle.shuffle(mixed)
    shuffle.shuffle(others)
    assert rate(listed, *rules) == pytest.approx(rate(mixed, *others), abs=1e-14)


@given(laws())
@settings(max_examples=60)
def test_a_rule_of_an_authority_on_everything_is_leaving_the_displaced_measures_out(law):
    listed, rules = law
    all_of_it = on("whole", add="10%", authority="whole")
    gone = {"authority": "whole", "displaces": ["a", "c"]}
    left = [its for its in listed if its.authority not in ("a", "c")]
    kept = [its for its in rules if its["authority"] not in ("a", "c") and its["displaces"][0] not in ("a", "c")]
    assert rate((all_of_it, *listed), gone, *rules) == pytest.approx(rate((all_of_it, *left), *kept), abs=1e-14)


def test_a_total_adds_what_the_ordinary_duty_lacks_of_it():
    tariffs = WORLD.tariffs.copy()
    tariffs[0, 1, :2] = 0.025, 0.20
    world = World(WORLD.flows, tariffs, None, None, WORLD.economies, WORLD.sectors)
    book = TariffBook(world, [measure("deal", total="15%")])
    assert book.rate(("deal",))[:2].tolist() == [0.15, 0.20]
    assert book.depends_on_base
    higher = TariffBook(world, [measure("deal", total="15%"), measure("other", total="18%")])
    np.testing.assert_allclose(higher.rate(higher.ids)[:2], [0.18, 0.20], atol=1e-15)


def test_measures_in_force_in_the_base_are_no_ordinary_duty():
    inside = np.zeros_like(WORLD.tariffs)
    tariffs = WORLD.tariffs.copy()
    tariffs[0, 1, 1], inside[0, 1, 1] = 0.325, 0.30
    world = World(
        WORLD.flows, tariffs, None, None, WORLD.economies, WORLD.sectors, origins=Origins(in_force={"s232": inside})
    )
    assert rate([on("deal", total="15%")], world=world) == pytest.approx(0.30 + 0.15, abs=1e-15)
    # a duty that is set takes the place of the base tariff whole, and is the ordinary duty
    assert rate([on("deal", total="15%"), on("free", set="0%")], world=world) == pytest.approx(0.15, abs=1e-15)


def test_a_total_on_a_share_of_value_and_beside_additions():
    world = World(WORLD.flows, np.where(WORLD.tariffs > 0, 0.05, 0.0), None, None, WORLD.economies, WORLD.sectors)
    assert rate([on("deal", total="15%", of="30%")], world=world) == pytest.approx(0.05 + 0.3 * 0.10, abs=1e-15)
    assert rate([on("deal", total="15%"), on("more", add="20%")], world=world) == pytest.approx(0.35, abs=1e-15)
    highest = [on("deal", total="15%", stacking="max"), on("more", add="20%", stacking="max")]
    assert rate(highest, world=world) == pytest.approx(0.25, abs=1e-15)
    assert rate([on("deal", total="15%", stacking="replace"), on("more", add="20%")], world=world) == pytest.approx(
        0.15, abs=1e-15
    )


def test_rules_that_contradict_each_other_are_refused():
    circle = [{"authority": "a", "displaces": ["b"]}, {"authority": "b", "displaces": ["a"]}]
    with pytest.raises(BadMeasure, match="in a circle"):
        rate(STEEL, *circle)
    both = [{"authority": "a", "displaces": ["b"]}, {"authority": "b", "stacks_with": ["a"]}]
    with pytest.raises(BadMeasure, match="another that one displaces the other"):
        rate(STEEL, *both)
    apart = [circle[0] | {"until": "2025-06-03"}, circle[1] | {"from": "2025-06-04"}]
    assert contradictions([rule(**its) for its in apart]) == []
    wider = [
        {"authority": "c", "displaces": ["a"], "from": "2025-07-01"},
        *apart,
        {"authority": "b", "displaces": ["c"]},
    ]
    assert [at for at, _ in contradictions([rule(**its) for its in wider])] == []
    closed = [*wider, {"authority": "a", "displaces": ["b"], "from": "2025-08-01"}]
    assert {at for at, _ in contradictions([rule(**its) for its in closed])} == {4}


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"authority": "a", "displaces": ["b"], "stacks_with": ["b"]}, "both displaces b and stacks"),
        ({"authority": "a", "displaces": ["a"]}, "names a itself"),
        ({"authority": "a"}, "names nobody"),
        ({"authority": "a", "displaces": ["b"], "from": "2025-02-01", "until": "2025-01-01"}, "before it begins"),
        ({"authority": " ", "displaces": ["b"]}, "the name of a law or order"),
    ],
)
def test_a_rule_that_says_nothing_sound_is_refused(given_, message):
    with pytest.raises(ValueError, match=message):
        rule(**given_)


def test_an_authority_is_read_in_its_usual_form():
    assert measure("m", add="1%", authority="Section 232").authority == "section-232"
    assert rule(authority="Section_232", displaces=["IEEPA reciprocal"]).displaces == ("ieepa-reciprocal",)


@given(laws())
@settings(max_examples=40)
def test_displacing_an_authority_that_nobody_has_changes_nothing(law):
    listed, rules = law
    nobody = [{"authority": name, "displaces": ["nobody"]} for name in AUTHORITIES]
    assert rate(listed, *rules, *nobody) == rate(listed, *rules)
