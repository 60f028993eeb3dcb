"""Tables as cells: one function opens any table for every reader, and names the columns that were not read.

    table = open_table("rates.xlsx", needs=("importer", "exporter", "sector"))
    table.frame["rate"], table.line(0), table.warn_unread(("importer", "exporter", "sector", "rate"))

A cell of a text file is text, `010121` with its zero. A cell of Excel or Parquet keeps its kind, and an empty one is
an empty text; `text()` writes all of them as text. Messages name the file and the line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from pyarrow import parquet

from detente.data.files import MOST_BYTES, TableFile, refusing, table_file
from detente.errors import BadTable, enumerate_names, short, warn

Needs = Sequence[str] | Callable[[Sequence[str]], bool]
"""Columns that a table must have, or what tells its header from the lines above it."""

_MOST_CELLS: Final = 100_000_000
"""Cells of a sheet, empty ones within its width counted."""
_MOST_COLUMNS: Final = 16_384
"""Columns of a table with a header: as many as a sheet of Excel has."""
_DEEPEST: Final = 40
"""Lines, from the top, among which a header is looked for."""


@dataclass(frozen=True, eq=False)
class TableCells:
    """A table of a file: cells under the names of its columns, and where each row stands in the file."""

    name: str
    frame: pd.DataFrame = field(repr=False)
    lines: Sequence[int] = field(repr=False)
    """The line of each row: in a text file or a sheet, counted from 1; in Parquet the row."""
    unnamed: tuple[str, ...] = ()
    """What stands in columns without a name: `column 4`."""
    notes: tuple[str, ...] = ()
    """What was decided to read it, in sentences: an encoding that was guessed, lines above the header, other sheets."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(self.frame.columns)

    def line(self, row: int) -> int:
        """The line of a row (from 0) in the file."""
        return self.lines[row]

    def text(self) -> pd.DataFrame:
        """Every cell as the text that a person would write: 25, 0.25, 2018-03-22; an empty one as an empty text."""
        return self.frame.map(cell_text)

    def warn_unread(self, read: Iterable[str]) -> tuple[str, ...]:
        """Warn of the columns that no reader took, and of what was decided to read the file; returns the sentences."""
        taken = set(read)
        left = [repr(short(name)) for name in self.columns if name not in taken] + list(self.unnamed)
        said = list(self.notes)
        if left:
            columns = "column is" if len(left) == 1 else "columns are"
            said.append(f"{self.name}: {len(left)} {columns} not read: {enumerate_names(left)}")
        for sentence in said:
            warn(sentence)
        return tuple(said)


@dataclass(frozen=True, eq=False)
class RowCells:
    """All rows of a file, and the line of each, counted from 1."""

    name: str
    lines: Sequence[int] = field(repr=False)
    rows: Sequence[Sequence[Any]] = field(repr=False)
    notes: tuple[str, ...] = ()


def open_table(given: Path | str | bytes, needs: Needs = (), *, name: str = "", most: int = MOST_BYTES) -> TableCells:
    """The table in a file, in a member of a zip (`tables.zip/2017.csv`), or in bytes that came with a `name`.

    CSV with commas, semicolons, tabs or bars, in UTF-8, UTF-16 or Windows-1252; Excel (.xlsx), of which the first sheet
    with cells is read; Parquet; each as it is, gzipped, or alone in a zip. `needs` are columns that must be there;
    their row is the header, also with lines above it, and case and outer blanks of names do not count. A column
    without a name and without cells is left out.

    Raises BadTable, with file, line and what to do, for everything that cannot be read.
    """
    file = table_file(given, name, most)
    return _parquet(file, needs, most) if file.kind == "parquet" else _sheet(file, needs)


def open_rows(given: Path | str | bytes, *, name: str = "", most: int = MOST_BYTES) -> RowCells:
    """The rows of a file that `open_table` opens, names and lines above them among them: for layouts of their own."""
    file = table_file(given, name, most)
    if file.kind == "parquet":
        table = _parquet(file, (), most)
        rows = [list(table.columns), *map(list, table.frame.itertuples(index=False, name=None))]
        return RowCells(file.name, [0, *table.lines], rows, table.notes)
    lines, found, notes = _rows(file)
    return RowCells(file.name, lines, found, tuple(notes))


