"""Composes the concordances: HS6 and NAICS3 to the sectors of the worlds, with weights and reasons."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from build_worlds import RawWorld

PAIRS = (("USA", "CHN"), ("CHN", "USA"))
"""Importer and exporter of the two directions."""

ONE = "one sector"
BY_FLOWS = "flows of icio-2017 from this exporter to this importer"
NONE = "in no goods sector"


def naics3_links(world: RawWorld) -> pd.DataFrame:
    """naics3, importer, exporter, sector, weight, basis, reason; weights of a code sum to 1 in each direction.

    A code that spans sectors is split by what the world of 2017 says flows in that direction, the only trade values by
    sector at hand for the pair; counts of HS6 codes would make 9 % of the aircraft, cars and boats that the US sells to
    China boats, where the flows say 0.1 %. A code of no goods sector has an empty sector and the weight 0, so that its
    trade is seen to be left out.
    """
    hand = pd.read_csv(Path(__file__).parent / "naics3-links.csv", dtype=str, keep_default_na=False)
    rows = []
    for importer, exporter in PAIRS:
        n, i = world.at(importer, exporter)
        flow = dict(zip(world.sectors, world.flows[n, i].astype(np.float64), strict=True))
        for code, group in hand.groupby("naics3", sort=True):
            total = sum(flow.get(sector, 0.0) for sector in group["sector"])
            for link in group.itertuples():
                basis = NONE if not link.sector else ONE if len(group) == 1 else BY_FLOWS
                weight = {NONE: 0.0, ONE: 1.0}.get(basis)
                weight = round(flow[link.sector] / total, 6) if weight is None else weight
                rows.append((code, link.name, importer, exporter, link.sector, weight, basis, link.reason))
    columns = ["naics3", "name", "importer", "exporter", "sector", "weight", "basis", "reason"]
    return _sum_to_one(pd.DataFrame(rows, columns=columns))


def hs6_links(shared: Path) -> pd.DataFrame:
    """code, sector, weight: the shared concordance, in order; the weights of a code sum to 1."""
    frame = pd.read_csv(shared / "data" / "concordance" / "hs6-to-icio27.csv", dtype=str)
    frame = frame.rename(columns={"hs6": "code", "sec": "sector", "w": "weight"}).astype({"weight": float})
    return frame.sort_values(["code", "sector"], kind="stable", ignore_index=True)


def _sum_to_one(links: pd.DataFrame) -> pd.DataFrame:
    """Rounded weights of a split code, the last of them taking what rounding left over."""
    split = links["basis"] == BY_FLOWS
    for _, group in links[split].groupby(["importer", "naics3"], sort=False):
        rest = round(1.0 - float(group["weight"].iloc[:-1].sum()), 6)
        links.loc[group.index[-1], "weight"] = rest
    return links
