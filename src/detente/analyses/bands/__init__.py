"""Uncertainty of the numbers of a dispute."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="bands",
    package=__name__,
    door="bands",
    title="How sure it is",
    summary="Compute the uncertainty of the numbers of a dispute.",
    description="The analysis computes the numbers of a question over sets of elasticities, draws of elasticities "
    "and closures. It reports medians, bands of nine draws in ten, the share of draws in which a statement holds, "
    "and the assumption that drives each number. A draw of a question other than run takes as long as that question "
    "takes alone.",
    tab="How sure",
    offer="This part computes every number for many draws of uncertain assumptions: eight sets of trade elasticities, "
    "their errors, and three closures of deficits. A share of draws is not a probability.",
    draws=True,
    subjects="Findings | Callable[..., Mapping[str, float]]",
)
