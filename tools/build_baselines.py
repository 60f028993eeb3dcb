"""US-China baseline tariffs by sector, from the import-weighted monthly series by NAICS3."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from build_worlds import RawWorld

FILES = {("USA", "CHN"): "us-imports-naics3-monthly.csv", ("CHN", "USA"): "us-exports-naics3-monthly.csv"}
"""The series of each direction, importer first."""

FULL_YEARS = ("2015", "2016", "2017", "2018", "2019")


@dataclass(frozen=True)
class Window:
    """Months whose tariffs make a baseline, months whose trade weighs them, and why these."""

    rates: tuple[str, str]
    trade: tuple[str, str]
    why: str


WINDOWS = {
    "icio-2014": Window(
        ("2015-01", "2015-12"), ("2015-01", "2015-12"), "2015, the first year of the series, before any measure"
    ),
    "icio-2017": Window(("2017-01", "2017-12"), ("2017-01", "2017-12"), "2017, before any measure"),
    "icio-2018": Window(
        ("2018-01", "2018-12"), ("2018-01", "2018-12"), "2018, months weighted by trade, measures in force included"
    ),
    "icio-2022": Window(
        ("2020-02", "2020-03"), ("2019-04", "2020-03"), "as of 2020-02-14, weighted by the trade of the year to 2020-03"
    ),
}


def read_series(shared: Path) -> pd.DataFrame:
    """importer, exporter, month (2017-01), naics3, tariff (fraction, NaN where the source has none), trade (USD mn)."""
    frames = []
    for (importer, exporter), file in FILES.items():
        raw = pd.read_csv(shared / "data" / "policy" / file, dtype=str)
        frames.append(
            pd.DataFrame(
                {
                    "importer": importer,
                    "exporter": exporter,
                    "month": raw["time"].str[:7],
                    "naics3": raw["naics3"],
                    "tariff": raw["tariff_trd_w_avg"].astype(float) / 100.0,
                    "trade": raw["china_trade"].astype(float) / 1e6,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def annual_trade(series: pd.DataFrame) -> pd.DataFrame:
    """importer, exporter, year, naics3, value (USD mn, to the dollar): the full years of the series."""
    full = series.assign(year=series["month"].str[:4])
    full = full[full["year"].isin(FULL_YEARS)]
    keys = ["importer", "exporter", "year", "naics3"]
    return full.groupby(keys, as_index=False, sort=True)["trade"].sum().round(6).rename(columns={"trade": "value"})


def baselines(world: RawWorld, window: Window, series: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """importer, exporter, sector, old, new, flow: one row a goods sector and direction; new is NaN where none is found.

    new = Σ weight · trade · tariff / Σ weight · trade over the NAICS3 codes of the sector and the months of the window.
    """
    rates = _within(series, window.rates).dropna(subset="tariff")
    trade = _within(series, window.trade)
    if window.rates != window.trade:  # one rate a code, weighed by the trade of other months
        rates = rates.groupby(["importer", "exporter", "naics3"], as_index=False)["tariff"].mean()
        trade = trade.groupby(["importer", "exporter", "naics3"], as_index=False)["trade"].sum()
        joined = rates.merge(trade, on=["importer", "exporter", "naics3"], validate="one_to_one")
    else:
        joined = rates
    spread = joined.merge(links[links["weight"] > 0], on=["importer", "exporter", "naics3"])
    spread["base"] = spread["weight"] * spread["trade"]
    spread["duty"] = spread["base"] * spread["tariff"]
    sums = spread.groupby(["importer", "exporter", "sector"])[["base", "duty"]].sum()
    rows = []
    for importer, exporter in FILES:
        n, i = world.at(importer, exporter)
        for j, sector in enumerate(world.sectors):
            key = (importer, exporter, sector)
            found = key in sums.index and sums.loc[key, "base"] > 0
            new = round(float(sums.loc[key, "duty"] / sums.loc[key, "base"]), 6) if found else np.nan
            old, flow = float(world.tariffs[n, i, j]), float(world.flows[n, i, j])
            rows.append((*key, old, new, flow))
    return pd.DataFrame(rows, columns=["importer", "exporter", "sector", "old", "new", "flow"])


def apply(world: RawWorld, table: pd.DataFrame) -> RawWorld:
    """The world with the new baselines."""
    tariffs = world.tariffs.copy()
    for row in table.dropna(subset="new").itertuples():
        n, i = world.at(row.importer, row.exporter)
        tariffs[n, i, world.sectors.index(row.sector)] = row.new
    return replace(world, tariffs=tariffs)


def replaced_rows(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """One row a replaced tariff: world, account, importer, exporter, sector, old, new, why."""
    rows = table.dropna(subset="new")
    rows = rows.assign(world=name, account="tariffs", why=f"NAICS3 series: {WINDOWS[name].why}")
    return rows[["world", "account", "importer", "exporter", "sector", "old", "new", "why"]]


def kept_rows(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """One row a tariff that stays as the world file has it: world, importer, exporter, sector, tariff, why."""
    rows = table[table["new"].isna()]
    why = ["services" if sector == "SERV" else "no NAICS3 code trades in this sector" for sector in rows["sector"]]
    rows = rows.assign(world=name, tariff=rows["old"], why=why)
    return rows[["world", "importer", "exporter", "sector", "tariff", "why"]]


def sentences(name: str, table: pd.DataFrame, series: pd.DataFrame) -> dict[str, Any]:
    """What provenance says of it: averages by the world's own trade in goods, old and new, and what was kept."""
    said, notes = [], []
    for (importer, exporter), rows in table.groupby(["importer", "exporter"], sort=False):
        goods = rows[rows["sector"] != "SERV"]
        new = goods["new"].fillna(goods["old"])
        old_mean = float(np.average(goods["old"], weights=goods["flow"]))
        new_mean = float(np.average(new, weights=goods["flow"]))
        said.append(
            f"tariffs of {importer} on {exporter} in {int(goods['new'].notna().sum())} sectors are the averages of the "
            f"monthly NAICS3 series ({WINDOWS[name].why}): on goods {new_mean:.2%} on average, before {old_mean:.2%}"
        )
        kept = goods.loc[goods["new"].isna(), "sector"]
        notes.append(
            f"tariffs of {importer} on {exporter} in {', '.join(kept)} are the source's: no NAICS3 trade there"
        )
    return {"replaced": said, "notes": notes, "halving_points": halving_points(series)}


def halving_points(series: pd.DataFrame) -> float:
    """Percentage points that China's halving of 2020-02-14, missing from the series, takes off its average at most.

    Half of the rise from August to September 2019, weighed by China's purchases of 2019.
    """
    china = series[series["importer"] == "CHN"]
    rate = china.pivot(index="naics3", columns="month", values="tariff")
    weight = china[china["month"].str[:4] == "2019"].groupby("naics3")["trade"].sum()
    rise = ((rate["2019-09"] - rate["2019-08"]) / 2.0).dropna()
    return float(np.average(rise, weights=weight.reindex(rise.index))) * 100.0


def _within(series: pd.DataFrame, months: tuple[str, str]) -> pd.DataFrame:
    first, last = months
    return series[(series["month"] >= first) & (series["month"] <= last)]
