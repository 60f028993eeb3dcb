"""The goods of a pair laid out as units: what measures tell apart, each with its share of its sector.

Products (lines of ten digits for US imports, codes of six elsewhere) that every list treats alike are one unit, however
many they are. What does not depend on the partner is arranged once for an importer and its lists; the shares are the
partner's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.data.products.concordance import code_table
from detente.data.products.lines import NOBODY, Lines, all_imports, has_lines, product_lines
from detente.data.products.reading import ProductList, read_codes
from detente.data.products.shares import content_shares
from detente.data.products.weights import code_weights, line_weights
from detente.errors import enumerate_names
from detente.inputs import FloatArray, IntArray
from detente.policy.distinct import distinct_rows

List = tuple[tuple[str, ...], str | None]
"""The codes of a list of goods or exemptions, and the edition it says."""
_MOST_NAMED = 6


@lru_cache(maxsize=256)
def reading_of(codes: tuple[str, ...], edition: str | None, importer: str) -> ProductList:
    """A list as the one reader of codes reads it, kept."""
    return read_codes(codes, edition=edition, importer=importer)


def known_codes(reading: ProductList) -> list[tuple[str, str]]:
    """Each code of a list that covers products, once, with its edition, in the order of the list."""
    return list(_known(reading))


@lru_cache(maxsize=256)
def _known(reading: ProductList) -> tuple[tuple[str, str], ...]:
    known = ((its.code, its.edition) for its in reading.products if its.status in ("read", "moved"))
    return tuple(dict.fromkeys(known))


@dataclass(frozen=True, eq=False)
class Arrangement:
    """What lists tell apart among the products of an importer; see the module.

    Of each unit: sector (u,): position among the goods sectors; owner (u, m): position in `known_codes` of the code of
    list m that has it, NOBODY for none; content (u, c): the share of each content in its value; hs6 (u,): its code of
    HS 2017 where units are told apart by code, else empty; codes (u,): how many product codes are in it. Of each row, a
    product in a sector: unit; line: position among `product_lines`; code: row of `code_table`; weight: fraction of the
    product.
    """

    sector: IntArray
    owner: IntArray
    content: FloatArray
    hs6: NDArray[np.object_]
    codes: IntArray
    unit: IntArray
    line: IntArray
    code: IntArray
    weight: FloatArray
    notes: tuple[str, ...]


@lru_cache(maxsize=256)
def arrange(
    importer: str, lists: tuple[List, ...], by_code: bool, goods: tuple[str, ...], contents: tuple[str, ...] = ()
) -> Arrangement:
    """The units that lists, a table by code of six digits if `by_code`, and `contents` tell apart among the sectors."""
    named = [known_codes(reading_of(codes, edition, importer)) for codes, edition in lists]
    lines, parent, part, notes = _with_stand_ins(importer, sorted({code for its in named for code in its}))
    owners = [lines.owners(its) for its in named]
    at, code, weight, sector = _in_sectors(importer, lines, goods)
    hs6, place = np.unique(lines.hs2017.astype(str) if by_code else np.zeros(len(lines.line)), return_inverse=True)
    contained = [content_shares(name, importer)[parent] for name in contents]
    levels = [np.unique(share, return_inverse=True) for share in contained]
    keys = np.column_stack([sector, place[at], *(owner[at] for owner in owners), *(level[at] for _, level in levels)])
    first, unit = distinct_rows(keys)
    found = keys[first]
    named_by, told = found[:, 2 : 2 + len(owners)], found[:, 2 + len(owners) :]
    return Arrangement(
        found[:, 0].astype(np.int64),
        named_by.astype(np.int64),
        _columns([share[its] for (share, _), its in zip(levels, told.T, strict=True)], len(found)),
        hs6.astype(object)[found[:, 1]] if by_code else np.full(len(found), "", dtype=object),
        _counted(unit, _labels(lines, named, owners)[at], len(found)),
        unit,
        parent[at],
        code,
        weight * part[at],
        notes,
    )


def _columns(each: Sequence[FloatArray], rows: int) -> FloatArray:
    """Columns of a table (rows, c), which may have none."""
    return np.column_stack([np.zeros((rows, 0)), *each])


def unit_weights(
    arranged: Arrangement, importer: str, exporter: str, year: int | None, sectors: int
) -> tuple[FloatArray, FloatArray]:
    """What each unit weighs in the imports from a partner (u,), and its share of its sector (u,), 1 in each in all.

    Weights are USD million where trade is known by line or industry. A sector of which nothing was bought has the
    shares of imports from all partners; where there are none either, products weigh the same.
    """
    first = _row_weights(arranged, importer, exporter, year)[0]
    shares = row_shares(arranged, importer, exporter, year, sectors)
    size = len(arranged.sector)
    own, part = (np.bincount(arranged.unit, weights=each, minlength=size) for each in (first, shares))
    return own.astype(np.float64), part.astype(np.float64)


def row_shares(arranged: Arrangement, importer: str, exporter: str, year: int | None, sectors: int) -> FloatArray:
    """The share of each row in its sector's imports from a partner, 1 in each sector in all; see `unit_weights`."""
    of = arranged.sector[arranged.unit]
    first, *others = (*_row_weights(arranged, importer, exporter, year), arranged.weight)
    weight = first
    total = np.bincount(of, weights=weight, minlength=sectors)
    for stand_in in others:
        if total.all():
            break
        weight = np.where(total[of] > 0, weight, stand_in)
        total = np.bincount(of, weights=weight, minlength=sectors)
    return np.asarray(weight / total[of], dtype=np.float64)


