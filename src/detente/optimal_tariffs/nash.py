"""Tariffs from which no government gains by moving alone, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detente.data.exported import Exported
from detente.errors import NotSolved, enumerate_names
from detente.inputs import BoolArray, FloatArray
from detente.model.benchmark import Benchmark
from detente.optimal_tariffs.ascent import Climb, climb
from detente.optimal_tariffs.best_response import each, objective_of, refuse_flat, starts_of, tariffs_of
from detente.optimal_tariffs.certificate import NashCertificate, NashPoint, certified, distinct, no_trade
from detente.optimal_tariffs.formula import FormulaWar, formula_war, labour_alone
from detente.optimal_tariffs.game import PROHIBITIVE, Start, StrategyProfile, TariffGame, require_inside, shock_of
from detente.optimal_tariffs.governments import Objective, Rates, levers
from detente.solver.solution import Solution

#: Above this many rates one climb takes minutes, so that only the start given is climbed from, and it is said.
_MANY_RATES = 200_000
#: How often a better answer, found when certifying, is put in.
_REPAIRS = 5


@dataclass(frozen=True, eq=False)
class Equilibrium(Exported):
    """A Nash equilibrium, relative to the economy it was sought on; others found are in ``equilibria``.

    ``tariffs`` (n, i, j) are those of the whole world; ``determined`` (n, i, j) is true where a player set the cell and
    its tariff matters (a prohibitive one has no slope). ``formula``: where everybody sets one rate, without input links
    or profits, the war by Lashkaripour's (2021) formula beside it (`detente.optimal_tariffs.formula`).
    """

    players: tuple[str, ...]
    objective: str
    tariffs: FloatArray
    determined: BoolArray
    solution: Solution
    certificate: NashCertificate
    equilibria: tuple[NashPoint, ...]
    rounds: int
    formula: FormulaWar | None

    def tables(self) -> dict[str, pd.DataFrame]:
        """Tariffs and gains of the players, the change in every economy, and the tariffs that players set."""
        its = tariffs_of(self.solution.base, self.tariffs, self.players)
        return {"players": self.medians(), "economies": self.solution.economies(), "tariffs": its}

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
    start: Start | None = None,
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

    Climbs from the start, from the factual tariffs, from free trade, from a random point, and with one rate for all
    from Lashkaripour's formula where it holds (with over 200,000 rates from the start alone, as the certificate then
    says). Reports every equilibrium found, and certifies the first of them: each player (eight of them, where there
    are more) searches for a gain from the point found and from fresh starts.

    Parameters
    ----------
    players
        Economies that choose; None for all.
    start
        Tariffs to begin from: a shock, an array (n, i, j), or what another search found; those that no player sets
        stay. None for the benchmark's.
    weights
        Political weights (n, j), one on average over sectors; short for an objective with them.
    uniform
        One rate a country; short for ``rates="one"``.
    against, sectors, rates, bounds
        See `detente.optimal_tariffs.governments.levers`; without `sectors` services are taxed too, as in the papers.
    certify
        Search for deviations; without it ``certificate.searched`` is empty and only slopes speak.

    Raises
    ------
    UnknownEconomy, UnknownSector, BadInput
        Where a name is not in the economy, bounds exclude the start, weights do not fit, or an objective is flat.
    NotSolved
        Where the first-order conditions are reached from no start.
    """
    chosen = objective_of(objective, weights)
    kind: Rates = "one" if uniform else rates
    set_by = levers(economy, players, against=against, sectors=sectors, rates=kind, bounds=bounds)
    game = TariffGame.of(economy, set_by, chosen, shock_of(start))
    require_inside(game)
    starts = starts_of(game, seed)
    by_formula = cross_check(game)
    if by_formula is not None:
        starts["formula"] = np.clip(np.log1p(by_formula.rates[set_by.positions]), set_by.lower, set_by.upper)
    arrived, notes = reached(game, starts, refuse_flat(game, starts))
    closed, why_not = no_trade(game, bounds is not None)
    notes += [why_not] if why_not else []
    main, proof, arrived = settle(game, arrived, certify, seed, [*notes, *at_bounds(game, arrived)])
    return Equilibrium(
        players=set_by.players,
        objective=str(chosen),
        tariffs=set_by.write(main.position.y, game.rest.t_cf),
        determined=determined_cells(game, main.position),
        solution=main.position.solution,
        certificate=proof,
        equilibria=(*distinct(game, arrived), *closed),
        rounds=main.rounds,
        formula=by_formula,
    )


