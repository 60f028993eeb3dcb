"""Markets: from a dispute and prices to exposures, event studies and implied probabilities."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="markets",
    package=__name__,
    door="run_markets",
    title="Exposure of equity and implied probability of war",
    summary="Compute exposures of equity and the probability of war that prices imply.",
    description="The analysis computes the exposure of every sector and the expected moves of equity if talks fail or "
    "succeed. With daily prices, it also computes abnormal returns on the days of threats and the probability of war "
    "that they imply.",
    tab="Markets",
    offer="This part computes the exposure of each sector and the expected moves of equity if talks fail or "
    "succeed. With a file of daily prices it also computes abnormal returns on the relevant days and the implied "
    "probability of war.",
    heading="The markets",
    sides=2,
    needs=("threats",),
    position="prices",
)
