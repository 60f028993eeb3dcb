"""Whether deals hold: from a dispute to enforcement, groups at home, and where the conflict can rest."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="hold",
    package=__name__,
    door="run_hold",
    title="Enforcement and ratification of deals",
    summary="Test whether deals are self-enforcing and would be ratified.",
    description="For each deal that changes tariffs, the analysis computes the gain from cheating, the loss from the "
    "tariff war that follows, and the patience at which the deal is self-enforcing. It also computes the gains and "
    "losses of groups at home, the smallest payment with which the deal is ratified, and the equilibria of the "
    "conflict. It takes about a minute.",
    tab="Enforcement",
    offer="This part tests whether either side would cheat on a deal and whether every group at home would ratify "
    "it, and finds the equilibria of the conflict. It takes about a minute.",
    heading="Whether a deal would hold",
    sides=2,
)