def cell_text(cell: Any) -> str:
    """A cell as the text that a person would write."""
    if isinstance(cell, str):
        return cell
    if cell is None or cell is pd.NaT or cell is pd.NA or (isinstance(cell, float | np.floating) and np.isnan(cell)):
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() and cell.tzinfo is None else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float | np.floating):
        return str(int(cell)) if float(cell).is_integer() and abs(float(cell)) < 1e15 else repr(float(cell))
    return str(cell)


def _sheet(file: TableFile, needs: Needs) -> TableCells:
    """A table of lines: text, or a sheet of Excel."""
    lines, rows, notes = _rows(file)
    filled = [k for k, cells in enumerate(rows) if any(_filled(cell) for cell in cells)]
    top = _header_row(rows, filled, needs)
    above = sum(k < top for k in filled)
    if above:
        is_are = "line above the header is" if above == 1 else "lines above the header are"
        notes.append(f"{file.name}: {above} {is_are} not read")
    body = [k for k in filled if k > top]
    width = max(_end(rows[k]) for k in (top, *body))
    _refuse_wide(file.name, width)
    header = [cell_text(cell).strip() for cell in rows[top][:width]]
    if file.kind == "text":
        _refuse_ragged(file.name, [(lines[k], rows[k]) for k in body], header)
    columns = _columns([rows[k] for k in body], len(header))
    kept = [c for c, called in enumerate(header) if called]
    unnamed = [f"column {c + 1}" for c, called in enumerate(header) if not called and any(map(_filled, columns[c]))]
    names = _names(file.name, [header[c] for c in kept], needs)
    if not body:
        raise BadTable(f"{file.name} has a header and no rows: export it again from its source")
    frame = pd.DataFrame({called: _object(columns[c]) for called, c in zip(names, kept, strict=True)})
    return TableCells(file.name, frame, [lines[k] for k in body], tuple(unnamed), tuple(notes))


def _rows(file: TableFile) -> tuple[list[int], list[list[Any]], list[str]]:
    """The lines of text or of a sheet, with their numbers and notes."""
    notes = list(file.notes)
    lines, rows = _csv_rows(file) if file.kind == "text" else _excel_rows(file, notes)
    if not any(_filled(cell) for cells in rows for cell in cells):
        raise BadTable(f"{file.name} has no cells: export it again from its source")
    return lines, rows, notes


def _refuse_wide(name: str, columns: int) -> None:
    if columns > _MOST_COLUMNS:
        raise BadTable(
            f"{name} has {columns:,} columns, over the {_MOST_COLUMNS:,} that are read: leave out those that are not "
            "needed, or give it with a row for each value"
        )


def _columns(rows: list[list[Any]], width: int) -> list[list[Any]]:
    columns = [list(column) for column in zip(*(row[:width] for row in rows), strict=True)]
    return columns or [[] for _ in range(width)]


def _object(cells: Sequence[Any]) -> np.ndarray:
    """A column whose cells stay what they are."""
    column = np.empty(len(cells), dtype=object)
    column[:] = cells
    return column


def _filled(cell: Any) -> bool:
    return cell_text(cell).strip() != ""


def _end(cells: Sequence[Any]) -> int:
    """The number of cells up to the last that is not empty."""
    return next((k + 1 for k in range(len(cells) - 1, -1, -1) if _filled(cells[k])), 0)


def _csv_rows(file: TableFile) -> tuple[list[int], list[list[Any]]]:
    """The lines of a text file, each with its number; a cell in quotation marks may hold line breaks."""
    lines: list[int] = []
    rows: list[list[Any]] = []
    with file.stream() as stream, io.TextIOWrapper(stream, encoding=file.encoding, newline="") as text:
        for _ in range(file.skipped):
            text.readline()
        reader = csv.reader(text, delimiter=file.separator, strict=True)
        first = 1
        try:
            for cells in reader:
                lines.append(first + file.skipped)
                rows.append(cells)
                first = reader.line_num + 1
        except csv.Error as fault:
            at = first + file.skipped
            raise BadTable(
                f"{file.name}, line {at}: a quotation mark is out of place or never closed, or a cell is over "
                f"{csv.field_size_limit():,} characters: inside a cell a quotation mark is written twice"
            ) from fault
    return lines, rows


