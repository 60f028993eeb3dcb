"""Markets: from a dispute and prices to exposures, event studies and implied probabilities."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="markets",
    package=__name__,
    door="run_markets",
    title="What markets should fear, and what prices say",
    summary="Compute exposures of equity and implied probabilities of war.",
    description="With daily prices, the analysis computes abnormal returns on the days of threats and the "
    "probability of war that they imply. Without prices, it computes the exposure of every sector and the expected "
    "moves if talks fail or succeed.",
    tab="Markets",
    offer="This part computes the exposure of each sector and the expected moves of equity if talks fail or "
    "succeed. With a file of daily prices it also computes abnormal returns on the relevant days and the implied "
    "probability of war.",
    heading="The markets",
    sides=2,
    needs=("threats",),
)
