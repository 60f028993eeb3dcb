"""Editions of the Harmonized System: which codes each has, and which codes of HS 2017 a code of another stands for.

Everything here counts in HS 2017, the edition of the concordance to sectors. Source: conversion tables of the UN
Statistics Division, which name one code of the older edition for each code of the newer one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd

from detente.errors import BadInput

HERE: Final = Path(__file__).parent
EDITIONS: Final = ("2017", "2022", "2012")
"""The editions that are read; where a list fits several equally well, the first of them is taken."""
BASE: Final = EDITIONS[0]
"""The edition that sectors are known for."""
SPECIAL: Final = ("98", "99")
"""Chapters of national provisions: not products, and in no edition."""


@cache
def edition_table() -> pd.DataFrame:
    """hs2022, hs2017, hs2012: one row a code of HS 2022; hs2022 is empty for a code of HS 2017 that has none there."""
    return pd.read_parquet(HERE / "editions.parquet").astype(object)


def parse_edition(given: object) -> str | None:
    """`2017` from 2017, `2017` or `HS 2017`; None stays None. Raises BadInput for an edition that is not read."""
    if given is None:
        return None
    found = re.fullmatch(r"(?:HS)?\s*(\d{4})", str(given).strip(), flags=re.IGNORECASE)
    if found is None or found[1] not in EDITIONS:
        raise BadInput(f"hs={given!r} is no edition that is read: write {', '.join(sorted(EDITIONS))}, or leave it out")
    return found[1]


def carried(code: str, edition: str) -> tuple[str, ...]:
    """The HS 2017 codes that a code of 2, 4 or 6 digits of an edition stands for, in order; none for an unknown one."""
    return _carried(edition).get(code[:6], ())


def undivided(code: str, edition: str, beside: Iterable[str]) -> str | None:
    """The heading or code that a code of six digits which no edition has is part of, by how the system counts.

    00 at the end says that a heading is not divided: `030900` is all of 0309. A subheading with a single code, such as
    030760, has all that divides it: 030761 and 030769, where both are in the list (`beside`); one alone is rather a
    typing fault. None where that does not settle it.
    """
    known = _carried(edition)
    if len(code) != 6:
        return None
    if code.endswith("00"):
        return code[:4] if code[:4] in known else None
    divided = {other for other in beside if len(other) == 6 and other[:5] == code[:5] and other not in known}
    same = {six for six in known if len(six) == 6 and six[:5] == code[:5]}
    return code[:5] + "0" if same == {code[:5] + "0"} and len(divided) > 1 else None


def find_edition(codes: Sequence[str]) -> tuple[str, str]:
    """The edition that knows most of the codes (digits alone), and a sentence that says what decided it."""
    sixes = [code[:6] for code in codes if code[:2] not in SPECIAL]
    known = {edition: sum(six in _known(edition) for six in sixes) for edition in EDITIONS}
    best = max(EDITIONS, key=known.__getitem__)
    others = [edition for edition in EDITIONS if edition != best and known[edition] == known[best]]
    if not sixes or known[best] == 0:
        return BASE, f"read as HS {BASE}: no code says which edition is meant"
    count = f"{known[best]:,} of {len(sixes):,} codes"
    if others:
        also = " and ".join(f"HS {edition}" for edition in sorted(others))
        return best, f"read as HS {best}, which knows {count}, as {also} {'do' if len(others) > 1 else 'does'}"
    rest = ", ".join(f"HS {edition} knows {known[edition]:,}" for edition in EDITIONS if edition != best)
    return best, f"read as HS {best}, which knows {count} ({rest})"


def near_codes(code: str, edition: str, beside: Iterable[str] = (), most: int = 3) -> tuple[str, ...]:
    """Codes of six digits of an edition that one digit or two neighbours in the wrong order tell from `code`.

    Those in a heading of `beside` (the other codes of the list) come first; codes of `beside` itself are left out.
    """
    six = code[:6]
    other = {digits[:6] for digits in beside}
    headings = {digits[:4] for digits in other}
    swaps = {six[:k] + six[k + 1] + six[k] + six[k + 2 :] for k in range(len(six) - 1)}
    slips = {six[:k] + digit + six[k + 1 :] for k in range(len(six)) for digit in "0123456789"}
    found = [
        near for near in swaps | slips if near != six and near not in other and len(_carried(edition).get(near, ()))
    ]
    return tuple(sorted(found, key=lambda near: (near[:4] not in headings, near not in swaps, near))[:most])


@cache
def _known(edition: str) -> frozenset[str]:
    """Each chapter, heading and code of six digits of an edition."""
    codes = set(edition_table()[f"hs{edition}"]) - {""}
    return frozenset(code[:digits] for code in codes for digits in (2, 4, 6))


@cache
def _carried(edition: str) -> dict[str, tuple[str, ...]]:
    """Each chapter, heading and code of six digits of an edition, with the HS 2017 codes it stands for."""
    table = edition_table()
    found: dict[str, set[str]] = {}
    for own, base in zip(table[f"hs{edition}"], table["hs2017"], strict=True):
        for digits in (2, 4, 6) if own else ():
            found.setdefault(own[:digits], set()).add(base)
    return {code: tuple(sorted(covers)) for code, covers in sorted(found.items())}
