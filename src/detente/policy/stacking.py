"""Which rate holds on goods that several measures cover.

The rule, whatever the order in which measures are listed:

1. The level is the base tariff of the world. A measure that *sets* the duty puts its own in its place; of several the
   one with the latest `from` counts.
2. Duties that stack by `add` are added to the level, and the highest of those that stack by `max`.
3. A duty that stacks by `replace` takes the place of all other additions (of several, the one with the latest `from`);
   where it sets, it is the duty, with nothing on top.
4. No duty is under zero: what a cut would take beyond that is not taken, and `floored` lists it.

A bundled table is cumulative: of its measures only the one with the latest `from` counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detente.errors import BadMeasure
from detente.policy.measure import Measure

Floats = NDArray[np.float64]
Kinds = NDArray[np.int8]

NONE: Final = 0
ADD: Final = 1
SET: Final = 2
"""What a measure does to an atom: leaves it, adds to its duty, sets its duty."""


def superseded(measures: Sequence[Measure]) -> set[str]:
    """Ids of those that a later measure of the same table takes the place of."""
    latest: dict[tuple[str, str, tuple[str, ...]], Measure] = {}
    gone: set[str] = set()
    for measure in sorted(measures, key=_since):
        if measure.goods.table is not None:
            key = (measure.goods.table, measure.by, measure.on)
            if key in latest:
                gone.add(latest[key].id)
            latest[key] = measure
    return gone


def stacked(base: Floats, kinds: Kinds, rates: Floats, measures: Sequence[Measure]) -> Floats:
    """The duty on each atom before the floor at zero.

    base (a,): the world's tariffs; kinds, rates (a, m): what each measure does to each atom. Raises BadMeasure where
    two measures of the same date set different duties, or replace with different ones, on the same goods.
    """
    order = sorted(range(len(measures)), key=lambda m: (_since(measures[m]), measures[m].id))
    level = base.copy()
    added = np.zeros_like(base)
    highest = np.full_like(base, -np.inf)
    for m in order:
        rule = measures[m].stacking
        sets = (kinds[:, m] == SET) & (rule != "replace")
        if rule == "max":
            level = np.where(sets, np.maximum(level, rates[:, m]), level)
        else:
            _refuse_ties(sets, m, kinds == SET, rates, measures)
            level = np.where(sets, rates[:, m], level)
        adds = kinds[:, m] == ADD
        if rule == "add":
            added = added + np.where(adds, rates[:, m], 0.0)
        elif rule == "max":
            highest = np.where(adds, np.maximum(highest, rates[:, m]), highest)
    total = level + added + np.where(np.isfinite(highest), highest, 0.0)
    for m in order:
        if measures[m].stacking == "replace":
            _refuse_ties(kinds[:, m] != NONE, m, kinds != NONE, rates, measures)
            total = np.where(kinds[:, m] == ADD, level + rates[:, m], total)
            total = np.where(kinds[:, m] == SET, rates[:, m], total)
    return np.asarray(total, dtype=np.float64)


def _refuse_ties(
    here: NDArray[np.bool_], m: int, there: NDArray[np.bool_], rates: Floats, measures: Sequence[Measure]
) -> None:
    """Raise BadMeasure where another measure of the same rule and date asks for a different rate on the same goods."""
    mine = measures[m]
    for other, its in enumerate(measures):
        if other == m or its.stacking != mine.stacking or _since(its) != _since(mine):
            continue
        clash = here & there[:, other] & (rates[:, other] != rates[:, m])
        if clash.any():
            atom = int(np.argmax(clash))
            raise BadMeasure(
                f"measures {mine.id!r} and {its.id!r} start on the same day and ask for {rates[atom, m]:.2%} and "
                f"{rates[atom, other]:.2%} on the same goods: give one a later from, or exempt the goods from it"
            )


def _since(measure: Measure) -> date:
    return measure.from_ or measure.earliest or date.min
