"""Which states a dispute asks about, which measures hold in each, and what each is measured against."""

from __future__ import annotations

import numpy as np
import pytest

from detente.analyses.clock.stages import solve_stages, steps_of
from detente.data.world import World
from detente.dispute.negotiation import Negotiation
from detente.dispute.scenarios import Plan, plan
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.dispute.vintage import known_on
from detente.errors import BadMeasure
from detente.policy.schedule import Schedules


def plans_of(dispute: Dispute, world: World) -> dict[str, Plan]:
    known, _ = known_on(dispute)
    return {state.id: state for state in plan(known, Schedules(world))}


@pytest.fixture(scope="module")
def plans(small: Dispute, small_world: World) -> dict[str, Plan]:
    return plans_of(small, small_world)


def test_every_state_of_the_file_is_there(plans: dict[str, Plan]) -> None:
    assert {name: state.kind for name, state in plans.items()} == {
        "baseline": "baseline",
        "first": "threat",
        "first-answered": "answered",
        "second": "threat",
        "second-answered": "answered",
        "all-threats": "threat",
        "all-threats-answered": "answered",
        "step-2018-03-23": "step",
        "step-2018-04-02": "step",
        "removal-usa": "removal",
        "removal-chn": "removal",
        "removal": "removal",
    }


def test_threats_are_measured_from_what_is_in_force_on_the_day(plans: dict[str, Plan]) -> None:
    assert plans["baseline"].ids == ("steel", "pork")
    assert (plans["first"].start_ids, plans["first"].ids) == (("steel", "pork"), ("steel", "pork", "first"))
    assert plans["first"].reference == "baseline"
    assert plans["step-2018-03-23"].start_ids == ()
    assert plans["step-2018-03-23"].ids == ("steel",)
    assert plans["step-2018-03-23"].reference == "calibrated world"
    assert plans["removal-usa"].ids == ("pork",)
    assert plans["removal"].ids == ()


def test_answers_to_threats_together_share_what_the_partner_buys(plans: dict[str, Plan]) -> None:
    """China bought goods of $129.8bn, so an answer of $50bn leaves $79.8bn for the other, of $100bn."""
    alone, together = plans["second-answered"], plans["all-threats-answered"]
    assert alone.notes == ()
    values = {measure.id: measure.goods.value for measure in together.measures}
    assert values["chn-answers-first"] == pytest.approx(50_000)
    assert values["chn-answers-second"] == pytest.approx(79_797.6, abs=1)
    assert "20.2" in together.notes[0]
    assert "rules still open: duty, harm, or a higher rate" in together.notes[0]


def test_few_books_serve_all_states_and_none_is_laid_for_states_that_exclude_each_other(
    plans: dict[str, Plan], small_world: World
) -> None:
    schedules = Schedules(small_world)
    schedules.lay(state.all_measures for state in plans.values())
    made = {id(schedules.having(state.all_measures)) for state in plans.values()}
    assert len(made) == 2
    for state in plans.values():
        assert {measure.id for measure in state.all_measures} <= set(schedules.having(state.all_measures).ids)


def with_response(text: str, match: str) -> str:
    return text.replace("to: first, rule: in-kind, match: value", f"to: first, rule: in-kind, match: {match}")


@pytest.mark.parametrize("match", ["harm", "best"])
def test_an_answer_that_a_government_chooses_waits_for_the_states_it_depends_on(
    small_text: str, small_world: World, match: str
) -> None:
    states = plans_of(Dispute.parse(with_response(small_text, match), world=small_world), small_world)
    alone, together = states["first-answered"], states["all-threats-answered"]
    assert [(c.by, c.match, c.id) for c in alone.chosen] == [("CHN", match, "chn-answers-first")]
    assert [m.id for c in together.chosen for m in c.to] == ["first"]
    assert (alone.responses, together.responses) == ((), ("chn-answers-second",))
    assert states["first"].chosen == ()


