"""From the goods of measures to parts of the cells of a world: which part of a cell each measure covers.

The goods of a pair are laid out as units, each with its share of its sector: product codes where measures name codes,
whole sectors where they do not. Units that all measures treat alike are one part. A measure by value covers the same
share of everything in its sectors, whatever other measures cover there; measures by value cover different goods, so
they never overlap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.data.products.trade import code_values, has_customs, line_count, weight_note
from detente.data.quantities import format_money
from detente.data.world import World
from detente.errors import BadMeasure, enumerate_names
from detente.inputs import BoolArray, FloatArray, IntArray
from detente.policy.measure import ADD, NONE, SET, Kinds, Measure, TariffLine
from detente.policy.reach import (
    Shares,
    added_by_code,
    added_by_partner,
    find_table,
    left_over,
    purchases,
    sectors,
    value_shares,
)

_ROUNDING: Final = 1e-9
"""Share of a sector under which a difference is rounding."""

MOST_UNMATCHED: Final = 0.01
"""Share of a list, by value where it has values, that may lie in no goods sector; above it the list is refused."""


@dataclass(frozen=True, eq=False)
class Units:
    """The units of a pair, one row a code in a sector (or a sector as a whole, with an empty code).

    hs: 6 or 8 digits, and `123456*` for the lines of a code that no measure names; hs6; sector: position; share: of the
    sector's imports, summing to 1 in each goods sector; codes: 1 for a product code, 0 for a whole sector.
    """

    hs: NDArray[np.str_]
    hs6: NDArray[np.str_]
    sector: IntArray
    share: FloatArray
    codes: IntArray
    notes: tuple[str, ...] = ()
    unmatched: tuple[tuple[str, str], ...] = ()

    def listed(self, codes: Collection[str]) -> NDArray[np.object_]:
        """The code of a list that each row belongs to, its line or its 6-digit code; None where it is in none."""
        return _listed(self.hs, self.hs6, codes)

    def open_to(self, world: World, measure: Measure) -> BoolArray:
        """The rows that a measure can reach: in its sectors, and of no exempt code."""
        rows = np.isin(self.sector, [world.sector_index(name) for name in sectors(world, measure)])
        exempt = measure.exempt.codes if measure.exempt is not None else None
        return rows & pd.isna(self.listed(exempt)) if exempt else rows


def lay_out(world: World, importer: str, exporter: str, measures: Sequence[Measure]) -> Units:
    """The units that the measures of a pair need.

    Raises BadMeasure where codes match nothing, more than 1 % of a list is in no goods sector, two measures value one
    code differently, or codes are worth more than their sector.
    """
    named = {measure.id: _named_codes(measure) for measure in measures}
    by_table = any(
        measure.goods.table is not None and find_table(measure.goods.table).kind == "codes" for measure in measures
    )
    whole = _whole_sectors(world)
    if not by_table and not any(named.values()):
        return whole
    rows = code_values(importer, exporter)
    rows = rows[rows["sector"].isin(world.goods)]
    known = set(rows["hs6"].to_numpy(dtype=object))
    unmatched = [_check_matched(measure, named[measure.id], known) for measure in measures]
    rows, notes = _split_lines(rows, importer, sorted(set().union(*named.values())))
    rows["sector"] = rows["sector"].map({name: world.sector_index(name) for name in world.goods})
    worth, given = _given_values(world, importer, exporter, measures)
    share, left = _shares(rows, worth, world, importer, exporter)
    rest = {int(j): 1.0 for j in np.setdiff1d(whole.sector, rows["sector"])} | left
    if by_table or not given:
        notes = [weight_note(importer, exporter), *notes]
    if by_table:
        notes.append(
            "product codes of scrap, used goods and art are in no goods sector: their tariffs change nothing here"
        )
    return Units(
        np.concatenate([rows["hs"].to_numpy(dtype=np.str_), np.full(len(rest), "", dtype=np.str_)]),
        np.concatenate([rows["hs6"].to_numpy(dtype=np.str_), np.full(len(rest), "", dtype=np.str_)]),
        np.concatenate([rows["sector"].to_numpy(dtype=np.int64), np.array(list(rest), dtype=np.int64)]),
        np.concatenate([share, np.array(list(rest.values()), dtype=np.float64)]),
        np.array([1] * len(rows) + [0] * len(rest), dtype=np.int64),
        tuple(notes),
        tuple((measure.id, code) for measure, codes in zip(measures, unmatched, strict=True) for code in codes),
    )


def _whole_sectors(world: World) -> Units:
    places = np.array([world.sector_index(sector) for sector in world.goods], dtype=np.int64)
    blank = np.full(len(places), "", dtype=np.str_)
    return Units(blank, blank, places, np.ones(len(places)), np.zeros(len(places), dtype=np.int64))


def _named_codes(measure: Measure) -> set[str]:
    listed = {code.hs for code in measure.goods.codes or ()}
    return listed | set((measure.exempt.codes if measure.exempt is not None else None) or ())


def _check_matched(measure: Measure, named: set[str], known: set[str]) -> list[str]:
    """The codes of a list that are in no goods sector; raises BadMeasure where that is all of them, or too much."""
    missing = sorted(code for code in named if code[:6] not in known)
    if not missing:
        return []
    if len(missing) == len(named):
        raise BadMeasure(
            f"measure {measure.id!r}: none of its {len(named)} codes ({enumerate_names(missing, 3)}) is an HS 2017 "
            "code of a goods sector of this world: check the edition and the leading zeros"
        )
    values = {code.hs: code.value for code in measure.goods.codes or ()}
    by_value = all(value is not None for value in values.values())
    weight = {code: (values.get(code) or 0.0) if by_value else 1.0 for code in named}
    part = sum(weight[code] for code in missing) / (sum(weight.values()) or 1.0)
    if part > MOST_UNMATCHED:
        what = "of its trade value" if by_value else "of its codes"
        raise BadMeasure(
            f"measure {measure.id!r}: {part:.1%} {what} is in no goods sector ({enumerate_names(missing)}), over the "
            f"{MOST_UNMATCHED:.0%} that is let pass: remove those codes, or write them in HS 2017"
        )
    return missing


def _split_lines(rows: pd.DataFrame, importer: str, named: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Split codes of which eight-digit lines are named: a line is 1 / (lines of the code) of it."""
    lines = [code for code in named if len(code) == 8]
    rows = rows.assign(hs=rows["hs6"])
    if not lines:
        return rows, []
    listed = Counter(code[:6] for code in lines)
    known = {code: line_count(importer, code) for code in listed}
    split = rows[rows["hs6"].isin(list(listed))]
    count = np.array([max(known[code] or 0, listed[code]) for code in split["hs6"]], dtype=np.float64)
    left = count - np.array([listed[code] for code in split["hs6"]], dtype=np.float64)
    each = split.assign(value=split["value"] / count)
    of_lines = each.drop(columns="hs").merge(
        pd.DataFrame({"hs6": [code[:6] for code in lines], "hs": lines}), on="hs6", validate="many_to_many"
    )
    rest = each.assign(hs=each["hs6"] + "*", value=each["value"] * left)[left > 0]
    parts = [rows[~rows["hs6"].isin(list(listed))], of_lines, rest]
    unknown = [code for code, lines_known in known.items() if lines_known is None]
    notes = [f"{len(lines)} eight-digit lines of {importer}: each is its HS6 code divided by that code's known lines"]
    if unknown:
        notes.append(
            f"how many lines {importer} has within {enumerate_names(unknown, 6)} is not known: the lines named are "
            "taken for the whole code"
        )
    return pd.concat(parts, ignore_index=True), notes


