"""Checks of the law in a dispute file: authorities and the rules of how their duties go together, claims by partner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from pydantic import ValidationError

from detente.dispute.facts import Facts, keys_of, texts
from detente.dispute.tree import Path_
from detente.errors import Fault
from detente.policy.measure import parse_authority
from detente.policy.stacking_rules import StackingRule, contradictions


def authorities_in_rules_are_those_of_measures(facts: Facts) -> Iterator[Fault]:
    """Every authority that a rule of stacking names is that of a measure of the file.

    Rules that came with the law underneath, the last ones, also name authorities of which none is in force.
    """
    rules = list(facts.entries("stacking"))
    known = tuple(dict.fromkeys(name for _, entry in facts.entries("measures") for name in _authority(entry)))
    for path, entry in rules[: len(rules) - int(facts.keyed("base").get("rules") or 0)]:
        named = [((*path, "authority"), name) for name in _authority(entry)]
        for key in ("displaces", "stacks_with"):
            others = texts(entry.get(key), (*path, key))
            named += [(spot, parse_authority(name)) for spot, name in others if name.strip()]
        for spot, name in named:
            if name not in known:
                remedy = "give a measure this authority, or take it out of the rule"
                said = "is the authority of no measure" if known else f"is the authority of no measure: {remedy}"
                yield facts.fault(spot, said, name, known or None)


def rules_of_stacking_do_not_contradict(facts: Facts) -> Iterator[Fault]:
    """No two rules that hold on one day say opposite things, and no authorities displace each other in a circle."""
    sound: list[tuple[Path_, StackingRule]] = []
    for path, entry in facts.entries("stacking"):
        try:
            sound.append((path, StackingRule.model_validate(entry)))
        except ValidationError:  # the schema reports it, field by field
            continue
    for at, said in contradictions([rule for _, rule in sound]):
        yield facts.fault(sound[at][0], said)


def claims_are_of_economies_of_the_world(facts: Facts) -> Iterator[Fault]:
    """Every partner whose share of claims is given is an economy of the world."""
    for path, entry in facts.entries("measures"):
        claims = entry.get("claims")
        shares = claims.get("share") if isinstance(claims, dict) else None
        for code in keys_of(shares):
            if facts.economies is not None and code not in facts.economies:
                spot = (*path, "claims", "share", code)
                yield facts.fault(spot, f"is not an economy of {facts.world}", code, facts.economies)


def _authority(entry: dict[str, Any]) -> list[str]:
    """The authority of an entry in its usual form, if it has one."""
    given = entry.get("authority")
    return [parse_authority(given)] if isinstance(given, str) and given.strip() else []


LAW_CHECKS: Final[tuple[Callable[[Facts], Iterator[Fault]], ...]] = (
    authorities_in_rules_are_those_of_measures,
    rules_of_stacking_do_not_contradict,
    claims_are_of_economies_of_the_world,
)
"""Every check of this file."""
