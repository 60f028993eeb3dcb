"""US import duties by product and partner: the ordinary duty of each HS6, preferences, and the US row of a world.

Products give the duty of a most favoured nation: partners without a preference pay the same on the same code. It is
what customs collected in 2024 from all of them, measures of Sections 201, 232 and 301 apart, per dollar of imports.
Partners with a named arrangement have what was collected from them. For the years of the records by chapter the
products of each partner are those of 2024, weighted so that each chapter gives the duty that customs collected in that
year.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from detente.data.codes import HERE, read_packaged
from detente.data.products.concordance import NO_SECTOR, code_table
from detente.inputs import FloatArray

PRODUCT_YEAR: Final = 2024
"""The year of the records by product."""
SEVERAL: Final = "several"
"""The arrangement of the rest of the world, which is many economies."""
GSP: Final = "GSP"
"""The arrangement whose duties the records by product do not show: it lapsed on 2020-12-31."""
POOL: Final = "MFN"
"""The partner whose products are those of all partners without a preference."""
REST: Final = "ROW"
UNION: Final = "EUN"
"""The European Union in the records by product."""


@cache
def arrangements(year: int) -> dict[str, str]:
    """Partner → the arrangement under which the US took its goods during that year; no entry for MFN partners.

    Where one ended or another began within the year, it is the one of 2 July. A blank `first` is a date before 2014.
    """
    table = read_packaged("duties/us-arrangements.csv")
    middle = f"{year}-07-02"
    held = table[(table["first"] <= middle) & ((table["last"] == "") | (table["last"] >= middle))]
    return dict(zip(held["partner"], held["arrangement"], strict=True))


def product_duties(year: int) -> pd.DataFrame:
    """partner, hs6 (HS 2022), imports (USD million a year), mfn, duty (fractions): US imports and ordinary duties.

    `year` is 2024, the year of the records, or one of 2014, 2017 and 2018, which are known by chapter. `EUN` is the
    European Union; in the years by chapter, its members without records of their own. Measures of Sections 201, 232 and
    301 are no part of `duty`.
    """
    return _product_duties(year).copy()


@cache
def _product_duties(year: int) -> pd.DataFrame:
    trade = _trade()
    if year == PRODUCT_YEAR:
        return of_product_year(trade[trade["partner"] != POOL])
    fits = pd.read_parquet(HERE / "duties/us-fits.parquet")
    return apply_fits(fits[fits["year"] == year], trade, year)


_COLUMNS: Final = ["partner", "hs6", "imports", "mfn", "duty"]


def of_product_year(trade: pd.DataFrame) -> pd.DataFrame:
    """Products and duties of the year of the records: what was collected by preference, else the MFN duty."""
    preferred = trade["partner"].isin(arrangements(PRODUCT_YEAR))
    return trade.assign(duty=trade["own"].where(preferred, trade["mfn"]))[_COLUMNS]


def with_pool(products: pd.DataFrame) -> pd.DataFrame:
    """The products of a year and those of the pool of MFN partners, as `us_row` needs them."""
    trade = _trade()
    return pd.concat([products, of_product_year(trade[trade["partner"] == POOL])], ignore_index=True)


def apply_fits(fits: pd.DataFrame, trade: pd.DataFrame, year: int) -> pd.DataFrame:
    """Products and duties of a year known by chapter; see `docs/decisions/0077-base-tariffs.md`.

    `fits` has a row a partner and chapter: `like`, the partner of 2024 whose products it has; imports; and three
    numbers. The duty of a product is keep · own + blend · (mfn − own), where own is the duty of 2024, at most the MFN
    duty. Its weight in the chapter is its imports of 2024 × exp(tilt · duty ÷ the highest duty of the chapter).
    """
    rows = fits.merge(trade.rename(columns={"partner": "like", "imports": "weight"}), on=["like", "chapter"])
    held = arrangements(year)
    plain = ~rows["partner"].isin(held) | (rows["partner"].map(held) == GSP)
    own = np.where(plain, rows["mfn"], np.minimum(rows["own"], rows["mfn"]))
    duty = rows["keep"] * own + rows["blend"] * (rows["mfn"] - own)
    group = rows.groupby(["partner", "chapter"], sort=False)
    highest = duty.groupby([rows["partner"], rows["chapter"]], sort=False).transform("max")
    weight = rows["weight"] * np.exp(rows["tilt"] * np.where(highest > 0, duty / highest.where(highest > 0, 1.0), 0.0))
    total = weight.groupby([rows["partner"], rows["chapter"]], sort=False).transform("sum")
    assert group.ngroups == len(fits)
    return rows.assign(imports=rows["imports"] * weight / total, duty=duty)[_COLUMNS]


@cache
def _trade() -> pd.DataFrame:
    """partner, hs6, chapter, imports, mfn, own: what the US bought in 2024; own is the duty collected by preference."""
    lines = pd.read_parquet(HERE / "products/us-imports-2024.parquet")
    six = lines["hts10"].astype(str).str[:6]
    frame = pd.DataFrame({"partner": lines["partner"].astype(str), "hs6": six, "imports": lines["imports"] / 1e3})
    mfn = pd.read_parquet(HERE / "duties/us-mfn.parquet").set_index("hs6")["duty"]
    own = pd.read_parquet(HERE / "duties/us-preferential.parquet")
    return trade_of(frame, mfn, own)


def trade_of(lines: pd.DataFrame, mfn: pd.Series[float], own: pd.DataFrame) -> pd.DataFrame:
    """partner, hs6, chapter, imports, mfn, own, with the pool of MFN partners as one more partner."""
    sums = lines.groupby(["partner", "hs6"], sort=True)[["imports"]].sum().reset_index()
    plain = sums[~sums["partner"].isin([*arrangements(PRODUCT_YEAR), "CHN"])]
    pool = plain.groupby("hs6")[["imports"]].sum().reset_index().assign(partner=POOL)
    every = pd.concat([sums, pool], ignore_index=True)
    sums = every.merge(own.rename(columns={"duty": "own"}), on=["partner", "hs6"], how="left")
    sums["mfn"] = sums["hs6"].map(mfn).astype("float64")
    preferred = sums["partner"].isin(arrangements(PRODUCT_YEAR))
    sums["own"] = sums["own"].astype("float64").fillna(0.0).where(preferred, sums["mfn"])
    return sums.assign(chapter=sums["hs6"].str[:2])


@cache
def _links() -> pd.DataFrame:
    return links_of(pd.read_parquet(HERE / "duties/us-mfn.parquet"))


def links_of(codes: pd.DataFrame) -> pd.DataFrame:
    """hs6, sector, weight: codes of HS 2022 in the sectors of their code of HS 2017 (`codes`: hs6, hs2017).

    The sectors are those that lists of products have, so that both leave out the same goods: codes of no sector, and
    chapters 98 and 99.
    """
    table = code_table()
    sectors = table.loc[table["how"] != NO_SECTOR, ["hs6", "sector", "weight"]].rename(columns={"hs6": "hs2017"})
    return pd.DataFrame(codes[["hs6", "hs2017"]].merge(sectors, on="hs2017")[["hs6", "sector", "weight"]])


def by_sector(products: pd.DataFrame, links: pd.DataFrame | None = None) -> pd.DataFrame:
    """partner, sector, imports, revenue, mfn_revenue (USD million a year); goods without a sector are left out."""
    rows = products.merge(_links() if links is None else links, on="hs6")
    value = rows["imports"] * rows["weight"]
    parts = pd.DataFrame(
        {
            "partner": rows["partner"],
            "sector": rows["sector"],
            "imports": value,
            "revenue": value * rows["duty"],
            "mfn_revenue": value * rows["mfn"],
        }
    )
    return parts.groupby(["partner", "sector"], as_index=False, sort=True).sum()


def us_row(
    year: int, economies: tuple[str, ...], sectors: tuple[str, ...], union: frozenset[str], cells: pd.DataFrame
) -> FloatArray:
    """Ordinary US duties (i, j), fractions, on the economies of a world, from the table of `by_sector`.

    A partner without records, and one without trade in a sector, has the MFN duty on the products of all MFN partners;
    under an arrangement, times what its partners paid of the MFN duty. See `records_of` for the rest.
    """
    held = arrangements(year)
    pool = cells[cells["partner"] == POOL].set_index("sector")
    mfn = (pool["mfn_revenue"] / pool["imports"]).reindex(sectors).fillna(0.0)
    row = np.zeros((len(economies), len(sectors)))
    for i, code in enumerate(economies):
        if code == "USA":
            continue
        sums = records_of(code, economies, union, cells)
        own = (sums["revenue"] / sums["imports"].where(sums["imports"] > 0)).reindex(sectors)
        row[i] = own.fillna(mfn * _paid(held.get(code), held, cells)).to_numpy(dtype=np.float64)
    return np.round(row, 6)


def records_of(code: str, economies: tuple[str, ...], union: frozenset[str], cells: pd.DataFrame) -> pd.DataFrame:
    """The sums by sector of the partners that stand for an economy of a world; empty where none does.

    A member of the union without records of its own has those of the union, the rest of the world those of all
    partners outside the world.
    """
    known = set(cells["partner"])
    outside = known - set(economies) - {POOL, UNION}
    like = {code} if code in known else {UNION} if code in union else outside if code == REST else set()
    return cells[cells["partner"].isin(like)].drop(columns="partner").groupby("sector").sum()


def _paid(arrangement: str | None, held: dict[str, str], cells: pd.DataFrame) -> float:
    """What partners under an arrangement paid of the MFN duty on their goods, 1 for none; at most 1."""
    if arrangement is None:
        return 1.0
    same = {code for code, its in held.items() if its == arrangement}
    kinds = {code for code, its in held.items() if "FTA" in its or "TPA" in its}
    rows = cells[cells["partner"].isin(same)]
    rows = cells[cells["partner"].isin(kinds)] if rows.empty else rows
    due = float(rows["mfn_revenue"].sum())
    return min(1.0, float(rows["revenue"].sum()) / due) if due > 0 else 1.0
