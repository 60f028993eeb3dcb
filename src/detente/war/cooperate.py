"""Tariffs that governments would agree on: those that raise everybody's objective by the same percentage, the most.

Ossa (2014) calls them cooperative tariffs. They maximise the smallest gain over a start, which is where gains are
equal, since tariffs can shift income between any two economies that trade.

The smallest of the gains g is smoothed to −ln(Σ_n μ_n exp(−ρ g_n))/ρ, whose slope over every tariff takes one adjoint,
and climbed by L-BFGS-B. Then μ_n ← μ_n exp(−ρ g_n), scaled to sum to one, and again, until gains are equal: the
exponential method of multipliers, exact at any ρ (P. Tseng and D. P. Bertsekas 1993, Mathematical Programming 60).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp, softmax

from detente.errors import NotSolved
from detente.model.benchmark import Benchmark
from detente.model.shock import Shock
from detente.solve.equilibrium import equilibrium
from detente.solve.solution import Solution
from detente.war.game import Game, require_inside
from detente.war.lbfgs import ascend
from detente.war.levers import BOUNDS as WIDEST
from detente.war.levers import Rates, levers
from detente.war.nash import Equilibrium
from detente.war.newton import newton
from detente.war.objectives import Objective
from detente.war.response import AGREES, each, objective_of, starts_of

FloatArray = NDArray[np.float64]

#: Tariffs and no import subsidies, as Ossa has it.
BOUNDS = (0.0, WIDEST[1])
#: Gains are equal where they differ by no more than this, in logs: 1e-5 %.
EQUAL = 1e-7
#: Sharpness of the smoothed minimum, per log point of gain.
_RHO = 1000.0
_MAX_UPDATES = 60
#: A round ends where a step gains less than this, in logs.
_GAIN = 1e-12


@dataclass(frozen=True, eq=False)
class Cooperation:
    """Cooperative tariffs. ``tariffs`` (n, i, j) are those of the whole world.

    ``gain`` is the percentage gain that every player has over the start, a fraction; ``solution`` is relative to the
    economy; ``certificate`` says how equal gains are and how much better everybody could still do.
    """

    players: tuple[str, ...]
    objective: str
    tariffs: FloatArray
    gain: float
    solution: Solution
    certificate: CooperationCertificate

    def __repr__(self) -> str:
        return f"<Cooperation of {len(self.players)} players: each gains {self.gain:.3g}; {self.certificate}>"


@dataclass(frozen=True, eq=False)
class CooperationCertificate:
    """Why tariffs are cooperative.

    ``gains`` of every player over the start, fractions; ``spread`` is the largest less the smallest. ``multipliers``:
    the weights (one in all) at which the weighted objective is level; ``promised`` is half of its slope²/curvature
    summed over the rates that their bounds leave room for, what a better blend could still gain, in logs.
    ``starts``: the gain reached from each start of the search, with a note where it led nowhere.
    """

    gains: pd.Series
    spread: float
    multipliers: pd.Series
    promised: float
    starts: pd.DataFrame
    updates: int

    @property
    def holds(self) -> bool:
        """Whether gains are equal within 1e-5 % and slopes promise no more than 1e-4 %."""
        return self.spread <= EQUAL and self.promised <= 1e-6

    @property
    def agrees(self) -> bool:
        """Whether every start that led anywhere reached the same gain within 1e-7."""
        return float(self.starts["gain"].max() - self.starts["gain"].min()) <= AGREES

    def __str__(self) -> str:
        verdict = "holds" if self.holds else "does NOT hold"
        starts = "all starts agree" if self.agrees else "starts do NOT agree, the best is given"
        return f"certificate {verdict}: gains differ by {self.spread:.1e}, slopes promise {self.promised:.1e}, {starts}"


@dataclass(frozen=True, eq=False)
class _Reached:
    """Where one search ended."""

    y: FloatArray
    solution: Solution
    gains: FloatArray
    multipliers: FloatArray
    updates: int


def cooperate(
    economy: Benchmark,
    players: Sequence[str] | None = None,
    start: Shock | Equilibrium | ArrayLike | None = None,
    *,
    objective: Objective | None = None,
    weights: ArrayLike | None = None,
    against: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
    rates: Rates = "sector",
    bounds: tuple[float, float] = BOUNDS,
    seed: int = 0,
) -> Cooperation:
    """Tariffs that raise every player's objective by the same percentage over a start, the most that can be.

    Parameters
    ----------
    players
        Economies that agree; None for all. What others gain or lose is in the solution.
    start
        What gains are counted from, and the tariffs that no player sets: a shock, tariffs (n, i, j), or an
        `Equilibrium` of `nash`; None for the benchmark. Free trade is tariffs of zero.
    objective, weights, against, sectors, rates
        As in `nash`.
    bounds
        Lowest and highest tariff, fractions; as given nobody subsidises imports, and (-0.9, 20) lets everybody.
    seed
        Of the random start of the search.

    Raises
    ------
    UnknownEconomy, UnknownSector, BadInput, BadShock
        Where a name is not in the economy, tariffs or weights do not fit, or bounds exclude the start.
    NotSolved
        Where an equilibrium on the way is not found, or gains do not become equal from any start.
    """
    chosen = objective_of(objective, weights)
    set_by = levers(economy, players, against=against, sectors=sectors, rates=rates, bounds=bounds)
    game = Game.of(economy, set_by, chosen, _shock(start))
    require_inside(game)
    before = game.at_start()[set_by.positions]
    found, failed = each(starts_of(game, seed), lambda y: _search(game, y, before))
    best = max(found.values(), key=lambda its: float(its.gains.min()))
    rows = [(name, float(np.expm1(its.gains.min())), "") for name, its in found.items()]
    rows += [(name, np.nan, why) for name, why in failed.items()]
    return Cooperation(
        players=set_by.players,
        objective=str(chosen),
        tariffs=set_by.write(best.y, game.rest.t_cf),
        gain=float(np.expm1(best.multipliers @ best.gains)),
        solution=best.solution,
        certificate=_certificate(game, best, pd.DataFrame(rows, columns=["start", "gain", "note"])),
    )


def _shock(start: Shock | Equilibrium | ArrayLike | None) -> Shock:
    if start is None or isinstance(start, Shock):
        return Shock() if start is None else start
    return Shock(t_cf=start.tariffs if isinstance(start, Equilibrium) else start)


def _search(game: Game, y: FloatArray, before: FloatArray) -> _Reached:
    """From rates y to equal gains over `before`. Raises NotSolved where they do not become equal."""
    levers, seats = game.levers, game.levers.positions
    multipliers = np.full(len(seats), 1.0 / len(seats))
    solution = equilibrium(game.economy, game.wedges(y), "long")
    curvature = _curvature(game, solution, multipliers)
    adjoint: FloatArray | None = None
    for update in range(1, _MAX_UPDATES + 1):
        last = multipliers

        def value(y: FloatArray, last: FloatArray = last) -> tuple[float, FloatArray]:
            nonlocal solution, adjoint
            solution = equilibrium(game.economy, game.wedges(y), "long", start=solution)
            exponent = np.log(last) - _RHO * (game.payoffs(solution)[seats] - before)
            slope, adjoint = game.blend(solution, _spread_out(game, softmax(exponent)), adjoint)
            return -float(logsumexp(exponent)) / _RHO, slope

        y = ascend(value, y, curvature, levers, _GAIN)
        solution = equilibrium(game.economy, game.wedges(y), "long", start=solution)
        gains = game.payoffs(solution)[seats] - before
        multipliers = np.maximum(softmax(np.log(multipliers) - _RHO * gains), 1e-12)
        if np.ptp(gains) <= EQUAL:
            return _Reached(y, solution, gains, multipliers / multipliers.sum(), update)
    raise NotSolved(
        f"{game.economy.name}: after {_MAX_UPDATES} rounds gains still differ by {np.ptp(gains):.3g}: they may not be "
        "equal at the best, as where bounds stop a player from paying another: widen them, or give another start"
    )


def _spread_out(game: Game, of_players: FloatArray) -> FloatArray:
    """Weights of players as weights of all economies (n,)."""
    mixture = np.zeros(len(game.economy.economies))
    mixture[game.levers.positions] = of_players
    return mixture


def _curvature(game: Game, solution: Solution, multipliers: FloatArray) -> FloatArray:
    _, curvature = newton(game.levers, solution, np.zeros(game.levers.size))
    return np.asarray(curvature * multipliers[game.levers.owner], dtype=np.float64)


def _certificate(game: Game, its: _Reached, starts: pd.DataFrame) -> CooperationCertificate:
    levers = game.levers
    slope, _ = game.blend(its.solution, _spread_out(game, its.multipliers))
    curvature = _curvature(game, its.solution, its.multipliers)
    room = np.where(slope > 0, levers.upper - its.y > 1e-9, its.y - levers.lower > 1e-9) & (curvature > 0)
    names = list(levers.players)
    return CooperationCertificate(
        gains=pd.Series(np.expm1(its.gains), index=names),
        spread=float(np.ptp(its.gains)),
        multipliers=pd.Series(its.multipliers, index=names),
        promised=float((0.5 * slope[room] ** 2 / curvature[room]).sum()),
        starts=starts,
        updates=its.updates,
    )
