"""Small dispute files for tests of the command line."""

from __future__ import annotations

from typing import Any

import pytest

import detente as dt
from detente.analyses.analysis import Analysis
from detente.analyses.options import Options
from detente.cli import answers

SMALL = """
dispute: small
title: A small dispute
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: us-steel, title: Steel, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A]}, add: 25%,
     assumed: [add], source: {document: example}}
"""
OPEN = (
    SMALL
    + """
questions: [{id: q1, path: measures.us-steel.earliest, ask: "From when?", default: "2018-06-01"}]
"""
)


def answer_on(monkeypatch: pytest.MonkeyPatch, world: dt.World, **fixed: Any) -> list[Options]:
    """Have every command answer on a small world and with these options; returns the options given, by call."""
    asked: list[Options] = []
    real = answers.answered

    def small(entry: Analysis, subject: Any, given: Options, **more: Any) -> Any:
        asked.append(given)
        return real(entry, subject, given.model_copy(update={**fixed, "world": world}), **more)

    monkeypatch.setattr(answers, "answered", small)
    return asked
