"""A run as of a date reads no fact dated after it: what is left, and the list of what is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from detente.dispute.file.schema import Dispute
from detente.policy import Measure
from detente.war.schema import Response

_DATED: Final = {
    "demands": "made",
    "agreements": "date",
    "statements": "date",
    "forecasts": "date",
    "outcomes": "date",
    "estimates": "date",
    "dates": None,
}
"""Blocks that are lists of facts, and the field that dates them; None: `dates` are days to come, which do not say
when they were known."""


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
    not known, are not known either; a measure that ended later is still law. What has no day of its own, and a date to
    come, was known from the day of the document that its source names; without one it is taken to be known.
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
        yield block, [(entry, _known_from(entry, field, dispute)) for entry in getattr(dispute, block)]


def _begins(measure: Measure, dispute: Dispute) -> date | None:
    """The day from which a measure was law, or on which a threat was announced, whatever day it is planned for."""
    law = measure.status in ("in-force", "withdrawn") and measure.from_ is not None
    return measure.from_ if law else _known_from(measure, "announced", dispute)


def _answered(response: Response, dispute: Dispute) -> date | None:
    """The day on which an answer was known: it was announced, and so were the measures that it names."""
    named = [dispute.measure(name) for name in (response.to, response.measure) if name is not None]
    days = [_known_from(response, "announced", dispute), *(_begins(measure, dispute) for measure in named)]
    return max((when for when in days if when is not None), default=None)


def _known_from(entry: Any, field: str | None, dispute: Dispute) -> date | None:
    """The day that a field gives, or else that of the document of the source; None where neither has one."""
    own: date | None = None if field is None else getattr(entry, field)
    if own is not None or entry.source is None or entry.source.document is None:
        return own
    document = dispute.documents.get(entry.source.document)
    return None if document is None else document.date


def _name(entry: Any) -> str:
    for field in ("id", "who", "topic", "outcome"):
        if (name := getattr(entry, field, None)) is not None:
            return str(name)
    raise AssertionError(f"{type(entry).__name__} has no name to be listed by")
