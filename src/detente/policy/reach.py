"""The reach of a measure: its partners, its sectors, the rates of a bundled table, the trade that a value covers.

Partners and sectors are found before any product code; exempt ones are left out.

A bundled table of rates by date is named in a dispute file as `goods: {table: NAME}`. Three kinds: of lists (lines of a
national schedule by list, each list with its official total and what it adds by date; see `listed_tables`), by code
(one economy's tariff on another, HS6 × date, levels; a measure adds what the level has changed since the table's first
date) and by partner (what was added to the tariffs of a base year, partner × date, all goods).
docs/decisions/0010-policy-tables.md says what is in them and what was mended.

Trade statistics disagree, so a value carries its basis: it is divided by imports of the same basis, and the share is
what the world is charged with. The two are never mixed; `bases` shows both and their ratio.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final, Literal

import numpy as np
import pandas as pd

from detente.data.codes import HERE
from detente.data.products.trade import customs_trade
from detente.data.products.weights import EU
from detente.data.quantities import format_money
from detente.data.world import World
from detente.errors import BadMeasure, UnknownEconomy, UnknownName, UnknownSector, enumerate_names
from detente.inputs import FloatArray
from detente.policy.listed_tables import rated_lists
from detente.policy.measure import Goods, Measure
from detente.policy.partner_lists import EVERYONE
from detente.usual_names import members_of

ROUNDING: Final = 1e-9
"""Share of what is traded by which a value may be over it: the error of sums, never a dollar that somebody meant."""


@dataclass(frozen=True)
class TariffTable:
    """A bundled table: whose tariff on whose goods, and what is in it."""

    name: str
    by: str
    on: str
    kind: Literal["lists", "codes", "partners"]
    source: str
    contains: str


TABLES: Final = {
    table.name: table
    for table in (
        TariffTable(
            "us-on-china-2018-2020",
            "USA",
            "CHN",
            "lists",
            "USTR, lists compiled under the MIT licence by the Budget Lab at Yale; rates from the Federal Register",
            "Section 301, lists 1 to 4A by line, each at its official total, on top of the world's base tariffs; not "
            "List 4B, which never came into force, nor Section 201 (panels, washers) nor Section 232 (metals)",
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
        TariffTable(
            "us-reciprocal-2025",
            "USA",
            EVERYONE,
            "partners",
            "Executive Orders 14257, 14259, 14266, 14298 and 14326, after the tariff schedule",
            "the reciprocal duty of each partner, on top of the ordinary one; partners whose duty is a floor have none",
        ),
        TariffTable(
            "us-labour-2026",
            "USA",
            EVERYONE,
            "partners",
            "USTR, notice of 2026-07-23",
            "the duty of Section 301 on forced labour of each partner; partners whose duty is a floor have none",
        ),
    )
}


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
    kind = find_table(name).kind
    if kind == "lists":
        return rated_lists(name).dates
    if kind == "partners":
        return tuple(sorted({date.fromisoformat(day) for day in _partners(name)["date"]}))
    return tuple(date.fromisoformat(day) for day in levels(name).columns[1:])


@cache
def levels(name: str) -> pd.DataFrame:
    """Tariff levels of a table by code: hs6 (index) × date (ISO text), fractions. The first date is the base."""
    if find_table(name).kind != "codes":
        raise BadMeasure(f"table {name!r} has no levels by code of six digits: only a table by code has")
    return pd.read_parquet(HERE / f"policy/{name}.parquet").drop(columns="basis").set_index("hs6")


def mended(name: str) -> pd.DataFrame:
    """Every rate that differs from the source's: hs6, date, what, published, used (percent), why."""
    stem = find_table(name).name.replace("-2018-2020", "")
    path = HERE / f"policy/{stem}-mended.csv"
    columns = ["hs6", "date", "what", "published", "used", "why"]
    return pd.read_csv(path, dtype={"hs6": str}) if path.is_file() else pd.DataFrame(columns=columns)


def added_by_code(measure: Measure) -> pd.Series[float]:
    """The addition of a measure of a table by code to the base: hs6 (index), fractions; unchanged codes left out."""
    name, day = _named(measure)
    table = levels(name)
    moved = (table[day.isoformat()] - table.iloc[:, 0]).round(6)
    return moved[moved != 0]


def rates_of_lists(measure: Measure) -> dict[str, float]:
    """The addition of a measure of a table of lists to each line in force: code of eight digits → fraction."""
    name, day = _named(measure)
    return rated_lists(name).rates_on(day)


