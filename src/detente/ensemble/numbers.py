"""The numbers of a result by key: what tells one number from another, and how the cells of tables give them.

Every question says of its result which numbers an ensemble draws, as `numbers(result)`: key → number, in a fixed
order. Most say it by a list of `TableNumbers`, one for each table that holds some. A key has four parts, the columns
`KEYS` of every table of bands; a part that a number does not have is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from detente.dispute.results import Result

KEYS: Final = ("scenario", "quantity", "economy", "partner")
"""What tells one number from another."""
NumberKey = tuple[str, str, str, str]
"""Scenario, quantity, economy and partner of a number."""


@dataclass(frozen=True)
class TableNumbers:
    """Numbers of one table: the columns that hold them, and those that say of what they are.

    The words of the columns in `scenario` are joined by a slash, spaces in them by a hyphen, so that a statement can
    name them; without any the table's name stands for them. `names` is what a column is called as a quantity, where
    its own name means something else in another table.
    """

    table: str
    quantities: tuple[str, ...]
    scenario: tuple[str, ...] = ()
    economy: str = ""
    partner: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    def cells(self, table: pd.DataFrame) -> Iterator[tuple[NumberKey, float]]:
        """Key and value of every cell that holds a number, row by row; some values may be missing."""
        for row in table.to_dict("records"):
            scenario = "/".join(_word(row[column]) for column in self.scenario) or self.table
            economy, partner = (_word(row[column]) if column else "" for column in (self.economy, self.partner))
            for column in self.quantities:
                yield (scenario, self.names.get(column, column), economy, partner), float(row[column])


def numbers_in(result: Result, tables: Iterable[TableNumbers]) -> dict[NumberKey, float]:
    """The numbers of some tables of a result by key, in a fixed order; of rows of one key the first counts."""
    found: dict[NumberKey, float] = {}
    for each in tables:
        for key, value in each.cells(result.table(each.table)):
            found.setdefault(key, value)
    return found


def _word(cell: Any) -> str:
    return str(cell).replace(" ", "-")
