"""Articles read into drafts of disputes: by a process of its own, which starts when somebody wants to read one."""

from __future__ import annotations

import json
import threading
from typing import Any, Final

from detente.web.problems import Problem
from detente.web.process import Gone, TooLong, Worker
from detente.web.worker import Drawn, Failed, Read

PATIENCE: Final = 60.0
"""Seconds that one article may take."""
MOST: Final = 20
"""Articles that wait to be read; over it 429."""


class Readings:
    """The reader of a server."""

    def __init__(self) -> None:
        self._worker = Worker("detente-read", "read")
        self._turn = threading.Lock()
        self._room = threading.BoundedSemaphore(MOST)

    def begin(self) -> None:
        """Start the process, so that the language model is loaded by the time an article comes."""
        self._worker.start()

    def end(self) -> None:
        """Stop it."""
        self._worker.close()

    def read(self, text: bytes, day: str | None) -> dict[str, Any]:
        """draft (YAML), day, text, html (marked), marks and questions. Raises Problem with what the reader says."""
        if not self._room.acquire(blocking=False):
            raise Problem(429, "too-many", f"{MOST} articles wait already", retry_after=5)
        try:
            with self._turn:
                answer = self._worker.ask(Read(text, day), lambda told: None, PATIENCE)
        except (Gone, TooLong) as error:
            raise Problem(503, "interrupted", "the process that reads went away: ask again", retry_after=5) from error
        finally:
            self._room.release()
        if isinstance(answer, Failed):
            its = answer.problem
            raise Problem(its["status"], its["code"], its["detail"], its["faults"])
        assert isinstance(answer, Drawn)
        found: dict[str, Any] = json.loads(answer.body)
        return found
