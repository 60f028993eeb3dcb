"""A server under bodies that are made to cost it: is its health told, and are files served, while it looks at them?

`python benchmarks/hostile.py` starts a server and sends it a hundred bodies of 5 MB at once, each of a kind on which
looking takes as long as it may. All the while it asks for health and for a file. Whoever is told to come back does.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "web"))
from web_lab import Served, served

SIZE = 4_990_000
PROMISE = 1.0
"""Seconds in which health has to be told."""
HEAD = "dispute: x\ntitle: T\nas_of: 2018-05-04\nworld: icio-2017\nparties: {USA: {name: A}, CHN: {name: B}}\n"
MEASURE = "- {{id: m{0}, by: USA, on: CHN, status: in-force, from: 2018-05-01, goods: {{sectors: [C24A]}}, add: 1%}}\n"
Body = tuple[bytes, str]


def repeated(head: str, line: str) -> bytes:
    """A head and as many numbered lines as fit."""
    text = head + "".join(line.format(k) for k in range((SIZE - len(head)) // len(line.format(9_999_999))))
    return text.encode()


def unknown_keys() -> Body:
    return repeated(HEAD + "measures:\n", "- {{idd: m{0}, byy: USA}}\n"), "application/yaml"


def empty_measures() -> Body:
    return repeated(HEAD + "measures:\n", "- {{}}\n"), "application/yaml"


def good_measures() -> Body:
    return repeated(HEAD + "measures:\n", MEASURE), "application/yaml"


def keys_of_json() -> Body:
    return b"{" + repeated("", '"k{0}":1,') + b'"end":1}', "application/json"


def codes() -> Body:
    line = '{{"hs6":"{0:06d}","value":"1mn"}},'
    lines = repeated("", line)
    head = json.dumps({
        "dispute": "x", "title": "T", "as_of": "2018-05-04", "world": "icio-2017",
        "parties": {"USA": {"name": "A"}, "CHN": {"name": "B"}},
        "measures": [
            {"id": "m", "by": "USA", "on": "CHN", "status": "threatened", "add": "25%", "goods": {"codes": []}}
        ],
    })  # fmt: skip
    return head.replace("[]", "[" + lines[:-400].decode().rpartition(",")[0] + "]").encode(), "application/json"


def wide_prices() -> Body:
    """A file of prices with more columns than any sheet has."""
    columns = SIZE // 20
    table = ",".join(["date", *(f"c{k}" for k in range(columns))]) + "\n" + ",".join(["2018-01-02", *["1"] * columns])
    edge = "edge"
    parts = [("dispute", "", HEAD.encode()), ("prices", '; filename="p.csv"', table.encode()[: SIZE - 5_000])]
    body = b"".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"
        for name, more, content in parts
    )
    return body + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


def many_edges() -> Body:
    """A form that seems to end at every second character."""
    return b"--e\r\n" + b"\r\n--" * (SIZE // 4), "multipart/form-data; boundary=e"


KINDS: dict[str, Callable[[], Body]] = {
    each.__name__: each
    for each in (unknown_keys, empty_measures, good_measures, keys_of_json, codes, wide_prices, many_edges)
}


class Watch:
    """How long an address takes, asked ten times a second by a process of its own."""

    def __init__(self, url: str) -> None:
        self.seconds: list[float] = []
        self._line, theirs = Pipe()
        self._process = get_context("spawn").Process(target=ask_on, args=(theirs, url), daemon=True)

    def __enter__(self) -> Watch:
        self._process.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._line.send("stop")
        self.seconds = self._line.recv()
        self._process.join()

    def told(self) -> str:
        """Median, 95th percentile, longest, and how often it was asked."""
        p50, p95 = statistics.median(self.seconds), statistics.quantiles(self.seconds, n=20)[-1]
        return f"p50 {p50:.3f} s, p95 {p95:.3f} s, max {max(self.seconds):.3f} s of {len(self.seconds)}"


def ask_on(line: Connection, url: str) -> None:
    """Ask until something comes down the line, then send the seconds of each answer."""
    seconds = []
    with httpx.Client(timeout=60) as client:
        while not line.poll(0.1):
            start = time.perf_counter()
            client.get(url).raise_for_status()
            seconds.append(time.perf_counter() - start)
    line.send(seconds)


def post(server: Served, name: str, body: Body, ends: Counter[str]) -> None:
    """Send a body until it was looked through."""
    content, media = body
    path = "/api/markets" if name == "wide_prices" else "/api/disputes/check"
    with server.client() as client:
        while True:
            try:
                answer = client.post(path, content=content, headers={"content-type": media}, timeout=3600)
            except httpx.TransportError:  # the time is over and the server gone
                return
            if answer.status_code != 429:
                break
            ends["429, came back"] += 1
            time.sleep(float(answer.headers["retry-after"]))
    ends[f"{name}: {answer.status_code} {answer.json().get('code', 'fine')}"] += 1


def main() -> int:
    """Whether health was told in time."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--bodies", type=int, default=100)
    read.add_argument("--seconds", type=float, default=3600, help="stop after so long, whatever still waits")
    given = read.parse_args()
    many = given.bodies
    bodies = {name: make() for name, make in KINDS.items()}
    ends: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "data", workers=1) as server:
        start = time.perf_counter()
        names = [list(KINDS)[k % len(KINDS)] for k in range(many)]
        posts = [threading.Thread(target=post, args=(server, name, bodies[name], ends), daemon=True) for name in names]
        with (
            Watch(f"{server.url}/api/health") as health,
            Watch(f"{server.url}/static/page.css") as static,
            Watch(f"{server.url}/new") as page,
        ):
            for thread in posts:
                thread.start()
            for thread in posts:
                thread.join(max(0.0, start + given.seconds - time.perf_counter()))
        whole = time.perf_counter() - start
        ended = sum(count for end, count in ends.items() if not end.startswith("429"))
        sizes = ", ".join(f"{len(body) / 1e6:.2f}" for body, _ in bodies.values())
        print(f"{ended} ended of {many} bodies of {sizes} MB in {whole:.0f} s")
        print(f"health: {health.told()}\nstatic: {static.told()}\na form: {page.told()}")
        for end, count in sorted(ends.items()):
            print(f"{count:4d} × {end}")
    return int(max(health.seconds) > PROMISE)


if __name__ == "__main__":
    sys.exit(main())
