"""Legal dates and deadlines of a dispute, in the order of the days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from detente.policy import Measure
from detente.talks.schema import Demand, Milestone

Kind = Literal["threat", "deadline", "milestone"]
"""threat: the first day on which a threatened measure can become law. deadline: that of a demand. milestone: a day on
which something else can happen, or stops being possible."""


@dataclass(frozen=True)
class LegalDate:
    """A day that the file gives: of which kind, the id of what it belongs to, by whom, and what it is.

    `day` is None for a threat whose first day no source gives.
    """

    day: date | None
    kind: Kind
    id: str
    by: str | None
    what: str


def calendar(
    as_of: date, dates: Sequence[Milestone], demands: Sequence[Demand], measures: Sequence[Measure]
) -> tuple[LegalDate, ...]:
    """Every legal date, threats without a day last; an immediate deadline is the day of the file itself."""
    found = [LegalDate(entry.date, "milestone", entry.id, None, entry.what) for entry in dates]
    for demand in demands:
        if demand.deadline is not None:
            day = as_of if demand.deadline == "immediate" else demand.deadline
            found.append(LegalDate(day, "deadline", demand.id, demand.by, demand.what or f"what {demand.by} asks"))
    for measure in measures:
        if measure.status in ("threatened", "proposed"):
            what = measure.title or f"{measure.by} on {', '.join(measure.on)}: {measure.goods}"
            found.append(LegalDate(measure.earliest, "threat", measure.id, measure.by, what))
    return tuple(sorted(found, key=lambda entry: (entry.day is None, entry.day or as_of, entry.kind, entry.id)))
