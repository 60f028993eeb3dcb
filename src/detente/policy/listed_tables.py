"""Bundled tables of lists: lines of a national schedule by list, each list with an official total and a duty by date.

One file holds the duties (`policy/NAME.csv`: list, official total in USD million, a fraction a date, source), another
the lines. A line is in one list. A list that never came into force has no duty, and its lines are not covered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from detente.data.codes import HERE
from detente.data.products.concordance import section_301_lists
from detente.inputs import FloatArray, IntArray

_NO_DATES: Final = ("list", "official_usd_mn", "source")


@dataclass(frozen=True, eq=False)
class RatedLists:
    """The lists of a table.

    lists (l,): their names, in the order in which they came into force; official (l,): official totals, USD million;
    dates (d,): those on which a duty changes; rates (l, d): duties on top of the base tariff, fractions; codes (c,):
    every line, eight digits; list_of (c,): the position of its list.
    """

    lists: tuple[str, ...]
    official: FloatArray
    dates: tuple[date, ...]
    rates: FloatArray
    codes: tuple[str, ...]
    list_of: IntArray

    def rates_on(self, day: date) -> dict[str, float]:
        """The duty of each line on one of the dates, a fraction; lines of lists that are not in force left out."""
        by_list = self.rates[:, self.dates.index(day)]
        return {
            code: float(by_list[place]) for code, place in zip(self.codes, self.list_of, strict=True) if by_list[place]
        }


@cache
def rated_lists(name: str) -> RatedLists:
    """The lists of the bundled table `name`."""
    table = pd.read_csv(HERE / f"policy/{name}.csv", dtype={"list": str, "source": str})
    days = [column for column in table.columns if column not in _NO_DATES]
    place = {its: at for at, its in enumerate(table["list"])}
    lines = section_301_lists()
    lines = lines[lines["list"].isin(place)]
    return RatedLists(
        tuple(table["list"]),
        table["official_usd_mn"].to_numpy(dtype=np.float64),
        tuple(date.fromisoformat(day) for day in days),
        table[days].to_numpy(dtype=np.float64),
        tuple(lines["hs8"]),
        lines["list"].map(place).to_numpy(dtype=np.int64),
    )
