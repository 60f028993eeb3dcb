"""Worker processes: the tasks that they take, what runs inside one, and how the server starts, asks and kills it.

A process computes, draws, or looks at what users send. It answers one task at a time and is killed when a task is to
stop. It stays warm: before its first task it has solved the central case, so that solvers are compiled and worlds
loaded. `main` runs inside the process; `Worker` is the process as the server sees it.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any, Final, Literal

from detente.errors import DetenteError

if TYPE_CHECKING:
    from detente.analyses.analysis import Analysis
    from detente.dispute.schema import Dispute

WARM: Final = "us-china-2018"
"""The case that a process solves before its first task."""
SESSIONS: Final = 2
"""Disputes that a process keeps set up, with what was found on the way."""


MOST_MEMORY: Final = 4_000_000_000
"""Bytes that a process may have which looks at what users send."""

START_SECONDS: Final = 300.0
"""Seconds in which a process has to be there: to load and solve the central case on a busy machine."""

THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC")
"""Variables that say how many threads the libraries of a process may start, XLA's among them."""


Warmth = Literal["cold", "compute", "draw", "check", "read"]
"""What a process does before its first task, so that the first is as fast as the next."""


@dataclass(frozen=True)
class ComputeTask:
    """Answer a question from the YAML of a dispute and its options."""

    kind: str
    dispute: str
    options: dict[str, Any]


@dataclass(frozen=True)
class DrawTask:
    """Draw something of a result, by its name (see `detente.web.render`); `other` is a result to compare with."""

    kind: str
    key: str
    body: bytes
    name: str
    other: tuple[str, bytes] | None = None


@dataclass(frozen=True)
class CallTask:
    """Call a function of a module, which is pickled by its name."""

    function: Callable[..., Any]
    given: tuple[Any, ...]


Task = ComputeTask | DrawTask | CallTask


@dataclass(frozen=True)
class TaskBegun:
    """The process is there and has taken the task: its time counts from now."""


@dataclass(frozen=True)
class ProgressNews:
    """The progress of a task."""

    done: int
    total: int
    what: str


@dataclass(frozen=True)
class EarlyAnswer:
    """The first content of a page on a result, before all of it is computed."""

    first: bytes


@dataclass(frozen=True)
class ComputedAnswer:
    """The JSON of a result, and what a page shows first."""

    body: bytes
    first: bytes


@dataclass(frozen=True)
class DrawnFile:
    """Media type and content."""

    media: str
    body: bytes


@dataclass(frozen=True)
class CalledAnswer:
    """What a function gave."""

    value: Any


@dataclass(frozen=True)
class FailedTask:
    """The problem, as its body, with which a task ended."""

    problem: dict[str, Any]


News = ProgressNews | EarlyAnswer
Message = News | TaskBegun | ComputedAnswer | DrawnFile | CalledAnswer | FailedTask


def main(line: Connection, warm: Warmth, threads: int) -> None:
    """Answer tasks until the other end goes away.

    `warm`: what it will be asked for most, if anything. `threads`: its share of the processors, which its libraries
    keep to where the environment does not say otherwise; they read it when they are loaded, after this.
    """
    for variable in THREADS:
        os.environ.setdefault(variable, str(threads))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a key pressed at the terminal is the server's to answer
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if warm in ("compute", "draw"):
        _warm(warm == "draw")
    if warm in ("check", "read"):
        _bound_memory()
        _warm_checker()
    if warm == "read":
        _warm_reader()
    while True:
        try:
            task = line.recv()
        except EOFError:
            return
        line.send(TaskBegun())
        line.send(_answer(task, line))


