"""Derives the shares by product that ship with the package from the shared folder, the same every time.

    python tools/build_shares.py [--shared DIR] [--out DIR]

The shared folder is found through DETENTE_SHARED (default `../shared` beside the repository). What is written, under
`src/detente/data/products`: usmca-claims.parquet (the share of US imports from Canada and Mexico that claimed USMCA, by
line of ten digits and year), metal-content.parquet (the industry of each line) and metal-content.csv (the metals in the
value of an industry's goods, as the source has them: some come to more than 1, and who reads them clips them).
docs/decisions/0082-law.md says where they are from.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from building import DATA, from_command_line, write_all

YEARS = (2024, 2025)
PARTNERS = {"1220": "CAN", "2010": "MEX"}
"""Codes of the US Census for the partners in USMCA."""
PER_MILLE = 1000
"""Shares of claims are written in thousandths: what they move is under a thousandth of a line's duty."""
METALS = {"steel": "steel_share", "aluminium": "aluminum_share", "copper": "copper_share"}
DIGITS = 6
"""Decimals of the shares of metals, about those of the source's float32."""


def build(shared: Path) -> dict[str, pd.DataFrame]:
    """Every derived table by the name of its file."""
    content = metal_content(shared)
    return {
        "usmca-claims.parquet": usmca_claims(shared),
        "metal-content.parquet": content[["hts10", "industry"]],
        "metal-content.csv": content.drop(columns="hts10").drop_duplicates().sort_values("industry"),
    }


def usmca_claims(shared: Path) -> pd.DataFrame:
    """hts10, partner and a column a year: the share of imports, thousandths; rows without any claim are left out."""
    columns = []
    for year in YEARS:
        raw = pd.read_parquet(shared / "data" / "us-2025" / f"usmca-shares-{year}.parquet")
        partner = raw["census_code"].astype(str).map(PARTNERS)
        index = pd.MultiIndex.from_arrays([raw["hts10"].astype(str), partner], names=["hts10", "partner"])
        columns.append(pd.Series(raw["usmca_share"].to_numpy(), index=index, name=str(year)))
    table = (pd.concat(columns, axis=1).fillna(0.0) * PER_MILLE).round().astype("int16")
    table = table[(table > 0).any(axis=1)].reset_index().sort_values(["hts10", "partner"], ignore_index=True)
    return table.astype({"hts10": "category", "partner": "category"})


def metal_content(shared: Path) -> pd.DataFrame:
    """hts10, industry and a column a metal: lines of equal shares are of one industry, numbered by their shares."""
    raw = pd.read_parquet(shared / "data" / "us-2025" / "metal-content-shares.parquet")
    shares = raw[list(METALS.values())].astype("float64").round(DIGITS)
    shares.columns = list(METALS)
    industry = shares.groupby(list(METALS), sort=True).ngroup().astype("int16").rename("industry")
    return pd.concat([raw["hts10"].astype(str), industry, shares], axis=1).sort_values("hts10", ignore_index=True)


if __name__ == "__main__":
    from_command_line(__doc__, DATA / "products", lambda shared, out: write_all(build(shared), out))
