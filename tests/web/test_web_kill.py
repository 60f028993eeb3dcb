"""A server that is killed in mid-run: what was finished is there, what was not is finished by the next one."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from pathlib import Path

import httpx
from web_lab import Served, finished, long, served, small


def children(pid: int) -> list[int]:
    """Processes that a process has started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def killed_in_mid_run(server: Served, client: httpx.Client) -> tuple[str, bytes, str]:
    """A finished run with its result, and one that was computing when the server was killed."""
    done = client.post("/api/runs", json=small()).json()["id"]
    assert finished(client, done)["state"] == "done"
    body = client.get(f"/api/runs/{done}/result").content
    caught = client.post("/api/runs", json=long()).json()["id"]
    while client.get(f"/api/runs/{caught}").json()["progress"]["done"] < 1:
        time.sleep(0.02)
    below = children(server.process.pid)
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(timeout=10)
    end = time.monotonic() + 10
    while any(map(alive, below)):
        assert time.monotonic() < end, "a worker outlives its server"
        time.sleep(0.05)
    return done, body, caught


def test_a_server_that_is_killed_loses_no_finished_run_and_serves_no_half_one(tmp_path: Path) -> None:
    with served(tmp_path / "data", workers=1) as server, server.client() as client:
        done, body, caught = killed_in_mid_run(server, client)
    with sqlite3.connect(tmp_path / "data" / "runs.sqlite3") as store:
        states = dict(store.execute("SELECT id, state FROM runs"))
        results = store.execute("SELECT count(*) FROM results").fetchone()[0]
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert store.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    store.close()
    assert states == {done: "done", caught: "running"}
    assert results == 1
    with served(tmp_path / "data", workers=1) as server, server.client() as client:
        assert client.get(f"/api/runs/{done}/result").content == body
        early = client.get(f"/api/runs/{caught}/result")
        assert early.status_code == 409
        assert finished(client, caught)["state"] == "done"
        assert len(client.get(f"/api/runs/{caught}/result").json()["scenarios"]) == 4


def test_a_run_over_its_time_is_stopped(tmp_path: Path) -> None:
    with served(tmp_path / "data", workers=1, most_seconds=0.05) as server, server.client() as client:
        id = client.post("/api/runs", json=small()).json()["id"]
        run = finished(client, id)
        assert (run["state"], run["problem"]["code"]) == ("failed", "too-long")
        assert "0.05 seconds" in run["problem"]["detail"]
        assert client.get(f"/api/runs/{id}/result").json()["code"] == "not-finished"
