"""Every chunk of a job: read where it is there, computed where it is not, here or on a cluster."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from types import NoneType

import pandas as pd

from detente.dispute.setup import Progress
from detente.ensemble import elsewhere
from detente.ensemble.job import Job, desk_of
from detente.ensemble.store import Store
from detente.errors import BadInput
from detente.inputs import listener, require, whole


def computed(
    job: Job,
    count: int,
    folder: Path | None,
    workers: int | None,
    scheduler: str | None,
    progress: Progress | None,
) -> pd.DataFrame:
    """The first `count` draws of a job, one row each, in order; the same numbers however they were computed.

    Raises BadInput where both workers and a scheduler are given, or a number is none.
    """
    whole(count, "draws", 2)
    if workers is not None:
        whole(workers, "workers", 1)
    require((str, NoneType), scheduler, "scheduler", "give its address, such as 'tcp://127.0.0.1:8786'")
    listener(progress)
    if workers is not None and scheduler is not None:
        raise BadInput(f"workers={workers}, scheduler={scheduler!r}: give a count of workers or a scheduler, not both")
    store = None if folder is None else Store(folder, job)
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
            elsewhere.on_cluster(job, missing, workers, scheduler)
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
    desk = desk_of(job)
    yield first, desk.chunk(first, stop)  # compiles, once for all threads
    if not desk.batched:
        yield from ((chunk, desk.chunk(chunk, stop)) for chunk in rest)
        return
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        waiting = {pool.submit(desk.chunk, chunk, stop): chunk for chunk in rest}
        try:
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        finally:  # an interrupt, or a chunk that raised: what has not begun is not begun
            pool.shutdown(wait=True, cancel_futures=True)
