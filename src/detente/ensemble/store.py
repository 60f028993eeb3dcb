"""Chunks of an ensemble on disk: one Parquet file each, whole or not there, named by its number and the job's key.

A folder of chunks is a Parquet dataset. A run that was stopped finds the chunks that are there and computes the others;
a chunk computed twice replaces itself, with the same numbers.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa

from detente.ensemble.job import Job
from detente.errors import BadInput, BadTable

CHUNKS: Final = "chunks"
_KEY: Final = 16
"""Letters of the key in a file's name."""


class Store:
    """The chunks of one job in `folder`/chunks. Chunks of other jobs there are left alone.

    Raises BadInput where the folder is a file or cannot be made.
    """

    def __init__(self, folder: Path, job: Job) -> None:
        self.folder = folder / CHUNKS
        self._size = job.chunk
        self._tail = f"-{job.key[:_KEY]}.parquet"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise BadInput(f"{folder} cannot be made: {problem.strerror}: name another folder") from problem

    def path(self, chunk: int) -> Path:
        """Where a chunk is, or will be."""
        return self.folder / f"chunk-{chunk:06d}{self._tail}"

    def has(self, chunk: int) -> bool:
        """Whether the chunk is there."""
        return self.path(chunk).is_file()

    def write(self, chunk: int, rows: pd.DataFrame) -> None:
        """Write a chunk: beside its place first, then into it in one step."""
        handle, name = tempfile.mkstemp(prefix=".chunk-", suffix=".part", dir=self.folder)
        os.close(handle)
        try:
            rows.to_parquet(name, index=False)
            os.replace(name, self.path(chunk))
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
