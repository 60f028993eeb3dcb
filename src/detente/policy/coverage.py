"""From the goods of measures to parts of the cells of a world: which part of a cell each measure covers.

The goods of a pair are laid out as units (product codes or whole sectors), each with its share of its sector. Units
that all measures treat alike are one part. A measure by value covers the same share of everything in its sectors,
whatever other measures cover there; measures by value cover different goods, so they never overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.data import World
from detente.policy import tables
from detente.policy.amounts import Shares, left_over, value_shares
from detente.policy.codes import has_customs
from detente.policy.measure import Code, Measure
from detente.policy.stacking import ADD, NONE, SET, Floats, Kinds
from detente.policy.units import Units, lay_out


@dataclass(frozen=True, eq=False)
class Covered:
    """The parts of the cells of one pair, and what each measure does to them.

    sector (a,): position; share (a,): of the cell, summing to 1 in each; codes (a,): how many product codes are in the
    part; kinds, rates (a, m). notes: sentences for the reader; unmatched: (measure, code) in no goods sector.
    """

    sector: NDArray[np.int64]
    share: Floats
    codes: NDArray[np.int64]
    kinds: Kinds
    rates: Floats
    notes: tuple[str, ...] = ()
    unmatched: tuple[tuple[str, str], ...] = ()

    def among(self, positions: Sequence[int], width: int) -> Covered:
        """The same, with the columns of its measures at `positions` among `width` measures."""
        kinds = np.full((len(self.share), width), NONE, dtype=np.int8)
        rates = np.zeros((len(self.share), width))
        kinds[:, positions], rates[:, positions] = self.kinds, self.rates
        return replace(self, kinds=kinds, rates=rates)

    def only(self, rows: NDArray[np.bool_]) -> Covered:
        """The parts chosen."""
        return Covered(
            self.sector[rows],
            self.share[rows],
            self.codes[rows],
            self.kinds[rows],
            self.rates[rows],
            self.notes,
            self.unmatched,
        )


@dataclass
class _Sheet:
    """The units of a pair and what measures do to them, filled measure by measure."""

    units: Units
    kinds: Kinds
    rates: Floats
    slices: list[tuple[int, int, float, Shares]] = field(default_factory=list)

    def write(self, m: int, rows: NDArray[np.bool_], kind: int, rates: float | Floats) -> None:
        self.kinds[rows, m] = kind
        self.rates[rows, m] = rates


def cover(world: World, importer: str, exporter: str, measures: Sequence[Measure]) -> Covered:
    """The parts of every goods cell of a pair, as the measures that reach it tell them apart.

    Raises UnknownSector, and BadMeasure where codes match nothing or values exceed what is traded.
    """
    units = lay_out(world, importer, exporter, measures)
    size = (len(units.share), len(measures))
    sheet = _Sheet(units, np.zeros(size, dtype=np.int8), np.zeros(size))
    for m, measure in enumerate(measures):
        _apply(sheet, m, world, importer, exporter, measure)
    shares = [its for *_, its in sheet.slices]
    parts = _sliced(sheet, _merged(sheet), left_over(world, shares))
    notes = tuple(dict.fromkeys((*parts.notes, *(note for its in shares for note in its.notes))))
    return replace(parts, notes=notes, unmatched=units.unmatched)


def depends_on_partner(importer: str, exporter: str, measures: Sequence[Measure]) -> bool:
    """Whether `cover` needs to know whose goods they are: values, rates by partner, or customs weights of the pair."""
    return has_customs(importer, exporter) or any(
        measure.goods.value is not None
        or any(code.value is not None for code in measure.goods.codes or ())
        or (measure.goods.table is not None and tables.find_table(measure.goods.table).kind != "codes")
        for measure in measures
    )


def _apply(sheet: _Sheet, m: int, world: World, importer: str, exporter: str, measure: Measure) -> None:
    """Write what one measure does to the units of the pair."""
    goods, units = measure.goods, sheet.units
    kind, rate = (SET, measure.set) if measure.set is not None else (ADD, measure.add or 0.0)
    rows = units.open_to(world, measure)
    if goods.codes is not None:
        own = {code.hs: _own(code, kind, rate) for code in goods.codes}
        listed = pd.Series(units.listed(own), dtype=object)
        for which in (ADD, SET):
            of_kind = {hs: its_rate for hs, (its_kind, its_rate) in own.items() if its_kind == which}
            its_rates: Floats = np.asarray(listed.map(of_kind), dtype=np.float64)
            chosen = rows & ~np.isnan(its_rates)
            sheet.write(m, chosen, which, its_rates[chosen])
    elif goods.table is not None and tables.find_table(goods.table).kind == "codes":
        added: Floats = np.asarray(tables.added_by_code(measure).reindex(units.hs6), dtype=np.float64)
        rows &= ~np.isnan(added)
        sheet.write(m, rows, ADD, added[rows])
    elif goods.table is not None:
        added_here = tables.added_by_partner(measure)[exporter]
        sheet.write(m, rows & (added_here != 0), ADD, added_here)
    elif goods.value is not None:
        sheet.slices.append((m, kind, rate, value_shares(world, importer, exporter, measure)))
    elif goods.sector_rates is not None:
        for sector, its_rate in goods.sector_rates.items():
            sheet.write(m, rows & (units.sector == world.sector_index(sector)), ADD, its_rate)
    else:
        sheet.write(m, rows, kind, rate)


def _own(code: Code, kind: int, rate: float) -> tuple[int, float]:
    """What a measure does to a code: the code's own rate, else the measure's."""
    if code.set is not None:
        return SET, code.set
    return (ADD, code.add) if code.add is not None else (kind, rate)


def _merged(sheet: _Sheet) -> Covered:
    """Units that all measures treat alike become one part."""
    units = sheet.units
    keys = np.column_stack([units.sector, sheet.kinds, sheet.rates])
    _, first, row = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    share = np.bincount(row.ravel(), weights=units.share).astype(np.float64)
    codes = np.bincount(row.ravel(), weights=units.codes).astype(np.int64)
    return Covered(units.sector[first], share, codes, sheet.kinds[first], sheet.rates[first], units.notes)


def _sliced(sheet: _Sheet, parts: Covered, left: Floats) -> Covered:
    """Each measure by value cuts its share off every part; what is `left` (j,) of the part comes first."""
    pieces = [(-1, NONE, 0.0, left)]
    pieces += [(m, kind, rate, shares.by_sector) for m, kind, rate, shares in sheet.slices]
    cuts = []
    for m, kind, rate, by_sector in pieces:
        kinds, rates = parts.kinds.copy(), parts.rates.copy()
        if m >= 0:
            kinds[:, m], rates[:, m] = kind, rate
        cut = Covered(parts.sector, parts.share * by_sector[parts.sector], parts.codes, kinds, rates)
        cuts.append(cut.only(cut.share > 0))
    return Covered(
        np.concatenate([cut.sector for cut in cuts]),
        np.concatenate([cut.share for cut in cuts]),
        np.concatenate([cut.codes for cut in cuts]),
        np.concatenate([cut.kinds for cut in cuts]),
        np.concatenate([cut.rates for cut in cuts]),
        parts.notes,
    )
