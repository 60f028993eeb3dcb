"""Who calls a server: the client that runs belong to, whom its quota counts, and how often an address was wrong."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from detente.web.models import ApiError

FREE: Final = 5
"""Wrong tokens of one address that are answered at once."""
LONGEST: Final = 300.0
"""Seconds that an address waits at most after a wrong token."""
REMEMBERED: Final = 10_000
"""Addresses that are remembered; over it the one that was wrong longest ago is forgotten."""


@dataclass(frozen=True)
class Caller:
    """name: whose runs they are. payer: whose quota counts them; of a caller without a cookie it is the address."""

    name: str
    payer: str


class WrongTokens:
    """Wrong tokens by address: after `FREE` of them the next is looked at only after a time that doubles with each."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def check(self, address: str) -> None:
        """Raise ApiError (429) where the address has to wait."""
        with self._lock:
            count, last = self._wrong.get(address, (0, 0.0))
            wait = 0.0 if count < FREE else min(2.0 ** (count - FREE), LONGEST) - (self._clock() - last)
        if wait > 0:
            soon = int(wait) + 1
            detail = f"{count} wrong tokens came from this address: the next one is looked at in {soon} s"
            raise ApiError(429, "too-many", detail, retry_after=soon)

    def wrong(self, address: str) -> None:
        """One more."""
        with self._lock:
            count, _ = self._wrong.pop(address, (0, 0.0))
            self._wrong[address] = (count + 1, self._clock())
            while len(self._wrong) > REMEMBERED:
                self._wrong.popitem(last=False)

    def right(self, address: str) -> None:
        """Forget the wrong ones of an address."""
        with self._lock:
            self._wrong.pop(address, None)
