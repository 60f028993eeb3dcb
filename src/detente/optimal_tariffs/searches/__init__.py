"""Searches for tariffs, loaded when one is first run (PEP 562): they bring scipy's optimisers along, and few questions
search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detente.lazy import lazily

if TYPE_CHECKING:
    from detente.optimal_tariffs.nash_equilibrium import nash as nash

_HOMES: Final = {"nash": "detente.optimal_tariffs.nash_equilibrium"}
"""Name → the module it is loaded from."""

__getattr__ = lazily(__name__, _HOMES)
