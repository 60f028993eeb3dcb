"""The SQLite file of a server: for its owner alone, of a known version, with faults of the disk told in words.

Whatever fails on the way to the disk leaves the file as it was before the transaction, and the connection usable. A
fault that may pass (a full disk, a lock held by another program, an error of the disk) is a `StoreFault`, an answer of
503 or 507; a file that is damaged, foreign or newer than this version is refused when the server starts.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from detente.errors import BadInput
from detente.web.models import ApiError

FILE: Final = "runs.sqlite3"
LOCK: Final = "serve.lock"
APPLICATION: Final = int.from_bytes(b"dtnt", "big")
"""What the header of the file says whose it is (`PRAGMA application_id`)."""
BUSY_SECONDS: Final = 2.0
"""How long a statement waits for another program that has the file."""
RETRY_SECONDS: Final = 5
"""What a client is told to wait where the store may be back."""

_LOG: Final = logging.getLogger("detente.web")

STEPS: Final = (
    """
    CREATE TABLE IF NOT EXISTS asked (
        key TEXT PRIMARY KEY, kind TEXT NOT NULL, dispute TEXT NOT NULL, options TEXT NOT NULL, title TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS runs (
        id TEXT PRIMARY KEY, key TEXT NOT NULL REFERENCES asked, client TEXT NOT NULL, state TEXT NOT NULL,
        created REAL NOT NULL, started REAL, ended REAL, attempts INTEGER NOT NULL DEFAULT 0, problem TEXT
    );
    CREATE INDEX IF NOT EXISTS runs_of_a_client ON runs (client, created);
    CREATE INDEX IF NOT EXISTS runs_by_state ON runs (state, created);
    CREATE TABLE IF NOT EXISTS results (
        key TEXT PRIMARY KEY REFERENCES asked, body BLOB NOT NULL, first BLOB NOT NULL, ended REAL NOT NULL
    );
    CREATE TABLE IF NOT EXISTS drawn (
        key TEXT NOT NULL REFERENCES results ON DELETE CASCADE, name TEXT NOT NULL, media TEXT NOT NULL,
        body BLOB NOT NULL, PRIMARY KEY (key, name)
    );
    """,
    """
    ALTER TABLE asked ADD COLUMN created REAL NOT NULL DEFAULT 0;
    UPDATE asked SET created = strftime('%s', 'now');
    CREATE INDEX runs_of_a_question ON runs (key);
    """,
)
"""Step k brings a file from version k to version k + 1 (`PRAGMA user_version`)."""
COLUMNS: Final[Mapping[str, str]] = {
    "asked": "key kind dispute options title created",
    "runs": "id key client state created started ended attempts problem",
    "results": "key body first ended",
    "drawn": "key name media body",
}
"""The columns of each table after the last step."""

_PASSING: Final = {
    sqlite3.SQLITE_FULL: (507, "the disk of this server is full, so nothing more is kept: try again later"),
    sqlite3.SQLITE_BUSY: (503, "another program holds the store of this server: try again"),
    sqlite3.SQLITE_LOCKED: (503, "another program holds the store of this server: try again"),
    sqlite3.SQLITE_IOERR: (503, "the disk of this server does not answer: try again"),
    sqlite3.SQLITE_CANTOPEN: (503, "the store of this server cannot be opened: try again"),
    sqlite3.SQLITE_READONLY: (503, "the store of this server cannot be written: try again"),
    sqlite3.SQLITE_CORRUPT: (503, "the store of this server is damaged: whoever runs the server has to look at it"),
    sqlite3.SQLITE_NOTADB: (503, "the store of this server is damaged: whoever runs the server has to look at it"),
}
"""Primary result code of SQLite → status and words of the answer."""


class StoreFault(ApiError):
    """The store cannot be read or written now."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status, "storage", detail, retry_after=RETRY_SECONDS)


class Database:
    """The file, opened by one process at a time. Every access goes through one connection and a lock."""

    def __init__(self, folder: Path) -> None:
        """Raises BadInput where the folder cannot be used, or the file is not one that this version can read."""
        self._file = folder / FILE
        self.problem: str | None = None
        """Why the last access failed; None where it did not."""
        self._lock = threading.RLock()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _to_owner_alone(folder)
            self._lock_file = sqlite3.connect(folder / LOCK, timeout=0.5, check_same_thread=False)
        except (OSError, sqlite3.Error) as problem:
            raise BadInput(f"{folder} cannot be written ({problem}): name another folder with --data") from problem
        try:
            self._lock_file.execute("BEGIN EXCLUSIVE")  # the system ends it with the process, even one that is killed
        except sqlite3.Error as problem:
            self._lock_file.close()
            raise BadInput(
                f"{folder} is used by another server: stop that one, or name another folder with --data"
            ) from problem
        try:
            self._db = self._opened()
        except BaseException:
            self._lock_file.close()
            raise

    def close(self) -> None:
        """Close the file and let another server have it."""
        with self._lock:
            self._db.close()
            self._lock_file.close()

    def _connected(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._file, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
        db.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            db.execute(f"PRAGMA {pragma}")
        return db

    def _opened(self) -> sqlite3.Connection:
        """The file, brought to this version. Raises BadInput where it cannot be."""
        remedy = "move it away to begin with an empty one, or name another folder with --data"
        try:
            db = self._connected()
        except sqlite3.Error as problem:
            raise BadInput(f"{self._file} is no store of detente ({problem}): {remedy}") from problem
        try:
            found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise BadInput(f"{self._file} is damaged ({found}): {remedy}")
            version, owner = (_number(db, name) for name in ("user_version", "application_id"))
            named = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            if owner not in (0, APPLICATION) or (named and not set(named) >= set(COLUMNS)):
                raise BadInput(f"{self._file} is the file of another program: {remedy}")
            if version > len(STEPS):
                raise BadInput(
                    f"{self._file} is of version {version}, and this detente reads up to {len(STEPS)}: install the "
                    f"newer one, or {remedy}"
                )
            if named and owner == 0:
                version = 1  # the first version wrote neither number
            db.execute("BEGIN IMMEDIATE")
            for step in STEPS[version:]:
                for statement in filter(str.strip, step.split(";")):
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {len(STEPS)}")
            db.execute(f"PRAGMA application_id = {APPLICATION}")
            for table, columns in COLUMNS.items():
                its = [row["name"] for row in db.execute(f"PRAGMA table_info({table})")]
                if sorted(its) != sorted(columns.split()):
                    db.execute("ROLLBACK")
                    raise BadInput(f"{self._file}: table {table} has the columns {', '.join(its)}: {remedy}")
            db.execute("COMMIT")
        except sqlite3.Error as problem:
            db.close()
            raise BadInput(f"{self._file} cannot be read ({problem}): {remedy}") from problem
        except BadInput:
            db.close()
            raise
        return db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it reaches the disk, or nothing. Raises StoreFault."""
        with self._lock, self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """All rows of a query. Raises StoreFault."""
        with self._lock, self._told():
            return self._db.execute(query, values).fetchall()

    @property
    def used(self) -> int:
        """Bytes of the file that hold something. Raises StoreFault."""
        with self._lock, self._told():
            total, free, size = (_number(self._db, name) for name in ("page_count", "freelist_count", "page_size"))
        return (total - free) * size

    def clear_log(self) -> None:
        """Empty the write-ahead log, in which what was deleted would stay; where a reader is in the way, later."""
        with self._lock, suppress(sqlite3.Error):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as problem:
            code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
            if code not in _PASSING:
                raise
            status, self.problem = _PASSING[code]
            _LOG.error("the store in %s: %s", self._file, problem)
            raise StoreFault(status, self.problem) from problem
        self.problem = None

    def _roll_back(self) -> None:
        """End the transaction; a connection that cannot end it is given up for another, and SQLite undoes the rest."""
        with suppress(sqlite3.Error):
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            return
        with suppress(sqlite3.Error):
            self._db.close()
            self._db = self._connected()


def _number(db: sqlite3.Connection, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])


def _to_owner_alone(folder: Path) -> None:
    """Let nobody else read what is kept. A folder with other files in it keeps its own rights, ours do not."""
    files = [folder / name for name in (FILE, LOCK)]
    for file in files:
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    own = [*files, *(folder / f"{FILE}{ending}" for ending in ("-wal", "-shm"))]
    for file in own:
        if file.exists():
            file.chmod(0o600)
    if set(folder.iterdir()) <= set(own):
        folder.chmod(0o700)
