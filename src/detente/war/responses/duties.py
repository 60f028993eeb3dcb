"""A government's duties on the other's goods, sector by sector, as one measure of law."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detente.errors import BadMeasure
from detente.policy import Goods, Measure, TariffBook
from detente.war.responses.rule import in_words
from detente.war.responses.standoff import Standoff

FloatArray = NDArray[np.float64]

#: Duties that a measure makes are the ones asked for to this, fractions.
_EXACT = 1e-9


def as_law(
    standoff: Standoff, by: str, against: str, rates: FloatArray, id: str, title: str, like: Sequence[Measure]
) -> Measure:
    """The measure that makes the whole duty on each goods sector (j,) what ``rates`` says, whatever was added before.

    It replaces every other additional duty on those goods. Sectors without trade are left out. Raises BadMeasure where
    other law of the same side keeps the duty from being so.
    """
    world = standoff.world
    n, i = world.index(by), world.index(against)
    chosen = [j for j in (world.sector_index(s) for s in world.goods) if world.flows[n, i, j] > 0]
    level = world.tariffs[n, i].copy()
    # law that sets a duty moves the level from which additions count, so that the first try may be off by as much
    for _ in range(2):
        added = {world.sectors[j]: float(rates[j] - level[j]) for j in chosen}
        measure = in_words(id, title, by, against, Goods(sector_rates=added), like, stacking="replace")
        sector, made = _duties(standoff, measure, by, against)
        gap = made - rates[sector]
        if np.abs(gap).max(initial=0.0) <= _EXACT:
            return measure
        level[sector] += gap
    worst = int(np.abs(gap).argmax())
    where = f"{rates[sector[worst]]:.2%} in {world.sectors[sector[worst]]}"
    raise BadMeasure(
        f"measure {id!r} would make the duty of {by} {where}, but with the {len(standoff.standing)} measures in force "
        f"it is {made[worst]:.2%}: duties that {by} sets or replaces stand in its way; leave them out of what stands"
    )


def _duties(standoff: Standoff, measure: Measure, by: str, against: str) -> tuple[NDArray[np.int64], FloatArray]:
    """Sector and duty of every part of the pair's cells where the measure holds beside those in force."""
    book = TariffBook(standoff.world, (*standoff.standing, measure), laid=standoff.laid)
    rows = ((book.atoms["importer"] == by) & (book.atoms["exporter"] == against)).to_numpy()
    place = {sector: j for j, sector in enumerate(standoff.world.sectors)}
    sector = np.array([place[name] for name in book.atoms["sector"][rows]], dtype=np.int64)
    return sector, book.rate(book.ids)[rows]
