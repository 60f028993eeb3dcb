"""What products weigh in trade, and what customs recorded of the trade of the US and China by sector and year.

There are no trade values by code for the pairs at hand, so the rule of the data is: across industries (NAICS3) codes
weigh by the imports from the partner in `WEIGHT_YEAR`, within an industry they weigh equally. Where customs figures of
a pair are not bundled, codes weigh equally within a sector.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from detente.data.codes import read_packaged, sector_table
from detente.data.products.concordance import code_table, naics3_to_sectors, section_301_lists

CUSTOMS_SOURCE: Final = (
    "US Census, monthly trade with China by NAICS3, compiled under the MIT licence by M. Waugh; what China buys is "
    "what the US recorded as exports to it"
)
WEIGHT_YEAR: Final = 2017
"""The year whose imports weigh industries: the last one before any measure of 2018."""
LINES_OF: Final = "USA"
"""The importer whose eight-digit lines are bundled (those on the lists of Section 301)."""


@dataclass(frozen=True, eq=False)
class CustomsTrade:
    """Goods that `importer` bought from `exporter` in `year`, USD million.

    `by_sector` holds the goods sectors of the bundled worlds, in their order; `unallocated` is scrap, used and returned
    goods, which are in no goods sector; both sum to `total`.
    """

    importer: str
    exporter: str
    year: int
    by_sector: pd.Series[float]
    unallocated: float
    source: str = CUSTOMS_SOURCE

    @property
    def total(self) -> float:
        """All goods, USD million, those of no sector included."""
        return float(self.by_sector.sum()) + self.unallocated


@cache
def customs_trade(importer: str, exporter: str, year: int) -> CustomsTrade | None:
    """Customs trade of a pair and a full year (2015 to 2019), or None where no customs figures are bundled.

    Only the US and China are, in either direction. NAICS3 values go to sectors by `naics3_to_sectors`.
    """
    annual = read_packaged("tables/us-china-naics3-annual.csv", numbers=("value",))
    rows = annual[
        (annual["importer"] == importer) & (annual["exporter"] == exporter) & (annual["year"] == str(year))
    ].set_index("naics3")["value"]
    if rows.empty:
        return None
    links = naics3_to_sectors(importer, exporter)
    links = links[links["sector"] != ""]
    parts = links["weight"] * links["code"].map(rows).fillna(0.0)
    table = sector_table()
    goods = table["code"][table["kind"] == "goods"]
    by_sector = parts.groupby(links["sector"]).sum().reindex(goods, fill_value=0.0).rename("value")
    unallocated = float(rows[~rows.index.isin(links["code"])].sum())
    return CustomsTrade(importer, exporter, year, by_sector, unallocated)


@cache
def code_values(importer: str, exporter: str) -> pd.DataFrame:
    """hs6, naics3, sector, value: what a row of `code_table` weighs among the importer's purchases from the exporter.

    `value` is USD million of `WEIGHT_YEAR` where `has_customs(importer, exporter)`, else the code's weight alone, which
    compares codes of one sector and no others.
    """
    table = code_table().drop(columns="how")
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
    """The weighting of codes without trade values for a pair, as a sentence for the reader."""
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
    """The number of eight-digit lines of the importer's schedule within a code, as far as bundled; else None."""
    return _line_counts().get(hs6) if importer == LINES_OF else None


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
