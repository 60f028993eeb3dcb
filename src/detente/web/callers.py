"""Who calls a server: whose runs they are, whom a quota counts, how many requests have room, and wrong tokens."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from detente.web.models import ApiError

SOON: Final = 2
"""Seconds that a client is told to wait at least where there is no room."""
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


class Rooms:
    """So many requests of one client at a time, and of all together, and so many bytes of them. Of one event loop."""

    def __init__(self, what: str, most_of_one: int, most: int, most_bytes: int) -> None:
        """what: the requests, as messages call them."""
        self._what, self._most_of_one, self._most, self._most_bytes = what, most_of_one, most, most_bytes
        self._of_clients: Counter[str] = Counter()
        self._held = 0

    def check(self, client: str, size: int = 0) -> None:
        """Raise ApiError (429) where there is no room."""
        if self._of_clients[client] >= self._most_of_one:
            detail = f"{self._most_of_one} {self._what} of yours are there already: wait for one of them to end"
            raise ApiError(429, "too-many", detail, retry_after=SOON)
        if self._of_clients.total() >= self._most or self._held + size > self._most_bytes:
            detail = f"{self._of_clients.total()} {self._what} are there already: try again later"
            raise ApiError(429, "too-many", detail, retry_after=max(SOON, self._of_clients.total() // 2))

    @contextmanager
    def taken(self, client: str, size: int = 0) -> Iterator[None]:
        """One more, until it ends."""
        self._of_clients[client] += 1
        self._held += size
        try:
            yield
        finally:
            self._held -= size
            self._of_clients[client] -= 1
            if not self._of_clients[client]:
                del self._of_clients[client]

    @contextmanager
    def room(self, client: str, size: int = 0) -> Iterator[None]:
        """Both. Raises ApiError (429)."""
        self.check(client, size)
        with self.taken(client, size):
            yield


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
