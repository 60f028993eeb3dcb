"""Runs as jobs: who waits, who computes, how far each is; cancelling kills the process that computes."""

from __future__ import annotations

import asyncio
import json
import queue
import secrets
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from detente.web.problems import Problem
from detente.web.process import Gone, TooLong, Worker
from detente.web.settings import Settings
from detente.web.store import ENDED, Asked, Run, Store
from detente.web.worker import Compute, Computed, Failed, News, Told

ATTEMPTS: Final = 2
"""Times that a run is begun; one that took its process down twice is not begun a third time."""
SECONDS_A_RUN: Final = 5
"""What a client is told to wait for each run before it in the queue, when there is no room."""


@dataclass(frozen=True)
class Progress:
    """How far a run is: states done, states in all, what comes next; `version` grows with every change.

    `first` is what a page shows first of the result, once that is known.
    """

    done: int = 0
    total: int = 0
    what: str = ""
    version: int = 0
    first: Mapping[str, Any] | None = None


class Board:
    """How far every unfinished run is, and who wants to hear of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._progress: dict[str, Progress] = {}
        self._waiting: dict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = defaultdict(set)

    def of(self, id: str) -> Progress:
        """How far the run is."""
        with self._lock:
            return self._progress.get(id, Progress())

    def change(self, id: str, done: int, total: int, what: str) -> None:
        """Note how far a run is and wake those who wait for it."""
        self._put(id, lambda old: replace(old, done=done, total=total, what=what))

    def know(self, id: str, first: Mapping[str, Any]) -> None:
        """Note what is known of the result already."""
        self._put(id, lambda old: replace(old, first=first))

    def end(self, id: str) -> None:
        """Forget a run that has ended, and wake those who wait for it."""
        self._put(id, lambda old: None)

    def _put(self, id: str, change: Callable[[Progress], Progress | None]) -> None:
        with self._lock:
            old = self._progress.pop(id, Progress())
            new = change(old)
            if new is not None:
                self._progress[id] = replace(new, version=old.version + 1)
            waiting = self._waiting.pop(id, set())
        for loop, event in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    async def wait(self, id: str, seen: int, seconds: float) -> None:
        """Return when the run has changed since version `seen`, or after so many seconds."""
        entry = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            if self._progress.get(id, Progress()).version != seen:
                return
            self._waiting[id].add(entry)
        try:
            await asyncio.wait_for(entry[1].wait(), seconds)
        except TimeoutError:
            return
        finally:
            with self._lock:
                self._waiting[id].discard(entry)
                if not self._waiting[id]:
                    del self._waiting[id]


class Jobs:
    """The runs of a server."""

    def __init__(self, store: Store, settings: Settings, warm: bool = True) -> None:
        self.store = store
        self.board = Board()
        self._settings = settings
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._computing: dict[str, Worker] = {}
        self._workers = [Worker(f"detente-run-{k}", "compute" if warm else "cold") for k in range(settings.workers)]
        self._threads = [threading.Thread(target=self._work, args=(worker,), daemon=True) for worker in self._workers]

    def begin(self) -> None:
        """Start the processes, and take up the runs that an earlier server left."""
        for run in self.store.unfinished():
            if run.state == "running":
                self._again(run)
            else:
                self._queue.put(run.id)
        for worker, thread in zip(self._workers, self._threads, strict=True):
            worker.start()
            thread.start()

    def end(self) -> None:
        """Stop the processes; runs that compute are taken up by the next server."""
        for _ in self._threads:
            self._queue.put(None)
        for worker in self._workers:
            worker.close()
        for thread in self._threads:
            thread.join()

    def submit(self, asked: Asked, client: str) -> Run:
        """A new run. Raises Problem (429) where the client, or all together, have as many as the settings allow."""
        with self._lock:
            if not self.store.has_result(asked.key):
                self._refuse_too_many(client)
            id = secrets.token_urlsafe(16)
            if self.store.add(id, asked, client) == "queued":
                self._queue.put(id)
        run = self.store.run(id)
        assert run is not None
        return run

    def _refuse_too_many(self, client: str) -> None:
        unfinished = self.store.unfinished()
        own = sum(run.client == client for run in unfinished)
        waiting = sum(run.state == "queued" for run in unfinished)
        if own >= self._settings.most_runs:
            detail = f"{own} runs of yours wait or compute, and {self._settings.most_runs} may: wait, or cancel one"
            raise Problem(429, "too-many", detail, retry_after=SECONDS_A_RUN)
        if waiting >= self._settings.most_waiting:
            detail = f"{waiting} runs wait already: try again later"
            soon = max(1, SECONDS_A_RUN * waiting // len(self._workers) // 4)
            raise Problem(429, "too-many", detail, retry_after=soon)

    def cancel(self, id: str) -> bool:
        """Stop a run that waits or computes; False where it had ended."""
        stopped = self.store.cancel(id)
        with self._lock:
            worker = self._computing.get(id)
            if stopped and worker is not None:
                worker.kill()
        self.board.end(id)
        return stopped

    def ahead(self, id: str) -> int:
        """How many runs wait before this one."""
        waiting = [run.id for run in self.store.unfinished() if run.state == "queued"]
        return waiting.index(id) if id in waiting else 0

    def _work(self, worker: Worker) -> None:
        while (id := self._queue.get()) is not None:
            run = self.store.run(id)
            if run is None or not self.store.start(id):
                continue
            with self._lock:
                self._computing[id] = worker
            try:
                self._compute(worker, run)
            finally:
                with self._lock:
                    self._computing.pop(id, None)
                self.board.end(id)
                worker.start()

    def _compute(self, worker: Worker, run: Run) -> None:
        asked = self.store.asked(run.key)
        assert asked is not None
        self.board.change(run.id, 0, 0, "")
        task = Compute(asked.kind, asked.dispute, asked.options)
        try:
            answer = worker.ask(task, lambda news: self._tell(run.id, news), self._settings.most_seconds)
        except TooLong:
            detail = f"it computed for {self._settings.most_seconds:g} seconds, as long as this server allows"
            self.store.fail(run.id, Problem(422, "too-long", detail).as_dict())
        except Gone:
            latest = self.store.run(run.id)
            if latest is not None and latest.state not in ENDED:
                self._again(latest)
        else:
            if isinstance(answer, Computed):
                self.store.finish(run.id, run.key, answer.body, answer.first)
            elif isinstance(answer, Failed):
                self.store.fail(run.id, answer.problem)

    def _tell(self, id: str, news: News) -> None:
        if isinstance(news, Told):
            self.board.change(id, news.done, news.total, news.what)
        else:
            self.board.know(id, json.loads(news.first))

    def _again(self, run: Run) -> None:
        """Begin a run once more whose process went away, unless it did so before."""
        if run.attempts >= ATTEMPTS:
            detail = f"begun {run.attempts} times, and each time the process that computed it went away: try it smaller"
            self.store.fail(run.id, Problem(500, "interrupted", detail).as_dict())
            return
        self.store.requeue(run.id)
        self._queue.put(run.id)
