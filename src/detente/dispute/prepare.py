"""Everything of a run but the solving: what was known, which states to solve, every measure laid on the world."""

from __future__ import annotations

from dataclasses import dataclass

from detente.data import World
from detente.dispute.books import Books
from detente.dispute.file.asof import Later, known_on
from detente.dispute.file.schema import Dispute
from detente.dispute.plan import Plan, plan
from detente.errors import BadDispute, BadInput


@dataclass(frozen=True)
class Prepared:
    """A dispute as it was known on its day, the facts of later, the states to solve, and their tariff books."""

    known: Dispute
    later: tuple[Later, ...]
    plans: tuple[Plan, ...]
    books: Books

    @property
    def notes(self) -> tuple[str, ...]:
        """What plans and books want a reader to know, each once."""
        return tuple(dict.fromkeys((*(note for state in self.plans for note in state.notes), *self.books.notes())))


def prepare(dispute: Dispute, world: World) -> Prepared:
    """Check the names of a dispute against a world, plan its states, and lay all measures on the world.

    Raises BadDispute with every name that is not in the world, and every measure and answer that cannot be laid on it
    by itself; BadMeasure where measures cannot hold together.
    """
    known, later = known_on(dispute.checked(world))
    try:
        plans = plan(known, world)
        books = Books(world, plans)
        for state in plans:
            books.of(state)
    except BadInput:
        faults = dispute.faults_of_laying(world)
        if not faults:  # each can be applied: it is all of them together that cannot
            raise
        raise BadDispute(dispute.dispute, faults) from None
    return Prepared(known, later, plans, books)
