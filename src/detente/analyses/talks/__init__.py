"""Two sides that talk: from a dispute to prices of demands, deals, and the distance between the sides."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="talks",
    package=__name__,
    door="talks",
    title="What the demands cost, and which deals both prefer",
    summary="Price the demands and find the deals that both sides prefer.",
    description="What each demand costs and is worth, whether any package of them is better for both sides than no "
    "deal, how far apart the sides are, and what would close the gap, for every disagreement point. It takes about "
    "half a minute.",
    tab="Talks",
    offer="What each demand costs and is worth, whether any deal is better for both than none, and what would close "
    "the gap. It takes about half a minute.",
    heading="The talks",
    sides=2,
    needs=("demands",),
)
