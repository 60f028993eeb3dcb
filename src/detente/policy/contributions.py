"""What each measure adds to the duty on each part: the shares of a total that `stacking.stacked` gives in one sum.

A measure that sets a duty has the change that it makes to the level; of measures of which the highest counts that one
has all of it; one that replaces others has what is left over the level. They come to the duty less the base.
"""

from __future__ import annotations

import numpy as np

from detente.inputs import BoolArray, FloatArray, IntArray
from detente.policy.measure import since
from detente.policy.stacking import ADD, NONE, SET, TOTAL, ChargedTerms, Displaced, layers


def contributions(terms: ChargedTerms, displaced: Displaced = ()) -> FloatArray:
    """What each measure adds to the duty on each part (a, m), fractions of its value, before the floor at zero.

    Raises BadMeasure where contents come to more than the value of a part.
    """
    found = layers(terms, displaced)
    added = np.zeros(found.charged.shape)
    order = sorted(range(len(terms.measures)), key=lambda m: (since(terms.measures[m]), terms.measures[m].id))
    kinds = np.where(found.charged, terms.kinds[found.row], NONE).astype(np.int64)
    rates, base = terms.rates[found.row], terms.base[found.row]
    level, ordinary = _set(order, terms, kinds, rates, base, terms.ordinary[found.row], added)
    lacking = np.maximum(rates - ordinary[:, None], 0.0)
    for m in order:
        if terms.measures[m].stacking == "add":
            added[:, m] += np.where(kinds[:, m] == ADD, rates[:, m], 0.0)
    _highest(added, lacking, (kinds == TOTAL) & _with(terms, "add"))
    worth = np.where(kinds == TOTAL, lacking, rates)
    for authority in dict.fromkeys(measure.authority for measure in terms.measures):
        mine = np.array([measure.authority == authority for measure in terms.measures], dtype=np.bool_)
        _highest(added, worth, ((kinds == TOTAL) | (kinds == ADD)) & _with(terms, "max") & mine)
    over = np.where(kinds == SET, rates - base[:, None], worth + (level - base)[:, None])
    _replaced(order, terms, kinds, over, added)
    out = np.zeros(terms.kinds.shape)
    np.add.at(out, found.row, found.width[:, None] * added)
    return out


def above_base(terms: ChargedTerms, displaced: Displaced = ()) -> FloatArray:
    """What each measure adds to the base tariff of each part (a, m): `contributions`, less what the base holds already.

    A measure that the base tariffs hold adds what it is charged now less what it comes to with the others that they
    hold: nothing, or less where another takes its place. Raises BadMeasure as `contributions` does.
    """
    found, held = contributions(terms, displaced), terms.held_by_base
    if held:
        found[:, held] -= contributions(terms.of_measures(held), displaced)
    return found


def _with(terms: ChargedTerms, rule: str) -> BoolArray:
    return np.array([measure.stacking == rule for measure in terms.measures], dtype=np.bool_)


def _set(
    order: list[int],
    terms: ChargedTerms,
    kinds: IntArray,
    rates: FloatArray,
    base: FloatArray,
    ordinary: FloatArray,
    added: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """The level of each slice and its ordinary duty after measures that set it, each of which has what it changes."""
    level = base.copy()
    for m in order:
        rule = terms.measures[m].stacking
        if rule == "replace":
            continue
        sets = kinds[:, m] == SET
        new = np.maximum(level, rates[:, m]) if rule == "max" else rates[:, m]
        after = np.where(sets, new, level)
        added[:, m] += after - level
        level, ordinary = after, np.where(sets, after, ordinary)
    return level, ordinary


def _highest(added: FloatArray, worth: FloatArray, among: BoolArray) -> None:
    """Give the highest of the measures `among` each slice what it is worth; where there is none, nothing."""
    if not among.any():
        return
    ranked = np.where(among, worth, -np.inf)
    first = ranked.argmax(axis=1)
    rows = np.flatnonzero(among.any(axis=1))
    added[rows, first[rows]] += worth[rows, first[rows]]


def _replaced(
    order: list[int],
    terms: ChargedTerms,
    kinds: IntArray,
    over: FloatArray,
    added: FloatArray,
) -> None:
    """Where a measure replaces others they have nothing, and it has `over` (s, m), all that is over the base."""
    for m in order:
        if terms.measures[m].stacking == "replace":
            here = kinds[:, m] != NONE
            added[here] = 0.0
            added[here, m] = over[here, m]
