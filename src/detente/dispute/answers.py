"""What the sides put in force in answer to measures: listed answers as they are, answers in kind made by `mirror`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from detente.data import World
from detente.dispute.file.schema import Dispute
from detente.policy import Measure, mirror


@dataclass(frozen=True)
class Chosen:
    """An answer that a government chooses by what it would do, so that it is found only when states are solved."""

    by: str
    match: Literal["harm", "best"]
    to: tuple[Measure, ...]

    @property
    def id(self) -> str:
        """What the answer is called."""
        return f"{self.by.lower()}-answers-{'-and-'.join(measure.id for measure in self.to)}"


@dataclass(frozen=True)
class Answers:
    """The measures that answer, those still to be chosen, and what a reader should know of how they were made."""

    measures: tuple[Measure, ...]
    notes: tuple[str, ...]
    chosen: tuple[Chosen, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.measures or self.chosen)


def answers_to(dispute: Dispute, world: World, carried_out: tuple[Measure, ...]) -> Answers:
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
            made.append(dispute.measure(response.measure))
        elif response.match in ("rate", "value", "duty"):
            pair = (response.by, measure.by)
            name = f"{response.by.lower()}-answers-{measure.id}"
            answer = mirror(world, measure, by=response.by, match=response.match, taken=taken[pair], name=name)
            taken[pair] += answer.covered
            made += [] if answer.measure is None else [answer.measure]
            notes += answer.notes
        elif response.match in ("harm", "best"):
            chosen[response.by, response.match, measure.by].append(measure)
    left = tuple(Chosen(by, match, tuple(to)) for (by, match, _), to in chosen.items())
    return Answers(tuple(made), tuple(notes), left)
