"""The layouts in which prices are downloaded, from cells to days and assets.

Cells come from a file or from a table of pandas, and are read the same: one row a day with one asset or several, names
of columns on one row or on three (as Yahoo's client writes them), lines above the names, one row an asset and day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any, Final, NoReturn

import numpy as np
import pandas as pd

from detente.errors import BadTable, UnknownName, enumerate_names, short
from detente.inputs import FloatArray, shown
from detente.markets.price_columns import ADJUSTED, ASSETS, DATES, NUMBERED, choose, is_close, is_field, plain
from detente.markets.price_days import is_day, read_days, times_of
from detente.markets.price_numbers import MISSING, has_numbers, read_numbers

_CORNERS: Final = ("", "price", "ticker", "attributes", "symbols", "symbol", "field", "date", "name", "asset")
"""Names of levels, before names of columns on two rows."""
_DEEPEST: Final = 60
"""Lines, from the top, among which the first row of prices is looked for."""


@dataclass(frozen=True, eq=False)
class PriceCells:
    """Columns of cells below names of one level or two. `rows` are the numbers of their lines, for messages."""

    where: str
    heads: tuple[tuple[str, ...], ...]
    columns: tuple[list[Any], ...] = field(repr=False)
    rows: Sequence[int] = field(repr=False)
    notes: tuple[str, ...] = ()
    row_word: str = "line"

    def place(self, k: int) -> str:
        """Where row k stands, for a message."""
        return f"{self.where}, {self.row_word} {self.rows[k]}"


@dataclass(frozen=True, eq=False)
class DailyPrices:
    """What a table says: days in order, assets, prices (days, assets), NaN where there is none, and notes."""

    days: tuple[date, ...]
    assets: tuple[str, ...]
    values: FloatArray
    notes: tuple[str, ...]


def cells_of_rows(
    where: str, lines: Sequence[int], rows: Sequence[Sequence[Any]], notes: tuple[str, ...]
) -> PriceCells:
    """The rows of a file, `lines` their numbers: names above the first row that has a day and a number.

    Raises BadTable where there is no such row, no row of names above it, or a row with more cells than names.
    """
    kept = [k for k, cells in enumerate(rows) if any(not _empty(cell) for cell in cells)]
    first = next((k for k in kept[:_DEEPEST] if _is_data(rows[k])), None)
    if first is None:
        _refuse_without_data(where, [rows[k] for k in kept], [lines[k] for k in kept])
    above = [k for k in kept if k < first]
    names = _name_rows([rows[k] for k in above])
    if not names:
        raise BadTable(
            f"{where}, line {lines[first]} is a row of prices with no names above it: put a line above it that names "
            "the columns, such as date,index"
        )
    skipped = above[: len(above) - names.depth]
    if _is_broken([rows[k] for k in above], names.depth):
        read_days([rows[above[-1]][0]], lambda _: f"{where}, line {lines[above[-1]]}")
        raise BadTable(f"{where}, line {lines[above[-1]]} has no day and price, and is no line of names: leave it out")
    if skipped:
        texts = [shown(_text(next(cell for cell in rows[k] if not _empty(cell)))) for k in skipped]
        lines_are = "1 line above the names is" if len(skipped) == 1 else f"{len(skipped)} lines above the names are"
        notes = (*notes, f"{lines_are} not read: {enumerate_names(texts, 3)}")
    body = [k for k in kept if k >= first]
    width = len(names.heads)
    named = max(c + 1 for c, head in enumerate(names.heads) if any(head))
    for k in body:
        if len(rows[k]) < named:
            raise BadTable(
                f"{where}, line {lines[k]}: {len(rows[k])} cells below {named} names: write every cell of a row of "
                "prices, and leave lines of text out"
            )
        if any(not _empty(cell) for cell in rows[k][width:]):
            raise BadTable(
                f"{where}, line {lines[k]}: {len(rows[k])} cells below {width} names: a separator stands inside a "
                "cell; put such a cell in quotation marks"
            )
    columns = tuple([rows[k][c] if c < len(rows[k]) else "" for k in body] for c in range(width))
    return PriceCells(where, names.heads, columns, [lines[k] for k in body], notes)


def cells_of_frame(table: pd.DataFrame, where: str) -> PriceCells:
    """A table of pandas, its index as a column of days unless it only counts rows.

    Raises BadTable for columns of more than two levels and for an index of several.
    """
    index = table.index
    if index.nlevels > 1:
        try:
            table = table.reset_index()
        except ValueError as fault:
            raise BadTable(f"{where} has a column and a level of its index of one name: rename one") from fault
        index = table.index
    heads = [tuple(map(_text, head if isinstance(head, tuple) else (head,))) for head in table.columns]
    columns = [list(table.iloc[:, k]) for k in range(table.shape[1])]
    if not isinstance(index, pd.RangeIndex) and (len(index) == 0 or is_day(index[0]) or not _has_days(columns)):
        heads.insert(0, (_text(index.name if index.name is not None else "date"),))
        columns.insert(0, list(index))
    if max(map(len, heads), default=0) > 2:
        raise BadTable(f"{where} has names of {max(map(len, heads))} levels: give one, or asset and kind of price")
    return PriceCells(where, tuple(heads), tuple(columns), range(1, len(table) + 1), (), "row")


def daily_prices(cells: PriceCells, columns: Sequence[str] | None = None) -> DailyPrices:
    """Days, assets and prices of a table, of `columns` alone where they are named.

    Rows without any price are days without trade, and are left out; rows from the newest to the oldest are turned
    round. Both are in the notes, as are the columns that are not read. Raises BadTable, UnknownName.
    """
    dated = _date_column(cells)
    heads = {c: head for c, head in enumerate(cells.heads) if c != dated and _named_or_filled(cells, c)}
    asset = _asset_column(cells, heads)
    if asset is not None:
        return _long(cells, dated, asset, heads, columns)
    return _wide(cells, dated, heads, columns)


def _wide(
    cells: PriceCells, dated: int, heads: dict[int, tuple[str, ...]], columns: Sequence[str] | None
) -> DailyPrices:
    """One row a day."""
    places, unread = _chosen(cells, heads, columns)
    read = read_numbers({name: cells.columns[c] for name, c in places.items()}, cells.place)
    values = np.column_stack(list(read.columns.values()))
    _refuse_two_currencies(cells.where, read.currencies)
    notes = [*cells.notes]
    kept = [k for k in range(len(values)) if not np.isnan(values[k]).all()]
    days = read_days([cells.columns[dated][k] for k in kept], lambda k: cells.place(kept[k]))
    notes += days.notes
    empty = [k for k in range(len(values)) if np.isnan(values[k]).all() and not _empty(cells.columns[dated][k])]
    if empty:
        if not kept:
            raise BadTable(f"{cells.where} has no price in {enumerate_names(list(places))}: give prices")
        notes.append(f"rows without a price, left out: {len(empty)}, {_some_days(cells, dated, empty)}")
    days_found, values = days.days, values[kept]
    _refuse_intraday(cells, days_found, [cells.columns[dated][k] for k in kept], kept)
    if len(days_found) > 1 and all(one > two for one, two in pairwise(days_found)):
        days_found, values = days_found[::-1], values[::-1]
        notes.append("rows go from the newest to the oldest, and are read from the oldest")
    if unread:
        notes.append(_unread(unread))
    return DailyPrices(tuple(days_found), tuple(places), values, tuple(notes))


def _long(
    cells: PriceCells, dated: int, asset: int, heads: dict[int, tuple[str, ...]], columns: Sequence[str] | None
) -> DailyPrices:
    """One row an asset and day."""
    others = {c: head for c, head in heads.items() if c != asset}
    rows, kind_notes = _rows_of_close(cells, others)
    places, unread = _chosen(cells, others, None)
    if len(places) > 1:
        raise BadTable(
            f"{cells.where} has one row an asset and day, and several columns of prices, "
            f"{enumerate_names(list(places))}: keep one"
        )
    named = [_text(cells.columns[asset][k]).strip() for k in rows]
    assets = list(dict.fromkeys(named)) if columns is None else list(columns)
    for name in assets:
        if name not in named:
            raise UnknownName(name, sorted(set(named)), cells.where)
    (price,) = places.values()
    read = read_days([cells.columns[dated][k] for k in rows], lambda k: cells.place(rows[k]))
    numbers = read_numbers({"price": [cells.columns[price][k] for k in rows]}, lambda k: cells.place(rows[k]))
    _refuse_two_currencies(cells.where, numbers.currencies)
    days = sorted(set(read.days))
    at, of = {day: k for k, day in enumerate(days)}, {name: k for k, name in enumerate(assets)}
    values, seen = np.full((len(days), len(assets)), np.nan), np.zeros((len(days), len(assets)), dtype=bool)
    for k, (name, day, value) in enumerate(zip(named, read.days, numbers.columns["price"], strict=True)):
        if name not in of:
            continue
        cell = at[day], of[name]
        if seen[cell]:
            raise BadTable(
                f"{cells.place(rows[k])}: a second price of {name} on {day}: give one a day, such as the last"
            )
        seen[cell], values[cell] = True, value
    filled = ~np.isnan(values).all(axis=1)
    notes = [*cells.notes, *kind_notes, *read.notes]
    if not filled.all():
        empty = [day.isoformat() for day, keep in zip(days, filled, strict=True) if not keep]
        notes.append(f"days without a price, left out: {len(empty)}, {enumerate_names(empty, 3)}")
    if unread:
        notes.append(_unread(unread))
    kept = tuple(day for day, keep in zip(days, filled, strict=True) if keep)
    return DailyPrices(kept, tuple(assets), values[filled], tuple(notes))


def _rows_of_close(cells: PriceCells, others: dict[int, tuple[str, ...]]) -> tuple[list[int], list[str]]:
    """The rows that hold the price of the day, where a column says what a row holds; it is taken out of `others`."""
    every = list(range(len(cells.rows)))
    kinds = next(
        (c for c in others if plain(" ".join(others[c])) in ASSETS and _all_fields(cells.columns[c])), None
    )  # fmt: skip
    if kinds is None:
        return every, []
    others.pop(kinds)
    held = [_text(cell) for cell in cells.columns[kinds]]
    closes = sorted({kind for kind in held if is_close(kind)}, key=lambda kind: plain(kind) not in ADJUSTED)
    if not closes:
        raise BadTable(
            f"{cells.where} has no rows of closing prices, only "
            f"{enumerate_names([short(each) for each in sorted(set(held))])}"
        )
    left = [short(each) for each in sorted(set(held) - {closes[0]})]
    return [k for k in every if held[k] == closes[0]], [f"rows not read: {', '.join(left)}"] if left else []


def _chosen(
    cells: PriceCells, heads: Mapping[int, tuple[str, ...]], columns: Sequence[str] | None
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Asset → the place of its column, and the names of the columns that are not read."""
    numeric = frozenset(c for c in heads if has_numbers(cells.columns[c]))
    called = {" ".join(part for part in head if part): c for c, head in heads.items()}
    counted = Counter(" ".join(filter(None, head)) for head in heads.values())
    twice = [name for name, count in counted.items() if count > 1]
    if twice:
        raise BadTable(
            f"{cells.where} has the column {enumerate_names([short(each) for each in twice])} more than once: "
            "keep one of them"
        )
    if columns is None:
        found = choose(heads, numeric or frozenset(heads), cells.where)
        return dict(found.assets), found.unread
    try:
        by_asset = choose(heads, numeric or frozenset(heads), cells.where).assets
    except BadTable:
        by_asset = {}
    known = {**called, **by_asset}
    for name in columns:
        if name not in known:
            raise UnknownName(name, list(called), cells.where)
    places = {name: known[name] for name in columns}
    return places, tuple(name for name, c in called.items() if c not in places.values())


