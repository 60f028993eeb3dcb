"""Uncertainty of the numbers of a dispute."""

from __future__ import annotations

from typing import Final

from detente.analyses.analysis import Analysis

ANALYSIS: Final = Analysis(
    name="bands",
    package=__name__,
    door="bands",
    title="How sure it is",
    summary="Compute how sure the numbers of a dispute are.",
    description="The numbers of a question over sets of elasticities, draws of elasticities and closures: medians, "
    "bands of nine draws in ten, the share of draws in which a statement holds, and the assumption that drives each "
    "number. Each draw of a question other than run takes as long as that question takes alone.",
    tab="How sure",
    offer="Every number again for many draws of what nobody knows for sure: eight sets of trade elasticities, their "
    "errors, three closures of deficits. Shares of draws, which are no probability.",
    draws=True,
    subjects="Findings | Callable[..., Mapping[str, float]]",
)
