"""Timing: from a dispute to the probability of each outcome on every day."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="clock",
    package=__name__,
    door="run_clock",
    title="What happens when the clock runs out",
    summary="Compute probabilities of a deal, a truce and a tariff war by day.",
    description="The model combines threats on their legal dates, offers before them and attrition after them. It "
    "uses a stated prior on each side's resolve. Results under other priors and elasticities are printed next to "
    "it.",
    tab="Clock",
    offer="This part computes the probability of a deal, a truce and a war on every day, under a stated prior. It "
    "takes about half a minute.",
    heading="The clock",
    sides=2,
    needs=("threats",),
)