def reached(
    game: TariffGame, starts: Mapping[str, FloatArray], near: StrategyProfile
) -> tuple[dict[str, Climb], list[str]]:
    """The climbs that arrived, by start, and notes on those that did not. Raises NotSolved where none did."""
    many = game.levers.size > _MANY_RATES
    tried = {name: y for name, y in starts.items() if name == "start" or not many}
    why = transfers(game)
    try:
        climbs, failed = each(tried, lambda y: climb(game, y, near))
    except NotSolved as error:
        raise NotSolved(f"{error}{why}") from error
    failed |= {name: f"still moved by {its.left:.3g}" for name, its in climbs.items() if not its.arrived}
    arrived = {name: its for name, its in climbs.items() if its.arrived}
    if not arrived:
        reasons = "; ".join(f"from {name}: {why}" for name, why in failed.items())
        raise NotSolved(
            f"{game.economy.name}: no equilibrium of tariffs was reached: {reasons}; try narrower bounds, "
            f"another start, or fewer players{why}"
        )
    notes = [f"{game.levers.size} rates: climbed from the start alone"] if many else []
    return arrived, [*notes, *(f"nothing reached from {name}: {why}" for name, why in failed.items())]


def at_bounds(game: TariffGame, arrived: Mapping[str, Climb]) -> list[str]:
    """Whose rates ended at the highest that they may be in the first equilibrium reached, and why that may be."""
    at, levers = next(iter(arrived.values())).position, game.levers
    stuck = at.determined & (levers.upper - at.y <= 1e-9)
    players = [levers.players[p] for p in np.unique(levers.owner[stuck])]
    if not players:
        return []
    rate = float(np.expm1(levers.upper[stuck].max()))
    said = f"{int(stuck.sum())} of {levers.size} rates, of {enumerate_names(players)}, end at the bound of {rate:.0%}"
    return [said + transfers(game)]


def transfers(game: TariffGame) -> str:
    """What a search that runs off has to do with fixed deficits; empty where no player has one."""
    economy, held = game.economy, game.rest.D_cf
    D = economy.D if held is None else held
    fixed = held is not None or economy.deficits != "proportional"
    owing = [p for p, n in zip(game.levers.players, game.levers.positions, strict=True) if D[n] > 1e-6 * economy.I[n]]
    if not fixed or not owing:
        return ""
    return (
        f"; the deficit of {enumerate_names(owing, 3)} is fixed, a transfer that others pay whatever it exports, so "
        "that it may gain from any tariff however high: take deficits='balanced', as papers on tariff wars do"
    )


def settle(
    game: TariffGame, arrived: dict[str, Climb], certify: bool, seed: int, notes: list[str]
) -> tuple[Climb, NashCertificate, dict[str, Climb]]:
    """The first equilibrium reached, with its certificate.

    A point that is level may still not be the best for a player, where its payoff has several tops. Then its better
    answer is put in, and the climb goes on from there.
    """
    main = next(iter(arrived.values()))
    for repair in range(_REPAIRS + 1):
        proof, better = certified(game, main.position, certify, seed, "; ".join(notes))
        if better is None or repair == _REPAIRS:
            break
        further = climb(game, better, main.position)
        if not further.arrived:
            break
        name = next(name for name, its in arrived.items() if its is main)
        arrived = {name: further} | {other: its for other, its in arrived.items() if other != name}
        notes = [*notes, f"from {name}: a level point that was not the best for everybody was left behind"]
        main = further
    return main, proof, arrived


def cross_check(game: TariffGame) -> FormulaWar | None:
    """The war by Lashkaripour's formula, where everybody sets one rate on everything and the formula holds."""
    economy, cells = game.economy, len(game.levers.group)
    everything = game.levers.size == len(economy.economies) and cells == economy.pi.size - economy.X.size
    plain = game.rest.D_cf is None and bool((game.cost == 1).all())
    return formula_war(economy) if everything and plain and labour_alone(economy) else None


def determined_cells(game: TariffGame, position: StrategyProfile) -> BoolArray:
    """(n, i, j) true where a player set the cell and trade is left in it."""
    mask = np.zeros(game.economy.pi.shape, dtype=bool)
    mask[game.levers.cells] = position.solution.pi_cf[game.levers.cells] > PROHIBITIVE
    return mask
