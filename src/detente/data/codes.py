"""Codes of sectors and economies, their names, and the tables that come with the package.

`read_packaged` reads those tables; products have a room of their own, `detente.data.products`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd

HERE: Final = Path(__file__).parent


@cache
def read_packaged(name: str, numbers: tuple[str, ...] = ()) -> pd.DataFrame:
    """The table `name` of this package (a path from `data/`), text except for the columns named in `numbers`.

    It is read once: whoever hands it on hands on a copy.
    """
    frame = pd.read_csv(HERE / name, dtype=str, keep_default_na=False, encoding="utf-8")
    return frame.astype(dict.fromkeys(numbers, "float64"))


def sector_table() -> pd.DataFrame:
    """One row a sector: code (OECD ICIO, and SERV for all services), name, kind (`goods` or `services`)."""
    return read_packaged("tables/sectors.csv").copy()


def economy_table() -> pd.DataFrame:
    """One row an economy of the bundled worlds: code (ISO 3166 alpha-3, and ROW), name."""
    return read_packaged("tables/economies.csv").copy()


def sector_name(code: str) -> str:
    """The short name of a sector, or its code where the table has no name for it (a merged sector)."""
    return _names("sectors").get(code, code)


def economy_name(code: str) -> str:
    """The short name of an economy, or its code where the table has no name for it (a merged economy)."""
    return _names("economies").get(code, code)


@cache
def service_codes() -> frozenset[str]:
    """Codes of the sector table that stand for services."""
    table = read_packaged("tables/sectors.csv")
    return frozenset(table["code"][table["kind"] == "services"])


@cache
def _names(which: str) -> dict[str, str]:
    table = read_packaged(f"tables/{which}.csv")
    return dict(zip(table["code"], table["name"], strict=True))
