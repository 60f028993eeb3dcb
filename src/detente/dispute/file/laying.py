"""What shows only where measures are laid on a world: goods that match nothing, values over what is traded, answers
in kind that cannot be made. Each is found alone, so that one fault hides no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from detente.data import World
from detente.dispute.file.faults import place
from detente.dispute.file.loader import Path_, Tree
from detente.errors import BadInput, Fault, UnknownName
from detente.policy import Measure, TariffBook, mirror
from detente.policy.reach import partners
from detente.war.schema import Response

Kind = TypeVar("Kind", bound=BaseModel)


def faults_of_laying(tree: Tree, world: World) -> list[Fault]:
    """Every measure that cannot be applied by itself, then every answer in kind that cannot be made by itself.

    Entries that the schema refuses, and names that the world lacks, are left to the checks that report those.
    """
    faults: list[Fault] = []
    sound: dict[str, Measure] = {}
    for path, measure in _entries(tree, "measures", Measure):
        try:
            TariffBook(world, [measure])
            sound[measure.id] = measure
        except UnknownName:  # the check of names reports it, with the nearest one
            continue
        except BadInput as problem:
            faults.append(Fault(place(path, tree), str(problem), tree.line(path)))
    for path, response in _entries(tree, "responses", Response):
        to = sound.get(response.to)
        if (
            to is None
            or response.match not in ("rate", "value", "duty")
            or _is_of_a_stranger(tree, world, response, to)
        ):
            continue
        try:
            mirror(world, to, by=response.by, match=response.match)
        except BadInput as problem:
            faults.append(Fault(place(path, tree), str(problem), tree.line(path)))
    return faults


def _entries(tree: Tree, block: str, model: type[Kind]) -> Iterator[tuple[Path_, Kind]]:
    """The entries of a block that the schema accepts, with their paths."""
    items: Any = tree.value.get(block)
    for position, entry in enumerate(items if isinstance(items, list | tuple) else ()):
        try:
            yield (block, position), model.model_validate(entry)
        except ValidationError:  # the schema reports it, field by field
            continue


def _is_of_a_stranger(tree: Tree, world: World, response: Response, to: Measure) -> bool:
    """Whether the answer is by somebody whom the check of sides reports: no party, or not named by the measure."""
    parties = tree.value.get("parties")
    known = isinstance(parties, dict) and response.by in parties
    named = response.by in to.on or response.by in partners(world, to) or to.on == ("all",)
    return not (known and named)
