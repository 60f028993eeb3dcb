"""What a government can set: which cells, in which groups of one rate, between which bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente import inputs
from detente.errors import BadInput
from detente.model.benchmark import Benchmark

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

Rates = Literal["sector", "mfn", "one"]
"""sector: a rate for each partner and sector. mfn: one for each sector, the same to every partner it applies to. one: a
single rate for all."""

#: Wide enough that no optimum of the bundled elasticity sets touches them, except where demand is inelastic.
BOUNDS = (-0.9, 20.0)


@dataclass(frozen=True, eq=False)
class Levers:
    """The rates that players set, each a group of cells of one importer.

    ``cells`` lists importer, exporter and sector of every cell that is set, and ``group`` the rate that it takes; rates
    of one player are consecutive, and ``owner`` says whose each rate is (a position among ``players``). ``market``
    numbers the importer and sector of each cell.
    """

    players: tuple[str, ...]
    positions: IntArray
    cells: tuple[IntArray, IntArray, IntArray]
    group: IntArray
    market: IntArray
    owner: IntArray
    lower: FloatArray
    upper: FloatArray

    @property
    def size(self) -> int:
        """How many rates there are."""
        return len(self.owner)

    def of(self, player: str) -> Levers:
        """The rates of one player."""
        seat = self.players.index(player)
        mine = self.owner == seat
        kept = mine[self.group]
        n, i, j = self.cells
        return Levers(
            (player,),
            self.positions[seat : seat + 1],
            (n[kept], i[kept], j[kept]),
            (np.cumsum(mine) - 1)[self.group[kept]],
            np.unique(self.market[kept], return_inverse=True)[1].ravel(),
            np.zeros(int(mine.sum()), dtype=np.int64),
            self.lower[mine],
            self.upper[mine],
        )

    def sums(self, values: FloatArray) -> FloatArray:
        """Values of the cells, summed over those that take one rate."""
        return np.bincount(self.group, weights=values, minlength=self.size).astype(np.float64)

    def means(self, values: FloatArray, weight: FloatArray) -> FloatArray:
        """Values of the cells as values of the rates; where a group has several, their mean by weight (n, i, j)."""
        mass = weight[self.cells] + 1e-12 * weight.sum() / weight.size  # a group without trade takes the plain mean
        return self.sums(values * mass) / self.sums(mass)

    def read(self, tariffs: FloatArray, weight: FloatArray) -> FloatArray:
        """ln(1+t) of each rate in a tariff array (n, i, j), groups averaged by weight, within the bounds."""
        return np.clip(self.means(np.log1p(tariffs[self.cells]), weight), self.lower, self.upper)

    def write(self, y: FloatArray, tariffs: FloatArray) -> FloatArray:
        """The tariff array with the rates y = ln(1+t) put in."""
        out = tariffs.copy()
        out[self.cells] = np.expm1(y[self.group])
        return out


def levers(
    economy: Benchmark,
    players: Sequence[str] | None = None,
    *,
    against: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
    rates: Rates = "sector",
    bounds: tuple[float, float] | None = None,
) -> Levers:
    """The rates of some players: on whom, in which sectors, in which groups, between which bounds.

    Parameters
    ----------
    players
        Importers that choose; None for all.
    against
        Exporters whose goods they tax; None for every other economy. A player never taxes itself.
    sectors
        None for all.
    bounds
        Lowest and highest tariff, fractions.

    Raises
    ------
    UnknownEconomy, UnknownSector
        Where a name is not in the economy.
    BadInput
        Where nothing is left to set, names repeat, or bounds are not in order over −100 %.
    """
    if rates not in get_args(Rates):
        raise BadInput(f"rates={rates!r} is not known: choose one of {', '.join(get_args(Rates))}")
    inputs.require(Benchmark, economy, "economy", "give an Economy: dt.calibrate(world), or dt.Economy(...)")
    names = _listed("players", players, economy.economies)
    positions = np.array([economy.index(name) for name in names], dtype=np.int64)
    partners = sorted(economy.index(name) for name in _listed("against", against, economy.economies))
    kept = sorted(economy.sector_index(name) for name in _listed("sectors", sectors, economy.sectors))
    low, high = _bounds(BOUNDS if bounds is None else bounds)
    seat, i, j = (grid.ravel() for grid in np.meshgrid(np.arange(len(names)), partners, kept, indexing="ij"))
    foreign = positions[seat] != i
    seat, i, j = seat[foreign], i[foreign], j[foreign]
    idle = sorted(set(range(len(names))) - set(seat.tolist()))
    if idle:
        raise BadInput(f"{names[idle[0]]} would tax only itself: name another economy in `against`")
    by_sector = seat * len(economy.sectors) + j
    key = {"sector": by_sector * len(economy.economies) + i, "mfn": by_sector, "one": seat}[rates]
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    size = len(first)
    return Levers(
        names,
        positions,
        (positions[seat], i, j),
        group.ravel(),
        np.unique(by_sector, return_inverse=True)[1].ravel(),
        seat[first],
        np.full(size, np.log1p(low)),
        np.full(size, np.log1p(high)),
    )


def _bounds(given: ArrayLike) -> tuple[float, float]:
    """Lowest and highest tariff, fractions. Raises BadInput."""
    pair = inputs.floats(given, "bounds")
    if pair.shape != (2,) or not -1 < pair[0] < pair[1] < np.inf:
        raise BadInput(f"bounds {pair.tolist()} are not in order: give two fractions over −1, the lower first")
    return float(pair[0]), float(pair[1])


def _listed(what: str, names: Sequence[str] | None, every: tuple[str, ...]) -> tuple[str, ...]:
    """The names asked for, or all. Raises BadInput for a bare string, an empty list, or a name given twice."""
    listed = every if names is None else inputs.names(names, what)
    if not listed or len(set(listed)) < len(listed):
        raise BadInput(f"{what} {list(listed)}: name at least one, each once")
    return listed
