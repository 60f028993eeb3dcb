"""From codes of trade statistics to the sectors of the worlds, with weights. Codes are text: `010121`, never 10121."""

from __future__ import annotations

from functools import cache

import pandas as pd

from detente.data.packaged import read_packaged
from detente.errors import BadInput


def hs6_to_sectors() -> pd.DataFrame:
    """One row a link: code (HS6, text of six digits), sector, weight (fraction; the weights of a code sum to 1).

    Source: the MIT-licensed HS-NAICS-ISIC concordance of the shared data, goods sectors only. A code with several
    sectors is split equally among them, because no trade values by HS6 are at hand.
    """
    return _hs6().copy()


def naics3_to_sectors(importer: str, exporter: str) -> pd.DataFrame:
    """One row a link: code (NAICS3, text), name, sector, weight (fraction), basis, reason.

    The weights of a code sum to 1 for this importer and exporter, the US and China in either order; a code that spans
    sectors is split by what flows between them in icio-2017. A code of no goods sector (scrap, used, returned goods)
    has an empty sector and the weight 0. Raises BadInput for another pair.
    """
    table = _naics3()
    rows = table[(table["importer"] == importer) & (table["exporter"] == exporter)]
    if rows.empty:
        raise BadInput(
            f"there is no NAICS3 concordance for {importer} from {exporter}: the series cover USA from CHN and CHN "
            "from USA"
        )
    columns = ["naics3", "name", "sector", "weight", "basis", "reason"]
    return rows[columns].rename(columns={"naics3": "code"}).reset_index(drop=True)


@cache
def _hs6() -> pd.DataFrame:
    return read_packaged("concordance/hs6-to-icio.csv", numbers=("weight",))


@cache
def _naics3() -> pd.DataFrame:
    return read_packaged("concordance/naics3-to-icio.csv", numbers=("weight",))
