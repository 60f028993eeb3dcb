"""What each side of a war can do: nothing new, its threat, an answer in kind, withdrawal, best and Nash tariffs.

Answers by harm and at their best: found when the states they depend on can be solved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from detente.data.world import World
from detente.dispute.scenarios import Plan, answers_to, name_of
from detente.dispute.schema import Dispute
from detente.optimal_tariffs.governments import Objective, Rates
from detente.optimal_tariffs.nash import Equilibrium, nash
from detente.optimal_tariffs.retaliation.best import Best
from detente.optimal_tariffs.retaliation.equal_harm import EqualHarm
from detente.optimal_tariffs.retaliation.in_kind import InKind
from detente.optimal_tariffs.retaliation.rule import Rule, Standoff, as_law
from detente.policy.measure import Goods, Measure
from detente.policy.reach import partners
from detente.solver.economy import Economy
from detente.solver.fixed_point import Horizon

Name = Literal["none", "threat", "in kind", "withdraw", "best", "Nash"]

MOST: Final = 5.0
"""The highest best or Nash duty, a fraction: far over any optimum of the bundled elasticities."""


@dataclass(frozen=True)
class Move:
    """One move of a side: what it has in force against the other beside what stood before."""

    side: str
    name: Name
    title: str
    measures: tuple[Measure, ...] = ()
    notes: tuple[str, ...] = ()


def threats_of(dispute: Dispute, world: World, side: str, other: str) -> tuple[Measure, ...]:
    """What a side threatens or proposes to charge on the other's goods; listed answers are no threats of their own."""
    answers = {response.measure for response in dispute.responses if response.measure is not None}
    pending = [m for m in dispute.measures if m.by == side and m.status in ("threatened", "proposed")]
    return tuple(m for m in pending if m.id not in answers and other in partners(world, m))


def moves_of(
    dispute: Dispute, standoff: Standoff, players: tuple[str, str], objective: Objective, rates: Rates, seed: int
) -> tuple[Mapping[str, tuple[Move, ...]], Equilibrium]:
    """Every move of both players, and the equilibrium that their Nash tariffs are.

    Raises NotSolved where no equilibrium is found, BadMeasure where a move cannot be put in words of law.
    """
    goods = standoff.world.goods
    found = nash(
        standoff.economy,
        players,
        start=standoff.shock(),
        against=players,
        sectors=goods,
        rates=rates,
        bounds=(0.0, MOST),
        objective=objective,
        seed=seed,
    )
    moves = {}
    for side, other in (players, players[::-1]):
        moves[side] = (
            Move(side, "none", "nothing beyond what is in force"),
            *of_the_file(dispute, standoff, side, other),
            _best(dispute, standoff, side, other, Best(objective, rates, MOST, seed)),
            _nash(standoff, side, other, found),
        )
    return moves, found


def of_the_file(dispute: Dispute, standoff: Standoff, side: str, other: str) -> list[Move]:
    """The side's threat, and its answer in kind to the other's, where there are such.

    Where neither threatens anything, the dispute is about what is in force: the side can withdraw what it added.
    """
    moves = []
    own, its = (threats_of(dispute, standoff.world, *pair) for pair in ((side, other), (other, side)))
    if own:
        moves.append(Move(side, "threat", "; ".join(map(name_of, own)), own))
    if its:
        moves.append(_in_kind(dispute, standoff, side, other, its))
    added = [m for m in standoff.standing if m.by == side and other in partners(standoff.world, m)]
    if added and not own and not its:
        moves.append(_withdrawal(side, other))
    return moves


def _withdrawal(side: str, other: str) -> Move:
    """Nothing added on any goods of the other; what the side set for everybody in place of its base tariffs stays."""
    measure = Measure(
        id=f"{side.lower()}-withdraws",
        by=side,
        on=(other,),
        status="proposed",
        goods=Goods(all=True),
        add=0.0,
        stacking="replace",
    )
    return Move(side, "withdraw", "withdraws what it added on the other's goods", (measure,))


def _in_kind(dispute: Dispute, standoff: Standoff, side: str, other: str, threats: Sequence[Measure]) -> Move:
    """The answer that the file gives to the other's threats; in kind by value where it gives none."""
    given = answers_to(dispute, standoff.world, tuple(threats))
    mine = tuple(measure for measure in given.measures if measure.by == side)
    if mine:
        return Move(side, "in kind", "the answers of the file to the other's threats", mine, given.notes)
    answer = InKind("value").respond(standoff, side, other, threats)
    notes = (f"the file has no answer in kind of {side}: in kind by value is taken", *answer.notes)
    return Move(side, "in kind", "in kind by value to the other's threats", answer.measures, notes)


def _best(dispute: Dispute, standoff: Standoff, side: str, other: str, rule: Best) -> Move:
    """Its best tariffs given what the other threatens, or given nothing where it threatens nothing."""
    threats = threats_of(dispute, standoff.world, other, side)
    answer = rule.respond(standoff, side, other, threats)
    given = "carries out its threats" if threats else "does nothing new"
    return Move(side, "best", f"best tariffs where the other {given}", answer.measures, answer.notes)


def _nash(standoff: Standoff, side: str, other: str, found: Equilibrium) -> Move:
    n, i = (standoff.economy.index(code) for code in (side, other))
    id, title = f"{side.lower()}-nash", f"{side}'s Nash tariffs"
    measure = as_law(standoff, side, other, found.tariffs[n, i], id, title, ())
    return Move(side, "Nash", "tariffs that are best answers to each other", (measure,))


#: What the file calls `match` → the rule.
_RULES: Final[dict[str, Rule]] = {"harm": EqualHarm(), "best": Best()}


def decided(state: Plan, world: World, economy: Economy, horizon: Horizon) -> Plan:
    """The state with its chosen answers, each seeing those made before it.

    `economy` is calibrated on the world, without any measure. Raises BadMeasure, NotSolved.
    """
    made: list[Measure] = []
    notes = list(state.notes)
    for chosen in state.chosen:
        standing = tuple(measure for measure in (*state.measures, *made) if measure not in chosen.to)
        standoff = Standoff(world, economy, standing, horizon)
        answer = _RULES[chosen.match].respond(standoff, chosen.by, chosen.to[0].by, chosen.to, id=chosen.id)
        made += answer.measures
        notes += answer.notes
    return replace(
        state,
        measures=(*state.measures, *made),
        responses=(*state.responses, *(measure.id for measure in made)),
        notes=tuple(notes),
        chosen=(),
    )
