"""The `stacking` block of the dispute file: which authority's duties take the place of which others, and when.

A duty is laid under an authority, such as Section 232 or IEEPA. Orders say how the duties of two authorities on the
same goods go together: one displaces the other, or both are paid. Rules hold between their dates, and say nothing of
the order in which measures are listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Self

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from detente.data.exported import Shown
from detente.data.world import Source
from detente.errors import BadMeasure, enumerate_names
from detente.inputs import BoolArray
from detente.policy.measure import Authority, Measure
from detente.policy.periods import Day


def _as_tuple(given: object) -> object:
    return (given,) if isinstance(given, str) else given


Authorities = Annotated[
    tuple[Authority, ...], BeforeValidator(_as_tuple, json_schema_input_type=str | tuple[Authority, ...])
]
"""A pydantic field: authorities, or the only one."""


class StackingRule(Shown, BaseModel):
    """How the duties of one authority go together with those of others on the same goods.

    `displaces`: where a measure of `authority` is charged, those others are not, on the share of value that it is
    charged on. `stacks_with`: the duties add up.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)

    authority: Authority = Field(description="the authority the rule is about, such as section-232")
    displaces: Authorities = Field(default=(), description="authorities whose duties are not charged where its own are")
    stacks_with: Authorities = Field(default=(), description="authorities whose duties its own add to")
    from_: Day | None = Field(default=None, alias="from", description="first day of the rule")
    until: Day | None = Field(default=None, description="last day of the rule")
    source: Source | None = Field(default=None, description="the order or notice that says so")

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        both = sorted(set(self.displaces) & set(self.stacks_with))
        if both:
            raise ValueError(
                f"{self.authority} both displaces {enumerate_names(both)} and stacks with it: keep one of the two"
            )
        if self.authority in (*self.displaces, *self.stacks_with):
            raise ValueError(
                f"the rule of {self.authority} names {self.authority} itself: how measures of one authority go "
                "together is said by their own stacking: add, max or replace"
            )
        if not self.displaces and not self.stacks_with:
            raise ValueError(f"the rule of {self.authority} names nobody: give displaces or stacks_with")
        if self.from_ is not None and self.until is not None and self.until < self.from_:
            raise ValueError(f"the rule of {self.authority} ends on {self.until}, before it begins on {self.from_}")
        return self

    def holds_on(self, day: date | None) -> bool:
        """Whether the rule holds on a day; without a day every rule does."""
        return day is None or ((self.from_ or day) <= day <= (self.until or day))


def displacements(rules: Iterable[StackingRule], day: date | None) -> frozenset[tuple[str, str]]:
    """(authority, other) for each authority that another one displaces on a day."""
    return frozenset((rule.authority, other) for rule in rules if rule.holds_on(day) for other in rule.displaces)


def unsettled(measures: Sequence[Measure], rules: Iterable[StackingRule], together: BoolArray) -> list[str]:
    """Sentences on authorities that tax the same goods, of which no rule says how they go together.

    together (m, m): whether two measures are charged on the same goods.
    """
    settled = {frozenset((rule.authority, its)) for rule in rules for its in (*rule.displaces, *rule.stacks_with)}
    found: dict[tuple[str, ...], list[str]] = {}
    for m, k in zip(*np.nonzero(np.triu(together, 1)), strict=True):
        one, other = measures[int(m)], measures[int(k)]
        names = {name for name in (one.authority, other.authority) if name is not None}
        if len(names) < 2 or names in settled or not one.stacking == other.stacking == "add" or not one.can_meet(other):
            continue
        found.setdefault(tuple(sorted(names)), [one.id, other.id])
    return [
        f"no rule of stacking says how {enumerate_names(names)} go together: their duties on the same goods are added "
        f"up (such as {enumerate_names(ids)})"
        for names, ids in found.items()
    ]


def in_order(edges: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The authorities of displacements, each after those that displace it. Raises CycleError where there is no such."""
    order: TopologicalSorter[str] = TopologicalSorter()
    for authority, other in sorted(edges):
        order.add(other, authority)
    return tuple(order.static_order())


def contradictions(rules: Sequence[StackingRule]) -> list[tuple[int, str]]:
    """(position of a rule, sentence) for each rule that contradicts an earlier one while both hold."""
    found: list[tuple[int, str]] = []
    for at, rule in enumerate(rules):
        day = rule.from_ or date.min
        earlier = [its for its in rules[:at] if _meet(its, rule)]
        for other in rule.displaces:
            if any(_says(its.stacks_with, its, rule.authority, other) for its in earlier):
                found.append((at, _contradiction(rule.authority, other)))
        for other in rule.stacks_with:
            if any(_says(its.displaces, its, rule.authority, other) for its in earlier):
                found.append((at, _contradiction(rule.authority, other)))
        later = {its.from_ for its in earlier if its.from_ is not None and its.from_ > day}
        for moment in sorted({day, *later}):
            try:
                in_order(displacements(rules[: at + 1], moment))
            except CycleError as problem:
                circle = " displaces ".join(reversed(problem.args[1]))
                found.append((at, f"{circle}: duties cannot displace each other in a circle; take one of these out"))
                break
    return found


def refuse_contradictions(rules: Sequence[StackingRule]) -> None:
    """Raise BadMeasure with the first contradiction of rules."""
    for _, said in contradictions(rules):
        raise BadMeasure(f"stacking: {said}")


def _says(names: Sequence[str], rule: StackingRule, one: str, other: str) -> bool:
    """Whether a rule says of two authorities what `names` of it says, in either order."""
    return (rule.authority == one and other in names) or (rule.authority == other and one in names)


def _contradiction(one: str, other: str) -> str:
    return f"one rule says that {one} and {other} stack, another that one displaces the other: keep one of the two"


def _meet(one: StackingRule, other: StackingRule) -> bool:
    """Whether two rules hold on a common day."""
    first = max(one.from_ or date.min, other.from_ or date.min)
    return first <= min(one.until or date.max, other.until or date.max)
