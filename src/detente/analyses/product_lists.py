"""The product lists of measures as a table of a report and as plain values: the same at every door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from detente.data.quantities import format_money
from detente.policy.list_readings import COUNTS, ListReading, codes_table, counts_table
from detente.report.blocks import Row, Table, rows_of
from detente.report.numbers import MISSING


def lists_table(lists: Sequence[ListReading]) -> Table:
    """One row a list: how many of its codes are read, moved, unknown and in no goods sector, each with its value."""
    rows = [
        Row(
            (
                its["measure"],
                "exemptions" if its["part"] == "exempt" else "goods",
                *(_count(its[name], its[f"{name}_usd_mn"]) for name in COUNTS),
                f"HS {its['edition']}",
                its["basis"] or MISSING,
            )
        )
        for its in rows_of(counts_table(lists))
    ]
    head = ("measure", "list", "read", "moved", "unknown", "without a sector", "edition", "value")
    return Table("The product lists of the measures, in codes", head, tuple(rows), words=True)


def lists_as_dict(lists: Sequence[ListReading]) -> dict[str, Any]:
    """Counts of each list and every code with its status, as plain values: `lists` and `codes`."""
    return {"lists": _plain(counts_table(lists)), "codes": _plain(codes_table(lists))}


def _count(count: int, worth: float) -> str:
    known = count and pd.notna(worth)
    return f"{count:,} ({format_money(float(f'{worth:.3g}'))})" if known else f"{count:,}"


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, missing values as None."""
    return [{name: None if pd.isna(value) else value for name, value in row.items()} for row in rows_of(frame)]
