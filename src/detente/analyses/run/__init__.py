"""Who gains and who loses from each step of a dispute: every scenario solved and compared."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="run",
    package=__name__,
    door="run",
    title="What each step does",
    summary="Compute who gains and who loses from each step of a dispute.",
    description="Every threat alone and answered, every dated step, and the removal of what is in force: real income, "
    "prices, output, trade, revenue and third countries.",
    record="Findings",
    early=True,
    batched=True,
)
