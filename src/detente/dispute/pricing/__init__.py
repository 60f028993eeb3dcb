"""What loads the search for targets, when a dispute has something to price: a run without it loads none (PEP 562)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detente.lazy import lazily

if TYPE_CHECKING:
    from detente.dispute.obligation_prices import price_obligations as price_obligations

_HOMES: Final = {"price_obligations": "detente.dispute.obligation_prices"}
"""Name → the module it is loaded from."""

__getattr__ = lazily(__name__, _HOMES)
