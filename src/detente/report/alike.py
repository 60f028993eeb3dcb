"""Notes that say the same of several things, told once: partners, measures or days that alone tell them apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from detente.errors import enumerate_names

_NAMED: Final = 12
"""Names that one note lists before it counts the rest."""
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_EDGES: Final = re.compile(r"^(['(]*)(.*?)([').,:;]*)$")
_COUNT: Final = re.compile(r"measure (?P<who>'[^:]*'): (?P<count>\d[\d,]*) (?P<what>[^()]+) \(.*\)")
MOST_APART: Final = 3
"""Notes that count the same of other measures, from which on they are told as one."""

_Words = tuple[str, ...]


def told_together(notes: Iterable[str]) -> tuple[str, ...]:
    """Notes in their order, those alike as one at the place of the first.

    Two are alike where they differ in one word, the same in all of them, which is a name or a day: amounts and counts
    are what a note says, and are never merged. A note that is repeated is told once.
    """
    left = [tuple(note.split(" ")) for note in dict.fromkeys(notes)]
    told: list[str] = []
    while left:
        first = left[0]
        place, alike = max(
            ((place, _alike(first, left, place)) for place in range(len(first))), key=lambda found: len(found[1])
        )
        told.append(" ".join(first) if len(alike) == 1 else _merged(first, place, [words[place] for words in alike]))
        left = [words for words in left[1:] if words not in alike]
    return tuple(told)


def _alike(first: _Words, notes: Sequence[_Words], place: int) -> list[_Words]:
    """The notes that differ from the first in the word at a place alone, itself among them."""
    if not _is_a_name(first[place]):
        return [first]
    before, after = first[:place], first[place + 1 :]
    edges = _EDGES.sub(r"\1 \3", first[place])
    return [
        words
        for words in notes
        if len(words) == len(first)
        and words[:place] == before
        and words[place + 1 :] == after
        and _is_a_name(words[place])
        and _EDGES.sub(r"\1 \3", words[place]) == edges
    ]


def _is_a_name(word: str) -> bool:
    """Whether a word can be a code, an id or a day, and not a number with or without a unit."""
    bare = _EDGES.sub(r"\2", word)
    return _DAY.fullmatch(bare) is not None or bare[:1].isalpha()


def _merged(words: _Words, place: int, found: Sequence[str]) -> str:
    """One note with all of the names: days in order, what is quoted within one pair of marks each."""
    parts = [_EDGES.match(word) for word in found]
    names = [part.group(2) for part in parts if part is not None]
    opening, _, closing = parts[0].groups() if parts[0] is not None else ("", "", "")
    if all(_DAY.fullmatch(name) for name in names):
        names = sorted(names)
    quoted = "'" if opening.endswith("'") and closing.startswith("'") else ""
    listed = enumerate_names([f"{quoted}{name}{quoted}" for name in names], _NAMED)
    if quoted:
        opening, closing = opening[:-1], closing[1:]
    return " ".join((*words[:place], f"{opening}{listed}{closing}", *words[place + 1 :]))


def counted_together(notes: Iterable[str]) -> tuple[str, ...]:
    """Notes that count the same of several measures as one at the place of the first, each count with its measures.

    Such a note reads `measure 'a', 'b': 3 lines weigh nothing (1, 2, 3)`. Where `MOST_APART` or more count the same,
    what stands in brackets is left out. Others stay as they are.
    """
    given = list(notes)
    read = [_COUNT.fullmatch(note) for note in given]
    alike: dict[str, list[re.Match[str]]] = {}
    for found in read:
        if found is not None:
            alike.setdefault(found["what"], []).append(found)
    told: list[str] = []
    for note, found in zip(given, read, strict=True):
        its = [] if found is None else alike[found["what"]]
        if len(its) < MOST_APART:
            told.append(note)
        elif found is its[0]:
            counts = "; ".join(f"{each['count']} of {each['who']}" for each in its)
            told.append(f"{found['what']}: {counts}")
    return tuple(told)
