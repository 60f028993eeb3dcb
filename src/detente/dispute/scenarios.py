"""The states that a dispute asks about: everything of a run but the solving.

A state is the measures that hold in it: the baseline, each threat with and without its answer, each date on which the
law changed, removal. Listed answers are taken as they are, answers in kind are made by `retaliate`, and answers that a
government chooses by what it would do are left for when states can be solved.

`prepare` reads what was known on the day of the dispute, plans its states, and lays every measure on the world.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from detente.data.world import World
from detente.dispute.counted_answers import counted_answer, is_counted
from detente.dispute.schema import Dispute
from detente.dispute.vintage import Later, known_on
from detente.errors import BadDispute, BadInput
from detente.policy.measure import Measure, in_force
from detente.policy.schedule import Schedules
from detente.policy.stacking_rules import StackingRule, displacements


@dataclass(frozen=True)
class Chosen:
    """An answer that a government chooses by what it would do, so that it is found only when states are solved."""

    by: str
    match: Literal["harm", "best"]
    to: tuple[Measure, ...]

    @property
    def id(self) -> str:
        """The id of the answer."""
        return f"{self.by.lower()}-answers-{'-and-'.join(measure.id for measure in self.to)}"


@dataclass(frozen=True)
class Answers:
    """The measures that answer, those still to be chosen, and what a reader should know of how they were made."""

    measures: tuple[Measure, ...]
    notes: tuple[str, ...]
    chosen: tuple[Chosen, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.measures or self.chosen)


def answers_to(dispute: Dispute, schedules: Schedules, carried_out: tuple[Measure, ...]) -> Answers:
    """The answers to measures carried out together: what one answer covers is no longer left for the next.

    An answer by harm or at its best is chosen by its government: one to all measures of a side that it answers so.
    Raises BadMeasure where an answer in kind cannot be made.
    """
    by_id = {measure.id: measure for measure in carried_out}
    made: list[Measure] = []
    notes: list[str] = []
    taken: dict[tuple[str, str], float] = defaultdict(float)
    chosen: dict[tuple[str, Literal["harm", "best"], str], list[Measure]] = defaultdict(list)
    for response in dispute.responses:
        measure = by_id.get(response.to)
        if measure is None:
            continue
        if response.measure is not None:
            made.append(dispute.measure(response.measure).taking_effect(dispute.as_of))
        elif is_counted(response):
            pair = (response.by, measure.by)
            answer = counted_answer(response, measure, schedules, taken[pair])
            taken[pair] += answer.taken
            made += [] if answer.measure is None else [answer.measure]
            notes += answer.notes
        elif response.match in ("harm", "best"):
            chosen[response.by, response.match, measure.by].append(measure)
    left = tuple(Chosen(by, match, tuple(to)) for (by, match, _), to in chosen.items())
    return Answers(tuple(made), tuple(notes), left)


Kind = Literal["baseline", "threat", "answered", "step", "removal"]
"""baseline: the measures in force on the day. threat: a threat carried out, unanswered. answered: the same with the
other side's answer. step: the measures in force on a date. removal: measures in force that go."""

Reference = Literal["calibrated world", "baseline"]
"""What a state is measured against: the world as calibrated, with none of the measures of the file, or the baseline."""


@dataclass(frozen=True)
class Plan:
    """A state to be solved: the measures that hold in it, and those that hold in the state it is measured against.

    `chosen` are answers that will hold in it too, once they are found.
    """

    id: str
    title: str
    kind: Kind
    reference: Reference
    start: tuple[Measure, ...]
    measures: tuple[Measure, ...]
    on: date | None = None
    responses: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    chosen: tuple[Chosen, ...] = ()

    @property
    def all_measures(self) -> tuple[Measure, ...]:
        """Every measure of either state, each once."""
        return tuple({measure.id: measure for measure in (*self.start, *self.measures)}.values())

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the measures that hold in the state."""
        return tuple(measure.id for measure in self.measures)

    def law(self, rules: Sequence[StackingRule]) -> tuple[object, ...]:
        """Equal for states that are one: the measures as they stand in it, and who displaces whom on its day.

        The ids of measures are not enough: exemptions and rules of stacking come and go while a measure stays.
        """
        ruled = None if self.on is None else displacements(rules, self.on)
        return self.reference, tuple(measure.written for measure in self.measures), ruled

    @property
    def start_ids(self) -> tuple[str, ...]:
        """Ids of the measures that hold in the state it is measured against."""
        return tuple(measure.id for measure in self.start)


def leading(states: Sequence[tuple[Kind, Sequence[str]]]) -> int:
    """The index of the state of the headline among states given by kind and ids of measures, the baseline first.

    The widest answered threat, else the widest threat, else the measures in force. The widest has the most measures
    that the baseline has not; of two as wide the later one counts, since plans go from the part to the whole.
    """
    law = set(states[0][1])
    places = range(len(states))
    for kind in ("answered", "threat"):
        found = [k for k in places if states[k][0] == kind]
        if found:
            return max(reversed(found), key=lambda k: len(set(states[k][1]) - law))
    steps = [k for k in places if states[k][0] == "step"]
    return 0 if states[0][1] or not steps else steps[-1]


def plan(dispute: Dispute, schedules: Schedules) -> tuple[Plan, ...]:
    """Every state that the dispute asks about, the baseline first. Reads no date after the dispute's own day."""
    base = in_force(dispute.measures, dispute.as_of)
    title = f"Measures in force on {dispute.as_of.isoformat()}" if base else "No measure in force"
    baseline = Plan("baseline", title, "baseline", "calibrated world", (), base, dispute.as_of)
    return (
        baseline,
        *_threats(dispute, schedules, base),
        *_answers_to_law(dispute, schedules, base),
        *_steps(dispute),
        *_removals(dispute, base),
    )


