"""A run as of a date reads no fact dated after it."""

from __future__ import annotations

from detente.data import World
from detente.dispute import Dispute, Findings, run
from detente.dispute.asof import known_on


def test_facts_dated_after_the_day_are_left_out_and_listed(small: Dispute) -> None:
    known, later = known_on(small)
    assert [measure.id for measure in known.measures] == ["steel", "pork", "first", "second"]
    assert [statement.who for statement in known.statements] == ["A"]
    assert known.outcomes == ()
    assert [str(fact) for fact in later] == [
        "measures later of 2018-07-06",
        "statements B of 2018-05-05",
        "outcomes truce of 2018-05-20",
    ]


def test_a_fact_of_the_day_itself_is_known(small: Dispute) -> None:
    known, later = known_on(small.model_copy(update={"as_of": small.outcomes[0].date}))
    assert known.outcomes == small.outcomes
    assert [fact.name for fact in later] == ["later"]


def test_a_threat_is_known_before_the_day_it_is_planned_for(small_text: str, small_world: World) -> None:
    text = small_text.replace(
        "id: first, by: USA, on: CHN, status: threatened",
        "id: first, by: USA, on: CHN, status: threatened, earliest: 2018-05-23",
    )
    known, _ = known_on(Dispute.parse(text, world=small_world))
    assert "first" in {measure.id for measure in known.measures}


def test_what_answers_a_measure_of_later_is_of_later_too(small_text: str, small_world: World) -> None:
    text = small_text.replace("responses:\n", "responses:\n  - {by: CHN, to: later, rule: in-kind, match: value}\n")
    known, later = known_on(Dispute.parse(text, world=small_world))
    assert [response.to for response in known.responses] == ["first", "second"]
    assert "responses by CHN to later of 2018-07-06" in [str(fact) for fact in later]


def test_a_measure_that_ended_after_the_day_is_still_law(small_text: str, small_world: World) -> None:
    ended = small_text.replace(
        "status: in-force, from: 2018-03-23", "status: withdrawn, from: 2018-03-23, until: 2018-06-01"
    )
    findings = run(Dispute.parse(ended, world=small_world), world=small_world)
    assert findings.baseline.measures == ("steel", "pork")


def test_the_numbers_do_not_depend_on_facts_of_later(small_text: str, small_world: World, found: Findings) -> None:
    lines = small_text.splitlines(keepends=True)
    without = "".join(
        line for line in lines if "id: later" not in line and "After." not in line and "truce" not in line
    )
    text = without.replace("outcomes:\n", "")
    other = run(Dispute.parse(text, world=small_world), world=small_world)
    assert other.ignored == ()
    assert found.ignored == (
        "measures later of 2018-07-06",
        "statements B of 2018-05-05",
        "outcomes truce of 2018-05-20",
    )
    assert [scenario.as_dict() for scenario in other.scenarios] == [scenario.as_dict() for scenario in found.scenarios]