def _excel_rows(file: TableFile, notes: list[str]) -> tuple[list[int], list[list[Any]]]:
    """The rows of the first sheet with cells, which a note names where others have cells too."""
    found: list[tuple[str, dict[int, list[Any]]]] = []
    with file.stream() as stream, pd.ExcelFile(stream, engine="openpyxl") as book:
        for sheet in book.book.worksheets:
            sheet.reset_dimensions()  # a wrong size that another program wrote would cut the sheet
            every = enumerate(sheet.iter_rows(values_only=True), start=1)
            rows = {line: list(cells[:end]) for line, cells in every if (end := _end(cells))}
            if rows:
                found.append((str(sheet.title), rows))
    if not found:
        raise BadTable(f"{file.name} has no cells on any sheet: export it again from its source")
    (title, rows), others = found[0], found[1:]
    if others:
        listed = enumerate_names([repr(short(other)) for other, _ in others])
        notes.append(f"{file.name}: sheet {short(title)!r} is read; not read: {listed}")
    width = max(map(len, rows.values()))
    if width * len(rows) > _MOST_CELLS:
        line = next(line for line, cells in rows.items() if len(cells) == width)
        raise BadTable(
            f"{file.name}, line {line} has a cell in column {width:,}, which makes a table of {width * len(rows):,} "
            "cells: remove the cell, or give the table as CSV"
        )
    return list(rows), [cells + [None] * (width - len(cells)) for cells in rows.values()]


def _header_row(rows: list[list[Any]], filled: list[int], needs: Needs) -> int:
    """The row of the header: of the first lines the one with the columns needed, else the first that is not empty."""
    for k in filled[:_DEEPEST]:
        cells = [cell_text(cell).strip() for cell in rows[k]]
        if callable(needs):
            if needs(cells):
                return k
        elif needs and {need.casefold() for need in needs} <= {cell.casefold() for cell in cells}:
            return k
    return filled[0]


def _names(where: str, given: list[str], needs: Needs) -> list[str]:
    """The names of the columns, those needed as the reader spells them; raises BadTable for twice and for missing."""
    wanted = () if callable(needs) else needs
    spelled = {need.casefold(): need for need in wanted if need not in given}
    names = [spelled.get(called.casefold(), called) for called in given]
    seen: set[str] = set()
    twice = sorted({called for called in names if called in seen or seen.add(called)})  # type: ignore[func-returns-value]
    if twice:
        listed = enumerate_names([repr(short(called)) for called in twice])
        raise BadTable(f"{where} has the column {listed} more than once: keep one of them")
    missing = [need for need in wanted if need not in names]
    if missing:
        listed = enumerate_names([short(called) for called in names]) or "none with a name"
        raise BadTable(
            f"{where} has no column {', '.join(missing)}; it has {listed}. The first row has to name the columns, "
            "separated by commas, semicolons, tabs or bars"
        )
    return names


def _refuse_ragged(where: str, rows: list[tuple[int, list[Any]]], header: list[str]) -> None:
    """Raise BadTable for a line of more or fewer cells than the header; empty ones at its end do not count."""
    named = max((c for c, called in enumerate(header) if called), default=0) + 1
    for line, cells in rows:
        if len(cells) < len(header):
            cells += [""] * (len(header) - len(cells)) if len(cells) >= named else []
        if len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
            raise BadTable(
                f"{where}, line {line}: {len(cells)} cells, but the header has {len(header)}: a separator is missing, "
                "or stands inside a cell; put such a cell in quotation marks"
            )


