"""Tariffs that governments would agree on, by a concept of a fair deal over all that they can set.

equal-gain raises what everybody wants by the same percentage, the most that can be; nash-product makes the product of
gains largest. Both are over no deal, and both searches go through the same gains, adjoints and certificate
(`detente.optimal_tariffs.gains`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detente.data.exported import Exported
from detente.errors import BadInput
from detente.inputs import FloatArray, mapping, number, one_of
from detente.model.benchmark import Benchmark
from detente.optimal_tariffs.best_responses import AGREES, each, objective_of, starts_of, tariffs_of
from detente.optimal_tariffs.gains import EQUAL, Gains, Reached, equal_gain, mean_gain, nash_product
from detente.optimal_tariffs.game import Start, TariffGame, require_inside, shock_of
from detente.optimal_tariffs.governments import Objective, Rates, TariffInstruments, tariff_instruments
from detente.optimal_tariffs.rate_bounds import BOUNDS as WIDEST
from detente.optimal_tariffs.rate_bounds import Bounds
from detente.solver.solution import Solution

Fair = Literal["equal-gain", "nash-product"]

#: Tariffs and no import subsidies, as Ossa has it.
BOUNDS = (0.0, WIDEST[1])


@dataclass(frozen=True, eq=False)
class Cooperation(Exported):
    """Tariffs that are agreed on. ``tariffs`` (n, i, j) are those of the whole world.

    ``gain`` is what the player that gains least has over no deal, a fraction: under equal gains what every player has;
    ``solution`` is relative to the economy; ``certificate`` lists all gains and says how much better everybody could
    still do, and ``note`` says what of the start was held.
    """

    concept: Fair
    players: tuple[str, ...]
    objective: str
    tariffs: FloatArray
    gain: float
    solution: Solution
    certificate: CooperationCertificate
    note: str = ""

    def tables(self) -> dict[str, pd.DataFrame]:
        """The change in every economy, and the tariffs that players agree on."""
        its = tariffs_of(self.solution.base, self.tariffs, self.players)
        return {"economies": self.solution.economies(), "tariffs": its}

    def __repr__(self) -> str:
        least = "each" if self.concept == "equal-gain" else "the least gainer"
        return (
            f"<Cooperation of {len(self.players)} players, {self.concept}: {least} {self.gain:.3g}; {self.certificate}>"
        )


@dataclass(frozen=True, eq=False)
class CooperationCertificate:
    """Why tariffs are what the concept picks.

    ``gains`` of every player over no deal, fractions; ``spread`` is the largest less the smallest. ``multipliers``:
    the weights (one in all) at which the weighted objective is level; ``promised`` is half of its slope²/curvature
    summed over the rates that their bounds leave room for, what a better blend could still gain, in logs.
    ``starts``: what was reached from each start of the search, the equal gain or the geometric mean of gains by power,
    with a note where it led nowhere.
    """

    concept: Fair
    gains: pd.Series
    spread: float
    multipliers: pd.Series
    promised: float
    starts: pd.DataFrame
    updates: int

    @property
    def holds(self) -> bool:
        """Whether slopes promise no more than 1e-4 %, and equal gains are equal within 1e-5 %."""
        return self.promised <= 1e-6 and (self.concept != "equal-gain" or self.spread <= EQUAL)

    @property
    def agrees(self) -> bool:
        """Whether every start that led anywhere reached the same gain within 1e-7."""
        return float(self.starts["gain"].max() - self.starts["gain"].min()) <= AGREES

    def __str__(self) -> str:
        verdict = "holds" if self.holds else "does NOT hold"
        starts = "all starts agree" if self.agrees else "starts do NOT agree, the best is given"
        return f"certificate {verdict}: gains differ by {self.spread:.1e}, slopes promise {self.promised:.1e}, {starts}"


def cooperate(
    economy: Benchmark,
    players: Sequence[str] | None = None,
    start: Start | None = None,
    *,
    concept: Fair = "equal-gain",
    no_deal: Start | Solution | None = None,
    extra: Mapping[str, float] | None = None,
    power: Mapping[str, float] | None = None,
    objective: Objective | None = None,
    weights: ArrayLike | None = None,
    against: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
    rates: Rates = "sector",
    bounds: Bounds = BOUNDS,
    seed: int = 0,
) -> Cooperation:
    """Tariffs that players would agree on, from a start, against no deal.

    Parameters
    ----------
    players
        Economies that agree; None for all. What others gain or lose is in the solution.
    start
        The tariffs that no player sets, such as those of a package, and where the search begins: a shock, tariffs
        (n, i, j), or an `Equilibrium` of `nash`; None for the benchmark. Free trade is tariffs of zero.
    concept
        equal-gain: the same percentage for everybody, the most that can be. nash-product: the largest product of gains.
    no_deal
        What gains are counted from, a solution of the same economy too; None for the start.
    extra
        What the deal brings a player apart from tariffs, USD million a year: economy → amount, with its sign.
    power
        Powers of gains in Nash's product, above zero: economy → power, one where it is not named.
    objective, weights, against, sectors, rates
        As in `nash`.
    bounds
        Lowest and highest tariff, fractions; as given nobody subsidises imports, and (-0.9, 20) lets everybody.
    seed
        Of the random start of the search.

    Raises
    ------
    UnknownEconomy, UnknownSector, BadInput, BadShock
        Where a name is not in the economy or among the players, tariffs, weights, powers or amounts do not fit, or
        bounds exclude the start.
    NotSolved
        Where an equilibrium on the way is not found, gains do not become equal from any start, or there is no gain for
        everybody to be multiplied.
    """
    one_of(concept, "concept", get_args(Fair))
    chosen = objective_of(objective, weights)
    set_by = tariff_instruments(economy, players, against=against, sectors=sectors, rates=rates, bounds=bounds)
    powers = _powers(concept, set_by, power)
    game = TariffGame.of(economy, set_by, chosen, shock_of(start))
    require_inside(game)
    without = no_deal if isinstance(no_deal, Solution) else shock_of(start if no_deal is None else no_deal)
    gains = Gains.over(game, without, _by_player(set_by, "extra", extra, 0.0))

    def search(y: FloatArray) -> Reached:
        even = equal_gain(gains, y)
        return even if concept == "equal-gain" else nash_product(gains, even, powers)

    def score(its: Reached) -> float:
        # equal gains still differ by up to `EQUAL`; along the frontier their blend at its slopes does not
        even = concept == "equal-gain"
        return float(np.expm1(its.multipliers @ its.gains)) if even else mean_gain(its.gains, powers)

    found, failed = each(starts_of(game, seed), search)
    best = max(found.values(), key=score)
    rows = [(name, score(its), "") for name, its in found.items()] + [
        (name, np.nan, why) for name, why in failed.items()
    ]
    return Cooperation(
        concept=concept,
        players=set_by.players,
        objective=str(chosen),
        tariffs=set_by.write(best.y, game.rest.t_cf),
        gain=score(best) if concept == "equal-gain" else float(np.expm1(best.gains.min())),
        solution=best.solution,
        certificate=_certificate(concept, gains, best, pd.DataFrame(rows, columns=["start", "gain", "note"])),
        note=game.note,
    )


def _powers(concept: Fair, set_by: TariffInstruments, power: Mapping[str, float] | None) -> FloatArray:
    """Powers (P,) that sum to one. Raises BadInput."""
    if power and concept != "nash-product":
        raise BadInput(
            f"powers are of Nash's product, and concept is {concept!r}: leave them out, or ask for nash-product"
        )
    found = _by_player(set_by, "power", power, 1.0)
    if (found <= 0).any():
        raise BadInput(
            f"the power of {set_by.players[int(found.argmin())]} is {found.min():g}: give a number above zero"
        )
    return np.asarray(found / found.sum())


def _by_player(set_by: TariffInstruments, what: str, given: Mapping[str, float] | None, otherwise: float) -> FloatArray:
    """One number a player (P,). Raises BadInput for a name that is not a player, or a value that is not a number."""
    known = mapping(given or {}, what)
    stray = [name for name in known if name not in set_by.players]
    if stray:
        raise BadInput(f"{what} names {stray[0]!r}, which is not a player: the players are {', '.join(set_by.players)}")
    return np.array([number(known.get(name, otherwise), f"{what} of {name}") for name in set_by.players])


def _certificate(concept: Fair, gains: Gains, its: Reached, starts: pd.DataFrame) -> CooperationCertificate:
    game, instruments = gains.game, gains.game.instruments
    mixture = np.zeros(len(game.economy.economies))
    mixture[instruments.positions] = its.multipliers * gains.slopes(its.solution)
    slope, _ = game.blend(its.solution, mixture)
    curvature = gains.curvature(its.solution, its.multipliers)
    room = np.where(slope > 0, instruments.upper - its.y > 1e-9, its.y - instruments.lower > 1e-9) & (curvature > 0)
    names = list(instruments.players)
    return CooperationCertificate(
        concept=concept,
        gains=pd.Series(np.expm1(its.gains), index=names),
        spread=float(np.ptp(its.gains)),
        multipliers=pd.Series(its.multipliers, index=names),
        promised=float((0.5 * slope[room] ** 2 / curvature[room]).sum()),
        starts=starts,
        updates=its.updates,
    )
