"""Whether deals hold: from a dispute to enforcement, groups at home, and where the conflict can rest."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="hold",
    package=__name__,
    door="run_hold",
    title="Whether a deal would hold",
    summary="Test whether deals would be kept and ratified.",
    description="For each deal in tariffs, the analysis computes the gain from cheating, the loss from the war that "
    "follows, and the patience at which the deal is self-enforcing. It also computes the gains of groups at home, "
    "the least payment that gets the deal ratified, and the equilibria of the conflict. It takes about a minute.",
    tab="Hold",
    offer="This part tests whether either side would cheat on a deal and whether every group at home would ratify "
    "it, and finds the equilibria of the conflict. It takes about a minute.",
    heading="Whether a deal would hold",
    sides=2,
)
