"""A response has what its rule needs."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from detente.dispute.blocks import Response

BASE = {"by": "CHN", "to": "us-301"}


@pytest.mark.parametrize("match", ["rate", "value", "duty", "harm", "best"])
def test_an_answer_in_kind_says_what_it_makes_equal(match: str) -> None:
    assert Response.model_validate({**BASE, "rule": "in-kind", "match": match}).match == match


def test_a_listed_answer_names_its_measure() -> None:
    assert Response.model_validate({**BASE, "rule": "listed", "measure": "cn-list"}).measure == "cn-list"


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ({"rule": "in-kind"}, "an answer in kind needs match"),
        ({"rule": "in-kind", "match": "value", "measure": "m"}, "and no measure"),
        ({"rule": "listed"}, "a listed answer needs measure"),
        ({"rule": "listed", "measure": "m", "match": "value"}, "and no match"),
        ({"rule": "in-kind", "match": "volume"}, "Input should be 'rate'"),
        ({"rule": "tit-for-tat", "match": "rate"}, "Input should be 'in-kind'"),
        ({"rule": "in-kind", "match": "rate", "deadline": "x"}, "Extra inputs"),
    ],
)
def test_an_answer_without_what_its_rule_needs_is_refused(rest: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Response.model_validate({**BASE, **rest})
