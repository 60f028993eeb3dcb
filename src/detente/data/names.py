"""What codes are called, for people: sectors and economies."""

from __future__ import annotations

from functools import cache

import pandas as pd

from detente.data.packaged import read_packaged


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
