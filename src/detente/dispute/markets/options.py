"""What is asked of markets."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from detente.markets import Prices
from detente.markets.events import ESTIMATION, LEVEL
from detente.talks.clock import Prior


@dataclass(frozen=True)
class MarketOptions:
    """What is asked of markets; see `run_markets`."""

    events: tuple[date, ...] | None = None
    economy: str | None = None
    asset: str | None = None
    market: str | None = None
    window: tuple[int, int] = (0, 0)
    estimation: int = ESTIMATION
    level: float = LEVEL
    multiplier: float = 1.0
    values: tuple[float, float] | None = None
    probability: float | None = None
    players: tuple[str, ...] | None = None
    prior: Prior | None = None

    def plain(self, prices: Prices | None) -> dict[str, Any]:
        """What the numbers depend on, as values of JSON."""
        plain = {name: value for name, value in vars(self).items() if name not in ("events", "prior")}
        days = None if self.events is None else [day.isoformat() for day in self.events]
        data = None if prices is None else [[day.isoformat() for day in prices.days], prices.values.tolist()]
        return {"markets": [plain, days, None if self.prior is None else asdict(self.prior), data]}
