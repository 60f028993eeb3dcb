"""The best tariff of one government against given tariffs of everybody else, with its certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detente.data.exported import Exported, cells
from detente.errors import BadInput, NotSolved
from detente.inputs import FloatArray, require, whole
from detente.model.benchmark import Benchmark
from detente.optimal_tariffs.game import (
    TOLERANCE,
    Start,
    StrategyProfile,
    TariffGame,
    ascend,
    climb,
    require_inside,
    shock_of,
)
from detente.optimal_tariffs.governments import Objective, Rates, TariffInstruments, tariff_instruments
from detente.optimal_tariffs.rate_bounds import Bounds, Floor
from detente.solver.solution import Solution

_T = TypeVar("_T")

#: L-BFGS-B stops where a step gains less than this, in logs; far less than certificates promise (1e-6).
_GAIN = 1e-11
#: Climbs that end within so many times their tolerance of each other, in ln(1+t), arrived at one place.
_ARRIVED = 10.0
#: Starts agree where their payoffs do within this, in logs.
AGREES = 1e-7
#: An objective whose slopes sum to less than this, in logs by ln(1+t), is flat.
_FLAT = 1e-12
#: Relative accuracy of slopes that need only be told from zero.
_ROUGH = 1e-4


def tariffs_of(base: Benchmark, tariffs: FloatArray, players: Sequence[str]) -> pd.DataFrame:
    """Tariffs (n, i, j) of some economies as a table: importer, exporter, sector, tariff (a fraction).

    Those on nobody's goods, an economy's on its own and prohibitive ones without a number are left out.
    """
    kept = np.isfinite(tariffs) & (base.pi > 0)
    kept &= np.isin(base.economies, list(players))[:, None, None]
    kept &= ~np.eye(len(base.economies), dtype=bool)[:, :, None]
    return cells({"tariff": tariffs}, base.economies, base.sectors, kept)


@dataclass(frozen=True, eq=False)
class BestResponse(Exported):
    """A best response. ``tariffs`` (n, i, j) are those of the whole world, the player's best in place.

    ``gain`` is the player's payoff at the best less that at the start, in logs (for real income, its relative change);
    ``solution`` is relative to the economy; ``certificate`` says how sure it is the best, and ``note`` what
    of the start was held.
    """

    player: str
    objective: str
    tariffs: FloatArray
    gain: float
    solution: Solution
    certificate: Certificate
    note: str = ""

    def tables(self) -> dict[str, pd.DataFrame]:
        """The change in every economy, the tariffs of the player, and where each start led."""
        its = tariffs_of(self.solution.base, self.tariffs, (self.player,))
        return {"economies": self.solution.economies(), "tariffs": its, "starts": self.certificate.starts}

    def __repr__(self) -> str:
        return f"<BestResponse of {self.player}: gain {self.gain:.3g}, {self.certificate}>"


@dataclass(frozen=True, eq=False)
class Certificate:
    """Why a point is a best response.

    ``projected_slope``: the largest slope over a determined rate that its bounds leave room for, by ln(1+t).
    ``move``: the longest move a determined rate would still make. ``starts``: payoff reached from each start, in logs
    over the start given, how far its rates lie from the best, and a note where it led nowhere. ``at_bounds`` and
    ``undetermined`` count rates.
    """

    projected_slope: float
    move: float
    starts: pd.DataFrame
    at_bounds: int
    undetermined: int

    @property
    def agrees(self) -> bool:
        """Whether every start that led anywhere reached the same payoff within 1e-7."""
        return float(self.starts["payoff"].max() - self.starts["payoff"].min()) <= AGREES

    def __str__(self) -> str:
        agree = "all agree" if self.agrees else "do NOT agree"
        return f"projected slope {self.projected_slope:.1e}, {len(self.starts)} starts {agree}"


def best_response(
    economy: Benchmark,
    player: str,
    against: Sequence[str] | None = None,
    start: Start | None = None,
    *,
    sectors: Sequence[str] | None = None,
    rates: Rates = "sector",
    bounds: Bounds | None = None,
    floor: Floor | None = None,
    objective: Objective | None = None,
    weights: ArrayLike | None = None,
    seed: int = 0,
) -> BestResponse:
    """The player's best tariffs, everybody else's as in ``start``.

    Climbs from the start, from the factual tariffs, from free trade and from one random point; each place where one
    arrives is then searched further by L-BFGS-B, which sees payoffs and not only slopes. The best is returned.

    Parameters
    ----------
    against
        Exporters that it taxes; None for all others.
    start
        Tariffs to begin from: a shock, an array (n, i, j), or what another search found; those that the player does not
        set stay. None for the benchmark's.
    sectors, rates, bounds
        See `detente.optimal_tariffs.governments.tariff_instruments`.
    floor
        ``in-force``: no rate lies below the player's duty in ``start``; of cells that take one rate, below their
        average by imports. None: bounds alone.
    objective
        What it wants; None for real income. ``weights`` (n, j) is short for an objective with political weights.
    seed
        Of the random start.

    Raises
    ------
    UnknownEconomy, UnknownSector, BadInput
        Where a name is not in the economy, bounds exclude the start, weights do not fit, or the objective is flat.
    NotSolved
        Where an equilibrium on the way is not found.
    """
    chosen = objective_of(objective, weights)
    set_by = tariff_instruments(economy, [player], against=against, sectors=sectors, rates=rates, bounds=bounds)
    game = TariffGame.of(economy, set_by, chosen, shock_of(start))
    require_inside(game)
    game = game.floored(floor)
    starts = starts_of(game, seed)
    return respond(game, starts, refuse_flat(game, starts))


def respond(game: TariffGame, starts: Mapping[str, FloatArray], near: StrategyProfile | None = None) -> BestResponse:
    """The best response in a game of one player, from several starts; payoffs are over that at the game's start.

    ``near`` is any position of the game, to begin solving from. Raises NotSolved where no start leads anywhere.
    """
    n = int(game.instruments.positions[0])
    before = float(game.at_start()[n])
    searched: list[tuple[StrategyProfile, StrategyProfile]] = []  # where a climb arrived, and the best from there

    def go(y: FloatArray) -> StrategyProfile:
        nonlocal near
        top = climb(game, y, near).position
        found = next((best for other, best in searched if _one_place(top, other)), None)
        if found is None:
            found = search(game, top)
            searched.append((top, found))
        near = max(found, top, key=lambda position: float(position.payoffs[n]))
        return near

    found, failed = each(starts, go)
    best = max(found.values(), key=lambda position: float(position.payoffs[n]))
    rows = [
        (name, float(p.payoffs[n]) - before, float(np.abs(p.y - best.y)[best.determined].max(initial=0.0)), "")
        for name, p in found.items()
    ]
    rows += [(name, np.nan, np.nan, why) for name, why in failed.items()]
    return BestResponse(
        player=game.instruments.players[0],
        objective=str(game.objective),
        tariffs=game.instruments.write(best.y, game.rest.t_cf),
        gain=float(best.payoffs[n]) - before,
        solution=best.solution,
        certificate=certificate(
            game.instruments, best, pd.DataFrame(rows, columns=["start", "payoff", "distance", "note"])
        ),
        note=game.note,
    )


def each(starts: Mapping[str, FloatArray], go: Callable[[FloatArray], _T]) -> tuple[dict[str, _T], dict[str, str]]:
    """The end of the search from each start, and the reasons of failures. Raises NotSolved if all fail."""
    found: dict[str, _T] = {}
    failed: dict[str, str] = {}
    for name, y in starts.items():
        try:
            found[name] = go(y)
        except NotSolved as error:
            failed[name] = str(error)
    if not found:
        raise NotSolved(next(iter(failed.values())))
    return found, failed


def _one_place(one: StrategyProfile, other: StrategyProfile) -> bool:
    """Whether two climbs arrived at the same rates, within what the tolerance of a climb leaves open."""
    both = one.determined & other.determined
    return float(np.abs(one.y - other.y)[both].max(initial=0.0)) <= _ARRIVED * TOLERANCE


def search(game: TariffGame, top: StrategyProfile) -> StrategyProfile:
    """The best position that L-BFGS-B reaches from where a climb arrived, for the game's one player."""
    n = int(game.instruments.positions[0])
    best = near = top

    def value(y: FloatArray) -> tuple[float, FloatArray]:
        nonlocal best, near
        near = game.at(y, near)
        if near.payoffs[n] > best.payoffs[n]:
            best = near
        return float(near.payoffs[n]), near.slope

    ascend(value, near.y, near.curvature, game.instruments, _GAIN)
    return best


