"""A body becomes a question with the same checks as a file, and whatever is wrong with it is said."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_lab import small

from detente.analyses.registry import REGISTRY, analysis_of
from detente.dispute.schema import Dispute, list_cases
from detente.errors import BadDispute, BadInput, DetenteError
from detente.web.models import ApiError
from detente.web.questions import case_asked, dispute_in, key_of, options_in, question, values_in

RUN = REGISTRY["run"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def asked(given: dict[str, Any], **options: Any) -> Any:
    return question(RUN, dispute_in(json.dumps(given).encode(), "application/json", None), options_in(RUN, options))


def test_json_and_yaml_are_one_dispute() -> None:
    of_json = dispute_in(json.dumps(small()).encode(), "application/json; charset=utf-8", None)
    of_yaml = dispute_in(of_json.to_yaml().encode(), "application/yaml", None)
    assert of_json == of_yaml == Dispute.from_values(small())


@pytest.mark.parametrize(  # a hundred measures of us-2025 are laid on 80 pairs
    "case", [pytest.param(case, marks=pytest.mark.slow) if case == "us-2025" else case for case in list_cases()]
)
def test_the_text_that_a_worker_reads_is_the_dispute(case: str) -> None:
    dispute = Dispute.read(case)
    checked = question(RUN, dispute, options_in(RUN, {"accept_defaults": True} if dispute.questions else {}))
    assert Dispute.parse(checked.dispute) == dispute
    assert case_asked(case) == checked  # which is not looked through again whenever somebody runs it


def test_a_fault_has_the_line_of_the_text_that_was_sent() -> None:
    text = Dispute.from_values(small()).to_yaml().replace("on: CHN", "on: CHM").encode()
    with pytest.raises(BadDispute) as caught:
        dispute_in(text, "application/yaml", None)
    with pytest.raises(BadDispute) as of_file:
        Dispute.parse(text)
    assert caught.value.faults == of_file.value.faults
    assert any(fault.near == "CHN" and fault.line for fault in caught.value.faults)


def test_goods_that_match_nothing_are_refused_before_anything_is_computed() -> None:
    given = small()
    given["measures"][0]["goods"] = {"value": "900bn", "basis": "customs"}
    with pytest.raises(BadDispute, match="us-steel"):
        asked(given)


def test_no_path_is_opened() -> None:
    given = small()
    given["measures"][0]["goods"] = {"list": "/etc/passwd"}
    with pytest.raises(BadDispute, match="give the goods as codes"):
        asked(given)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "not JSON"), (b"[1]", "no JSON object"), (b'{"a": NaN}', "not a number of JSON"),
        (b'{"a": 1, "a": 2}', "given twice"), (b"[" * 100_000, "not JSON"), (b'{"a": "\\ud800"}', "not JSON"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "nested deeper"), (b"\xff", "not JSON"), (b"", "not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
    ],
)  # fmt: skip
def test_what_is_no_json_object_is_a_bad_request(body: bytes, says: str) -> None:
    with pytest.raises(ApiError, match=says) as caught:
        values_in(body)
    assert caught.value.status == 400


def test_a_body_of_another_type_is_not_read() -> None:
    with pytest.raises(ApiError, match="is not read") as caught:
        dispute_in(b"", "image/png", None)
    assert caught.value.status == 415


@given(ANYTHING)
def test_anything_at_all_is_a_dispute_or_a_fault(given: Any) -> None:
    body = json.dumps({**small(), "title": given, "notes": given}).encode()
    with suppress(DetenteError, ApiError):  # what nobody has thought of would be another error
        dispute = dispute_in(body, "application/json", None)
        known = question(RUN, dispute, options_in(RUN, {}))
        assert known.title == dispute.title
        assert Dispute.parse(known.dispute) == dispute  # what a worker reads


def test_the_key_is_that_of_the_question() -> None:
    first, second = asked(small()), asked(small(add="26%"))
    assert first.key == asked(small()).key != second.key
    assert first.key != asked(small(), deficits="balanced").key
    assert asked(small(), accept_defaults=False).key == first.key  # what is so without being asked changes nothing
    assert key_of("war", first.dispute, {}) != first.key


@pytest.mark.parametrize(
    ("kind", "options", "says"),
    [
        ("run", {"world": "icio-2071"}, "did you mean"), ("run", {"elasticities": "CPP"}, "CP"),
        ("run", {"players": ["USA"]}, "players"), ("run", {"deficits": "none"}, "deficits"),
        ("war", {"players": ["USA"]}, "two different economies"), ("war", {"horizon": "long"}, "horizon"),
    ],
)  # fmt: skip
def test_an_option_that_there_is_not_is_said(kind: str, options: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        question(analysis_of(kind), Dispute.from_values(small()), options_in(analysis_of(kind), options))


def test_an_objective_that_is_not_understood_is_said_at_once() -> None:
    war = REGISTRY["war"]
    with pytest.raises(BadInput, match="not understood"):
        question(war, Dispute.from_values(small()), options_in(war, {"objective": "__import__('os')"}))


def test_a_kind_that_there_is_not_is_said() -> None:
    with pytest.raises(BadInput, match="did you mean 'war'"):
        analysis_of("wra")
