"""A sequence of moves: each side answers the other by its rule, and every round is solved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, get_args

import numpy as np
import pandas as pd

from detente.data.exported import Exported
from detente.errors import BadInput
from detente.inputs import mapping, one_of, require, whole
from detente.optimal_tariffs.retaliation.rule import Rule, Standoff, check_sides
from detente.policy.measure import Measure
from detente.solver.noise import without_noise
from detente.solver.solution import Solution

Order = Literal["turns", "together"]
"""turns: one side moves a round and the other sees it. together: both move on what the other did the round before."""

Kind = Literal["fixed point", "bound", "cycle", "open"]
"""fixed point: nobody moves any more. bound: nobody moves any more, and somebody did all that its rule may and not all
that it asks for. cycle: the moves repeat. open: none of it within the rounds played."""

#: Two rounds are alike where no duty differs by more than this, a fraction.
_ALIKE = 1e-4


@dataclass(frozen=True)
class Settled:
    """Whether and where the moves end: the kind, the round from which, and how many rounds a cycle takes (else 0)."""

    kind: Kind
    at: int | None = None
    length: int = 0

    def __bool__(self) -> bool:
        return self.kind in ("fixed point", "bound")

    def __str__(self) -> str:
        if self.kind == "open":
            return "did not settle in the rounds played"
        if self.kind == "cycle":
            return f"repeats every {self.length} rounds from round {self.at}"
        end = "" if self.kind == "fixed point" else ", with a side at the bound of what its rule may do"
        return f"settles in round {self.at}{end}"


@dataclass(frozen=True, eq=False)
class Round:
    """One round: its day, who moved, what each side has in force beyond the standoff, notes, and the equilibrium."""

    number: int
    on: date | None
    moved: tuple[str, ...]
    stances: Mapping[str, tuple[Measure, ...]]
    notes: tuple[str, ...]
    solution: Solution
    reached: bool


@dataclass(frozen=True, eq=False)
class History(Exported):
    """The result of a sequence of moves. ``settles`` says whether and where it settles."""

    sides: tuple[str, str]
    rules: Mapping[str, Rule]
    rounds: tuple[Round, ...]
    settles: Settled
    before: Solution = field(repr=False)

    def __repr__(self) -> str:
        rules = " and ".join(f"{side} {self.rules[side].name}" for side in self.sides)
        return f"<History of {rules}: {len(self.rounds)} rounds, {self.settles}>"

    def tables(self) -> dict[str, pd.DataFrame]:
        """The rounds, as `frame` has them for the two sides."""
        return {"rounds": self.frame()}

    def frame(self, economies: Sequence[str] | None = None) -> pd.DataFrame:
        """One row a round and economy, the two sides first and then those of ``economies``.

        round, on (date or missing), economy, moved (whether it moved in the round), tariff (its average duty on the
        other side's goods sectors, weighted by trade before the moves; missing for an economy that is no side),
        real_income (change since before the moves, a fraction) and real_income_usd (USD million a year).
        """
        base = self.before.base
        names = tuple(dict.fromkeys((*self.sides, *(economies or ()))))
        rows = []
        for its in self.rounds:
            for code in names:
                n = base.index(code)
                change = float(without_noise(its.solution.welfare_hat[n] / self.before.welfare_hat[n] - 1))
                rows.append(
                    {
                        "round": its.number,
                        "on": None if its.on is None else its.on.isoformat(),
                        "economy": code,
                        "moved": code in its.moved,
                        "tariff": self._average(its.solution, code),
                        "real_income": change,
                        "real_income_usd": float(
                            without_noise(
                                (its.solution.welfare_hat[n] - self.before.welfare_hat[n]) * base.I[n], of=base.I[n]
                            )
                        ),
                    }
                )
        return pd.DataFrame(rows)

    def _average(self, solution: Solution, code: str) -> float:
        if code not in self.sides:
            return np.nan
        base = self.before.base
        other = self.sides[1 - self.sides.index(code)]
        n, i = base.index(code), base.index(other)
        weight = self.before.M_cf[n, i] * (self.before.t_cf[n, i] + solution.t_cf[n, i] > 0)
        return float(np.average(solution.t_cf[n, i], weights=weight)) if weight.sum() > 0 else 0.0


def play(
    standoff: Standoff,
    rules: Mapping[str, Rule],
    opening: Sequence[Measure] = (),
    *,
    order: Order = "turns",
    rounds: int = 8,
    start: date | None = None,
    every: timedelta = timedelta(days=30),
) -> History:
    """Moves of two sides until they settle or the rounds are over.

    A move is everything that a side has in force against the other after it, so it takes the place of the side's move
    before. Round 0 is the opening. By turns, the side that did not open moves in round 1.

    Parameters
    ----------
    standoff
        The position before the opening.
    rules
        Side → rule, two of them.
    opening
        Measures of one side on the other; without any, the side named first moves in round 1.
    order
        ``turns`` or ``together``.
    rounds
        How many at most after the opening.
    start, every
        The day of round 0 and the time between rounds; the moves are then law from their day.

    Raises
    ------
    UnknownEconomy, BadInput
        Where there are not two sides, a side is not in the world, the opening is of both or of another side, or no
        round is to be played.
    BadMeasure, NotSolved
        Where a rule's answer cannot be applied, or a round is not solved.
    """
    sides = _checked(standoff, rules, opening, order, rounds)
    if start is not None:
        require(date, start, "start", "give a date, such as datetime.date(2018, 7, 6)")
    require(timedelta, every, "every", "give the time between rounds, such as datetime.timedelta(days=30)")
    opener = opening[0].by if opening else sides[1]
    stances: dict[str, tuple[Measure, ...]] = {side: _dated(opening, start) if side == opener else () for side in sides}
    past: dict[str, list[tuple[Measure, ...]]] = {side: [] for side in sides}
    history = [Round(0, start, (opener,) if opening else (), stances, (), standoff.solve(stances[opener]), True)]
    reached = dict.fromkeys(sides, True)
    wait = 1 if order == "together" else 2
    settled = Settled("open")
    while settled.kind == "open" and len(history) <= rounds:
        number = len(history)
        in_turn = _other(sides, opener) if number % 2 else opener
        movers = sides if order == "together" else (in_turn,)
        on = None if start is None else start + number * every
        now = stances
        notes: list[str] = []
        stances = dict(now)
        for side in movers:
            other = _other(sides, side)
            id = f"{side.lower()}-{number}"
            answer = rules[side].respond(standoff, side, other, now[other], past=past[other], id=id)
            stances[side], reached[side] = _dated(answer.measures, on), answer.reached
            notes += answer.notes
        for side in sides:
            past[side].append(now[side])
        both = [measure for side in sides for measure in stances[side]]
        solution = standoff.solve(both, near=history[-1].solution)
        history.append(Round(number, on, movers, stances, tuple(notes), solution, all(reached.values())))
        settled = _settled(history, wait)
    return History(sides, dict(rules), tuple(history), settled, standoff.before)


def _checked(
    standoff: Standoff, rules: Mapping[str, Rule], opening: Sequence[Measure], order: str, rounds: int
) -> tuple[str, str]:
    require(Standoff, standoff, "standoff", "give a dt.Standoff(world, economy)")
    for side, rule in mapping(rules, "rules").items():
        require(
            Rule,
            rule,
            f"the rule of {side}",
            f"give a rule, such as detente.optimal_tariffs.retaliation.RULES[{'tit-for-tat'!r}]()",
        )
    for measure in opening:
        require(Measure, measure, "an entry of the opening", "give measures, dt.Measure(...)")
    if len(rules) != 2:
        raise BadInput(
            f"a standoff has two sides, but rules are given for {len(rules)} ({', '.join(rules) or 'nobody'})"
        )
    one_of(order, "order", get_args(Order))
    whole(rounds, "rounds (played after the opening)", least=1)
    first, second = rules
    check_sides(standoff, first, second)
    openers = sorted({measure.by for measure in opening})
    if len(openers) > 1 or not set(openers) <= {first, second}:
        raise BadInput(
            f"the opening is by {' and '.join(openers)}: give measures of {first} or of {second}, not of both"
        )
    return first, second


def _other(sides: tuple[str, str], side: str) -> str:
    return sides[1] if side == sides[0] else sides[0]


def _dated(measures: Sequence[Measure], on: date | None) -> tuple[Measure, ...]:
    """The measures as law from a day; as they are without one. The date of a table says which of its rates hold."""
    if on is None:
        return tuple(measures)
    law = {"status": "in-force", "until": None, "earliest": None}
    return tuple(m.model_copy(update=law if m.goods.table is not None else {**law, "from_": on}) for m in measures)


def _settled(history: Sequence[Round], wait: int) -> Settled:
    """Whether the last rounds repeat those before them: at least as many as it takes each side to have moved."""
    last = len(history) - 1
    for length in range(1, last + 1):
        span = max(wait, length)
        if last - span - length + 1 < 0:
            break
        if all(_alike(history[last - k], history[last - k - length]) for k in range(span)):
            if length == 1:
                at = next(k for k in range(last, -1, -1) if k == 0 or not _alike(history[k - 1], history[last]))
                return Settled("fixed point" if history[-1].reached else "bound", at)
            return Settled("cycle", last - span - length + 1, length)
    return Settled("open")


def _alike(one: Round, other: Round) -> bool:
    """Whether every duty is the same in two rounds, parts of cells included, which the wedges tell apart."""
    a, b = one.solution.wedges, other.solution.wedges
    cost = np.abs(a.K ** (1 / -one.solution.base.theta) - b.K ** (1 / -one.solution.base.theta)).max()
    return bool(max(cost, np.abs(1 / a.v - 1 / b.v).max()) <= _ALIKE)