def _parquet(file: TableFile, needs: Needs, most: int) -> TableCells:
    with file.stream() as stream:
        about = parquet.read_metadata(stream)
    _refuse_wide(file.name, about.num_columns)
    if about.num_rows * about.num_columns * 8 > most:  # a value that is repeated takes no room in the file
        raise BadTable(
            f"{file.name} has {about.num_rows:,} rows of {about.num_columns:,} columns, over the {most / 1e6:,.0f} MB "
            "that are read: give a part of it"
        )
    with file.stream() as stream:
        frame = pd.read_parquet(stream)
    if not isinstance(frame.index, pd.RangeIndex):
        with refusing(file.name):
            frame = frame.reset_index()
    names = _names(file.name, [str(called).strip() for called in frame.columns], needs)
    if frame.empty:
        raise BadTable(f"{file.name} has a header and no rows: export it again from its source")
    columns = {
        called: frame.iloc[:, c] if _is_plain(frame.dtypes.iloc[c]) else _object(list(frame.iloc[:, c]))
        for c, called in enumerate(names)
    }
    return TableCells(file.name, pd.DataFrame(columns), range(1, len(frame) + 1))


def _is_plain(kind: Any) -> bool:
    """Whether a column is of numpy's numbers, which have no other sign for a missing cell than NaN."""
    return isinstance(kind, np.dtype) and kind.kind in "iuf"


def open_numbers(given: Path | str, is_header: Callable[[Sequence[str]], bool]) -> TableCells:
    """A table of numbers with labels in its first column, at full speed where it is text; see `open_table`.

    `is_header` tells the header from lines above it. The frame has the labels as its index, missing cells as NaN, and
    everything else as it is.
    """
    file = table_file(given)
    if file.kind != "text":
        table = open_table(given, is_header)
        labels = table.frame.iloc[:, 0].map(cell_text)
        body = table.frame.iloc[:, 1:].map(lambda cell: np.nan if cell_text(cell).strip() == "" else cell)
        return replace(table, frame=body.set_axis(pd.Index(labels), axis=0))
    top, header = _text_header(file, is_header)
    _names(file.name, [called for called in header if called], ())
    _refuse_hollow(file, len(header))
    notes = (*file.notes, *([f"{file.name}: {top} lines above the header are not read"] if top else []))
    with file.stream() as stream:
        try:
            frame = pd.read_csv(
                stream,
                sep=file.separator,
                skiprows=file.skipped + top,
                index_col=0,
                dtype={header[0] or "Unnamed: 0": str},
                encoding=file.encoding,
                low_memory=False,
            )
        except pd.errors.ParserError as fault:
            found = _TOO_LONG.search(str(fault))
            where = f", line {found[2]}: {found[3]} cells, but the header has {found[1]}" if found else ""
            raise BadTable(
                f"{file.name}{where or ' is cut short or has a quotation mark that is never closed'}: "
                "mend it, or fetch the file again"
            ) from fault
    return TableCells(file.name, frame, range(2 + top, 2 + top + len(frame)), (), notes)


def _refuse_hollow(file: TableFile, width: int) -> None:
    """Raise BadTable where a header has far more columns than the rows have cells, since every gap would be kept."""
    size = lines = 0
    with file.stream() as stream:
        while chunk := stream.read(1 << 20):
            size += len(chunk)
            lines += chunk.count(b"\n")
    if width * lines > max(2 * size, 1_000_000):
        raise BadTable(
            f"{file.name} has {width:,} columns in its header, and rows with far fewer cells: fetch the file again, or "
            "remove the empty columns"
        )


_TOO_LONG: Final = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")


def _text_header(file: TableFile, is_header: Callable[[Sequence[str]], bool]) -> tuple[int, list[str]]:
    """How many lines stand above the header of a text file, and its names."""
    with file.stream() as stream, io.TextIOWrapper(stream, encoding=file.encoding, newline="") as text:
        for _ in range(file.skipped):
            text.readline()
        reader, before, first = csv.reader(text, delimiter=file.separator), 0, None
        for cells in islice(reader, _DEEPEST):
            names = [cell.strip() for cell in cells]
            if is_header(names):
                return before, names
            first = first or (before, names)
            before = reader.line_num
    return first or (0, [])
