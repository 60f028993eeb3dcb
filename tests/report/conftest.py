"""Small disputes on small worlds: their findings and the answers to the other questions, found once for the reports."""

from __future__ import annotations

import pytest
from report_lab import small_world

import detente as dt
from detente.analyses.hold.result import Hold
from detente.analyses.run.report import document
from detente.dispute.results import Record
from detente.report.blocks import Document
from detente.report.render import svg
from hold_lab import FACTIONS, hold_dispute, hold_world, small_hold
from hold_lab import TEXT as HOLD
from stored import stored

TEXT = """
dispute: small
title: A small dispute
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: us-old, title: The old duty, by: USA, on: CHN, status: in-force, from: 2018-03-01, goods: {sectors: [C24A]},
     add: 10%, source: {document: example}}
  - {id: us-steel, title: Steel, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A, C26]}, add: 25%,
     source: {quote: "We will tax steel <b>hard</b>", document: example, url: "https://example.org/a?b=1&c=2"}}
  - {id: us-more, title: More, by: USA, on: CHN, status: threatened, goods: {value: 50bn, basis: world}, add: 25%,
     assumed: [add], source: {document: example}}
responses:
  - {by: CHN, to: us-steel, rule: in-kind, match: rate}
outcomes: [{date: 2018-05-20, outcome: truce}]
demands: [{id: d1, by: CHN, of: USA, ask: {withdraw: us-steel}, what: Drop it, deadline: 2018-06-01}]
documents: {example: {title: An example, publisher: Nobody, date: 2018-05-03, url: "https://example.org/doc"}}
settings: {households: {USA: 126000000}}
"""


@pytest.fixture(scope="session")
def findings() -> dt.Findings:
    return dt.run(dt.Dispute.parse(TEXT), world=small_world())


@pytest.fixture(scope="session")
def report(findings: dt.Findings) -> Document:
    return document(findings)


@pytest.fixture(scope="session")
def pictures(report: Document) -> dict[str, str]:
    """The SVG of every figure of the report."""
    return {figure.name: svg(figure.chart) for figure in report.figures}


@pytest.fixture(scope="session")
def held() -> dt.Findings:
    """Findings of the dispute whose deals are to hold."""
    return dt.run(hold_dispute(), world=hold_world())


@pytest.fixture(scope="session")
def parts() -> tuple[Record, ...]:
    """The war, the talks, whether a deal holds and the clock of that dispute."""
    dispute, world, text = hold_dispute(), hold_world(), HOLD + FACTIONS
    grid = (0.0, 0.2, 0.4)
    return (
        stored("held-war", dt.War, lambda: dt.run_war(dispute, world=world, one_rate=True, grid=grid), text),
        stored("held-talks", dt.Talks, lambda: dt.talks(dispute, world=world, only=["stop", "probe"]), text),
        stored("held-hold", Hold, small_hold, text),
        stored("held-clock", dt.Clock, lambda: dt.run_clock(dispute, world=world), text),
    )