def added_by_partner(measure: Measure) -> dict[str, float]:
    """The addition of a measure of a table by partner to the base of each economy, the members of the EU included."""
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
    return dict.fromkeys(members_of(EU, day), rates[EU]) | rates if EU in rates else rates


@cache
def _partners(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / f"policy/{name}.csv", dtype={"date": str, "economy": str})


def _named(measure: Measure) -> tuple[str, date]:
    if measure.goods.table is None or measure.from_ is None:
        raise BadMeasure(f"measure {measure.id!r} names no table and date: give goods: {{table: ...}} and from")
    return measure.goods.table, measure.from_


def partners(world: World, measure: Measure) -> tuple[str, ...]:
    """The economies whose goods a measure covers, in its order.

    Raises UnknownEconomy for a name the world lacks, BadMeasure where a table has no rate for a partner named.
    """
    spared = measure.exempted
    exempt = (spared.economies if spared is not None else None) or ()
    for name in (measure.by, *exempt, *(name for name in measure.on if name != EVERYONE)):
        if name not in world.economies:
            raise UnknownEconomy(name, world.economies, where=f"measure {measure.id!r}")
    everyone = EVERYONE in measure.on
    named = tuple(code for code in world.economies if code != measure.by) if everyone else measure.on
    if measure.goods.table is not None and check_table(measure).kind == "partners":
        known = added_by_partner(measure)
        missing = [name for name in named if name not in known]
        if missing and not everyone:
            raise BadMeasure(
                f"measure {measure.id!r}: table {measure.goods.table!r} has no rate for {enumerate_names(missing)}; "
                "name others, or write on: all for the partners it has"
            )
        named = tuple(name for name in named if name in known)
    return _without(measure, named, exempt, "which it is not on")


def sectors(world: World, measure: Measure) -> tuple[str, ...]:
    """The goods sectors that a measure's goods can lie in: those it names, else all; exempt ones left out.

    Raises UnknownSector, and BadMeasure for a sector of services.
    """
    goods = measure.goods
    named = goods.sectors or (tuple(goods.sector_rates) if goods.sector_rates is not None else world.goods)
    spared = measure.exempted
    exempt = (spared.sectors if spared is not None else None) or ()
    if named is world.goods and not exempt:
        return named
    for name in (*named, *exempt):
        if name not in world.sectors:
            raise UnknownSector(name, world.sectors, where=f"measure {measure.id!r}")
    services = [name for name in named if name not in world.goods]
    if services:
        raise BadMeasure(f"measure {measure.id!r}: {enumerate_names(services)} is services, which pay no customs duty")
    return _without(measure, named, exempt, "where it has no goods")


def _without(measure: Measure, named: Sequence[str], exempt: Sequence[str], otherwise: str) -> tuple[str, ...]:
    """What a measure names without what it exempts; raises BadMeasure where it exempts what it does not name."""
    if idle := [name for name in exempt if name not in named]:
        raise BadMeasure(f"measure {measure.id!r} exempts {enumerate_names(idle)}, {otherwise}: remove it")
    return tuple(name for name in named if name not in exempt)


@dataclass(frozen=True, eq=False)
class BaseImports:
    """The purchases of an importer from an exporter, goods by sector of the world and in all, USD million a year.

    by_sector (j,): zero for services; total: all goods, those of no sector included; basis: `customs` or `world`.
    """

    importer: str
    exporter: str
    by_sector: FloatArray
    total: float
    basis: str
    note: str | None = None


@dataclass(frozen=True, eq=False)
class Shares:
    """The share of each cell that a measure by value covers: by_sector (j,), of `base` (j,), USD million."""

    id: str
    by_sector: FloatArray
    base: BaseImports
    notes: tuple[str, ...] = ()


