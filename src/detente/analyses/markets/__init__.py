"""Markets: from a dispute and prices to exposures, event studies and implied probabilities."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="markets",
    package=__name__,
    door="run_markets",
    title="What markets should fear, and what prices say",
    summary="Compute exposures of equity, and what prices imply.",
    description="Abnormal returns on the days that matter, the probability of war that they imply, and the exposure "
    "of every sector. Without prices: the moves to expect if talks fail or succeed, and the sectors that each outcome "
    "hits.",
    tab="Markets",
    offer="Which sectors each outcome hits, how far equity would move if talks fail or succeed, and, with a file of "
    "daily prices, what they did on the days that matter and which probability of war that implies.",
    heading="The markets",
    sides=2,
    needs=("threats",),
)
