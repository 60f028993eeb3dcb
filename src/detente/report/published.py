"""Published figures beside computed ones, and why they differ."""

from __future__ import annotations

from detente.dispute import Findings, Scenario
from detente.dispute.file.blocks import Estimate
from detente.report import origins
from detente.report.blocks import Bullets, Row, Section, Table, Text
from detente.report.cells import number
from detente.report.numbers import signed_percent, signed_usd
from detente.report.select import incomes
from detente.report.sentences import day, names_of


def in_force_on(findings: Findings, estimate: Estimate) -> Scenario | None:
    """The state of the day that an estimate is about, measured against the world without measures."""
    steps = [s for s in findings.scenarios if s.kind == "step" and s.on is not None and s.on <= estimate.of]
    return max(steps, key=lambda scenario: scenario.on or estimate.of, default=None)


def sections(findings: Findings) -> tuple[Section, ...]:
    """A table of figures side by side and the reasons why they differ; nothing where the file has no estimate."""
    names, rows, reasons = names_of(findings), [], []
    worst: Scenario | None = None
    for estimate in findings.dispute.estimates:
        state = in_force_on(findings, estimate)
        if state is None or estimate.date > findings.dispute.as_of:
            continue
        worst = state if worst is None or state.residual > worst.residual else worst
        here = incomes(state)
        theirs = (
            "–" if estimate.real_income is None else signed_percent(estimate.real_income),
            "–" if estimate.real_income_usd is None else signed_usd(estimate.real_income_usd),
        )
        ours = (
            signed_percent(number(here, estimate.economy, "real_income")),
            signed_usd(number(here, estimate.economy, "real_income_usd")),
        )
        about = f"{names.economy(estimate.economy)}, tariffs of {day(estimate.of)}"
        rows.append(Row((f"{estimate.who}: {about}", *theirs, *ours)))
        reasons.append(f"{estimate.who}: {estimate.differs}")
    if worst is None:
        return ()
    head = ("", "published", "a year", "here", "a year")
    caption = "Change in real income as published, and in the state in force on the same day here"
    table = Table(caption, head, tuple(rows), origins.stamp(findings, worst))
    return (Section("Beside published estimates", (table, Text("Why they differ:"), Bullets(tuple(reasons)))),)
