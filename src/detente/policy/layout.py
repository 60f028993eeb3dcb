"""The goods of a pair as the measures on it tell them apart: units, each with its share of its sector.

Products that a list names are units where measures name codes, whole sectors where they do not. Lists weigh their goods
by trade by product where it is known, by values of their own where they have them, and come to an official total where
they have one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detente.data.products.concordance import code_table
from detente.data.products.lines import LINES_YEAR, NOBODY
from detente.data.products.reading import MOST_UNKNOWN, ProductList
from detente.data.products.shares import clipped
from detente.data.products.weights import weight_note
from detente.data.world import World
from detente.errors import BadMeasure, enumerate_names
from detente.inputs import BoolArray, FloatArray, IntArray
from detente.policy.exemptions import refuse_idle, said_of, spared
from detente.policy.list_values import ROUNDING, OverValued, Scaling, Valued, fix_values
from detente.policy.listed_tables import rated_lists
from detente.policy.measure import Measure, by_text
from detente.policy.named_lists import by_table, lists_of, tables_of_lists
from detente.policy.preferences import Key, by_product, contents_of, unit_claims
from detente.policy.reach import (
    purchases,
    sectors,
)
from detente.policy.totals import PairLists, scale_lists
from detente.policy.units import (
    Arrangement,
    arrange,
    known_codes,
    reading_of,
    unit_weights,
)

_OF_NO_SECTOR: Final = (
    "product codes of scrap, used goods and art are in no goods sector: their tariffs change nothing here"
)


@dataclass(frozen=True, eq=False)
class Units:
    """The units of a pair, one row what measures tell apart in a sector, and one what they leave of it.

    sector: position; share: of the sector's imports, summing to 1 in each goods sector; codes: product codes in it, 0
    for a whole sector; hs6: its code of HS 2017 where a table needs it; owner (u, m): position of the code of list m
    that has it, NOBODY for none; lists: (measure, goods or exempt) → its list; content (u, c): shares of value by the
    names of `contents`; claims: key of a claim by table → the share of each unit's trade (u,).
    """

    sector: IntArray
    share: FloatArray
    codes: IntArray
    hs6: NDArray[np.object_]
    owner: IntArray
    lists: Mapping[tuple[str, str], int]
    notes: tuple[str, ...] = ()
    unmatched: tuple[tuple[str, str], ...] = ()
    scalings: tuple[Scaling, ...] = ()
    contents: tuple[str, ...] = ()
    content: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    claims: Mapping[Key, FloatArray] = field(default_factory=dict)

    def share_of_value(self, of: float | str | None) -> FloatArray:
        """The share of the value of each unit (u,) that a duty is charged on; a table by its name."""
        if isinstance(of, str):
            return np.asarray(self.content[:, self.contents.index(of)])
        return np.full(len(self.sector), 1.0 if of is None else of)

    def listed(self, measure: Measure, part: str) -> IntArray:
        """The position of the code of a list of the measure that has each unit; NOBODY where there is none."""
        at = self.lists.get((measure.id, part))
        return np.full(len(self.sector), NOBODY) if at is None else self.owner[:, at]

    def open_to(self, world: World, measure: Measure) -> BoolArray:
        """The rows that a measure can reach: in its sectors, and not exempt; raises BadMeasure where all are exempt."""
        rows = self._in_its_sectors(world, measure)
        goods = self.listed(measure, "goods")
        free = spared(measure, goods, self.listed(measure, "exempt"))
        refuse_idle(measure, rows & self._named(measure), free)
        return np.asarray(rows & ~free)

    def _in_its_sectors(self, world: World, measure: Measure) -> BoolArray:
        """The rows in the sectors that a measure is on."""
        inside = np.zeros(len(world.sectors), dtype=bool)
        inside[[world.sector_index(name) for name in sectors(world, measure)]] = True
        return inside[self.sector]

    def _named(self, measure: Measure) -> BoolArray:
        """The rows that the goods of a measure name."""
        if (measure.id, "goods") not in self.lists:
            return np.ones(len(self.sector), dtype=bool)
        return np.asarray(self.listed(measure, "goods") != NOBODY)

    def said_of_exemptions(self, world: World, measures: Sequence[Measure]) -> list[str]:
        """Sentences on exempt codes that spare nothing, or less than they hold."""
        said = []
        for measure in measures:
            if (measure.id, "exempt") not in self.lists:
                continue
            reached = np.asarray(self._in_its_sectors(world, measure) & self._named(measure))
            said += said_of(measure, reached, self.listed(measure, "goods"), self.listed(measure, "exempt"))
        return said


def lay_out(world: World, importer: str, exporter: str, measures: Sequence[Measure]) -> Units:
    """The units that the measures of a pair need.

    Raises BadMeasure where a list matches nothing, its codes cannot be read or too many are unknown, two measures value
    one code differently, or codes are worth more than their sector.
    """
    tabled = by_table(measures)
    places = {id_: its for measure in measures for id_, its in lists_of(measure)}
    if not tabled and not places and not by_product(measures):
        return _whole_sectors(world)
    columns = tuple(dict.fromkeys(places.values()))
    lists = {id_: columns.index(its) for id_, its in places.items()}
    contents = contents_of(measures)
    arranged = arrange(importer, columns, tabled, tuple(world.goods), contents)
    unmatched = [pair for measure in measures for pair in _left_out(world, measure)]
    own, share = unit_weights(arranged, importer, exporter, world.year, len(world.goods))
    goods = np.array([world.sector_index(name) for name in world.goods], dtype=np.int64)
    given = _given_values(world, importer, exporter, measures, arranged, lists)
    try:
        share = fix_values(share, own, arranged.sector, given) if given else share
    except OverValued as problem:
        raise BadMeasure(
            f"codes listed in {world.goods[problem.sector]} are worth {problem.share:.1%} of what {importer} buys "
            f"there from {exporter}: check their values and their basis"
        ) from problem
    share, scalings = scale_lists(PairLists(world, importer, exporter, measures, arranged, lists), share)
    left = 1.0 - np.bincount(arranged.sector, weights=share, minlength=len(goods))
    rest = np.flatnonzero(left > ROUNDING)
    notes = [*(_said_of_table(name, importer) for name in tables_of_lists(measures)), *(str(its) for its in scalings)]
    notes += [_said_of_content(name) for name in contents]
    if tabled or by_product(measures) or not _all_valued(measures):
        notes = [weight_note(importer, exporter, world.year), *arranged.notes, *_without_imports(measures), *notes]
    laid = Units(
        np.concatenate([goods[arranged.sector], goods[rest]]),
        np.concatenate([share, left[rest]]),
        np.concatenate([arranged.codes, np.zeros(len(rest), dtype=np.int64)]),
        np.concatenate([arranged.hs6, np.full(len(rest), "", dtype=object)]),
        np.concatenate([arranged.owner, np.full((len(rest), len(columns)), NOBODY)]),
        lists,
        tuple([*notes, _OF_NO_SECTOR] if tabled else notes),
        tuple(unmatched),
        tuple(scalings),
        contents,
        np.concatenate([arranged.content, _of_sectors(arranged, share, len(goods))[rest]]),
        unit_claims(arranged, world, importer, exporter, measures, rest.tolist()),
    )
    return replace(laid, notes=(*laid.notes, *laid.said_of_exemptions(world, measures)))


def _whole_sectors(world: World) -> Units:
    places = np.array([world.sector_index(sector) for sector in world.goods], dtype=np.int64)
    count, blank = len(places), np.full(len(places), "", dtype=object)
    return Units(
        places, np.ones(count), np.zeros(count, dtype=np.int64), blank, np.zeros((count, 0), dtype=np.int64), {}
    )


def _of_sectors(arranged: Arrangement, share: FloatArray, sectors: int) -> FloatArray:
    """The average content of each sector (j, c), for goods that no product is in; 0 where there are none."""
    weight = np.bincount(arranged.sector, weights=share, minlength=sectors)
    sums = [np.bincount(arranged.sector, weights=share * its, minlength=sectors) for its in arranged.content.T]
    return np.column_stack([np.zeros((sectors, 0)), *(its / np.where(weight > 0, weight, 1.0) for its in sums)])


def _said_of_content(name: str) -> str:
    """How many products of a table of contents are clipped."""
    return (
        f"{name}: shares of value are those of a product's industry; {clipped(name):,} lines of the source have more "
        "than the good is worth, and are clipped at 1"
    )


def _left_out(world: World, measure: Measure) -> tuple[tuple[str, str], ...]:
    """(measure, code) of the codes of a measure that are unknown or in no goods sector; refuses what has to be.

    Those of a bundled table are counted in its note.
    """
    for (_, part), (codes, edition) in lists_of(measure):
        if part == "goods":
            reading = reading_of(codes, edition, measure.by)
            _refuse_other_sectors(world.name, tuple(world.goods), f"measure {measure.id!r}", reading)
    return _unread(measure)


@by_text
def _unread(measure: Measure) -> tuple[tuple[str, str], ...]:
    """`_left_out`, whatever the world."""
    found: list[tuple[str, str]] = []
    for (_, part), (codes, edition) in lists_of(measure):
        reading = reading_of(codes, edition, measure.by)
        if part == "goods":
            if measure.goods.table is not None:
                continue
            _refuse_contradictions(measure, reading)
        found += [(measure.id, its.code) for its in reading.products if its.status in ("unknown", "no-sector")]
    return tuple(dict.fromkeys(found))


def _said_of_table(name: str, importer: str) -> str:
    """How the lines of a table of lists are read: the four counts, and those without imports under their number."""
    reading = reading_of(rated_lists(name).codes, None, importer)
    counts = reading.counts
    none = sum(its.covers != () and its.imports == 0 for its in reading.products)
    return (
        f"table {name!r}: of its {len(reading.products):,} lines {counts['read']:,} are read, {counts['moved']:,} "
        f"moved, {counts['unknown']:,} unknown and {counts['no-sector']:,} in no goods sector; {none:,} have no "
        f"imports of {LINES_YEAR} under their number and weigh nothing"
    )


def _without_imports(measures: Sequence[Measure]) -> list[str]:
    """Sentences on the national lines of lists that nobody sold anything under, so that they weigh nothing."""
    return [note for measure in measures for note in _said_of_idle_lines(measure)]


@by_text
def _said_of_idle_lines(measure: Measure) -> tuple[str, ...]:
    """`_without_imports` of one measure."""
    said = []
    for (_, part), (codes, edition) in lists_of(measure):
        if part == "goods" and measure.goods.table is not None:
            continue
        products = reading_of(codes, edition, measure.by).products
        none = [its.code for its in products if its.level > 6 and its.covers and its.imports == 0]
        if none:
            listed = enumerate_names(list(dict.fromkeys(none)), 6)
            what = "exempt lines" if part == "exempt" else "lines"
            said.append(
                f"measure {measure.id!r}: {len(none):,} {what} have no imports of {LINES_YEAR} under their number "
                f"and weigh nothing ({listed})"
            )
    return tuple(said)


@lru_cache(maxsize=512)
def _refuse_other_sectors(world: str, goods: tuple[str, ...], where: str, reading: ProductList) -> None:
    """Refuse a list of which more than a little is of goods sectors that this world does not have."""
    here = _codes_in(goods)
    covering = [its for its in reading.products if its.status in ("read", "moved")]
    if not covering:
        kinds = enumerate_names(list(dict.fromkeys(f"{its.code}: {its.kind}" for its in reading.products)), 3)
        raise BadMeasure(
            f"{where}: none of its codes is of a goods sector ({kinds}), so that its duty would change nothing: leave "
            "it out, or name other codes"
        )
    missing = [its.code for its in covering if here.isdisjoint(its.covers)]
    if len(missing) > MOST_UNKNOWN * len(reading.products):
        raise BadMeasure(
            f"{where}: {len(missing) / len(reading.products):.1%} of its codes ({enumerate_names(missing, 6)}) is in "
            f"no goods sector of {world}, over the {MOST_UNKNOWN:.0%} that is let pass: name sectors of this "
            "world, or take a bundled one"
        )


@cache
def _codes_in(goods: tuple[str, ...]) -> frozenset[str]:
    """The codes of HS 2017 that have one of these sectors."""
    table = code_table()
    return frozenset(table["hs6"][table["sector"].isin(goods)])


def _refuse_contradictions(measure: Measure, reading: ProductList) -> None:
    """Refuse a list that says two things of one code, or values a code and one in it."""
    lines = measure.goods.codes or ()
    for code, positions in reading.repeats.items():
        if len({lines[at].model_dump_json(exclude={"hs"}) for at in positions}) > 1:
            raise BadMeasure(
                f"measure {measure.id!r}: code {code} is listed {len(positions)} times, with different rates or "
                "values: keep one"
            )
    valued = {its.code for its in reading.products if lines[its.position].value is not None}
    for code, shorter in reading.overlaps:
        if {code, shorter} <= valued:
            raise BadMeasure(
                f"measure {measure.id!r}: {code} has a value, and so has {shorter}, which it is in: give one of them"
            )


def _all_valued(measures: Sequence[Measure]) -> bool:
    """Whether every code of the measures has a value, so that nothing is weighed."""
    exempt = any(its is not None and its.codes is not None for its in (measure.exempted for measure in measures))
    weighed = exempt or bool(tables_of_lists(measures))
    return not weighed and all(line.value is not None for measure in measures for line in measure.goods.codes or ())


def _given_values(
    world: World,
    importer: str,
    exporter: str,
    measures: Sequence[Measure],
    arranged: Arrangement,
    lists: Mapping[tuple[str, str], int],
) -> list[Valued]:
    """The lists whose codes have values, each with the imports by goods sector of its basis."""
    found = []
    for measure in measures:
        lines = measure.goods.codes or ()
        if all(line.value is None for line in lines):
            continue
        reading = reading_of(tuple(line.hs for line in lines), measure.goods.hs, measure.by)
        place = {code: at for at, (code, _) in enumerate(known_codes(reading))}
        values = {
            place[its.code]: value
            for its in reading.products
            if its.code in place and (value := lines[its.position].value) is not None
        }
        base = purchases(world, importer, exporter, measure.goods.basis or "customs").by_sector
        owner = arranged.owner[:, lists[measure.id, "goods"]]
        goods = [world.sector_index(name) for name in world.goods]
        found.append(Valued(measure.id, owner, values, list(place), base[goods]))
    return found
