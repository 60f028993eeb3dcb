"""The duties of one economy on the goods of another on a day, row by row, with what each measure adds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detente.inputs import BoolArray, FloatArray
from detente.policy.contributions import contributions
from detente.policy.schedule import TariffBook

UNNAMED: Final = "no authority given"
"""The authority of measures that say none."""


@dataclass(frozen=True, eq=False)
class PairDuties:
    """Duties on the goods of a pair on a day, one row a product in a sector, or a part of a sector.

    product, sector (r,): a line of ten digits, empty where trade is not known by line, and a sector (`none` where no
    goods sector makes it); imports (r,): USD million a year; ordinary (r,): the duty without any measure; added (r, k):
    what each of k measures adds to it, fractions of value; authorities (k,): the authority of each.
    """

    exporter: str
    product: NDArray[np.object_]
    sector: NDArray[np.object_]
    imports: FloatArray
    ordinary: FloatArray
    added: FloatArray
    authorities: tuple[str, ...]
    by_line: bool

    @property
    def additional(self) -> FloatArray:
        """What all measures add (r,); of a cut under zero only what the ordinary duty has."""
        return np.asarray(np.maximum(self.added.sum(axis=1), -np.maximum(self.ordinary, 0.0)), dtype=np.float64)

    def only(self, rows: BoolArray) -> PairDuties:
        """The rows chosen."""
        its = {name: getattr(self, name)[rows] for name in ("product", "sector", "imports", "ordinary", "added")}
        return replace(self, **its)

    def under(self, authority: str) -> PairDuties:
        """The rows on which measures of an authority are charged, with these measures alone."""
        mine = np.array([name == authority for name in self.authorities], dtype=np.bool_)
        rows = (self.added[:, mine] != 0).any(axis=1)
        left = replace(self, added=self.added[:, mine], authorities=(authority,) * int(mine.sum()))
        return left.only(rows)


def book_duties(book: TariffBook, importer: str, on: date) -> tuple[PairDuties, ...]:
    """The duties of an importer on every partner, from the parts of a book on a day.

    Measures that the base tariffs hold are additional, under their authority. Raises BadMeasure where measures clash.
    """
    world, ids = book.world, book.in_force(on)
    terms, displaced = book.terms_of(ids, on=on)
    chosen, added = terms.measures, contributions(terms, displaced)
    atoms, n = book.atoms, world.index(importer)
    mine = (atoms["importer"] == importer).to_numpy(dtype=np.bool_)
    of_cell = {authority: rates[n] for authority, rates in world.origins.in_force.items()}
    authorities = (*(measure.authority or UNNAMED for measure in chosen), *of_cell)
    found = []
    for exporter in world.economies:
        if exporter == importer:
            continue
        i = world.index(exporter)
        rows = np.flatnonzero(mine & (atoms["exporter"] == exporter).to_numpy(dtype=np.bool_))
        its = atoms.iloc[rows]
        laid = {*its["sector"]}
        rest = [name for name in world.goods if name not in laid]
        sector = np.array([*its["sector"], *rest], dtype=object)
        j = np.array([world.sector_index(name) for name in sector], dtype=np.int64)
        share = np.concatenate([its["share"].to_numpy(dtype=np.float64), np.ones(len(rest))])
        held = np.column_stack([rates[i, j] for rates in of_cell.values()]) if of_cell else np.zeros((len(j), 0))
        parts = np.concatenate([added[rows], np.zeros((len(rest), len(chosen)))])
        found.append(
            PairDuties(
                exporter,
                np.full(len(j), "", dtype=object),
                sector,
                world.flows[n, i, j] * share,
                world.tariffs[n, i, j] - held.sum(axis=1),
                np.column_stack([parts, held]),
                authorities,
                by_line=False,
            )
        )
    return tuple(found)
