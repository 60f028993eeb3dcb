"""Money and rates as news writes them, in the words of the dispute file: `150bn`, `25%`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from detente.article.rules import load_words
from detente.data.quantities import format_money, format_rate, parse_money, parse_rate
from detente.errors import BadInput

_SCALES: Final = {"trillion": "tn", "billion": "bn", "million": "mn", "b": "bn", "m": "mn"}
_NATION: Final = re.compile(r"^(?:swiss|norwegian|swedish|indian|mexican|turkish|chinese|japanese) ")
_CRORE: Final = 10
"""Millions in a crore, as India counts."""
_CURRENCIES: Final = {
    "$": "USD", "us$": "USD", "u.s. dollar": "USD", "us dollar": "USD", "dollar": "USD", "c$": "CAD", "a$": "AUD",
    "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "r$": "BRL", "nt$": "TWD", "€": "EUR", "euro": "EUR", "£": "GBP",
    "pound": "GBP", "¥": "JPY", "yen": "JPY", "₩": "KRW", "won": "KRW", "₹": "INR", "rupee": "INR", "yuan": "CNY",
    "renminbi": "CNY", "peso": "MXN", "real": "BRL", "reai": "BRL", "franc": "CHF", "kronor": "SEK", "kroner": "NOK",
    "lira": "TRY", "rand": "ZAR", "rs": "INR", "canadian dollar": "CAD", "australian dollar": "AUD",
    "new zealand dollar": "NZD", "hong kong dollar": "HKD", "singapore dollar": "SGD", "can$": "CAD", "au$": "AUD",
    "rmb": "CNY", "rs.": "INR",
}  # fmt: skip
_ONES: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_WORDS: Final = {
    **{word: n for n, word in enumerate(("zero", *_ONES, "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
                                         "sixteen", "seventeen", "eighteen", "nineteen"))},
    **{word: 10 * n for n, word in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty",
                                              "ninety", "hundred"), start=2)},
}  # fmt: skip
_NUMBER: Final = rf"(?P<number>\d+(?:\.\d+)?|(?:{'|'.join(_WORDS)})(?:-(?:{'|'.join(_ONES)}))?)"
_RATE: Final = re.compile(rf"\b{_NUMBER}(?:\s?%|[\s-](?:per ?cent|percent|pct)\b(?!age point))", re.IGNORECASE)
_POINTS: Final = re.compile(rf"\b{_NUMBER}(?:\s?%|[\s-](?:per ?cent|percent))?(?:age)?[\s-]points?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Amount:
    """Money in a text: the amount as the dispute file writes it, its currency (ISO 4217), characters [start, end)."""

    money: str
    currency: str
    start: int
    end: int

    @property
    def dollars(self) -> str | None:
        """The amount where it is one of US dollars."""
        return self.money if self.currency == "USD" else None


@dataclass(frozen=True)
class FoundRate:
    """A percentage in a text, as the dispute file writes it, characters [start, end)."""

    rate: str
    start: int
    end: int


def amounts_in(text: str, offset: int = 0) -> Iterator[Amount]:
    """Every sum of at least a hundred thousand in a piece of text that begins at character `offset`."""
    for rule in load_words("amounts"):
        for match in rule.pattern.finditer(text):
            sign = match["sign"].lower()
            sign = _NATION.sub("", sign)
            currency = _CURRENCIES.get(sign) or _CURRENCIES.get(sign.rstrip("s")) or sign.upper()
            number = match["number"].replace(",", "")
            scale = (match["scale"] or "").lower()
            given = f"{number}{_SCALES.get(scale, scale)}" if scale else f"{float(number) / 1e6:f}mn"
            if scale == "crore":
                given = f"{_CRORE * float(number):f}mn"
            if parse_money(given) >= 0.1:
                yield Amount(format_money(parse_money(given)), currency, offset + match.start(), offset + match.end())


def rates_in(text: str, offset: int = 0, *, points: bool = False) -> Iterator[FoundRate]:
    """Every percentage in a piece of text that can be a rate of duty; with `points` the percentage points instead."""
    for match in (_POINTS if points else _RATE).finditer(text):
        try:
            rate = format_rate(parse_rate(f"{_number(match['number'])}%"))
        except BadInput:  # over 1000 %: a percentage, and no rate of duty
            continue
        yield FoundRate(rate, offset + match.start(), offset + match.end())


def _number(written: str) -> str:
    """A number in digits: `thirty-five` is 35."""
    if written[0].isdigit():
        return written
    return str(sum(_WORDS[word] for word in written.lower().split("-")))
