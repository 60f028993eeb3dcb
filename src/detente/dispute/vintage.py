"""Open questions of a dispute: refused, or filled with their defaults when told to, each listed.

A run as of a date reads no fact dated after it: what is left, and the list of what is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from detente.data.world import Source, World
from detente.dispute.blocks import Response
from detente.dispute.obligations import Obligation
from detente.dispute.schema import Dispute
from detente.errors import BadDispute, BadInput, Fault
from detente.policy.measure import Measure
from detente.policy.periods import Period, blocks_of


def answered(dispute: Dispute, accept_defaults: bool, world: World) -> tuple[Dispute, tuple[str, ...]]:
    """The dispute with every question's default in its place, and a sentence for each.

    Names in the answers are looked up in `world`.

    Raises BadDispute where questions are open and `accept_defaults` is not given, where one is on what a measure is
    (`ESSENTIAL`), or where a default does not fit its field.
    """
    if not dispute.questions:
        return dispute, ()
    if not accept_defaults:
        remedy = "answer it in the file, or run with --accept-defaults (accept_defaults=True)"
        faults = [
            Fault(f"questions.{question.id}", f"is open: {question.ask} ({question.path}); {remedy}")
            for question in dispute.questions
        ]
        raise BadDispute(dispute.dispute, faults)
    values = {key: value for key, value in dispute.values_as_written().items() if key != "questions"}
    taken = []
    faults = list(essential_faults(dispute))
    for question in dispute.questions:
        try:
            put(values, question.path, question.default)
        except BadInput as problem:
            faults.append(Fault(f"questions.{question.id}.path", str(problem)))
        answer = "nothing" if question.default is None else question.default
        taken.append(f"{question.path}: {answer}, the default of the open question {question.id} ({question.ask})")
    if faults:
        raise BadDispute(dispute.dispute, faults)
    return Dispute.from_values(values, document=dispute.dispute, world=world), tuple(taken)


ESSENTIAL: Final = re.compile(r"measures(?:\.[^\[]+|\[\d+\])\.(?:by|on|status|goods)")
"""Paths of questions on what a measure is: who charges whom, on which goods, and whether it is law. No default is taken
for them, since the headline would rest on a guess."""


def essential_faults(dispute: Dispute) -> Iterator[Fault]:
    """A fault for each open question that no default answers."""
    for question in dispute.questions:
        if ESSENTIAL.fullmatch(question.path):
            said = f"is open, and no default is taken for it: {question.ask} ({question.path}); answer it in the file"
            yield Fault(f"questions.{question.id}", said)


def put(values: dict[str, Any], path: str, value: str | None) -> None:
    """Set the field at a path such as `measures.us-301.earliest` or `measures[2].add`; None takes it away.

    Entries of a list are found by their id or their position. Raises BadInput where the path leads nowhere.
    """
    steps = [step for step in re.split(r"[.\[\]]", path) if step]
    node: Any = values
    while len(steps) > 1:
        node, steps = _inside(node, steps, path)
    if not isinstance(node, dict) or not steps:
        raise BadInput(f"{path} leads to no field: write block.id.field, such as measures.us-301.add")
    if value is None:
        node.pop(steps[0], None)
    else:
        node[steps[0]] = value


def _inside(node: Any, steps: Sequence[str], path: str) -> tuple[Any, list[str]]:
    """The node one step further in, and the steps that are left; an id may itself have dots."""
    if isinstance(node, dict) and steps[0] in node:
        return node[steps[0]], list(steps[1:])
    if isinstance(node, list | tuple):
        if steps[0].isdigit() and int(steps[0]) < len(node):
            return node[int(steps[0])], list(steps[1:])
        for count in range(1, len(steps)):
            name = ".".join(steps[:count])
            for entry in node:
                if isinstance(entry, dict) and entry.get("id") == name:
                    return entry, list(steps[count:])
    raise BadInput(f"{path} leads nowhere: the dispute has no {steps[0]!r} there")


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

    Of a known measure, an exemption or a suspension that begins later is known if the document of its source is of the
    day or before.

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
    measures = []
    for measure in kept["measures"]:
        known, unknown = _periods_known(measure, dispute)
        measures.append(known)
        later += unknown
    kept["measures"] = tuple(measures)
    return dispute.model_copy(update=kept), tuple(later)


def _periods_known(measure: Measure, dispute: Dispute) -> tuple[Measure, list[Later]]:
    """A measure with the exemptions and suspensions that were known, and the others."""
    later: list[Later] = []

    def known(its: Period, what: str) -> bool:
        if its.from_ is None or its.from_ <= dispute.as_of:
            return True
        said = _of_its_document(its.source, dispute)
        if said is not None and said <= dispute.as_of:
            return True
        later.append(Later("measures", f"{measure.id} ({what})", its.from_))
        return False

    exempt = tuple(its for its in blocks_of(measure.exempt) if known(its, "exemption"))
    suspended = tuple(its for its in measure.suspended if known(its, "suspension"))
    if not later:
        return measure, later
    return measure.model_copy(update={"exempt": exempt or None, "suspended": suspended}), later


def _dated(dispute: Dispute) -> Iterator[tuple[str, list[tuple[Any, date | None]]]]:
    yield "measures", [(measure, _begins(measure, dispute)) for measure in dispute.measures]
    # a rule is known from its document, which may be older than its first day
    yield "stacking", [(rule, _known_from(rule, None, dispute) or rule.from_) for rule in dispute.stacking]
    yield "obligations", [(its, _begins(its, dispute)) for its in dispute.obligations]
    for block, field in _DATED.items():
        yield block, [(entry, _known_from(entry, field, dispute)) for entry in getattr(dispute, block)]


def _begins(measure: Measure | Obligation, dispute: Dispute) -> date | None:
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
    return own if own is not None else _of_its_document(entry.source, dispute)


def _of_its_document(source: Source | None, dispute: Dispute) -> date | None:
    """The date of the document of a source; None where there is none, or it has none."""
    document = None if source is None or source.document is None else dispute.documents.get(source.document)
    return None if document is None else document.date


def _name(entry: Any) -> str:
    for field in ("id", "who", "topic", "outcome", "authority"):
        if (name := getattr(entry, field, None)) is not None:
            return str(name)
    raise AssertionError(f"{type(entry).__name__} has no name to be listed by")
