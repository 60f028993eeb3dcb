"""Merging economies and sectors: sums stay sums, and tariff revenue stays tariff revenue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detente import inputs
from detente.data.labelled import Floats, Labelled
from detente.errors import BadInput, UnknownEconomy, UnknownName, UnknownSector


@dataclass(frozen=True)
class Merged:
    """The arrays and codes of a merged world, and the tariff revenue (USD mn) on the own sales of each merger."""

    flows: Floats
    tariffs: Floats
    io: Floats
    value_added: Floats
    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    services: tuple[str, ...]
    own_revenue: dict[str, float]


def merge(
    world: Labelled,
    economies: Mapping[str, Sequence[str]] | None = None,
    sectors: Mapping[str, Sequence[str]] | None = None,
) -> Merged:
    """Merge the members of each group into one economy or sector; what is not named stays.

    A merger takes the place of its first member on the axis, so the order in which groups or members are written
    changes nothing. Flows, io and value added are summed. A tariff is weighted by trade, Σ t F / Σ F, so the revenue of
    every merged cell is the sum of its members'; where the members trade nothing it is their plain mean. Trade between
    members becomes own sales and keeps its tariff, on the diagonal, so revenue, expenditure and deficits stay as they
    were. A merged sector is a service only if all its members are.

    Raises UnknownEconomy or UnknownSector for a member that the world lacks, BadInput for a code used twice, an empty
    group, or a new code that an economy or sector outside the group already has.
    """
    names, group = _groups(world.economies, economies or {}, "economies", UnknownEconomy)
    sector_names, sector_group = _groups(world.sectors, sectors or {}, "sectors", UnknownSector)
    at = _membership(group, len(names))
    of = _membership(sector_group, len(sector_names))

    def cells(array: Floats) -> Floats:
        return np.asarray(np.einsum("nij,nN,iI,jJ->NIJ", array, at, at, of, optimize=True))

    flows, revenue = cells(world.flows), cells(world.flows * world.tariffs)
    members = cells(np.ones_like(world.tariffs))
    plain = cells(world.tariffs) / members
    tariffs = np.divide(revenue, flows, out=plain, where=(flows > 0) & (members > 1))
    services = tuple(
        name
        for J, name in enumerate(sector_names)
        if all(code in world.services for code, g in zip(world.sectors, sector_group, strict=True) if g == J)
    )
    own = np.einsum("NNJ,NNJ->N", flows, tariffs)
    return Merged(
        flows=flows,
        tariffs=tariffs,
        io=np.asarray(np.einsum("nkj,nN,kK,jJ->NKJ", world.io, at, of, of, optimize=True)),
        value_added=at.T @ world.value_added @ of,
        economies=names,
        sectors=sector_names,
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


def _membership(group: list[int], size: int) -> Floats:
    """(old, new) matrix of ones and zeros."""
    member = np.zeros((len(group), size))
    member[np.arange(len(group)), group] = 1.0
    return member
