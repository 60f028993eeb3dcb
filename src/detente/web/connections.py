"""Connections to the server: how long a client that sends or takes nothing keeps one.

uvicorn waits for as long as the head of a request takes to come, and for as long as a client takes to read an answer.
Here a head has to come in time, only so many connections wait for one, of which the one that has waited longest makes
room, and an answer that nobody reads is given up. (How long the body of a request may take, the guard says.)
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS: Final = 10.0
"""Seconds in which the head of a request has to come, and what is left of the body of one that is answered already."""
MOST_WAITING: Final = 256
"""Connections that may wait for a head."""
UNREAD_SECONDS: Final = 60.0
"""Seconds in which a client has to read something of an answer that waits to be sent."""
LEAST_READ: Final = 60_000
"""Bytes that it has to read in this time."""


class BoundedConnection(H11Protocol):
    """A connection of which every wait is bounded."""

    _since: float | None = None
    """When it began to wait for a head; None where it does not."""
    _head: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Wait for the first head."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes of a head, or of what follows one."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE or self.conn.our_state is h11.DONE:
            self._await_head()
        else:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        """Wait for the rest of a body that nobody wants, or leave it to uvicorn how long the connection is kept."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        self._stop_watching()
        super().connection_lost(exc)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing more was asked, even if its client reads nothing."""
        super().timeout_keep_alive_handler()
        self._stop_watching()
        self._unread = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def pause_writing(self) -> None:
        """Watch whether the client reads."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """Stop watching: it has read."""
        super().resume_writing()
        self._stop_watching()

    def _await_head(self) -> None:
        if self._since is not None or self.transport.is_closing():
            return
        self._since = self.loop.time()
        self._head = self.loop.call_later(HEAD_SECONDS, self._give_up)
        ours = [each for each in self.connections if isinstance(each, BoundedConnection)]
        waiting = [(each._since, id(each), each) for each in ours if each._since is not None]
        if len(waiting) > MOST_WAITING:
            min(waiting)[-1]._give_up()

    def _stop_waiting(self) -> None:
        self._since = None
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _give_up(self) -> None:
        self._stop_waiting()
        self.transport.abort()

    def _watch(self) -> None:
        self._stop_watching()
        left = self.transport.get_write_buffer_size()
        self._unread = self.loop.call_later(UNREAD_SECONDS, self._look_again, left)

    def _look_again(self, before: int) -> None:
        if self.transport.get_write_buffer_size() > before - LEAST_READ:
            self.transport.abort()
        else:
            self._watch()

    def _stop_watching(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
