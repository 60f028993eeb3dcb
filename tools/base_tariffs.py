"""Base tariffs of the worlds: each importer held against its weighted mean, the US row from customs, measures apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import build_baselines
import us_customs
import us_measures
from build_worlds import RawWorld
from detente.data import us_duties
from detente.data.base_rules import scaled
from detente.usual_names import members_of
from us_customs import AUTHORITIES

US_YEAR = {"icio-2014": 2014, "icio-2017": 2017, "icio-2018": 2018, "icio-2022": 2024}
"""The year of the customs records of each world; nothing nearer to 2022 than 2024 is at hand."""
UNION = "EUN"
FACTOR = 1.1
"""An importer is scaled where its mean is off the published one by more than this factor."""
APART = 1.25
"""An importer that is off by more than this factor after scaling has its reason in the table."""
FAULTS = {("USA", "2019")}
"""Figures of the source that are at fault."""


@dataclass(frozen=True)
class BaseTariffs:
    """What a world stores beside its accounts, and the tables that say where it is from.

    factors (n,): of the ordinary tariffs of each importer; usa (i, j): ordinary US duties, and recorded, where they are
    of the partner's own records; in_force: authority, importer, exporter, sector, rate; importers: a row an importer;
    collected: the row of the US customs records.
    """

    factors: np.ndarray
    usa: np.ndarray
    recorded: np.ndarray
    in_force: pd.DataFrame
    importers: pd.DataFrame
    collected: dict[str, float]


@dataclass(frozen=True)
class Customs:
    """The US customs records, read and taken apart once: products of 2024, their trade, and links to sectors."""

    records: us_customs.Products
    trade: pd.DataFrame
    links: pd.DataFrame


def read_customs(shared: Path) -> Customs:
    """The records of 2024 by product, as all years use them."""
    records = us_customs.products(shared)
    lines = records.lines.groupby(["partner", "hs6"], as_index=False)["imports"].sum()
    trade = us_duties.trade_of(lines, records.mfn.set_index("hs6")["duty"], records.own)
    return Customs(records, trade, us_duties.links_of(records.mfn))


def union_of(year: int) -> frozenset[str]:
    """The members of the European Union at the end of a year."""
    return frozenset(members_of(UNION, f"{year}-12-31"))


def us_cells(
    world: RawWorld, year: int, customs: Customs, shared: Path
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Partner × sector sums of ordinary duties and of measures (USD million), and the fits of a year by chapter."""
    every = us_duties.of_product_year(customs.trade)
    if year == us_duties.PRODUCT_YEAR:
        measured = us_measures.of_products(customs.records, customs.links)
        return us_duties.by_sector(every, customs.links), measured, pd.DataFrame()
    others = _union_rest(world)
    targets = us_customs.chapters(shared, year)
    measured = pd.DataFrame(columns=["partner", "sector", *AUTHORITIES])
    if not us_customs.measures(year).empty:
        plain = us_customs.fits(targets, customs.trade, year, others).assign(tilt=0.0)
        made = us_measures.due(us_duties.apply_fits(plain, customs.trade, year), shared, year)
        amounts = us_measures.of_chapters(us_customs.chapters(shared, year - 1), targets, made)
        measured = us_measures.spread(us_measures.rest_divided(amounts, made), made, customs.links)
        keys = ["partner", "chapter"]
        taken = amounts.set_index(keys)[list(AUTHORITIES)].sum(axis=1).rename("taken")
        targets = targets.join(taken, on=keys).fillna({"taken": 0.0})
        targets = targets.assign(duty=targets["duty"] - targets["taken"]).drop(columns="taken")
    fits = us_customs.fits(targets, customs.trade, year, others)
    products = us_duties.apply_fits(fits, customs.trade, year)
    both = pd.concat([products, every[every["partner"] == us_duties.POOL]], ignore_index=True)
    return us_duties.by_sector(both, customs.links), measured, fits


def _union_rest(world: RawWorld) -> float:
    """The part of US purchases of goods from the union, the United Kingdom apart, that members without records sell."""
    usa = world.economies.index("USA")
    members = sorted(union_of(max(US_YEAR.values())))
    sold = {code: float(world.flows[usa, world.economies.index(code), :-1].sum()) for code in members}
    return 1.0 - sum(sold[code] for code in us_customs.IN_UNION) / sum(sold.values())


