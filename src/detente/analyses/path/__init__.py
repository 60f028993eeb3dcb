"""A path of years: the law of each year, the elasticities of each year, and what it yields over ten of them."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="path",
    package=__name__,
    door="path",
    title="The path of years",
    summary="Compute real income, GDP, prices, workers and revenue year by year.",
    description="The analysis solves each state of the law of each year with the trade elasticities of that year, and "
    "weights states by their days. It sums revenue over the years by a conventional and a dynamic definition. The "
    "years are static equilibria in sequence: no year depends on an earlier one.",
    tab="Years",
    offer="This part computes real income, real GDP, consumer prices, movements of workers and revenue by year.",
    heading="The path of years",
    record="Trajectory",
)
