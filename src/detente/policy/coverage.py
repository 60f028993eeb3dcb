"""From the goods of measures to parts of the cells of a world: which part of a cell each measure covers.

The goods of a pair are laid out as units, each with its share of its sector: product codes where measures name codes,
whole sectors where they do not. Units that all measures treat alike are one part. A measure by value covers the same
share of everything in its sectors, whatever other measures cover there; measures by value cover different goods, so
they never overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from detente.data.products.weights import depends_on_exporter
from detente.data.world import World
from detente.inputs import BoolArray, FloatArray, IntArray
from detente.policy.distinct import distinct_rows
from detente.policy.layout import Units, lay_out
from detente.policy.list_values import Scaling
from detente.policy.measure import Measure, TariffLine, by_text, rates_of
from detente.policy.named_lists import by_table, lists_of
from detente.policy.preferences import by_product, split
from detente.policy.reach import (
    Shares,
    added_by_code,
    added_by_partner,
    find_table,
    left_over,
    rates_of_lists,
    value_shares,
)
from detente.policy.stacking import ADD, NONE, SET, TOTAL, TRADE, Kinds
from detente.policy.unit_duties import unit_rate
from detente.policy.units import known_codes, reading_of

KINDS: Final = {"add": ADD, "set": SET, "total": TOTAL}
"""The field of a measure or a code that says its rate → what it does to a part."""
_BY_PART: Final = ("sector", "share", "codes", "kinds", "rates", "of", "claimed", "unit")
"""The fields of `Covered` with one row a part."""


@dataclass(frozen=True, eq=False)
class Covered:
    """The parts of the cells of one pair, and what each measure does to them.

    sector (a,): position; share (a,): of the cell, summing to 1 in each; codes (a,): how many product codes are in the
    part; kinds, rates, of (a, m): see `detente.policy.stacking`; claimed (a, m): whether the goods are outside the
    measure because they claim its preference; unit (a, m): duties by the unit, a fraction of the price at the border in
    the base year. notes: sentences for the reader; unmatched: (measure,
    code) unknown or in no goods sector; scalings: lists with an official total.
    """

    sector: IntArray
    share: FloatArray
    codes: IntArray
    kinds: Kinds
    rates: FloatArray
    of: FloatArray
    claimed: BoolArray
    unit: FloatArray
    notes: tuple[str, ...] = ()
    unmatched: tuple[tuple[str, str], ...] = ()
    scalings: tuple[Scaling, ...] = ()

    def only(self, rows: BoolArray) -> Covered:
        """The parts chosen."""
        chosen: dict[str, Any] = {name: getattr(self, name)[rows] for name in _BY_PART}
        return replace(self, **chosen)


@dataclass
class Sheet:
    """The units of a pair and what measures do to them, filled measure by measure.

    sector, share, codes (u,); row (u,): the unit of `units` that each is a piece of; kinds, rates, of, claimed (u, m):
    as in `Covered`; slices: (measure, kind, rate, shares of cells) of measures by value, which cut every piece later.
    """

    units: Units
    row: IntArray
    share: FloatArray
    kinds: Kinds
    rates: FloatArray
    of: FloatArray
    claimed: BoolArray
    unit: FloatArray
    slices: list[tuple[int, int, float, Shares]] = field(default_factory=list)
    unit_of_slice: dict[int, FloatArray] = field(default_factory=dict)

    @property
    def sector(self) -> IntArray:
        """The position of the sector of each piece."""
        return self.units.sector[self.row]

    @property
    def codes(self) -> IntArray:
        """The number of product codes in each piece."""
        return self.units.codes[self.row]

    def write(self, m: int, rows: BoolArray, kind: int, rates: float | FloatArray) -> None:
        """What measure m does to the rows."""
        self.kinds[rows, m] = kind
        self.rates[rows, m] = rates


def sheet_of(world: World, importer: str, exporter: str, measures: Sequence[Measure]) -> Sheet:
    """What each measure does to the units of a pair, with goods that claim a preference apart.

    Raises UnknownSector, and BadMeasure where codes match nothing, or claims contradict each other.
    """
    sheet, by_value = whole_sheet(lay_out(world, importer, exporter, measures), world, importer, exporter, measures)
    return _without_claims(sheet, measures, exporter, by_value)


def whole_sheet(
    units: Units, world: World, importer: str, exporter: str, measures: Sequence[Measure]
) -> tuple[Sheet, BoolArray]:
    """What each measure does to the units of a pair before claims cut them, and which units it reaches by value."""
    count, width = len(units.share), len(measures)
    size = (count, width)
    sheet = Sheet(
        units,
        np.arange(count),
        units.share,
        np.zeros(size, dtype=np.int8),
        np.zeros(size),
        np.ones(size),
        np.zeros(size, dtype=bool),
        np.zeros(size),
    )
    by_value = np.zeros(size, dtype=bool)
    for m, measure in enumerate(measures):
        _apply(sheet, m, world, importer, exporter, measure)
        if measure.specific is not None or measure.carbon is not None:
            _charge_units(sheet, m, world, exporter, measure)
        if measure.goods.by_value:
            by_value[:, m] = units.open_to(world, measure)
        named = sheet.kinds[:, m] != NONE
        sheet.of[:, m] = np.where(named | by_value[:, m], _share_of_value(units, measure), 1.0)
    return sheet, by_value


def _share_of_value(units: Units, measure: Measure) -> FloatArray:
    """The share of the value of each unit that a measure is charged on: that of its code, else the measure's own."""
    own = units.share_of_value(measure.of)
    lines = measure.goods.codes or ()
    if all(line.of is None for line in lines):
        return own
    owner = units.listed(measure, "goods")
    for at, line in enumerate(_lines_in_order(measure)):
        if line.of is not None:
            own = np.where(owner == at, line.of, own)
    return own


