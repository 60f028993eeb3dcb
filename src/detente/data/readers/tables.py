"""The parts that all readers share, from the file to the World.

Files become frames: codes as text, numbers as floats, and one clear refusal for everything else. Frames become worlds:
negative cells, tariffs, and the conversion of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pandas.api.types import is_numeric_dtype

from detente.data.accounts import moves
from detente.data.codes import service_codes
from detente.data.quantities import parse_rate
from detente.data.sheets import TableCells, cell_text, open_table
from detente.data.world import Provenance, World
from detente.errors import BadInput, BadTable, enumerate_names, short
from detente.inputs import FloatArray, floats, shown

_DECIMAL: Final = re.compile(r"[0-9]+\.[0-9]*|[0-9]+(\.[0-9]*)?[eE][+-]?[0-9]+")


def read_frame(path: Path | str, codes: Sequence[str]) -> TableCells:
    """Any table that `open_table` opens, with the columns `codes` as text; raises BadTable.

    In a CSV every cell stays the text it is, so `010121` keeps its zero; other columns become numbers in `numbers`.
    """
    table = open_table(path, codes)
    named = {column: texts(table.frame[column], f"{table.name}, column {column}") for column in codes}
    return replace(table, frame=table.frame.assign(**named))


def texts(column: pd.Series, where: str) -> list[str]:
    """Codes as text; raises BadTable for codes that a spreadsheet turned into numbers, and for empty ones."""
    if is_numeric_dtype(column):
        raise BadTable(
            f"{where} holds numbers, not codes: a code such as 010121 has lost its zero; store the column as text"
        )
    values = list(column)
    for value in values:
        if not isinstance(value, str):
            raise BadTable(f"{where} has the code {value!r}, which is not text: store the column as text")
        if not value.strip():
            raise BadTable(f"{where} has an empty code: name the code or leave the row out")
        if _DECIMAL.fullmatch(value):
            raise BadTable(f"{where} has the code {value!r}, a code turned into a number: store the column as text")
    _same_length({value for value in values if value.isdigit()}, where)
    return [str(value) for value in values]


def _same_length(digits: set[str], where: str) -> None:
    """HS and similar codes have an even number of digits; one digit fewer is a zero lost at the front."""
    longest = max((len(code) for code in digits), default=0)
    cut = sorted(code for code in digits if len(code) == longest - 1)
    if longest >= 4 and longest % 2 == 0 and cut:
        raise BadTable(
            f"{where} has {cut[0]!r} ({longest - 1} digits) among codes of {longest}: {len(cut)} codes lost the "
            f"zero in front when they were turned into numbers; write {'0' + cut[0]!r}"
        )


def numbers(frame: pd.DataFrame, columns: Iterable[str], where: str) -> pd.DataFrame:
    """The frame with `columns` as finite floats; raises BadTable naming the first cell that is none."""
    made = {}
    for column in columns:
        if column not in frame.columns:
            raise BadTable(f"{where} has no column {column}; it has {', '.join(map(str, frame.columns))}")
        values = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=np.float64)
        bad = ~np.isfinite(values)
        if bad.any():
            row = int(np.argmax(bad))
            raise BadTable(
                f"{where}, row {row + 1}, column {column}: {str(frame[column].iloc[row])!r} is not a finite number "
                f"({bad.sum()} such cells): write plain numbers such as 1234.5"
            )
        made[column] = values
    return frame.assign(**made)


def one_year(frame: pd.DataFrame, year: int | None, where: str) -> tuple[pd.DataFrame, int]:
    """The rows of one year and the year; raises BadTable where the file has several and none is asked for."""
    found = numbers(frame, ["year"], where)["year"]
    odd = found != found.round()
    if odd.any():
        raise BadTable(f"{where}, row {int(odd.argmax()) + 1}: {found[odd].iloc[0]:g} is no year: write 2017")
    years = sorted({int(value) for value in found})
    if year is None and len(years) > 1:
        raise BadTable(f"{where} holds {len(years)} years, {years[0]} to {years[-1]}: say which with year=")
    wanted = years[0] if year is None else year
    if wanted not in years:
        raise BadTable(f"{where} has no rows for {wanted}; it has {', '.join(map(str, years))}")
    return frame[(found == wanted).to_numpy()].reset_index(drop=True), wanted


Negative = Literal["refuse", "net", "zero"]
"""What to do with negative cells, mostly stocks run down. `refuse`: raise. `net`: add them to the other uses of the
same flow, which changes no total, and refuse only a total that stays negative. `zero`: set each to 0 and list it in
`moved`; the accounts then need `world.balance()`."""

Tariffs = float | Path | str | ArrayLike
"""One rate on all imports of goods (0.0 says: none; 0.25 or `25%`), a tidy table (importer, exporter, sector, rate), or
an array."""


@dataclass(frozen=True)
class InputOutput:
    """A world input-output table, USD million: n, i economies, k, j sectors, c categories of final demand."""

    inputs: FloatArray
    """(i, k, n, j): what sector j of n uses of k from i."""
    final: FloatArray
    """(i, k, n, c): final demand of n for k from i."""
    value_added: FloatArray
    """(n, j), everything that makes costs output: taxes and margins included."""
    output: FloatArray
    """(n, j), as the table itself states it."""
    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]


def to_world(
    table: InputOutput,
    path: Path,
    *,
    year: int | None,
    tariffs: Tariffs,
    negative: Negative,
    name: str | None,
    provenance: Provenance,
) -> World:
    """The world of an input-output table, by default named like its file.

    Raises BadTable for negative cells, unless told what to do with them, and for a wrong output row.
    """
    sums = table.inputs.sum(axis=(2, 3)) + table.final.sum(axis=(2, 3))
    gap = np.abs(sums - table.output) / np.maximum(np.maximum(np.abs(sums), np.abs(table.output)), 1e-9)
    if gap.max() > 1e-3:
        i, k = np.unravel_index(int(gap.argmax()), gap.shape)
        raise BadTable(
            f"{path.name} states an output of {table.output[i, k]:,.6g} for {table.economies[i]} in "
            f"{table.sectors[k]}, but its row sums to {sums[i, k]:,.6g}: a column is missing or misread"
        )
    inputs, moved_inputs = _settled(table, table.inputs, "io", table.sectors, negative, path.name)
    final, moved_final = _settled(table, table.final, "final demand", table.categories, negative, path.name)
    value_added, moved_value = _settled(table, table.value_added, "value added", (), negative, path.name)
    moved = moved_inputs + moved_final + moved_value
    changed = sum(new - old for *_, old, new, _ in moved)
    sentence = f"{len(moved)} negative cells were set to 0, {changed:,.6g} USD mn in all; each is listed in `moved`"
    return World(
        (inputs.sum(axis=3) + final.sum(axis=3)).transpose(2, 0, 1),
        tariff_array(tariffs, table.economies, table.sectors, year),
        inputs.sum(axis=0).transpose(1, 0, 2),
        value_added,
        table.economies,
        table.sectors,
        name=name or path.stem,
        year=year,
        provenance=provenance.with_replaced(sentence) if moved else provenance,
        moved=moves(moved),
    )


def file_of(given: object, what: str) -> Path:
    """The path of a file that was given; raises BadTable for what is no path, such as a table in memory."""
    if not isinstance(given, str | Path):
        raise BadTable(f"{what} is {shown(given)}: give the path of a file (CSV, Parquet or Excel)")
    return Path(given)


def tariff_array(tariffs: Tariffs, economies: Sequence[str], sectors: Sequence[str], year: int | None) -> FloatArray:
    """Tariffs (n, i, j), fractions, 0 inside an economy; raises BadTable for a table with gaps or repeated rows."""
    n, j = len(economies), len(sectors)
    if isinstance(tariffs, Path) or (isinstance(tariffs, str) and not tariffs.strip().endswith("%")):
        return _tidy_tariffs(Path(tariffs), list(economies), list(sectors), year)
    if not isinstance(tariffs, str | bool | np.bool_):
        array = floats(tariffs, "tariffs", BadTable)
        if array.ndim > 0:
            return array
        tariffs = float(array)
    try:
        made = np.full((n, n, j), parse_rate(tariffs))
    except BadInput as problem:
        raise BadTable(f"tariffs: {problem}") from problem
    made[np.arange(n), np.arange(n)] = 0.0
    made[:, :, [s for s, code in enumerate(sectors) if code in service_codes()]] = 0.0
    return made


def place(frame: pd.DataFrame, axes: dict[str, Sequence[str]], value: str, where: str) -> tuple[FloatArray, np.ndarray]:
    """The values of a tidy frame on labelled axes, and which cells had a row; raises BadTable.

    `axes` gives the labels of each column, in the order of the axes; an unknown label and a second row for a cell are
    refused.
    """
    at = []
    for column, labels in axes.items():
        codes = pd.Index(labels).get_indexer(pd.Index(frame[column]))
        if (codes < 0).any():
            stray = frame[column].iloc[int(np.argmax(codes < 0))]
            raise BadTable(f"{where} has {stray!r} in column {column}, which the flows do not have: use the same codes")
        at.append(codes)
    shape = tuple(len(labels) for labels in axes.values())
    flat = np.ravel_multi_index(tuple(at), shape)
    twice = pd.Series(flat).duplicated()
    if twice.any():
        row = frame.iloc[int(twice.to_numpy().argmax())]
        label = ", ".join(f"{column} {row[column]}" for column in axes)
        raise BadTable(f"{where} has {twice.sum()} cells more than once, first {label}: add them up or keep one")
    values, seen = np.zeros(shape), np.zeros(shape, dtype=bool)
    values.flat[flat] = frame[value].to_numpy(dtype=np.float64)
    seen.flat[flat] = True
    return values, seen


def _tidy_tariffs(path: Path, economies: list[str], sectors: list[str], year: int | None) -> FloatArray:
    table = read_frame(path, ("importer", "exporter", "sector"))
    table.warn_unread(("importer", "exporter", "sector", "rate", "year"))
    frame = table.frame
    if "year" in frame.columns:
        frame, _ = one_year(frame, year, path.name)
    frame = _with_rates(frame, path.name)
    axes: dict[str, Sequence[str]] = {"importer": economies, "exporter": economies, "sector": sectors}
    rates, seen = place(frame, axes, "rate", path.name)
    seen[np.arange(len(economies)), np.arange(len(economies))] = True
    if not seen.all():
        n, i, s = (int(position) for position in np.argwhere(~seen)[0])
        raise BadTable(
            f"{path.name} has no rate for {economies[n]} from {economies[i]} in {sectors[s]} ({(~seen).sum()} such "
            "cells): give every rate, zeros included"
        )
    return rates


def _with_rates(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    """The frame with its rates as fractions; raises BadTable naming the first row whose rate cannot be read."""
    if "rate" not in frame.columns:
        raise BadTable(f"{where} has no column rate; it has {enumerate_names(list(map(short, frame.columns)))}")
    read: dict[str, float | str] = {}
    texts = frame["rate"].map(cell_text)
    for text in texts.unique():
        try:
            plain = pd.to_numeric(text, errors="coerce")  # 1e-05, as programs write small numbers
            read[text] = parse_rate(text if pd.isna(plain) else float(plain))
        except BadInput as problem:
            read[text] = str(problem)
    rates = texts.map(read)
    wrong = rates.map(lambda rate: isinstance(rate, str))
    if wrong.any():
        row = frame[wrong].iloc[0]
        label = f"{row['importer']} from {row['exporter']} in {row['sector']}"
        raise BadTable(f"{where}, rate of {short(label)}: {rates[wrong].iloc[0]} ({wrong.sum()} such cells)")
    return frame.assign(rate=rates.to_numpy(dtype=np.float64))


def _settled(
    table: InputOutput, array: FloatArray, account: str, last: tuple[str, ...], negative: Negative, where: str
) -> tuple[FloatArray, list[tuple[str, str, str, str, float, float, str]]]:
    """One block of the table with its negative cells refused, kept for netting, or set to 0 and listed."""
    low = np.argwhere(array < 0)
    if len(low) == 0 or negative == "net":
        return array, []
    rows = []
    for position in low:
        at = tuple(int(p) for p in position)
        value = float(array[at])
        if account == "value added":
            rows.append((account, table.economies[at[0]], "", table.sectors[at[1]], value, 0.0, "negative cell"))
        else:
            use = f"{account}: {last[at[3]]}"
            buyer, seller = table.economies[at[2]], table.economies[at[0]]
            rows.append((use, buyer, seller, table.sectors[at[1]], value, 0.0, "negative cell"))
    if negative == "refuse":
        use, buyer, seller, sector, value, *_ = min(rows, key=lambda row: row[4])
        from_whom = f" from {seller}" if seller else ""
        raise BadTable(
            f"{where} has {len(rows)} negative cells in {account}, lowest {value:,.6g} ({use} of {buyer}{from_whom} in "
            f"{sector}): read it with negative='net', which adds them to the other uses of the flow, or with "
            "negative='zero', which sets them to 0 and lists them"
        )
    return np.maximum(array, 0.0), rows
