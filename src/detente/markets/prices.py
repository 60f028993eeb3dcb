"""Daily prices from a user's CSV: read as they are, or refused with the line that is wrong."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.errors import BadInput, BadTable, UnknownName
from detente.inputs import FloatArray, day_of, floats, names, require

_DATES: Final = ("%Y-%m-%d", "%m/%d/%y", "%m/%d/%Y")
"""How a date may be written: ISO, or as a US spreadsheet writes it."""
_CLOSES: Final = ("adj close", "adj_close", "adjusted close", "close", "price")
"""Of a table of one asset's daily prices, the columns that are the price of the day, the first that is there."""
LONGEST_GAP: Final = 14
"""Days from one price to the next, at most, where events are studied: in quiet times no exchange is closed longer."""


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices by day: `days` in order, `names` of the assets, `values` (days, assets), all above zero."""

    days: tuple[date, ...]
    names: tuple[str, ...]
    values: FloatArray = field(repr=False)
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", names(self.names, "the assets", BadTable))
        require(Iterable, self.days, "the days of prices", "give a list of dates")
        object.__setattr__(self, "days", tuple(map(day_of, self.days)))
        values = floats(self.values, "an array of prices", BadTable)
        if values.shape != (len(self.days), len(self.names)) or not self.names:
            raise BadTable(f"prices of {len(self.days)} days and {len(self.names)} assets, but {values.shape} numbers")
        for k in range(1, len(self.days)):
            if self.days[k] <= self.days[k - 1]:
                what = "twice" if self.days[k] == self.days[k - 1] else f"after {self.days[k - 1]}"
                raise BadTable(f"prices are unsorted: {self.days[k]} comes {what} (row {k + 1}); sort them by date")
        bad = ~(np.isfinite(values) & (values > 0))
        if bad.any():
            row, column = np.argwhere(bad)[0]
            found = "missing" if np.isnan(values[row, column]) else f"{values[row, column]:g}"
            raise BadTable(
                f"the price of {self.names[column]} on {self.days[row]} is {found} (row {row + 1}, {bad.sum()} such "
                "prices in all): give a positive price for every day, or leave the day out for all assets"
            )
        object.__setattr__(self, "values", values)

    def returns(self, name: str) -> FloatArray:
        """P_t/P_{t−1} − 1 (days − 1,), for each day but the first. Raises UnknownName."""
        price = self.values[:, self.place(name)]
        return np.asarray(price[1:] / price[:-1] - 1)

    def place(self, name: str) -> int:
        """The column of an asset. Raises UnknownName."""
        if name not in self.names:
            raise UnknownName(name, self.names, "the price file")
        return self.names.index(name)

    def at(self, day: date | str) -> int:
        """The place of the first trading day on or after a day.

        Raises BadInput where the day is outside the data, or the next price is more than `LONGEST_GAP` days after it.
        """
        day = day_of(day)
        if not self.days or not self.days[0] < day <= self.days[-1]:
            span = f"{self.days[0]} to {self.days[-1]}" if self.days else "no day"
            raise BadInput(f"the event of {day} is outside the prices, which run from {span}: give prices around it")
        place = bisect_left(self.days, day)
        if (self.days[place] - day).days > LONGEST_GAP:
            raise BadInput(
                f"the event of {day} is in a hole of the prices, from {self.days[place - 1]} to {self.days[place]}: "
                "give the prices in between"
            )
        return place

    def require_daily(self, first: int, last: int) -> None:
        """Raise BadInput where more than `LONGEST_GAP` days lie between two prices that follow each other, from the
        place `first` to `last`."""
        for before, after in pairwise(self.days[first : last + 1]):
            if (after - before).days > LONGEST_GAP:
                raise BadInput(
                    f"prices are missing: none lies between {before} and {after}, {(after - before).days} days; give "
                    "them, or windows that leave the hole out"
                )


def prices_of(given: Prices | pd.DataFrame | pd.Series[Any] | str | Path) -> Prices:
    """Prices as they are, from a table or series indexed by days, or from a CSV. Raises BadTable."""
    if isinstance(given, Prices):
        return given
    if isinstance(given, str | Path):
        return read_prices(given)
    require((pd.DataFrame, pd.Series), given, "prices", "give Prices, a table indexed by days, or the path of a CSV")
    table = given.to_frame(given.name or "price") if isinstance(given, pd.Series) else given
    days = _index_days(table.index)
    values = [_plain(table.iloc[:, k], days) for k in range(table.shape[1])]
    return Prices(days, tuple(map(str, table.columns)), np.column_stack(values or [np.empty((len(days), 0))]))


def _index_days(index: pd.Index[Any]) -> tuple[date, ...]:
    if not isinstance(index, pd.DatetimeIndex) and not all(type(day) is date for day in index):
        raise BadTable(f"prices are indexed by {type(index).__name__}, not by days: give a DatetimeIndex")
    if index.hasnans:
        raise BadTable(f"row {int(np.argmax(index.isna())) + 1} of the prices has no day: give each price its day")
    return tuple(day_of(day) for day in index)


def _plain(column: pd.Series[Any], days: Sequence[date]) -> FloatArray:
    """A column of a table as numbers; missing ones stay missing, and are refused with all others."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(np.float64)
    wrong = np.isnan(numbers) & column.notna().to_numpy()
    if wrong.any():
        row = int(wrong.argmax())
        found = f"{column.iloc[row]!r}, the price of {column.name} on {days[row]}"
        raise BadTable(f"{found}, is not a number (row {row + 1})")
    return np.asarray(numbers)


