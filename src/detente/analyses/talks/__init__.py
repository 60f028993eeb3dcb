"""Two sides that talk: from a dispute to prices of demands, deals, and the distance between the sides."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="talks",
    package=__name__,
    door="talks",
    title="Demands and deals",
    summary="Price the demands and find the deals that both sides prefer to no deal.",
    description="The analysis computes the value and cost of each demand, the packages of demands that both sides "
    "prefer to no deal, the distance between the sides, and ways to close it. It repeats this for every disagreement "
    "point and takes about half a minute.",
    tab="Talks",
    offer="This part computes the value and cost of each demand, the deals that both sides prefer to no deal, and "
    "ways to close the gap. It takes about half a minute.",
    heading="The talks",
    sides=2,
    needs=("demands",),
    position="no_deal",
)
