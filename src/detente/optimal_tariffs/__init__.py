"""Governments that choose: what they want, how one answers the other, and where it ends if nobody gives way.

The front doors are `best_response`, `nash`, `cooperate` and `play`. The dispute file reads `detente.dispute.blocks`
alone, so this package loads nothing until one of them is used (PEP 562).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detente.lazy import lazily

if TYPE_CHECKING:
    from detente.optimal_tariffs.best_responses import best_response as best_response
    from detente.optimal_tariffs.cooperation import cooperate as cooperate
    from detente.optimal_tariffs.history import play as play
    from detente.optimal_tariffs.nash_equilibrium import nash as nash

_HOMES: Final = {
    "best_response": "detente.optimal_tariffs.best_responses",
    "cooperate": "detente.optimal_tariffs.cooperation",
    "nash": "detente.optimal_tariffs.nash_equilibrium",
    "play": "detente.optimal_tariffs.history",
}
"""Name → the module it is loaded from."""

__getattr__ = lazily(__name__, _HOMES)
