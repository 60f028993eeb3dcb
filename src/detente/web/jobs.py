"""What the server has its processes do with results: runs as jobs, and drawings.

`Jobs` knows which run waits, which one computes, and how far each is; cancelling kills the process that computes.
`Drawings` draws on demand in a process of its own, one thing after the other, and keeps the outcome in the store.
"""

from __future__ import annotations

import asyncio
import json
import queue
import secrets
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from starlette.concurrency import run_in_threadpool

from detente.web.callers import Caller
from detente.web.database import RETRY_SECONDS, StoreFault
from detente.web.models import ApiError, RunProgress, problem_of
from detente.web.security import ServerSettings
from detente.web.store import ENDED, Inquiry, RunStore, StoredRun
from detente.web.workers import (
    ComputedAnswer,
    ComputeTask,
    DrawnFile,
    DrawTask,
    FailedTask,
    News,
    ProgressNews,
    Worker,
    WorkerGone,
    WorkerTooSlow,
)

ATTEMPTS: Final = 2
"""Times that a run is begun; one that took its process down twice is not begun a third time."""
SECONDS_A_RUN: Final = 5
"""What a client is told to wait for each run before it in the queue, when there is no room."""


class ProgressBoard:
    """The progress of every unfinished run, and its listeners."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._progress: dict[str, RunProgress] = {}
        self._waiting: dict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = defaultdict(set)

    def of(self, id: str) -> RunProgress:
        """The progress of the run."""
        with self._lock:
            return self._progress.get(id, RunProgress())

    def change(self, id: str, done: int, total: int, what: str) -> None:
        """Note how far a run is and wake those who wait for it."""
        self._put(id, lambda old: replace(old, done=done, total=total, what=what))

    def know(self, id: str, first: Mapping[str, Any]) -> None:
        """Note what is known of the result already."""
        self._put(id, lambda old: replace(old, first=first))

    def end(self, id: str) -> None:
        """Forget a run that has ended, and wake those who wait for it."""
        self._put(id, lambda old: None)

    def _put(self, id: str, change: Callable[[RunProgress], RunProgress | None]) -> None:
        with self._lock:
            old = self._progress.pop(id, RunProgress())
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
            if self._progress.get(id, RunProgress()).version != seen:
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

    def __init__(self, store: RunStore, settings: ServerSettings, warm: bool = True) -> None:
        self.store = store
        self.board = ProgressBoard()
        self._settings = settings
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._computing: dict[str, Worker] = {}
        self._payers: dict[str, str] = {}
        """Whose quota counts an unfinished run, which the store is not told: an address is nothing to keep."""
        many = settings.workers
        self._workers = [Worker(f"detente-run-{k}", "compute" if warm else "cold", beside=many) for k in range(many)]
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

    def submit(self, asked: Inquiry, client: Caller) -> StoredRun:
        """A new run. Raises ApiError (429) where the client, or all together, have as many as the settings allow."""
        with self._lock:
            if not self.store.has_result(asked.key):
                self._refuse_too_many(client)
            id = secrets.token_urlsafe(16)
            if self.store.add(id, asked, client.name) == "queued":
                self._payers[id] = client.payer
                self._queue.put(id)
        run = self.store.run(id)
        assert run is not None
        return run

    def _refuse_too_many(self, client: Caller) -> None:
        unfinished = self.store.unfinished()
        self._payers = {run.id: self._payers[run.id] for run in unfinished if run.id in self._payers}
        own = sum(run.client == client.name or self._payers.get(run.id) == client.payer for run in unfinished)
        waiting = sum(run.state == "queued" for run in unfinished)
        if own >= self._settings.most_runs:
            detail = f"{own} runs of yours wait or compute, and {self._settings.most_runs} may: wait, or cancel one"
            raise ApiError(429, "too-many", detail, retry_after=SECONDS_A_RUN)
        if waiting >= self._settings.most_waiting:
            detail = f"{waiting} runs wait already: try again later"
            soon = max(1, SECONDS_A_RUN * waiting // len(self._workers) // 4)
            raise ApiError(429, "too-many", detail, retry_after=soon)

    def cancel(self, id: str) -> bool:
        """Stop a run that waits or computes; False where it had ended."""
        stopped = self.store.cancel(id)
        with self._lock:
            worker = self._computing.get(id)
            if stopped and worker is not None:
                worker.kill()
        self.board.end(id)
        return stopped

    @property
    def counts(self) -> tuple[int, int, int]:
        """Runs that compute, runs that wait, and processes that are alive, as this process knows without the store."""
        return len(self._computing), self._queue.qsize(), sum(worker.alive for worker in self._workers)

    def ahead(self, id: str) -> int:
        """The number of runs that wait before this one."""
        waiting = [run.id for run in self.store.unfinished() if run.state == "queued"]
        return waiting.index(id) if id in waiting else 0

    def _work(self, worker: Worker) -> None:
        while (id := self._queue.get()) is not None:
            try:
                self._take(worker, id)
            except StoreFault:
                self._later(id)
            except Exception as error:  # noqa: BLE001 - one run must not take the thread of all others with it
                self._give_up(id, error)

    def _take(self, worker: Worker, id: str) -> None:
        run = self.store.run(id)
        if run is None or run.state in ENDED:
            return
        if run.state == "running":  # its end could not be written
            self._again(run)
            return
        if not self.store.start(id):
            return
        with self._lock:
            self._computing[id] = worker
        try:
            self._compute(worker, replace(run, attempts=run.attempts + 1))
        finally:
            with self._lock:
                self._computing.pop(id, None)
            self.board.end(id)
            worker.start()

    def _later(self, id: str) -> None:
        """Take the run up again when the store may be back."""
        timer = threading.Timer(RETRY_SECONDS, self._queue.put, (id,))
        timer.daemon = True
        timer.start()

    def _give_up(self, id: str, error: Exception) -> None:
        try:
            self.store.fail(id, problem_of(error).as_dict())
        except StoreFault:
            self._later(id)

    def _compute(self, worker: Worker, run: StoredRun) -> None:
        asked = self.store.asked(run.key)
        assert asked is not None
        self.board.change(run.id, 0, 0, "")
        task = ComputeTask(asked.kind, asked.dispute, asked.options)
        try:
            answer = worker.ask(task, lambda news: self._tell(run.id, news), self._settings.most_seconds)
        except WorkerTooSlow:
            detail = f"it computed for {self._settings.most_seconds:g} seconds, as long as this server allows"
            self.store.fail(run.id, ApiError(422, "too-long", detail).as_dict())
        except WorkerGone:
            latest = self.store.run(run.id)
            if latest is not None and latest.state not in ENDED:
                self._again(latest)
        else:
            if isinstance(answer, ComputedAnswer):
                self.store.finish(run.id, run.key, answer.body, answer.first)
            elif isinstance(answer, FailedTask):
                self.store.fail(run.id, answer.problem)

    def _tell(self, id: str, news: News) -> None:
        if isinstance(news, ProgressNews):
            self.board.change(id, news.done, news.total, news.what)
        else:
            self.board.know(id, json.loads(news.first))

    def _again(self, run: StoredRun) -> None:
        """Begin a run once more whose process went away, unless it did so before."""
        if run.attempts >= ATTEMPTS:
            detail = (
                f"begun {run.attempts} times, and each time the process that computed it went away, or its answer "
                "could not be kept: try it smaller"
            )
            self.store.fail(run.id, ApiError(500, "interrupted", detail).as_dict())
            return
        self.store.requeue(run.id)
        self._queue.put(run.id)


DRAWING_SECONDS: Final = 60.0
"""Seconds that one thing may take."""


class Drawings:
    """The draughtsman of a server."""

    def __init__(self, store: RunStore, settings: ServerSettings, warm: bool = True) -> None:
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

    async def get(self, asked: Inquiry, name: str, other: Inquiry | None = None) -> tuple[str, bytes]:
        """Media type and content; with `other`, of two results together.

        Raises ApiError: 404 for what there is not, 410 where the numbers are not kept, 429 where too much waits
        to be drawn.
        """
        label = name if other is None else f"{name}?{other.key}"
        kept = await run_in_threadpool(self._store.drawn, asked.key, label)
        if kept is not None:
            return kept
        drawing = asyncio.wrap_future(self._begun(asked, name, other, label))
        return await asyncio.shield(drawing)  # others may wait for the same

    def soon(self, asked: Inquiry, name: str) -> bool:
        """Whether it is drawn already; where it is not, drawing begins and nobody waits for it here."""
        if self._store.drawn(asked.key, name) is not None:
            return True
        self._begun(asked, name, None, name)
        return False

    def _begun(self, asked: Inquiry, name: str, other: Inquiry | None, label: str) -> Future[tuple[str, bytes]]:
        with self._lock:
            future = self._asked.get((asked.key, label))
            if future is None:
                if len(self._asked) >= self._most:
                    raise ApiError(429, "too-many", f"{len(self._asked)} charts and tables wait already", retry_after=5)
                future = self._thread.submit(self._draw, asked, name, other, label)
                self._asked[asked.key, label] = future
        return future

    def _draw(self, asked: Inquiry, name: str, other: Inquiry | None, label: str) -> tuple[str, bytes]:
        try:
            beside = None if other is None else (other.key, self._body(other))
            task = DrawTask(asked.kind, asked.key, self._body(asked), name, beside)
            try:
                answer = self._worker.ask(task, lambda told: None, DRAWING_SECONDS)
            except WorkerGone:  # once more, in a new process
                answer = self._worker.ask(task, lambda told: None, DRAWING_SECONDS)
        except (WorkerGone, WorkerTooSlow) as error:
            raise ApiError(503, "interrupted", "the process that draws went away: ask again", retry_after=5) from error
        finally:
            with self._lock:
                self._asked.pop((asked.key, label), None)
        if isinstance(answer, FailedTask):
            status = 404 if answer.problem["code"] == "bad-input" else answer.problem["status"]
            code = "not-found" if status == 404 else answer.problem["code"]
            raise ApiError(status, code, answer.problem["detail"])
        assert isinstance(answer, DrawnFile)
        with suppress(StoreFault):  # it is drawn again when it is asked for again
            self._store.keep_drawn(asked.key, label, answer.media, answer.body)
        return answer.media, answer.body

    def _body(self, asked: Inquiry) -> bytes:
        body = self._store.result(asked.key)
        if body is None:
            raise ApiError(410, "gone", "the numbers are no longer kept: run the dispute again")
        return body
