"""From words for goods to product codes: the table of usual names, then the search of product descriptions.

Words without a product are never all goods: they are a question, with what the search finds for parts of them.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from detente.article.duties import phrase
from detente.article.language import RULES
from detente.article.numeric_expressions import amounts_in
from detente.data.products.descriptions import find_products

_MOST: Final = 8
"""Codes that a search may find for words that name one product."""
_CANDIDATES: Final = 5


@dataclass(frozen=True)
class Products:
    """The goods that some words mean: product codes, or all goods; `told` is whether the words leave nothing open."""

    codes: tuple[str, ...] = ()
    everything: bool = False
    told: bool = False
    candidates: tuple[str, ...] = ()
    """What a question may offer: a code with its description."""


UNKNOWN: Final = Products()
"""Goods of which the words say nothing."""


@cache
def _usual() -> dict[str, tuple[str, ...]]:
    """Usual name of a product → the codes that it means."""
    found: dict[str, list[str]] = {}
    with (RULES / "products.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for name in row["words"].split("|"):
                found.setdefault(name, []).extend(row["hs"].split("|"))
    return {name: tuple(codes) for name, codes in found.items()}


def products_of(words: str | None, names: frozenset[str] = frozenset(), *, valued: bool = False) -> Products:
    """The products that words of a text name; `names` are names of sides in them, which are taken out.

    Where the text says what the goods are worth (`valued`), goods of a side are told by that sum alone.
    """
    if words is None:
        return Products(everything=valued, told=valued)
    plain = _without(phrase("sums").sub(" ", words) if valued else words, names)
    items = [_singular(item) for item in phrase("split").split(plain)]
    items = [item for item in items if item]
    if not items:
        whole = bool(names) or re.search(r"\ball\b", words, re.IGNORECASE) is not None
        return Products(everything=True, told=valued or (whole and phrase("partial").search(words) is None))
    found = [_item(item) for item in items]
    codes = tuple(dict.fromkeys(code for its in found for code in its))
    told = all(found) and phrase("partial").search(words) is None
    return Products(codes, told=told, candidates=() if told else _candidates(items, codes))


def _without(words: str, names: frozenset[str]) -> str:
    """The words without sides, sums, origins and what every phrase for goods has."""
    plain = re.sub(r"[’']s?\b", " ", words)
    for amount in sorted(amounts_in(plain), key=lambda a: -a.start):
        plain = f"{plain[: amount.start]} {plain[amount.end :]}"
    for name in sorted(names, key=len, reverse=True):
        plain = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", plain)
    origin = phrase("imported_from") if phrase("begins_wide").match(plain) else phrase("origin")
    plain = origin.sub(" ", plain)
    return phrase("filler").sub(" ", plain)


def _singular(item: str) -> str:
    """An item in small letters, each word in the singular as far as its ending tells."""
    return " ".join(_stem(word) for word in re.findall(r"[a-z][a-z0-9-]*", item.lower()) if len(word) > 1)


def _stem(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word.removesuffix("ies") + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "oes")):
        return word.removesuffix("es")
    return word.removesuffix("s") if len(word) > 3 and not word.endswith("ss") else word


def _item(item: str) -> tuple[str, ...]:
    """The codes of one item: by its usual name, else where the descriptions that begin with it are of few codes."""
    if item in _usual():
        return _usual()[item]
    rows = find_products(item)
    first = [
        code
        for code, text in zip(rows["hs6"], rows["description"], strict=True)
        if _singular(re.split(r"[,;(]", text)[0]) == item
    ]
    return tuple(first) if len(first) <= _MOST else ()


def _candidates(items: list[str], codes: tuple[str, ...]) -> tuple[str, ...]:
    """What a question may offer: what was found, and for other items what the search finds for their last words."""
    found = list(codes)
    for item in items:
        if not _item(item):
            parts = item.split()
            tails = (" ".join(parts[n:]) for n in range(len(parts)))
            found += next((its for tail in tails if (its := _search(tail))), ())
    return tuple(dict.fromkeys(found))


def _search(words: str) -> tuple[str, ...]:
    if words in _usual():
        return _usual()[words]
    return tuple(find_products(words)["hs6"][:_CANDIDATES])
