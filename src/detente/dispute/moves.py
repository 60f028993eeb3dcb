"""The moves of each side of a war: nothing new, its threat, an answer in kind, withdrawal, best and Nash tariffs.

Moves are a view of a session: threats, answers and Nash tariffs are the session's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from detente.dispute.scenarios import answers_to, name_of
from detente.dispute.session import MOST, Pair, Session
from detente.optimal_tariffs.governments import Objective, Rates
from detente.optimal_tariffs.nash_equilibrium import Equilibrium
from detente.optimal_tariffs.retaliation.best import Best
from detente.optimal_tariffs.retaliation.in_kind import InKind
from detente.optimal_tariffs.retaliation.rule import as_law
from detente.policy.instruments import WHOLE, instruments_of
from detente.policy.measure import Goods, Measure
from detente.policy.reach import partners

Name = Literal["none", "threat", "in kind", "withdraw", "best", "Nash"]


@dataclass(frozen=True)
class Move:
    """One move of a side: what it has in force against the other beside what stood before."""

    side: str
    name: Name
    title: str
    measures: tuple[Measure, ...] = ()
    notes: tuple[str, ...] = ()


def moves_of(
    session: Session, players: Pair, objective: Objective, rates: Rates, seed: int, liberalise: bool = False
) -> dict[str, tuple[Move, ...]]:
    """Every move of both players. Best and Nash tariffs lower no duty in force unless the sides `liberalise`.

    Raises NotSolved where no equilibrium is found, BadMeasure where a move cannot be put in words of law.
    """
    found = session.nash(players, objective, rates, seed, liberalise=liberalise)
    rule = Best(objective, rates, MOST, seed, None if liberalise else "in-force")
    return {
        side: (
            Move(side, "none", "nothing beyond what is in force"),
            *of_the_file(session, side, other),
            _best(session, side, other, rule),
            Move(side, "Nash", "tariffs that are best answers to each other", nash_law(session, side, other, found)),
        )
        for side, other in (players, players[::-1])
    }


def of_the_file(session: Session, side: str, other: str) -> list[Move]:
    """The side's threat, and its answer in kind to the other's, where there are such.

    Where neither threatens anything, the dispute is about what is in force: the side can withdraw what it added.
    """
    moves = []
    own, its = session.threats(side, other), session.threats(other, side)
    if own:
        moves.append(Move(side, "threat", "; ".join(map(name_of, own)), own))
    if its:
        moves += _in_kind(session, side, other, its)
    added = [m for m in session.standing if m.by == side and other in partners(session.world, m)]
    if added and not own and not its:
        moves.append(_withdrawal(side, other, added))
    return moves


def _withdrawal(side: str, other: str, added: Sequence[Measure]) -> Move:
    """Nothing added on any goods of the other; what the side set for everybody in place of its base tariffs stays."""
    kept = [name_of(measure) for measure in added if measure.export is not None or measure.import_ is not None]
    notes = (f"what {side} withdraws are duties; these stay: {'; '.join(kept)}",) if kept else ()
    measure = Measure(
        id=f"{side.lower()}-withdraws",
        by=side,
        on=(other,),
        status="proposed",
        goods=Goods(all=True),
        add=0.0,
        stacking="replace",
    )
    return Move(side, "withdraw", "withdraws what it added on the other's goods", (measure,), notes)


def _in_kind(session: Session, side: str, other: str, threats: Sequence[Measure]) -> list[Move]:
    """The answer that the file gives to the other's threats; in kind by value where it gives none.

    Of threats that are no duties, such as a ban, nothing is equal in kind: they are left unanswered, which is said, and
    where all are such there is no move.
    """
    given = answers_to(session.known, session.schedules, tuple(threats))
    mine = tuple(measure for measure in given.measures if measure.by == side)
    if mine:
        return [Move(side, "in kind", "the answers of the file to the other's threats", mine, given.notes)]
    duties = [threat for threat in threats if not set(instruments_of(threat)) & set(WHOLE)]
    if not duties:
        return []
    others = [f"{side} has no answer in kind to {name_of(its)}" for its in threats if its not in duties]
    answer = InKind("value").respond(session.standoff_beside(threats), side, other, duties)
    notes = (f"the file has no answer in kind of {side}: in kind by value is taken", *others, *answer.notes)
    return [Move(side, "in kind", "in kind by value to the other's threats", answer.measures, notes)]


def _best(session: Session, side: str, other: str, rule: Best) -> Move:
    """Its best tariffs given what the other threatens, or given nothing where it threatens nothing."""
    threats = session.threats(other, side)
    answer = rule.respond(session.standoff_beside(threats), side, other, threats)
    given = "carries out its threats" if threats else "does nothing new"
    return Move(side, "best", f"best tariffs where the other {given}", answer.measures, answer.notes)


def nash_law(session: Session, side: str, other: str, found: Equilibrium) -> tuple[Measure, ...]:
    """A side's tariffs in an equilibrium as measures on the other's goods, as they are laid beside what stands."""
    n, i = (session.economy.index(code) for code in (side, other))
    id, title = f"{side.lower()}-nash", f"{side}'s Nash tariffs"
    return (as_law(session.standoff, side, other, found.tariffs[n, i], id, title, ()),)
