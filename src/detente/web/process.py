"""One worker process as the server sees it: started, asked, killed, started again."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from detente.web.worker import Early, Message, News, Task, Told, Warmth, main


class Gone(Exception):
    """The process went away before it answered."""


class TooLong(Exception):
    """The answer did not come in time, and the process was killed."""


class Worker:
    """A process that is there whenever it is asked. One thread asks; any thread may kill."""

    def __init__(self, name: str, warm: Warmth) -> None:
        self._name = name
        self._warm = warm
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._line: Connection | None = None
        self._closed = False

    def start(self) -> None:
        """Start the process where none is running."""
        with self._lock:
            if self._closed or (self._process is not None and self._process.is_alive()):
                return
            self._release()
            # a fresh interpreter: a fork of a process with threads and a compiled JAX does not work reliably
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            self._process = context.Process(target=main, args=(theirs, self._warm), name=self._name, daemon=True)
            self._process.start()
            theirs.close()
            self._line = ours

    @property
    def pid(self) -> int | None:
        """The id of the process."""
        return self._process.pid if self._process is not None else None

    def ask(self, task: Task, tell: Callable[[News], None], seconds: float) -> Message:
        """The answer to a task; `tell` hears how far it is. Raises Gone, TooLong."""
        self.start()
        line, end = self._line, time.monotonic() + seconds
        if line is None:
            raise Gone
        try:
            line.send(task)
            while True:
                if not line.poll(max(0.0, end - time.monotonic())):
                    self.kill()
                    raise TooLong
                message: Message = line.recv()
                if not isinstance(message, Told | Early):
                    return message
                tell(message)
        except (EOFError, OSError) as problem:
            raise Gone from problem

    def kill(self) -> None:
        """End the process at once."""
        with self._lock:
            if self._process is not None and self._process.is_alive():
                self._process.kill()
                self._process.join()

    def close(self) -> None:
        """End the process for good."""
        with self._lock:
            self._closed = True
        self.kill()
        with self._lock:
            self._release()

    def _release(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._process is not None:
            self._process.join()
            self._process.close()
            self._process = None
