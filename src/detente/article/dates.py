"""The days that a text names, relative ones counted from the day of the article; dateparser reads the calendar."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

import dateparser
from dateutil.relativedelta import relativedelta

from detente.article.language import DATELINE
from detente.article.rules import load_words

Tense = Literal["past", "future"]

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


def _parsed(words: str, base: date) -> date | None:
    found = dateparser.parse(
        words, languages=["en"], settings={"RELATIVE_BASE": datetime(base.year, base.month, base.day)}
    )
    return None if found is None else found.date()
