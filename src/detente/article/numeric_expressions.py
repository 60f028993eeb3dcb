"""Numeric and temporal expressions: money, rates and days that a text names.

Money and rates come out in the notation of the dispute file, `150bn` and `25%`. Relative days count from the day of the
article; dateparser reads the calendar.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Literal

import dateparser
from dateutil.relativedelta import relativedelta

from detente.article.language import DATELINE, load_words
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
_DIGITS: Final = r"(?<!\d[.,])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
"""A whole number with its decimals: `1,000` with its thousands, and no end of `7,5`, whose comma could be either."""
_NUMBER: Final = rf"(?P<number>{_DIGITS}|(?:{'|'.join(_WORDS)})(?:-(?:{'|'.join(_ONES)}))?)"
_RATE: Final = re.compile(rf"\b{_NUMBER}(?:\s?%|[\s-](?:per ?cent|percent|pct)\b(?!age point))", re.IGNORECASE)
_POINTS: Final = re.compile(rf"\b{_NUMBER}(?:\s?%|[\s-](?:per ?cent|percent))?(?:age)?[\s-]points?\b", re.IGNORECASE)
_NUMBERS: Final = dict(zip(["a", "one", "two", "three", "four", "five", "six", "seven", "eight", "ten", "twelve"],
                           (1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12), strict=True))  # fmt: skip
_EDGES: Final = {"end": "end", "close": "end", "late": "end", "middle": "mid", "mid": "mid"}
_MONTH: Final = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
)
_FULL: Final = re.compile(
    rf"\b(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}"
    r"|\d{4}-\d{2}-\d{2})\b",
    re.IGNORECASE,
)
_DAY_ALONE: Final = re.compile(rf"\b(?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH})\b")
_PUBLISHED: Final = re.compile(r"\b(?:published|posted|updated|issued|date)\b", re.IGNORECASE)
_TEENS: Final = ["tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
                 "eighteenth", "nineteenth"]  # fmt: skip
_FIRST: Final = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
_ORDINALS: Final = [*_FIRST, *_TEENS, "twentieth", *(f"twenty-{day}" for day in _FIRST), "thirtieth", "thirty-first"]
"""Days of a month in words, as they are spoken."""
_FAR: Final = 270
"""Days ahead beyond which a day without its year is the one that has just been, where that is under `_JUST_NOW` ago."""
_JUST_NOW: Final = 60
HEAD: Final = 600
"""Characters at the top of an article in which its own date stands."""


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
        return written.replace(",", "")
    return str(sum(_WORDS[word] for word in written.lower().split("-")))


Tense = Literal["past", "future"]


@dataclass(frozen=True)
class DayInText:
    """A day that the text names, and where: characters [start, end)."""

    day: date
    start: int
    end: int
    rule: str


def date_of_article(text: str, name: str = "") -> date | None:
    """The day that an article bears: in its dateline, on a line near its top, `published` at its end, in its name."""
    head = text[:HEAD]
    line = DATELINE.search(head)
    places = [line.group()] if line else []
    places += [part for part in head.splitlines() if len(part) <= 60 or _PUBLISHED.search(part)]
    places += [part for part in text[-HEAD:].splitlines() if len(part) <= 60 and _PUBLISHED.search(part)]
    for part in (*places, name):
        found = _FULL.search(part)
        if found is not None and (day := _parsed(found.group(), date(2000, 1, 1))) is not None:
            return day
    return None


def day_without_year(text: str, today: date) -> date | None:
    """The day that a dateline names without its year, as the last such day up to today; None where there is none."""
    line = DATELINE.search(text[:HEAD])
    found = _DAY_ALONE.search(line.group()) if line else None
    if found is None:
        return None
    days = (_parsed(f"{found.group()}, {year}", today) for year in (today.year, today.year - 1))
    return next((day for day in days if day is not None and day <= today), None)


def dates_in(text: str, offset: int, base: date, tense: Tense) -> Iterator[DayInText]:
    """Every day named in a piece of text that begins at character `offset`; `tense` settles bare days of the week."""
    taken: list[tuple[int, int]] = []
    for rule in load_words("dates"):
        for match in rule.pattern.finditer(text):
            start, end = match.span()
            if any(start < last and first < end for first, last in taken):
                continue
            day = _day(rule.says["period"], match, base, tense)
            if day is not None:
                taken.append((start, end))
                yield DayInText(day, offset + start, offset + end, rule.id)


def _day(period: str, match: re.Match[str], base: date, tense: Tense) -> date | None:
    groups = match.groupdict()
    if period == "count":
        if tense == "past" and match.group().lower().startswith("in "):  # the worst day in a year
            return None
        count = _NUMBERS.get(groups["count"].lower()) or int(groups["count"])
        step: Any = {groups["unit"].lower() + "s": count}
        after: date = base + relativedelta(**step)
        return after
    if period == "weekday":
        return _weekday(groups, base, tense)
    if period == "spoken":
        return _spoken(groups, base, tense)
    if period == "half":
        year = base.year if groups["day"].lower() == "year" else int(groups["day"])
        return date(year, 6, 30)
    if period == "stretch":
        return _edge(groups["day"].lower(), _EDGES.get(groups["edge"].lower(), "start"), base, tense)
    return _nearest(groups["day"], base, tense)


def _nearest(words: str, base: date, tense: Tense) -> date | None:
    """A day of the calendar; without its year the next one, or in the past tense the one nearest to the article."""
    if re.search(r"\d{4}", words) or not re.search(r"\d", words):
        return _parsed(words, base)
    days = [_parsed(f"{words}, {year}", base) for year in (base.year - 1, base.year, base.year + 1)]
    apart = {day: day - base for day in days if day is not None}
    near = min(apart, key=lambda day: abs(apart[day]), default=None)
    ahead = min((day for day in apart if day >= base), default=None)
    if tense == "past" or near is None or ahead is None:
        return near
    return near if apart[ahead].days > _FAR and -apart[near].days < _JUST_NOW else ahead


def _spoken(groups: dict[str, str | None], base: date, tense: Tense) -> date | None:
    """A day of a month as it is spoken, `the first of June`; without its month the next such day."""
    word = (groups["day"] or "").lower()
    number = _ORDINALS.index(word) + 1 if word in _ORDINALS else int(re.sub(r"\D", "", word))
    if groups["month"]:
        return _nearest(f"{number} {groups['month']}", base, tense)
    months = (base + relativedelta(months=ahead) for ahead in range(3))
    days = (start.replace(day=number) for start in months if number <= calendar.monthrange(start.year, start.month)[1])
    return next((day for day in days if day >= base), None)


def _weekday(groups: dict[str, str | None], base: date, tense: Tense) -> date | None:
    words = (groups["day"] or "").lower()
    name = words.split()[-1]
    ahead = ([day.lower() for day in calendar.day_name].index(name) - base.weekday()) % 7
    if groups.get("last"):
        return base - timedelta(base.weekday() + 7) + timedelta((base.weekday() + ahead) % 7)
    if words.startswith("next "):
        return base + timedelta(ahead or 7)
    if words.startswith("last "):
        return base + timedelta((ahead or 7) - 7)
    if ahead == 0:
        return base
    return base + timedelta(ahead if tense == "future" else ahead - 7)


def _edge(words: str, edge: str, base: date, tense: Tense) -> date | None:
    """The first, middle or last day of a month, a year or a week."""
    words = words.removeprefix("the ").removeprefix("this ")
    step = relativedelta(months=words.endswith("month"), years=words.endswith("year"), weeks=words.endswith("week"))
    start = base + step if words.startswith("next ") else base
    unit = words.removeprefix("next ")
    if unit == "week":
        return start + timedelta({"start": 0, "mid": 2, "end": 6}[edge] - start.weekday())
    if unit == "year" or unit.isdigit():
        year = int(unit) if unit.isdigit() else start.year
        return {"start": date(year, 1, 1), "mid": date(year, 6, 30), "end": date(year, 12, 31)}[edge]
    if unit != "month":
        found = _nearest(f"28 {unit}", base, tense)
        if found is None:
            return None
        start = found
    last = calendar.monthrange(start.year, start.month)[1]
    return start.replace(day={"start": 1, "mid": 15, "end": last}[edge])


@lru_cache(maxsize=4096)
def _parsed(words: str, base: date) -> date | None:
    found = dateparser.parse(
        words, languages=["en"], settings={"RELATIVE_BASE": datetime(base.year, base.month, base.day)}
    )
    return None if found is None else found.date()