def _date_column(cells: PriceCells) -> int:
    """The place of the column of days: the one called so, else the first with a day in its first row."""
    filled = [next((cell for cell in column if not _empty(cell)), None) for column in cells.columns]
    called = [c for c, head in enumerate(cells.heads) if any(plain(part) in DATES for part in head)]
    days = [c for c, cell in enumerate(filled) if _is_written_day(cell)]
    for group in ([c for c in called if c in days], called, days, [0] if filled else []):
        ranked = sorted(group, key=lambda c: min((DATES.index(plain(p)) for p in cells.heads[c] if plain(p) in DATES),
                                                 default=len(DATES)))  # fmt: skip
        if ranked:
            return ranked[0]
    raise BadTable(
        f"{cells.where} has no columns: give a table indexed by days, or a column of dates and one of prices "
        "for each asset"
    )


def _asset_column(cells: PriceCells, heads: Mapping[int, tuple[str, ...]]) -> int | None:
    """The place of the column that names the asset of each row; None where a row has the prices of all assets."""
    found = [
        c
        for c, head in heads.items()
        if (name := plain(" ".join(head))) in ASSETS
        and not _all_fields(cells.columns[c])
        and (name in NUMBERED or not has_numbers(cells.columns[c]))
    ]
    ranked = sorted(found, key=lambda c: ASSETS.index(plain(" ".join(heads[c]))))
    best = next((c for c in ranked if not all(map(_empty, cells.columns[c]))), None)
    if best is not None and any(map(_empty, cells.columns[best])):
        row = next(k for k, cell in enumerate(cells.columns[best]) if _empty(cell))
        raise BadTable(f"{cells.place(row)}: {' '.join(heads[best])} is empty: name the asset of the price")
    return best


