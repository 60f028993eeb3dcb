"""Product codes of HS 2017: where each belongs, and what it weighs in trade.

There are no trade values by code for the pairs at hand, so the rule of the data is: across industries (NAICS3) codes
weigh by the imports from the partner in `WEIGHT_YEAR`, within an industry they weigh equally. Where customs figures of
a pair are not bundled, codes weigh equally within a sector.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from detente.data.packaged import read_packaged

HERE: Final = Path(__file__).parent / "data"

WEIGHT_YEAR: Final = 2017
"""The year whose imports weigh industries: the last one before any measure of 2018."""
NO_SECTOR: Final = "none"
"""The sector of codes that no goods sector makes: scrap, used goods, art, electricity."""
LINES_OF: Final = "USA"
"""The importer whose eight-digit lines are bundled (those on the lists of Section 301)."""


def code_table() -> pd.DataFrame:
    """hs6, naics3, sector, weight, how: every HS 2017 code.

    A code in several sectors has several rows, whose weights sum to 1. `how` says where the sectors are from:
    `concordance`, `heading` (mean of the other codes of the heading) or `none`.
    """
    return _codes().copy()


@cache
def code_values(importer: str, exporter: str) -> pd.DataFrame:
    """hs6, naics3, sector, value: what a row of `code_table` weighs among the importer's purchases from the exporter.

    `value` is USD million of `WEIGHT_YEAR` where `has_customs(importer, exporter)`, else the code's weight alone, which
    compares codes of one sector and no others.
    """
    table = _codes().drop(columns="how")
    imports = industry_imports(importer, exporter)
    if imports is None:
        return table.rename(columns={"weight": "value"})
    count = table.groupby("naics3")["weight"].sum()
    each = (imports.reindex(count.index).fillna(0.0) / count).rename("each")
    return table.assign(value=table["weight"] * table["naics3"].map(each)).drop(columns="weight")


def has_customs(importer: str, exporter: str) -> bool:
    """Whether customs trade by industry is bundled for the pair."""
    return industry_imports(importer, exporter) is not None


def industry_imports(importer: str, exporter: str) -> pd.Series[float] | None:
    """USD million of `WEIGHT_YEAR` by NAICS3, or None where no customs figures of the pair are bundled."""
    return _customs().get((importer, exporter))


def weight_note(importer: str, exporter: str) -> str:
    """How codes without trade values are weighed for a pair, as a sentence for the reader."""
    pair = f"imports of {importer} from {exporter}"
    if has_customs(importer, exporter):
        return (
            f"no trade values by product code: {pair} of {WEIGHT_YEAR} weigh industries (NAICS3), within an industry "
            "every HS6 code weighs the same"
        )
    return (
        f"no trade values by product code: where imports of {importer} have no customs figures by industry, every HS6 "
        "code of a sector weighs the same"
    )


def line_count(importer: str, hs6: str) -> int | None:
    """How many eight-digit lines the importer's schedule has within a code, as far as they are bundled; else None."""
    return _line_counts().get(hs6) if importer == LINES_OF else None


@cache
def section_301_lists() -> pd.DataFrame:
    """hs8, list: the lines of Section 301 (2018-2020), each under the list that reached it first."""
    return pd.read_parquet(HERE / "section-301.parquet")


@cache
def _customs() -> dict[tuple[str, str], pd.Series[float]]:
    """Imports of `WEIGHT_YEAR` by NAICS3 of every pair whose customs figures are bundled."""
    annual = read_packaged("tables/us-china-naics3-annual.csv", numbers=("value",))
    pairs = annual[annual["year"] == str(WEIGHT_YEAR)].groupby(["importer", "exporter"])
    return {(str(n), str(i)): its.set_index("naics3")["value"] for (n, i), its in pairs}


@cache
def _line_counts() -> dict[str, int]:
    sixes, counts = np.unique(section_301_lists()["hs8"].str[:6].to_numpy(dtype=str), return_counts=True)
    return dict(zip(sixes.tolist(), counts.tolist(), strict=True))


@cache
def _codes() -> pd.DataFrame:
    table = pd.read_parquet(HERE / "codes.parquet")
    return table.astype(dict.fromkeys(("hs6", "naics3", "sector", "how"), object))  # rows are walked one by one
