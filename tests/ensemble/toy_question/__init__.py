"""A question that the registry does not have: how much of its goods an economy buys from itself."""

from __future__ import annotations

from detente.analyses.analysis import Analysis

ANALYSIS = Analysis(
    name="toy",
    package=__name__,
    door="run_toy",
    title="How much an economy buys from itself",
    summary="Compute how much an economy buys from itself.",
    description="The share of its own goods in the spending of each party.",
)
