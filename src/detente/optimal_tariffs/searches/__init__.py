"""Searches for tariffs, loaded when one is first run (PEP 562): they need slopes, and loading what finds slopes takes
longer than a whole run without them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.optimal_tariffs.nash import nash as nash

_HOMES = {"nash": "detente.optimal_tariffs.nash"}
"""Name → the module it is loaded from."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'detente.optimal_tariffs.searches' has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(_HOMES[name]), name))
