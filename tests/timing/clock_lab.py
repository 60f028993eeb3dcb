"""The game of the clock that its tests share: two threats of one side against equal resolves."""

from __future__ import annotations

from detente.timing.game import ClockGame
from detente.timing.prior import Prior, Resolve

RESOLVES = (Resolve(12.0, 1.0), Resolve(12.0, 1.0))
DAYS = (30, 90, 200, 400)


def game(**changes: object) -> ClockGame:
    given_ = {"losses": ((0.0, 0.0), (3.0, 9.0), (4.0, 26.0)), "threatener": (0, 0), "opens": (60, 190)}
    return ClockGame(**{**given_, "prior": Prior(RESOLVES), "days": 400, **changes})  # type: ignore[arg-type]
