"""Uncertainty of the numbers of a dispute."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="bands",
    package=__name__,
    door="bands",
    title="Uncertainty of the numbers",
    summary="Compute the uncertainty of the numbers of a dispute.",
    description="The analysis repeats a question for many draws of its assumptions: sets of elasticities, their "
    "errors, closures of deficits, rules of the base tariffs and worlds. It reports medians, bands that hold nine "
    "draws in ten, the share of draws in which a statement holds, and the assumption that drives each number. A "
    "draw of run is fast. A draw of another question takes as long as that question alone.",
    tab="Uncertainty",
    offer="This part computes every number for many draws of uncertain assumptions: eight sets of trade elasticities, "
    "their errors, three closures of deficits, and the rules of the base tariffs. "
    "A share of draws is not a probability.",
    draws=True,
    subjects="Findings | Callable[..., Mapping[str, float]]",
)