def us_in_force(world: RawWorld, cells: pd.DataFrame, measured: pd.DataFrame, union: frozenset[str]) -> pd.DataFrame:
    """authority, importer, exporter, sector, rate: what measures added to US duties, per dollar of imports."""
    rows = []
    both = cells.merge(measured, on=["partner", "sector"], how="left").fillna(0.0)
    for code in world.economies:
        if code == "USA":
            continue
        sums = us_duties.records_of(code, world.economies, union, both)
        for sector, line in sums.iterrows():
            rows += [
                (authority, "USA", code, sector, round(line[authority] / line["imports"], 6))
                for authority in AUTHORITIES
                if line["imports"] > 0 and round(line[authority] / line["imports"], 6) > 0
            ]
    return pd.DataFrame(rows, columns=["authority", "importer", "exporter", "sector", "rate"])


def collected_row(world: RawWorld, year: int, cells: pd.DataFrame, measured: pd.DataFrame, shared: Path) -> dict:
    """year, imports, duty of all goods and of those with a sector, ordinary duty and measures (USD million)."""
    if year == us_duties.PRODUCT_YEAR:
        lines = us_customs.read_lines(shared)
        imports, duty = lines["imports"].sum(), lines["duty"].sum()
    else:
        table = us_customs.chapters(shared, year)
        imports, duty = table["imports"].sum(), table["duty"].sum()
    real = cells[cells["partner"] != us_duties.POOL]
    parts = {authority: round(float(measured[authority].sum()), 3) for authority in AUTHORITIES}
    ordinary = float(real["revenue"].sum())
    return {
        "importer": "USA", "year": year, "imports": round(float(imports), 3), "duty": round(float(duty), 3),
        "placed_imports": round(float(real["imports"].sum()), 3),
        "placed_duty": round(ordinary + sum(parts.values()), 3), "ordinary": round(ordinary, 3), **parts,
    }  # fmt: skip


def importers(name: str, world: RawWorld, shared: Path, usa: np.ndarray, collected: dict) -> pd.DataFrame:
    """A row an importer: its mean ordinary tariff, the published mean, the factor applied, the mean after, the reason.

    Means are weighted by the imports of goods of the world, for members of the union those from outside it.
    """
    means = published(shared)
    union = union_of(world.year)
    rows = []
    member = np.array([code in union for code in world.economies])
    for n, code in enumerate(world.economies):
        year, reference = nearest(means, "EUU" if code in union else code, world.year)
        before = _mean(world, [n], _abroad(world, [n], union), world.tariffs)
        rows.append((code, code in union, year, reference, before))
    table = pd.DataFrame(rows, columns=["importer", "member", "year", "reference", "before"])
    common = _mean(world, np.flatnonzero(member).tolist(), ~member, world.tariffs)
    measured = table["before"].where(~table["member"], common)
    off = np.maximum(measured / table["reference"], table["reference"] / measured) > FACTOR
    off |= (table["reference"] == 0) & (measured > 0)
    members = np.flatnonzero(member).tolist()
    table["factor"] = 1.0
    for n in np.flatnonzero(off & ~member):
        table.loc[n, "factor"] = round(_factor(world, [int(n)], table.loc[n, "reference"], union), 6)
    if off[members[0]]:
        table.loc[member, "factor"] = round(_factor(world, members, table.loc[members[0], "reference"], union), 6)
    tariffs = scaled(world.tariffs, table["factor"].to_numpy())
    table["after"] = [_mean(world, [n], _abroad(world, [n], union), tariffs) for n in range(len(table))]
    return _told(name, table, world, usa, collected)


def _factor(world: RawWorld, at: list[int], reference: float, union: frozenset[str]) -> float:
    """The factor at which the mean of a row, or of the rows of the union, is the published one."""
    abroad = _abroad(world, at, union)
    flows = world.flows[at][:, abroad, :-1].astype(np.float64)
    simple = world.tariffs[at][:, abroad, :-1]
    low, high = 0.0, 1e4
    for _ in range(80):
        middle = (low + high) / 2
        mean = (flows * scaled(simple, np.full(len(at), middle))).sum() / flows.sum()
        low, high = (middle, high) if mean < reference else (low, middle)
    return (low + high) / 2


