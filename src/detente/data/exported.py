"""Objects in a notebook, and their tables in the formats of other programs, by pandas alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from html import escape
from os import PathLike
from typing import Any, BinaryIO, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detente.errors import BadInput, nearest
from detente.inputs import BoolArray

SHEET: Final = 31
"""Characters that a name of a sheet may have in a workbook."""
SHEET_ROWS: Final = 1_048_575
"""Rows that a sheet of a workbook can hold under its head."""
ROWS: Final = 12
"""Rows of a table that a notebook shows."""
TABLES: Final = 4
"""Tables of a result that a notebook shows."""
LETTERS: Final = 300
"""Letters of a value that a notebook shows."""
_FORMULA: Final = re.compile(r"[=@\t\r]|[+-](?![\d.]+%?$)")
"""The beginnings of text that a spreadsheet computes."""


class Shown:
    """A record that a notebook shows as a table of its fields."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        rows = [(name, told(value)) for name, value in given(self) if value is not None]
        return html_of(type(self).__name__, {"": pd.DataFrame(rows, columns=["", "value"])})


class Exported:
    """A record with tables: a notebook shows the first, and they are written as a workbook, LaTeX or Parquet."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        raise TypeError(f"{type(self).__name__} has no tables")

    def _repr_html_(self) -> str:
        return html_of(repr(self), dict(list(self.tables().items())[:TABLES]))

    def table(self, name: str) -> pd.DataFrame:
        """The table of that name; raises BadInput for any other text, with the nearest name."""
        tables = self.tables()
        if name not in tables:
            near = nearest(name, tables)
            hint = f"did you mean {near!r}?" if near else f"there are: {', '.join(tables)}"
            raise BadInput(f"there is no table {name!r}; {hint}")
        return tables[name]

    def to_excel(self, target: str | PathLike[str] | BinaryIO) -> None:
        """A workbook (.xlsx) with a sheet for every table; rates are fractions, money USD million a year.

        Raises BadInput where a table has more rows than a sheet can hold.
        """
        tables = self.tables()
        for name, table in tables.items():
            if len(table) > SHEET_ROWS:
                raise BadInput(f"table {name!r} has {len(table):,} rows, a sheet holds {SHEET_ROWS:,}: use to_parquet")
        with pd.ExcelWriter(target, engine="openpyxl") as book:
            for name, table in tables.items():
                table.to_excel(book, sheet_name=name[:SHEET], index=False, freeze_panes=(1, 0))
                _keep_as_text(book.sheets[name[:SHEET]], table)

    def to_csv(self, name: str) -> str:
        """A table as CSV, with a `'` before text that a spreadsheet would compute; raises BadInput for a wrong name."""
        return csv_of(self.table(name))

    def to_latex(self, name: str) -> str:
        """A table as a LaTeX tabular, its text escaped; raises BadInput for a name that is no table."""
        return str(self.table(name).to_latex(index=False, escape=True, float_format="{:.6g}".format))

    def to_parquet(self, name: str, target: str | PathLike[str] | BinaryIO) -> None:
        """A table as Parquet; raises BadInput for a name that is no table."""
        self.table(name).to_parquet(target, index=False)


def csv_of(table: pd.DataFrame) -> str:
    """A table as CSV. Text that a spreadsheet would compute has a `'` before it, as spreadsheets write it."""
    shown = table.rename(columns=_inert)
    for column in shown.columns[[not pd.api.types.is_numeric_dtype(its) for its in shown.dtypes]]:
        shown[column] = shown[column].map(_inert)
    return str(shown.to_csv(index=False, lineterminator="\n"))


def _inert(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _keep_as_text(sheet: Any, table: pd.DataFrame) -> None:
    """Text that begins as a formula stays text, and does so where the cell is edited."""
    for column, name in enumerate(table.columns, start=1):
        values = (
            [name]
            if pd.api.types.is_numeric_dtype(table.dtypes.iloc[column - 1])
            else [name, *table.iloc[:, column - 1]]
        )
        for row, value in enumerate(values, start=1):
            if isinstance(value, str) and _FORMULA.match(value):
                cell = sheet.cell(row, column)
                cell.data_type, cell.quotePrefix = "s", True


def html_of(title: str, tables: Mapping[str, pd.DataFrame]) -> str:
    """A title and the first rows of tables, each under its name and its size."""
    parts = [f"<p>{escape(title)}</p>"]
    for name, table in tables.items():
        more = f", {ROWS} of {len(table):,} rows" if len(table) > ROWS else ""
        parts.append(f"<p><b>{escape(name)}</b>{more}</p>" if name else "")
        parts.append(table.head(ROWS).to_html(index=False, float_format="{:.6g}".format))
    return "".join(parts)


def given(shown: Any) -> Iterator[tuple[str, Any]]:
    """The public fields of an object and their values: of a dataclass, of a block of the dispute file, or of slots."""
    if is_dataclass(shown):
        names = [field.name for field in fields(shown)]
    else:
        names = list(getattr(type(shown), "model_fields", None) or type(shown).__slots__)
    return ((name, getattr(shown, name)) for name in names if not name.startswith("_"))


def told(value: Any) -> str:
    """A value on a line: of an array its shape and its ends, of long text its beginning."""
    if isinstance(value, np.ndarray):
        shape = " × ".join(map(str, value.shape)) or "one number"
        finite = value[np.isfinite(value)] if value.dtype.kind == "f" else value
        return f"{shape}, from {finite.min():.6g} to {finite.max():.6g}" if finite.size else shape
    if isinstance(value, pd.DataFrame):
        return f"{len(value):,} rows: {', '.join(map(str, value.columns))}"
    text = str(value)
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"


def cells(
    values: Mapping[str, ArrayLike], economies: tuple[str, ...], sectors: tuple[str, ...], kept: BoolArray
) -> pd.DataFrame:
    """Arrays (n, i, j) as a table: importer, exporter, sector, and a column each, for the cells that are kept."""
    n, i, j = np.nonzero(kept)
    codes = (np.asarray(economies)[n], np.asarray(economies)[i], np.asarray(sectors)[j])
    head = dict(zip(("importer", "exporter", "sector"), codes, strict=True))
    return pd.DataFrame({**head, **{name: np.asarray(array)[n, i, j] for name, array in values.items()}})
