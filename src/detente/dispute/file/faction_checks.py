"""What no single field of a faction can see: its name is its own, and those who speak for it are delegates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from detente.dispute.file.facts import Facts, texts
from detente.dispute.file.loader import Path_
from detente.errors import Fault


def _factions(facts: Facts) -> Iterator[tuple[str, Path_, dict[str, Any]]]:
    """Every faction with its party and its path."""
    for party, entries in facts.keyed("factions").items():
        for position, entry in enumerate(entries if isinstance(entries, list | tuple) else []):
            if isinstance(entry, dict):
                yield party, ("factions", party, position), entry


def factions_of_a_party_have_names_of_their_own(facts: Facts) -> Iterator[Fault]:
    """No two factions of a party have the same name."""
    seen: set[tuple[str, str]] = set()
    for party, path, entry in _factions(facts):
        name = entry.get("name")
        if isinstance(name, str):
            if (party, name) in seen:
                yield facts.fault((*path, "name"), f"is the name of another faction of {party}", name)
            seen.add((party, name))


def speakers_are_delegates(facts: Facts) -> Iterator[Fault]:
    """Who speaks for a faction is a member of its party's delegation."""
    delegations = facts.keyed("delegations")
    for party, path, entry in _factions(facts):
        found = delegations.get(party)
        listed = found if isinstance(found, list | tuple) else []
        people = [d["name"] for d in listed if isinstance(d, dict) and isinstance(d.get("name"), str)]
        for spot, name in texts(entry.get("speakers"), (*path, "speakers")):
            if name not in people:
                yield facts.fault(spot, f"is not a member of the delegation of {party}", name, people)


CHECKS: Final[tuple[Callable[[Facts], Iterator[Fault]], ...]] = (
    factions_of_a_party_have_names_of_their_own,
    speakers_are_delegates,
)
"""Every check of factions."""
