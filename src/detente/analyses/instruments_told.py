"""Quotas, limits, bans and duties by the unit in words: what the law says of them, on a day."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from detente.report.blocks import Row, Table, rows_of
from detente.report.numbers import MISSING, Names, level_percent, level_usd

STATUTORY: Final = (
    "Quotas, limits, bans and duties by the unit; rates of law, trade of the base year. Which rate of a quota holds is "
    "found by a run"
)


def percent_or_missing(rate: float) -> str:
    """A rate, a dash where there is none; no end is told as such."""
    if pd.isna(rate):
        return MISSING
    return "no end" if np.isinf(rate) else level_percent(rate)


def usd_or_missing(amount: float) -> str:
    """An amount of USD million, or a dash."""
    return MISSING if pd.isna(amount) else level_usd(amount)


def called(row: dict[str, Any], names: Names) -> str:
    """A measure, with the partner whose quota it is."""
    return f"{row['measure']}, {names.economy(row['partner'])}" if row["partner"] else str(row["measure"])


def statutory_block(frame: pd.DataFrame, names: Names) -> Table:
    """The table of `TariffBook.instruments` for a reader."""
    rows = tuple(
        Row(
            (
                called(row, names),
                row["kind"],
                percent_or_missing(row["low"]),
                percent_or_missing(row["high"]),
                usd_or_missing(row["limit"]),
                usd_or_missing(row["trade"]),
                percent_or_missing(row["beyond"]),
            )
        )
        for row in rows_of(frame)
    )
    head = ("", "what", "within", "beyond", "limit", "trade", "share of trade beyond")
    return Table(STATUTORY, head, rows)


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain values for JSON: numbers that are missing or have no end are null."""
    return [
        {key: None if isinstance(value, float) and not np.isfinite(value) else value for key, value in row.items()}
        for row in rows_of(frame)
    ]