def read_prices(path: str | Path, columns: Sequence[str] | None = None) -> Prices:
    """Prices from a CSV with a column of dates and one or more of prices.

    The dates are in the column called date, or else in the first; they are ISO, or month/day/year. Prices are those of
    `columns`; without it, of a table with open, high, low and close the adjusted close, or else the close; otherwise
    every other column of numbers, volume left out.

    Raises BadTable where the file cannot be read, or a date or a price cannot, is missing or out of order; UnknownName
    for a column that is not there.
    """
    require((str, Path), path, "path", "give the path of a CSV of prices")
    wanted = None if columns is None else names(columns, "columns")
    try:
        text = Path(path).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise BadTable(f"{path} cannot be read as a CSV of prices: {reason}") from problem
    return parse_prices(text, str(path), wanted)


def parse_prices(text: str, name: str, columns: Sequence[str] | None = None) -> Prices:
    """Prices from a CSV that is at hand as text, under the name that messages call it; see `read_prices`."""
    try:
        table = pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as problem:
        raise BadTable(f"{name} cannot be read as a CSV of prices: {problem}") from problem
    if table.empty or table.shape[1] < 2:
        raise BadTable(
            f"{name} has {len(table)} rows and {table.shape[1]} columns: a column of dates and one of prices"
        )
    heads = [str(head).strip() for head in table.columns]
    table.columns = pd.Index(heads)
    first = next((head for head in heads if head.casefold() == "date"), heads[0])
    days = _days(table[first].tolist(), name)
    wanted = list(columns) if columns else _columns(heads, first, table)
    for column in wanted:
        if column not in heads:
            raise UnknownName(column, [h for h in heads if h != first], name)
    values = np.column_stack([_numbers(table[column].tolist(), column, name) for column in wanted])
    try:
        return Prices(tuple(days), tuple(wanted), values, f"{', '.join(wanted)} of {Path(name).name}")
    except BadTable as problem:
        raise BadTable(f"{name}: {problem}") from problem


def _columns(heads: list[str], first: str, table: pd.DataFrame) -> list[str]:
    by_fold = {name.casefold(): name for name in heads if name != first}
    if "open" in by_fold or len(by_fold) == 1:
        for close in _CLOSES:
            if close in by_fold:
                return [by_fold[close]]
    kept = [name for fold, name in by_fold.items() if fold != "volume"]
    return [name for name in kept if pd.to_numeric(table[name], errors="coerce").notna().any()] or kept


def _days(written: list[str], where: str) -> list[date]:
    for style in _DATES:
        try:
            return [datetime.strptime(text.strip(), style).date() for text in written]
        except ValueError:
            continue
    for line, text in enumerate(written, start=2):
        if not any(_reads(text, style) for style in _DATES):
            raise BadTable(f"{where}, line {line}: {text!r} is not a date: write 2018-03-22, or 3/22/2018 throughout")
    raise BadTable(f"{where}: dates are written in more than one way: write all of them as 2018-03-22")


def _reads(text: str, style: str) -> bool:
    try:
        datetime.strptime(text.strip(), style)
    except ValueError:
        return False
    return True


def _numbers(written: list[str], name: str, where: str) -> FloatArray:
    found = np.empty(len(written))
    for k, text in enumerate(written):
        try:
            found[k] = float(text) if text.strip() else np.nan
        except ValueError:
            raise BadTable(f"{where}, line {k + 2}: {text!r} in column {name} is not a price") from None
    return found
