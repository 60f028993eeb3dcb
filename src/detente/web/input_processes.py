"""Processes that look at what users send: each answers one call at a time, and is killed when it takes too long.

The server itself only collects bytes. Who sends them has room for a few at a time, all together for so many bytes, and
whoever waits does so on the event loop: no thread of the pool that serves health, files and stored answers is held.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from detente.web.callers import SOON, Rooms
from detente.web.models import ApiError
from detente.web.workers import CalledAnswer, CallTask, FailedTask, Message, Warmth, Worker, WorkerGone, WorkerTooSlow

MOST_OF_ONE: Final = 4
"""Requests of one client that are received or looked through; over it 429."""
MOST_WAITING: Final = 200
"""The same of all clients together."""
MOST_HELD: Final = 200_000_000
"""Bytes of bodies that are received or looked through; over it 429."""
TRIES: Final = 2
"""Times that a call is begun whose process went away."""


class InputProcesses:
    """Processes of one kind, for calls of one kind. Every method but `end` belongs to the event loop of the server."""

    def __init__(self, name: str, warm: Warmth, many: int, seconds: float) -> None:
        """seconds: how long one call may take; then its process is killed."""
        self._name, self._seconds = name, seconds
        self._every = tuple(Worker(f"detente-{name}-{k}", warm, beside=many) for k in range(many))
        self._free = list(self._every)
        self._turn = asyncio.Semaphore(many)
        self._threads = ThreadPoolExecutor(many, thread_name_prefix=name)
        self.rooms = Rooms("requests that are looked through", MOST_OF_ONE, MOST_WAITING, MOST_HELD)

    def begin(self) -> None:
        """Start the process that is asked first; others start when it is busy."""
        self._every[-1].start()

    def end(self) -> None:
        """Stop them."""
        for worker in self._every:
            worker.close()
        self._threads.shutdown(cancel_futures=True)

    @property
    def pids(self) -> list[int]:
        """The ids of the processes."""
        return [worker.pid for worker in self._every if worker.pid is not None]

    async def ask(
        self, function: Callable[..., Any], *given: Any, gone: Callable[[], Awaitable[bool]] | None = None
    ) -> Any:
        """What the function of a module gives, called in a process.

        `gone` says whether nobody waits for it any more; then it is not begun. Raises ApiError with what the function
        raised, 422 where it took too long, 503 where the process went away.
        """
        async with self._turn:
            if gone is not None and await gone():
                raise ApiError(503, "interrupted", "nobody waits for the answer")
            worker = self._free.pop()
            try:
                loop = asyncio.get_running_loop()
                answer = await loop.run_in_executor(self._threads, self._called, worker, CallTask(function, given))
            finally:
                self._free.append(worker)
        if isinstance(answer, FailedTask):
            its = answer.problem
            raise ApiError(its["status"], its["code"], its["detail"], its["faults"], its.get("retry_after"))
        assert isinstance(answer, CalledAnswer)
        return answer.value

    def _called(self, worker: Worker, task: CallTask) -> Message:
        for _ in range(TRIES):
            try:
                return worker.ask(task, lambda told: None, self._seconds)
            except WorkerTooSlow as error:
                detail = (
                    f"it was looked through for {self._seconds:g} seconds, as long as this server allows: send it in "
                    "parts, or correct the first faults"
                )
                raise ApiError(422, "too-long", detail) from error
            except WorkerGone:
                continue  # a new process is asked once more, since the old one may have died by chance
            finally:
                worker.start()
        detail = f"the process for {self._name} went away twice; it may have had too little memory: send a smaller part"
        raise ApiError(503, "interrupted", detail, retry_after=SOON)
