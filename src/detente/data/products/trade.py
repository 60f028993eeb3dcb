"""What customs recorded of the trade of the US and China, by sector and year.

Totals are those of the monthly series by NAICS3. For US imports, sectors share them as trade by product does, so that a
list of products and its sectors are in the same figures; for US exports, as industries do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import pandas as pd

from detente.data.codes import read_packaged, sector_table
from detente.data.products.concordance import naics3_to_sectors
from detente.data.products.weights import code_weights, line_weights

CUSTOMS_SOURCE: Final = (
    "US Census, monthly trade with China by NAICS3, compiled under the MIT licence by M. Waugh; what China buys is "
    "what the US recorded as exports to it"
)


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

    Only the US and China are, in either direction. NAICS3 values go to sectors by `naics3_to_sectors`; where trade is
    known by line, they go there in sum, by `code_weights`.
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
    if line_weights(importer, exporter, year) is not None:
        products = code_weights(importer, exporter, year).groupby("sector")["value"]
        by_product = products.sum().reindex(goods, fill_value=0.0)
        by_sector = (by_product * (by_sector.sum() / by_product.sum())).rename("value")
    unallocated = float(rows[~rows.index.isin(links["code"])].sum())
    return CustomsTrade(importer, exporter, year, by_sector, unallocated)
