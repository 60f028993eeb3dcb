"""Whether the US row of a bundled world is what products give: one MFN duty a code, preferences by name."""

from __future__ import annotations

import numpy as np

from detente.data import us_duties
from detente.data.accounts import Labelled
from detente.data.base_rules import COLLECTED
from detente.data.base_tariffs import Origins, TariffSources
from detente.errors import BadWorld

EXACT = 1e-6
"""Cells are stored with six digits."""


def check_products(world: Labelled, sources: TariffSources, origins: Origins) -> None:
    """Compare the ordinary US duties of the rule `collected` with product duties, where the world has both.

    Raises BadWorld for a partner without a named arrangement that has another duty than the MFN duty on a code, and for
    a cell that is not the mean of its products. A world that was merged, or is your own, has nothing to compare.
    """
    year = origins.customs_year
    if year is None or COLLECTED not in sources:
        return
    products = us_duties.product_duties(year)
    held = us_duties.arrangements(year)
    other = ~products["partner"].isin(held) & (products["duty"] != products["mfn"])
    if other.any():
        row = products[other].iloc[0]
        raise BadWorld(
            f"{row['partner']} has no preference in {year} but pays {row['duty']:.4%} on HS6 {row['hs6']}, where "
            f"others pay {row['mfn']:.4%} ({int(other.sum())} such products): mend data/duties, or name its "
            "arrangement there"
        )
    usa = world.index("USA")
    cells = us_duties.by_sector(us_duties.with_pool(products))
    wanted = us_duties.us_row(year, world.economies, world.sectors, origins.union, cells)
    measures = sum((rates[usa] for rates in origins.in_force.values()), np.zeros(wanted.shape))
    found = sources[COLLECTED][usa] - measures
    gap = np.abs(found - wanted)
    i, j = np.unravel_index(int(gap.argmax()), gap.shape)
    if gap[i, j] > EXACT:
        raise BadWorld(
            f"the ordinary US duty on {world.economies[i]} in {world.sectors[j]} is {found[i, j]:.4%}, but its "
            f"products give {wanted[i, j]:.4%} ({int((gap > EXACT).sum())} such cells): build the world anew"
        )
