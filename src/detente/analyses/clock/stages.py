"""Legal dates and deadlines of a dispute, in the order of the days.

The stages of an escalation: threats in the order in which they can be carried out, each answered, each solved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

from detente.data.bundled import list_elasticities
from detente.dispute.blocks import Demand, Milestone
from detente.dispute.scenarios import name_of
from detente.dispute.session import Session
from detente.errors import BadInput, UnknownSector
from detente.policy.measure import Measure
from detente.solver.economy import Economy
from detente.solver.solution import Solution
from detente.timing.offers import Pair

Kind = Literal["threat", "deadline", "milestone", "suspension"]
"""threat: the first day on which a threatened measure can become law. deadline: that of a demand. milestone: a day on
which something else can happen, or stops being possible. suspension: the day on which a suspended measure is law
again."""


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
        for day in sorted(its.until + timedelta(days=1) for its in measure.suspended if its.until is not None):
            if day > as_of and measure.legal_on(day):
                found.append(LegalDate(day, "suspension", measure.id, measure.by, f"{name_of(measure)} is law again"))
    return tuple(sorted(found, key=lambda entry: (entry.day is None, entry.day or as_of, entry.kind, entry.id)))


def from_the_truce(losses: Sequence[Pair]) -> tuple[Pair, ...]:
    """Losses of the stages as a clock's game counts them: none at all in the truce."""
    return ((0.0, 0.0), *losses[1:])


@dataclass(frozen=True)
class Step:
    """Threats of one side that can be carried out on the same day: together they bring the next stage."""

    by: str
    opens: date
    dated: bool
    threats: tuple[Measure, ...]

    @property
    def title(self) -> str:
        """The title of the stage, for readers."""
        return "; ".join(map(name_of, self.threats))


@dataclass(frozen=True, eq=False)
class Stages:
    """Solved stages of an escalation; `solutions[k]` has the threats of the first k steps in force, with answers."""

    economy: Economy
    steps: tuple[Step, ...]
    solutions: tuple[Solution, ...] = field(repr=False)
    notes: tuple[str, ...]

    def losses(self, pair: tuple[str, str]) -> tuple[Pair, ...]:
        """The losses of both sides in each stage against no threats, USD million a year at base-year prices."""
        before, found = self.solutions[0], []
        for after in self.solutions:
            lost = [
                float((before.welfare_hat[n] - after.welfare_hat[n]) * self.economy.I[n])
                for n in map(self.economy.index, pair)
            ]
            found.append((lost[0], lost[1]))
        return tuple(found)

    @property
    def residual(self) -> float:
        """The largest gap of any audit."""
        return max(solution.gap for solution in self.solutions)


def steps_of(session: Session, pair: tuple[str, str], wait: int) -> tuple[Step, ...]:
    """The steps between two sides, as the dispute was known on its day.

    A threat without a first day is taken to open `wait` days after the day of the dispute, one whose first day is past
    on the next day. Raises BadInput where neither side threatens the other.
    """
    dispute, found = session.known, []
    for side, other in (pair, pair[::-1]):
        for threat in session.threats(side, other):
            given = threat.earliest
            opens = dispute.as_of + timedelta(wait) if given is None else max(given, dispute.as_of + timedelta(1))
            found.append((opens, pair.index(side), given is not None, threat))
    if not found:
        raise BadInput(
            f"neither {pair[0]} nor {pair[1]} threatens the other in {dispute.dispute}: there is no clock to run out "
            "and no war to fear; give a measure that is threatened or proposed, and known on the day of the file"
        )
    found.sort(key=lambda entry: entry[:2])
    steps = []
    for (opens, seat), entries in groupby(found, key=lambda entry: entry[:2]):
        group = list(entries)
        threats = tuple(threat for *_, threat in group)
        steps.append(Step(pair[seat], opens, all(dated for _, _, dated, _ in group), threats))
    return tuple(steps)


def solve_stages(session: Session, steps: Sequence[Step]) -> Stages:
    """Every stage of a session of the long run. Raises BadMeasure, NotSolved."""
    solutions = [session.before]
    notes: list[str] = []
    for k in range(1, len(steps) + 1):
        threats = tuple(threat for step in steps[:k] for threat in step.threats)
        answers, said = session.answers(threats)
        notes += said
        solutions.append(session.solution((*session.beside(threats), *answers)))
    return Stages(session.economy, tuple(steps), tuple(solutions), tuple(dict.fromkeys(notes)))


def under_other_sets(session: Session, steps: Sequence[Step]) -> tuple[list[tuple[str, Stages]], list[str]]:
    """The stages under every bundled set of elasticities but the run's, by name; and the sets that are left out.

    These lack sectors of the world. Raises BadMeasure, NotSolved.
    """
    found, missing = [], []
    for name in list_elasticities()["name"]:
        if name == session.settings.elasticities:
            continue
        try:
            other = session.under(elasticities=str(name))
        except UnknownSector:
            missing.append(name)
            continue
        found.append((name, solve_stages(other, steps)))
    return found, missing
