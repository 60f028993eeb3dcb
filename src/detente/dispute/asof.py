"""A run as of a date reads no fact dated after it: what is left, and the list of what is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from detente.dispute.schema import Dispute
from detente.policy import Measure

_DATED: Final = {"demands": "made", "agreements": "date", "statements": "date", "forecasts": "date", "outcomes": "date"}
"""Blocks that are lists of facts, and the field that dates them. `dates` are days to come that are known already."""


@dataclass(frozen=True)
class Later:
    """A fact that a run does not read because it is dated after the day of the run."""

    block: str
    name: str
    day: date

    def __str__(self) -> str:
        return f"{self.block} {self.name} of {self.day.isoformat()}"


def known_on(dispute: Dispute) -> tuple[Dispute, tuple[Later, ...]]:
    """The dispute as it was known on its `as_of`, and the facts dated after it, in the order of the file.

    A measure that became law later, and what answers it or names it, are not known; one that ended later is still law.
    A threat, a deadline or a date to come is known before its day.
    """
    day = dispute.as_of
    later: list[Later] = []
    kept: dict[str, Any] = {}
    for block, entries in _dated(dispute):
        kept[block] = tuple(entry for entry, when in entries if when is None or when <= day)
        later += [Later(block, _name(entry), when) for entry, when in entries if when is not None and when > day]
    gone = {fact.name for fact in later if fact.block == "measures"}
    for response in dispute.responses:
        if response.to in gone or response.measure in gone:
            measure = response.to if response.to in gone else str(response.measure)
            later.append(
                Later("responses", f"by {response.by} to {response.to}", _begins(dispute.measure(measure)) or day)
            )
    kept["responses"] = tuple(r for r in dispute.responses if r.to not in gone and r.measure not in gone)
    return dispute.model_copy(update=kept), tuple(later)


def _dated(dispute: Dispute) -> Iterator[tuple[str, list[tuple[Any, date | None]]]]:
    yield "measures", [(measure, _begins(measure)) for measure in dispute.measures]
    for block, field in _DATED.items():
        yield block, [(entry, getattr(entry, field)) for entry in getattr(dispute, block)]


def _begins(measure: Measure) -> date | None:
    """The day from which a measure was law; a threat has none, whatever day it is planned for."""
    return measure.from_ if measure.status in ("in-force", "withdrawn") else None


def _name(entry: Any) -> str:
    for field in ("id", "who", "topic", "outcome"):
        if (name := getattr(entry, field, None)) is not None:
            return str(name)
    raise AssertionError(f"{type(entry).__name__} has no name to be listed by")