def _all_fields(column: Sequence[Any]) -> bool:
    return all(is_field(_text(cell)) for cell in column)


def _refuse_intraday(cells: PriceCells, days: Sequence[date], written: Sequence[Any], rows: Sequence[int]) -> None:
    """Raise BadTable where a day has several rows at different times."""
    at: dict[date, int] = {}
    for k, day in enumerate(days):
        if day in at:
            times = times_of([written[at[day]], written[k]])
            if times[0] != times[1]:
                count = sum(other == day for other in days)
                raise BadTable(
                    f"{cells.place(rows[k])}: {count} prices on {day}, at {times[0] or 'no time'}, "
                    f"{times[1] or 'no time'}{', ...' if count > 2 else ''}: give one price a day, such as the last"
                )
        at.setdefault(day, k)


def _refuse_two_currencies(where: str, currencies: Mapping[str, frozenset[str]]) -> None:
    for name, signs in currencies.items():
        if len(signs) > 1:
            raise BadTable(f"{where} has prices of {name} in {' and '.join(sorted(signs))}: give them in one currency")


@dataclass(frozen=True)
class _Names:
    """Names of columns, one level or two, and the number of rows that they take with what stands between."""

    heads: tuple[tuple[str, ...], ...]
    depth: int


def _name_rows(above: Sequence[Sequence[Any]]) -> _Names | None:
    """The names of columns among the rows above the first row of prices; None where there are none."""
    if not above:
        return None
    named = [[_text(cell).strip() for cell in row] for row in above[-3:]]
    width = max(c + 1 for row in named for c, name in enumerate(row) if name)
    rows = [row[:width] + [""] * (width - len(row)) for row in named]
    alone = len(rows) > 1 and not any(rows[-1][1:]) and width > 1
    levels = rows[:-1] if alone else rows
    two = levels[-2:]
    full = len(two) == 2 and all(all(row[1:]) and plain(row[0]) in _CORNERS for row in two)
    if full and any(all(map(is_field, row[1:])) for row in two):
        label = rows[-1][0] if alone else "date"
        heads = tuple((label,) if c == 0 else (two[0][c], two[1][c]) for c in range(width))
        return _Names(heads, 3 if alone else 2)
    if alone:
        return _Names(tuple((rows[-1][0],) if c == 0 else (levels[-1][c],) for c in range(width)), 2)
    return _Names(tuple((name,) for name in rows[-1]), 1)


