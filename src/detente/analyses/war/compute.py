"""From a dispute to the tariff war of two of its parties: moves, payoffs, Nash tariffs, best-response curves.

Who would make a concession: which side of a clash is better off giving up its own move.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from detente.analyses.war.cuts_and_raises import FLOORED, FREE, WEIGHTED, game_rows, games_frame, split_frame
from detente.analyses.war.options import WarOptions
from detente.analyses.war.political_weights import political_weights
from detente.analyses.war.result import War
from detente.dispute.moves import Move, Name, moves_of
from detente.dispute.session import MOST, Pair, Progress, Session, Steps
from detente.errors import BadInput
from detente.optimal_tariffs.best_responses import best_response
from detente.optimal_tariffs.game import TariffGame
from detente.optimal_tariffs.governments import Objective, tariff_instruments, wanted
from detente.optimal_tariffs.nash_equilibrium import Equilibrium
from detente.optimal_tariffs.retaliation.rule import Standoff
from detente.policy.measure import Goods, Measure
from detente.solver.noise import without_noise
from detente.solver.solution import Solution

#: A payoff is over another where it is by more than this, in logs; the audit of solutions leaves that much open.
_OVER: Final = 1e-9
#: The moves of a clash, the first that a side has.
_IN_A_CLASH: Final[tuple[Name, ...]] = ("threat", "in kind")

NamePair = tuple[Name, Name]


def concession_frame(players: Pair, moves: Mapping[str, tuple[Move, ...]], payoffs: pd.DataFrame) -> pd.DataFrame:
    """One row a player: its payoff in the clash, where it alone backs down, and where both do; see `War.blinks`.

    The clash is each side doing what the file says: its threat, or else its answer in kind. A side that backs down
    alone gives up its own move, and the other's stays, so that the two sides are compared alike. An answer falls with
    the threat that it answers: that is where both back down. Where neither threatens anything, the clash is what is in
    force, and backing down is to withdraw; where nothing is in force either, both are at their Nash tariffs, and
    backing down is to charge nothing new.
    """
    known = {
        (first, second, economy): payoff
        for first, second, economy, payoff in payoffs[["first_move", "second_move", "economy", "payoff"]].itertuples(
            index=False, name=None
        )
    }
    names = [{move.name for move in moves[side]} for side in players]
    clash = _clash(names)
    given_up = [_given_up(names[k], clash[k]) for k in range(2)]
    rows = []
    for k, side in enumerate(players):
        back = (given_up[0], clash[1]) if k == 0 else (clash[0], given_up[1])
        at_clash, at_back, at_peace = (
            float(known[(*state, side)]) for state in (clash, back, (given_up[0], given_up[1]))
        )
        rows.append(
            {
                "player": side,
                "clash_first": clash[0],
                "clash_second": clash[1],
                "back_first": back[0],
                "back_second": back[1],
                "clash": at_clash,
                "back": at_back,
                "gain": at_back - at_clash,
                "both_back": at_peace,
                "both_gain": at_peace - at_clash,
                "blinks": at_back - at_clash > _OVER,
            }
        )
    return pd.DataFrame(rows)


def _clash(names: Sequence[set[Name]]) -> NamePair:
    """The move of each side in the clash."""
    if any("threat" in its for its in names):
        first, second = (_carried_out(its) for its in names)
        return first, second
    return ("none", "none") if any("withdraw" in its for its in names) else ("Nash", "Nash")


def _carried_out(names: set[Name]) -> Name:
    """What a side does where threats are carried out; nothing new where it has no answer to what is no duty."""
    return next((move for move in _IN_A_CLASH if move in names), "none")


def _given_up(names: set[Name], move: Name) -> Name:
    """What a side does in place of its move in the clash where it backs down."""
    return "withdraw" if move == "none" and "withdraw" in names else "none"


def verdict(rows: pd.DataFrame) -> str:
    """The finding in a sentence, with codes for names."""
    ready = rows[rows["blinks"]]
    first, second = rows["player"]
    if ready.empty:
        return f"neither {first} nor {second} gains by backing down alone"
    if len(ready) == 1:
        firm = second if ready["player"].iloc[0] == first else first
        return f"{ready['player'].iloc[0]} blinks: it gains by backing down alone, {firm} does not"
    more = ready.sort_values("gain", ascending=False, kind="stable")["player"]
    return f"both gain by backing down alone, {more.iloc[0]} more than {more.iloc[1]}"


#: A move is better than another where its payoff is by more than this, in logs; the audit leaves that much open.
_BETTER: Final = 1e-9


def compute(session: Session, options: WarOptions, progress: Progress | None = None) -> War:
    """Compute the tariff war of two governments that choose tariffs on each other's goods and do not give way.

    No duty falls below the one in force, unless `options.liberalise`; the other game is shown beside. Labour moves
    between sectors. With `options.political_weights` the same game is also played by governments that have them, beside
    the others. `options.grid` are duties of the other side, fractions, at which best one-rate answers are found.

    Raises
    ------
    UnknownEconomy, BadInput
        Where players are not two economies of the world, or the objective is flat.
    NotSolved
        Where a state has no equilibrium.
    """
    session = session.long_run
    pair = session.pair(options.players, "a war is")
    options = options.model_copy(update={"objective": wanted(options.objective, pair)})
    tell = Steps(progress, 5)
    tell("Nash and best tariffs")
    moves = moves_of(session, pair, options.objective, options.rates, options.seed, options.liberalise)
    played = {
        game: session.nash(pair, options.objective, options.rates, options.seed, liberalise=game == FREE)
        for game in (FLOORED, FREE)
    }
    equilibrium = played[FREE if options.liberalise else FLOORED]
    tell("what is cut and what is raised")
    split = split_frame(session, pair, played[FREE])
    games = games_frame(session, pair, options.objective, options.rates, played)
    political = _with_weights(session, pair, options)
    if political is not None:
        games = pd.concat([games, political.games], ignore_index=True)
    tell("payoffs of every pair of moves")
    payoffs, residual = _payoffs(session, pair, moves, options.objective)
    concessions = concession_frame(pair, moves, payoffs)
    tell("best answers to one rate")
    curves = pd.DataFrame(list(_curves(session, pair, options)))
    tell("where one-rate answers cross")
    one = session.nash(pair, options.objective, "one", options.seed, liberalise=options.liberalise)
    tell("")
    found = [equilibrium] if options.rates == "one" else [equilibrium, one]
    notes = dict.fromkeys(note for side in pair for move in moves[side] for note in move.notes)
    notes |= dict.fromkeys(() if political is None else political.said)
    return War(
        **session.head(options.plain()),
        players=pair,
        objective=str(options.objective),
        rates=options.rates,
        liberalise=options.liberalise,
        verdict=verdict(concessions),
        certificate="; with one rate each: ".join(str(its.certificate) for its in found),
        certified=all(its.certificate.holds for its in found),
        notes=tuple(notes),
        residual=residual,
        moves=_moves_frame(session.standoff, pair, moves),
        payoffs=payoffs,
        blinks=concessions,
        sectors=_sectors(session.standoff, pair, moves, equilibrium),
        curves=curves,
        crossing=_crossing(session, pair, one),
        games=games,
        split=split,
    )


class _Political(NamedTuple):
    """The rows of `War.games` with political weights, and what is said of the weights."""

    games: pd.DataFrame
    said: tuple[str, ...]


def _with_weights(session: Session, pair: Pair, options: WarOptions) -> _Political | None:
    """The game of the headline between governments with the political weights asked for; None without any."""
    if not options.political_weights:
        return None
    if options.objective.weights is not None:
        raise BadInput("the objective has political weights already: leave political_weights out")
    weights, said = political_weights(session.economy, pair, options.political_weights)
    objective = replace(options.objective, weights=weights)
    found = session.nash(pair, objective, options.rates, options.seed, liberalise=options.liberalise)
    return _Political(pd.DataFrame(list(game_rows(session, pair, WEIGHTED, found))), said)


def _payoffs(
    session: Session, pair: Pair, moves: Mapping[str, tuple[Move, ...]], objective: Objective
) -> tuple[pd.DataFrame, float]:
    """The table of payoffs, and the largest gap of any audit in it."""
    economy, before = session.economy, session.before
    game = TariffGame.of(
        economy, tariff_instruments(economy, list(pair), against=list(pair)), objective, session.standoff.shock()
    )
    stood = game.payoffs(before)
    seats = [economy.index(code) for code in pair]
    pairs = list(product(*(range(len(moves[side])) for side in pair)))
    gained = np.zeros((2, *(len(moves[side]) for side in pair)))
    solved: dict[tuple[int, int], Solution] = {}
    for a, b in pairs:
        new = (*moves[pair[0]][a].measures, *moves[pair[1]][b].measures)
        solved[a, b] = session.solution(session.beside(new))
        gained[:, a, b] = (game.payoffs(solved[a, b]) - stood)[seats]
    stable = (gained[0] >= gained[0].max(0) - _BETTER) & (gained[1] >= gained[1].max(1, keepdims=True) - _BETTER)
    frames = []
    for a, b in pairs:
        payoff = np.full(len(economy.economies), np.nan)
        payoff[seats] = gained[:, a, b]
        found = solved[a, b].welfare_hat
        frames.append(
            pd.DataFrame(
                {
                    "first_move": moves[pair[0]][a].name,
                    "second_move": moves[pair[1]][b].name,
                    "equilibrium": bool(stable[a, b]),
                    "economy": economy.economies,
                    "real_income": without_noise(found / before.welfare_hat - 1),
                    "real_income_usd": without_noise((found - before.welfare_hat) * economy.I, of=economy.I),
                    "payoff": payoff,
                }
            )
        )
    return pd.concat(frames, ignore_index=True), max(solution.gap for solution in solved.values())


def _moves_frame(standoff: Standoff, pair: Pair, moves: Mapping[str, tuple[Move, ...]]) -> pd.DataFrame:
    rows = []
    for side, other in (pair, pair[::-1]):
        n, i = standoff.economy.index(side), standoff.economy.index(other)
        goods = np.isin(standoff.world.sectors, standoff.world.goods)
        weight = standoff.world.flows[n, i] * goods
        for move in moves[side]:
            duties = standoff.average(side, other, move.measures)
            rows.append(
                {
                    "side": side,
                    "move": move.name,
                    "title": move.title,
                    "measures": " ".join(measure.id for measure in move.measures),
                    "average_tariff": float(np.average(duties, weights=weight)) if weight.sum() > 0 else 0.0,
                }
            )
    return pd.DataFrame(rows)


def _sectors(standoff: Standoff, pair: Pair, moves: Mapping[str, tuple[Move, ...]], found: Equilibrium) -> pd.DataFrame:
    frames = []
    for side, other in (pair, pair[::-1]):
        n, i = standoff.economy.index(side), standoff.economy.index(other)
        kept = [j for j in map(standoff.world.sector_index, standoff.world.goods) if standoff.world.flows[n, i, j] > 0]
        best = next(move for move in moves[side] if move.name == "best")
        frames.append(
            pd.DataFrame(
                {
                    "player": side,
                    "partner": other,
                    "sector": [standoff.world.sectors[j] for j in kept],
                    "imports": standoff.world.flows[n, i, kept],
                    "before": standoff.average(side, other)[kept],
                    "best": standoff.average(side, other, best.measures)[kept],
                    "nash": found.tariffs[n, i, kept],
                    "determined": found.determined[n, i, kept],
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _one_duty(side: str, other: str, rate: float) -> Measure:
    """One duty on all goods of the other side, whatever stood before."""
    goods = Goods(all=True)
    return Measure(
        id=f"{side.lower()}-one-rate",
        by=side,
        on=(other,),
        status="proposed",
        goods=goods,
        set=rate,
        stacking="replace",
    )


def _curves(session: Session, pair: Pair, options: WarOptions) -> Iterator[dict[str, Any]]:
    """The best one-rate answer of each side to each duty of the grid."""
    economy, goods = session.economy, session.world.goods
    for side, other in (pair, pair[::-1]):
        n, i, j = economy.index(side), economy.index(other), economy.sector_index(goods[0])
        for rate in options.grid:
            answer = best_response(
                economy,
                side,
                [other],
                session.standoff.shock([_one_duty(other, side, rate)]),
                sectors=goods,
                rates="one",
                bounds=(0.0, MOST),
                floor=None if options.liberalise else "in-force",
                objective=options.objective,
                seed=options.seed,
            )
            best = float(answer.tariffs[n, i, j])
            yield {"player": side, "partner_rate": rate, "best_rate": best, "gain": answer.gain}


def _crossing(session: Session, pair: Pair, found: Equilibrium) -> pd.DataFrame:
    """Duties and real income in the Nash equilibrium of one rate each."""
    economy = session.economy
    j = economy.sector_index(session.world.goods[0])
    rows = []
    for side, other in (pair, pair[::-1]):
        n, i = economy.index(side), economy.index(other)
        change = float(without_noise(found.solution.welfare_hat[n] / session.before.welfare_hat[n] - 1))
        rows.append({"player": side, "rate": float(found.tariffs[n, i, j]), "real_income": change})
    return pd.DataFrame(rows)
