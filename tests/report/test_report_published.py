"""Published figures stand beside the state of the day that they are about."""

from __future__ import annotations

import pytest
from report_lab import small_world

import detente as dt
from detente.analyses.run.figures import published
from detente.errors import BadDispute
from detente.report.blocks import Bullets, Table
from detente.report.numbers import signed_percent, signed_usd

TEXT = """
dispute: small
title: Two duties
as_of: 2018-09-01
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: first, by: USA, on: CHN, status: in-force, from: 2018-03-01, goods: {sectors: [C24A]}, add: 25%}
  - {id: second, by: USA, on: CHN, status: in-force, from: 2018-07-06, goods: {sectors: [C26]}, add: 25%}
estimates:
  - {who: Early, date: 2018-05-01, of: 2018-04-30, economy: USA, real_income: -0.01%, differs: It is short.,
     source: {document: a}}
  - {who: Late, date: 2018-08-01, of: 2018-07-31, economy: CHN, real_income_usd: -2bn, differs: It is long.,
     source: {document: b}}
  - {who: Too late, date: 2018-10-01, of: 2018-07-31, economy: CHN, real_income: -1%, differs: Unread.,
     source: {document: c}}
"""


@pytest.fixture(scope="module")
def dated() -> dt.Findings:
    return dt.run(dt.Dispute.parse(TEXT), world=small_world())


def test_a_figure_stands_beside_the_state_of_its_day(dated: dt.Findings) -> None:
    (section,) = published(dated)
    table, reasons = section.blocks[0], section.blocks[2]
    assert isinstance(table, Table)
    assert isinstance(reasons, Bullets)
    early, late = table.rows
    for row, state, economy in ((early, "step-2018-03-01", "USA"), (late, "step-2018-07-06", "CHN")):
        found = dated[state].tables["economies"].set_index("economy").loc[economy]
        assert row.cells[3:] == (signed_percent(found["real_income"]), signed_usd(found["real_income_usd"]))
    assert early.cells[1:3] == ("−0.010\N{NO-BREAK SPACE}%", "–")
    assert late.cells[1:3] == ("–", "−$2.00bn")
    assert reasons.items == ("Early: It is short.", "Late: It is long.")


def test_a_figure_published_after_the_day_of_the_run_is_listed_and_not_shown(dated: dt.Findings) -> None:
    assert "estimates Too late of 2018-10-01" in dated.ignored


def test_a_file_without_estimates_has_no_section(findings: dt.Findings) -> None:
    assert published(findings) == ()


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("of: 2018-04-30", "of: 2018-01-01", "is a day without measures: the first measure is in force from"),
        ("real_income: -0.01%, ", "", "an estimate gives real_income, real_income_usd, or both"),
        ("economy: USA, real", "economy: USB, real", "is not an economy of"),
    ],
)
def test_a_faulty_estimate_is_named_with_its_line(before: str, after: str, message: str) -> None:
    with pytest.raises(BadDispute, match=rf"line 1[01]: estimates.*{message}"):
        dt.Dispute.parse(TEXT.replace(before, after))
