"""How little a side has to give up of what it stands on today for there to be a deal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.talks.additive import Frontier
from detente.talks.bargaining import Bargain
from detente.talks.packages import Packages

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Concession:
    """The least that one side gives up of its position, by the number of demands or by money.

    ``moves`` counts the demands to which the package gives another level than the position does, listed as
    ``(demand, from, to)`` in ``changes``; ``cost`` is how much less the package is worth to the side than its position.
    """

    side: str
    by: Literal["moves", "money"]
    package: int
    moves: int
    cost: float
    changes: tuple[tuple[str, int, int], ...]


def least_concessions(
    packages: Packages, bargain: Bargain, positions: ArrayLike, *, truce: bool = True
) -> tuple[Concession, ...]:
    """What each side has to give up at least, if the other signs whatever leaves it at its floor.

    By ``moves`` it is the fewest demands, and of the packages with as few the best for the side; by ``money`` it is the
    package that is worth most to the side. Where several tie, one is given.

    Parameters
    ----------
    packages
        Within the red lines that hold.
    bargain
        Whose no deal, truce and names of sides are meant; its packages are not read.
    positions
        (2, K) levels that each side stands on today.

    Returns
    -------
    tuple[Concession, ...]
        Both kinds for each side; empty where both would sign nothing.

    Raises
    ------
    BadInput
        Where positions are no levels of the packages, or too many packages are undominated.
    """
    found: list[Concession] = []
    for side, position in enumerate(np.asarray(positions)):
        layers = {
            moves: inside
            for moves, front in packages.by_moves(position).items()
            if len((inside := _signed(front, bargain, truce)).packages)
        }
        if not layers:
            return ()
        worth = {moves: float(front.payoffs[:, side].max()) for moves, front in layers.items()}
        picked: tuple[tuple[Literal["moves", "money"], int], ...]
        picked = ("moves", min(layers)), ("money", max(worth, key=worth.__getitem__))
        for by, moves in picked:
            package = int(layers[moves].packages[layers[moves].payoffs[:, side].argmax()])
            found.append(_concession(packages, position, package, side, by, bargain))
    return tuple(found)


def _signed(front: Frontier, bargain: Bargain, truce: bool) -> Frontier:
    over = front.payoffs - bargain.floor(truce)
    kept = (over >= -bargain.rounding).all(1) & (over > bargain.rounding).any(1)
    return Frontier(front.payoffs[kept], front.packages[kept])


def _concession(
    packages: Packages, position: NDArray[np.int64], package: int, side: int, by: Literal["moves", "money"], of: Bargain
) -> Concession:
    now, then = position.tolist(), packages.levels_of(package).tolist()
    changes = tuple((name, a, b) for name, a, b in zip(packages.demands, now, then, strict=True) if a != b)
    cost = float(packages.at(packages.index(position))[side] - packages.at(package)[side])
    return Concession(of.sides[side], by, package, len(changes), cost, changes)
