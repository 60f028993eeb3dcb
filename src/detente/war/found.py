"""The equilibria that a search found, each with its starts, and the one without trade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.errors import BadShock
from detente.model.shock import Shock
from detente.solve.equilibrium import solve
from detente.solve.outcome import AUDIT_BOUND
from detente.solve.solution import Solution
from detente.war.ascent import Climb
from detente.war.game import Game

FloatArray = NDArray[np.float64]

#: Two climbs found the same equilibrium where no determined rate differs by more than this in ln(1+t).
_SAME = 1e-3


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

    def __repr__(self) -> str:
        return f"<Found {self.kind} from {', '.join(self.starts)} in {self.rounds} rounds>"


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
        Found(
            "trade",
            game.levers.write(its.position.y, game.rest.t_cf),
            its.position.solution,
            tuple(names),
            its.rounds,
        )
        for its, names in found
    )


def no_trade(game: Game, bounded: bool) -> tuple[tuple[Found, ...], str]:
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
    return (Found("no trade", tariffs, solution, ("by construction",), 0),), ""