def test_measures_that_are_answered_alike_have_one_chosen_answer(small_text: str, small_world: World) -> None:
    text = small_text.replace("match: value", "match: best")
    states = plans_of(Dispute.parse(text, world=small_world), small_world)
    assert [c.id for c in states["all-threats-answered"].chosen] == ["chn-answers-first-and-second"]


@pytest.mark.parametrize("match", ["rate", "duty"])
def test_answers_by_rate_and_by_duty(small_text: str, small_world: World, match: str) -> None:
    states = plans_of(Dispute.parse(with_response(small_text, match), world=small_world), small_world)
    answer = states["first-answered"].measures[-1]
    assert (answer.by, answer.on) == ("CHN", ("USA",))
    assert answer.add == pytest.approx(0.25)


def test_a_listed_answer_is_no_threat_of_its_own(small_text: str, small_world: World) -> None:
    listed = (
        "  - {id: list, by: CHN, on: USA, status: threatened, goods: {sectors: [A01, C29]}, add: 25%}\nresponses:\n"
    )
    text = small_text.replace("responses:\n", listed).replace(
        "to: first, rule: in-kind, match: value", "to: first, rule: listed, measure: list"
    )
    states = plans_of(Dispute.parse(text, world=small_world), small_world)
    assert "list" not in states
    assert states["first-answered"].ids[-2:] == ("first", "list")
    assert states["first-answered"].responses == ("list",)


def test_threats_of_both_sides_are_taken_by_side_and_together(small_text: str, small_world: World) -> None:
    cars = "  - {id: cars, by: CHN, on: USA, status: proposed, goods: {sectors: [C29]}, add: 25%}\nresponses:\n"
    states = plans_of(Dispute.parse(small_text.replace("responses:\n", cars), world=small_world), small_world)
    assert states["all-threats-usa"].ids == ("steel", "pork", "first", "second")
    assert "all-threats-chn" not in states, "China has but one"
    assert states["all-threats"].ids == ("steel", "pork", "first", "second", "cars")


def test_an_answer_to_what_is_law_already_is_a_change_of_its_own(small_text: str, small_world: World) -> None:
    text = small_text.replace("responses:\n", "responses:\n  - {by: CHN, to: steel, rule: in-kind, match: duty}\n")
    states = plans_of(Dispute.parse(text, world=small_world), small_world)
    assert states["steel-answered"].ids == ("steel", "pork", "chn-answers-steel")


def test_a_measure_that_ends_makes_a_step_of_its_end(small_text: str, small_world: World) -> None:
    text = small_text.replace("from: 2018-03-23", "from: 2018-03-23, until: 2018-04-30")
    states = plans_of(Dispute.parse(text, world=small_world), small_world)
    assert states["step-2018-05-01"].ids == ("pork",)
    assert states["baseline"].ids == ("pork",)


def test_what_the_base_tariffs_hold_is_no_step_of_its_own(small_text: str, small_world: World) -> None:
    held = (
        "  - {id: held, by: USA, on: CHN, status: in-force, from: 2017-02-01, goods: {sectors: [C26]}, add: 5%, "
        "in_base: true}\n"
    )
    text = small_text.replace("measures:\n", f"measures:\n{held}", 1)
    plans = plans_of(Dispute.parse(text, world=small_world), small_world)
    steps = [state for state in plans.values() if state.kind == "step"]
    assert [state.id for state in steps] == ["step-2018-03-23", "step-2018-04-02"]
    assert steps[0].ids == ("held", "steel")
    own = plans_of(Dispute.parse(text.replace(", in_base: true", ""), world=small_world), small_world)
    assert "step-2017-02-01" in own


def test_no_date_after_the_day_makes_a_step(plans: dict[str, Plan]) -> None:
    assert not [name for name in plans if name > "step-2018-05-04" and name.startswith("step-")]


