"""Parties that are blocs: a customs union enters the world as one economy, made of its members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detente.data import World


def with_blocs(world: World, parties: Mapping[str, Any]) -> World:
    """The world with every bloc among the parties as one economy; `parties` as the file has them, or validated.

    A bloc whose code the world has already is left as it is, and so is one with a member that the world lacks or that
    stands in two blocs: the checks of the file name it.
    """
    groups: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for code, party in parties.items():
        given = party.get("members") if isinstance(party, Mapping) else getattr(party, "members", ())
        members = tuple(given) if isinstance(given, list | tuple) else ()
        known = all(isinstance(member, str) and member in world.economies for member in members)
        if members and known and code not in world.economies and not taken & set(members):
            groups[code] = members
            taken |= set(members)
    return world.aggregate(economies=groups, name=world.name) if groups else world