def _threats(dispute: Dispute, schedules: Schedules, base: tuple[Measure, ...]) -> Iterator[Plan]:
    """Each threat alone, those of one side together, all of them together; each unanswered and answered."""
    answers = {response.measure for response in dispute.responses if response.measure is not None}
    pending = [m for m in dispute.measures if m.status in ("threatened", "proposed") and m.id not in answers]
    threats = [threat.taking_effect(dispute.as_of) for threat in pending]
    for threat in threats:
        yield from _carried_out(dispute, schedules, base, threat.id, name_of(threat), (threat,))
    authors = list(dict.fromkeys(threat.by for threat in threats))
    for author in authors if len(authors) > 1 else ():
        own = tuple(threat for threat in threats if threat.by == author)
        if len(own) > 1:
            title = f"All threats of {dispute.name_of(author)} together"
            yield from _carried_out(dispute, schedules, base, f"all-threats-{author.lower()}", title, own)
    if len(threats) > 1:
        yield from _carried_out(dispute, schedules, base, "all-threats", "All threats together", tuple(threats))


def _carried_out(
    dispute: Dispute, schedules: Schedules, base: tuple[Measure, ...], id: str, title: str, threats: tuple[Measure, ...]
) -> Iterator[Plan]:
    answer = answers_to(dispute, schedules, threats)
    left = () if answer else answer.notes
    yield Plan(id, title, "threat", "baseline", base, (*left_by(base, threats), *threats), notes=left)
    if answer:
        yield _answered(f"{id}-answered", f"{title}, answered", base, threats, answer)


def left_by(base: Sequence[Measure], new: Sequence[Measure]) -> tuple[Measure, ...]:
    """The measures in force that have not ended by the day on which the last of the new ones can become law.

    It is the one rule of every question for the law beside which something new holds.
    """
    day = max((measure.begins for measure in new if measure.begins is not None), default=None)
    return tuple(law for law in base if day is None or law.until is None or law.until >= day)


def _answered(id: str, title: str, base: tuple[Measure, ...], threats: tuple[Measure, ...], answer: Answers) -> Plan:
    measures = (*left_by(base, threats), *threats, *answer.measures)
    responses = tuple(measure.id for measure in answer.measures)
    return Plan(
        id, title, "answered", "baseline", base, measures, responses=responses, notes=answer.notes, chosen=answer.chosen
    )


def _answers_to_law(dispute: Dispute, schedules: Schedules, base: tuple[Measure, ...]) -> Iterator[Plan]:
    """An answer to a measure that is law already is a change of its own."""
    for measure in base:
        answer = answers_to(dispute, schedules, (measure,))
        fresh = tuple(answering for answering in answer.measures if answering.id not in {m.id for m in base})
        new = Answers(fresh, answer.notes, answer.chosen)
        if new:
            yield _answered(f"{measure.id}-answered", f"{name_of(measure)}, answered", base, (), new)


