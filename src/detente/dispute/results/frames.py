"""Tables as JSON and back: columns of numbers to the last bit, missing numbers as null."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from detente.errors import BadTable

_KINDS = {"f": "number", "i": "count", "u": "count", "b": "flag"}


def frame_to_json(frame: pd.DataFrame) -> dict[str, Any]:
    """A table as `{columns: {name: {kind, values}}}`; kind is number, count, flag or text.

    Raises BadTable for an infinite number, which JSON cannot hold.
    """
    return {str(name): _column_to_json(str(name), frame[name]) for name in frame.columns}


def _column_to_json(name: str, column: pd.Series[Any]) -> dict[str, Any]:
    kind = _KINDS.get(column.dtype.kind, "text")
    if kind == "text":
        return {"kind": kind, "values": [None if _is_missing(value) else str(value) for value in column]}
    values = column.tolist()
    if kind == "number":
        if np.isinf(column.to_numpy()).any():
            raise BadTable(f"column {name} holds an infinite number: it cannot be written")
        values = [None if math.isnan(value) else value for value in values]
    return {"kind": kind, "values": values}


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def frame_from_json(plain: dict[str, Any]) -> pd.DataFrame:
    """The table that `frame_to_json` wrote."""
    return pd.DataFrame({name: _column_from_json(column) for name, column in plain.items()})


def _column_from_json(plain: dict[str, Any]) -> Any:
    kind, values = plain["kind"], plain["values"]
    if kind == "number":
        return np.array([math.nan if value is None else value for value in values], dtype=np.float64)
    if kind == "count":
        return np.array(values, dtype=np.int64)
    return np.array(values, dtype=bool) if kind == "flag" else pd.Series(values, dtype="str")
