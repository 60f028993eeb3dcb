"""The states of the law of a span of years: which measures hold from which day to which.

Measures begin and end by their own dates, also after the day of the dispute. A threat is carried out on its earliest
day, and where none is known on the day of the dispute. Its answer holds from the same day on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from detente.analyses.path.options import CarriedOut
from detente.dispute.session import Session
from detente.policy.measure import Measure, in_force
from detente.policy.stacking_rules import displacements


@dataclass(frozen=True)
class DatedState:
    """The measures that hold from the day `first` to the day `last`, both counted."""

    first: date
    last: date
    law: tuple[Measure, ...]
    key: tuple[object, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the measures."""
        return tuple(measure.id for measure in self.law)

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    def within(self, year: int) -> int:
        """The number of its days in a calendar year."""
        first, last = max(self.first, date(year, 1, 1)), min(self.last, date(year, 12, 31))
        return max((last - first).days + 1, 0)


@dataclass(frozen=True)
class LawByDay:
    """The law of a dispute on any day, with its threats carried out or not."""

    session: Session
    threats: tuple[Measure, ...]
    answered: bool

    @classmethod
    def of(cls, session: Session, carried_out: CarriedOut) -> LawByDay:
        """The law where the threats of the file are carried out as the option says."""
        known = session.known
        answers = {response.measure for response in known.responses if response.measure is not None}
        pending = [m for m in known.measures if m.status in ("threatened", "proposed") and m.id not in answers]
        threats = () if carried_out == "none" else tuple(m.taking_effect(known.as_of) for m in pending)
        return cls(session, threats, carried_out == "answered")

    def begins(self, threat: Measure) -> date:
        """The day on which a threat is carried out."""
        known = self.session.known.as_of
        return max(threat.begins or known, known)

    def on(self, day: date) -> tuple[Measure, ...]:
        """The measures that hold on a day; before the law that lies under the file is known, those of its own day.

        Raises BadMeasure, NotSolved where an answer cannot be found.
        """
        known = self.session.known
        day = day if known.base is None else max(day, known.base.on)
        begun = tuple(m for m in self.threats if self.begins(m) <= day and (m.until is None or day <= m.until))
        law = in_force(known.measures, day)
        answers = self.session.answers(begun)[0] if begun and self.answered else ()
        return tuple({measure.id: measure for measure in (*law, *begun, *answers)}.values())

    def turns(self) -> set[date]:
        """The days on which the law may change."""
        known = self.session.known
        law = [measure for measure in known.measures if measure.status in ("in-force", "withdrawn")]
        days = {day for measure in law for day in measure.changes}
        days |= {rule.from_ for rule in known.stacking if rule.from_ is not None}
        days |= {rule.until + timedelta(days=1) for rule in known.stacking if rule.until is not None}
        days |= {self.begins(threat) for threat in self.threats}
        return days | {threat.until + timedelta(days=1) for threat in self.threats if threat.until is not None}

    def first_year(self) -> int:
        """The year in which the law of the file first changes, other than by what base tariffs hold already."""
        known = self.session.known
        if known.base is not None:
            return known.base.on.year
        new = [m for m in known.measures if m.status in ("in-force", "withdrawn") and not m.in_base]
        days = {day for measure in new for day in measure.changes} | {self.begins(threat) for threat in self.threats}
        return min(days, default=known.as_of).year

    def states(self, first: int, years: int) -> tuple[DatedState, ...]:
        """The states from the first day of a year to the last of the last year, each as long as it lasts."""
        begin, end = date(first, 1, 1), date(first + years - 1, 12, 31)
        starts = sorted({begin} | {day for day in self.turns() if begin < day <= end})
        return tuple(_merged(self._state(day, last) for day, last in _spans(starts, end)))

    def _state(self, first: date, last: date) -> DatedState:
        law = self.on(first)
        ruled = displacements(self.session.known.stacking, first)
        return DatedState(first, last, law, (tuple(measure.written for measure in law), ruled))


def _spans(starts: Sequence[date], end: date) -> Iterator[tuple[date, date]]:
    """Each start with the day before the next one."""
    for day, following in zip(starts, [*starts[1:], end + timedelta(days=1)], strict=True):
        yield day, following - timedelta(days=1)


def _merged(states: Iterator[DatedState]) -> Iterator[DatedState]:
    """States in order, with neighbours of the same law as one."""
    held: DatedState | None = None
    for state in states:
        if held is not None and held.key == state.key:
            held = DatedState(held.first, state.last, held.law, held.key)
            continue
        if held is not None:
            yield held
        held = state
    if held is not None:
        yield held
