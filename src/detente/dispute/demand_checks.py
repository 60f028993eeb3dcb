"""The checks of the demands of a dispute file and of the groups that ratify at home."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any, Final

from detente.data.quantities import parse_money
from detente.dispute.facts import Facts, is_iso, keys_of, texts, walk
from detente.dispute.tree import Path_
from detente.errors import BadInput, Fault

#: Kind of ask → the field that says whose trade it is about.
_WHOSE: Final = {"bilateral_balance": "partner", "purchases": "seller"}

_Asked = tuple[Path_, dict[str, Any], str, Any]
"""Path and values of a demand, the kind of its ask, and the terms."""


def _asked(facts: Facts) -> Iterator[_Asked]:
    """Every demand whose ask has one kind."""
    for path, demand in facts.entries("demands"):
        ask = demand.get("ask")
        if isinstance(ask, dict) and len(ask) == 1:
            kind, terms = next(iter(ask.items()))
            yield path, demand, str(kind), terms


def deadlines_are_still_to_come(facts: Facts) -> Iterator[Fault]:
    """No demand has a deadline that has passed on the day of the file."""
    day = facts.tree.value.get("as_of")
    for path, demand in facts.entries("demands"):
        deadline = demand.get("deadline")
        if is_iso(day) and is_iso(deadline) and str(deadline) < str(day):
            message = f"has passed on the day of the file, {day}: take out the demand, or write the date that now holds"
            yield facts.fault((*path, "deadline"), message, str(deadline))


def trade_is_with_a_party(facts: Facts) -> Iterator[Fault]:
    """A balance is with, and purchases are from, a party other than the one that is asked."""
    parties = tuple(facts.keyed("parties"))
    for path, demand, kind, terms in _asked(facts):
        field = _WHOSE.get(kind, "")
        whose = terms.get(field) if isinstance(terms, dict) else None
        if not isinstance(whose, str) or (facts.economies is not None and whose not in facts.economies):
            continue
        spot = (*path, "ask", kind, field)
        if whose not in parties:
            yield facts.fault(spot, "is not a party of the dispute", whose, parties)
        elif whose == demand.get("of"):
            yield facts.fault(spot, "is the party that is asked: name the one it trades with", whose)


def balances_move_the_way_of_who_asks(facts: Facts) -> Iterator[Fault]:
    """A side that asks for a balance with itself asks that the other's surplus falls."""
    for path, demand, kind, terms in _asked(facts):
        if kind != "bilateral_balance" or not isinstance(terms, dict) or terms.get("partner") != demand.get("by"):
            continue
        change = _amount(terms.get("change"))
        if change is not None and change > 0:
            by, of = demand.get("by"), demand.get("of")
            message = f"lets the surplus of {of} with {by}, the side that asks, rise: write -{terms['change']}"
            yield facts.fault((*path, "ask", kind, "change"), message, terms["change"])


def measures_are_of_who_could_end_them(facts: Facts) -> Iterator[Fault]:
    """A measure to be ended belongs to the side that is asked; one not to be answered, to the side that asks."""
    authors = {
        entry["id"]: entry.get("by") for _, entry in facts.entries("measures") if isinstance(entry.get("id"), str)
    }
    for path, demand, kind, terms in _asked(facts):
        spots: list[tuple[Path_, Any, str]] = []
        if kind == "withdraw":
            spots = [((), terms, "of")]
        elif kind == "end_investigation" and isinstance(terms, dict):
            spots = [(("measures",), terms.get("measures"), "of")]
        elif kind == "no_retaliation" and isinstance(terms, dict):
            spots = [(("to",), terms.get("to"), "by"), (("ends",), terms.get("ends"), "of")]
        for rest, node, role in spots:
            for spot, name in texts(node, (*path, "ask", kind, *rest)):
                author, wanted = authors.get(name), demand.get(role)
                if author is None or wanted is None or author == wanted:
                    continue
                side = "is asked" if role == "of" else "asks"
                yield facts.fault(spot, f"is a measure of {author}, not of {wanted}, the side that {side}", name)


def demands_do_not_contradict(facts: Facts) -> Iterator[Fault]:
    """No side asks twice about the same thing, and no two sides ask that their balance moves both ways."""
    for (path, demand, kind, terms), (_, former, its_kind, its_terms) in (
        pair[::-1] for pair in combinations(_asked(facts), 2)
    ):
        if kind != its_kind or demand.get("id") == former.get("id"):
            continue
        spot, other = (*path, "ask", kind), former.get("id")
        sides, its_sides = [(each.get("by"), each.get("of")) for each in (demand, former)]
        if sides == its_sides and _of_the_same(kind, terms, its_terms):
            if terms == its_terms:
                yield facts.fault(spot, f"asks the same as demand {other}: keep one")
            elif kind in (*_WHOSE, "tariff_cut", "tariffs_at_most"):
                yield facts.fault(spot, f"contradicts demand {other}, which asks for other terms of the same: keep one")
        elif kind == "bilateral_balance" and sides == its_sides[::-1] and _opposite(terms, its_terms, sides):
            message = f"cannot be met together with demand {other}: one balance of both cannot move both ways; keep one"
            yield facts.fault(spot, message)


def _of_the_same(kind: str, terms: Any, others: Any) -> bool:
    """Whether two asks of a kind are about the same trade: the same partner, and sectors in common."""
    if not isinstance(terms, dict) or not isinstance(others, dict):
        return bool(terms == others)
    if kind in _WHOSE and terms.get(_WHOSE[kind]) != others.get(_WHOSE[kind]):
        return False
    mine, its = (_sectors(each) for each in (terms, others))
    return not mine or not its or bool(mine & its)


def _sectors(terms: dict[str, Any]) -> set[str]:
    """Codes of the sectors that an ask names, in its categories too."""
    found = [name for _, name in texts(terms.get("sectors"), ())]
    found += [code for _, value in walk(terms.get("categories"), "sectors", ()) for code in keys_of(value)]
    return set(found)


def _opposite(terms: Any, others: Any, sides: tuple[Any, Any]) -> bool:
    """Whether each asks that the other's surplus with it changes the same way: one cannot fall unless one rises."""
    if not isinstance(terms, dict) or not isinstance(others, dict):
        return False
    if terms.get("partner") != sides[0] or others.get("partner") != sides[1]:
        return False
    first, second = _amount(terms.get("change")), _amount(others.get("change"))
    return first is not None and second is not None and first * second > 0


def _amount(given: Any) -> float | None:
    """USD million, None for what the schema refuses."""
    try:
        return parse_money(given)
    except BadInput:
        return None


DEMAND_CHECKS: Final[tuple[Callable[[Facts], Iterator[Fault]], ...]] = (
    deadlines_are_still_to_come,
    trade_is_with_a_party,
    balances_move_the_way_of_who_asks,
    measures_are_of_who_could_end_them,
    demands_do_not_contradict,
)
"""Every check of this file."""


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
    """A speaker for a faction is a member of its party's delegation."""
    delegations = facts.keyed("delegations")
    for party, path, entry in _factions(facts):
        found = delegations.get(party)
        listed = found if isinstance(found, list | tuple) else []
        people = [d["name"] for d in listed if isinstance(d, dict) and isinstance(d.get("name"), str)]
        for spot, name in texts(entry.get("speakers"), (*path, "speakers")):
            if name not in people:
                yield facts.fault(spot, f"is not a member of the delegation of {party}", name, people)


FACTION_CHECKS: Final[tuple[Callable[[Facts], Iterator[Fault]], ...]] = (
    factions_of_a_party_have_names_of_their_own,
    speakers_are_delegates,
)
"""Every check of factions."""
