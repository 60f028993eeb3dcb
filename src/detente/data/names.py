"""Reading the tables that come with the package. A code is text from first to last; a number is a float.

What codes are called, for people: sectors and economies.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd

HERE: Final = Path(__file__).parent


def read_packaged(name: str, numbers: tuple[str, ...] = ()) -> pd.DataFrame:
    """The table `name` of this package (a path from `data/`), text except for the columns named in `numbers`."""
    frame = pd.read_csv(HERE / name, dtype=str, keep_default_na=False, encoding="utf-8")
    return frame.astype(dict.fromkeys(numbers, "float64"))


def sector_table() -> pd.DataFrame:
    """One row a sector: code (OECD ICIO, and SERV for all services), name, kind (`goods` or `services`)."""
    return _sectors().copy()


def economy_table() -> pd.DataFrame:
    """One row an economy of the bundled worlds: code (ISO 3166 alpha-3, and ROW), name."""
    return _economies().copy()


def sector_name(code: str) -> str:
    """The short name of a sector, or its code where the table has no name for it (a merged sector)."""
    return _names("sectors").get(code, code)


def economy_name(code: str) -> str:
    """The short name of an economy, or its code where the table has no name for it (a merged economy)."""
    return _names("economies").get(code, code)


@cache
def service_codes() -> frozenset[str]:
    """Codes of the sector table that stand for services."""
    table = _sectors()
    return frozenset(table["code"][table["kind"] == "services"])


@cache
def _sectors() -> pd.DataFrame:
    return read_packaged("tables/sectors.csv")


@cache
def _economies() -> pd.DataFrame:
    return read_packaged("tables/economies.csv")


@cache
def _names(which: str) -> dict[str, str]:
    table = _sectors() if which == "sectors" else _economies()
    return dict(zip(table["code"], table["name"], strict=True))
