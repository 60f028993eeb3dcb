"""`detente run --with`: one report on a run and what was found beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from app_lab import SMALL, typed

import detente as dt
from detente.analyses.clock.report import brief
from detente.cli.answers import questions_beside


@pytest.mark.slow  # a clock on 81 economies, twice; tests/report has the report on several questions
def test_a_clock_stands_in_the_report_and_under_the_headline(small_case: Path, tmp_path: Path) -> None:
    code, out, err = typed("run", small_case, "--with", "clock", "--out", tmp_path / "report")
    assert (code, err) == (0, "")
    clock = dt.run_clock(dt.Dispute.read(small_case))
    assert out.splitlines()[1] == brief(clock)
    assert (tmp_path / "report" / "clock" / "clock.json").read_text("utf-8") == clock.to_json()
    html = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert '<h2 id="the-clock">' in html
    assert "--with clock" in html
    manifest = json.loads((tmp_path / "report" / "manifest.json").read_text("utf-8"))["files"]
    assert "clock/tables/chances.parquet" in manifest
    plain = dt.run(dt.Dispute.read(small_case)).to_json()
    assert (tmp_path / "report" / "findings.json").read_text("utf-8") == plain


def test_all_leaves_out_what_the_dispute_has_not_what_it_takes_for() -> None:
    dispute = dt.Dispute.parse(SMALL)
    assert [entry.name for entry in questions_beside(["all"], dispute)] == ["path", "war", "hold", "clock", "markets"]
    full = questions_beside(["all"], dt.Dispute.read("us-china-2018"))
    assert [entry.name for entry in full] == ["path", "war", "talks", "hold", "clock", "markets"]
    assert [entry.name for entry in questions_beside(["clock", "war"], dispute)] == ["war", "clock"]
    assert questions_beside(["war", "all"], dispute) == questions_beside(["all"], dispute)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--with", "war"], "--with war needs --out FOLDER"),
        (["--with", "wars", "--out", "OUT"], "did you mean 'war'?"),
        (["--with", "clock,peace", "--out", "OUT"], "--with 'peace' is not a question that stands beside a run"),
        (["--with", "talks", "--out", "OUT"], "--with talks: small does not have demands"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_computed(
    words: list[str], said: str, small_case: Path, tmp_path: Path
) -> None:
    code, out, err = typed("run", small_case, *(tmp_path / "out" if word == "OUT" else word for word in words))
    assert (code, out) == (1, "")
    assert said in " ".join(err.split())
    assert list(tmp_path.iterdir()) == []