def _without_claims(sheet: Sheet, measures: Sequence[Measure], exporter: str, by_value: BoolArray) -> Sheet:
    """The units cut into goods that claim a preference, which are outside its measures, and the rest."""
    if not any(measure.claims is not None for measure in measures):
        return sheet
    cut, claimed = split(measures, exporter, sheet.units.claims, (sheet.kinds != NONE) | by_value)
    kinds = np.where(claimed, NONE, sheet.kinds[cut.row]).astype(np.int8)
    return replace(
        sheet,
        row=cut.row,
        share=sheet.share[cut.row] * cut.width,
        kinds=kinds,
        rates=np.where(claimed, 0.0, sheet.rates[cut.row]),
        of=np.where(claimed, 1.0, sheet.of[cut.row]),
        claimed=claimed,
        unit=np.where(claimed, 0.0, sheet.unit[cut.row]),
    )


def cover(world: World, importer: str, exporter: str, measures: Sequence[Measure]) -> Covered:
    """The parts of every goods cell of a pair, as the measures that reach it tell them apart.

    Raises UnknownSector, and BadMeasure where codes match nothing, claims contradict each other, or values exceed what
    is traded.
    """
    sheet = sheet_of(world, importer, exporter, measures)
    return parts_of(world, sheet, _merged(sheet))


def parts_of(world: World, sheet: Sheet, merged: Covered) -> Covered:
    """The parts, with measures by value cutting their share off each, and the notes of the sheet."""
    shares = [its for *_, its in sheet.slices]
    parts = _sliced(sheet, merged, left_over(world, shares))
    notes = tuple(dict.fromkeys((*parts.notes, *(note for its in shares for note in its.notes))))
    return replace(parts, notes=notes, unmatched=sheet.units.unmatched, scalings=sheet.units.scalings)


def depends_on_partner(importer: str, exporter: str, measures: Sequence[Measure]) -> bool:
    """Whether `cover` needs to know whose goods they are: values, rates by partner, or the weights of the pair."""
    by_code = by_table(measures) or by_product(measures) or any(lists_of(measure) for measure in measures)
    if by_code and depends_on_exporter(importer, exporter):
        return True
    return any(
        measure.goods.value is not None
        or measure.claims is not None
        or any(code.value is not None for code in measure.goods.codes or ())
        or (measure.goods.table is not None and find_table(measure.goods.table).kind != "codes")
        or (measure.carbon is not None and bool(measure.carbon.deduct))
        for measure in measures
    )


def _apply(sheet: Sheet, m: int, world: World, importer: str, exporter: str, measure: Measure) -> None:
    """Write what one measure does to the units of the pair."""
    goods, units = measure.goods, sheet.units
    kind, rate = _own(measure, ADD, 0.0)
    rows = units.open_to(world, measure)
    if goods.codes is not None:
        kinds, rates = _terms(measure)
        owner = units.listed(measure, "goods")
        for which in np.unique(kinds[kinds != NONE]).tolist():
            chosen = rows & (kinds[owner] == which)
            sheet.write(m, chosen, which, rates[owner][chosen])
    elif goods.table is not None and find_table(goods.table).kind == "codes":
        added: FloatArray = np.asarray(added_by_code(measure).reindex(units.hs6), dtype=np.float64)
        rows &= ~np.isnan(added)
        sheet.write(m, rows, ADD, added[rows])
    elif goods.table is not None and find_table(goods.table).kind == "lists":
        listed = _listed_rates(measure)[units.listed(measure, "goods")]
        rows &= listed != 0
        sheet.write(m, rows, ADD, listed[rows])
    elif goods.table is not None:
        added_here = added_by_partner(measure)[exporter]
        sheet.write(m, rows & (added_here != 0), ADD, added_here)
    elif goods.value is not None:
        sheet.slices.append((m, kind, rate, value_shares(world, importer, exporter, measure)))
    elif goods.sector_rates is not None:
        for sector, its_rate in goods.sector_rates.items():
            sheet.write(m, rows & (units.sector == world.sector_index(sector)), ADD, its_rate)
    else:
        sheet.write(m, rows, kind, rate)


