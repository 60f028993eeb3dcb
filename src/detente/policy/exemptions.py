"""Which goods of a measure its exempt codes spare.

Of two codes that hold the same goods the longer one has them, and of two equal ones the exemption: a list of 85 that
names 85423100 again, with 8542 exempt, taxes that line and no other of 8542. An exempt code that is cut from no shorter
code of the list spares all in it, however long the listed codes are, since it would spare nothing else.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from detente.data.products.lines import NOBODY
from detente.errors import BadMeasure, enumerate_names
from detente.inputs import BoolArray, IntArray
from detente.policy.measure import Measure, by_text
from detente.policy.named_lists import lists_of
from detente.policy.units import known_codes, reading_of

PARTS: Final = ("goods", "exempt")


def spared(measure: Measure, goods: IntArray, exempt: IntArray) -> BoolArray:
    """Whether each unit (u,) is exempt; goods, exempt (u,): the code of each list that has the unit, or NOBODY."""
    given: BoolArray = np.asarray(exempt != NOBODY)
    known = _lists(measure)
    if not all(known):
        return given
    of_listed, of_free, cut = _compared(*known)
    return np.asarray(given & ~((of_listed[goods] > of_free[exempt]) & cut[exempt]))


@lru_cache(maxsize=256)
def _compared(listed: tuple[str, ...], free: tuple[str, ...]) -> tuple[IntArray, IntArray, BoolArray]:
    """The digits of listed and of exempt codes, and which exempt codes are cut from a shorter listed one.

    The last entry of each, at NOBODY, is 0 or False.
    """
    known = frozenset(listed)
    cut = [any(its[:digits] in known for digits in range(1, len(its))) for its in free]
    return _digits(listed), _digits(free), np.array([*cut, False])


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


@by_text
def _lists(measure: Measure) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The known codes of the goods and of the exemptions, in the order of their owners."""
    given = {part: reading_of(*its, measure.by) for (_, part), its in lists_of(measure)}
    listed, free = (tuple(code for code, _ in known_codes(given[part])) if part in given else () for part in PARTS)
    return listed, free


def _digits(codes: tuple[str, ...]) -> IntArray:
    """The number of digits of each code; the last entry, at NOBODY, is 0."""
    return np.array([*map(len, codes), 0], dtype=np.int64)
