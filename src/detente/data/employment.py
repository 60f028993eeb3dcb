"""Heads in work by economy, or by economy and sector, from a table of the user's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from detente.data.sheets import open_table
from detente.errors import BadTable, UnknownEconomy, UnknownSector

WHOLE: Final = "all"
"""The sector of heads that are not divided by sector."""


@dataclass(frozen=True, eq=False)
class Employment:
    """Heads in work: economy, sector (`WHOLE` where they are not divided) and heads, one row each."""

    heads: pd.DataFrame
    source: str

    @classmethod
    def read(cls, given: str | Path | pd.DataFrame, economies: Sequence[str], sectors: Sequence[str]) -> Employment:
        """From a table with the columns economy, heads and, if it divides them, sector: a file or a frame.

        Raises BadTable for a row that is twice or no count, UnknownEconomy and UnknownSector.
        """
        if isinstance(given, pd.DataFrame):
            frame, source = given, "the table of employment"
            if lacking := [name for name in ("economy", "heads") if name not in frame.columns]:
                raise BadTable(f"{source} lacks {', '.join(lacking)}: give economy, heads and, if divided, sector")
        else:
            table = open_table(given, needs=("economy", "heads"))
            table.warn_unread(("economy", "sector", "heads"))
            frame, source = table.text(), table.name
        sector = frame["sector"].astype(str) if "sector" in frame.columns else WHOLE
        rows = pd.DataFrame({"economy": frame["economy"].astype(str), "sector": sector}).replace(
            {"sector": {"": WHOLE}}
        )
        for code in rows["economy"]:
            if code not in economies:
                raise UnknownEconomy(code, economies, where=source)
        for code in rows["sector"]:
            if code != WHOLE and code not in sectors:
                raise UnknownSector(code, sectors, where=source)
        if (twice := rows.duplicated()).any():
            economy, code = rows[twice].iloc[0]
            raise BadTable(f"{source}: {economy} has the sector {code} twice: give one row each")
        heads = pd.to_numeric(frame["heads"], errors="coerce")
        if (wrong := ~(heads >= 0)).any():
            row = int(wrong.to_numpy().argmax())
            raise BadTable(f"{source}: heads in row {row + 1} are {str(frame['heads'].iloc[row])!r}: give a count")
        return cls(rows.assign(heads=heads.astype("float64").to_numpy()).reset_index(drop=True), source)
