"""Derives the tables of products that ship with the package from the shared folder, the same every time.

    python tools/build_products.py [--shared DIR] [--out DIR]

The shared folder is found through DETENTE_SHARED (default `../shared` beside the repository). What is written, under
`src/detente/data/products`: editions.parquet (each HS 2022 code with its codes of HS 2017 and HS 2012),
us-imports-2024.parquet (US imports by line of ten digits and partner), us-chapters-2014-2019.parquet (US imports by
chapter, year and partner) and descriptions.parquet. docs/decisions/0080-products.md says why each step is as it is.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from building import DATA, from_command_line, write_all

SLOVAKIA, EUROPEAN_UNION = "SVK", "EUN"
"""The source counts Slovakia apart from the European Union."""
ALL = "ALL"
"""The sum over every country, in the table by chapter."""
CENSUS = {
    "1220": "CAN",
    "2010": "MEX",
    "3510": "BRA",
    "4120": "GBR",
    "4190": "IRL",
    "4279": "FRA",
    "4280": "DEU",
    "4419": "CHE",
    "4759": "ITA",
    "5081": "ISR",
    "5170": "SAU",
    "5330": "IND",
    "5490": "THA",
    "5520": "VNM",
    "5570": "MYS",
    "5590": "SGP",
    "5700": "CHN",
    "5800": "KOR",
    "5830": "TWN",
    "5880": "JPN",
    "-": ALL,
}
"""Codes of the US Census for the partners of the table by chapter."""
NOT_A_PRODUCT = "999999"
"""What the conversion tables call goods that are not classified."""
EXPORT_LISTS = (
    "canada-on-us-2025-03-04.csv",
    "canada-steel-on-us-2025-03-13.csv",
    "china-10-on-us-2025-03-10.csv",
    "china-15-on-us-2025-03-10.csv",
)
"""Lists whose descriptions are those of US exports by HS6."""


def build(shared: Path) -> dict[str, pd.DataFrame]:
    """Every derived table by the name of its file."""
    return {
        "editions.parquet": editions(shared),
        "us-imports-2024.parquet": imports_by_line(shared),
        "us-chapters-2014-2019.parquet": imports_by_chapter(shared),
        "descriptions.parquet": descriptions(shared),
    }


def editions(shared: Path) -> pd.DataFrame:
    """hs2022, hs2017, hs2012: one row a code of HS 2022, and one (hs2022 empty) for a code of HS 2017 without one.

    The tables of the UN name one code of the older edition for each code of the newer one.
    """
    folder = shared / "data" / "concordance"
    later = pd.read_csv(folder / "hs2022-hs2017.csv", dtype=str)
    earlier = pd.read_csv(folder / "hs2017-hs2012.csv", dtype=str)
    table = later.merge(earlier, on="hs2017", how="outer", validate="many_to_one").fillna("")
    table = table[table["hs2017"] != NOT_A_PRODUCT]
    return table[["hs2022", "hs2017", "hs2012"]].sort_values(["hs2017", "hs2022"], ignore_index=True)


def imports_by_line(shared: Path) -> pd.DataFrame:
    """hts10, partner, imports: US imports for consumption of 2024, thousand USD; under 500 USD is left out.

    Slovakia is in the European Union.
    """
    folder = shared / "data" / "us-2025"
    raw = pd.read_parquet(folder / "us-imports-hts10-2024.parquet")
    names = pd.read_csv(folder / "partners.csv", dtype=str).set_index("census_code")["iso3"]
    partner = raw["census_code"].astype(str).map(names).replace(SLOVAKIA, EUROPEAN_UNION)
    rows = pd.DataFrame({"hts10": raw["hts10"].astype(str), "partner": partner, "imports": raw["imports_usd"]})
    sums = rows.groupby(["hts10", "partner"], as_index=False)["imports"].sum()
    sums["imports"] = (sums["imports"] / 1000).round().astype("int32")
    sums = sums[sums["imports"] > 0].sort_values(["hts10", "partner"], ignore_index=True)
    return sums.astype({"hts10": "category", "partner": "category"})


def imports_by_chapter(shared: Path) -> pd.DataFrame:
    """chapter, year, partner, imports: US imports for consumption of whole years, thousand USD; partner ALL is all."""
    raw = pd.read_csv(shared / "data" / "policy" / "us-imports-hs2-annual-2014-2019.csv", dtype=str)
    raw = raw[raw["months"] == "12"]
    table = pd.DataFrame(
        {
            "chapter": raw["hs2"],
            "year": raw["year"].astype("int16"),
            "partner": raw["census_code"].map(CENSUS),
            "imports": (raw["imports_usd"].astype("int64") / 1000).round().astype("int32"),
        }
    )
    return table.sort_values(["partner", "year", "chapter"], ignore_index=True)


def descriptions(shared: Path) -> pd.DataFrame:
    """hs6, description: in words of the US tariff schedule, else in those of US exports; no code without one."""
    policy, lists = shared / "data" / "policy", shared / "data" / "us-2025" / "lists"
    parts = [pd.read_csv(policy / "us-on-china-hs6-2018-2020.csv", dtype=str)]
    parts += [pd.read_csv(lists / name, dtype=str) for name in EXPORT_LISTS]
    rows = pd.concat([part[["hs6", "description"]] for part in parts], ignore_index=True)
    rows["description"] = rows["description"].fillna("").str.split().str.join(" ")
    rows = rows[rows["description"] != ""].drop_duplicates("hs6")
    return rows.sort_values("hs6", ignore_index=True)


if __name__ == "__main__":
    from_command_line(__doc__, DATA / "products", lambda shared, out: write_all(build(shared), out))
