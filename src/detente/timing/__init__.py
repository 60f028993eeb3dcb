"""Timing: threats, wars of attrition and offers between sides that are unsure of each other.

Pure game theory: numbers in, probabilities out. `detente.analyses.clock.compute` feeds it from a dispute. `Prior` is
loaded when it is first used (PEP 562): its distributions come from scipy, and few questions take one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detente.lazy import lazily

if TYPE_CHECKING:
    from detente.timing.prior import Prior as Prior

_HOMES: Final = {"Prior": "detente.timing.prior"}
"""Name → the module it is loaded from."""

__getattr__ = lazily(__name__, _HOMES)
