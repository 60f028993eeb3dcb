"""Targets: the way to a bilateral balance or to purchases, by instrument, and who pays for it.

The front door is `reach`, loaded when it is first used (PEP 562).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detente.lazy import lazily

if TYPE_CHECKING:
    from detente.targets.attainment import reach as reach

_HOMES: Final = {"reach": "detente.targets.attainment"}
"""Name → the module it is loaded from."""

__getattr__ = lazily(__name__, _HOMES)
