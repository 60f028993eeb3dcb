"""US measures in force by partner and sector: those collected in 2024 by product, those of 2018 by chapter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import us_customs
from detente.data.us_duties import REST
from us_customs import AUTHORITIES, Products, covered, measures, reaches


def of_products(records: Products, links: pd.DataFrame) -> pd.DataFrame:
    """partner, sector and a column an authority: USD million collected in 2024, at least 0."""
    lines = records.lines.groupby(["partner", "hs6"], as_index=False)[list(AUTHORITIES)].sum()
    rows = lines.merge(links, on="hs6")
    rows[list(AUTHORITIES)] = rows[list(AUTHORITIES)].mul(rows["weight"], axis=0)
    sums = rows.groupby(["partner", "sector"], as_index=False)[list(AUTHORITIES)].sum()
    sums[list(AUTHORITIES)] = sums[list(AUTHORITIES)].clip(lower=0.0)
    return sums


def of_chapters(before: pd.DataFrame, targets: pd.DataFrame, made: pd.DataFrame) -> pd.DataFrame:
    """partner, chapter and a column an authority: USD million that measures of the year collected.

    It is what a chapter collected above its rate of the year before, and at most what the law asks for on the products
    of the partner (`made`, by `due`), whose products of that year are not known exactly. Nearly all that China sells is
    on a list, so that there the law sets no bound. Where two authorities meet it is divided as the law's amounts are.
    """
    keys = ["partner", "chapter"]
    made = made.assign(chapter=made["hs6"].str[:2])
    made["partner"] = made["partner"].where(made["partner"].isin(targets["partner"]), REST)
    due = made.groupby(keys, as_index=False)[list(AUTHORITIES)].sum()
    rate = (before.set_index(keys)["duty"] / before.set_index(keys)["imports"]).rename("rate")
    rows = targets.set_index(keys).join(rate).join(due.set_index(keys)).fillna(0.0)
    asked = rows[list(AUTHORITIES)].sum(axis=1)
    above = (rows["duty"] - rows["rate"] * rows["imports"]).clip(lower=0.0)
    china = rows.index.get_level_values("partner") == "CHN"
    share = np.where(china, above, np.minimum(above, asked)) / asked.where(asked > 0, 1.0)
    return rows[list(AUTHORITIES)].mul(share, axis=0).reset_index()


def due(products: pd.DataFrame, shared: Path, year: int) -> pd.DataFrame:
    """The products with a column an authority: USD million that the law of a year asks for, months counted.

    Section 301 reaches the part of a code of six digits that its lines on the list had of the imports of 2024.
    """
    part = _listed(shared)
    made = products.assign(**dict.fromkeys(AUTHORITIES, 0.0))
    for row in measures(year).itertuples():
        listed = row.authority == "section-301"
        inside = made["hs6"].map(part[row.codes]).fillna(0.0) if listed else covered(made["hs6"], row.codes)
        reached = made["partner"].map(lambda code, row=row: reaches(row, code))
        made[row.authority] += made["imports"] * inside * reached * row.rate * row.part
    return made


def _listed(shared: Path) -> dict[str, pd.Series]:
    """List → HS6 → the part of what the US bought of it from China in 2024 that is on the list."""
    lines = us_customs.read_lines(shared)
    china = lines[lines["partner"] == "CHN"]
    lists = pd.read_csv(shared / "data" / "policy" / "section-301-lists-hts8.csv", dtype=str)
    first = lists.drop_duplicates("hts8").set_index("hts8")["list"]
    of = china["hts10"].str[:8].map(first)
    total = china.groupby("hs6")["imports"].sum()
    return {name: china[of == name].groupby("hs6")["imports"].sum() / total for name in ("1", "2", "3")}


def spread(amounts: pd.DataFrame, made: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """partner, sector and a column an authority: amounts by chapter, divided among products as `due` made them."""
    made = made.assign(chapter=made["hs6"].str[:2])
    rows = made.merge(amounts, on=["partner", "chapter"], suffixes=("", "_sum")).merge(links, on="hs6")
    whole = made.groupby(["partner", "chapter"])[list(AUTHORITIES)].sum()
    index = pd.MultiIndex.from_frame(rows[["partner", "chapter"]])
    for authority in AUTHORITIES:
        of = whole[authority].reindex(index).to_numpy()
        part = np.divide(rows[authority], of, out=np.zeros(len(rows)), where=of > 0)
        rows[authority] = part * rows[f"{authority}_sum"] * rows["weight"]
    return rows.groupby(["partner", "sector"], as_index=False)[list(AUTHORITIES)].sum()


def rest_divided(amounts: pd.DataFrame, made: pd.DataFrame) -> pd.DataFrame:
    """The amounts with those of the partners without records divided among them, as the law asks of each."""
    rest = amounts[amounts["partner"] == REST].set_index("chapter")
    named = set(amounts["partner"]) - {REST}
    others = made[~made["partner"].isin(named)].assign(chapter=made["hs6"].str[:2])
    asked = others.groupby(["partner", "chapter"])[list(AUTHORITIES)].sum()
    whole = asked.groupby("chapter").transform("sum")
    paid = rest[list(AUTHORITIES)].reindex(asked.index.get_level_values("chapter")).fillna(0.0).to_numpy()
    part = asked.div(whole.where(whole > 0, 1.0)) * paid
    return pd.concat([amounts[amounts["partner"] != REST], part.reset_index()], ignore_index=True)
