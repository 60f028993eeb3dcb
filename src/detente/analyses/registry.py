"""Every question that can be asked of a dispute, in the order of the command line. A question is one line here."""

from __future__ import annotations

from typing import Final

from detente.analyses import bands, clock, hold, markets, path, run, talks, war
from detente.analyses.analysis import Analysis
from detente.errors import UnknownName

REGISTRY: Final[dict[str, Analysis]] = {
    entry.name: entry
    for entry in (
        run.ANALYSIS,
        path.ANALYSIS,
        war.ANALYSIS,
        talks.ANALYSIS,
        hold.ANALYSIS,
        clock.ANALYSIS,
        markets.ANALYSIS,
        bands.ANALYSIS,
    )
}
"""Name → question."""


class UnknownQuestion(UnknownName):
    """A question that nobody here answers."""

    kind = "question"


def analysis_of(name: str) -> Analysis:
    """The question of that name. Raises UnknownQuestion."""
    if name not in REGISTRY:
        raise UnknownQuestion(name, REGISTRY)
    return REGISTRY[name]


def beside_a_run() -> dict[str, Analysis]:
    """The questions whose answers can stand in the report of a run, in its order."""
    return {name: entry for name, entry in REGISTRY.items() if entry.heading}
