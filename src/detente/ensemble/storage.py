"""Chunks of an ensemble on disk: one Parquet file each, whole or not there, named by its number and the job's key.

A folder holds the chunks of one job, so it is a Parquet dataset of its draws, each once; job.json beside them says what
was asked for. A run that was stopped finds the chunks that are there and computes the others; a chunk computed twice
replaces itself, with the same numbers. Each has a digest of its numbers, so that a file that was damaged or edited is
refused; whoever changes both on purpose is not found out. `computed` reads every chunk of a job that is there, and
computes the others here or on a cluster.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from detente import ensemble
from detente.dispute.session import Progress
from detente.ensemble.job import Job, evaluator_of
from detente.errors import BadInput, BadTable

CHUNKS: Final = "chunks"
ABOUT: Final = "job.json"
KEY: Final = "key"
DIGEST: Final = b"detente.sha256"
"""The key of the digest among the metadata of a file."""
MOST: Final = 3
"""Differences that a refusal names."""
_KEY: Final = 16
"""Letters of the key in a file's name."""


class ChunkStore:
    """The chunks of one job in `folder`/chunks.

    Raises BadInput where the folder is a file, cannot be made, or keeps the draws of another job.
    """

    def __init__(self, folder: Path, job: Job) -> None:
        self.folder = folder / CHUNKS
        self._size = job.chunk
        self._tail = f"-{job.key[:_KEY]}.parquet"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise BadInput(f"{folder} cannot be made: {problem.strerror}: name another folder") from problem
        self._claim(folder, job)

    def _claim(self, folder: Path, job: Job) -> None:
        """Write what the folder is for, or compare. Raises BadInput where it is for something else."""
        path, about = folder / ABOUT, job.about()
        kept: object = about
        if path.is_file():
            try:
                kept = json.loads(path.read_text("utf-8"))
            except ValueError as problem:
                raise BadInput(f"{path} does not say what is kept there: {problem}: name another folder") from problem
        elif any(not chunk.name.endswith(self._tail) for chunk in self.folder.glob("chunk-*.parquet")):
            kept = {}
        if kept != about:
            known = kept if isinstance(kept, dict) else {}
            differs = [name for name in about if name != KEY and known.get(name) != about[name]] or [KEY]
            said = "; ".join(f"{name} is {known.get(name)!r} there, {about[name]!r} here" for name in differs[:MOST])
            raise BadInput(f"{folder} keeps the draws of another ensemble ({said}): name another folder")
        self._put(path, lambda name: Path(name).write_text(json.dumps(about, indent=2) + "\n", "utf-8"))

    def path(self, chunk: int) -> Path:
        """The path of a chunk."""
        return self.folder / f"chunk-{chunk:06d}{self._tail}"

    def has(self, chunk: int) -> bool:
        """Whether the chunk is there."""
        return self.path(chunk).is_file()

    def write(self, chunk: int, rows: pd.DataFrame) -> None:
        """Write a chunk: beside its place first, then into it in one step."""
        table = pa.Table.from_pandas(rows, preserve_index=False)
        told = {**(table.schema.metadata or {}), DIGEST: digest_of(table)}
        self._put(self.path(chunk), lambda name: parquet.write_table(table.replace_schema_metadata(told), name))

    def _put(self, path: Path, write: Callable[[str], object]) -> None:
        handle, name = tempfile.mkstemp(prefix=".chunk-", suffix=".part", dir=self.folder)
        os.close(handle)
        try:
            write(name)
            os.replace(name, path)
        finally:
            Path(name).unlink(missing_ok=True)

    def read(self, chunk: int) -> pd.DataFrame:
        """A chunk as it was written. Raises BadTable where the file is not one, or holds other draws or numbers."""
        path = self.path(chunk)
        try:
            table = parquet.read_table(path)
        except (pa.ArrowInvalid, OSError) as problem:
            raise BadTable(f"{path} is not a chunk of draws ({problem}): delete it to compute it again") from problem
        told = (table.schema.metadata or {}).get(DIGEST)
        if told != digest_of(table):
            what = "has no digest of its numbers" if told is None else "does not hold the numbers that were written"
            raise BadTable(f"{path} {what}: delete it to compute it again")
        rows: pd.DataFrame = table.to_pandas()
        first, stop = chunk * self._size, (chunk + 1) * self._size
        if "draw" not in rows or list(rows["draw"]) != list(range(first, stop)):
            raise BadTable(f"{path} does not hold draws {first} to {stop - 1}: delete it")
        return rows


def digest_of(table: pa.Table) -> bytes:
    """SHA-256 of the names of the columns and of the values of every row, in letters."""
    rows = table.to_pandas()
    digest = hashlib.sha256(json.dumps([str(name) for name in rows.columns]).encode())
    digest.update(pd.util.hash_pandas_object(rows, index=False).to_numpy("<u8").tobytes())
    return digest.hexdigest().encode()


def computed(
    job: Job,
    count: int,
    folder: Path | None,
    workers: int | None,
    scheduler: str | None,
    progress: Progress | None,
) -> pd.DataFrame:
    """The first `count` draws of a job, one row each, in order; the same numbers however they were computed.

    `folder` keeps chunks, and a later call goes on from what is there; `workers` are processes to start, `scheduler` is
    the address of one of dask.distributed, and without either the threads of this process compute. `progress` is told
    of every chunk. Raises BadInput where both workers and a scheduler are given, or the folder is of another job.
    """
    if workers is not None and scheduler is not None:
        raise BadInput(f"workers={workers}, scheduler={scheduler!r}: give a count of workers or a scheduler, not both")
    store = None if folder is None else ChunkStore(folder, job)
    chunks = range(-(-count // job.chunk))
    done = {chunk: store.read(chunk) for chunk in chunks if store is not None and store.has(chunk)}
    missing = [chunk for chunk in chunks if chunk not in done]

    def tell() -> None:
        if progress is not None:
            known = min(count, len(done) * job.chunk)
            progress(known, count, f"{known} of {count} draws" if known < count else "")

    tell()
    if missing:
        away = workers is not None or scheduler is not None
        arriving = (
            ensemble.on_cluster(job, missing, workers, scheduler)
            if away
            else _here(job, missing, count if store is None else None)
        )
        for chunk, rows in arriving:
            if store is not None:
                store.write(chunk, rows)
            done[chunk] = rows
            tell()
    return pd.concat([done[chunk] for chunk in chunks], ignore_index=True).iloc[:count]


def _here(job: Job, chunks: Iterable[int], stop: int | None) -> Iterator[tuple[int, pd.DataFrame]]:
    """In this process: a function or a search one draw after the other, states in a thread for each core.

    What is kept in a folder is whole chunks; otherwise the last ends before draw `stop`.
    """
    first, *rest = chunks
    evaluator = evaluator_of(job)
    yield first, evaluator.chunk(first, stop)  # compiles, once for all threads
    if not job.batched:
        yield from ((chunk, evaluator.chunk(chunk, stop)) for chunk in rest)
        return
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        waiting = {pool.submit(evaluator.chunk, chunk, stop): chunk for chunk in rest}
        try:
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        finally:  # an interrupt, or a chunk that raised: what has not begun is not begun
            pool.shutdown(wait=True, cancel_futures=True)
