"""Two sides that choose their tariffs: from a dispute to its war."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="war",
    package=__name__,
    door="run_war",
    title="Where it leads if nobody gives way",
    summary="Compute where a tariff war between two sides leads.",
    description="Payoffs of every pair of moves for both sides and for others, who backs down, Nash tariffs by sector, "
    "and best responses where each side has one rate. It takes about half a minute.",
    tab="War",
    offer="What each side could do and what every pair of moves does to both, who blinks, and the tariffs at which "
    "neither would move. It takes about half a minute.",
    heading="The war",
    sides=2,
)
