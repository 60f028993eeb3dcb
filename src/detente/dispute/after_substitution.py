"""The imports of a day's schedule after substitution: what is bought where the duties hold, product by product.

The equilibrium with all measures of the day gives what happens to each cell (importer, exporter, sector). Within a
cell products are varieties with the cell's elasticity (equations 2 and 3 with parts, K = Σ_m s_m k_m^−θ): with duties t
before and t' on the day, imports net of duties change in proportion to k^−(θ+1), k = (1+t')/(1+t), and are scaled to
the cell. Duties before are those that the base tariffs hold, so that trade of the base year is not moved twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from detente.data.bundled import DEFAULT
from detente.data.products.concordance import NO_SECTOR
from detente.data.products.lines import LINES_YEAR
from detente.data.products.weights import EU
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.inputs import FloatArray
from detente.policy.line_duties import stand_in
from detente.policy.measure import Measure
from detente.policy.pair_duties import PairDuties
from detente.policy.schedule import TariffBook
from detente.solver.economy import calibrate_drawn
from detente.solver.equilibrium import equilibrium
from detente.usual_names import members_of


@dataclass(frozen=True, eq=False)
class MovedTrade:
    """Imports net of duties where the measures of a day hold, over those of the world: (n, i, j), and θ (j,)."""

    world: World
    before: FloatArray
    after: FloatArray
    theta: FloatArray

    def over(self, importer: str, exporter: str, sector: str) -> float:
        """New imports of a sector over those of the base year; a partner of customs records stands for its members."""
        n, j = self.world.index(importer), self.world.sector_index(sector)
        members = [code for code in members_of(EU, f"{LINES_YEAR}-12-31") if code in self.world.economies]
        whole = exporter == EU and exporter not in self.world.economies and bool(members)
        sellers = [self.world.index(code) for code in (members if whole else [stand_in(self.world, exporter)])]
        sold = float(self.before[n, sellers, j].sum())
        return float(self.after[n, sellers, j].sum()) / sold if sold > 0 else 1.0


def moved_trade(world: World, dispute: Dispute, measures: Sequence[Measure], on: date) -> MovedTrade:
    """The equilibrium where measures hold, under the elasticities and the closure of the file, in the long run.

    Raises BadMeasure where measures cannot hold together, NotSolved where no equilibrium is found.
    """
    chosen = dispute.settings
    economy = calibrate_drawn(world, elasticities=chosen.elasticities or DEFAULT, deficits=chosen.deficits or "fixed")
    book = TariffBook(world, measures, dispute.stacking, day=on)
    found = equilibrium(economy, book.shock(book.ids, flows=economy.M, on=on).wedges(economy), "long")
    return MovedTrade(world, np.asarray(economy.M), np.asarray(found.M_cf), np.asarray(economy.theta))


def with_new_imports(
    importer: str, pairs: Sequence[PairDuties], held: Sequence[PairDuties], moved: MovedTrade
) -> tuple[PairDuties, ...]:
    """The duties of an importer with the imports that are left under them.

    pairs: the duties of the day; held: those of the measures that the base tariffs hold already, and no others. Goods
    of no sector are no part of the model and keep their imports.
    """
    before = {its.exporter: _additional(its) for its in held}
    found = []
    for its in pairs:
        known = pd.MultiIndex.from_arrays([its.product, its.sector])
        old = before[its.exporter].reindex(known).fillna(0.0).to_numpy(dtype=np.float64)
        k = (1 + its.ordinary + its.additional) / (1 + its.ordinary + old)
        sector = pd.Series(its.sector)
        theta = sector.map(dict(zip(moved.world.sectors, moved.theta.tolist(), strict=True))).fillna(0.0).to_numpy()
        weight = its.imports * np.where(sector == NO_SECTOR, 1.0, k ** -(theta + 1))
        sums, sold = (pd.Series(given).groupby(sector.to_numpy()).sum() for given in (weight, its.imports))
        scale = {
            name: 1.0 if name == NO_SECTOR or not sums[name] > 0
            else moved.over(importer, its.exporter, str(name)) * sold[name] / sums[name]
            for name in sums.index
        }  # fmt: skip
        found.append(replace(its, imports=weight * sector.map(scale).to_numpy(dtype=np.float64)))
    return tuple(found)


def _additional(its: PairDuties) -> pd.Series[float]:
    """The additional duty by product and sector, weighted by imports."""
    frame = pd.DataFrame(
        {"product": its.product, "sector": its.sector, "paid": its.imports * its.additional, "imports": its.imports}
    )
    sums = frame.groupby(["product", "sector"], sort=False)[["paid", "imports"]].sum()
    return (sums["paid"] / sums["imports"].where(sums["imports"] > 0)).fillna(0.0)
