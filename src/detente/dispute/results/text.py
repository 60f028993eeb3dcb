"""Results as JSON text and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from detente.errors import BadTable


def to_text(plain: Mapping[str, Any]) -> str:
    """Plain values as JSON: the same text for the same values, every number to the last bit."""
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def from_text(text: str, otherwise: str) -> dict[str, Any]:
    """The object in a JSON text. Raises BadTable, which begins with `otherwise`, where there is none."""
    try:
        plain = json.loads(text)
    except json.JSONDecodeError as problem:
        raise BadTable(f"{otherwise}: not JSON at line {problem.lineno}: {problem.msg}") from problem
    if not isinstance(plain, dict):
        raise BadTable(f"{otherwise}: JSON holds a {type(plain).__name__}, not an object")
    return plain
