"""Values of options as messages show them, and as JSON holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel

from detente.errors import short


def shown_value(value: object) -> str:
    """A value as a message shows it: short, or its type where it is no plain value."""
    if value is None or isinstance(value, bool | int | float | str | date):
        return repr(short(value, 60)) if isinstance(value, str) else short(str(value), 60)
    if isinstance(value, list | tuple) and len(value) <= 6:
        return ", ".join(map(shown_value, value)) or "empty"
    return f"of type {type(value).__name__}"


def plain_value(value: Any) -> Any:
    """A value as JSON holds it: records as mappings, arrays and tuples as lists, days as text."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain_value(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain_value(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(entry) for entry in value]
    if hasattr(value, "tolist"):
        return value.tolist()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
