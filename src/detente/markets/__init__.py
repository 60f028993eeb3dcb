"""What markets say of a dispute and what they should fear: exposures, event studies, implied probabilities.

The event study loads when it is first used (PEP 562): statsmodels takes a second, which the rest does without.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from detente.markets.exposure import exposure
from detente.markets.implied import Implied, equity_value, expected_move, implied_probability
from detente.markets.prices import Prices, read_prices

if TYPE_CHECKING:
    from detente.markets.events import EventStudy as EventStudy
    from detente.markets.events import event_study as event_study
    from detente.markets.events import flag_days as flag_days

__all__ = [
    "EventStudy",
    "Implied",
    "Prices",
    "equity_value",
    "event_study",
    "expected_move",
    "exposure",
    "flag_days",
    "implied_probability",
    "read_prices",
]

_HOMES = dict.fromkeys(("EventStudy", "event_study", "flag_days"), "detente.markets.events")
"""Name → the module it is loaded from."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'detente.markets' has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(_HOMES[name]), name))
