"""Markets: prices, exposures, event studies, implied probabilities. Each name is loaded when it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detente.lazy import lazily

if TYPE_CHECKING:
    from detente.markets.abnormal_returns import EventStudy as EventStudy
    from detente.markets.abnormal_returns import event_study as event_study
    from detente.markets.abnormal_returns import flag_days as flag_days
    from detente.markets.implied import implied_probability as implied_probability
    from detente.markets.prices import Prices as Prices
    from detente.markets.prices import prices_of as prices_of
    from detente.markets.prices import read_prices as read_prices

_HOMES: Final = {
    "EventStudy": "detente.markets.abnormal_returns",
    "event_study": "detente.markets.abnormal_returns",
    "flag_days": "detente.markets.abnormal_returns",
    "implied_probability": "detente.markets.implied",
    "Prices": "detente.markets.prices",
    "prices_of": "detente.markets.prices",
    "read_prices": "detente.markets.prices",
}
"""Name → the module it is loaded from."""

__getattr__ = lazily(__name__, _HOMES)
