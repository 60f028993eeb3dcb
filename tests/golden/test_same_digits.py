"""A result has the same digits whatever ran before: alone on the command line, and after every question of a session.

The page and the API run the functions that are called here; that their JSON is the command line's is in `tests/web`.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from detente.analyses.doors import answered, session_of
from detente.analyses.options import Options
from detente.analyses.registry import REGISTRY
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.errors import DetenteError
from golden.test_goldens import goldens

QUESTIONS = tuple(name for name in goldens.QUESTIONS if name != "bands")
"""Bands draw worlds of their own, which share nothing with a session."""


@pytest.fixture(scope="module", params=goldens.CASES)
def asked(request: pytest.FixtureRequest) -> tuple[str, Session]:
    """A bundled dispute of which every question has been asked once, the last first."""
    session = session_of(Dispute.read(request.param), Options())
    for name in reversed(QUESTIONS):
        said(session, name)
    return request.param, session


def said(session: Session, question: str) -> Any:
    """The JSON of an answer; None where the question is refused."""
    try:
        return json.loads(answered(REGISTRY[question], session, {}).to_json())
    except DetenteError:
        return None


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_digits_are_those_of_the_command_line(asked: tuple[str, Session], question: str) -> None:
    case, session = asked
    assert said(session, question) == goldens.ask(case, question)["output"]
