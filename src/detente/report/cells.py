"""Numbers out of tables, by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd


def number(table: pd.DataFrame, row: str, column: str) -> float:
    """The number in a row of the table's index; raises KeyError where the row or column is not there."""
    return float(table[column].to_dict()[row])


def rows_of(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of a table, each as its values by column."""
    return (dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False, name=None))


def pair_of(table: pd.DataFrame, importer: str, exporter: str) -> pd.DataFrame:
    """The rows of one importer and one exporter."""
    return table[(table["importer"] == importer) & (table["exporter"] == exporter)]
