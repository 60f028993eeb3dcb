"""Base tariffs by rule: what each cell is, where it comes from, and which measures in force it holds.

A world may know its base tariffs by several rules, such as simple averages within a sector and duties collected at
customs. One of them is in use; results vary with the rule, and `World.with_tariffs` changes it. `Origins` says for each
cell where its rate is from, which part of it is a measure in force, by authority, and which preference the pair has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detente.data.accounts import Labelled, tariff_array
from detente.data.merging import Groups, Labels
from detente.errors import BadWorld
from detente.inputs import FloatArray, mapping

GIVEN: Final = "given"
"""The rule of a world whose tariffs were given without a name, and the source of its cells."""
MIXED: Final = "several"
"""The source of a merged cell whose members have different ones."""
NOTE: Final = "base tariffs: "
"""How the note of the provenance begins that names the rule in use."""


class TariffSources(Mapping[str, FloatArray]):
    """Base tariffs (n, i, j), fractions, by rule; read-only. Measures in force are part of them."""

    def __init__(self, arrays: Mapping[str, FloatArray]) -> None:
        self._arrays = dict(arrays)

    def __getitem__(self, name: str) -> FloatArray:
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __repr__(self) -> str:
        return f"<base tariffs: {', '.join(self)}>"


@dataclass(frozen=True)
class Collected:
    """What customs recorded of an importer in a year, USD million a year.

    `imports` and `duty` are all goods; `placed_imports` and `placed_duty` the part that belongs to a goods sector.
    `duty` is missing where only the weighted mean of all applied rates is known, and the imports with it.
    """

    year: int
    source: str
    rate: float
    imports: float | None = None
    duty: float | None = None
    placed_imports: float | None = None
    placed_duty: float | None = None


@dataclass(frozen=True)
class BaseRevenue:
    """Tariff revenue of a world before any shock beside what was collected. Money in USD million a year.

    importer: the economy.
    year, source: of the figure it is held against; missing where none is at hand.
    collected, customs_imports, collected_rate: duty, imports of goods and their ratio at customs. For importers without
    customs records only the rate is known: the mean of applied rates, weighted by trade.
    revenue, imports, rate: base revenue, imports of goods and their ratio in the world, at the tariffs in use. Imports
    from the other members of a customs union are left out, as the published means do.
    imports_ratio: imports of the world ÷ imports at customs. Worlds import less goods than customs record, so that
    amounts in dollars differ where rates agree.
    coverage, composition: the parts of rate − collected_rate, fractions. Coverage is the rate of the goods that have a
    sector less the rate of all goods. Composition is what the world's weights of partners and sectors add to it.
    additional: the part of `rate` that is measures in force. Published means of applied rates leave it out, customs
    records have it.
    """

    importer: str
    revenue: float
    imports: float
    rate: float
    year: int | None = None
    source: str | None = None
    collected: float | None = None
    customs_imports: float | None = None
    collected_rate: float | None = None
    imports_ratio: float | None = None
    coverage: float | None = None
    composition: float | None = None
    additional: float = 0.0


@dataclass(frozen=True, eq=False)
class Origins:
    """Where the base tariffs of a world come from. Arrays are (n, i, j); labels count the entries of `names`.

    sources: rule → the source of each cell. in_force: authority → the part of the rate that is a measure in force, a
    fraction, the same under every rule. preferences: the preference under which the pair trades, −1 for none.
    collected: importer → customs records. union: importers that levy no duty on each other. customs_year: the year of
    the records that the US row is made of; missing where the world has none, or was merged.
    """

    names: tuple[str, ...] = ()
    sources: Mapping[str, Labels] = field(default_factory=dict)
    in_force: Mapping[str, FloatArray] = field(default_factory=dict)
    preferences: Labels | None = None
    collected: Mapping[str, Collected] = field(default_factory=dict)
    union: frozenset[str] = frozenset()
    customs_year: int | None = None

    def merged(self, groups: Groups, old: tuple[str, ...], flows: FloatArray) -> Self:
        """The same for merged economies and sectors; customs records of a merged importer are left out."""
        alone = {code for code in old if groups.economy_of.count(groups.economy_of[old.index(code)]) == 1}
        inside = {groups.economies[groups.economy_of[old.index(code)]] for code in self.union}
        return replace(
            self,
            sources={rule: groups.labels(labels) for rule, labels in self.sources.items()},
            in_force=groups.rates(self.in_force, flows),
            preferences=None if self.preferences is None else groups.labels(self.preferences),
            collected={code: record for code, record in self.collected.items() if code in alone},
            union=frozenset(inside) if self.union else self.union,
            customs_year=self.customs_year if len(groups.economies) * len(groups.sectors) == flows[0].size else None,
        )

    def named(self, labels: Labels | None, other: str, mixed: str) -> FloatArray:
        """The labels as text: `other` where there are none at all, `mixed` for those that differ."""
        if labels is None:
            return np.asarray(other)
        return np.array([*self.names, mixed], dtype=object)[labels]


def sources_of(
    tariffs: FloatArray,
    name: str,
    given: Mapping[str, ArrayLike] | None,
    economies: tuple[str, ...],
    sectors: tuple[str, ...],
) -> TariffSources:
    """The base tariffs of a world by rule, checked.

    Raises BadWorld where the rule in use is not among them, or its tariffs are not the world's.
    """
    if not isinstance(name, str) or not name.strip():
        raise BadWorld(f"tariff_source is {name!r}: give the name of the rule of the base tariffs, as text")
    if given is None:
        return TariffSources({name: tariffs})
    arrays = {
        str(rule): tariff_array(array, economies, sectors, f"tariff_sources[{rule!r}]")
        for rule, array in mapping(given, "tariff_sources").items()
    }
    if name not in arrays:
        raise BadWorld(f"tariff_source is {name!r}, but tariff_sources has {', '.join(arrays) or 'none'}: add it")
    apart = int((arrays[name] != tariffs).sum())
    if apart:
        raise BadWorld(
            f"tariffs differ from tariff_sources[{name!r}] in {apart} cells: give the same array for both, or another "
            "name as tariff_source"
        )
    return TariffSources({**arrays, name: tariffs})


def cells_of(world: Labelled, origins: Origins, rule: str, importer: str | None, exporter: str | None) -> pd.DataFrame:
    """Every cell between two economies: its rate, where it is from, and its parts. See `World.tariff_cells`."""
    kept = ~np.eye(len(world.economies), dtype=bool)[:, :, None] & np.ones(world.tariffs.shape, dtype=bool)
    for axis, code in enumerate((importer, exporter)):
        if code is not None:
            at = np.arange(len(world.economies)) == world.index(code)
            kept &= at[:, None, None] if axis == 0 else at[None, :, None]
    n, i, j = np.nonzero(kept)
    parts = {authority: rates[n, i, j] for authority, rates in origins.in_force.items()}
    additional = sum(parts.values(), np.zeros(len(n)))
    source = origins.named(origins.sources.get(rule), GIVEN, MIXED)
    preference = origins.named(origins.preferences, "", "")
    return pd.DataFrame(
        {
            "importer": np.asarray(world.economies)[n],
            "exporter": np.asarray(world.economies)[i],
            "sector": np.asarray(world.sectors)[j],
            "tariff": world.tariffs[n, i, j],
            "source": source[n, i, j] if source.ndim else str(source),
            "ordinary": world.tariffs[n, i, j] - additional,
            "additional": additional,
            "preference": preference[n, i, j] if preference.ndim else str(preference),
            **parts,
        }
    )


def revenue_of(world: Labelled, origins: Origins, importer: str) -> BaseRevenue:
    """Base revenue of an importer beside the collected figure. See `World.base_revenue`."""
    n = world.index(importer)
    goods = [world.sector_index(code) for code in world.goods]
    abroad = np.array([code != importer and not {importer, code} <= origins.union for code in world.economies])
    flows, rates = world.flows[n][abroad][:, goods], world.tariffs[n][abroad][:, goods]
    imports, revenue = float(flows.sum()), float((flows * rates).sum())
    rate = revenue / imports if imports else 0.0
    measures = sum(float((flows * part[n][abroad][:, goods]).sum()) for part in origins.in_force.values())
    additional = measures / imports if imports else 0.0
    record = origins.collected.get(importer)
    if record is None:
        return BaseRevenue(importer, revenue, imports, rate, additional=additional)
    placed = record.placed_duty / record.placed_imports if record.placed_duty and record.placed_imports else None
    return BaseRevenue(
        importer,
        revenue,
        imports,
        rate,
        record.year,
        record.source,
        record.duty,
        record.imports,
        record.rate,
        imports / record.imports if record.imports else None,
        None if placed is None else placed - record.rate,
        None if placed is None else rate - placed,
        additional,
    )
