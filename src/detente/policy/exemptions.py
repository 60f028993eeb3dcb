"""Which goods of a measure its exempt codes spare.

Of two codes that hold the same goods the longer one has them, and of two equal ones the exemption: a list of 85 that
names 85423100 again, with 8542 exempt, taxes that line and no other of 8542. An exempt code that is cut from no shorter
code of the list spares all in it, however long the listed codes are, since it would spare nothing else.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from detente.data.products.lines import NOBODY
from detente.errors import BadMeasure, enumerate_names
from detente.inputs import BoolArray, IntArray
from detente.policy.measure import Measure
from detente.policy.named_lists import lists_of
from detente.policy.units import known_codes, reading_of

PARTS: Final = ("goods", "exempt")


def spared(measure: Measure, goods: IntArray, exempt: IntArray) -> BoolArray:
    """Whether each unit (u,) is exempt; goods, exempt (u,): the code of each list that has the unit, or NOBODY."""
    given: BoolArray = np.asarray(exempt != NOBODY)
    listed, free = _lists(measure)
    if not (listed and free):
        return given
    cut = [any(code != its and its.startswith(code) for code in listed) for its in free]
    longer = _digits(listed)[goods] > _digits(free)[exempt]
    return np.asarray(given & ~(longer & np.array([*cut, False])[exempt]))


def refuse_idle(measure: Measure, reached: BoolArray, free: BoolArray) -> None:
    """Raise BadMeasure where the exemptions take all the goods of a measure; reached, free (u,): its units, exempt."""
    if reached.any() and free[reached].all():
        raise BadMeasure(
            f"measure {measure.id!r}: its exemptions take all of its goods, so that its duty would change nothing: "
            "exempt less, or leave the measure out"
        )


def said_of(measure: Measure, reached: BoolArray, goods: IntArray, exempt: IntArray) -> list[str]:
    """Sentences on exemptions that spare nothing, and on listed codes that keep their goods within an exempt one."""
    listed, free = _lists(measure)
    if not free:
        return []
    given = reached & (exempt != NOBODY)
    if not given.any():
        return [f"measure {measure.id!r}: its exempt codes hold none of its goods"]
    kept = given & ~spared(measure, goods, exempt)
    pairs = sorted({(listed[a], free[b]) for a, b in zip(goods[kept], exempt[kept], strict=True)})
    named = enumerate_names([f"{code} in {its}" for code, its in pairs], 6)
    return (
        [f"measure {measure.id!r}: of a listed and an exempt code the longest has the goods: {named}"] if pairs else []
    )


def _lists(measure: Measure) -> tuple[list[str], list[str]]:
    """The known codes of the goods and of the exemptions, in the order of their owners."""
    given = {part: reading_of(*its, measure.by) for (_, part), its in lists_of(measure)}
    listed, free = ([code for code, _ in known_codes(given[part])] if part in given else [] for part in PARTS)
    return listed, free


def _digits(codes: list[str]) -> IntArray:
    """The number of digits of each code; the last entry, at NOBODY, is 0."""
    return np.array([*map(len, codes), 0], dtype=np.int64)