def _steps(dispute: Dispute) -> Iterator[Plan]:
    """Each date on which the law changed, up to the day of the dispute; none up to that of the law underneath."""
    law = [measure for measure in dispute.measures if measure.status in ("in-force", "withdrawn")]
    days = {day for measure in law for day in measure.changes}
    days |= {rule.from_ for rule in dispute.stacking if rule.from_ is not None}
    days |= {rule.until + timedelta(days=1) for rule in dispute.stacking if rule.until is not None}
    known = date.min if dispute.base is None else dispute.base.on
    before = () if dispute.base is None else in_force(dispute.measures, known)
    ruled = displacements((), None) if dispute.base is None else displacements(dispute.stacking, known)
    for day in sorted(day for day in days if day > known):
        measures = in_force(dispute.measures, day)
        former, ruled = ruled, displacements(dispute.stacking, day)
        if day <= dispute.as_of and (measures != before or (measures and ruled != former)):
            if all(measure.in_base for measure in (*before, *measures)):  # the calibrated world itself
                before = measures
                continue
            begun, ended = [*_begun(measures, before)], [*_ended(law, day)]
            first = "In force from" if begun or not ended else "From"
            new = [*begun, *ended] or ["other rules of stacking"]
            title = f"{first} {day.isoformat()}: {'; '.join(new)}"
            yield Plan(f"step-{day.isoformat()}", title, "step", "calibrated world", (), measures, day)
            before = measures


def _begun(measures: Sequence[Measure], before: Sequence[Measure]) -> Iterator[str]:
    """The measures that are law now and were not so before, by name."""
    known = {measure.id for measure in before}
    for measure in measures:
        if measure not in before:
            yield name_of(measure) + (" with other exemptions" if measure.id in known else "")


def _ended(law: Sequence[Measure], day: date) -> Iterator[str]:
    """The measures that are suspended from a day on, or ended on the day before it, by name."""
    eve = day - timedelta(days=1)
    for measure in law:
        if measure.legal_on(eve) and any(its.from_ == day for its in measure.suspended):
            yield f"{name_of(measure)} suspended"
        elif measure.legal_on(eve) and measure.until == eve:
            yield f"{name_of(measure)} ended"


def _removals(dispute: Dispute, base: tuple[Measure, ...]) -> Iterator[Plan]:
    """The measures in force go: each side's alone, and all of them."""
    authors = list(dict.fromkeys(measure.by for measure in base))
    for author in authors if len(authors) > 1 else ():
        rest = tuple(measure for measure in base if measure.by != author)
        title = f"{dispute.name_of(author)} removes its measures in force"
        yield Plan(f"removal-{author.lower()}", title, "removal", "baseline", base, rest)
    if base:
        yield Plan("removal", "All measures in force are removed", "removal", "baseline", base, ())


def name_of(measure: Measure) -> str:
    """The title of a measure, or a description if it has none."""
    return measure.title or f"{measure.by} on {', '.join(measure.on)}: {measure.goods}"


def _hang_on_tariffs(prepared: Prepared) -> bool:
    """Whether an answer in kind is to a measure whose duty depends on base tariffs."""
    known, books = prepared.known, prepared.schedules
    answered = {response.to for response in known.responses if is_counted(response)}
    return any(books.book([known.measure(name)]).depends_on_base for name in sorted(answered))


@dataclass(frozen=True)
class Prepared:
    """A dispute as it was known on its day, the facts of later, the states to solve, and the books of their law."""

    known: Dispute
    later: tuple[Later, ...]
    plans: tuple[Plan, ...]
    schedules: Schedules

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes of plans and books, each once."""
        return tuple(dict.fromkeys((*(note for state in self.plans for note in state.notes), *self.schedules.notes)))


def prepare(dispute: Dispute, world: World, like: Prepared | None = None) -> Prepared:
    """Check the names of a dispute against a world, plan its states, and lay all measures on the world.

    `like` is the same dispute prepared on the same world under other base tariffs: what is known is the same, and so
    are the states unless an answer hangs on those tariffs.

    Raises BadDispute with every name that is not in the world, and every measure and answer that cannot be laid on it
    by itself; BadMeasure where measures cannot hold together.
    """
    known, later = known_on(dispute.checked(world)) if like is None else (like.known, like.later)
    books = None if like is None else like.schedules
    schedules = Schedules(world, books, stacking=known.stacking, day=known.as_of)
    try:
        plans = plan(known, schedules) if like is None or _hang_on_tariffs(like) else like.plans
        schedules.lay((state.all_measures for state in plans), books=like is None or plans is not like.plans)
        for state in plans:
            if sum(measure.limits_trade for measure in state.measures) > 1:  # two quotas may not go together
                schedules.having(state.all_measures).terms(state.ids, on=state.on)
    except BadInput:
        faults = dispute.feasibility_faults(world)
        if not faults:  # each can be applied: it is all of them together that cannot
            raise
        raise BadDispute(dispute.dispute, faults) from None
    return Prepared(known, later, plans, schedules)
