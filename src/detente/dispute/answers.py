"""What the sides put in force in answer to measures: listed answers as they are, answers in kind made by `mirror`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from detente.data import World
from detente.dispute.schema import Dispute
from detente.policy import Measure, mirror


@dataclass(frozen=True)
class Answers:
    """The measures that answer, and what a reader should know of how they were made."""

    measures: tuple[Measure, ...]
    notes: tuple[str, ...]


def answers_to(dispute: Dispute, world: World, carried_out: tuple[Measure, ...]) -> Answers:
    """The answers to measures carried out together: what one answer covers is no longer left for the next.

    An answer by harm or at its best is a choice of its government: it is noted here and found by the war layer. Raises
    BadMeasure where an answer in kind cannot be made.
    """
    by_id = {measure.id: measure for measure in carried_out}
    made: list[Measure] = []
    notes: list[str] = []
    taken: dict[tuple[str, str], float] = defaultdict(float)
    for response in dispute.responses:
        measure = by_id.get(response.to)
        if measure is None:
            continue
        if response.measure is not None:
            made.append(dispute.measure(response.measure))
        elif response.match in ("rate", "value", "duty"):
            pair = (response.by, measure.by)
            name = f"{response.by.lower()}-answers-{measure.id}"
            answer = mirror(world, measure, by=response.by, match=response.match, taken=taken[pair], name=name)
            taken[pair] += answer.covered
            made += [] if answer.measure is None else [answer.measure]
            notes += answer.notes
        else:
            notes.append(
                f"the answer of {response.by} to {measure.id} by {response.match} is chosen by its government: it is "
                "answered by the war layer, and no scenario here contains it"
            )
    return Answers(tuple(made), tuple(notes))
