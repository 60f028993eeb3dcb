"""Derives the policy tables that ship with the package from the shared folder, the same every time.

    python tools/build_policy.py [--shared DIR] [--out DIR]

The shared folder is found through DETENTE_SHARED (default `../shared` beside the repository). What is written, under
`src/detente/data/policy`: codes.parquet (every HS 2017 code: its industry and sectors), China's tariff on the United
States by code and date and what was mended in it (china-on-us-mended.csv), the lines of Section 301
(section-301.parquet; their duties, us-on-china-2018-2020.csv, are written by hand after the notices that it names),
us-by-partner-2025.csv, phase-one-goals.csv and phase-one-codes.csv.
docs/decisions/0010-policy-tables.md says why each step is as it is.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import building

DATA = building.DATA / "policy"

FIRST = "2018-01-01"
"""The date the schedule starts from: nothing of the trade war is in force yet."""
LISTS = ("1", "2", "3", "4A", "4B")
"""The lists of Section 301 of 2018-2020, in the order in which they came into force; 4B never did."""
RAISED, HALVED = "2019-09-01", "2020-02-14"
"""The date of China's last answer, and the one on which it cut those duties in half (State Council Tariff Commission,
announcement 1 of 2020); the source ends before the second."""


def build(shared: Path) -> dict[str, pd.DataFrame]:
    """Every derived table by the name of its file."""
    china_raw = wide(shared, "china-on-us-hs6-2018-2020.csv")
    codes = code_table(shared, china_raw.index)
    china, china_mended = china_on_us(china_raw)
    return {
        "codes.parquet": codes,
        "section-301.parquet": section_301(shared),
        "china-on-us-2018-2020.parquet": _fractions(china),
        "china-on-us-mended.csv": china_mended,
        "us-by-partner-2025.csv": by_partner(shared),
        "phase-one-goals.csv": phase_one_goals(shared),
        "phase-one-codes.csv": phase_one_codes(shared),
    }


def code_table(shared: Path, universe: pd.Index) -> pd.DataFrame:
    """hs6, naics3, sector, weight, how: every HS 2017 code, weights of a code sum to 1.

    how is `concordance`; `heading` where the code is missing there and takes the mean of the other codes of its
    four-digit heading; or `none` (sector `none`) where the whole heading is: scrap, used goods, art, electricity.
    """
    found = pd.read_csv(shared / "data" / "concordance" / "hs6-to-icio27.csv", dtype={"hs6": str, "sec": str})
    found = found.rename(columns={"sec": "sector", "w": "weight"})
    by_heading = found.assign(heading=found["hs6"].str[:4]).groupby(["heading", "sector"])["weight"].sum()
    rows = []
    links = dict(iter(found.groupby("hs6")))
    for code in universe:
        if code in links:
            rows += [(code, link.sector, link.weight, "concordance") for link in links[code].itertuples()]
        elif code[:4] in by_heading.index.get_level_values("heading"):
            shares = by_heading[code[:4]] / by_heading[code[:4]].sum()
            rows += [(code, sector, round(float(weight), 9), "heading") for sector, weight in shares.items()]
        else:
            rows.append((code, "none", 1.0, "none"))
    table = pd.DataFrame(rows, columns=["hs6", "sector", "weight", "how"])
    table.insert(1, "naics3", [_industry(row.hs6, row.sector) for row in table.itertuples()])
    return table.sort_values(["hs6", "sector"], ignore_index=True)


def _rules() -> list[tuple[str, str, str, str]]:
    rules = pd.read_csv(DATA / "naics3-rules.csv", dtype=str)
    return list(rules[["sector", "first", "last", "naics3"]].itertuples(index=False, name=None))


RULES = _rules()


def _industry(hs6: str, sector: str) -> str:
    """The NAICS3 of a code in a sector: the first rule that fits its heading."""
    heading = hs6[:4]
    return next(naics3 for name, first, last, naics3 in RULES if name == sector and first <= heading <= last)


def section_301(shared: Path) -> pd.DataFrame:
    """hs8, list: each line of the US schedule once, under the list that reached it first."""
    lines = pd.read_csv(shared / "data" / "policy" / "section-301-lists-hts8.csv", dtype=str)
    lines = lines[lines["list"].isin(LISTS)].rename(columns={"hts8": "hs8"})
    order = lines["list"].map({name: place for place, name in enumerate(LISTS)})
    lines = lines.assign(order=order).sort_values(["hs8", "order"], kind="stable").drop_duplicates("hs8")
    return lines[["hs8", "list"]].reset_index(drop=True)


def china_on_us(raw: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """China's tariff on the US by code and date, percent, and what was filled or added.

    Blanks are the four films of heading 3702 with a duty by area, on dates when only general rates changed: the
    additional duty stays what it was on the date before, and before the first date it is 0, as the source writes it
    for 2018-04-02. What was added on RAISED is halved on HALVED, where an exclusion has not taken it away meanwhile.
    """
    blank = raw.isna()
    filled = raw.ffill(axis=1)
    filled[FIRST] = filled[FIRST].fillna(0.0)
    filled = filled.ffill(axis=1)
    rows = [
        (code, date, "blank", np.nan, filled.loc[code, date], "duty by area: the rate of the date before")
        for code, date in blank.stack()[lambda cell: cell].index
    ]
    added = filled[RAISED] - filled[raw.columns[raw.columns.get_loc(RAISED) - 1]]
    last = filled[raw.columns[-1]]
    halved = (added > 0) & (last - filled[RAISED] > -added)
    filled[HALVED] = last - added.where(halved, 0.0) / 2
    why = f"half of the addition of {RAISED}, which the source ends before"
    rows += [(code, HALVED, "halving", np.nan, filled.loc[code, HALVED], why) for code in filled.index[halved]]
    return filled.assign(basis="listed"), _mended(rows)


PHASE_ONE = {"1. Manufactured Goods": "manufactured goods", "2. Agriculture": "agriculture", "3. Energy": "energy"}
"""Categories of Annex 6.1, as the source and as the package name them."""
GROUPS = {
    "Industrial mac.hin ery": "Industrial machinery",
    "Electrical equipment and mac.hioery": "Electrical equipment and machinery",
    "Air craf t (ord ers and deliverie s)": "Aircraft (orders and deliveries)",
}
"""Names that scanning the annex garbled, as they read in it."""


def phase_one_goals(shared: Path) -> pd.DataFrame:
    """category, base, extra: US exports of 2017 and the purchases over them in 2020, USD million.

    Goods outside the agreement come last, without an amount.
    """
    raw = pd.read_csv(shared / "data" / "policy" / "phase-one-goals.csv")
    return pd.DataFrame(
        {
            "category": raw["high_catagory"].map(PHASE_ONE).fillna("not in the agreement"),
            "base": (raw["2017 Values"] / 1e6).round(3),
            "extra": (raw["Goals"] / 1e6).round(3),
        }
    )


def phase_one_codes(shared: Path) -> pd.DataFrame:
    """code, category, group: the headings of Annex 6.1, and codes of six digits where it names finer ones."""
    raw = pd.read_csv(shared / "data" / "policy" / "phase-one-annex-6-1-hs4.csv", dtype=str)
    table = pd.DataFrame(
        {
            "code": raw["hs4_o"].str[:6],
            "category": raw["high_catagory"].map(PHASE_ONE),
            "group": raw["low_catagory"].replace(GROUPS),
        }
    )
    return table.sort_values("code", ignore_index=True)


def by_partner(shared: Path) -> pd.DataFrame:
    """date, economy, add, partners: US tariffs of 2025-26 over those of 2024, fractions.

    Partners that the worlds lack go to ROW, weighted by US imports from them.
    """
    raw = pd.read_csv(shared / "data" / "policy" / "us-tariff-by-partner-2025.csv")
    names = pd.read_csv(DATA / "partners-2025.csv", dtype=str).set_index("name")["economy"]
    unknown = sorted(set(raw["country_name"]) - set(names.index))
    if unknown:
        raise SystemExit(f"no economy for the partners {unknown}: add them to partners-2025.csv")
    raw = raw.assign(economy=raw["country_name"].map(names))
    raw["duty"] = raw["effective tariff"] / 100 * raw["total imports"]
    sums = raw.groupby(["date", "economy"], as_index=False).agg(
        duty=("duty", "sum"), imports=("total imports", "sum"), partners=("country_name", "; ".join)
    )
    sums["add"] = (sums["duty"] / sums["imports"]).round(6)
    return sums[["date", "economy", "add", "partners"]]


def wide(shared: Path, file: str) -> pd.DataFrame:
    """Percent by code (rows) and date (columns); a code is text, and is there once a date."""
    raw = pd.read_csv(shared / "data" / "policy" / file, dtype={"hs6": str})
    return raw.pivot(index="hs6", columns="time_of_tariff", values="tariff").sort_index()


def _fractions(table: pd.DataFrame) -> pd.DataFrame:
    """hs6, basis, one column a date: fractions to 1e-6, a hundredth of a basis point."""
    dates = [column for column in table.columns if column != "basis"]
    rates = (table[dates] / 100).round(6)
    return pd.concat([table["basis"], rates], axis=1).rename_axis("hs6").reset_index()


def _mended(rows: list[tuple[str, str, str, float, float, str]]) -> pd.DataFrame:
    """hs6, date, what, published, used (percent), why."""
    return pd.DataFrame(rows, columns=["hs6", "date", "what", "published", "used", "why"])


if __name__ == "__main__":
    building.from_command_line(__doc__, DATA, lambda shared, out: building.write_all(build(shared), out))
