"""What a war at Nash tariffs owes to duties that are cut, and what to duties that are raised.

Two games: in one no duty falls below the duty in force, in the other both sides may also lower duties. Where the second
lowers some, part of what a side gains is the gain from its own liberalisation, which it could have without a war. Both
games are played again under every other rule of the base tariffs, on which the cuts depend most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.dispute.moves import nash_law
from detente.dispute.session import Pair, Session
from detente.inputs import BoolArray
from detente.model.shock import Wedges
from detente.optimal_tariffs.governments import Objective, Rates
from detente.optimal_tariffs.nash_equilibrium import BOUND, Equilibrium
from detente.solver.noise import without_noise
from detente.solver.solution import Solution

FLOORED: Final = "floored"
FREE: Final = "free"
WEIGHTED: Final = "weighted"
BOTH: Final = "both"
#: Duties differ where they do by more than this, fractions.
_DIFFERENT: Final = 1e-6


def split_frame(session: Session, pair: Pair, free: Equilibrium) -> pd.DataFrame:
    """`War.split`: the cuts of each side alone, of both, the raises of both, and all together. Raises NotSolved."""
    economy, before = session.economy, session.before
    now = before.wedges
    own = np.zeros(economy.pi.shape, dtype=bool)
    seats = {side: economy.index(side) for side in pair}
    goods = np.isin(economy.sectors, session.world.goods)
    for side, other in (pair, pair[::-1]):
        own[seats[side], seats[other]] = goods
    lowered = own & (free.tariffs < now.t_cf - _DIFFERENT)
    raised = own & (free.tariffs > now.t_cf + _DIFFERENT)
    parts: list[tuple[str, str, BoolArray]] = []
    for side in pair:
        mine = np.zeros_like(own)
        mine[seats[side]] = lowered[seats[side]]
        parts.append(("cuts", side, mine))
    parts += [("cuts", BOTH, lowered), ("raises", BOTH, raised)]
    rows: list[dict[str, Any]] = []
    for part, by, cells in parts:
        solution = session.settled(_with(now, free.solution.wedges, cells)) if cells.any() else before
        rows += _rows(session, part, by, int(cells.sum()), solution)
    rows += _rows(session, "together", BOTH, int((lowered | raised).sum()), free.solution)
    return pd.DataFrame(rows)


def _with(now: Wedges, then: Wedges, cells: BoolArray) -> Wedges:
    """The law in force with the duties of another state in some cells (n, i, j), parts of the others kept."""
    return replace(now, K=np.where(cells, then.K, now.K), v=np.where(cells, then.v, now.v))


def _rows(session: Session, part: str, by: str, duties: int, solution: Solution) -> Iterator[dict[str, Any]]:
    economy, before = session.economy, session.before
    for n, code in enumerate(economy.economies):
        yield {
            "part": part,
            "by": by,
            "duties": duties,
            "economy": code,
            "real_income": float(without_noise(solution.welfare_hat[n] / before.welfare_hat[n] - 1)),
            "real_income_usd": float(
                without_noise((solution.welfare_hat[n] - before.welfare_hat[n]) * economy.I[n], of=economy.I[n])
            ),
        }


def games_frame(
    session: Session, pair: Pair, objective: Objective, rates: Rates, played: Mapping[str, Equilibrium]
) -> pd.DataFrame:
    """`War.games`: both games here, and under every other rule of the base tariffs the world has. Raises NotSolved."""
    rows: list[dict[str, Any]] = []
    for rule in (session.world.tariff_source, *session.world.tariff_sources):
        other = session.under(base_tariffs=rule)
        if rows and other is session:
            continue
        for game, its in played.items():
            found = its
            if other is not session:
                found = other.nash(pair, objective, rates, liberalise=game == FREE, near=its)
            rows += game_rows(other, pair, game, found)
    return pd.DataFrame(rows)


def game_rows(session: Session, pair: Pair, game: str, found: Equilibrium) -> Iterator[dict[str, Any]]:
    """Rows of `War.games` of one game that is solved: one a player."""
    economy, now = session.economy, session.before.wedges.t_cf
    goods = np.isin(economy.sectors, session.world.goods)
    # As the table of payoffs has it: in the law, where a quota that others share moves with the duties.
    laws = [nash_law(session, side, other, found) for side, other in (pair, pair[::-1])]
    reached = session.solution(session.beside((*laws[0], *laws[1])))
    for side, other in (pair, pair[::-1]):
        n, i = economy.index(side), economy.index(other)
        weight = session.world.flows[n, i] * goods
        yield {
            "game": game,
            "base_tariffs": session.world.tariff_source,
            "player": side,
            "in_force": _mean(session.standoff.average(side, other), weight),
            "average": _mean(found.tariffs[n, i], weight),
            "lowered": int(((found.tariffs[n, i] < now[n, i] - _DIFFERENT) & (weight > 0)).sum()),
            "real_income": float(without_noise(reached.welfare_hat[n] / session.before.welfare_hat[n] - 1)),
            "level": bool(float(found.certificate.expected.max()) <= BOUND),
        }


def _mean(duties: np.ndarray, weight: np.ndarray) -> float:
    return float(np.average(duties, weights=weight)) if weight.sum() > 0 else 0.0