def _shares(
    rows: pd.DataFrame, worth: dict[str, tuple[float, FloatArray]], world: World, importer: str, exporter: str
) -> tuple[FloatArray, dict[int, float]]:
    """The share of each row in its sector, and what is left of a sector all of whose codes have a trade value.

    A given value counts as what it is of the sector's imports of its basis; the rest of a sector goes to its other
    codes in proportion to what they weigh.
    """
    weight = rows["value"].to_numpy(dtype=np.float64)
    sector = rows["sector"].to_numpy(dtype=np.int64)
    owner = _listed(rows["hs"], rows["hs6"], worth)
    fixed = np.full(len(rows), np.nan)
    for hs, mine in pd.Series(range(len(rows))).groupby(owner).indices.items():
        value, base = worth[str(hs)]
        with np.errstate(divide="ignore"):
            fixed[mine] = value * _proportions(weight[mine]) / base[sector[mine]]
    share, rest = np.empty(len(rows)), {}
    for j in np.unique(sector):
        known, others = (sector == j) & ~np.isnan(fixed), (sector == j) & np.isnan(fixed)
        left = 1.0 - fixed[known].sum()
        if left < -_ROUNDING:
            raise BadMeasure(
                f"codes listed in {world.sectors[j]} are worth {1 - left:.1%} of what {importer} buys there from "
                f"{exporter}: check their values and their basis"
            )
        share[known] = fixed[known]
        share[others] = max(left, 0.0) * _proportions(weight[others])
        if not others.any() and left > _ROUNDING:
            rest[int(j)] = left
    return share, rest


