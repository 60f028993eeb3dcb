"""A run as of a date reads no fact dated after it: what is left, and the list of what is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from detente.dispute.schema import Dispute
from detente.policy import Measure
from detente.war.schema import Response

_DATED: Final = {
    "demands": "made",
    "agreements": "date",
    "statements": "date",
    "forecasts": "date",
    "outcomes": "date",
    "estimates": "date",
}
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

    A measure that became law later, a threat or an answer that was announced later, and what answers a measure that is
    not known, are not known either; a measure that ended later is still law. What has no announcement of its own dates
    from the document that its source names. A deadline or a date to come is known before its day.
    """
    day = dispute.as_of
    later: list[Later] = []
    kept: dict[str, Any] = {}
    for block, entries in _dated(dispute):
        kept[block] = tuple(entry for entry, when in entries if when is None or when <= day)
        later += [Later(block, _name(entry), when) for entry, when in entries if when is not None and when > day]
    answers = [(response, _answered(response, dispute)) for response in dispute.responses]
    kept["responses"] = tuple(response for response, when in answers if when is None or when <= day)
    later += [
        Later("responses", f"by {r.by} to {r.to}", when) for r, when in answers if when is not None and when > day
    ]
    return dispute.model_copy(update=kept), tuple(later)


def _dated(dispute: Dispute) -> Iterator[tuple[str, list[tuple[Any, date | None]]]]:
    yield "measures", [(measure, _begins(measure, dispute)) for measure in dispute.measures]
    for block, field in _DATED.items():
        yield block, [(entry, getattr(entry, field)) for entry in getattr(dispute, block)]


def _begins(measure: Measure, dispute: Dispute) -> date | None:
    """The day from which a measure was law, or on which a threat was announced, whatever day it is planned for."""
    law = measure.status in ("in-force", "withdrawn") and measure.from_ is not None
    return measure.from_ if law else _announced(measure, dispute)


def _answered(response: Response, dispute: Dispute) -> date | None:
    """The day on which an answer was known: it was announced, and so were the measures that it names."""
    named = [dispute.measure(name) for name in (response.to, response.measure) if name is not None]
    days = [_announced(response, dispute), *(_begins(measure, dispute) for measure in named)]
    return max((when for when in days if when is not None), default=None)


def _announced(entry: Measure | Response, dispute: Dispute) -> date | None:
    """The day on which a threat or an answer was announced; None where neither it nor its source has a date."""
    if entry.announced is not None or entry.source is None or entry.source.document is None:
        return entry.announced
    document = dispute.documents.get(entry.source.document)
    return None if document is None else document.date


def _name(entry: Any) -> str:
    for field in ("id", "who", "topic", "outcome"):
        if (name := getattr(entry, field, None)) is not None:
            return str(name)
    raise AssertionError(f"{type(entry).__name__} has no name to be listed by")