def starts_of(game: TariffGame, seed: int) -> dict[str, FloatArray]:
    """The start, the factual tariffs, free trade, and one random point between it and 60 %; none of them twice."""
    instruments = game.instruments
    seed = whole(seed, "seed", least=0)
    every = {
        "start": game.first(),
        "factual": instruments.read(game.economy.t, game.economy.M),
        "free trade": np.clip(np.zeros(instruments.size), instruments.lower, instruments.upper),
        "random": np.clip(
            np.random.default_rng(seed).uniform(0.0, np.log1p(0.6), instruments.size),
            instruments.lower,
            instruments.upper,
        ),
    }
    different: dict[str, FloatArray] = {}
    for name, y in every.items():
        if not any(np.allclose(y, other) for other in different.values()):
            different[name] = y
    return different


def certificate(set_by: TariffInstruments, position: StrategyProfile, starts: pd.DataFrame) -> Certificate:
    """The certificate of a position."""
    y = position.y
    move = np.clip(y + position.move, set_by.lower, set_by.upper) - y
    at_bound = (set_by.upper - y <= 1e-9) | (y - set_by.lower <= 1e-9)
    return Certificate(
        projected_slope=float(np.abs(position.slope[position.room(set_by)]).max(initial=0.0)),
        move=float(np.abs(move[position.determined]).max(initial=0.0)),
        starts=starts,
        at_bounds=int(at_bound.sum()),
        undetermined=int((~position.determined).sum()),
    )


def refuse_flat(game: TariffGame, starts: Mapping[str, FloatArray]) -> StrategyProfile:
    """Raise BadInput where no rate of some player moves its payoff, neither at one start nor at another; or a position.

    At a single point a payoff may be level because it is the best one, or because its tariffs close all trade.
    """
    flat = set(game.instruments.players)
    for y in starts.values():
        position = game.at(y, accuracy=_ROUGH)
        moves = np.bincount(game.instruments.owner, np.abs(np.where(position.determined, position.slope, 0.0)))
        flat -= {player for player, move in zip(game.instruments.players, moves, strict=True) if move > _FLAT}
        if not flat:
            return position
    raise BadInput(
        f"the objective of {sorted(flat)[0]} ({game.objective}) is flat: no tariff it may set moves it; "
        "name partners and sectors it buys from, or another objective"
    )


def objective_of(objective: Objective | None, weights: ArrayLike | None) -> Objective:
    """The objective, or one with the weights given. Raises BadInput where both are given."""
    if objective is not None and weights is not None:
        raise BadInput("give either an objective or weights: weights are short for Objective(weights=...)")
    if objective is not None:
        require(Objective, objective, "objective", "give a dt.Objective(...), or none for real income")
    return Objective(weights=weights) if objective is None else objective
