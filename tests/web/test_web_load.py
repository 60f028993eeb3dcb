"""Many clients at once: every one gets its own numbers, none is lost, and what that costs is printed."""

from __future__ import annotations

import statistics
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from test_web_kill import children
from web_lab import Served, finished, served, small


@dataclass
class Tally:
    """What the clients saw."""

    answers: list[float] = field(default_factory=list)
    runs: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def ask(client: httpx.Client, tally: Tally, method: str, path: str, **more: Any) -> httpx.Response:
    start = time.perf_counter()
    answer = client.request(method, path, **more)
    if "after" not in more.get("params", {}):  # a request that waits for news is slow on purpose
        tally.answers.append(time.perf_counter() - start)
    return answer


def one_client(server: Served, number: int, until: float, tally: Tally) -> None:
    """Ask for one dispute after the other, each with a rate that nobody else asks for, and read the numbers back."""
    with server.client() as client:
        count = 0
        while time.monotonic() < until or count == 0:
            rate, count, start = f"{10 + number}.{count:02d}%", count + 1, time.perf_counter()
            begun = ask(client, tally, "POST", "/api/runs", json=small(add=rate))
            if begun.status_code == 429:
                time.sleep(int(begun.headers["retry-after"]))
                continue
            id = begun.json()["id"]
            ended = finished(client, id, seconds=300)
            result = ask(client, tally, "GET", f"/api/runs/{id}/result").json()
            tally.runs.append(time.perf_counter() - start)
            if ended["state"] != "done" or result["dispute"]["title"] != f"Steel at {rate}":
                tally.wrong.append(f"{rate}: {ended['state']}, {result.get('dispute', {}).get('title')}")


def load(server: Served, clients: int, seconds: float) -> Tally:
    tally, until = Tally(), time.monotonic() + seconds
    threads = [threading.Thread(target=one_client, args=(server, k, until, tally)) for k in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def memory(server: Served) -> float:
    """MB of the server and its processes."""
    pids = [server.process.pid, *children(server.process.pid)]
    pages = [int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]) for pid in pids]
    return sum(pages) * 4096 / 1e6


def told(tally: Tally, server: Served) -> str:
    p95 = statistics.quantiles(tally.answers, n=20)[-1]
    turn = statistics.quantiles(tally.runs, n=20)[-1]
    return (
        f"{len(tally.runs)} runs, {len(tally.answers)} answers, p95 of an answer {p95 * 1e3:.0f} ms, "
        f"of a run from asking to its numbers {turn:.1f} s, {memory(server):.0f} MB"
    )


def test_clients_side_by_side_get_their_own_numbers(server: Served) -> None:
    tally = load(server, clients=6, seconds=0)
    assert tally.wrong == []
    assert len(tally.runs) == 6


@pytest.mark.slow
def test_fifty_clients_for_a_minute(tmp_path: Path) -> None:
    with served(tmp_path / "data") as server:
        tally = load(server, clients=50, seconds=60)
        print(told(tally, server))
    assert tally.wrong == []
    assert len(tally.runs) >= 50
    assert statistics.quantiles(tally.answers, n=20)[-1] < 2.0  # answers stay quick while every processor computes
