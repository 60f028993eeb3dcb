"""Files into frames: codes as text, numbers as floats, and one clear refusal for everything else."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from detente.errors import BadTable

_DECIMAL: Final = re.compile(r"[0-9]+\.[0-9]*|[0-9]+(\.[0-9]*)?[eE][+-]?[0-9]+")


def existing(path: Path | str) -> Path:
    """The path of a file that is there and not empty; raises BadTable."""
    path = Path(path)
    if not path.is_file():
        raise BadTable(f"{path} is not a file: check the path")
    if path.stat().st_size == 0:
        raise BadTable(f"{path.name} is empty: export it again from its source")
    return path


def read_frame(path: Path | str, codes: Sequence[str]) -> pd.DataFrame:
    """A CSV, Parquet or Excel file with one header row, the columns `codes` as text; raises BadTable.

    In a CSV every cell stays the text it is, so `010121` keeps its zero; other columns become numbers in `numbers`.
    """
    path = existing(path)
    try:
        if path.suffix == ".parquet":
            frame = pd.read_parquet(path)
        elif path.suffix in (".xlsx", ".xlsm"):
            frame = pd.read_excel(path, dtype=object)
        else:
            header(path)
            frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, OSError, KeyError, BadZipFile) as fault:
        raise BadTable(f"{path.name} cannot be read as a table ({fault}): give CSV, Parquet or Excel") from fault
    missing = [column for column in codes if column not in frame.columns]
    if missing:
        raise BadTable(f"{path.name} has no column {', '.join(missing)}; it has {', '.join(map(str, frame.columns))}")
    if frame.empty:
        raise BadTable(f"{path.name} has a header and no rows: export it again from its source")
    return frame.assign(**{column: texts(frame[column], f"{path.name}, column {column}") for column in codes})


def header(path: Path) -> list[str]:
    """The names in the first row of a CSV; raises BadTable where one appears twice."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader(file), [])
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise BadTable(f"{path.name} has the column {', '.join(map(repr, twice))} more than once: keep one of them")
    return names


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
    short = sorted(code for code in digits if len(code) == longest - 1)
    if longest >= 4 and longest % 2 == 0 and short:
        raise BadTable(
            f"{where} has {short[0]!r} ({longest - 1} digits) among codes of {longest}: {len(short)} codes lost the "
            f"zero in front when they were turned into numbers; write {'0' + short[0]!r}"
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
    years = sorted({int(value) for value in found})
    if year is None and len(years) > 1:
        raise BadTable(f"{where} holds {len(years)} years, {years[0]} to {years[-1]}: say which with year=")
    wanted = years[0] if year is None else year
    if wanted not in years:
        raise BadTable(f"{where} has no rows for {wanted}; it has {', '.join(map(str, years))}")
    return frame[(found == wanted).to_numpy()].reset_index(drop=True), wanted
