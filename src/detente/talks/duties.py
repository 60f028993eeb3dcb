"""Duties in every state that talks can lead to, laid out once: measures that hold, tariffs cut, imports subsidised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.data import World
from detente.model.benchmark import Benchmark
from detente.model.shock import Parts, Shock, Wedges
from detente.policy import Measure, TariffBook
from detente.policy.book import Laid

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cut:
    """A promise about base tariffs: in each cell none over ``level``.

    ``n, i, j`` are importer, exporter and sector, as positions; ``level`` is a fraction, never over the base tariff.
    What was added on top of a base tariff stays; it ends when its measure does.
    """

    n: IntArray
    i: IntArray
    j: IntArray
    level: FloatArray

    def __len__(self) -> int:
        return len(self.level)


@dataclass(frozen=True, eq=False)
class Cells:
    """Some cells: importer, exporter and sector, as positions."""

    n: IntArray
    i: IntArray
    j: IntArray


class Duties:
    """The duties on the parts of all cells that a state can change.

    Parameters
    ----------
    economy
        Calibrated on ``world``, with none of the measures in it.
    measures
        Every measure that holds in some state.
    cuts
        By the id of the demand that they meet.
    bought
        Cells whose imports can be subsidised, by the id of the demand that subsidies meet.
    laid
        What books of this world have laid out already (`TariffBook`).

    Raises
    ------
    UnknownEconomy, UnknownSector, BadMeasure
        Where a measure cannot be laid on the world.
    """

    def __init__(
        self,
        world: World,
        economy: Benchmark,
        measures: Sequence[Measure],
        cuts: Mapping[str, Cut] | None = None,
        bought: Mapping[str, Cells] | None = None,
        *,
        laid: Laid | None = None,
    ) -> None:
        self.economy = economy
        self.book = TariffBook(world, measures, laid=laid)
        cuts, bought = cuts or {}, bought or {}
        shape = economy.t.shape
        atoms = self.book.atoms
        own = np.ravel_multi_index(
            tuple(
                np.array([index(name) for name in atoms[axis]], dtype=np.int64)
                for axis, index in (
                    ("importer", world.index),
                    ("exporter", world.index),
                    ("sector", world.sector_index),
                )
            ),
            shape,
        )
        spots = [(each.n, each.i, each.j) for each in cuts.values()]
        spots += [(each.n, each.i, each.j) for each in bought.values()]
        asked = [np.ravel_multi_index(spot, shape) for spot in spots]
        fresh = np.setdiff1d(np.concatenate([np.zeros(0, dtype=np.int64), *asked]), own)
        self._flat = np.concatenate([own, fresh])
        self._laid_rows = len(own)
        self._share = np.concatenate([atoms["share"].to_numpy(np.float64), np.ones(len(fresh))])
        self._base = economy.t.reshape(-1)[self._flat]
        self._theta = economy.theta[self._flat % shape[2]]
        self._cells, self._cell = np.unique(self._flat, return_inverse=True)
        self._levels = {name: self._on_rows(cut, cut.level, np.inf) for name, cut in cuts.items()}
        self._covers = {name: self._on_rows(each, 1.0, 0.0) for name, each in bought.items()}
        self._v = 1.0 / (1.0 + economy.t)

    def of(self, ids: Iterable[str], cuts: Iterable[str] = ()) -> FloatArray:
        """The duties, part by part (a,), where measures hold and base tariffs are cut; the deepest cut counts.

        Fractions. Raises UnknownName for an id that is not there, BadMeasure where measures contradict each other.
        """
        base = self._base.copy()
        for name in cuts:
            base = np.minimum(base, self._levels[name])
        rate = base.copy()
        rate[: self._laid_rows] = self.book.rate(ids, base=base[: self._laid_rows])
        return np.asarray(rate)

    def subsidised(self, duties: FloatArray, paid: Mapping[str, float]) -> FloatArray:
        """The same duties (a,) where treasuries pay for imports: by demand y = −ln(1−z), z the part of the price paid.

        The buyer pays (1+t)(1−z) over the price at the border, so that a subsidy is a duty under zero; those of several
        demands come on top of each other.
        """
        if not paid:
            return duties
        y = sum((self._covers[name] * part for name, part in paid.items()), np.zeros_like(duties))
        return np.asarray((1.0 + duties) * np.exp(-y) - 1.0)

    def wedges(self, duties: FloatArray) -> Wedges:
        """K and v of the state with these duties (a,), relative to the economy as calibrated."""
        factor = self._share * ((1.0 + duties) / (1.0 + self._base)) ** -self._theta
        total = np.bincount(self._cell, weights=factor)
        net = np.bincount(self._cell, weights=factor / (1.0 + duties))
        K, v = np.ones(self._v.size), self._v.reshape(-1).copy()
        K[self._cells], v[self._cells] = total, net / total
        return Wedges(K.reshape(self._v.shape), v.reshape(self._v.shape), None)

    def shock(self, duties: FloatArray) -> Shock:
        """The same state as a shock on the economy as calibrated, part by part."""
        n, i, j = np.unravel_index(self._flat, self.economy.t.shape)
        return Shock(parts=Parts(n, i, j, self._share, self._base, duties))

    def _on_rows(self, what: Cut | Cells, values: FloatArray | float, elsewhere: float) -> FloatArray:
        """Values of cells on the rows of those cells."""
        cells = np.full(self.economy.t.size, elsewhere)
        cells[np.ravel_multi_index((what.n, what.i, what.j), self.economy.t.shape)] = values
        return np.asarray(cells[self._flat])