def _proportions(weight: FloatArray) -> FloatArray:
    """Weights over their sum; equal ones where an industry without any trade weighs nothing."""
    total = weight.sum()
    return weight / total if total > 0 else np.full(len(weight), 1.0 / max(len(weight), 1))


def _listed(hs: Iterable[str], hs6: Iterable[str], codes: Collection[str]) -> NDArray[np.object_]:
    lines, sixes, wanted = pd.Series(hs, dtype=object), pd.Series(hs6, dtype=object), list(codes)
    return lines.where(lines.isin(wanted), sixes.where(sixes.isin(wanted), None)).to_numpy(dtype=object)


def _given_values(
    world: World, importer: str, exporter: str, measures: Sequence[Measure]
) -> tuple[dict[str, tuple[float, FloatArray]], bool]:
    """Value of each code that has one, with the imports by sector of its basis; and whether all codes have one."""
    worth: dict[str, tuple[float, FloatArray]] = {}
    complete = True
    for measure in measures:
        complete &= measure.exempt is None or measure.exempt.codes is None
        complete &= all(code.value is not None for code in measure.goods.codes or ())
        valued = {code.hs: code.value for code in measure.goods.codes or () if code.value is not None}
        if not valued:
            continue
        base = purchases(world, importer, exporter, measure.goods.basis or "customs").by_sector
        for hs, value in valued.items():
            if hs in worth and worth[hs][0] != value:
                raise BadMeasure(
                    f"measure {measure.id!r} values code {hs} at {format_money(value)}, another measure at "
                    f"{format_money(worth[hs][0])}: one code has one value in the base year"
                )
            worth[hs] = (value, base)
    both = sorted(hs for hs in worth if len(hs) == 8 and hs[:6] in worth)
    if both:
        raise BadMeasure(f"{enumerate_names(both)} has a value, and so has its 6-digit code: give one of them")
    return worth, complete


@dataclass(frozen=True, eq=False)
class Covered:
    """The parts of the cells of one pair, and what each measure does to them.

    sector (a,): position; share (a,): of the cell, summing to 1 in each; codes (a,): how many product codes are in the
    part; kinds, rates (a, m). notes: sentences for the reader; unmatched: (measure, code) in no goods sector.
    """

    sector: IntArray
    share: FloatArray
    codes: IntArray
    kinds: Kinds
    rates: FloatArray
    notes: tuple[str, ...] = ()
    unmatched: tuple[tuple[str, str], ...] = ()

    def among(self, positions: Sequence[int], width: int) -> Covered:
        """The same, with the columns of its measures at `positions` among `width` measures."""
        kinds = np.full((len(self.share), width), NONE, dtype=np.int8)
        rates = np.zeros((len(self.share), width))
        kinds[:, positions], rates[:, positions] = self.kinds, self.rates
        return replace(self, kinds=kinds, rates=rates)

    def only(self, rows: BoolArray) -> Covered:
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
    rates: FloatArray
    slices: list[tuple[int, int, float, Shares]] = field(default_factory=list)

    def write(self, m: int, rows: BoolArray, kind: int, rates: float | FloatArray) -> None:
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
        or (measure.goods.table is not None and find_table(measure.goods.table).kind != "codes")
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
            its_rates: FloatArray = np.asarray(listed.map(of_kind), dtype=np.float64)
            chosen = rows & ~np.isnan(its_rates)
            sheet.write(m, chosen, which, its_rates[chosen])
    elif goods.table is not None and find_table(goods.table).kind == "codes":
        added: FloatArray = np.asarray(added_by_code(measure).reindex(units.hs6), dtype=np.float64)
        rows &= ~np.isnan(added)
        sheet.write(m, rows, ADD, added[rows])
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


def _own(code: TariffLine, kind: int, rate: float) -> tuple[int, float]:
    """The effect of a measure on a code: the code's own rate, else the measure's."""
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


def _sliced(sheet: _Sheet, parts: Covered, left: FloatArray) -> Covered:
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
