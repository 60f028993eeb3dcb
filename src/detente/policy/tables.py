"""Bundled tables of rates by date, named in a dispute file as `goods: {table: NAME}`.

Two kinds: by code (one economy's tariff on another, HS6 × date, levels; a measure adds what the level has changed since
the table's first date) and by partner (what was added to the tariffs of a base year, partner × date, all goods).
docs/decisions/0010-policy-tables.md says what is in them and what was mended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final, Literal

import pandas as pd

from detente.data.names import HERE
from detente.errors import BadMeasure, UnknownName, enumerate_names
from detente.policy.measure import EVERYONE, Goods, Measure


@dataclass(frozen=True)
class TariffTable:
    """A bundled table: whose tariff on whose goods, and what is in it."""

    name: str
    by: str
    on: str
    kind: Literal["codes", "partners"]
    source: str
    contains: str


TABLES: Final = {
    table.name: table
    for table in (
        TariffTable(
            "us-on-china-2018-2020",
            "USA",
            "CHN",
            "codes",
            "USTR and USITC, compiled under the MIT licence by M. Waugh's tracker",
            "most-favoured-nation rates and Section 301; not Section 201 (panels, washers) nor Section 232 (metals)",
        ),
        TariffTable(
            "china-on-us-2018-2020",
            "CHN",
            "USA",
            "codes",
            "PIIE (C. Bown) and China's Ministry of Finance, compiled under the MIT licence by M. Waugh's tracker",
            "most-favoured-nation rates and their cuts, the answer to Section 232 (2018-04-02), the answers to Section "
            "301; the halving of 2020-02-14 is computed from the additions of 2019-09-01",
        ),
        TariffTable(
            "us-by-partner-2025",
            "USA",
            EVERYONE,
            "partners",
            "compiled under the MIT licence by tradewartracker",
            "what was added to each partner's tariff of 2024, averaged over its goods",
        ),
    )
}

EU: Final = "EUN"
EU_MEMBERS: Final = (
    *("AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV", "HUN"),
    *("IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "SWE"),
)
"""The members of the European Union in 2025: a rate for EUN reaches each of them that has no row of its own."""


def list_tables() -> pd.DataFrame:
    """One row a bundled table: table, by, on, first, last (dates), steps, contains, source."""
    rows = []
    for table in TABLES.values():
        days = table_dates(table.name)
        rows.append((table.name, table.by, table.on, days[0], days[-1], len(days), table.contains, table.source))
    return pd.DataFrame(rows, columns=["table", "by", "on", "first", "last", "steps", "contains", "source"])


def find_table(name: str) -> TariffTable:
    """The bundled table `name`; raises UnknownName."""
    if name not in TABLES:
        raise UnknownName(name, TABLES, where="goods: table")
    return TABLES[name]


@cache
def table_dates(name: str) -> tuple[date, ...]:
    """The dates a measure of the table may start on, in order; raises UnknownName.

    A table by code starts from its first date, which is no step.
    """
    table = find_table(name)
    if table.kind == "partners":
        return tuple(sorted({date.fromisoformat(day) for day in _partners(name)["date"]}))
    return tuple(date.fromisoformat(day) for day in levels(name).columns[1:])


@cache
def levels(name: str) -> pd.DataFrame:
    """Tariff levels of a table by code: hs6 (index) × date (ISO text), fractions. The first date is the base."""
    if find_table(name).kind != "codes":
        raise BadMeasure(f"table {name!r} is by partner and has no product codes")
    return pd.read_parquet(HERE / f"policy/{name}.parquet").drop(columns="basis").set_index("hs6")


def mended(name: str) -> pd.DataFrame:
    """Every rate that differs from the source's: hs6, date, what, published, used (percent), why."""
    stem = find_table(name).name.replace("-2018-2020", "")
    path = HERE / f"policy/{stem}-mended.csv"
    columns = ["hs6", "date", "what", "published", "used", "why"]
    return pd.read_csv(path, dtype={"hs6": str}) if path.is_file() else pd.DataFrame(columns=columns)


def added_by_code(measure: Measure) -> pd.Series[float]:
    """What a measure of a table by code adds to the base: hs6 (index), fractions; codes that did not move left out."""
    name, day = _named(measure)
    table = levels(name)
    moved = (table[day.isoformat()] - table.iloc[:, 0]).round(6)
    return moved[moved != 0]


def added_by_partner(measure: Measure) -> dict[str, float]:
    """What a measure of a table by partner adds to the base of each economy, the members of the EU included."""
    return _by_partner(*_named(measure))


def check_table(measure: Measure) -> TariffTable:
    """The table of a measure, after checking whose tariff it is and its date; raises UnknownName or BadMeasure."""
    name, day = _named(measure)
    table = find_table(name)
    if measure.by != table.by or (table.on != EVERYONE and measure.on != (table.on,)):
        found = f"by {measure.by} on {enumerate_names(measure.on)}"
        raise BadMeasure(f"measure {measure.id!r} is {found}, but table {name!r} is by {table.by} on {table.on}")
    days = table_dates(name)
    if day not in days:
        raise BadMeasure(
            f"measure {measure.id!r} starts on {day}, but table {name!r} has no such date: it has "
            f"{enumerate_names([str(known) for known in days], most=24)}"
        )
    return table


def history(name: str) -> tuple[Measure, ...]:
    """The whole path of a table as measures, one a date, in force from it: `us-on-china-2018-07-06`, ..."""
    table = find_table(name)
    stem = name.replace("-2018-2020", "").replace("-2025", "")
    return tuple(
        Measure(id=f"{stem}-{day}", by=table.by, on=(table.on,), status="in-force", from_=day, goods=Goods(table=name))
        for day in table_dates(name)
    )


@cache
def _by_partner(name: str, day: date) -> dict[str, float]:
    rows = _partners(name)
    rows = rows[rows["date"] == day.isoformat()]
    rates = {str(name): float(rate) for name, rate in rows.set_index("economy")["add"].items()}
    members = dict.fromkeys(EU_MEMBERS, rates[EU]) if EU in rates else {}
    return members | rates


@cache
def _partners(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / f"policy/{name}.csv", dtype={"date": str, "economy": str})


def _named(measure: Measure) -> tuple[str, date]:
    if measure.goods.table is None or measure.from_ is None:
        raise BadMeasure(f"measure {measure.id!r} names no table and date: give goods: {{table: ...}} and from")
    return measure.goods.table, measure.from_
