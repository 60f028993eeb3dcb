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
class Cover:
    """Goods that can be paid for: a share of some cells, given by importer, exporter and sector as positions.

    Covers of one ``basket`` are of different goods. A share is the same of every part of a cell: which goods of a
    category a duty covers is not known here.
    """

    n: IntArray
    i: IntArray
    j: IntArray
    share: FloatArray
    basket: str

    @property
    def whole(self) -> bool:
        """Whether it is all of every cell."""
        return bool((self.share == 1.0).all())


class Duties:
    """The duties on the parts of all cells that a state can change.

    Parameters
    ----------
    economy
        Calibrated on ``world``, with none of the measures in it.
    measures
        Every measure that holds in some state.
    cuts
        By the name of the promise that they keep.
    bought
        Goods whose imports can be subsidised, by name.
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
        bought: Mapping[str, Cover] | None = None,
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
        self._laid_rows = len(own)
        laid_out = np.concatenate([own, fresh])
        self._law_base = economy.t.reshape(-1)[laid_out]
        self._levels = {name: self._on_rows(cut, cut.level, np.inf, laid_out) for name, cut in cuts.items()}
        shares = np.concatenate([atoms["share"].to_numpy(np.float64), np.ones(len(fresh))])
        self._covers = dict(bought)
        self._row, self._share, self._inside = self._split(laid_out, shares)
        self._flat = laid_out[self._row]
        self._base = self._law_base[self._row]
        self._theta = economy.theta[self._flat % shape[2]]
        self._cells, self._cell = np.unique(self._flat, return_inverse=True)
        self._v = 1.0 / (1.0 + economy.t)

    def of(self, ids: Iterable[str], cuts: Iterable[str] = ()) -> FloatArray:
        """The duties, part by part (a,), where measures hold and base tariffs are cut; the deepest cut counts.

        Fractions. Raises UnknownName for an id that is not there, BadMeasure where measures contradict each other.
        """
        base = self._law_base.copy()
        for name in cuts:
            base = np.minimum(base, self._levels[name])
        rate = base.copy()
        rate[: self._laid_rows] = self.book.rate(ids, base=base[: self._laid_rows])
        return np.asarray(rate[self._row])

    def subsidised(self, duties: FloatArray, paid: Mapping[str, float]) -> FloatArray:
        """The same duties (a,) where treasuries pay for imports: by cover y = −ln(1−z), z the part of the price paid.

        The buyer pays (1+t)(1−z) over the price at the border, so that a subsidy is a duty under zero; those of several
        covers come on top of each other.
        """
        if not paid:
            return duties
        y = sum((self._inside[name] * part for name, part in paid.items()), np.zeros_like(duties))
        return np.asarray((1.0 + duties) * np.exp(-y) - 1.0)

    def portion(self, duties: FloatArray, name: str, parties: Sequence[int]) -> FloatArray | float:
        """The part of what parties buy from each other (p, p, j) that is goods of a cover, at the border; 1 of whole
        cells."""
        if self._covers[name].whole:
            return 1.0
        net = self._factor(duties) / (1.0 + duties)
        inside = np.bincount(self._cell, weights=net * self._inside[name]) / np.bincount(self._cell, weights=net)
        flat = np.arange(self.economy.t.size).reshape(self.economy.t.shape)[np.ix_(parties, parties)]
        spot = np.searchsorted(self._cells, flat).clip(max=len(self._cells) - 1)
        return np.where(self._cells[spot] == flat, inside[spot], 0.0)

    def wedges(self, duties: FloatArray) -> Wedges:
        """K and v of the state with these duties (a,), relative to the economy as calibrated."""
        factor = self._factor(duties)
        total = np.bincount(self._cell, weights=factor)
        net = np.bincount(self._cell, weights=factor / (1.0 + duties))
        K, v = np.ones(self._v.size), self._v.reshape(-1).copy()
        K[self._cells], v[self._cells] = total, net / total
        return Wedges(K.reshape(self._v.shape), v.reshape(self._v.shape), None)

    def shock(self, duties: FloatArray) -> Shock:
        """The same state as a shock on the economy as calibrated, part by part."""
        n, i, j = np.unravel_index(self._flat, self.economy.t.shape)
        return Shock(parts=Parts(n, i, j, self._share, self._base, duties))

    def _factor(self, duties: FloatArray) -> FloatArray:
        """What is spent on each part, relative to its cell's base."""
        return np.asarray(self._share * ((1.0 + duties) / (1.0 + self._base)) ** -self._theta)

    def _on_rows(self, what: Cut | Cover, values: FloatArray, elsewhere: float, flat: IntArray) -> FloatArray:
        """Values of cells on the rows of those cells."""
        cells = np.full(self.economy.t.size, elsewhere)
        cells[np.ravel_multi_index((what.n, what.i, what.j), self.economy.t.shape)] = values
        return np.asarray(cells[flat])

    def _split(self, flat: IntArray, share: FloatArray) -> tuple[IntArray, FloatArray, dict[str, FloatArray]]:
        """Rows cut into what covers take of them and what is left: row of the book, share of its cell, and for each
        cover whether a row is in it."""
        row, inside = np.arange(len(flat)), dict[str, FloatArray]()
        for basket in dict.fromkeys(cover.basket for cover in self._covers.values()):
            own = {name: cover for name, cover in self._covers.items() if cover.basket == basket}
            parts = [self._on_rows(cover, cover.share, 0.0, flat[row]) for cover in own.values()]
            parts.append(1.0 - np.sum(parts, axis=0))
            piece, kept = np.nonzero(np.array(parts) > _LEFT)
            order = np.lexsort((piece, kept))
            piece, kept = piece[order], kept[order]
            share = share[kept] * np.array(parts)[piece, kept]
            inside = {name: flags[kept] for name, flags in inside.items()}
            inside |= {name: (piece == k).astype(np.float64) for k, name in enumerate(own)}
            row = row[kept]
        return row, share, inside


#: A share under which nothing of a part is left over: covers of all of it sum to one within rounding.
_LEFT = 1e-12
