"""Open questions of a dispute: refused, or filled with their defaults when told to, each listed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from detente.data import World
from detente.dispute.file.schema import Dispute
from detente.errors import BadDispute, BadInput, Fault


def answered(dispute: Dispute, accept_defaults: bool, world: World) -> tuple[Dispute, tuple[str, ...]]:
    """The dispute with every question's default in its place, and a sentence for each.

    Names in the answers are looked up in `world`.

    Raises BadDispute where questions are open and `accept_defaults` is not given, or a default does not fit its field.
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
    faults = []
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
