"""The brief: what its first words answer, numbers on one scale, and two pages of paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import detente as dt
from detente.analyses.briefing import brief
from detente.analyses.run.headlines import finding, missing
from detente.errors import BadInput, CannotWrite
from detente.report.briefs import PolicyBrief
from detente.report.numbers import MISSING, on_one_scale


@pytest.fixture(scope="module")
def made(findings: dt.Findings) -> PolicyBrief:
    return brief(findings)


def test_the_first_words_say_who_loses_how_much_what_is_assumed_what_is_missing(
    findings: dt.Findings, made: PolicyBrief
) -> None:
    words = made.text.split("\n", 2)[2].split()[:120]
    first = " ".join(words)
    assert " ".join(finding(findings).split()) in first
    assert "Assumed: Elasticities of the set" in first
    assert "Missing: " in first
    assert next(iter(missing(findings, findings.main))).split()[0] in first
    assert "What would change it: " in first


def test_a_brief_has_one_chart_three_caveats_and_says_nothing_twice(made: PolicyBrief) -> None:
    html = made.html
    assert html.count("<svg") == 1
    assert 1 <= len(made.caveats) <= 3
    sentences = [text for text in re.split(r"(?<=[.:]) ", made.text.replace("\n", " ")) if len(text) > 40]
    assert len(sentences) == len(set(sentences))
    assert "<script" not in html
    assert 'src="http' not in html


def test_a_file_is_not_replaced_unless_told(made: PolicyBrief, tmp_path: Path) -> None:
    path = made.write(tmp_path / "brief.html")
    assert path.read_text("utf-8") == made.html
    with pytest.raises(CannotWrite, match="exists already"):
        made.write(path)
    made.write(path, force=True)


def test_findings_have_their_own_options(findings: dt.Findings) -> None:
    with pytest.raises(BadInput, match="leave elasticities out"):
        brief(findings, elasticities="CP")


def test_numbers_of_a_table_have_equal_decimals_and_no_false_zero() -> None:
    assert on_one_scale([-5.63e-4, 8.8e-5, 1e-9, float("nan"), 0.0], 1e-4) == ["−5.63", "+0.88", "≈0", MISSING, "0"]
    assert on_one_scale([-1234.5, 20.0]) == ["−1,234", "+20"] or on_one_scale([-1234.5, 20.0]) == ["−1,235", "+20"]
    assert on_one_scale([]) == []
