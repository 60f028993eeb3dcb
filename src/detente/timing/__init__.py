"""Timing: threats, wars of attrition and offers between sides that are unsure of each other.

Pure game theory: numbers in, probabilities out. `detente.analyses.clock.compute` feeds it from a dispute. `Prior` is
loaded when it is first used (PEP 562): its distributions come from scipy, and few questions take one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.timing.prior import Prior as Prior

_HOMES = {"Prior": "detente.timing.prior"}
"""Name → the module it is loaded from."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'detente.timing' has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(_HOMES[name]), name))
