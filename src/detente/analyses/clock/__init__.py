"""Timing: from a dispute to the probability of each outcome on every day."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="clock",
    package=__name__,
    door="run_clock",
    title="What happens when the clock runs out",
    summary="Compute probabilities of deal, truce and tariff war, by day.",
    description="Threats on their legal dates, offers before them and attrition after them, under a stated prior on "
    "what each side would rather pay than give way. The results under other priors and elasticities are printed "
    "beside it.",
    tab="Clock",
    offer="How likely a deal, a truce and a war are on every day to come, under stated beliefs. It takes about half "
    "a minute.",
    heading="The clock",
    sides=2,
    needs=("threats",),
)