def _abroad(world: RawWorld, at: list[int], union: frozenset[str]) -> np.ndarray:
    """Which exporters are abroad for importers: outside the union for its members."""
    if world.economies[at[0]] in union:
        return np.array([code not in union for code in world.economies])
    return np.arange(len(world.economies)) != at[0]


def _mean(world: RawWorld, at: list[int], abroad: np.ndarray, tariffs: np.ndarray) -> float:
    flows = world.flows[at][:, abroad, :-1].astype(np.float64)
    return float((flows * tariffs[at][:, abroad, :-1]).sum() / flows.sum())


def _told(name: str, table: pd.DataFrame, world: RawWorld, usa: np.ndarray, collected: dict) -> pd.DataFrame:
    """The table with the US by its customs records, and why an importer that is still off is."""
    at = world.economies.index("USA")
    flows = world.flows[at, :, :-1].astype(np.float64)
    flows[at] = 0.0
    us = table["importer"] == "USA"
    table["reference"] = table["reference"].where(~us, collected["ordinary"] / collected["placed_imports"])
    table["year"] = table["year"].where(~us, collected["year"])
    table["after"] = table["after"].where(~us, float((flows * usa[:, :-1]).sum() / flows.sum()))
    off = apart(table["after"], table["reference"])
    table["reason"] = ""
    table.loc[off & table["member"], "reason"] = (
        "one tariff in the union: what this member buys from outside differs from what the union buys"
    )
    table.loc[off & us, "reason"] = "the world's composition of US imports differs from that at customs"
    table.loc[table["reference"].isna(), "reason"] = "no published mean"
    table.insert(0, "world", name)
    numbers = ["reference", "before", "after"]
    table[numbers] = table[numbers].round(6)
    table["member"] = np.where(table["member"], "EUN", "")
    return table.astype({"year": "Int64"}).rename(columns={"member": "union"})


def apart(ours: pd.Series, published: pd.Series) -> pd.Series:
    """Which means differ from the published ones by more than APART; false where none is published."""
    return np.maximum(ours, published) > APART * np.minimum(ours, published)


def published(shared: Path) -> pd.DataFrame:
    """Economy × year: the weighted mean of applied tariffs, a fraction; faults of the source left out."""
    table = pd.read_csv(shared / "data" / "tariffs" / "weighted-mean-applied-percent.csv").set_index("economy") / 100
    for code, year in FAULTS:
        table.loc[code, year] = np.nan
    return table


def nearest(means: pd.DataFrame, code: str, year: int) -> tuple[float, float]:
    """The year and the figure nearest to a year, the earlier of two; NaN where there is none."""
    if code not in means.index:
        return np.nan, np.nan
    known = means.loc[code].dropna()
    if known.empty:
        return np.nan, np.nan
    years = known.index.astype(int)
    best = min(years, key=lambda its: (abs(its - year), its))
    return float(best), float(known[str(best)])


def build(
    name: str,
    world: RawWorld,
    customs: Customs,
    china: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    shared: Path,
) -> tuple[BaseTariffs, pd.DataFrame]:
    """The base tariffs of a world, and the fits of its year.

    `china` is the series by NAICS3, its links to sectors, and what China's answers add by month (`additional`).
    """
    series, naics3, added = china
    year, union = US_YEAR[name], union_of(world.year)
    cells, measured, fits = us_cells(world, year, customs, shared)
    usa = us_duties.us_row(year, world.economies, world.sectors, union, cells)
    collected = collected_row(world, year, cells, measured, shared)
    table = importers(name, world, shared, usa, collected)
    answers = build_baselines.answers(name, world, series, naics3, added)
    in_force = pd.concat([us_in_force(world, cells, measured, union), answers], ignore_index=True)
    recorded = _recorded(world, cells, union)
    return BaseTariffs(table["factor"].to_numpy(), usa, recorded, in_force, table, collected), fits


def _recorded(world: RawWorld, cells: pd.DataFrame, union: frozenset[str]) -> np.ndarray:
    """(i, j): whether customs recorded trade of the exporter, or of those that stand for it, in the sector."""
    found = np.zeros((len(world.economies), len(world.sectors)), dtype=bool)
    for i, code in enumerate(world.economies):
        sums = us_duties.records_of(code, world.economies, union, cells)
        traded = sums.index[sums["imports"] > 0] if len(sums) else []
        found[i] = np.isin(world.sectors, list(traded))
    return found
