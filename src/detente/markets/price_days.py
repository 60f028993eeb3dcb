"""The days of prices as files and tables write them: each day as the exchange names it, never moved by a time zone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final

import pandas as pd

from detente.errors import BadTable
from detente.inputs import shown

_CLOCK: Final = (
    r"(?:[T ]\s*(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?)"
    r" ?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[A-Z]{3,4}|\(?[A-Z][a-z]+/[A-Za-z_]+\)?)?)?"
)
"""A time of the day and a zone, behind a date."""
_WORD: Final = r"(?P<word>[A-Za-z]{3,9})\.?"
_YEAR: Final = r"(?P<year>\d{4}|\d{2})"
_PATTERNS: Final = {
    name: re.compile(pattern + _CLOCK, re.ASCII)
    for name, pattern in {
        "year first": r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})",
        "eight digits": r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)",
        "day first": rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.{_YEAR}",
        "day or month first": rf"(?P<one>\d{{1,2}})(?P<mark>[/-])(?P<two>\d{{1,2}})(?P=mark){_YEAR}",
        "in words": rf"(?:[A-Z][a-z]{{2,8}}\.?,? )?(?P<day>\d{{1,2}})[ -]{_WORD}[, -]+{_YEAR}",
        "in words, month first": rf"(?:[A-Z][a-z]{{2,8}}\.?,? )?{_WORD} (?P<day>\d{{1,2}}),? {_YEAR}",
    }.items()
}
"""How a date may be written."""
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_UNITS: Final = ((1e8, 1e10, 1.0), (1e11, 1e13, 1e3), (1e14, 1e16, 1e6), (1e17, 1e19, 1e9))
"""From, below, and per second: numbers that count time since 1970 in seconds to nanoseconds."""
REMEDY: Final = "write 2018-03-22, or 3/22/2018 throughout"
_LONG: Final = 40
"""Characters of a date and time, at most."""


@dataclass(frozen=True)
class TradingDays:
    """Days of rows in the order of the file, and notes on how they were read."""

    days: list[date]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Moment:
    """What a cell says: a day, or two numbers of which one is the month; the time; whether it is counted in UTC."""

    style: str
    year: int
    one: int
    two: int
    time: str = ""
    universal: bool = False

    def day(self, month_first: bool) -> date:
        month, day = (self.one, self.two) if month_first else (self.two, self.one)
        return date(self.year, month, day)


def is_day(cell: Any) -> bool:
    """Whether a cell says a day."""
    return _moment(cell) is not None


def read_days(cells: Sequence[Any], place: Callable[[int], str]) -> TradingDays:
    """The days in cells; `place` names the place of a cell in messages.

    Raises BadTable for what is no day, for days written in more than one way, for day/month/year that may also be
    month/day/year, and for moments in UTC that fall on weekends, which exchanges name otherwise.
    """
    moments = [_moment(cell) for cell in cells]
    for k, found in enumerate(moments):
        if found is None:
            raise BadTable(f"{place(k)}: {_not_a_day(cells[k])}")
    read = [found for found in moments if found is not None]
    styles = list(dict.fromkeys(found.style for found in read))
    if len(styles) > 1:
        other = next(k for k, found in enumerate(read) if found.style != styles[0])
        raise BadTable(
            f"{place(other)}: dates are written in more than one way ({_shown(cells[0])}, {_shown(cells[other])}): "
            "write all of them as 2018-03-22"
        )
    days = _in_order(cells, read, place)
    return TradingDays(days, _universal(cells, read, days, place))


def times_of(cells: Sequence[Any]) -> list[str]:
    """The time of day in each cell, an empty text where there is none."""
    return [found.time if (found := _moment(cell)) else "" for cell in cells]


def _in_order(cells: Sequence[Any], read: Sequence[_Moment], place: Callable[[int], str]) -> list[date]:
    """The days, with the order of day and month that the dates themselves tell."""
    month_first = True
    if read and read[0].style == "day or month first":
        by_day = next((k for k, found in enumerate(read) if found.one > 12), None)
        by_month = next((k for k, found in enumerate(read) if found.two > 12), None)
        if by_day is not None and by_month is not None:
            raise BadTable(
                f"{place(by_month)}: dates are written in more than one way, {_shown(cells[by_day])} with the day "
                f"first and {_shown(cells[by_month])} with the month first: write all of them as 2018-03-22"
            )
        if by_day is None and by_month is None:
            raise BadTable(
                f"{place(0)}: {_shown(cells[0])} and all other dates may be day/month or month/day: write them as "
                "2018-03-22, or give more days (one after the 12th of a month tells)"
            )
        month_first = by_day is None
    days = []
    for k, found in enumerate(read):
        try:
            days.append(found.day(month_first))
        except ValueError:
            raise BadTable(f"{place(k)}: {_shown(cells[k])} is not a date of the calendar: {REMEDY}") from None
    return days


def _universal(
    cells: Sequence[Any], read: Sequence[_Moment], days: Sequence[date], place: Callable[[int], str]
) -> tuple[str, ...]:
    """A note where moments are counted in UTC, whose days are not always the exchange's. Raises BadTable where they
    cannot be."""
    if not read or not all(found.universal for found in read) or all(_midnight(found.time) for found in read):
        return ()
    resting = next((k for k, day in enumerate(days) if day.weekday() >= 5), None)
    if resting is not None:
        raise BadTable(
            f"{place(resting)}: {_shown(cells[resting])} is a moment in UTC on {days[resting]:%A}, {days[resting]}, so "
            "that the day of the exchange is another: give the days as the exchange names them, such as 2018-03-22"
        )
    return ("the days are those of moments in UTC",)


def _midnight(text: str) -> bool:
    return not text.strip("0:. ")


def _moment(cell: Any) -> _Moment | None:
    """What a cell says of a day; None where it says none."""
    if isinstance(cell, pd.Period):
        cell = cell.start_time.date() if cell.freqstr in ("D", "B") else str(cell)
    if cell is None or cell is pd.NaT or isinstance(cell, bool):
        return None
    if isinstance(cell, datetime):
        universal = cell.tzinfo is not None and str(cell.tzinfo).upper() in ("UTC", "UTC+00:00", "ETC/UTC", "TZUTC()")
        clock = "" if cell.time() == time() else cell.strftime("%H:%M:%S")
        return _Moment("as days", cell.year, cell.month, cell.day, clock, universal)
    if isinstance(cell, date):
        return _Moment("as days", cell.year, cell.month, cell.day)
    if not isinstance(cell, str):
        return _since_1970(cell)
    return _in_text(cell.strip()) if len(cell) < 2 * _LONG else None


@lru_cache(maxsize=1 << 14)  # a table with one row an asset and day writes each day many times
def _in_text(text: str) -> _Moment | None:
    """What a text says of a day; None where it says none."""
    if len(text) > _LONG:
        return None
    for style, pattern in _PATTERNS.items():
        found = pattern.fullmatch(text)
        if found is not None:
            return _written(style, found.groupdict())
    return _since_1970(int(text)) if re.fullmatch(r"\d{9,19}", text, re.ASCII) else None


def _written(style: str, parts: dict[str, str | None]) -> _Moment | None:
    """What a date that was matched says."""
    year = int(parts["year"] or 0)
    if len(parts["year"] or "") == 2:
        year += 1900 if year >= 69 else 2000  # as strptime has it
    clock, zone = parts["time"] or "", parts["zone"] or ""
    universal = zone in ("Z", "UTC", "GMT") or (zone[:1] in ("+", "-") and not zone.strip("+-0:"))
    if "word" in parts:
        word = str(parts["word"])[:3].casefold()
        if word not in _MONTHS:
            return None
        return _Moment("in words", year, _MONTHS.index(word) + 1, int(parts["day"] or 0), clock, universal)
    one, two = (parts["one"], parts["two"]) if "one" in parts else (parts["month"], parts["day"])
    if style != "day or month first" and not (1 <= int(one or 0) <= 12 and 1 <= int(two or 0) <= 31):
        return None
    return _Moment(style, year, int(one or 0), int(two or 0), clock, universal)


def _since_1970(cell: Any) -> _Moment | None:
    """The moment of a number that counts from 1970; a number of eight digits is a date."""
    try:
        value = float(cell)
    except (TypeError, ValueError, OverflowError):
        return None
    if value == value and 19000000 < value < 21000000 and value.is_integer():
        return _moment(str(int(value)))
    for low, high, per_second in _UNITS:
        if low <= value < high:
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value / per_second)
            clock = "" if moment.time() == time() else moment.strftime("%H:%M:%S")
            return _Moment("since 1970", moment.year, moment.month, moment.day, clock, universal=True)
    return None


def _shown(cell: Any) -> str:
    return shown(str(cell) if isinstance(cell, date) else cell)


def _not_a_day(cell: Any) -> str:
    """What is wrong with a cell that says no day, and what to try."""
    text = cell.strip() if isinstance(cell, str) else str(cell)
    if cell is None or cell is pd.NaT or text in ("", "nan", "NaT", "<NA>"):
        return "the date is missing: give each price its day, or leave the line out"
    if re.fullmatch(r"[2-6]\d{4}(\.\d+)?", text, re.ASCII):
        return f"{_shown(cell)} is the number of a day in a spreadsheet: format the column as dates, 2018-03-22"
    if re.fullmatch(r"(19|20)\d\d([-/.]?(0?[1-9]|1[0-2]))?|(19|20)\d\d[- ]?[QqMm]\d{1,2}", text, re.ASCII):
        return f"{_shown(cell)} names no single day: give daily prices, their days written as 2018-03-22"
    return f"{_shown(cell)} is not a date: {REMEDY}"