@by_text
def _terms(measure: Measure) -> tuple[Kinds, FloatArray]:
    """What a measure does to each code of its list, and by how much: the code's own rate, else the measure's.

    (c + 1,): the last entry, at NOBODY, is for goods of no code, to which it does nothing.
    """
    kind, rate = _own(measure, ADD, 0.0)
    terms = [*(_own(line, kind, rate) for line in _lines_in_order(measure)), (NONE, 0.0)]
    return np.array([its for its, _ in terms], dtype=np.int8), np.array([its for _, its in terms], dtype=np.float64)


@by_text
def _lines_in_order(measure: Measure) -> list[TariffLine]:
    """The line of each known code of a list, in the order of their owners."""
    lines = measure.goods.codes or ()
    reading = reading_of(tuple(line.hs for line in lines), measure.goods.hs, measure.by)
    line_of = {(its.code, its.edition): lines[its.position] for its in reading.products}
    return [line_of[code] for code in known_codes(reading)]


def _listed_rates(measure: Measure) -> FloatArray:
    """What a measure of a table of lists adds to each line, a fraction (c + 1,): the last, at NOBODY, is 0."""
    its = dict(lists_of(measure))[measure.id, "goods"]
    added = rates_of_lists(measure)
    return np.array([*(added.get(code, 0.0) for code, _ in known_codes(reading_of(*its, measure.by))), 0.0])


def _charge_units(sheet: Sheet, m: int, world: World, exporter: str, measure: Measure) -> None:
    """Write the duty by the unit on each unit that a measure reaches, or by sector where it cuts. Raises BadMeasure."""
    rows = np.flatnonzero(sheet.kinds[:, m] != NONE)
    owner = sheet.units.listed(measure, "goods")[rows]
    lines = _lines_in_order(measure) if measure.goods.codes is not None else None
    found: dict[tuple[int, int], float] = {}
    for row, at in zip(rows.tolist(), owner.tolist(), strict=True):
        key = at, int(sheet.units.sector[row])
        if key not in found:
            found[key] = unit_rate(measure, exporter, world.sectors[key[1]], lines[at] if lines else None)
        sheet.unit[row, m] = found[key]
    cut = [shares for place, _, _, shares in sheet.slices if place == m]
    if cut:
        by_sector = np.zeros(len(world.sectors))
        for j in np.flatnonzero(cut[0].by_sector):
            by_sector[j] = unit_rate(measure, exporter, world.sectors[int(j)])
        sheet.unit_of_slice[m] = by_sector


def _own(given: Measure | TariffLine, kind: int, rate: float) -> tuple[int, float]:
    """The kind and rate that a measure or a code of its list has of its own, else those given."""
    if isinstance(given, Measure) and given.quota is not None:
        return (SET if given.quota.place == "set" else ADD), given.quota.in_
    if isinstance(given, Measure) and (given.export is not None or given.import_ is not None):
        return TRADE, 0.0
    for name in rates_of(given):
        return KINDS[name], float(getattr(given, name))
    return kind, rate


def _merged(sheet: Sheet) -> Covered:
    """Units that all measures treat alike become one part."""
    keys = np.column_stack([sheet.sector, sheet.kinds, sheet.rates, sheet.of, sheet.claimed, sheet.unit])
    first, row = distinct_rows(keys)
    share = np.bincount(row, weights=sheet.share).astype(np.float64)
    codes = np.bincount(row, weights=sheet.codes).astype(np.int64)
    return Covered(
        sheet.sector[first],
        share,
        codes,
        sheet.kinds[first],
        sheet.rates[first],
        sheet.of[first],
        sheet.claimed[first],
        sheet.unit[first],
        sheet.units.notes,
    )


def _sliced(sheet: Sheet, parts: Covered, left: FloatArray) -> Covered:
    """Each measure by value cuts its share off every part; what is `left` (j,) of the part comes first.

    Goods that claim its preference are in its share, and outside the measure.
    """
    pieces = [(-1, NONE, 0.0, left)]
    pieces += [(m, kind, rate, shares.by_sector) for m, kind, rate, shares in sheet.slices]
    cuts = []
    for m, kind, rate, by_sector in pieces:
        kinds, rates, unit = parts.kinds.copy(), parts.rates.copy(), parts.unit.copy()
        if m >= 0:
            free = parts.claimed[:, m]
            kinds[:, m], rates[:, m] = np.where(free, NONE, kind), np.where(free, 0.0, rate)
            if m in sheet.unit_of_slice:
                unit[:, m] = np.where(free, 0.0, sheet.unit_of_slice[m][parts.sector])
        cut = replace(parts, share=parts.share * by_sector[parts.sector], kinds=kinds, rates=rates, unit=unit)
        cuts.append(cut.only(cut.share > 0))
    joined: dict[str, Any] = {name: np.concatenate([getattr(cut, name) for cut in cuts]) for name in _BY_PART}
    return replace(parts, **joined)