def _end_with_parent() -> None:
    """End at once when the server has ended, however it did."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(0)


def _bound_memory() -> None:
    """Let this process have no more than `MOST_MEMORY`, where the system can say so: more is a MemoryError."""
    if sys.platform == "linux":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        limit = MOST_MEMORY if most == resource.RLIM_INFINITY else min(MOST_MEMORY, most)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _warm_checker() -> None:
    from detente.web import checking

    checking.asked_in(checking.SentBody(b"", ""), "run", WARM, {})


def _warm(draws: bool) -> None:
    from detente.analyses.doors import answered
    from detente.analyses.registry import REGISTRY
    from detente.web.drawing import draw, views_of

    entry = REGISTRY["run"]
    findings = answered(entry, WARM, {})
    views_of(entry).first(findings)
    if draws:
        draw(entry, "", findings.to_json().encode(), "tab/who-loses.json")


def _warm_reader() -> None:
    with suppress(DetenteError):  # where the extra is missing, the first who asks is told so
        from detente import article

        _ = article.read_article
        from detente.article.language import load_language

        load_language()


def _answer(task: Task, line: Connection) -> Message:
    from detente.web.models import problem_of

    try:
        if isinstance(task, ComputeTask):
            return _compute(task, line)
        return _draw(task) if isinstance(task, DrawTask) else CalledAnswer(task.function(*task.given))
    except Exception as error:  # noqa: BLE001 - whatever happens is an answer; the process goes on
        return FailedTask(problem_of(error).as_dict())


def _compute(task: ComputeTask, line: Connection) -> ComputedAnswer:
    from detente.analyses.doors import answered
    from detente.analyses.registry import analysis_of
    from detente.web.drawing import views_of

    entry = analysis_of(task.kind)
    views = views_of(entry)
    tell: dict[str, Any] = {"progress": lambda done, total, what: line.send(ProgressNews(done, total, what))}
    if entry.early:
        tell["early"] = lambda part: line.send(EarlyAnswer(json.dumps(views.first(part)).encode()))
    result = answered(entry, _session_of(entry, task), task.options, **tell)
    return ComputedAnswer(result.to_json().encode(), json.dumps(views.first(result)).encode())


_SESSIONS: Final[OrderedDict[tuple[Any, ...], Any]] = OrderedDict()


def _session_of(entry: Analysis, task: ComputeTask) -> Any:
    """The dispute set up, as it was for another question about it, so that the parts of an answer share one."""
    from detente.analyses.doors import session_of
    from detente.analyses.options import LABOUR

    options = entry.options.read(task.options)
    dispute = _dispute_of(task.dispute, options.world)
    horizon = getattr(options, "horizon", "long") or dispute.settings.horizon or "long"
    labour = tuple(getattr(options, name) for name in LABOUR)
    chosen = (options.world, options.elasticities, options.deficits, options.base_tariffs, labour)
    setup = (*chosen, horizon, options.accept_defaults)
    if (task.dispute, *setup) not in _SESSIONS:
        _SESSIONS[task.dispute, *setup] = session_of(dispute, options)
        while len(_SESSIONS) > SESSIONS:
            _SESSIONS.popitem(last=False)
    _SESSIONS.move_to_end((task.dispute, *setup))
    return _SESSIONS[task.dispute, *setup]


@lru_cache(SESSIONS)
def _dispute_of(text: str, world: str | None) -> Dispute:
    """The dispute of a text, validated once for all of its questions."""
    from detente.data.bundled import load_world
    from detente.dispute.schema import Dispute

    return Dispute.parse(text, world=None if world is None else load_world(world))


def _draw(task: DrawTask) -> DrawnFile:
    from detente.analyses.registry import analysis_of
    from detente.web.drawing import draw

    media, body = draw(analysis_of(task.kind), task.key, task.body, task.name, task.other)
    return DrawnFile(media, body)


class WorkerGone(Exception):
    """The process went away before it answered."""


class WorkerTooSlow(Exception):
    """The answer did not come in time, and the process was killed."""


class Worker:
    """A process that is there whenever it is asked. One thread asks; any thread may kill."""

    def __init__(self, name: str, warm: Warmth, beside: int = 1) -> None:
        """`beside`: how many processes compute at a time, which share the processors."""
        self._name = name
        self._warm = warm
        self._threads = max((os.cpu_count() or 1) // beside, 1)
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
            with theirs:
                process = context.Process(
                    target=main, args=(theirs, self._warm, self._threads), name=self._name, daemon=True
                )
                try:
                    process.start()
                except OSError:
                    ours.close()
                    raise
            self._process, self._line = process, ours

    @property
    def pid(self) -> int | None:
        """The id of the process."""
        return self._process.pid if self._process is not None else None

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        process = self._process
        return process is not None and process.is_alive()

    def ask(self, task: Task, tell: Callable[[News], None], seconds: float) -> Message:
        """The answer to a task; `tell` hears how far it is.

        Raises WorkerGone, and WorkerTooSlow where it takes over so many seconds, which count once the process is there.
        """
        end = time.monotonic() + START_SECONDS
        try:
            self.start()
            line = self._line
            if line is None:
                raise WorkerGone
            line.send(task)
            while True:
                if not line.poll(max(0.0, end - time.monotonic())):
                    self.kill()
                    raise WorkerTooSlow
                message: Message = line.recv()
                if isinstance(message, TaskBegun):
                    end = time.monotonic() + seconds
                elif isinstance(message, ProgressNews | EarlyAnswer):
                    tell(message)
                else:
                    return message
        except (EOFError, OSError) as problem:
            self.kill()  # its end of the line is closed a moment before it counts as dead
            raise WorkerGone from problem

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
