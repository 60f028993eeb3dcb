"""Nash tariffs: no government gains by moving alone, and a certificate says how sure that is.

The certificate is what each player could still gain by moving alone, as searches find it and as slopes promise it.
Every equilibrium that was found is listed with the starts that led to it, the one without trade among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detente.data.exported import Exported
from detente.errors import BadInput, BadShock, NotSolved, enumerate_names
from detente.inputs import BoolArray, FloatArray, floats
from detente.model.benchmark import Benchmark
from detente.model.shock import Shock
from detente.optimal_tariffs.best_responses import (
    BestResponse,
    each,
    objective_of,
    refuse_flat,
    respond,
    starts_of,
    tariffs_of,
)
from detente.optimal_tariffs.formula import FormulaWar, formula_war, labour_alone
from detente.optimal_tariffs.game import (
    PROHIBITIVE,
    Climb,
    Start,
    StrategyProfile,
    TariffGame,
    climb,
    require_inside,
    shock_of,
)
from detente.optimal_tariffs.governments import Objective, Rates, tariff_instruments
from detente.optimal_tariffs.rate_bounds import Bounds, Floor
from detente.solver.equilibrium import solve
from detente.solver.noise import without_noise
from detente.solver.solution import AUDIT_BOUND, Solution

#: The largest gain from deviating that a certificate allows, in logs of the payoff: 1e-4 %.
BOUND = 1e-6
#: Players whose deviations are searched for; all of them where they are no more.
SAMPLE = 8
#: Two climbs found the same equilibrium where no determined rate differs by more than this in ln(1+t).
_SAME = 1e-3
#: Above this many rates one climb takes minutes, so that only the start given is climbed from, and it is said.
_MANY_RATES = 200_000
#: How often a better answer, found when certifying, is put in.
_REPAIRS = 5


@dataclass(frozen=True, eq=False)
class NashCertificate:
    """Why a point is a Nash equilibrium.

    ``searched``: one row a player and start of a search (player, start, gain, note). ``expected``: half of
    slope²/curvature summed over a player's rates, the gain that its slopes promise, for every player. ``move``: the
    longest move that a determined rate would make, in ln(1+t). ``undetermined`` counts rates that nothing depends on.
    """

    searched: pd.DataFrame
    expected: pd.Series
    move: float
    undetermined: int
    note: str = ""

    @property
    def deviation(self) -> float:
        """The largest gain of a player from moving alone that a search found, in logs; NaN where none was made."""
        return max(0.0, float(self.searched["gain"].max())) if len(self.searched) else np.nan

    @property
    def holds(self) -> bool:
        """Whether searches were made and no player found, or was promised, more than 1e-4 % of its payoff."""
        return self.deviation <= BOUND and float(self.expected.max()) <= BOUND

    def __str__(self) -> str:
        promised = f"slopes promise at most {float(self.expected.max()):.1e}"
        if not len(self.searched):
            return f"no certificate: deviations were not searched for, {promised}"
        verdict = "holds" if self.holds else "does NOT hold"
        players = self.searched["player"].nunique()
        return f"certificate {verdict}: {players} players searched gain at most {self.deviation:.1e}, {promised}"


def certified(
    game: TariffGame, position: StrategyProfile, search: bool, seed: int, note: str = ""
) -> tuple[NashCertificate, FloatArray | None]:
    """The certificate of a position, and where there is a better answer, the rates with every such answer put in."""
    set_by = game.instruments
    promised = 0.5 * np.where(position.room(set_by), position.slope * position.move, 0.0)
    expected = np.bincount(set_by.owner, weights=promised, minlength=len(set_by.players)).astype(np.float64)
    sample = sample_of(game, expected) if search else []
    answers = {player: deviation(game, position, player, seed) for player in sample}
    tables = [_searched(player, answer) for player, answer in answers.items()]
    nothing = pd.DataFrame(columns=["player", "start", "gain", "note"])
    move = np.clip(position.y + position.move, set_by.lower, set_by.upper) - position.y
    if len(sample) < len(set_by.players):
        part = f"deviations searched for {len(sample)} of {len(set_by.players)} players"
        part += ", the largest by income and by promised gain" if sample else ""
        note = "; ".join(filter(None, (note, part)))
    certificate = NashCertificate(
        searched=pd.concat(tables, ignore_index=True) if tables else nothing,
        expected=pd.Series(expected, index=list(set_by.players)),
        move=float(np.abs(move[position.determined]).max(initial=0.0)),
        undetermined=int((~position.determined).sum()),
        note=note,
    )
    better = {player: answer for player, answer in answers.items() if answer.gain > BOUND}
    return certificate, put_in(game, position, better) if better else None


def put_in(game: TariffGame, position: StrategyProfile, better: Mapping[str, BestResponse]) -> FloatArray:
    """The rates of a position with some players' best answers in place of theirs."""
    y = position.y.copy()
    for player, answer in better.items():
        own = game.instruments.owner == game.instruments.players.index(player)
        y[own] = game.instruments.of(player).read(answer.tariffs, game.economy.M)
    return y


