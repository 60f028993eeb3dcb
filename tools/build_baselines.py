"""China's additional duties on US goods by sector, from the import-weighted monthly series by NAICS3."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import build_policy
from build_worlds import RawWorld

FILES = {("USA", "CHN"): "us-imports-naics3-monthly.csv", ("CHN", "USA"): "us-exports-naics3-monthly.csv"}
"""The series of each direction, importer first."""
FULL_YEARS = ("2015", "2016", "2017", "2018", "2019")
BEFORE = ("2018-01", "2018-03")
"""Months before any answer."""
GENERAL = {"2018-05-01": "2018-05", "2018-07-01": "2018-07", "2018-11-01": "2018-11", "2019-01-02": "2019-01"}
"""Dates on which China changed its ordinary duties, and the month from which the series has them."""
SUSPENDED = 5.0
"""Points: a larger fall on 2019-01-02 is the suspension of the answer on cars, not a change of an ordinary duty."""
RAISED = ("2019-08", "2019-09")
"""The months around what China halved on 2020-02-14, which the series does not show."""
AUTHORITY = "china-answers"
WINDOWS = {"icio-2018": (("2018-01", "2018-12"), ("2018-01", "2018-12")),
           "icio-2022": (("2020-02", "2020-03"), ("2019-04", "2020-03"))}  # fmt: skip
"""World → the months of the rates and of the trade that weighs them: 2018 by month, and as of 2020-02-14."""


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


def additional(series: pd.DataFrame, shared: Path) -> pd.DataFrame:
    """Month × NAICS3: what China's answers add to its duty on US goods, a fraction.

    The level of the series less its level before any answer and less what ordinary duties changed since. From
    2020-02 half of what was added on 2019-09-01 is taken off.
    """
    level = series[series["importer"] == "CHN"].pivot(index="month", columns="naics3", values="tariff")
    before = level.loc[BEFORE[0] : BEFORE[1]].mean()
    changed = _ordinary_changes(shared).reindex(level.columns).fillna(0.0)
    since = pd.DataFrame(0.0, index=level.index, columns=level.columns)
    for date, month in GENERAL.items():
        since.loc[since.index >= month] += changed[date]
    halved = (level.loc[RAISED[1]] - level.loc[RAISED[0]]).clip(lower=0.0) / 2
    since.loc[since.index >= "2020-02"] += halved.fillna(0.0)
    return (level - before - since).clip(lower=0.0)


def _ordinary_changes(shared: Path) -> pd.DataFrame:
    """NAICS3 × date: how China's ordinary duties changed, a fraction; codes of an industry weigh the same."""
    raw = build_policy.wide(shared, "china-on-us-hs6-2018-2020.csv")
    filled, _ = build_policy.china_on_us(raw)
    codes = build_policy.code_table(shared, raw.index).set_index("hs6")[["naics3", "weight"]]
    dates = [column for column in filled.columns if column[:1] == "2"]
    steps = filled[dates].diff(axis=1)[list(GENERAL)] / 100.0
    steps["2019-01-02"] = steps["2019-01-02"].where(steps["2019-01-02"] > -SUSPENDED / 100.0, 0.0)
    joined = codes.join(steps, how="inner").fillna(0.0)
    weighted = joined[list(GENERAL)].mul(joined["weight"], axis=0).groupby(joined["naics3"]).sum()
    return weighted.div(joined.groupby("naics3")["weight"].sum(), axis=0)


def answers(name: str, world: RawWorld, series: pd.DataFrame, links: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    """authority, importer, exporter, sector, rate of China's answers in a world; empty before 2018.

    rate = Σ weight · trade · additional ÷ Σ weight · trade over the NAICS3 codes of the sector and the months; `added`
    is what `additional` found.
    """
    columns = ["authority", "importer", "exporter", "sector", "rate"]
    if name not in WINDOWS:
        return pd.DataFrame(columns=columns)
    rates, months = WINDOWS[name]
    table = added.stack().rename("rate").reset_index()
    bought = series[(series["importer"] == "CHN") & series["month"].between(*months)]
    if rates == months:
        joined = bought.merge(table, on=["month", "naics3"])
    else:
        mean = table[table["month"].between(*rates)].groupby("naics3", as_index=False)["rate"].mean()
        joined = bought.groupby("naics3", as_index=False)["trade"].sum().merge(mean, on="naics3")
    mine = links[(links["importer"] == "CHN") & (links["weight"] > 0)]
    spread = joined.merge(mine[["naics3", "sector", "weight"]], on="naics3")
    spread["base"] = spread["weight"] * spread["trade"]
    sums = spread.assign(duty=spread["base"] * spread["rate"]).groupby("sector")[["base", "duty"]].sum()
    found = (sums["duty"] / sums["base"].where(sums["base"] > 0)).fillna(0.0).round(6)
    rows = [(AUTHORITY, "CHN", "USA", code, float(found[code])) for code in world.sectors if found.get(code, 0.0) > 0]
    return pd.DataFrame(rows, columns=columns)


def average(table: pd.DataFrame, world: RawWorld) -> float:
    """The mean of rates of a pair, weighted by the world's own trade in goods."""
    usa, chn = world.at("USA", "CHN")
    flow = dict(zip(world.sectors[:-1], world.flows[chn, usa, :-1].astype(np.float64), strict=True))
    return float(sum(flow[row.sector] * row.rate for row in table.itertuples()) / sum(flow.values()))
