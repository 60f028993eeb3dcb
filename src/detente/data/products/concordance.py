"""Codes of trade statistics and the sectors of the worlds: HS 2017 and NAICS3, with weights.

A code is text from first to last: `010121`, never 10121.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import pandas as pd

from detente.data.codes import HERE, read_packaged
from detente.errors import BadInput

NO_SECTOR: Final = "none"
"""The sector of codes that no goods sector makes: scrap, used goods, art, electricity."""


def hs6_to_sectors() -> pd.DataFrame:
    """One row a link: code (HS6, text of six digits), sector, weight (fraction; the weights of a code sum to 1).

    Source: the MIT-licensed HS-NAICS-ISIC concordance of the shared data, goods sectors only. A code with several
    sectors is split equally among them, because no trade values by HS6 are at hand.
    """
    return read_packaged("concordance/hs6-to-icio.csv", numbers=("weight",)).copy()


def naics3_to_sectors(importer: str, exporter: str) -> pd.DataFrame:
    """One row a link: code (NAICS3, text), name, sector, weight (fraction), basis, reason.

    The weights of a code sum to 1 for this importer and exporter, the US and China in either order; a code that spans
    sectors is split by what flows between them in icio-2017. A code of no goods sector (scrap, used, returned goods)
    has an empty sector and the weight 0. Raises BadInput for another pair.
    """
    table = read_packaged("concordance/naics3-to-icio.csv", numbers=("weight",))
    rows = table[(table["importer"] == importer) & (table["exporter"] == exporter)]
    if rows.empty:
        raise BadInput(
            f"there is no NAICS3 concordance for {importer} from {exporter}: the series cover USA from CHN and CHN "
            "from USA"
        )
    columns = ["naics3", "name", "sector", "weight", "basis", "reason"]
    return rows[columns].rename(columns={"naics3": "code"}).reset_index(drop=True)


def code_table() -> pd.DataFrame:
    """hs6, naics3, sector, weight, how: every HS 2017 code.

    A code in several sectors has several rows, whose weights sum to 1. `how` says where the sectors are from:
    `concordance`, `heading` (mean of the other codes of the heading) or `none`.
    """
    return _codes().copy()


@cache
def section_301_lists() -> pd.DataFrame:
    """hs8, list: the lines of Section 301 (2018-2020), each under the list that reached it first."""
    return pd.read_parquet(HERE / "policy/section-301.parquet")


@cache
def _codes() -> pd.DataFrame:
    table = pd.read_parquet(HERE / "policy/codes.parquet")
    return table.astype(dict.fromkeys(("hs6", "naics3", "sector", "how"), object))  # rows are walked one by one
