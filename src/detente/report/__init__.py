"""Findings as sentences, charts and reports. This layer computes no economics.

`headline` loads with the package. `chart` and `write` load when they are first used (PEP 562): altair takes a quarter
of a second, which whoever reads a sentence at a terminal need not wait for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from detente.report.sentences import headline

if TYPE_CHECKING:
    from detente.report.draw import chart as chart
    from detente.report.folder import write as write

__all__ = ["chart", "headline", "write"]

_HOMES = {"chart": "detente.report.draw", "write": "detente.report.folder"}
"""Name → the module it is loaded from."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'detente.report' has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(_HOMES[name]), name))


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