def sample_of(game: TariffGame, expected: FloatArray) -> list[str]:
    """Everybody, or half of `SAMPLE` by the gain that slopes promise and the rest by income."""
    players = game.instruments.players
    if len(players) <= SAMPLE:
        return list(players)
    promised = [players[k] for k in np.argsort(-expected, kind="stable")[: SAMPLE // 2]]
    by_income = sorted(players, key=lambda name: -game.economy.I[game.economy.index(name)])
    return promised + [name for name in by_income if name not in promised][: SAMPLE - len(promised)]


def deviation(game: TariffGame, position: StrategyProfile, player: str, seed: int) -> BestResponse:
    """The gain of one player over the position, searched for from there and from fresh starts."""
    alone = game.alone(position, player)
    return respond(alone, starts_of(alone, seed))


def _searched(player: str, answer: BestResponse) -> pd.DataFrame:
    table = answer.certificate.starts[["start", "payoff", "note"]].rename(columns={"payoff": "gain"})
    table.insert(0, "player", player)
    return table[["player", "start", "gain", "note"]]


@dataclass(frozen=True, eq=False)
class NashPoint:
    """One equilibrium: the tariffs of the whole world (n, i, j), its solution, and the starts that led to it.

    ``kind`` is ``trade``, or ``no trade`` for the one in which every tariff is prohibitive: nobody can then gain by
    moving alone, since the others' tariffs close trade already.
    """

    kind: str
    tariffs: FloatArray
    solution: Solution
    starts: tuple[str, ...]
    rounds: int

    def __repr__(self) -> str:
        return f"<Found {self.kind} from {', '.join(self.starts)} in {self.rounds} rounds>"


def distinct(game: TariffGame, climbs: Mapping[str, Climb]) -> tuple[NashPoint, ...]:
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
        NashPoint(
            "trade",
            game.instruments.write(its.position.y, game.rest.t_cf),
            its.position.solution,
            tuple(names),
            its.rounds,
        )
        for its, names in found
    )


def no_trade(game: TariffGame, bounded: bool) -> tuple[tuple[NashPoint, ...], str]:
    """The equilibrium without trade, or why it is not there.

    With every other tariff prohibitive an economy sells nothing, and so buys nothing, whatever it sets. That takes
    everybody to play, over all goods, without bounds on tariffs, and no deficits that somebody has to pay for.
    """
    economy, (n, _, _) = game.economy, game.instruments.cells
    everything = len(n) == economy.pi.size - economy.X.size
    D = economy.D if game.rest.D_cf is None else game.rest.D_cf
    paid = D if game.rest.T_cf is None else D + game.rest.T_cf
    if bounded or not everything or np.abs(paid).max() > AUDIT_BOUND * economy.wL.sum():
        return (), ""
    d_hat = np.full(economy.pi.shape, np.inf)
    own = np.arange(len(d_hat))
    d_hat[own, own] = 1.0
    try:
        solution = solve(economy, Shock(d_hat=d_hat))
    except BadShock as error:
        return (), f"no trade at all is no equilibrium here: {error}"
    tariffs = np.where(np.isinf(d_hat), np.inf, 0.0)
    return (NashPoint("no trade", tariffs, solution, ("by construction",), 0),), ""


@dataclass(frozen=True, eq=False)
class Equilibrium(Exported):
    """A Nash equilibrium, relative to the economy it was sought on; others found are in ``equilibria``.

    ``tariffs`` (n, i, j) are those of the whole world; ``determined`` (n, i, j) is true where a player set the cell and
    its tariff matters (a prohibitive one has no slope). ``formula``: where everybody sets one rate, without input links
    or profits, the war by Lashkaripour's (2021) formula beside it (`detente.optimal_tariffs.formula`). ``note``
    says what of the start was held.
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
    note: str = ""

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
                    "real_income": float(without_noise(self.solution.welfare_hat[n] - 1)),
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
    bounds: Bounds | None = None,
    floor: Floor | None = None,
    sectors: Sequence[str] | None = None,
    rates: Rates = "sector",
    objective: Objective | None = None,
    begin: ArrayLike | None = None,
    certify: bool = True,
    seed: int = 0,
) -> Equilibrium:
    """Compute Nash tariffs: no player gains by a change of its own tariffs alone.

    The search starts from `start`, from the factual tariffs, from free trade and from a random point; with one rate
    for each player it also starts from Lashkaripour's formula where that holds. With more than 200,000 rates it starts
    from `start` alone, and the certificate says so. The result holds every equilibrium found and certifies the first:
    each player (eight of them if there are more) searches for a gain from the equilibrium and from new starts.

    Parameters
    ----------
    players
        Economies that choose tariffs; None for all.
    start
        Tariffs to begin from: a shock, an array (n, i, j), or the result of another search; None for those of the
        benchmark. Tariffs that no player sets stay as they are.
    weights
        Political weights (n, j), with mean 1 over sectors; a short form of an objective with these weights.
    uniform
        One rate for each player; a short form of ``rates="one"``.
    against, sectors, rates, bounds
        See `detente.optimal_tariffs.governments.tariff_instruments`; without `sectors` services are taxed too, as in
        the papers.
    floor
        ``in-force``: no rate lies below its owner's duty in ``start``; of cells that take one rate, below their
        average by imports. None: bounds alone.
    begin
        Tariffs (n, i, j) from which alone the climb begins, such as those of the same war on other data; the rest of
        the law stays as in `start`. None: from all the places named above.
    certify
        Search for deviations. Without it ``certificate.searched`` is empty, and only first-order conditions are
        checked.

    Raises
    ------
    UnknownEconomy, UnknownSector, BadInput
        Where a name is not in the economy, bounds exclude the start, weights do not fit, or an objective is flat.
    NotSolved
        Where the first-order conditions are reached from no start.
    """
    chosen = objective_of(objective, weights)
    kind: Rates = "one" if uniform else rates
    set_by = tariff_instruments(economy, players, against=against, sectors=sectors, rates=kind, bounds=bounds)
    game = TariffGame.of(economy, set_by, chosen, shock_of(start))
    require_inside(game)
    game = game.floored(floor)
    set_by = game.instruments
    starts = starts_of(game, seed) if begin is None else {"begin": _begun(game, begin)}
    by_formula = cross_check(game)
    if by_formula is not None:
        starts["formula"] = np.clip(np.log1p(by_formula.rates[set_by.positions]), set_by.lower, set_by.upper)
    arrived, notes = reached(game, starts, refuse_flat(game, starts))
    closed, why_not = no_trade(game, bounds is not None or floor is not None)
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
        note=game.note,
    )


def _begun(game: TariffGame, begin: ArrayLike) -> FloatArray:
    """The players' rates in tariffs that a climb begins from. Raises BadInput."""
    tariffs = floats(begin, "begin")
    if tariffs.shape != game.economy.pi.shape or not (tariffs > -1).all():
        raise BadInput(
            f"begin has shape {tariffs.shape} and a lowest duty of {tariffs.min(initial=0.0):.4g}, but "
            f"{game.economy.name} is {game.economy.pi.shape}: give tariffs over −1 (importer, exporter, sector)"
        )
    return game.instruments.read(tariffs, game.economy.M)


def reached(
    game: TariffGame, starts: Mapping[str, FloatArray], near: StrategyProfile
) -> tuple[dict[str, Climb], list[str]]:
    """The climbs that arrived, by start, and notes on those that did not. Raises NotSolved where none did."""
    many = game.instruments.size > _MANY_RATES
    tried = {name: y for name, y in starts.items() if name in ("start", "begin") or not many}
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
    notes = [f"{game.instruments.size} rates: climbed from the start alone"] if many else []
    return arrived, [*notes, *(f"nothing reached from {name}: {why}" for name, why in failed.items())]


def at_bounds(game: TariffGame, arrived: Mapping[str, Climb]) -> list[str]:
    """The players whose rates ended at their upper bound in the first equilibrium reached, and a reason."""
    at, instruments = next(iter(arrived.values())).position, game.instruments
    stuck = at.determined & (instruments.upper - at.y <= 1e-9)
    players = [instruments.players[p] for p in np.unique(instruments.owner[stuck])]
    if not players:
        return []
    rate = float(np.expm1(instruments.upper[stuck].max()))
    said = (
        f"{int(stuck.sum())} of {instruments.size} rates, of {enumerate_names(players)}, end at the bound of {rate:.0%}"
    )
    return [said + transfers(game)]


def transfers(game: TariffGame) -> str:
    """The role of fixed deficits in a search that diverges; empty if no player has a deficit."""
    economy, held = game.economy, game.rest.D_cf
    D = economy.D if held is None else held
    fixed = held is not None or economy.deficits != "proportional"
    owing = [
        p
        for p, n in zip(game.instruments.players, game.instruments.positions, strict=True)
        if D[n] > 1e-6 * economy.I[n]
    ]
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
    economy, cells = game.economy, len(game.instruments.group)
    everything = game.instruments.size == len(economy.economies) and cells == economy.pi.size - economy.X.size
    plain = game.rest.D_cf is None and game.rest.T_cf is None and bool((game.cost == 1).all())
    return formula_war(economy) if everything and plain and labour_alone(economy) else None


def determined_cells(game: TariffGame, position: StrategyProfile) -> BoolArray:
    """(n, i, j) true where a player set the cell and trade is left in it."""
    mask = np.zeros(game.economy.pi.shape, dtype=bool)
    mask[game.instruments.cells] = position.solution.pi_cf[game.instruments.cells] > PROHIBITIVE
    return mask
