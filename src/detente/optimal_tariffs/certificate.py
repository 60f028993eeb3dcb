"""Why a point is a Nash equilibrium: what each player could still gain by moving alone.

The equilibria that a search found, each with its starts, and the one without trade.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from detente.errors import BadShock
from detente.inputs import FloatArray
from detente.model.shock import Shock
from detente.optimal_tariffs.ascent import Climb
from detente.optimal_tariffs.best_response import BestResponse, respond, starts_of
from detente.optimal_tariffs.game import StrategyProfile, TariffGame
from detente.solver.equilibrium import solve
from detente.solver.solution import AUDIT_BOUND, Solution

#: The largest gain from deviating that a certificate allows, in logs of the payoff: 1e-4 %.
BOUND = 1e-6
#: Players whose deviations are searched for; all of them where they are no more.
SAMPLE = 8


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
    set_by = game.levers
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
        own = game.levers.owner == game.levers.players.index(player)
        y[own] = game.levers.of(player).read(answer.tariffs, game.economy.M)
    return y


def sample_of(game: TariffGame, expected: FloatArray) -> list[str]:
    """Everybody, or half of `SAMPLE` by the gain that slopes promise and the rest by income."""
    players = game.levers.players
    if len(players) <= SAMPLE:
        return list(players)
    promised = [players[k] for k in np.argsort(-expected, kind="stable")[: SAMPLE // 2]]
    by_income = sorted(players, key=lambda name: -game.economy.I[game.economy.index(name)])
    return promised + [name for name in by_income if name not in promised][: SAMPLE - len(promised)]


def deviation(game: TariffGame, position: StrategyProfile, player: str, seed: int) -> BestResponse:
    """What one player would do better than at the position, searched for from there and from fresh starts."""
    alone = game.alone(position, player)
    return respond(alone, starts_of(alone, seed))


def _searched(player: str, answer: BestResponse) -> pd.DataFrame:
    table = answer.certificate.starts[["start", "payoff", "note"]].rename(columns={"payoff": "gain"})
    table.insert(0, "player", player)
    return table[["player", "start", "gain", "note"]]


#: Two climbs found the same equilibrium where no determined rate differs by more than this in ln(1+t).
_SAME = 1e-3


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
            game.levers.write(its.position.y, game.rest.t_cf),
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
    economy, (n, _, _) = game.economy, game.levers.cells
    everything = len(n) == economy.pi.size - economy.X.size
    D = economy.D if game.rest.D_cf is None else game.rest.D_cf
    if bounded or not everything or np.abs(D).max() > AUDIT_BOUND * economy.wL.sum():
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
