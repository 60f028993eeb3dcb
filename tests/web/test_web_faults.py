"""Faults of the disk at every statement of the store: each ends in a true state, and the next access works."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detente.errors import BadInput
from detente.web import jobs
from detente.web.callers import Caller
from detente.web.database import FILE, LOCK, STEPS, StoreFault
from detente.web.security import ServerSettings
from detente.web.store import Inquiry, RunStore
from detente.web.workers import ComputedAnswer

ASKED = Inquiry("key", "run", "dispute: small", {"world": "icio-2017"}, "Small")
FAULTS = {
    "full": (sqlite3.SQLITE_FULL, 507),
    "locked": (sqlite3.SQLITE_BUSY, 503),
    "disk": (sqlite3.SQLITE_IOERR, 503),
    "damaged": (sqlite3.SQLITE_CORRUPT, 503),
}


class FaultyConnection:
    """A connection of which statement number `at` fails, and with `broken` the end of its transaction too.

    Statements of the thread `spared` are not counted.
    """

    def __init__(
        self, real: sqlite3.Connection, at: int, code: int, broken: bool = False, spared: threading.Thread | None = None
    ) -> None:
        self.real, self.at, self.code, self.broken, self.spared, self.seen = real, at, code, broken, spared, 0

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        if threading.current_thread() is self.spared:
            return self.real.execute(statement, *values)
        self.seen += 1
        if self.seen == self.at or (self.broken and self.seen > self.at and statement == "ROLLBACK"):
            fault = sqlite3.OperationalError("put in by the test")
            fault.sqlite_errorcode = self.code  # type: ignore[misc]
            raise fault
        return self.real.execute(statement, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def faulty(store: RunStore, *given: Any) -> FaultyConnection:
    connection = FaultyConnection(store._database._db, *given)
    store._database._db = connection  # type: ignore[assignment]
    return connection


def mended(store: RunStore) -> None:
    if isinstance(store._database._db, FaultyConnection):
        store._database._db = store._database._db.real


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    opened = RunStore(tmp_path, keep=2)
    yield opened
    opened.close()


def nothing(store: RunStore) -> None:
    pass


def queued(store: RunStore) -> None:
    store.add("a", ASKED, "somebody")


def computing(store: RunStore) -> None:
    queued(store)
    store.start("a")


def done(store: RunStore) -> None:
    computing(store)
    store.finish("a", "key", b"{}", b"[]")


ACTS: dict[str, tuple[Callable[[RunStore], None], Callable[[RunStore], object]]] = {
    "ask": (nothing, lambda its: its.ask_all([ASKED])),
    "add": (nothing, lambda its: its.add("a", ASKED, "somebody")),
    "start": (queued, lambda its: its.start("a")),
    "requeue": (computing, lambda its: its.requeue("a")),
    "finish": (computing, lambda its: its.finish("a", "key", b"{}", b"[]")),
    "fail": (computing, lambda its: its.fail("a", {"detail": "too hot"})),
    "cancel": (computing, lambda its: its.cancel("a")),
    "forget": (done, lambda its: its.forget("a")),
    "draw": (done, lambda its: its.keep_drawn("key", "a.svg", "image/svg+xml", b"<svg/>")),
    "read": (done, lambda its: its.result("key")),
    "list": (done, lambda its: its.runs_of("somebody")),
}


def state(store: RunStore) -> tuple[object, ...]:
    """All that the store holds of the run, its question, its result and its drawing."""
    run, kept = store.run("a"), store.result("key")
    questions = store._rows("SELECT key FROM asked")
    return None if run is None else run.state, kept, len(questions), store.drawn("key", "a.svg")


@pytest.mark.parametrize(("fault", "broken"), [*((name, False) for name in FAULTS), ("full", True)])
@pytest.mark.parametrize("act", ACTS)
def test_a_fault_at_any_statement_leaves_all_or_nothing(tmp_path: Path, act: str, fault: str, broken: bool) -> None:
    before, does = ACTS[act]
    code, status = FAULTS[fault]
    failed = 0
    for at in range(1, 30):
        store = RunStore(tmp_path / str(at), keep=2)
        before(store)
        old = state(store)
        connection = faulty(store, at, code, broken)
        told = None
        try:
            does(store)
        except StoreFault as problem:
            told = problem
        if told is not None:
            failed += 1
            assert (told.status, told.retry_after) == (status, 5)
            assert store.problem == told.detail
        mended(store)
        now = state(store)
        assert store.problem is None
        assert (now[0] == "done") == (now[1] is not None)
        if now == old:
            does(store)  # what did not happen can be done again
        store.close()
        if connection.seen < at:
            break
    else:
        pytest.fail("the act has more statements than were tried")
    assert failed >= 1


def test_another_program_that_holds_the_file_is_waited_for_and_told(store: RunStore, tmp_path: Path) -> None:
    store._database._db.execute("PRAGMA busy_timeout = 20")
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreFault, match="another program holds the store") as told:
        store.add("a", ASKED, "somebody")
    assert told.value.status == 503
    assert store.run("a") is None  # reading goes on
    other.execute("COMMIT")
    other.close()
    assert store.add("a", ASKED, "somebody") == "queued"


class QuickWorker:
    """A worker that answers at once, in this process."""

    alive = True

    def __init__(self, *given: object, **more: object) -> None:
        pass

    def start(self) -> None:
        pass

    close = kill = start

    def ask(self, *given: object) -> ComputedAnswer:
        return ComputedAnswer(b"{}", b"[]")


@pytest.mark.parametrize("fault", FAULTS)
def test_runs_end_and_threads_live_whatever_statement_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(jobs, "Worker", QuickWorker)
    monkeypatch.setattr(jobs, "RETRY_SECONDS", 0.01)
    store = RunStore(tmp_path)
    server = jobs.Jobs(store, ServerSettings(folder=tmp_path, workers=2))
    server.begin()
    for at in range(1, 16):
        asked = replace(ASKED, key=f"key{at}", dispute=f"dispute: number-{at}")
        faulty(store, at, FAULTS[fault][0], False, threading.current_thread())
        id = server.submit(asked, Caller("somebody", "somebody")).id
        end = time.monotonic() + 20
        while (run := store.run(id)) is None or run.state not in ("done", "failed"):
            assert time.monotonic() < end, f"statement {at}: {run}"
            time.sleep(0.005)
        mended(store)
        assert (run.state == "done") == store.has_result(asked.key)
        assert all(thread.is_alive() for thread in server._threads)
    server.end()
    store.close()


def test_the_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    store = RunStore(folder)
    store.ask_all([ASKED])
    rights = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(rights) >= {FILE, LOCK, f"{FILE}-wal"}
    assert set(rights.values()) == {0o600}
    store.close()
    folder.chmod(0o755)
    (folder / FILE).chmod(0o644)
    RunStore(folder).close()
    assert (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE((folder / FILE).stat().st_mode)) == (0o700, 0o600)


def test_a_folder_with_other_files_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("mine", "utf-8")
    tmp_path.chmod(0o755)
    RunStore(tmp_path).close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_store_of_the_first_version_is_brought_to_this_one(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / FILE)
    db.executescript(STEPS[0])
    db.execute("INSERT INTO asked VALUES ('key', 'run', 'dispute: small', '{\"world\": \"icio-2017\"}', 'Small')")
    db.commit()
    db.close()
    store = RunStore(tmp_path)
    store.prune()  # a question that was kept before its day was noted is not an old one
    assert store.asked("key") == ASKED
    store.add("a", ASKED, "somebody")
    store.close()
    RunStore(tmp_path).close()  # and opens again


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("CREATE TABLE notes (line TEXT)", "is the file of another program"),
        ("PRAGMA application_id = 7", "is the file of another program"),
        (f"PRAGMA user_version = {len(STEPS) + 1}", "install the newer one"),
        ("ALTER TABLE runs ADD COLUMN more TEXT", "table runs has the columns"),
    ],
)
def test_a_foreign_file_is_named_with_what_to_do(tmp_path: Path, change: str, said: str) -> None:
    if "notes" not in change:
        RunStore(tmp_path).close()
    db = sqlite3.connect(tmp_path / FILE)
    db.execute(change)
    db.commit()
    db.close()
    with pytest.raises(BadInput, match=said) as told:
        RunStore(tmp_path)
    assert FILE in str(told.value)
    assert "move it away" in str(told.value)


@pytest.mark.parametrize("where", [0, 4096])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path, where: int) -> None:
    store = RunStore(tmp_path)
    store.ask_all([replace(ASKED, key=f"key{k}", dispute="x" * 3000) for k in range(30)])
    store.close()
    content = bytearray((tmp_path / FILE).read_bytes())
    content[where : where + 4000] = b"\xff" * 4000
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(BadInput, match="move it away"):
        RunStore(tmp_path)


def test_what_is_deleted_is_gone_from_the_files(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    secret = replace(ASKED, dispute="dispute: our-secret-plan")
    store.add("a", secret, "somebody")
    store.start("a")
    store.finish("a", "key", b"{}", b"[]")
    store.ask_all([replace(secret, key="part", kind="war")])
    store.forget("a")
    assert (store.asked("key"), store.asked("part"), store.result("key")) == (None, None, None)
    for path in tmp_path.iterdir():
        assert b"our-secret-plan" not in path.read_bytes()
    store.close()


def test_a_question_that_another_run_is_about_stays(store: RunStore) -> None:
    done(store)
    store.add("b", ASKED, "another")
    store.forget("a")
    assert store.asked("key") == ASKED
    assert store.result("key") == b"{}"


def test_old_runs_and_questions_go_and_a_full_store_loses_its_oldest_results(tmp_path: Path) -> None:
    store = RunStore(tmp_path, keep_days=30, most_bytes=200_000)
    for k in range(5):
        asked = replace(ASKED, key=f"key{k}", dispute=f"dispute: number-{k}")
        store.add(f"run{k}", asked, "somebody")
        store.start(f"run{k}")
        store.finish(f"run{k}", asked.key, os.urandom(60_000), b"[]")
    kept = [store.has_result(f"key{k}") for k in range(5)]
    assert kept == sorted(kept)
    assert (kept[0], kept[-1]) == (False, True)
    store._database._db.execute("UPDATE runs SET ended = 1 WHERE id < 'run3'")
    store._database._db.execute("UPDATE asked SET created = 1")
    store.prune()
    assert [store.run(f"run{k}") is not None for k in range(5)] == [False, False, False, True, True]
    assert [row["key"] for row in store._rows("SELECT key FROM asked ORDER BY key")] == ["key3", "key4"]
    store.close()
