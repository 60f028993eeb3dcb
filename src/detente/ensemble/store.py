"""Chunks of an ensemble on disk: one Parquet file each, whole or not there, named by its number and the job's key.

A folder holds the chunks of one job, so it is a Parquet dataset of its draws, each once; job.json beside them says what
was asked for. A run that was stopped finds the chunks that are there and computes the others; a chunk computed twice
replaces itself, with the same numbers.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa

from detente.ensemble.job import Job
from detente.errors import BadInput, BadTable

CHUNKS: Final = "chunks"
ABOUT: Final = "job.json"
KEY: Final = "key"
MOST: Final = 3
"""Differences that a refusal names."""
_KEY: Final = 16
"""Letters of the key in a file's name."""


class Store:
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
        """Where a chunk is, or will be."""
        return self.folder / f"chunk-{chunk:06d}{self._tail}"

    def has(self, chunk: int) -> bool:
        """Whether the chunk is there."""
        return self.path(chunk).is_file()

    def write(self, chunk: int, rows: pd.DataFrame) -> None:
        """Write a chunk: beside its place first, then into it in one step."""
        self._put(self.path(chunk), lambda name: rows.to_parquet(name, index=False))

    def _put(self, path: Path, write: Callable[[str], object]) -> None:
        handle, name = tempfile.mkstemp(prefix=".chunk-", suffix=".part", dir=self.folder)
        os.close(handle)
        try:
            write(name)
            os.replace(name, path)
        finally:
            Path(name).unlink(missing_ok=True)

    def read(self, chunk: int) -> pd.DataFrame:
        """A chunk as it was written. Raises BadTable where the file is not one, or holds other draws."""
        path = self.path(chunk)
        try:
            rows = pd.read_parquet(path)
        except (pa.ArrowInvalid, OSError) as problem:
            raise BadTable(f"{path} is no chunk of draws ({problem}): delete it, and it is computed again") from problem
        first, stop = chunk * self._size, (chunk + 1) * self._size
        if "draw" not in rows or list(rows["draw"]) != list(range(first, stop)):
            raise BadTable(f"{path} does not hold draws {first} to {stop - 1}: delete it")
        return rows
