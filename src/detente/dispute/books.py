"""The tariff books of a run: as few as will do, since laying product codes on many pairs takes longer than solving."""

from __future__ import annotations

from collections.abc import Sequence

from detente.data import World
from detente.dispute.plan import Plan
from detente.policy import Measure, TariffBook
from detente.policy.book import Laid


class Books:
    """A book for every state. A state whose measures all are in another state's book is read from that one.

    Measures of two states are never laid together for that alone: by value they might cover more than there is.
    """

    def __init__(self, world: World, plans: Sequence[Plan]) -> None:
        self._world = world
        needed = sorted((plan.all_measures for plan in plans), key=len, reverse=True)
        self._sets: list[tuple[Measure, ...]] = []
        for measures in needed:
            if self._holding(measures) is None:
                self._sets.append(measures)
        self._made: dict[int, TariffBook] = {}
        self._laid: Laid = {}

    def of(self, plan: Plan) -> TariffBook:
        """The book that has every measure of a state. Raises BadMeasure where a measure cannot be applied."""
        place = self._holding(plan.all_measures)
        if place is None:  # its answer was found only when the baseline was solved
            place = len(self._sets)
            self._sets.append(plan.all_measures)
        if place not in self._made:
            self._made[place] = TariffBook(self._world, self._sets[place], laid=self._laid)
        return self._made[place]

    def notes(self) -> tuple[str, ...]:
        """What the books made so far want a reader to know, each once."""
        return tuple(dict.fromkeys(note for book in self._made.values() for note in book.notes))

    def _holding(self, measures: tuple[Measure, ...]) -> int | None:
        for place, held in enumerate(self._sets):
            if all(measure in held for measure in measures):
                return place
        return None
