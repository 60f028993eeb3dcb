"""The same numbers on one, two and three worker processes, and when one of them is killed in mid-run."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import jax
import pandas as pd
import pytest
from distributed import Client, LocalCluster

from detente import __version__, bands
from detente.analyses.bands.result import Bands
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.ensemble import cluster
from detente.ensemble.job import CHUNK
from detente.errors import BadInput
from ensemble.conftest import DRAWS, FEW

# Processes of dask leave sockets and files to be collected as they end; that is theirs, not what is tested.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def two() -> LocalCluster:
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as cluster:
        yield cluster


def drawn(dispute: Dispute, world: World, **more: object) -> Bands:
    return bands(dispute, over=FEW, draws=DRAWS, seed=3, world=world, **more)  # type: ignore[arg-type]


def test_a_killed_worker_changes_nothing(
    found: Bands, dispute: Dispute, world: World, two: LocalCluster, tmp_path: Path
) -> None:
    """One of two workers is killed as soon as the first chunk is there; its chunk is computed again."""
    killed: list[int] = []

    def kill(done: int, total: int, what: str) -> None:
        if done >= CHUNK and not killed:
            worker = two.workers[0]
            killed.append(worker.pid)
            os.kill(worker.pid, signal.SIGKILL)

    got = drawn(dispute, world, scheduler=two.scheduler_address, folder=tmp_path, progress=kill)
    assert killed
    pd.testing.assert_frame_equal(got.draws, found.draws, check_exact=True)
    pd.testing.assert_frame_equal(got.bands, found.bands, check_exact=True)
    names = sorted(path.name.split("-")[1] for path in (tmp_path / "chunks").iterdir())
    assert names == [f"{chunk:06d}" for chunk in range(DRAWS // CHUNK)]


def test_a_scheduler_that_does_not_answer_is_said(
    dispute: Dispute, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detente.ensemble.cluster._PATIENCE", "1s")
    with pytest.raises(BadInput, match="no scheduler"):
        drawn(dispute, world, scheduler="tcp://127.0.0.1:9")
    with pytest.raises(BadInput, match="answers at nowhere: missing port"):
        drawn(dispute, world, scheduler="nowhere")
    with pytest.raises(BadInput, match="workers is 0: give a whole number at least 1"):
        drawn(dispute, world, workers=0)


def call_itself(version: str) -> None:
    """In a worker: as if that version had been installed there."""
    cluster.__version__ = version  # type: ignore[attr-defined]


def test_a_worker_with_another_version_is_refused(dispute: Dispute, world: World, two: LocalCluster) -> None:
    said = r"has detente 0\.0\.9, the process that asks .*install the same version"
    with Client(two) as client:
        client.run(call_itself, "0.0.9")
        with pytest.raises(BadInput, match=said):
            drawn(dispute, world, scheduler=two.scheduler_address)
        client.run(call_itself, __version__)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_numbers_do_not_depend_on_the_number_of_workers(
    found: Bands, dispute: Dispute, world: World, workers: int
) -> None:
    got = drawn(dispute, world, workers=workers)
    pd.testing.assert_frame_equal(got.draws, found.draws, check_exact=True)
    pd.testing.assert_frame_equal(got.bands, found.bands, check_exact=True)


@pytest.mark.slow
def test_a_large_ensemble_survives_a_killed_worker_and_a_killed_run(tmp_path: Path, two: LocalCluster) -> None:
    """81 economies: the run is stopped after three chunks, and of the second run a worker is killed half way."""
    dispute = Dispute.read("us-china-2018")
    given = {"over": FEW, "draws": 96, "seed": 1, "scheduler": two.scheduler_address, "folder": tmp_path}

    def stop(done: int, total: int, what: str) -> None:
        if done >= 3 * CHUNK:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bands(dispute, **given, progress=stop)  # type: ignore[arg-type]
    assert len(list((tmp_path / "chunks").glob("chunk-*"))) == 3
    killed: list[int] = []

    def kill(done: int, total: int, what: str) -> None:
        if done >= 4 * CHUNK and not killed:
            with Client(two) as client:
                pids = client.run(os.getpid)
            killed.append(next(iter(pids.values())))
            threading.Thread(target=os.kill, args=(killed[0], signal.SIGKILL)).start()
            time.sleep(1)

    away = bands(dispute, **given, progress=kill)  # type: ignore[arg-type]
    assert killed
    here = bands(dispute, over=FEW, draws=96, seed=1)
    pd.testing.assert_frame_equal(away.draws, here.draws, check_exact=True)


@pytest.fixture(scope="session")
def accelerator() -> None:
    """Asked for before what is dear to compute."""
    if jax.default_backend() == "cpu":
        pytest.skip("no accelerator: jax runs on the processor here")


@pytest.mark.usefixtures("accelerator")
def test_an_accelerator_gives_the_numbers_of_a_processor(found: Bands, dispute: Dispute, world: World) -> None:
    """`found` was computed on the accelerator; the processor differs by rounding in the order of sums."""
    with jax.default_device(jax.devices("cpu")[0]):
        here = drawn(dispute, world, folder=None)
    incomes = found.bands["quantity"] == "real_income"
    assert abs(found.values - here.values)[:, incomes].max() <= 1e-9
