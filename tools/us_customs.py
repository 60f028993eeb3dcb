"""What US customs recorded: ordinary duties by product, measures in force apart, and fits to the records by chapter."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from detente.data import us_duties
from detente.data.codes import read_packaged
from detente.data.us_duties import GSP, POOL, PRODUCT_YEAR, UNION, arrangements

PARTNERS = {
    "1220": "CAN", "2010": "MEX", "3510": "BRA", "4120": "GBR", "4190": "IRL", "4279": "FRA", "4280": "DEU",
    "4419": "CHE", "4759": "ITA", "5081": "ISR", "5170": "SAU", "5330": "IND", "5490": "THA", "5520": "VNM",
    "5570": "MYS", "5590": "SGP", "5700": "CHN", "5800": "KOR", "5830": "TWN", "5880": "JPN", "-": "ALL",
}  # fmt: skip
"""Codes of the US Census for the partners of the records by chapter."""
IN_UNION = ("IRL", "FRA", "DEU", "ITA")
"""Those of them whose products of 2024 are those of the European Union."""
AUTHORITIES = ("section-201", "section-232", "section-301")
LISTED = 0.25
"""The rate of most lines under Section 301 in 2024; it only divides what was collected among authorities."""
RUSSIAN_ALUMINIUM = 2.0
"""The rate of Section 232 on aluminium of Russia (Proclamation 10522)."""
STEEPEST = 20.0
"""The largest tilt in either direction: the cheapest product against the dearest is moved by exp(20)."""
FLAT = 0.0005
"""Where the products of a chapter differ in duty by less, no tilt could say anything."""


@dataclass(frozen=True)
class Products:
    """The records of 2024 by product, taken apart.

    lines: partner, hts10, hs6, imports, duty, ordinary and a column an authority (USD million), which sum to duty but
    for differences within a code of six digits; mfn: hs6, hs2017, duty; own: partner, hs6, duty of partners under an
    arrangement, where it is not 0.
    """

    lines: pd.DataFrame
    mfn: pd.DataFrame
    own: pd.DataFrame


def products(shared: Path) -> Products:
    """Ordinary duties and measures of 2024, from the records by line of ten digits."""
    lines = _measures(read_lines(shared), shared)
    preferred = lines["partner"].isin(arrangements(PRODUCT_YEAR))
    hit = lines["most"] > 0
    mfn = _rates(lines, _pool(lines[~preferred]))
    free = (lines["duty"] - lines["imports"] * lines["most"]).clip(lower=0.0)
    due = lines["imports"] * lines["hs6"].map(mfn)
    lines["ordinary"] = np.where(preferred, np.where(hit, free, lines["duty"]), due)
    measure = np.where(hit, lines["duty"] - lines["ordinary"], 0.0)
    for authority in AUTHORITIES:
        lines[authority] = measure * lines[authority] / lines["most"].where(hit, 1.0)
    own = lines[preferred].groupby(["partner", "hs6"], as_index=False)[["imports", "ordinary"]].sum()
    own["duty"] = (own["ordinary"] / own["imports"]).round(6)
    older = _older(shared).reindex(mfn.index).fillna(mfn.index.to_series())
    table = pd.DataFrame({"hs6": mfn.index, "hs2017": older.to_numpy(), "duty": mfn.to_numpy()})
    return Products(lines, table, own.loc[own["duty"] > 0, ["partner", "hs6", "duty"]].reset_index(drop=True))


def read_lines(shared: Path) -> pd.DataFrame:
    """partner, hts10, hs6, imports, duty (USD million) of 2024; lines under 500 USD are left out."""
    folder = shared / "data" / "us-2025"
    raw = pd.read_parquet(folder / "us-imports-hts10-2024.parquet")
    names = pd.read_csv(folder / "partners.csv", dtype=str).set_index("census_code")["iso3"]
    partner = raw["census_code"].astype(str).map(names).replace("SVK", UNION)
    rows = pd.DataFrame(
        {"partner": partner, "hts10": raw["hts10"].astype(str), "imports": raw["imports_usd"], "duty": raw["duty_usd"]}
    )
    sums = rows.groupby(["partner", "hts10"], as_index=False).sum()
    sums["imports"] = (sums["imports"] / 1000).round() / 1e3  # as the table of imports by line that ships
    sums["duty"] /= 1e6
    return sums[sums["imports"] > 0].assign(hs6=sums["hts10"].str[:6])


def _measures(lines: pd.DataFrame, shared: Path) -> pd.DataFrame:
    """The rate of each authority that a line and partner come under, `most`, their sum, and two flags of Section 232.

    `metal` is a line that Section 232 covers; `quota` is a partner there that pays it above a quota only.
    """
    metal, quota = np.zeros(len(lines), dtype=bool), np.zeros(len(lines), dtype=bool)
    rates = {authority: np.zeros(len(lines)) for authority in AUTHORITIES}
    lists = pd.read_csv(shared / "data" / "policy" / "section-301-lists-hts8.csv", dtype=str)
    listed = (lines["partner"] == "CHN") & lines["hts10"].str[:8].isin(lists["hts8"])
    rates["section-301"][listed] = LISTED
    for row in measures(PRODUCT_YEAR).itertuples():
        inside = covered(lines["hts10"], row.codes)
        reached = inside & lines["partner"].map(lambda code, row=row: reaches(row, code))
        if row.authority == "section-232":
            metal, quota = metal | inside, quota | (inside & lines["partner"].isin(row.quota.split()))
        russian = (lines["partner"] == "RUS") & (row.goods == "aluminium")
        rates[row.authority][reached] = np.where(russian, RUSSIAN_ALUMINIUM, row.rate)[reached]
    return lines.assign(**rates, most=sum(rates.values()), metal=metal, quota=quota)


def measures(year: int) -> pd.DataFrame:
    """The measures of `us-measures.csv` in force at the end of a year, with `part`, the part of the year they were."""
    table = read_packaged("duties/us-measures.csv", numbers=("rate",)).rename(columns={"except": "exempt"})
    table = table[(table["first"] <= f"{year}-12-31") & (table["last"] >= f"{year}-12-31")]
    days = (pd.Timestamp(f"{year}-12-31") - pd.to_datetime(table["first"])).dt.days + 1
    return table.assign(part=(days / 365).clip(upper=1.0))


def reaches(row: Any, partner: str) -> bool:
    """Whether a measure of `us-measures.csv` is laid on a partner; members of the union stand under EUN."""
    names = {partner, UNION} if partner in IN_UNION else {partner}
    on = row.on.split()
    return bool(names & set(on) if on else not names & set(row.exempt.split()))


def covered(codes: pd.Series, spans: str) -> pd.Series:
    """Which codes begin with one of the codes or lie in one of the ranges `7206-7215`."""
    found = pd.Series(False, index=codes.index)
    for span in spans.split():
        first, _, last = span.partition("-")
        found |= codes.str[: len(first)].between(first, last or first)
    return found


def _pool(lines: pd.DataFrame) -> pd.DataFrame:
    """The imports and ordinary duties of MFN partners from which MFN duties are: lines without a measure.

    Nearly every line of a metal under Section 232 has the measure, some above a quota, some with exclusions. Its duty
    is the median, weighted by imports, of what partners paid less the measure.
    """
    metal = lines[lines["metal"] & (lines["partner"] != "CHN")]
    less = np.where(metal["quota"], 0.0, metal["most"])
    metal = metal.assign(rate=(metal["duty"] / metal["imports"] - less).clip(lower=0.0)).sort_values("rate")
    part = metal.groupby("hts10")["imports"].cumsum() / metal.groupby("hts10")["imports"].transform("sum")
    median = metal[part >= 0.5].groupby("hts10")["rate"].first()
    every = metal.groupby(["hs6", "hts10"], as_index=False)["imports"].sum()
    every["duty"] = every["imports"] * every["hts10"].map(median)
    return pd.concat([lines[~lines["metal"] & (lines["most"] == 0)], every], ignore_index=True)


def _rates(lines: pd.DataFrame, pool: pd.DataFrame) -> pd.Series:
    """Duty ÷ imports of the pool by HS6; a code without imports has that of its heading, else its chapter, else 0."""
    found = pd.Series(np.nan, index=pd.Index(sorted(lines["hs6"].unique()), name="hs6"))
    for digits in (6, 4, 2):
        sums = pool.groupby(pool["hs6"].str[:digits])[["imports", "duty"]].sum()
        rate = sums["duty"] / sums["imports"]
        found = found.fillna(pd.Series(found.index.str[:digits].map(rate), index=found.index))
    return found.fillna(0.0).round(6)


def _older(shared: Path) -> pd.Series:
    """The code of HS 2017 of each code of HS 2022."""
    table = pd.read_csv(shared / "data" / "concordance" / "hs2022-hs2017.csv", dtype=str)
    return table.set_index("hs2022")["hs2017"]


def chapters(shared: Path, year: int) -> pd.DataFrame:
    """partner, chapter, imports, duty (USD million): the 20 partners, and ROW for what they leave of the total."""
    raw = pd.read_csv(shared / "data" / "policy" / "us-imports-hs2-annual-2014-2019.csv", dtype=str)
    raw = raw[raw["year"] == str(year)]
    table = pd.DataFrame(
        {
            "partner": raw["census_code"].map(PARTNERS),
            "chapter": raw["hs2"],
            "imports": raw["imports_usd"].astype("float64") / 1e6,
            "duty": raw["duty_usd"].astype("float64") / 1e6,
        }
    )
    wide = table.pivot(index="chapter", columns="partner", values=["imports", "duty"]).fillna(0.0)
    for what in ("imports", "duty"):
        rest = wide[what]["ALL"] - wide[what].drop(columns="ALL").sum(axis=1)
        wide[(what, us_duties.REST)] = rest.clip(lower=0.0)
    table = wide.drop(columns="ALL", level="partner").stack("partner", future_stack=True).reset_index()
    return table[(table["imports"] > 0)].sort_values(["partner", "chapter"], ignore_index=True)


def fits(targets: pd.DataFrame, trade: pd.DataFrame, year: int, union_rest: float) -> pd.DataFrame:
    """year, partner, like, chapter, imports, tilt, keep, blend: see `us_duties.apply_fits`.

    `targets` are the ordinary duties of `chapters`; `union_rest` is the part of the union's imports of 2024 that its
    members without records have.
    """
    held, have = arrangements(year), set(zip(trade["partner"], trade["chapter"], strict=True))
    products_of = dict(iter(trade.groupby(["partner", "chapter"], sort=False)))
    rows = []
    for row in targets[targets["partner"] != us_duties.REST].itertuples():
        like = UNION if row.partner in IN_UNION else row.partner
        like = like if (like, row.chapter) in have else POOL
        if (like, row.chapter) in have:
            goods = products_of[like, row.chapter]
            rows.append(
                (
                    row.partner,
                    like,
                    row.chapter,
                    row.imports,
                    *_fit(goods, row.duty / row.imports, held.get(row.partner)),
                )
            )
    keep_gsp = _kept_under_gsp(rows, held)
    rows += _rest(targets, products_of, held, keep_gsp, union_rest)
    table = pd.DataFrame(rows, columns=["partner", "like", "chapter", "imports", "tilt", "keep", "blend"])
    table = table.round({"imports": 3, "tilt": 4, "keep": 5, "blend": 5})
    table.insert(0, "year", year)
    return table.sort_values(["partner", "chapter"], ignore_index=True)


def _fit(goods: pd.DataFrame, wanted: float, arrangement: str | None) -> tuple[float, float, float]:
    """tilt, keep and blend that give the duty collected in a chapter, or come nearest to it."""
    mfn, weight = goods["mfn"].to_numpy(), goods["imports"].to_numpy()
    plain = arrangement is None or arrangement == GSP
    own = mfn if plain else np.minimum(goods["own"].to_numpy(), mfn)
    implied, most = np.average(own, weights=weight), np.average(mfn, weights=weight)
    if arrangement is not None and implied >= wanted:
        return 0.0, (wanted / implied if implied > 0 else 1.0), 0.0
    blend = 0.0
    if arrangement is not None and not plain and most > implied:
        blend = min(1.0, (wanted - implied) / (most - implied))
        if blend < 1.0:
            return 0.0, 1.0, blend
    return _tilt([(own + blend * (mfn - own), weight)], [1.0], wanted), 1.0, blend


def _tilt(goods: list[tuple[np.ndarray, np.ndarray]], shares: list[float], wanted: float) -> float:
    """The tilt at which the mean duty of the groups, weighted by their shares, is as wanted; a bound where none is."""

    def mean(tilt: float) -> float:
        rates = []
        for duty, weight in goods:
            tilted = weight * np.exp(tilt * duty / duty.max()) if duty.max() > 0 else weight
            rates.append(duty @ tilted / tilted.sum())
        return float(np.dot(rates, shares) / sum(shares))

    low, high = -STEEPEST, STEEPEST
    if max(duty.max() for duty, _ in goods) - min(duty.min() for duty, _ in goods) < FLAT:
        return 0.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if mean(middle) < wanted else (low, middle)
    return (low + high) / 2


def _kept_under_gsp(rows: list[tuple], held: dict[str, str]) -> dict[str, float]:
    """chapter → the part of the MFN duty that the partners under GSP with records paid, weighted by imports."""
    frame = pd.DataFrame(rows, columns=["partner", "like", "chapter", "imports", "tilt", "keep", "blend"])
    frame = frame[frame["partner"].map(held) == GSP]
    frame = frame.assign(paid=frame["imports"] * frame["keep"])
    sums = frame.groupby("chapter")[["paid", "imports"]].sum()
    return (sums["paid"] / sums["imports"]).to_dict()


def _rest(
    targets: pd.DataFrame,
    products_of: dict[tuple[str, str], pd.DataFrame],
    held: dict[str, str],
    keep_gsp: dict[str, float],
    union_rest: float,
) -> list[tuple]:
    """Fits of the partners without records: their imports of 2024 fill what is left, with one tilt a chapter."""
    named = {*targets["partner"], *PARTNERS.values(), POOL} - {UNION}
    left = targets[targets["partner"] == us_duties.REST].set_index("chapter")
    rows = []
    for chapter, row in left.iterrows():
        members = sorted(code for code, its in products_of if its == chapter and code not in named)
        if not members:
            continue
        value, duties = {}, []
        for code in members:
            goods, arrangement = products_of[code, str(chapter)], held.get(code)
            mfn, own = goods["mfn"].to_numpy(), goods["own"].to_numpy()
            keep = keep_gsp.get(str(chapter), 1.0) if arrangement == GSP else 1.0
            duty = keep * (mfn if arrangement in (None, GSP) else np.minimum(own, mfn))
            value[code] = float(goods["imports"].sum()) * (union_rest if code == UNION else 1.0)
            duties.append((duty, goods["imports"].to_numpy(), keep))
        shares = [value[code] / sum(value.values()) for code in members]
        tilt = _tilt([(duty, weight) for duty, weight, _ in duties], shares, row["duty"] / row["imports"])
        rows += [
            (code, code, chapter, float(row["imports"]) * share, tilt, keep, 0.0)
            for code, share, (_, _, keep) in zip(members, shares, duties, strict=True)
        ]
    return rows
