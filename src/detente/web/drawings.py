"""What is drawn of results, on demand: by a process of its own, one thing after the other, and kept in the store."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from detente.web.problems import Problem
from detente.web.process import Gone, TooLong, Worker
from detente.web.settings import Settings
from detente.web.store import Asked, Store
from detente.web.worker import Draw, Drawn, Failed

PATIENCE: Final = 60.0
"""Seconds that one thing may take."""


class Drawings:
    """The draughtsman of a server."""

    def __init__(self, store: Store, settings: Settings, warm: bool = True) -> None:
        self._store = store
        self._most = settings.most_drawings
        self._worker = Worker("detente-draw", "draw" if warm else "cold")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="drawings")
        self._lock = threading.Lock()
        self._asked: dict[tuple[str, str], Future[tuple[str, bytes]]] = {}

    def begin(self) -> None:
        """Start the process."""
        self._worker.start()

    def end(self) -> None:
        """Stop it."""
        self._worker.close()
        self._thread.shutdown(cancel_futures=True)

    def get(self, asked: Asked, name: str, other: Asked | None = None) -> tuple[str, bytes]:
        """Media type and content; with `other`, of two results together. Raises Problem: 404 for what there is not, 410
        where the numbers are not kept any more, 429 where too much waits to be drawn.
        """
        label = name if other is None else f"{name}?{other.key}"
        kept = self._store.drawn(asked.key, label)
        return kept if kept is not None else self._begun(asked, name, other, label).result()

    def soon(self, asked: Asked, name: str) -> bool:
        """Whether it is drawn already; where it is not, drawing begins and nobody waits for it here."""
        if self._store.drawn(asked.key, name) is not None:
            return True
        self._begun(asked, name, None, name)
        return False

    def _begun(self, asked: Asked, name: str, other: Asked | None, label: str) -> Future[tuple[str, bytes]]:
        with self._lock:
            future = self._asked.get((asked.key, label))
            if future is None:
                if len(self._asked) >= self._most:
                    raise Problem(429, "too-many", f"{len(self._asked)} charts and tables wait already", retry_after=5)
                future = self._thread.submit(self._draw, asked, name, other, label)
                self._asked[asked.key, label] = future
        return future

    def _draw(self, asked: Asked, name: str, other: Asked | None, label: str) -> tuple[str, bytes]:
        try:
            beside = None if other is None else (other.key, self._body(other))
            task = Draw(asked.kind, asked.key, self._body(asked), name, beside)
            answer = self._worker.ask(task, lambda told: None, PATIENCE)
        except (Gone, TooLong) as error:
            raise Problem(503, "interrupted", "the process that draws went away: ask again", retry_after=5) from error
        finally:
            with self._lock:
                self._asked.pop((asked.key, label), None)
        if isinstance(answer, Failed):
            status = 404 if answer.problem["code"] == "bad-input" else answer.problem["status"]
            code = "not-found" if status == 404 else answer.problem["code"]
            raise Problem(status, code, answer.problem["detail"])
        assert isinstance(answer, Drawn)
        self._store.keep_drawn(asked.key, label, answer.media, answer.body)
        return answer.media, answer.body

    def _body(self, asked: Asked) -> bytes:
        body = self._store.result(asked.key)
        if body is None:
            raise Problem(410, "gone", "the numbers are no longer kept: run the dispute again")
        return body
