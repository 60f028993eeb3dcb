"""A minute of fifty clients, with the faults of a bad day: processes and the server killed, and its disk full.

`python benchmarks/load.py` starts a server whose store lies in `--folder`, best on a small file system of its own, so
that the disk can be filled (`mount -t tmpfs -o size=64m tmpfs /mnt/small`). Half of the time nothing is wrong. Then
processes are killed at random, the disk is filled for some seconds, and the server is killed and started again. At the
end every run that was accepted has to be done, with the numbers of its own question.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "web"))
from test_web_kill import children
from web_lab import Served, free_port, served, small

PROMISE = 0.5
"""Seconds within which 95 of 100 answers come before anything is wrong."""


@dataclass
class Account:
    """What clients saw: accepted runs by id with their rate, seconds of answers before the faults, and refusals."""

    accepted: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    faulty: bool = False


def one_client(url: str, number: int, until: float, account: Account) -> None:
    """Begin one run after the other, each with a rate that nobody else asks for, and follow it to its end."""
    count, id = 0, ""
    with httpx.Client(base_url=url, timeout=30, cookies=httpx.get(f"{url}/api/health").cookies) as client:
        while time.monotonic() < until:
            rate = f"{10 + number}.{count:03d}%"
            start, faulty, pause = time.perf_counter(), account.faulty, 0.5
            try:
                if id:
                    answer = client.get(f"/api/runs/{id}")
                    id = id if answer.json().get("state") in ("queued", "running") else ""
                else:
                    count += 1
                    answer = client.post("/api/runs", json=small(add=rate))
                    account.ends[f"asked: {answer.status_code}"] += 1
                    pause = float(answer.headers.get("retry-after", pause))
                    if answer.status_code == 202:
                        id = answer.json()["id"]
                        account.accepted[id] = rate
                if not (faulty or account.faulty):
                    account.seconds.append(time.perf_counter() - start)
            except httpx.TransportError as problem:
                account.ends[f"{type(problem).__name__} of a client"] += 1
            time.sleep(pause)


def filled(folder: Path, seconds: float) -> None:
    """Leave no room on the disk for some seconds."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 65536)
        except OSError:
            time.sleep(seconds)
    ballast.unlink()


def judged(server: Served, account: Account, seconds: float) -> list[str]:
    """What is wrong with accepted runs once all of them have ended."""
    wrong = []
    end = time.monotonic() + seconds
    with server.client() as client:
        for id, rate in account.accepted.items():
            while (run := client.get(f"/api/runs/{id}").json()).get("state") in ("queued", "running"):
                if time.monotonic() > end:
                    break
                time.sleep(0.2)
            account.ends[f"ended: {run.get('state', run.get('code'))}"] += 1
            if run.get("state") != "done":
                wrong.append(f"{id} at {rate}: {run.get('state')}, {run.get('problem') or run}")
                continue
            title = client.get(f"/api/runs/{id}/result").json()["dispute"]["title"]
            if title != f"Steel at {rate}":
                wrong.append(f"{id} at {rate} has the numbers of {title!r}")
    return wrong


def main() -> int:
    """Whether no accepted run was lost or mixed up, and answers came in time."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--folder", type=Path, required=True)
    read.add_argument("--clients", type=int, default=50)
    read.add_argument("--seconds", type=float, default=60)
    given = read.parse_args()
    account, chance, port = Account(), random.Random(1), free_port()
    url, room = f"http://127.0.0.1:{port}", {"most_waiting": 10_000, "most_runs": 10_000}
    with served(given.folder / "data", port=port, **room) as server:
        ready(server)
        until = time.monotonic() + given.seconds
        clients = [threading.Thread(target=one_client, args=(url, k, until, account)) for k in range(given.clients)]
        for client in clients:
            client.start()
        time.sleep(given.seconds / 2)
        account.faulty = True
        for _ in range(3):
            below = children(server.process.pid)
            os.kill(chance.choice(below), signal.SIGKILL)
            account.ends["processes killed"] += 1
            time.sleep(given.seconds / 20)
        filled(given.folder, given.seconds / 10)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
    with served(given.folder / "data", port=port, **room) as server:
        for client in clients:
            client.join()
        wrong = judged(server, account, seconds=600)
    p95 = statistics.quantiles(account.seconds, n=20)[-1]
    print(f"{given.clients} clients, {given.seconds:g} s, {len(account.accepted)} accepted runs, {len(wrong)} wrong")
    print(
        f"p50 {statistics.median(account.seconds):.3f} s, p95 {p95:.3f} s of {len(account.seconds)} before the faults"
    )
    for end, count in sorted(account.ends.items()):
        print(f"{count:5d} × {end}")
    print("\n".join(wrong[:20]))
    return int(bool(wrong) or p95 > PROMISE)


def ready(server: Served) -> None:
    """Wait until each process has answered once."""
    with server.client() as client:
        id = client.post("/api/runs", json=small(), timeout=300).json()["id"]
        while client.get(f"/api/runs/{id}").json()["state"] in ("queued", "running"):
            time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