def sector_imports(arranged: Arrangement, importer: str, exporter: str, year: int | None, sectors: int) -> FloatArray:
    """Imports by goods sector from a partner (j,), USD million, for an importer whose trade is known by line."""
    rows = _row_weights(arranged, importer, exporter, year)[0]
    return np.bincount(arranged.sector[arranged.unit], weights=rows, minlength=sectors).astype(np.float64)


def _row_weights(arranged: Arrangement, importer: str, exporter: str, year: int | None) -> tuple[FloatArray, ...]:
    """What each row weighs, first by the partner's own trade, then by what stands in for it."""
    lines = line_weights(importer, exporter, year)
    if lines is not None:
        return lines[arranged.line] * arranged.weight, all_imports()[arranged.line] * arranged.weight
    values = code_weights(importer, exporter)["value"].to_numpy(dtype=np.float64)
    part = code_table()["weight"].to_numpy(dtype=np.float64)
    return (values[arranged.code] / part[arranged.code] * arranged.weight,)


def _with_stand_ins(
    importer: str, named: Sequence[tuple[str, str]]
) -> tuple[Lines, IntArray, FloatArray, tuple[str, ...]]:
    """The products of an importer, those divided among the national lines that lists name of them where need be.

    A line named of eight or ten digits whose products are known only by six stands, with the others named of that six,
    for all of it; where a list names that six too, or a shorter code that holds it, what is left of it has a part as
    large as a line's. Also the product each came from, its fraction of it, and what the reader has to know.
    """
    base = product_lines(importer)
    numbered = base.numbers_of_2022 if has_lines(importer) else frozenset()
    wanted: dict[tuple[str, str], list[str]] = {}
    for code, edition in named:
        if len(code) > 6 and code[:6] not in numbered:
            wanted.setdefault((code[:6], edition), []).append(code)
    whole = np.ones(len(base.line))
    if not has_lines(importer):  # codes of HS 2022 that share one of HS 2017 have equal parts of it
        whole = 1.0 / pd.Series(base.hs2017).groupby(base.hs2017).transform("size").to_numpy(dtype=np.float64)
    if not wanted:
        return base, np.arange(len(base.line)), whole, ()
    stand_ins: list[list[str]] = [[] for _ in base.line]
    for edition in sorted({edition for _, edition in wanted}):
        for place, number in enumerate(base.number(edition)):
            stand_ins[place] += wanted.get((number, edition), [])
    placed = sorted({name for its in stand_ins for name in its})
    if not placed:
        return base, np.arange(len(base.line)), whole, ()
    notes = _said_of_stand_ins(importer, placed, _leave_the_rest(base, stand_ins, named))
    count = np.array([max(len(its), 1) for its in stand_ins], dtype=np.int64)
    parent = np.repeat(np.arange(len(base.line)), count)
    part = (whole / count)[parent]
    each = np.array([name for its in stand_ins for name in (its or [""])], dtype=object)
    return base.divided(parent.astype(np.int64), each), parent.astype(np.int64), part, notes


