"""Tariffs from which no government gains by moving alone, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from detente.errors import BadShock, NotSolved
from detente.model.benchmark import Benchmark
from detente.model.shock import Shock
from detente.solve.equilibrium import solve
from detente.solve.solution import Solution
from detente.war.ascent import Climb, climb
from detente.war.certificate import NashCertificate, certified
from detente.war.game import PROHIBITIVE, Game, Position, require_inside
from detente.war.levers import Rates, levers
from detente.war.objectives import Objective
from detente.war.response import objective_of, refuse_flat, starts_of

FloatArray = NDArray[np.float64]

#: Two climbs found the same equilibrium where no determined rate differs by more than this in ln(1+t).
_SAME = 1e-3
#: Above this many rates one climb takes minutes, so that only the start given is climbed from, and it is said.
_MANY_RATES = 20_000


@dataclass(frozen=True, eq=False)
class Found:
    """One equilibrium: the tariffs of the whole world (n, i, j), its solution, and the starts that led to it.

    ``kind`` is ``trade``, or ``no trade`` for the one in which every tariff is prohibitive: nobody can then gain by
    moving alone, since the others' tariffs close trade already.
    """

    kind: str
    tariffs: FloatArray
    solution: Solution
    starts: tuple[str, ...]
    rounds: int


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A Nash equilibrium, relative to the economy it was sought on; others found are in ``equilibria``.

    ``tariffs`` (n, i, j) are those of the whole world, zero on the diagonal; ``determined`` (n, i, j) is true where a
    player set the cell and its tariff matters (a prohibitive one has no slope).
    """

    players: tuple[str, ...]
    objective: str
    tariffs: FloatArray
    determined: NDArray[np.bool_]
    solution: Solution
    certificate: NashCertificate
    equilibria: tuple[Found, ...]
    rounds: int

    def __repr__(self) -> str:
        return f"<Equilibrium of {len(self.players)} players in {self.rounds} rounds; {self.certificate}>"

    def medians(self) -> pd.DataFrame:
        """One row a player: median and import-weighted mean of its determined tariffs, change of real income."""
        base = self.solution.base
        rows = []
        for player in self.players:
            n = base.index(player)
            chosen = self.determined[n]
            weight = base.M[n][chosen]
            rows.append(
                {
                    "economy": player,
                    "median": float(np.median(self.tariffs[n][chosen])) if chosen.any() else np.nan,
                    "mean": float(np.average(self.tariffs[n][chosen], weights=weight)) if weight.sum() > 0 else np.nan,
                    "real_income": float(self.solution.W_hat[n] - 1),
                }
            )
        return pd.DataFrame(rows)


def nash(
    economy: Benchmark,
    players: Sequence[str] | None = None,
    *,
    start: Shock | None = None,
    weights: ArrayLike | None = None,
    uniform: bool = False,
    against: Sequence[str] | None = None,
    bounds: tuple[float, float] | None = None,
    sectors: Sequence[str] | None = None,
    rates: Rates = "sector",
    objective: Objective | None = None,
    certify: bool = True,
    seed: int = 0,
) -> Equilibrium:
    """Tariffs at which every player's are its best, given the others'.

    Climbs from the start, from free trade and from a random point (with over 20,000 rates from the start alone, as the
    certificate then says), reports every equilibrium found, and certifies the one reached from the start: each player
    (eight of them, the largest by income, where there are more) searches for a gain from the point found and from fresh
    starts.

    Parameters
    ----------
    players
        Economies that choose; None for all.
    start
        Tariffs to begin from; those that no player sets stay. None for the benchmark's.
    weights
        Political weights (n, j), one on average over sectors; short for an objective with them.
    uniform
        One rate a country; short for ``rates="one"``.
    against, sectors, rates, bounds
        See `detente.war.levers.levers`.
    certify
        Search for deviations; without it ``certificate.searched`` is empty and only slopes speak.

    Raises
    ------
    UnknownEconomy, UnknownSector, BadInput
        Where a name is not in the economy, bounds exclude the start, weights do not fit, or an objective is flat.
    NotSolved
        Where the first-order conditions are not reached from the start.
    """
    chosen = objective_of(objective, weights)
    kind: Rates = "one" if uniform else rates
    set_by = levers(economy, players, against=against, sectors=sectors, rates=kind, bounds=bounds)
    game = Game.of(economy, set_by, chosen, Shock() if start is None else start)
    require_inside(game, bounds is not None)
    starts = starts_of(game, seed)
    refuse_flat(game, game.at(starts["start"]))
    many = set_by.size > _MANY_RATES
    climbs = {name: climb(game, y) for name, y in starts.items() if name == "start" or not many}
    main = climbs["start"]
    if not main.arrived:
        raise NotSolved(
            f"{economy.name}: after {main.rounds} rounds a rate would still move by {main.left:.3g} in ln(1+t): "
            "try narrower bounds, another start, or fewer players"
        )
    closed, why_not = no_trade(game)
    notes = [f"{set_by.size} rates: climbed from the start alone" if many else "", why_not]
    proof = certified(game, main.position, certify, seed, "; ".join(filter(None, notes)))
    return Equilibrium(
        players=set_by.players,
        objective=str(chosen),
        tariffs=world_tariffs(game, main.position),
        determined=determined_cells(game, main.position),
        solution=main.position.solution,
        certificate=proof,
        equilibria=(*distinct(game, climbs), *closed),
        rounds=main.rounds,
    )


def world_tariffs(game: Game, position: Position) -> FloatArray:
    """The tariffs of the whole world at a position, the diagonal zero."""
    tariffs = game.levers.write(position.y, game.rest.t_cf)
    own = np.arange(len(tariffs))
    tariffs[own, own] = 0.0
    return tariffs


def determined_cells(game: Game, position: Position) -> NDArray[np.bool_]:
    """(n, i, j) true where a player set the cell and trade is left in it."""
    mask = np.zeros(game.economy.pi.shape, dtype=bool)
    mask[game.levers.cells] = position.solution.pi_cf[game.levers.cells] > PROHIBITIVE
    return mask


def distinct(game: Game, climbs: Mapping[str, Climb]) -> tuple[Found, ...]:
    """The equilibria that climbs arrived at, each once, with the starts that led there."""
    found: list[tuple[Climb, list[str]]] = []
    for name, its in climbs.items():
        if not its.arrived:
            continue
        for known, names in found:
            both = known.position.determined & its.position.determined
            if np.abs(known.position.y - its.position.y)[both].max(initial=0.0) <= _SAME:
                names.append(name)
                break
        else:
            found.append((its, [name]))
    return tuple(
        Found("trade", world_tariffs(game, its.position), its.position.solution, tuple(names), its.rounds)
        for its, names in found
    )


def no_trade(game: Game) -> tuple[tuple[Found, ...], str]:
    """The equilibrium without trade, where everybody plays and nobody has a deficit to pay for; or why it is not there.

    With every other tariff prohibitive an economy sells nothing, and so buys nothing, whatever it sets.
    """
    economy, (n, _, _) = game.economy, game.levers.cells
    everybody = len(n) == economy.pi.size - economy.X.size and economy.deficits == "balanced"
    if not everybody:
        return (), ""
    d_hat = np.full(economy.pi.shape, np.inf)
    own = np.arange(len(d_hat))
    d_hat[own, own] = 1.0
    try:
        solution = solve(economy, Shock(d_hat=d_hat))
    except BadShock as error:
        return (), f"no trade at all is no equilibrium here: {error}"
    tariffs = np.where(np.isinf(d_hat), np.inf, 0.0)
    return (Found("no trade", tariffs, solution, ("by construction",), 0),), ""
