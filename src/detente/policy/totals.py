"""Official totals: the lists that have one, what product trade gives them, and the shares under which they come to it.

A list of a measure has the `value` beside its codes as its total, of which each partner has the part that product trade
gives it. Each list of a bundled table has its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from detente.data.products.lines import NOBODY, has_lines
from detente.data.quantities import format_money
from detente.data.world import World
from detente.errors import BadMeasure
from detente.inputs import FloatArray
from detente.policy.list_values import Scaling, Total, fit_totals
from detente.policy.listed_tables import rated_lists
from detente.policy.measure import Measure
from detente.policy.named_lists import lists_of, tables_of_lists
from detente.policy.reach import partners, purchases
from detente.policy.units import Arrangement, List, arrange, known_codes, reading_of, sector_imports, unit_weights


@dataclass(frozen=True, eq=False)
class PairLists:
    """The goods of a pair with the lists on them: see `units.Arrangement`, and `layout.Units` for `lists`."""

    world: World
    importer: str
    exporter: str
    measures: Sequence[Measure]
    arranged: Arrangement
    lists: Mapping[tuple[str, str], int]


def scale_lists(pair: PairLists, share: FloatArray) -> tuple[FloatArray, list[Scaling]]:
    """The shares of units (u,) with the lists that have an official total scaled to it, and how.

    Raises BadMeasure where the totals cannot be met together.
    """
    claims = [*_of_measures(pair, share), *_of_tables(pair, share)]
    totals = [total for total, _ in claims]
    scalings = [scaling for _, scaling in claims]
    return (fit_totals(share, pair.arranged.sector, totals) if totals else share), scalings


def _of_measures(pair: PairLists, share: FloatArray) -> Iterator[tuple[Total, Scaling]]:
    """The totals of measures that list codes; raises BadMeasure where nobody sells anything of a list."""
    world, importer = pair.world, pair.importer
    for measure in pair.measures:
        if measure.goods.codes is None or measure.goods.value is None:
            continue
        basis = measure.goods.basis or "customs"
        base, figures = _list_base(world, importer, pair.exporter, pair.arranged, basis)
        rows = pair.arranged.owner[:, pair.lists[measure.id, "goods"]] != NOBODY
        traded = Total("", rows, base, measure.goods.value).of(share, pair.arranged.sector)
        its = dict(lists_of(measure))[measure.id, "goods"]
        names = (name for name in partners(world, measure) if name != pair.exporter)
        others = sum(traded_of(world, importer, name, its, basis) for name in names)
        if traded <= 0 and others <= 0:
            raise BadMeasure(
                f"measure {measure.id!r}: nothing is bought under its codes by product trade, so that they cannot be "
                f"{format_money(measure.goods.value)} of imports: name wider codes, or give each code its value"
            )
        if traded <= 0:
            continue
        part = traded / (traded + others)
        official = measure.goods.value * part
        yield (
            Total(f"measure {measure.id!r}", rows, base, official),
            Scaling(measure.id, pair.exporter, traded, official, figures),
        )


def _of_tables(pair: PairLists, share: FloatArray) -> Iterator[tuple[Total, Scaling]]:
    """The totals of each list of bundled tables, those not yet in force included: trade is the same on every date."""
    first = {measure.goods.table: measure for measure in reversed(pair.measures)}
    for name in tables_of_lists(pair.measures):
        table, measure = rated_lists(name), first[name]
        base, figures = _list_base(pair.world, pair.importer, pair.exporter, pair.arranged, "customs")
        codes = known_codes(reading_of(*dict(lists_of(measure))[measure.id, "goods"], measure.by))
        place = dict(zip(table.codes, table.list_of.tolist(), strict=True))
        owner = pair.arranged.owner[:, pair.lists[measure.id, "goods"]]
        of = np.array([*(place[code] for code, _ in codes), NOBODY])[owner]
        for at, (part, official) in enumerate(zip(table.lists, table.official.tolist(), strict=True)):
            total = Total(f"table {name!r}, list {part}", of == at, base, official)
            traded = total.of(share, pair.arranged.sector)
            if traded > 0:
                yield total, Scaling(name, pair.exporter, traded, official, figures, part)


def _list_base(world: World, importer: str, exporter: str, arranged: Arrangement, basis: str) -> tuple[FloatArray, str]:
    """Imports by goods sector (j,) that an official total is compared with, USD million, and whose figures they are.

    Customs figures of the pair and the year; else, for US imports, those by line; else the world's own flows.
    """
    found = purchases(world, importer, exporter, basis)
    if found.basis != "customs" and basis == "customs" and has_lines(importer):
        by_line = sector_imports(arranged, importer, exporter, world.year, len(world.goods))
        if by_line.any():
            return by_line, "customs"
    return found.by_sector[[world.sector_index(name) for name in world.goods]], found.basis


@lru_cache(maxsize=1024)
def traded_of(world: World, importer: str, exporter: str, its: List, basis: str) -> float:
    """What product trade gives a list from a partner, USD million."""
    arranged = arrange(importer, (its,), False, tuple(world.goods))
    _, share = unit_weights(arranged, importer, exporter, world.year, len(world.goods))
    base, _ = _list_base(world, importer, exporter, arranged, basis)
    return Total("", arranged.owner[:, 0] != NOBODY, base, 0.0).of(share, arranged.sector)
