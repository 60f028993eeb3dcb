"""Tables of a result in the formats of other programs, by pandas alone."""

from __future__ import annotations

from os import PathLike
from typing import BinaryIO, Final

import pandas as pd

from detente.errors import BadInput, nearest

SHEET: Final = 31
"""Characters that a name of a sheet may have in a workbook."""


class Exported:
    """What has tables can be written as a workbook, as LaTeX and as Parquet."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        raise TypeError(f"{type(self).__name__} has no tables")

    def table(self, name: str) -> pd.DataFrame:
        """The table of that name; raises BadInput for any other text, with the nearest name."""
        tables = self.tables()
        if name not in tables:
            near = nearest(name, tables)
            hint = f"did you mean {near!r}?" if near else f"there are: {', '.join(tables)}"
            raise BadInput(f"there is no table {name!r}; {hint}")
        return tables[name]

    def to_excel(self, target: str | PathLike[str] | BinaryIO) -> None:
        """A workbook (.xlsx) with a sheet for every table; rates are fractions, money USD million a year."""
        with pd.ExcelWriter(target, engine="openpyxl") as book:
            for name, table in self.tables().items():
                table.to_excel(book, sheet_name=name[:SHEET], index=False, freeze_panes=(1, 0))

    def to_latex(self, name: str) -> str:
        """A table as a LaTeX tabular, its text escaped; raises BadInput for a name that is no table."""
        return str(self.table(name).to_latex(index=False, escape=True, float_format="{:.6g}".format))

    def to_parquet(self, name: str, target: str | PathLike[str] | BinaryIO) -> None:
        """A table as Parquet; raises BadInput for a name that is no table."""
        self.table(name).to_parquet(target, index=False)
