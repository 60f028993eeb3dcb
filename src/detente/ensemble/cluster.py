"""Chunks on dask.distributed: a scheduler somewhere, or worker processes started here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from socket import gethostname

import pandas as pd
from distributed import Client, LocalCluster, as_completed

from detente import __version__
from detente.ensemble.job import Job, evaluator_of
from detente.errors import BadInput

_ATTEMPTS = 3
"""Workers that may be lost while they compute a chunk before the chunk itself is blamed."""
_PATIENCE = "30s"


def on_cluster(
    job: Job, chunks: Sequence[int], workers: int | None, scheduler: str | None
) -> Iterator[tuple[int, pd.DataFrame]]:
    """Chunks as they are done, each once. A chunk whose worker is lost is computed by another, with the same numbers.

    Raises BadInput where no scheduler answers at the address, or a worker has another version of detente.
    """
    with ExitStack() as stack:
        if scheduler is None:
            cluster = stack.enter_context(
                LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0")
            )
            client = stack.enter_context(Client(cluster))
        else:
            try:
                client = stack.enter_context(Client(scheduler, timeout=_PATIENCE))
            except (OSError, ValueError) as problem:
                raise BadInput(f"no scheduler of dask.distributed answers at {scheduler}: {problem}") from problem
        futures = {
            client.submit(compute_chunk, job, chunk, key=f"{job.key[:16]}-{chunk}", retries=_ATTEMPTS): chunk
            for chunk in chunks
        }
        for future, rows in as_completed(futures, with_results=True):
            yield futures[future], rows
            future.release()


def compute_chunk(job: Job, chunk: int) -> pd.DataFrame:
    """A chunk of a job in a worker, which keeps what all chunks of it share.

    Raises BadInput where the worker has another version of detente than the process that asks.
    """
    if job.settings.version != __version__:
        raise BadInput(
            f"a worker at {gethostname()} has detente {__version__}, the process that asks {job.settings.version}: "
            "numbers may differ; install the same version on both"
        )
    return evaluator_of(job).chunk(chunk)
