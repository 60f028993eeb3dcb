"""Two sides that choose their tariffs: from a dispute to its war."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="war",
    package=__name__,
    door="run_war",
    title="The tariff war",
    summary="Compute the tariff war of two sides.",
    description="The analysis computes the payoffs of both sides and of third countries for every pair of moves, the "
    "sides that gain by backing down, Nash tariffs by sector, and best responses with one rate for each side. It "
    "takes about half a minute.",
    tab="War",
    offer="This part computes the payoffs of every pair of moves, the sides that gain by backing down, and the Nash "
    "tariffs. It takes about half a minute.",
    heading="The war",
    sides=2,
)
