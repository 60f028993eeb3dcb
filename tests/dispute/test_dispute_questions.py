"""A file with open questions runs only when told to take the defaults, and says which it took."""

from __future__ import annotations

from typing import Any

import pytest

from detente import run
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.dispute.vintage import answered, put
from detente.errors import BadDispute, BadInput

QUESTIONS = """\
questions:
  - {id: q1, path: measures.second.add, ask: which rate, choices: [10%, 25%], default: 10%}
  - {id: q2, path: 'measures[3].earliest', ask: from when, choices: [2018-05-23, null], default: 2018-05-23}
"""


@pytest.fixture
def open_dispute(small_text: str, small_world: World) -> Dispute:
    return Dispute.parse(small_text + QUESTIONS, world=small_world)


def test_open_questions_stop_a_run_and_all_are_listed(open_dispute: Dispute, small_world: World) -> None:
    with pytest.raises(BadDispute) as problem:
        run(open_dispute, world=small_world)
    assert [str(fault) for fault in problem.value.faults] == [
        f"questions.{name}: is open: {ask} ({path}); answer it in the file, or run with --accept-defaults "
        "(accept_defaults=True)"
        for name, ask, path in (
            ("q1", "which rate", "measures.second.add"),
            ("q2", "from when", "measures[3].earliest"),
        )
    ]


def test_defaults_are_taken_and_listed_when_accepted(open_dispute: Dispute, small_world: World) -> None:
    dispute, taken = answered(open_dispute, True, small_world)
    assert dispute.measure("second").add == 0.1
    assert str(dispute.measure("first").earliest) == "2018-05-23"
    assert dispute.questions == ()
    assert taken == (
        "measures.second.add: 10%, the default of the open question q1 (which rate)",
        "measures[3].earliest: 2018-05-23, the default of the open question q2 (from when)",
    )
    assert set(taken) <= set(run(open_dispute, world=small_world, accept_defaults=True).assumed)


def test_a_default_that_does_not_fit_is_a_fault(small_text: str, small_world: World) -> None:
    wrong = "questions: [{id: q, path: measures.second.add, ask: a, default: lots}]\n"
    with pytest.raises(BadDispute, match=r"measures\.second\.add: 'lots' is not a rate"):
        answered(Dispute.parse(small_text + wrong, world=small_world), True, small_world)


def test_a_default_must_be_one_of_the_choices(small_text: str) -> None:
    with pytest.raises(BadDispute, match="the default '30%' is none of the choices"):
        Dispute.parse(small_text + "questions: [{id: q, path: title, ask: a, choices: [10%], default: 30%}]\n")


def test_a_path_finds_entries_by_id_or_position_and_none_takes_a_field_away() -> None:
    values: dict[str, Any] = {"measures": [{"id": "a.b", "add": "1%", "goods": {"all": "true"}}], "title": "t"}
    put(values, "measures.a.b.add", "2%")
    put(values, "measures[0].goods.all", None)
    put(values, "title", "new")
    assert values == {"measures": [{"id": "a.b", "add": "2%", "goods": {}}], "title": "new"}


@pytest.mark.parametrize("path", ["measures.x.add", "nothing.at.all", "measures[7].add", "title.deeper", ""])
def test_a_path_that_leads_nowhere_says_so(path: str) -> None:
    with pytest.raises(BadInput, match="leads"):
        put({"measures": [{"id": "a"}], "title": "t"}, path, "x")


def test_a_question_about_nothing_is_a_fault(small_text: str, small_world: World) -> None:
    dispute = Dispute.parse(small_text + "questions: [{id: q, path: measures.none.add, ask: a}]\n", world=small_world)
    with pytest.raises(BadDispute, match=r"questions\.q\.path: measures\.none\.add leads nowhere"):
        answered(dispute, True, small_world)
