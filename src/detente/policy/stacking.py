"""What duty is paid where several measures cover the same goods, whatever the order in which they are listed.

1. The level is the base tariff of the world. A measure that *sets* the duty puts its own in its place; of several the
   one with the latest `from` counts.
2. The ordinary duty is the level without the measures in force that the base tariff contains. A *total* adds what the
   ordinary duty lacks of it, max(0, total − ordinary duty); of several totals the one that adds most counts.
3. Duties that stack by `add` are added to the level, and of those that stack by `max` the highest of each authority.
4. A duty that stacks by `replace` takes the place of all other additions (of several, the one with the latest `from`);
   where it sets, it is the duty, with nothing on top.
5. A measure of an authority that displaces another is charged instead of the other's measures, whatever its rate. What
   is displaced itself displaces nothing.
6. A measure may be charged on a share of value, such as the metal in a good. All of the above holds on each slice of
   the value by itself: a duty on the metal displaces another on the metal, and the other stays on the rest. The duty
   on the good is the average of its slices. Shares of one content are nested (numbers are of one content), those of
   different contents are apart.
7. No duty is under zero: what a cut would take beyond that is not taken, and `floored` lists it.

On each part of a cell a measure has a kind (`NONE`, `ADD`, `SET`, `TOTAL`, `TRADE`), a rate and a share of value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detente.data.products.shares import ALL_METALS, CONTENTS
from detente.data.quantities import format_rate
from detente.errors import BadMeasure, enumerate_names
from detente.inputs import BoolArray, FloatArray, IntArray
from detente.policy.divisions import divide, most_claimed
from detente.policy.measure import Measure, since
from detente.policy.stacking_rules import in_order

NONE: Final = 0
ADD: Final = 1
SET: Final = 2
TOTAL: Final = 3
TRADE: Final = 4
"""What a measure does to a part: leaves it, adds to its duty, sets its duty, adds what the ordinary duty lacks of it,
or limits, bans or charges the trade in it without a duty."""

Kinds = NDArray[np.int8]

Displaced = Collection[tuple[str, str]]
"""(authority, the authority whose duties it displaces), without a circle."""

ROUNDING: Final = 1e-9
"""Share of value by which contents may come to more than all of it: the error of sums."""


@dataclass(frozen=True, eq=False)
class ChargedTerms:
    """What m measures do to a parts: kinds, rates (fractions) and `of`, the share of value they are charged on (a, m).

    base, ordinary (a,): the world's tariff, and the part of it that is no measure in force; fractions.
    """

    base: FloatArray
    ordinary: FloatArray
    kinds: Kinds
    rates: FloatArray
    of: FloatArray
    measures: Sequence[Measure]

    def of_measures(self, chosen: Sequence[int]) -> ChargedTerms:
        """The terms of some measures alone, by position."""
        return replace(
            self,
            kinds=self.kinds[:, chosen],
            rates=self.rates[:, chosen],
            of=self.of[:, chosen],
            measures=[self.measures[m] for m in chosen],
        )

    @property
    def held_by_base(self) -> list[int]:
        """The positions of the measures that the base tariff holds."""
        return [m for m, measure in enumerate(self.measures) if measure.in_base]


@dataclass(frozen=True, eq=False)
class Layers:
    """The value of parts in slices on which each measure is charged or not.

    row (s,): the part; width (s,): the share of its value, which sum to 1; named, charged (s, m): whether a measure
    names the slice, and whether it is charged on it, which it is not where another authority displaces it.
    """

    row: IntArray
    width: FloatArray
    named: BoolArray
    charged: BoolArray


def layers(terms: ChargedTerms, displaced: Displaced) -> Layers:
    """The slices of every part. Raises BadMeasure where contents come to more than the value."""
    named = terms.kinds != NONE
    count, width = named.shape
    partial = np.flatnonzero((named & (terms.of < 1)).any(axis=0)) if width else np.zeros(0, dtype=np.int64)
    if not len(partial):
        row = np.arange(count)
        return Layers(row, np.ones(count), named, _charged(named, terms.measures, displaced))
    partly = [terms.measures[int(m)] for m in partial]
    names = [its.of if isinstance(its.of, str) else "" for its in partly]
    shares = np.where(named[:, partial], terms.of[:, partial], 0.0)
    _refuse_metals_twice(shares, names, partly)
    _refuse_over_all(shares, names, partly)
    cut = divide(shares, names)
    inside = _rows(named, cut.row)
    inside[:, partial] &= cut.inside
    return Layers(cut.row, cut.width, inside, _charged(inside, terms.measures, displaced))


def stacked(terms: ChargedTerms, displaced: Displaced = ()) -> FloatArray:
    """The duty on each part (a,) before the floor at zero.

    Raises BadMeasure where two measures of the same date set different duties, or replace with different ones, on the
    same goods, or where contents come to more than the value of a part.
    """
    found = layers(terms, displaced)
    kinds = np.where(found.charged, _rows(terms.kinds, found.row), np.int8(NONE))
    sliced = ChargedTerms(
        terms.base[found.row],
        terms.ordinary[found.row],
        kinds,
        _rows(terms.rates, found.row),
        np.broadcast_to(1.0, kinds.shape),
        terms.measures,
    )
    duty = found.width * _on_whole_value(sliced)
    return np.bincount(found.row, weights=duty, minlength=len(terms.base)).astype(np.float64)


def _rows(table: NDArray[Any], row: IntArray) -> NDArray[Any]:
    """Rows of a table (a, m), column after column in memory, as duties are stacked."""
    return np.asarray(np.take(table.T, row, axis=1).T)


def over_base(terms: ChargedTerms, displaced: Displaced = ()) -> FloatArray:
    """`stacked`, where measures that the base tariff holds (`in_base`) are charged in it and not again.

    What they come to by themselves is taken off, so that a later step of the same act adds only what it raises.
    """
    duty, held = stacked(terms, displaced), terms.held_by_base
    if not held:
        return duty
    return np.asarray(duty - (stacked(terms.of_measures(held), displaced) - terms.base), dtype=np.float64)


def _charged(named: BoolArray, measures: Sequence[Measure], displaced: Displaced) -> BoolArray:
    """Which measures are charged on each slice (s, m), of those that name it."""
    charged = named.copy(order="K")
    if not displaced:
        return charged
    columns = {
        authority: [m for m, measure in enumerate(measures) if measure.authority == authority]
        for authority in {name for pair in displaced for name in pair}
    }
    for authority in in_order(displaced):  # who displaces comes before whom it displaces
        there = np.zeros(len(charged), dtype=bool)
        for m in columns[authority]:
            there |= charged[:, m]
        if there.any():
            left = ~there
            for m in (m for one, other in displaced if one == authority for m in columns[other]):
                charged[:, m] &= left
    return charged


def _on_whole_value(terms: ChargedTerms) -> FloatArray:
    """The duty on each slice (a,), where every measure that is charged is charged on all of it."""
    kinds, rates, measures = terms.kinds, terms.rates, terms.measures
    order = sorted(range(len(measures)), key=lambda m: (since(measures[m]), measures[m].id))
    level, ordinary = terms.base.copy(), terms.ordinary.copy()
    for m in order:
        rule = measures[m].stacking
        sets = (kinds[:, m] == SET) & (rule != "replace")
        if not sets.any():
            continue
        if rule == "max":
            level = np.where(sets, np.maximum(level, rates[:, m]), level)
        else:
            _refuse_ties(sets, m, lambda other: kinds[:, other] == SET, terms)
            level = np.where(sets, rates[:, m], level)
        ordinary = np.where(sets, level, ordinary)

    def lacking(m: int) -> FloatArray:
        return np.maximum(rates[:, m] - ordinary, 0.0)

    added, floor = np.zeros_like(level), np.zeros_like(level)
    highest = {its.authority: np.full_like(level, -np.inf) for its in measures if its.stacking == "max"}
    for m in order:
        rule, under = measures[m].stacking, measures[m].authority
        adds, totals = kinds[:, m] == ADD, kinds[:, m] == TOTAL
        if rule == "add":
            added = added + np.where(adds, rates[:, m], 0.0)
            floor = np.where(totals, np.maximum(floor, lacking(m)), floor) if totals.any() else floor
        elif rule == "max":
            highest[under] = np.where(adds, np.maximum(highest[under], rates[:, m]), highest[under])
            if totals.any():
                highest[under] = np.where(totals, np.maximum(highest[under], lacking(m)), highest[under])
    total = level + added + sum(np.where(np.isfinite(each), each, 0.0) for each in highest.values()) + floor
    for m in order:
        if measures[m].stacking == "replace":
            _refuse_ties(kinds[:, m] != NONE, m, lambda other: kinds[:, other] != NONE, terms)
            total = np.where(kinds[:, m] == ADD, level + rates[:, m], total)
            total = np.where(kinds[:, m] == TOTAL, level + lacking(m), total)
            total = np.where(kinds[:, m] == SET, rates[:, m], total)
    return np.asarray(total, dtype=np.float64)


def _refuse_ties(here: BoolArray, m: int, there: Callable[[int], BoolArray], terms: ChargedTerms) -> None:
    """Raise BadMeasure where another measure of the same rule and date asks for a different rate on the same goods."""
    mine, rates = terms.measures[m], terms.rates
    for other, its in enumerate(terms.measures):
        if other == m or its.stacking != mine.stacking or since(its) != since(mine):
            continue
        clash = here & there(other) & ((rates[:, other] != rates[:, m]) | (terms.kinds[:, other] != terms.kinds[:, m]))
        if clash.any():
            part = int(np.argmax(clash))
            raise BadMeasure(
                f"measures {mine.id!r} and {its.id!r} start on the same day and ask for {rates[part, m]:.2%} and "
                f"{rates[part, other]:.2%} on the same goods: give one a later from, or exempt the goods from it"
            )


def _refuse_metals_twice(shares: FloatArray, names: Sequence[str], measures: Sequence[Measure]) -> None:
    """Raise BadMeasure where one measure is charged on all metals and another on one of them."""
    every = [k for k, name in enumerate(names) if name == ALL_METALS]
    single = [k for k, name in enumerate(names) if name in CONTENTS and name != ALL_METALS]
    for one in every:
        for other in single:
            if ((shares[:, one] > 0) & (shares[:, other] > 0)).any():
                raise BadMeasure(
                    f"measure {measures[one].id!r} is charged on {ALL_METALS}, and {measures[other].id!r} on "
                    f"{names[other]} of the same goods, which is part of it: give both the same, or name metals apart"
                )


def _refuse_over_all(shares: FloatArray, names: Sequence[str], measures: Sequence[Measure]) -> None:
    """Raise BadMeasure where contents of different names come to more than the value of a part."""
    total = most_claimed(shares, names)
    worst = int(total.argmax()) if len(total) else 0
    if len(total) and total[worst] > 1 + ROUNDING:
        asked = enumerate_names(
            [
                f"{measure.id} {format_rate(round(share, 4))}"
                for measure, share in zip(measures, shares[worst], strict=True)
            ]
        )
        raise BadMeasure(
            f"measures are charged on shares of the value of the same goods that come to {total[worst]:.1%} ({asked}): "
            "different contents are apart from each other; lower a share, or name the same content"
        )
