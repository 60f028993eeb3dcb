"""The duties on each product of a pair on a day: the law itself, line by line, before anything is averaged.

Where trade is known by line (US imports), a product is a line of ten digits with imports from the partner in 2024; what
is in no goods sector is there too. The ordinary duty is what customs collected on its six digits that year without the
measures of Sections 201, 232 and 301; measures are at their statutory rates. Goods of chapters 98 and 99 (returned,
repaired, of low value) pay no measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.data.products.concordance import NO_SECTOR, code_table
from detente.data.products.lines import LINES_YEAR, NOBODY, line_imports, product_lines
from detente.data.products.shares import claimed_shares, content_shares
from detente.data.products.weights import EU
from detente.data.us_duties import REST, product_duties
from detente.data.world import World
from detente.inputs import BoolArray, FloatArray, IntArray
from detente.policy.contributions import contributions
from detente.policy.coverage import whole_sheet
from detente.policy.layout import Units
from detente.policy.measure import Measure
from detente.policy.named_lists import lists_of
from detente.policy.pair_duties import UNNAMED, PairDuties
from detente.policy.preferences import Key, claims_of, contents_of, split
from detente.policy.reach import added_by_partner, find_table, partners
from detente.policy.stacking import NONE, ChargedTerms, Kinds
from detente.policy.stacking_rules import StackingRule, displacements
from detente.policy.units import known_codes, reading_of
from detente.usual_names import bloc_called, members_of

RETURNED: Final = "98"
"""The chapter of goods that come back, of repairs and of assembly abroad. It is in no edition of the Harmonized System,
so that a list that spares it names it whole."""


@dataclass(frozen=True, eq=False)
class _Rows:
    """The products of an importer in their sectors: position among `product_lines`, sector, fraction of the product.

    returned (r,): whether they come under chapter 98, returned and repaired goods.
    """

    line: IntArray
    sector: NDArray[np.object_]
    part: FloatArray
    returned: BoolArray


@cache
def _rows(importer: str) -> _Rows:
    table = code_table()
    links = pd.DataFrame({"hs6": table["hs6"], "sector": table["sector"], "part": table["weight"]})
    lines = product_lines(importer)
    rows = pd.DataFrame({"hs6": lines.hs2017, "line": np.arange(len(lines.line))}).merge(links, on="hs6", how="left")
    sector = rows["sector"].fillna(NO_SECTOR).to_numpy(dtype=object)
    at = rows["line"].to_numpy(dtype=np.int64)
    returned = pd.Series(lines.line[at], dtype=object).str.startswith(RETURNED).to_numpy(dtype=np.bool_)
    return _Rows(at, sector, rows["part"].fillna(1.0).to_numpy(dtype=np.float64), returned)


@cache
def recorded_partners() -> tuple[str, ...]:
    """The partners of the records by line, the European Union as one, those that sell most first."""
    sold = line_imports().sum().sort_values(ascending=False)
    return tuple(map(str, sold.index))


@lru_cache(maxsize=512)
def _owners(codes: tuple[str, ...], edition: str | None, importer: str) -> IntArray:
    """The position of the known code of a list that has each product line; NOBODY for none."""
    return product_lines(importer).owners(known_codes(reading_of(codes, edition, importer)))


@cache
def _ordinary(importer: str, partner: str) -> FloatArray:
    """The ordinary duty on each product line (l,), by its six digits; 0 where customs recorded none."""
    table = product_duties(LINES_YEAR)
    its = table[table["partner"] == partner].set_index("hs6")["duty"]
    found = pd.Series(product_lines(importer).hs2022, dtype=object).map(its)
    return found.fillna(0.0).to_numpy(dtype=np.float64)


class LineLaw:
    """The law of a day on the lines that an importer buys.

    measures: those of the importer in force on the day; stacking: the rules of the dispute; world: the one whose names
    the measures use.
    """

    def __init__(
        self, world: World, importer: str, measures: Sequence[Measure], stacking: Sequence[StackingRule], on: date
    ) -> None:
        self.world, self.importer = world, importer
        self.measures = tuple(its for its in measures if its.by == importer and its.export is None)
        self.displaced = displacements(stacking, on)
        self._on = {measure.id: frozenset(partners(world, measure)) for measure in self.measures}
        self._columns: dict[tuple[str, str], tuple[Kinds, FloatArray, FloatArray]] = {}
        self._laid: dict[str, Units] = {}

    def duties(self, partner: str) -> PairDuties:
        """The duties on the lines bought from a partner of the records; raises BadMeasure where measures clash."""
        economy = stand_in(self.world, partner)
        mine = [measure for measure in self.measures if economy in self._on[measure.id]]
        rows, sold = _rows(self.importer), line_imports()[partner].to_numpy(dtype=np.float64)
        chosen = np.flatnonzero(sold[rows.line] > 0)
        line = rows.line[chosen]
        kinds = np.zeros((len(line), len(mine)), dtype=np.int8)
        rates, of = np.zeros(kinds.shape), np.ones(kinds.shape)
        for m, measure in enumerate(mine):
            kinds[:, m], rates[:, m], of[:, m] = (its[chosen] for its in self._column(measure, partner, economy))
        ordinary = _ordinary(self.importer, partner)[line]
        cut, claimed = split(mine, partner, self._claims(mine, partner, line), kinds != NONE)
        at = cut.row
        charged = np.where(claimed, NONE, kinds[at]).astype(np.int8)
        terms = ChargedTerms(ordinary[at], ordinary[at], charged, rates[at], of[at], mine)
        added = np.zeros((len(line), len(mine)))
        np.add.at(added, at, cut.width[:, None] * contributions(terms, self.displaced))
        return PairDuties(
            partner,
            product_lines(self.importer).line[line],
            rows.sector[chosen],
            sold[line] * rows.part[chosen],
            ordinary,
            added,
            tuple(measure.authority or UNNAMED for measure in mine),
            by_line=True,
        )

    def _claims(self, measures: Sequence[Measure], partner: str, line: IntArray) -> dict[Key, FloatArray]:
        """The share of each row that claims a preference, for the claims that are tables."""
        return {
            key: claimed_shares(claims.table, partner)[line]
            for key, claims in claims_of(measures).items()
            if claims.table is not None
        }

    def _column(self, measure: Measure, partner: str, economy: str) -> tuple[Kinds, FloatArray, FloatArray]:
        """What a measure does to every row: kind, rate, share of value; a table by partner has a rate for each."""
        by_partner = measure.goods.table is not None and find_table(measure.goods.table).kind == "partners"
        rated = partner if by_partner and partner in added_by_partner(measure) else economy
        key = (measure.id, rated if by_partner else "")
        if key not in self._columns:
            sheet, _ = whole_sheet(self._units(measure), self.world, self.importer, rated, [measure])
            rows = _rows(self.importer)
            kinds = np.where(rows.returned & _spares_returned(measure), NONE, sheet.kinds[:, 0]).astype(np.int8)
            self._columns[key] = kinds, sheet.rates[:, 0] + sheet.unit[:, 0], sheet.of[:, 0]
        return self._columns[key]

    def _units(self, measure: Measure) -> Units:
        """Every row as a unit, with the lists of one measure."""
        if measure.id in self._laid:
            return self._laid[measure.id]
        rows, named, contents = _rows(self.importer), lists_of(measure), contents_of([measure])
        owner = [_owners(*its, self.importer)[rows.line] for _, its in named]
        self._laid[measure.id] = Units(
            _positions(self.importer, self.world.sectors, self.world.goods[0]),
            np.ones(len(rows.line)),
            np.ones(len(rows.line), dtype=np.int64),
            product_lines(self.importer).hs2017[rows.line],
            np.column_stack(owner) if owner else np.full((len(rows.line), 0), NOBODY),
            {id_: at for at, (id_, _) in enumerate(named)},
            contents=contents,
            content=np.column_stack([content_shares(name, self.importer)[rows.line] for name in contents])
            if contents
            else np.zeros((len(rows.line), 0)),
        )
        return self._laid[measure.id]


def record_of(economy: str) -> str:
    """The partner of the records that an economy is in: the European Union for itself and its members, else itself."""
    return EU if _is_union(economy) or economy in members_of(EU, f"{LINES_YEAR}-12-31") else economy


def _is_union(economy: str) -> bool:
    """Whether an economy of a world is the European Union, by whichever of its names."""
    bloc = bloc_called(economy)
    return bloc is not None and bloc.code == EU


def _spares_returned(measure: Measure) -> bool:
    """Whether a measure spares chapter 98."""
    spared = measure.exempted
    return spared is not None and RETURNED in (spared.codes or ())


def stand_in(world: World, partner: str) -> str:
    """The economy of a world whose law a partner of the records is under.

    Itself, the European Union or the first of its members for the Union, or the rest of the world.
    """
    if partner in world.economies:
        return partner
    if partner == EU:
        whole = (name for name in world.economies if _is_union(name))
        return next(whole, None) or next(its for its in members_of(EU, f"{LINES_YEAR}-12-31") if its in world.economies)
    return REST


@cache
def _positions(importer: str, sectors: tuple[str, ...], first: str) -> IntArray:
    """The position of the sector of each row among `sectors`; of goods of no sector, which measures on all goods reach,
    that of the first goods sector."""
    place = {name: at for at, name in enumerate(sectors)}
    named = _rows(importer).sector
    return np.array([place.get(name, place[first]) for name in named], dtype=np.int64)