def _is_broken(above: Sequence[Sequence[Any]], depth: int) -> bool:
    """Whether the last line above the first price is no line of names: it holds numbers, or names stand above it."""
    named = [any(plain(_text(cell)) in DATES for cell in row if not _empty(cell)) for row in above]
    return (len(above) > 1 == depth and has_numbers(above[-1])) or (any(named[:-1]) and not named[-1])


def _is_data(row: Sequence[Any]) -> bool:
    """Whether a row has a day, and a number or a sign of a missing price beside it."""
    days = [c for c, cell in enumerate(row) if not _empty(cell) and is_day(cell)]
    return any(
        other != c and (has_numbers([cell]) or (_text(cell).strip().casefold() in MISSING and not _empty(cell)))
        for c in days[:1]
        for other, cell in enumerate(row)
    )


def _refuse_without_data(where: str, rows: Sequence[Sequence[Any]], lines: Sequence[int]) -> NoReturn:
    """Raise BadTable for a file without a row that has a day and a price, by what is wrong with it."""
    if not rows:
        raise BadTable(f"{where} has no cells: it cannot be read as prices; export it again from its source")
    width = max(len(row) for row in rows)
    if width < 2 or len(rows) < 2:
        raise BadTable(f"{where} has {len(rows) - 1} rows and {width} columns: a column of dates and one of prices")
    read_days([rows[1][0]], lambda _: f"{where}, line {lines[1]}")
    read_numbers({short(_text(rows[0][1])) or "2": [rows[1][1]]}, lambda _: f"{where}, line {lines[1]}")
    raise BadTable(
        f"{where}, line {lines[1]}: {shown(_text(rows[1][1]))} is not a price: give a column of dates and one of "
        "prices for each asset, below a line of names"
    )


def _has_days(columns: Sequence[list[Any]]) -> bool:
    return any(column and _is_written_day(column[0]) for column in columns)


def _is_written_day(cell: Any) -> bool:
    """Whether a cell is a day by itself: a number may be one where its column is called so."""
    return is_day(cell) and not has_numbers([cell])


def _named_or_filled(cells: PriceCells, c: int) -> bool:
    return any(cells.heads[c]) or any(not _empty(cell) for cell in cells.columns[c])


def _some_days(cells: PriceCells, dated: int, rows: Sequence[int]) -> str:
    return enumerate_names([short(_text(cells.columns[dated][k])) for k in rows], 3)


def _unread(columns: Sequence[str]) -> str:
    """A note that names the columns that are not read."""
    return f"columns not read: {enumerate_names([short(name) for name in columns], 40)}"


def _empty(cell: Any) -> bool:
    return _text(cell).strip() == ""


def _text(cell: Any) -> str:
    """A cell as text; an empty one, and a missing one of pandas, as an empty text."""
    if isinstance(cell, str):
        return cell
    if cell is None or cell is pd.NaT or cell is pd.NA or (isinstance(cell, float) and cell != cell):
        return ""
    return str(cell)
