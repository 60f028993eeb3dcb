"""Who gains and who loses from each step of a dispute: every scenario solved and compared."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="run",
    package=__name__,
    door="run",
    title="Gains and losses from each step",
    summary="Compute who gains and who loses from each step of a dispute.",
    description="The analysis solves every threat alone and with its response, every dated step, and the removal of "
    "the measures in force. It reports real income, prices, output, trade, revenue and effects on third countries.",
    record="Findings",
    early=True,
    batched=True,
)
