"""Derives the tables of persons and households that ship with the package, the same every time.

    python tools/build_households.py [--shared DIR] [--out DIR]

The shared folder is found through DETENTE_SHARED (default `../shared` beside the repository). What is written, under
`src/detente/data/households`: persons.csv (persons by economy and year) and us-deciles.csv (the consumption of each
income decile of US households by sector of the worlds). It reads nipa-kinds.csv and bea-sectors.csv there, which are
not written here: the kind of consumption of each line of the national accounts, and the sector of each commodity.
docs/decisions/0091-prices-and-people.md says how.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from building import DATA, from_command_line, write_all

HOUSEHOLDS = DATA / "households"
SERVICES = "SERV"
"""The sector of trade and transport, whose margins lie between what producers receive and what buyers pay."""
DECILES = tuple(f"d{k}" for k in range(1, 11))
DIGITS = 9
"""Decimals of USD billion: a dollar."""


def build(shared: Path) -> dict[str, pd.DataFrame]:
    """Every derived table by the name of its file."""
    return {"persons.csv": persons(shared), "us-deciles.csv": deciles(shared)}


def persons(shared: Path) -> pd.DataFrame:
    """economy, year, persons; economies that the source lacks are left out."""
    wide = pd.read_csv(shared / "data" / "worlds" / "population.csv", dtype={"economy": str})
    table = wide.melt("economy", var_name="year", value_name="persons").dropna()
    return table.astype({"year": int, "persons": "int64"}).sort_values(["economy", "year"], ignore_index=True)


def bridge(shared: Path) -> pd.DataFrame:
    """kind, sector, usd_mn of 2024: what buyers pay for each kind of consumption, by the sector that receives it.

    Producers' values go to the sector of the commodity; trade and transport margins to `SERVICES`.
    """
    raw = pd.read_csv(shared / "data" / "households" / "us-pce-bridge-bea-commodities.csv", dtype={"nipa_line": str})
    kinds = pd.read_csv(HOUSEHOLDS / "nipa-kinds.csv", dtype=str).set_index("nipa_line")["kind"]
    sectors = pd.read_csv(HOUSEHOLDS / "bea-sectors.csv", dtype=str, keep_default_na=False)
    by_line = sectors.set_index(["bea_code", "nipa_line"])["sector"]
    rows = raw.assign(
        kind=raw["nipa_line"].map(kinds),
        sector=[
            by_line.get((code, line), by_line[(code, "")])
            for code, line in zip(raw["bea_code"], raw["nipa_line"], strict=True)
        ],
        margin=raw["purchasers_value"] - raw["producers_value"],
    )
    margins = rows.assign(sector=SERVICES)[["kind", "sector", "margin"]].rename(columns={"margin": "usd_mn"})
    goods = rows[["kind", "sector", "producers_value"]].rename(columns={"producers_value": "usd_mn"})
    return pd.concat([goods, margins]).groupby(["kind", "sector"], as_index=False)["usd_mn"].sum()


def deciles(shared: Path) -> pd.DataFrame:
    """sector, group, usd_bn: consumption of 2023 by decile and sector, the sectors of a kind as in the bridge.

    Shares of deciles are divided by their sum, which rounding in the source leaves a few hundredths off 100.
    """
    kinds = pd.read_csv(shared / "data" / "households" / "us-pce-by-income-decile-2023.csv").set_index("pce_title")
    shares = kinds[list(DECILES)].div(kinds[list(DECILES)].sum(axis=1), axis=0)
    spent = bridge(shared).pivot(index="kind", columns="sector", values="usd_mn").fillna(0.0).loc[kinds.index]
    by_sector = spent.div(spent.sum(axis=1), axis=0).mul(kinds["total_billions"], axis=0)
    amounts = by_sector.to_numpy().T @ shares.to_numpy()
    return pd.DataFrame(
        {
            "sector": np.repeat(by_sector.columns, len(DECILES)),
            "group": np.tile(np.arange(1, 11), len(by_sector.columns)),
            "usd_bn": amounts.round(DIGITS).ravel(),
        }
    )


if __name__ == "__main__":
    from_command_line(__doc__, HOUSEHOLDS, lambda shared, out: write_all(build(shared), out))
