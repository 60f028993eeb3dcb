"""Product lists as files: codes of 2 to 10 digits with, where the list has them, trade values and rates.

A list passes as its author published it: headings in any of the usual words, titles above them, columns of other
things, a code in several rows, several lists in one file. Whatever was not read, or was decided to read the rest, is a
note. Nothing is guessed: a code that a spreadsheet turned into a number, a rate without a unit, or a part of a code
("ex") is refused with its lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from detente.data.products.spelling import Misspelt, digits_of
from detente.data.sheets import TableCells, cell_text, open_table
from detente.errors import BadTable, enumerate_names, nearest, short
from detente.inputs import require
from detente.policy.headings import UNCLEAR_DUTY, Column, code_columns, code_rank, column_of, plain
from detente.policy.list_decimals import has_decimal_commas
from detente.policy.list_rows import PER_UNIT, ListRows
from detente.policy.measure import TariffLine

MOST_BYTES: Final = 10_000_000
"""Bytes of a list when unpacked: over thirty times the longest of Section 301."""

_EDITION: Final = re.compile(r"\b(?:hs|cn|hts) ?(2012|2017|2022)\b")
_SAMPLE: Final = 50
"""Rows by which it is judged whether a column holds codes."""

Where = Mapping[str, Any]
"""Column → value or values of the rows of a list that are meant: `{list: 4A}`."""


@dataclass(frozen=True)
class ListFile:
    """A list as it was read.

    codes: each once; edition: of the Harmonized System, where the heading names one; notes: sentences on what was not
    read, or was decided to read the rest; doubtful: headings of duties that do not say whether they are additional.
    """

    codes: tuple[TariffLine, ...]
    edition: str | None
    notes: tuple[str, ...]
    doubtful: tuple[str, ...] = ()


def read_list(
    given: Path | str | bytes,
    *,
    name: str = "",
    where: Where | None = None,
    rated: bool = False,
    codes_only: bool = False,
    whole: bool = False,
) -> ListFile:
    """The products of a list.

    Parameters
    ----------
    given
        A file, or the bytes of one that messages call `name`: CSV, Excel or Parquet, also packed by zip or gzip.
    where
        Of a file with several lists, the rows that are meant: column → value, or values.
    rated
        Whether the measure has a rate for all goods: then only columns called rate, add or set are read as rates.
    codes_only
        Whether values and rates are left unread, as in a list of exemptions.
    whole
        Whether a part of a code ("ex 8542.31") stands for all of it. A part that has a value of its own is read anyway.

    Raises
    ------
    BadTable
        With every fault and its lines: no file, no table, over 10 MB, no column of codes or several, a code that cannot
        be read, a code twice on different terms, an amount or rate that cannot be read, rows that are not there.
    """
    require((str, Path, bytes), given, "the list", "give the path of a file of product codes")
    table = _headed(_opened(given, name))
    columns = [column_of(place, heading) for place, heading in enumerate(table.columns)]
    rows, chosen = _chosen(table, where or {})
    code = _code_column(table, columns, rows)
    terms, reasons = _terms(table, columns, rated, codes_only)
    cells = table.frame.to_numpy(dtype=object)
    commas = has_decimal_commas(cells[row][term.place] for row in rows for term in terms)
    reader = ListRows(table.name, code, terms, whole, commas)
    for row in rows:
        reader.read(table.line(row), cells[row])
    reader.refuse()
    reader.refuse_doubtful_percents()
    if not reader.entries:
        raise BadTable(f"{table.name} lists no goods: it needs a header such as hs6,value,rate and a line a code")
    found = _EDITION.search(plain(code.heading))
    used = {code.heading, *(term.heading for term in terms), *chosen, *reasons}
    notes = [*table.notes, *_said_of_rows(table, rows, chosen), *reader.notes()]
    notes += [_said_of_term(term) for term in terms if plain(term.heading) not in ("value", "rate", "add", "set")]
    notes += [f"column {heading!r} is not read: {why}" for heading, why in reasons.items()] + _unread(table, used)
    lines = tuple(TariffLine.model_construct(**entry) for entry in reader.entries.values())
    doubtful = tuple(heading for heading, why in reasons.items() if why == UNCLEAR_DUTY)
    return ListFile(lines, found and found[1], tuple(_of(table.name, note) for note in notes), doubtful)


def _opened(given: Path | str | bytes, name: str) -> TableCells:
    """The table of a list. A heading alone in a row of several cells is a title if a fuller header comes below."""
    table = open_table(given, _is_full_header, name=name, most=MOST_BYTES)
    return table if _is_header(table.columns) else open_table(given, _is_header, name=name, most=MOST_BYTES)


def _is_header(cells: Sequence[str]) -> bool:
    return any(code_rank(plain(cell)) is not None for cell in cells)


def _is_full_header(cells: Sequence[str]) -> bool:
    return _is_header(cells) and (len(cells) == 1 or sum(map(bool, cells)) > 1)


def _headed(table: TableCells) -> TableCells:
    """The table; columns of a list that has no header are named by their places."""
    columns = [str(name) for name in table.columns]
    if not _is_header(columns) and any(_is_code(name) for name in columns):
        first = pd.DataFrame([columns], columns=range(len(columns)), dtype=object)
        frame = pd.concat([first, table.frame.set_axis(range(len(columns)), axis=1)], ignore_index=True)
        names = [f"column {place + 1}" for place in range(len(columns))]
        note = "there is no header: columns are known by their places"
        lines = [max(table.line(0) - 1, 1), *table.lines]
        return replace(table, frame=frame.set_axis(names, axis=1), lines=lines, notes=(*table.notes, note))
    return table


def _is_code(text: object) -> bool:
    try:
        return len(digits_of(cell_text(text).strip())) >= 4
    except Misspelt:
        return False


def _chosen(table: TableCells, where: Where) -> tuple[list[int], dict[str, list[str]]]:
    """The rows that are meant, and by which values of which columns; raises BadTable for what is not there."""
    rows = list(range(len(table.frame)))
    chosen: dict[str, list[str]] = {}
    for asked, given in where.items():
        by_fold = {name.casefold(): name for name in table.columns}
        column = by_fold.get(str(asked).strip().casefold())
        if column is None:
            near = nearest(str(asked), table.columns)
            hint = f"did you mean {near!r}?" if near else f"it has {enumerate_names([*map(short, table.columns)])}"
            raise BadTable(f"{table.name} has no column {short(str(asked))!r} to choose rows by; {hint}")
        cells = [cell_text(cell).strip() for cell in table.frame[column]]
        wanted = [str(value).strip() for value in (given if isinstance(given, list | tuple) else [given])]
        there = {cell.casefold(): cell for cell in cells if cell}
        for value in wanted:
            if value.casefold() not in there:
                listed = enumerate_names([short(each, 40) for each in sorted(there.values())], 24)
                raise BadTable(f"{table.name} has no row where {column} is {short(value)!r}; it has {listed}")
        folds = {value.casefold() for value in wanted}
        rows = [row for row in rows if cells[row].casefold() in folds]
        chosen[column] = wanted
    if not rows:
        raise BadTable(f"{table.name} has no row where {_said_where(chosen)}: each value is there, but never together")
    return rows, chosen


def _code_column(table: TableCells, columns: Sequence[Column], rows: Sequence[int]) -> Column:
    """The column of the codes; of two of which one is the start of the other the longer one."""
    frame = table.frame.iloc[list(rows)[:_SAMPLE]]
    texts = [[cell_text(cell).strip() for cell in frame.iloc[:, place]] for place in range(len(columns))]
    if not any(each.role == "code" for each in columns):
        if all(each.heading.startswith("column ") for each in columns):
            found = [each for each in columns if all(map(_is_code, filter(None, texts[each.place])))]
            if len(found) == 1:
                return found[0]
        like = [each.heading for each in columns if sum(map(_is_code, texts[each.place])) > len(frame) / 2]
        hint = f"; {short(like[0], 40)!r} looks like it: call it hs" if like else ""
        there = enumerate_names([short(each, 40) for each in table.columns])
        raise BadTable(
            f"{table.name} has the columns {there}: none is known to hold product codes{hint}. Known are HS, HTS or CN "
            "code, commodity code, tariff line, heading and the like"
        )
    found = code_columns(columns)
    longest = max(found, key=lambda each: sum(map(len, texts[each.place])))
    for other in found:
        pairs = zip(texts[longest.place], texts[other.place], strict=True)
        if not all(_bare(long).startswith(_bare(part)) for long, part in pairs):
            listed = enumerate_names([each.heading for each in found])
            raise BadTable(f"{table.name} has several columns of codes, {listed}, which differ: keep one of them")
    return longest


def _bare(code: str) -> str:
    return re.sub(r"\D", "", code)


def _terms(
    table: TableCells, columns: Sequence[Column], rated: bool, codes_only: bool
) -> tuple[tuple[Column, ...], dict[str, str]]:
    """The columns of rates and values that are read, and of others the reason why they are not."""
    if codes_only:
        return (), {}
    terms: list[Column] = []
    reasons: dict[str, str] = {}
    for each in columns:
        if each.role in ("add", "set") and rated and plain(each.heading) not in ("rate", "add", "set"):
            why = "the measure has a rate of its own, which holds for all; leave that out to take the column's"
            reasons[each.heading] = why
        elif each.role in ("add", "set", "value", *PER_UNIT):
            terms.append(each)
        elif each.unread:
            reasons[each.heading] = each.unread
    for role in ("add", "value", "set", *PER_UNIT):
        same = [each.heading for each in terms if each.role == role]
        if len(same) > 1:
            what = {"value": "values", "unit_value": "unit values", "intensity": "intensities"}.get(role, "rates")
            raise BadTable(f"{table.name} has several columns of {what}, {enumerate_names(same)}: keep one of them")
    return tuple(terms), reasons


def _said_of_term(term: Column) -> str:
    if term.role == "value":
        units = {
            6: "trillions of US dollars",
            3: "billions",
            0: "USD million",
            -3: "thousands of US dollars",
            -6: "US dollars",
        }
        return f"column {term.heading!r} is read as imports in the base year" + (
            f", in {units[term.unit]}" if isinstance(term.unit, int) else ""
        )
    if term.role in PER_UNIT:
        what = (
            "what a unit was worth at the border" if term.role == "unit_value" else "CO2 by the dollar or by the unit"
        )
        return f"column {term.heading!r} is read as {what}"
    what = "the duty on top of the base tariff" if term.role == "add" else "the duty itself"
    return f"column {term.heading!r} is read as {what}" + (f", as {term.unit}" if term.unit is not None else "")


def _said_where(chosen: Mapping[str, Sequence[str]]) -> str:
    return " and ".join(f"{column} is {' or '.join(map(short, values))}" for column, values in chosen.items())


def _said_of_rows(table: TableCells, rows: Sequence[int], chosen: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"{len(rows):,} of {len(table.frame):,} rows, where {_said_where(chosen)}"] if chosen else []


def _unread(table: TableCells, used: set[str]) -> list[str]:
    """One sentence on the columns that hold other things."""
    left = [short(name) for name in table.columns if name not in used] + list(table.unnamed)
    return [f"columns not read: {enumerate_names(left, 24)}"] if left else []


def _of(name: str, note: str) -> str:
    return note if note.startswith(name) else f"{name}: {note}"
