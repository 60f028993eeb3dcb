"""Daily prices from a user's file or table: read as they are, or refused with the line that is wrong."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.data.sheets import open_rows
from detente.errors import BadInput, BadTable, UnknownName, warn
from detente.inputs import FloatArray, day_of, floats, names, require
from detente.markets.price_checks import refuse_returns, unlikely
from detente.markets.price_layouts import PriceCells, cells_of_frame, cells_of_rows, daily_prices

LONGEST_GAP: Final = 14
"""Days from one price to the next, at most, where events are studied: in quiet times no exchange is closed longer."""
_MOST_BYTES: Final = 200_000_000
"""Bytes of a file of prices, unpacked: a thousand assets over forty years."""


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices by day: `days` in order, `names` of the assets, `values` (days, assets), all above zero."""

    days: tuple[date, ...]
    names: tuple[str, ...]
    values: FloatArray = field(repr=False)
    source: str = ""
    """What they are of, in words: `Close of index.csv`."""
    notes: tuple[str, ...] = ()
    """What was left out or decided while they were read, and what is unlikely in them, in sentences."""

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
                "prices in all): give a positive price for every day, leave the day out for all assets, or name the "
                "assets to read (columns)"
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
    """Prices as they are, from a table or series of pandas, or from a file. Raises BadTable.

    A table is read as a file of the same cells, see `read_prices`; its index is the column of days.
    """
    if isinstance(given, Prices):
        return given
    if isinstance(given, str | Path):
        return read_prices(given)
    require((pd.DataFrame, pd.Series), given, "prices", "give Prices, a table indexed by days, or the path of a CSV")
    table = given.to_frame(given.name or "price") if isinstance(given, pd.Series) else given
    return _prices_in(cells_of_frame(table, "the table of prices"), None, "")


def read_prices(path: str | Path, columns: Sequence[str] | None = None) -> Prices:
    """Prices from a file: CSV, Excel or Parquet, also packed (see `detente.data.sheets.open_table`).

    Layouts of Yahoo, its Python client (three rows of names), Stooq, Investing.com, Nasdaq, FRED, the ECB and
    Bloomberg are read, and tables with one row an asset and day. Prices are those of `columns`; without it, of a table
    of one asset's open, high, low and close the adjusted close, or else the close; of several such assets, the same of
    each; otherwise every other column of numbers, volume and changes left out.

    A day is the one written, never moved to another time zone. Days without any price are left out, rows from the
    newest to the oldest turned round; `notes` say so, and name the columns that are not read.

    Raises BadTable where the file cannot be read, or a date or a price cannot, is missing, comes twice or out of order,
    where day and month or decimals and thousands cannot be told apart, and for returns in place of prices;
    UnknownName for a column that is not there.

    Warns of what is unlikely: a split that was not adjusted for, prices of weekends, prices rarer than daily.
    """
    require((str, Path), path, "path", "give the path of a CSV of prices")
    wanted = None if columns is None else names(columns, "columns")
    return _opened(path, str(path), wanted)


def parse_prices(text: str, name: str, columns: Sequence[str] | None = None) -> Prices:
    """Prices from a CSV that is at hand as text, under the name that messages call it; see `read_prices`."""
    return _opened(text.encode("utf-8", "surrogatepass"), name, columns)


def _opened(given: Path | str | bytes, name: str, columns: Sequence[str] | None) -> Prices:
    """Prices from a file, or from bytes that came with a name."""
    file = open_rows(given, name=name, most=_MOST_BYTES)
    cells = cells_of_rows(file.name, file.lines, file.rows, file.notes)
    return _prices_in(cells, columns, Path(name).name)


def _prices_in(cells: PriceCells, columns: Sequence[str] | None, file: str) -> Prices:
    """The prices in cells, with notes on what was left out, and warnings of what is unlikely."""
    found = daily_prices(cells, columns)
    refuse_returns(found.values, found.assets, cells.where)
    try:
        source = f"{', '.join(found.assets)} of {file}" if file else ""
        prices = Prices(found.days, found.assets, found.values, source, found.notes)
    except BadTable as problem:
        raise BadTable(f"{cells.where}: {problem}") from problem
    odd = unlikely(prices.days, prices.values, prices.names)
    for sentence in odd:
        warn(f"{cells.where}: {sentence}")
    return replace(prices, notes=(*prices.notes, *odd)) if odd else prices
