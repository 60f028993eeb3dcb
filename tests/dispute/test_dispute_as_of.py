"""A run as of a date reads no fact dated after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from detente import run
from detente.analyses.run.result import Findings
from detente.data.bundled import load_world
from detente.data.world import Source, World
from detente.dispute.blocks import Agreement, Demand, Milestone, SourceDocument
from detente.dispute.scenarios import prepare
from detente.dispute.schema import Dispute
from detente.dispute.vintage import known_on
from detente.errors import BadDispute


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


def test_an_answer_announced_on_the_day_itself_is_known_and_not_of_later(small_text: str, small_world: World) -> None:
    answer = "  - {by: CHN, to: second, rule: in-kind, match: value"
    text = small_text.replace(answer, f"{answer}, announced: 2018-05-04")
    known, later = known_on(Dispute.parse(text, world=small_world))
    assert [response.to for response in known.responses] == ["first", "second"]
    assert "responses" not in {fact.block for fact in later}
    known, later = known_on(
        Dispute.parse(text.replace("announced: 2018-05-04", "announced: 2018-05-05"), world=small_world)
    )
    assert [response.to for response in known.responses] == ["first"]
    assert "responses by CHN to second of 2018-05-05" in [str(fact) for fact in later]


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


def test_a_threat_announced_later_is_not_known_nor_is_what_answers_it(small_text: str, small_world: World) -> None:
    text = small_text.replace(
        "id: first, by: USA, on: CHN, status: threatened",
        "id: first, by: USA, on: CHN, status: threatened, announced: 2018-06-15",
    )
    known, later = known_on(Dispute.parse(text, world=small_world))
    assert "first" not in {measure.id for measure in known.measures}
    assert [response.to for response in known.responses] == ["second"]
    assert {"measures first of 2018-06-15", "responses by CHN to first of 2018-06-15"} <= set(map(str, later))


def test_an_answer_announced_later_is_not_known(small: Dispute) -> None:
    answer = small.responses[0].model_copy(update={"announced": small.as_of + timedelta(days=1)})
    known, later = known_on(small.model_copy(update={"responses": (answer, *small.responses[1:])}))
    assert known.responses == small.responses[1:]
    assert f"responses by {answer.by} to {answer.to} of 2018-05-05" in map(str, later)


def test_a_threat_without_a_day_of_its_own_dates_from_the_document_of_its_source(small: Dispute) -> None:
    threat = small.measure("first").model_copy(update={"source": Source(document="paper")})
    measures = tuple(threat if measure.id == "first" else measure for measure in small.measures)
    for day, is_known in (("2018-05-05", False), ("2018-05-04", True)):
        paper = SourceDocument(title="A paper", date=day)
        known, _ = known_on(small.model_copy(update={"measures": measures, "documents": {"paper": paper}}))
        assert ("first" in {measure.id for measure in known.measures}) is is_known


def test_demands_reports_and_dates_to_come_without_a_day_date_from_their_document_too(small: Dispute) -> None:
    paper = Source(document="paper")
    added = {
        "demands": (Demand(id="d", by="USA", of="CHN", ask={"withdraw": "first"}, source=paper),),  # type: ignore[arg-type]
        "agreements": (Agreement(reported_by="R", topic="t", agreed=True, source=paper),),
        "dates": (Milestone(id="m", date="2018-05-22", what="ends", source=paper),),  # type: ignore[arg-type]
    }
    for day, is_known in (("2018-05-05", False), ("2018-05-04", True), (None, True)):
        documents = {"paper": SourceDocument(title="A paper", date=day)}
        known, later = known_on(small.model_copy(update={**added, "documents": documents}))
        named = {str(fact) for fact in later}
        for block, entries in added.items():
            assert (getattr(known, block) == entries) is is_known
            assert any(fact.startswith(f"{block} ") for fact in named) is not is_known
    own = added["demands"][0].model_copy(update={"made": small.as_of})  # its own day comes first
    documents = {"paper": SourceDocument(title="A paper", date="2018-05-05")}  # type: ignore[arg-type]
    known, _ = known_on(small.model_copy(update={"demands": (own,), "documents": documents}))
    assert known.demands == (own,)


def test_the_bundled_dispute_on_an_early_day_runs_none_of_the_threats_of_april() -> None:
    case = Dispute.read("us-china-2018")
    early = case.model_copy(update={"as_of": date(2018, 3, 25)})
    prepared = prepare(early, load_world(case.world))
    assert {state.kind for state in prepared.plans} == {"baseline", "step", "removal"}
    assert not {"us-301", "us-301-more"} & {m.id for state in prepared.plans for m in state.all_measures}
    listed = set(map(str, prepared.later))
    assert {"measures us-301 of 2018-04-03", "measures us-301-more of 2018-04-05"} <= listed
    assert {"responses by CHN to us-301 of 2018-04-04", "responses by CHN to us-301-more of 2018-04-05"} <= listed
    between, _ = known_on(case.model_copy(update={"as_of": date(2018, 4, 3)}))
    assert "us-301" in {m.id for m in between.measures}
    assert between.responses == ()


def test_a_threat_is_not_announced_after_the_day_it_can_become_law(small_text: str, small_world: World) -> None:
    text = small_text.replace(
        "id: first, by: USA, on: CHN, status: threatened",
        "id: first, by: USA, on: CHN, status: threatened, announced: 2018-04-05, earliest: 2018-04-03",
    )
    with pytest.raises(BadDispute, match="is before announced, 2018-04-05"):
        Dispute.parse(text, world=small_world)


def test_the_headline_says_how_much_law_of_later_it_leaves_out(found: Findings) -> None:
    assert "One measure of the file begins after that day and is not in it." in found.headline
    (later,) = (m for m in found.dispute.measures if m.id == "later")
    late = [later.model_copy(update={"id": f"later-{k}"}) for k in (1, 2)]
    three = found.dispute.model_copy(update={"measures": (*found.dispute.measures, *late)})
    words = "Three measures of the file begin after that day and are not in it."
    assert words in replace(found, dispute=three).headline
