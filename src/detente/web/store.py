"""The store of a server, in one SQLite file: disputes, runs, results, and drawings.

A result and the word that its run is done are written in one transaction, so a run is either done and whole, or not
done. The file is in WAL mode and every commit reaches the disk: a process that is killed loses no finished run. A
read of a result takes about a millisecond.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

from detente.data.bundled import load_world
from detente.dispute.schema import Dispute
from detente.web.database import Database

DOCUMENT: Final = "dispute"
"""What messages call a dispute that has no file."""
REMEMBERED: Final = 64
"""Questions that are kept in memory with their disputes; to read one again takes a tenth of a second or more."""

LONGEST: Final = 4_000_000
"""Characters of their texts together; a dispute in memory takes about a hundred bytes for each."""

State = Literal["queued", "running", "done", "failed", "cancelled"]

ENDED: Final = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True)
class Inquiry:
    """A dispute with the options it is to be computed with; `key` is the same for the same question.

    `dispute` is its text, which a process that computes reads; `known` the dispute itself, where it is at hand.
    """

    key: str
    kind: str
    dispute: str
    options: dict[str, Any]
    title: str
    known: Dispute | None = field(default=None, compare=False, repr=False)

    @cached_property
    def subject(self) -> Dispute:
        """The dispute itself: as it was validated when the question was asked, or read from its text."""
        name = self.options.get("world")
        world = None if name is None else load_world(name)
        return self.known or Dispute.parse(self.dispute, document=DOCUMENT, world=world)


@dataclass(frozen=True)
class StoredRun:
    """A run of a client: seconds since 1970, and why it failed, where it did."""

    id: str
    key: str
    client: str
    state: State
    created: float
    started: float | None
    ended: float | None
    attempts: int
    problem: dict[str, Any] | None


class RunStore:
    """The store of one server. Every method raises StoreFault where the file cannot be read or written now."""

    def __init__(
        self, folder: Path, keep: int = 1000, keep_days: float = 180.0, most_bytes: float = 2_000_000_000
    ) -> None:
        """Raises BadInput where the folder cannot be used.

        keep: results; keep_days: days that runs stay after their end, and questions that no run asks; most_bytes: of
        the file, over which the oldest results go first.
        """
        self._database = Database(folder)
        self._keep = keep
        self._keep_seconds = keep_days * 24 * 3600
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._recent: OrderedDict[str, Inquiry] = OrderedDict()
        self._rows, self._writing = self._database.rows, self._database.writing
        self.close = self._database.close

    @property
    def problem(self) -> str | None:
        """Why the last access to the file failed; None where it did not."""
        return self._database.problem

    def ask_all(self, questions: Iterable[Inquiry]) -> None:
        """Keep questions; the same one is kept once."""
        new = [asked for asked in questions if self.asked(asked.key) is None]
        if new:
            with self._writing() as db:
                for asked in new:
                    _keep(db, asked)
        for asked in new:
            self.remember(asked)

    def asked(self, key: str) -> Inquiry | None:
        """The question of that key."""
        with self._lock:
            recent = self._recent.get(key)
        if recent is not None:
            return recent
        for row in self._rows("SELECT * FROM asked WHERE key = ?", key):
            found = Inquiry(row["key"], row["kind"], row["dispute"], json.loads(row["options"]), row["title"])
            return self.remember(found)
        return None

    def remember(self, asked: Inquiry) -> Inquiry:
        """Keep a question in memory, with its dispute where that is at hand."""
        with self._lock:
            before = self._recent.pop(asked.key, None)
            kept = before if before is not None and before.known is not None else asked
            self._recent[asked.key] = kept
            while len(self._recent) > REMEMBERED or sum(len(each.dispute) for each in self._recent.values()) > LONGEST:
                self._recent.popitem(last=False)
        return kept

    def add(self, id: str, asked: Inquiry, client: str) -> State:
        """A new run: done at once where the result is there, else queued. Its question is kept with it."""
        key = asked.key
        with self._writing() as db:
            _keep(db, asked)
            known = db.execute("SELECT 1 FROM results WHERE key = ?", (key,)).fetchone()
            state: State = "done" if known else "queued"
            now = time.time()
            db.execute(
                "INSERT INTO runs (id, key, client, state, created, started, ended) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (id, key, client, state, now, *((now, now) if known else (None, None))),
            )
        self.remember(asked)
        return state

    def run(self, id: str) -> StoredRun | None:
        """The run of that id."""
        return next(map(_run, self._rows("SELECT * FROM runs WHERE id = ?", id)), None)

    def runs_of(self, client: str, most: int = 50) -> list[StoredRun]:
        """The latest runs of a client, newest first."""
        query = "SELECT * FROM runs WHERE client = ? ORDER BY created DESC, rowid DESC LIMIT ?"
        return list(map(_run, self._rows(query, client, most)))

    def unfinished(self) -> list[StoredRun]:
        """Runs that wait or compute, oldest first."""
        query = "SELECT * FROM runs WHERE state IN ('queued', 'running') ORDER BY created, rowid"
        return list(map(_run, self._rows(query)))

    def start(self, id: str) -> bool:
        """The run computes from now on; False where it does not wait any more."""
        with self._writing() as db:
            cursor = db.execute(
                "UPDATE runs SET state = 'running', started = ?, attempts = attempts + 1 "
                "WHERE id = ? AND state = 'queued'",
                (time.time(), id),
            )
            return cursor.rowcount == 1

    def requeue(self, id: str) -> None:
        """The run waits again: whoever computed it went away."""
        with self._writing() as db:
            db.execute("UPDATE runs SET state = 'queued', started = NULL WHERE id = ? AND state = 'running'", (id,))

    def finish(self, id: str, key: str, body: bytes, first: bytes) -> bool:
        """Result and state together; False, and nothing written, where the run does not compute any more."""
        packed, now = gzip.compress(body, 5, mtime=0), time.time()
        with self._writing() as db:
            cursor = db.execute(
                "UPDATE runs SET state = 'done', ended = ? WHERE id = ? AND state = 'running'", (now, id)
            )
            if cursor.rowcount != 1:
                return False
            db.execute("INSERT OR IGNORE INTO results VALUES (?, ?, ?, ?)", (key, packed, first, now))
            db.execute(
                "DELETE FROM results WHERE key NOT IN (SELECT key FROM results ORDER BY ended DESC LIMIT ?)",
                (self._keep,),
            )
        self.prune()
        return True

    def prune(self) -> None:
        """Delete what is older than is kept, and the oldest results while the file is over its limit."""
        before = time.time() - self._keep_seconds
        with self._writing() as db:
            db.execute("DELETE FROM runs WHERE ended < ?", (before,))
            _forget_questions(db, "created < ? AND key NOT IN (SELECT key FROM runs)", before)
        while self._database.used > self._most_bytes:
            with self._writing() as db:
                oldest = "SELECT key FROM results ORDER BY ended LIMIT 1"
                if not db.execute(f"DELETE FROM results WHERE key = ({oldest})").rowcount:
                    return

    def fail(self, id: str, problem: dict[str, Any]) -> bool:
        """The run ends without a result."""
        return self._end(id, "failed", problem)

    def cancel(self, id: str) -> bool:
        """The run ends because its client wants it; False where it had ended."""
        return self._end(id, "cancelled", None)

    def _end(self, id: str, state: State, problem: dict[str, Any] | None) -> bool:
        with self._writing() as db:
            cursor = db.execute(
                "UPDATE runs SET state = ?, ended = ?, problem = ? WHERE id = ? AND state IN ('queued', 'running')",
                (state, time.time(), None if problem is None else json.dumps(problem), id),
            )
            return cursor.rowcount == 1

    def forget(self, id: str) -> None:
        """Delete a run that has ended, and its dispute with all answers to it where no other run is about it."""
        with self._writing() as db:
            row = db.execute("SELECT dispute FROM runs JOIN asked USING (key) WHERE id = ?", (id,)).fetchone()
            ended = db.execute("DELETE FROM runs WHERE id = ? AND state NOT IN ('queued', 'running')", (id,)).rowcount
            if ended:
                _forget_questions(db, "dispute = ? AND key NOT IN (SELECT key FROM runs)", row["dispute"])
        with self._lock:
            self._recent.clear()
        self._database.clear_log()

    def result(self, key: str) -> bytes | None:
        """The JSON of a result, as it was computed."""
        packed = self.packed(key)
        return None if packed is None else gzip.decompress(packed)

    def packed(self, key: str) -> bytes | None:
        """The same as it is kept, which is as it travels: compressed by gzip."""
        return next((bytes(row["body"]) for row in self._rows("SELECT body FROM results WHERE key = ?", key)), None)

    def first(self, key: str) -> bytes | None:
        """The first content of a page on a result, as JSON."""
        return next((bytes(row["first"]) for row in self._rows("SELECT first FROM results WHERE key = ?", key)), None)

    def has_result(self, key: str) -> bool:
        """Whether the question has been answered."""
        return bool(self._rows("SELECT 1 FROM results WHERE key = ?", key))

    def keep_drawn(self, key: str, name: str, media: str, body: bytes) -> None:
        """Keep what was drawn of a result, while the result is there."""
        with self._writing() as db:
            if db.execute("SELECT 1 FROM results WHERE key = ?", (key,)).fetchone():
                db.execute("INSERT OR REPLACE INTO drawn VALUES (?, ?, ?, ?)", (key, name, media, body))

    def drawn(self, key: str, name: str) -> tuple[str, bytes] | None:
        """Media type and content of what was drawn."""
        for row in self._rows("SELECT media, body FROM drawn WHERE key = ? AND name = ?", key, name):
            return row["media"], bytes(row["body"])
        return None


def _keep(db: sqlite3.Connection, asked: Inquiry) -> None:
    db.execute(
        "INSERT OR IGNORE INTO asked VALUES (?, ?, ?, ?, ?, ?)",
        (asked.key, asked.kind, asked.dispute, json.dumps(asked.options), asked.title, time.time()),
    )


def _forget_questions(db: sqlite3.Connection, which: str, value: object) -> None:
    """Delete the questions of a condition on `asked`, with their results and drawings."""
    db.execute(f"DELETE FROM results WHERE key IN (SELECT key FROM asked WHERE {which})", (value,))
    db.execute(f"DELETE FROM asked WHERE {which}", (value,))


def _run(row: sqlite3.Row) -> StoredRun:
    problem = row["problem"]
    return StoredRun(**{**dict(row), "problem": None if problem is None else json.loads(problem)})
