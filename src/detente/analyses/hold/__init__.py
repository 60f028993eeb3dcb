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
    description="For deals in tariffs: the gain from cheating, the loss from the war that follows, and the patience at "
    "which a deal is self-enforcing; what groups at home gain, and the least payment that gets a deal ratified; the "
    "equilibria of the conflict. It takes about a minute.",
    tab="Hold",
    offer="Whether either side would cheat on a deal, whether every group at home would ratify it, and where the "
    "conflict can rest. It takes about a minute.",
    heading="Whether a deal would hold",
    sides=2,
)
