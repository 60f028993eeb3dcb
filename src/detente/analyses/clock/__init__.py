"""Timing: from a dispute to the probability of each outcome on every day."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="clock",
    package=__name__,
    door="run_clock",
    title="Probabilities of a deal, a truce and a war by day",
    summary="Compute the probabilities of a deal, a truce and a tariff war by day.",
    description="The model combines three games: offers before a deadline, threats on their legal dates, and attrition "
    "after them. The probabilities depend on a stated prior on each side's resolve. The output also gives them under "
    "other priors and elasticities. It takes about half a minute.",
    tab="Clock",
    offer="This part computes the probability of a deal, a truce and a war on every day, under a stated prior. It "
    "takes about half a minute.",
    heading="The clock",
    sides=2,
    needs=("threats",),
)