def _leave_the_rest(base: Lines, stand_ins: Sequence[list[str]], named: Sequence[tuple[str, str]]) -> list[str]:
    """Give a part without a line to each product that is divided and in a shorter code named; those lines' six."""
    shorter = base.owners([(code, edition) for code, edition in named if len(code) <= 6])
    rest = [its for its, owner in zip(stand_ins, shorter, strict=True) if its and owner != NOBODY]
    for its in rest:
        its.append("")
    return sorted({its[0][:6] for its in rest})


def _said_of_stand_ins(importer: str, placed: Sequence[str], rest: Sequence[str]) -> tuple[str, ...]:
    """Sentences on the national lines that stand for codes of six digits, and on the codes that keep a part."""
    whole = [name for name in placed if name[:6] not in rest]
    parts = [name for name in placed if name[:6] in rest]
    said = []
    for names, how in (
        (whole, "the lines named are taken for the whole code, in equal parts"),
        (parts, "and a shorter code is listed beside them, so each line and what is left of the code have equal parts"),
    ):
        if names:
            sixes = enumerate_names(sorted({name[:6] for name in names}), _MOST_NAMED)
            link = "so " if names is whole else ""
            said.append(
                f"{len(names):,} national line{'s' if len(names) > 1 else ''} of {importer} within {sixes}: the number "
                f"of lines there is not known, {link}{how}"
            )
    return tuple(said)


def _in_sectors(importer: str, lines: Lines, goods: tuple[str, ...]) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
    """One row a product in a sector of `goods`: its position, the row of `code_table`, its fraction there, the sector.

    Those of the undivided products of an importer are kept: they are the same for all lists.
    """
    return _own_rows(importer, goods) if lines is product_lines(importer) else _rows_of(lines, goods)


@lru_cache(maxsize=16)
def _own_rows(importer: str, goods: tuple[str, ...]) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
    return _rows_of(product_lines(importer), goods)


def _rows_of(lines: Lines, goods: tuple[str, ...]) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
    every = code_table()
    table = every[every["sector"].isin(goods)]
    links = pd.DataFrame({"hs6": table["hs6"], "code": table.index, "weight": table["weight"]})
    rows = pd.DataFrame({"hs6": lines.hs2017, "at": np.arange(len(lines.line))}).merge(links, on="hs6")
    code = rows["code"].to_numpy(dtype=np.int64)
    sector = pd.Index(list(goods)).get_indexer(pd.Index(every["sector"].iloc[code])).astype(np.int64)
    return rows["at"].to_numpy(dtype=np.int64), code, rows["weight"].to_numpy(dtype=np.float64), sector


def _labels(lines: Lines, named: Sequence[Sequence[tuple[str, str]]], owners: Sequence[IntArray]) -> IntArray:
    """The product code that each product counts as, as a number: a line of a list that has it, else that of HS 2017.

    Of several lists the last has it. Codes of a list of more than six digits have the same number in every list.
    """
    label, count = lines.codes_of_2017
    numbers = {code: at for at, code in enumerate(dict.fromkeys(code for its in named for code, _ in its), count)}
    for its, owner in zip(named, owners, strict=True):
        long = np.array([numbers[code] if len(code) > 6 else NOBODY for code, _ in its] + [NOBODY])
        mine = long[owner]  # NOBODY is the last entry
        label = np.where(mine == NOBODY, label, mine)
    return label


def _counted(unit: IntArray, label: IntArray, size: int) -> IntArray:
    """How many labels each unit has."""
    labels = int(label.max(initial=0)) + 1
    return np.bincount(np.unique(unit * labels + label) // labels, minlength=size).astype(np.int64)
