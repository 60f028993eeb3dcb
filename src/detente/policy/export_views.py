"""A measure on exports as its buyers see it: goods that one importer buys from the exporter.

Everything that lays goods out counts what an importer buys. A measure on exports to several buyers is a measure on the
imports of each; a value, or the official total of a list, is divided among them by what they buy.
"""

from __future__ import annotations

import numpy as np

from detente.data.world import World
from detente.inputs import FloatArray
from detente.policy.measure import Measure
from detente.policy.named_lists import lists_of
from detente.policy.reach import partners, purchases, sectors
from detente.policy.totals import traded_of

Pair = tuple[str, str]
"""Importer and exporter."""


def pairs_of(world: World, measure: Measure) -> list[Pair]:
    """The pairs of importer and exporter that a measure reaches.

    Raises UnknownEconomy for a name the world lacks, BadMeasure where a table has no rate for a partner named.
    """
    names = partners(world, measure)
    if measure.export is None:
        return [(measure.by, name) for name in names]
    if measure.goods.value is None:
        return [(name, measure.by) for name in names]
    return [(name, measure.by) for name, part in zip(names, _parts(world, measure, names)[0], strict=True) if part > 0]


def seen_by(world: World, measure: Measure, importer: str) -> Measure:
    """A measure as one of its importers sees it, with the goods of its exporters; import measures are that already."""
    if measure.export is None:
        return measure
    goods = measure.goods
    if goods.value is not None:
        names = partners(world, measure)
        parts, basis = _parts(world, measure, names)
        goods = goods.model_copy(update={"value": goods.value * float(parts[names.index(importer)]), "basis": basis})
    exempt = measure.exempted
    if exempt is not None and exempt.economies is not None:
        exempt = exempt.model_copy(update={"economies": None}) if exempt.sectors or exempt.codes else None
    return measure.model_copy(update={"by": importer, "on": (measure.by,), "goods": goods, "exempt": exempt})


def _parts(world: World, measure: Measure, names: tuple[str, ...]) -> tuple[FloatArray, str]:
    """The part of the value of an export measure that each buyer has, and whose figures these are."""
    basis = measure.goods.basis or "customs"
    each = [purchases(world, name, measure.by, basis) for name in names]
    if len({found.basis for found in each}) > 1:
        basis, each = "world", [purchases(world, name, measure.by, "world") for name in names]
    if measure.goods.codes is not None:
        its = dict(lists_of(measure))[measure.id, "goods"]
        bought = np.array([traded_of(world, name, measure.by, its, basis) for name in names])
    else:
        where = sectors(world, measure)
        chosen = np.isin(world.sectors, where)
        whole = set(where) == set(world.goods)
        bought = np.array([found.total if whole else float(found.by_sector[chosen].sum()) for found in each])
    return bought / (bought.sum() or 1.0), basis
