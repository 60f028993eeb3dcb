"""Whom and what a measure reaches, before any product code: its partners and its sectors, exempt ones left out."""

from __future__ import annotations

from detente.data import World
from detente.errors import BadMeasure, UnknownEconomy, UnknownSector, enumerate_names
from detente.policy import tables
from detente.policy.measure import EVERYONE, Measure


def partners(world: World, measure: Measure) -> tuple[str, ...]:
    """The economies whose goods a measure covers, in its order.

    Raises UnknownEconomy for a name the world lacks, BadMeasure where a table has no rate for a partner named.
    """
    exempt = (measure.exempt.economies if measure.exempt is not None else None) or ()
    for name in (measure.by, *exempt, *(name for name in measure.on if name != EVERYONE)):
        if name not in world.economies:
            raise UnknownEconomy(name, world.economies, where=f"measure {measure.id!r}")
    everyone = EVERYONE in measure.on
    named = tuple(code for code in world.economies if code != measure.by) if everyone else measure.on
    if measure.goods.table is not None and tables.check_table(measure).kind == "partners":
        known = tables.added_by_partner(measure)
        missing = [name for name in named if name not in known]
        if missing and not everyone:
            raise BadMeasure(
                f"measure {measure.id!r}: table {measure.goods.table!r} has no rate for {enumerate_names(missing)}; "
                "name others, or write on: all for the partners it has"
            )
        named = tuple(name for name in named if name in known)
    idle = [name for name in exempt if name not in named]
    if idle:
        raise BadMeasure(f"measure {measure.id!r} exempts {enumerate_names(idle)}, which it is not on: remove it")
    return tuple(name for name in named if name not in exempt)


def sectors(world: World, measure: Measure) -> tuple[str, ...]:
    """The goods sectors that a measure's goods can lie in: those it names, else all; exempt ones left out.

    Raises UnknownSector, and BadMeasure for a sector of services.
    """
    goods = measure.goods
    named = goods.sectors or (tuple(goods.sector_rates) if goods.sector_rates is not None else world.goods)
    exempt = (measure.exempt.sectors if measure.exempt is not None else None) or ()
    for name in (*named, *exempt):
        if name not in world.sectors:
            raise UnknownSector(name, world.sectors, where=f"measure {measure.id!r}")
    services = [name for name in named if name not in world.goods]
    if services:
        raise BadMeasure(f"measure {measure.id!r}: {enumerate_names(services)} is services, which pay no customs duty")
    idle = [name for name in exempt if name not in named]
    if idle:
        raise BadMeasure(f"measure {measure.id!r} exempts {enumerate_names(idle)}, where it has no goods: remove it")
    return tuple(name for name in named if name not in exempt)
