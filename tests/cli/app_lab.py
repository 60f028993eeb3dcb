"""Small dispute files for tests of the command line."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

import detente as dt
from detente.analyses.analysis import Analysis
from detente.analyses.options import Options
from detente.cli import answers
from detente.cli.main import app

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


def answer_on_five(monkeypatch: pytest.MonkeyPatch, **fixed: Any) -> None:
    """Have every command answer on five economies and with these options: for tests of the command, not of numbers."""
    whole = dt.load_world("icio-2017")
    others = [code for code in whole.economies if code not in ("USA", "CHN", "MEX", "VNM")]
    answer_on(monkeypatch, whole.aggregate(economies={"OTH": others}), **fixed)


def typed(*words: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `detente` with these words."""
    done = CliRunner().invoke(app, [*map(str, words)])
    return done.exit_code, done.stdout, done.stderr