def test_an_answer_that_cannot_be_made_says_why(small_text: str, small_world: World) -> None:
    text = small_text.replace(
        "goods: {value: 50bn, basis: customs}, add: 25%", "goods: {value: 50bn, basis: customs}, set: 0%"
    )
    with pytest.raises(BadMeasure, match="adds no duty to the goods of CHN"):
        plans_of(Dispute.parse(text, world=small_world), small_world)


SUCCESSION = """\
dispute: succession
title: A safeguard and what follows it
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: old, by: USA, on: CHN, status: in-force, from: 2018-01-01, until: UNTIL, goods: {sectors: [C24A]}, add: 25%}
  - {id: new, by: USA, on: CHN, status: threatened, earliest: 2018-07-01, goods: {sectors: [C24A]}, add: 50%}
  - {id: now, by: USA, on: CHN, status: threatened, goods: {sectors: [C24B]}, add: 50%}
responses:
  - {by: CHN, to: new, rule: in-kind, match: rate}
"""


@pytest.mark.parametrize(("until", "stays"), [("2018-06-30", False), ("2018-07-01", True)])
def test_what_ends_before_a_threat_can_become_law_is_not_beside_it(small_world: World, until: str, stays: bool) -> None:
    plans = plans_of(Dispute.parse(SUCCESSION.replace("UNTIL", until)), small_world)
    left = ("old",) if stays else ()
    assert plans["baseline"].ids == plans["new"].start_ids == ("old",)
    assert plans["new"].ids == (*left, "new")
    assert plans["new-answered"].ids == (*left, "new", "chn-answers-new")
    assert plans["now"].ids == ("old", "now")
    assert plans["all-threats"].ids == (*left, "new", "now")


def test_states_are_told_apart_by_what_their_measures_say(small_world: World) -> None:
    """Rates by sector are a mapping, which has no hash of its own."""
    rates = "goods: {sector_rates: {C24A: 25%}}"
    text = SUCCESSION.replace("UNTIL", "2018-06-30").replace("goods: {sectors: [C24A]}, add: 25%", rates)
    found = plans_of(Dispute.parse(text, world=small_world), small_world)
    other = plans_of(Dispute.parse(text.replace("25%}}", "26%}}"), world=small_world), small_world)
    assert len({found["baseline"].law(()), found["new"].law(()), other["baseline"].law(())}) == 3
    assert found["new"].law(()) == other["new"].law(())


ENDING = """\
dispute: ending
title: A law that ends before the threat
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: old, by: USA, on: CHN, status: in-force, from: 2018-01-01, until: 2018-06-30, goods: {sectors: [C26]}, add: 5%}
  - {id: kept, by: USA, on: CHN, status: in-force, from: 2018-01-01, goods: {sectors: [C28]}, add: 5%}
  - {id: new, by: USA, on: CHN, status: threatened, earliest: 2018-07-01, goods: {sectors: [C26]}, add: 25%}
demands: [{id: lift, by: CHN, of: USA, ask: {withdraw: kept}}]
"""


def test_law_that_has_ended_by_the_day_of_a_threat_is_in_no_state_of_it(small_world: World) -> None:
    """One rule for run, talks, war, clock and hold: states of a threat have what is left on its day."""
    dispute = Dispute.parse(ENDING, world=small_world)
    left = ("kept", "new")
    assert plans_of(dispute, small_world)["new"].ids == left
    session = Session.of(dispute, world=small_world)
    pair = ("USA", "CHN")
    threat = session.threats(*pair)
    assert tuple(its.id for its in session.beside(threat)) == left
    assert tuple(its.id for its in Negotiation.of(session, pair).law(carried_out=True)) == left
    alike = session.solution(session.beside(threat)).W_hat
    (step,) = steps_of(session, pair, 30)
    assert np.allclose(solve_stages(session, [step]).solutions[-1].W_hat, alike, rtol=0, atol=1e-9)
    in_hold = session.standoff_beside(threat).shock(threat)
    assert in_hold.wedges(session.economy).content == session.wedges(session.beside(threat)).content
    assert [its.id for its in session.beside(())] == ["old", "kept"], "nothing new: the law of the day"
