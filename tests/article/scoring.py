"""How much of a key a reader finds, and how much of what it finds is in the key."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from article.keys import Item, Key


@dataclass
class Score:
    """Counts of a kind: found and in the key, in the key, found."""

    right: int = 0
    asked: int = 0
    found: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """The share of what was found that is in the key; 1 where nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of the key that was found; 1 where the key has nothing."""
        return self.right / self.asked if self.asked else 1.0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.asked + other.asked, self.found + other.found,
                     self.wrong + other.wrong, self.missed + other.missed)  # fmt: skip


def score(key: Key, text: str, found: Sequence[Item]) -> dict[str, Score]:
    """The score of each kind. Optional items of the key are neither asked for nor wrong."""
    kinds = Counter(item.kind for item in (*key.items, *found))
    return {kind: _of_kind(key, text, [f for f in found if f.kind == kind], kind) for kind in kinds}


def _of_kind(key: Key, text: str, found: Sequence[Item], kind: str) -> Score:
    left = list(found)
    result = Score()
    wanted = sorted((item for item in key.items if item.kind == kind), key=lambda item: item.optional)
    for item in wanted:
        match = next((other for other in left if agrees(item, other, text)), None)
        if match is not None:
            left.remove(match)
        if not item.optional:
            result.asked += 1
            result.right += match is not None
            result.found += match is not None
            if match is None:
                result.missed.append(f"{key.text}: {item.kind} {item.fields} {item.quote!r}")
    # what an optional item of the key also covers is not wrong either
    spare = [item for item in wanted if item.optional]
    for other in left:
        if not any(agrees(item, other, text) for item in spare):
            result.found += 1
            result.wrong.append(f"{key.text}: {other.kind} {other.fields} {other.quote!r}")
    return result


def agrees(item: Item, other: Item, text: str) -> bool:
    """Whether what was found is what the key has: the fields that have to agree, and the place."""
    if any(not _same(name, value, other.fields.get(name)) for name, value in item.fields.items() if name != "stance"):
        return False
    if item.kind == "measure" and item.optional is False and _says_more(item, other):
        return False
    return item.quote is None or any(_overlaps(item.quote, other.quote, text, at) for at in _places(item.quote, text))


def _says_more(item: Item, other: Item) -> bool:
    """Whether a rate was found that the key does not have."""
    return "rate" not in item.fields and other.fields.get("rate") is not None


def _same(name: str, asked: Any, given: Any) -> bool:
    if given is None:
        return False
    if name == "on":
        return set(asked) == set(given)
    if name in ("who", "role", "reported_by"):
        return _words(asked) <= _words(given) or _words(given) <= _words(asked)
    return bool(asked == given)


def _words(text: str) -> set[str]:
    plain = re.sub(r"[’']s\b|[.,]", "", text.casefold())
    return {word.rstrip("s") for word in re.findall(r"[\w-]+", plain)} - {"the", "of", "a", "us", "eu"}


def _places(quote: str, text: str) -> Iterable[int]:
    return (match.start() for match in re.finditer(re.escape(quote), text))


def _overlaps(asked: str, given: str | None, text: str, at: int) -> bool:
    if given is None:
        return False
    best = max((min(at + len(asked), start + len(given)) - max(at, start) for start in _places(given, text)), default=0)
    return 2 * best >= min(len(asked), len(given))


def total(scores: Iterable[dict[str, Score]]) -> Score:
    """All kinds of all texts together."""
    return sum((score for each in scores for score in each.values()), Score())


def table(scores: Sequence[dict[str, Score]]) -> str:
    """One line a kind, and the total."""
    kinds = list(dict.fromkeys(kind for each in scores for kind in each))
    lines = []
    for kind in [*kinds, "total"]:
        of = total(scores) if kind == "total" else sum((each[kind] for each in scores if kind in each), Score())
        precision = f"precision {of.precision:.2f} ({of.right}/{of.found})"
        lines.append(f"{kind:10} {precision} recall {of.recall:.2f} ({of.right}/{of.asked})")
    return "\n".join(lines)