def purchases(world: World, importer: str, exporter: str, basis: str) -> BaseImports:
    """The importer's purchases in the base year, in customs figures if they are bundled and asked for.

    Where they are not, the world's own flows are taken, with a note that says so.
    """
    flows = world.flows[world.index(importer), world.index(exporter)]
    goods = np.isin(world.sectors, world.goods)
    own = BaseImports(importer, exporter, np.where(goods, flows, 0.0), float(flows[goods].sum()), "world")
    if basis == "world":
        return own
    found = customs_trade(importer, exporter, world.year) if world.year is not None else None
    if found is not None and set(world.goods) <= set(found.by_sector.index):
        by_sector = np.asarray(found.by_sector.reindex(list(world.sectors), fill_value=0.0), dtype=np.float64)
        return BaseImports(importer, exporter, by_sector, found.total, "customs")
    note = (
        f"no customs figures for what {importer} buys from {exporter} in {world.year or 'the base year'} by the "
        f"sectors of {world.name}: values are shares of the world's own flows, USD {own.total / 1e3:.4g}bn"
    )
    return BaseImports(importer, exporter, own.by_sector, own.total, "world", note)


def value_shares(world: World, importer: str, exporter: str, measure: Measure) -> Shares:
    """The share of each cell of a pair that a measure by value covers: in proportion over partners and sectors.

    Raises BadMeasure where the value is more than what is bought, or codes are exempt from it.
    """
    if measure.exempted is not None and measure.exempted.codes is not None:
        raise BadMeasure(
            f"measure {measure.id!r} is by value, which does not say which codes: exempt sectors, or lower the value"
        )
    names = partners(world, measure)
    basis = measure.goods.basis or "customs"
    each = [purchases(world, importer, name, basis) for name in names]
    if len({found.basis for found in each}) > 1:
        each = [purchases(world, importer, name, "world") for name in names]
    where = sectors(world, measure)
    chosen = np.isin(world.sectors, where)
    whole = set(where) == set(world.goods)
    bought = sum(found.total if whole else float(found.by_sector[chosen].sum()) for found in each)
    value = measure.goods.value or 0.0
    if value > bought * (1 + ROUNDING):
        place = "" if whole else f" of {enumerate_names(where)}"
        raise BadMeasure(
            f"measure {measure.id!r} covers {format_money(value)} of goods, but {importer} bought "
            f"{format_money(round(bought, 1))}{place} from {enumerate_names(names)} ({each[0].basis} figures): "
            f"{format_money(round(value - bought, 1))} cannot be hit; lower the value, or answer by duty or rate"
        )
    mine = each[names.index(exporter)]
    notes = tuple(sorted({found.note for found in each if found.note is not None}))
    return Shares(measure.id, np.where(chosen, min(value / bought, 1.0), 0.0), mine, notes)


def left_over(world: World, slices: Sequence[Shares]) -> FloatArray:
    """The share of each cell of a pair (j,) that no measure by value covers.

    Measures by value are of different goods, so in no cell can they cover more than all: raises BadMeasure where they
    do by more than rounding, `ROUNDING` of the cell; within it, what is left is zero.
    """
    total = np.sum([shares.by_sector for shares in slices], axis=0, initial=0.0) * np.ones(len(world.sectors))
    worst = int(total.argmax())
    if total[worst] <= 1 + ROUNDING:
        left: FloatArray = np.where(total > 1, 0.0, 1.0 - total)
        return left
    base = slices[0].base
    asked = " + ".join(f"{shares.id} {shares.by_sector[worst]:.1%}" for shares in slices)
    short = format_money(round((total[worst] - 1) * base.total, 1))
    raise BadMeasure(
        f"measures by value are of different goods, but in {world.sectors[worst]} they cover {total[worst]:.1%} of "
        f"what {base.importer} buys from {base.exporter} ({asked}): {short} too much in all; lower a value, or answer "
        "by duty or rate"
    )


def bases(world: World, pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """One row a pair: importer, exporter, world, customs (USD million of goods, NaN without), ratio of the two."""
    rows = []
    for importer, exporter in pairs:
        own = purchases(world, importer, exporter, "world").total
        found = purchases(world, importer, exporter, "customs")
        customs = found.total if found.basis == "customs" else np.nan
        rows.append((importer, exporter, own, customs, own / customs))
    return pd.DataFrame(rows, columns=["importer", "exporter", "world", "customs", "ratio"])


def tables_held_already(world: World, measures: Sequence[Measure]) -> list[str]:
    """Sentences on the tables of measures that begin in or before the year of a world, whose tariffs hold them."""
    said = []
    for name in dict.fromkeys(measure.goods.table for measure in measures if measure.goods.table is not None):
        first = table_dates(name)[0].year
        if world.year is not None and world.year >= first and find_table(name).kind != "partners":
            said.append(
                f"table {name!r} counts from January {first}, but the base tariffs of {world.name} hold measures of "
                "that path already: take a world of an earlier year"
            )
    return said
