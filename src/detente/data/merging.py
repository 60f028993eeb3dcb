"""Economies and sectors merged: sums stay sums, and tariff revenue stays tariff revenue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente import inputs
from detente.data.accounts import Labelled
from detente.errors import BadInput, UnknownEconomy, UnknownName, UnknownSector
from detente.inputs import FloatArray
from detente.usual_names import as_known

Labels = NDArray[np.int16]
"""The number of a name for every cell (n, i, j); −1 where members of a merged cell have different names."""


@dataclass(frozen=True)
class Groups:
    """The new codes of a merged world, and for each old code the position of its new one."""

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    economy_of: tuple[int, ...]
    sector_of: tuple[int, ...]

    def total(self, array: FloatArray) -> FloatArray:
        """(n, i, j) summed over the members of each cell."""
        return summed(array, self.economy_of, self.economy_of, self.sector_of)

    def rates(self, rates: Mapping[str, FloatArray], flows: FloatArray) -> dict[str, FloatArray]:
        """Rates (n, i, j) weighted by flows: the revenue of a merged cell is the sum of its members'.

        Where the members trade nothing it is their plain mean. A cell of one member keeps its rate to the last bit.
        """
        if not rates:
            return {}
        traded = self.total(flows)
        back = np.ix_(self.economy_of, self.economy_of, self.sector_of)
        weights = np.where(traded[back] > 0, flows, 1.0)
        per_economy, per_sector = np.bincount(self.economy_of), np.bincount(self.sector_of)
        single = (per_economy[:, None, None] * per_economy[:, None] * per_sector) == 1
        total = self.total(weights)
        merged = {}
        for name, rate in rates.items():
            one = np.zeros(total.shape)
            one[back] = rate
            merged[name] = np.divide(self.total(weights * rate), total, out=one, where=~single)
        return merged

    def labels(self, labels: Labels) -> Labels:
        """The label that all members of a cell have, −1 where they differ."""
        back = np.ix_(self.economy_of, self.economy_of, self.sector_of)
        one = np.empty((len(self.economies), len(self.economies), len(self.sectors)), dtype=np.int16)
        one[back] = labels
        differ = one[back] != labels
        one[tuple(np.broadcast_arrays(*back)[axis][differ] for axis in range(3))] = -1
        return one


@dataclass(frozen=True)
class Merged:
    """The arrays and groups of a merged world, and the tariff revenue (USD mn) on the own sales of each merger."""

    groups: Groups
    flows: FloatArray
    tariffs: FloatArray
    rates: dict[str, FloatArray]
    io: FloatArray
    value_added: FloatArray
    services: tuple[str, ...]
    own_revenue: dict[str, float]


def merge(
    world: Labelled,
    economies: Mapping[str, Sequence[str]] | None = None,
    sectors: Mapping[str, Sequence[str]] | None = None,
    rates: Mapping[str, FloatArray] | None = None,
) -> Merged:
    """Merge the members of each group into one economy or sector; what is not named stays.

    A merger takes the place of its first member on the axis, so the order in which groups or members are written
    changes nothing. Flows, io and value added are summed. A tariff is weighted by trade, Σ t F / Σ F, so the revenue of
    every merged cell is the sum of its members'; where the members trade nothing it is their plain mean. Trade between
    members becomes own sales and keeps its tariff, on the diagonal, so revenue, expenditure and deficits stay as they
    were. A merged sector is a service only if all its members are. `rates` are more arrays (n, i, j) to merge as
    tariffs are, by name.

    Raises UnknownEconomy or UnknownSector for a member that the world lacks, BadInput for a code used twice, an empty
    group, or a new code that an economy or sector outside the group already has.
    """
    names, group = _groups(world.economies, economies or {}, "economies", UnknownEconomy)
    sector_names, sector_group = _groups(world.sectors, sectors or {}, "sectors", UnknownSector)
    groups = Groups(names, sector_names, tuple(group), tuple(sector_group))
    at, of = groups.economy_of, groups.sector_of
    flows, merged = groups.total(world.flows), groups.rates({**(rates or {}), "": world.tariffs}, world.flows)
    tariffs = merged.pop("")
    services = tuple(
        name
        for J, name in enumerate(sector_names)
        if all(code in world.services for code, g in zip(world.sectors, sector_group, strict=True) if g == J)
    )
    own = np.einsum("NNJ,NNJ->N", flows, tariffs)
    return Merged(
        groups=groups,
        flows=flows,
        tariffs=tariffs,
        rates=merged,
        io=summed(world.io, at, of, of),
        value_added=summed(world.value_added, at, of),
        services=services,
        own_revenue={names[g]: float(own[g]) for g in range(len(names)) if group.count(g) > 1 and own[g] > 0},
    )


def _groups(
    codes: tuple[str, ...], wanted: Mapping[str, Sequence[str]], what: str, unknown: type[UnknownName]
) -> tuple[tuple[str, ...], list[int]]:
    """The new codes in order, and for each old code the position of its new one."""
    into: dict[str, str] = {}
    for name, given in inputs.mapping(wanted, what).items():
        inputs.names([name], f"the new codes of {what}")
        members = inputs.names(given, f"group {name!r} of {what}")
        if unknown is UnknownEconomy:
            members = tuple(as_known(code, codes) for code in members)
        if not members:
            raise BadInput(f"group {name!r} of {what} is empty: list at least one code")
        for code in members:
            if code not in codes:
                raise unknown(code, codes, where=f"group {name!r} of {what}")
            if code in into:
                raise BadInput(f"{code!r} is used twice among the {what}: in {into[code]!r} and in {name!r}")
            into[code] = name
    for name in wanted:
        if name in codes and into.get(name) != name:
            raise BadInput(f"group {name!r} has the code of one of the {what} outside it: give the group another code")
    new = [into.get(code, code) for code in codes]
    names = tuple(dict.fromkeys(new))
    place = {name: position for position, name in enumerate(names)}
    return names, [place[name] for name in new]


def summed(array: FloatArray, *groups: Sequence[int]) -> FloatArray:
    """An array summed over the members of the groups of each axis, member by member in their order.

    No library of matrices is asked, whose order of addition hangs on the processor: a merged world is the same to the
    last bit on every machine, and so is the id of whatever is computed on it.
    """
    for axis, group in enumerate(groups):
        members = np.moveaxis(array, axis, 0)
        total = np.zeros((max(group) + 1, *members.shape[1:]))
        for old, new in enumerate(group):
            total[new] += members[old]
        array = np.moveaxis(total, 0, axis)
    return np.ascontiguousarray(array)
