"""A server as a process, small disputes, and what tests ask of it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

COMMAND = "from detente.cli.main import main; main()"
#: A server whose processes do not solve the central case first: for tests that start one of their own.
COLD = """
import sys, json, pathlib, uvicorn
from detente.web.server import create_app
from detente.web.connections import BoundedConnection
from detente.web.security import ServerSettings
given = json.loads(sys.argv[1])
settings = ServerSettings(folder=pathlib.Path(given.pop("folder")), **given)
if __name__ == "__main__":
    app, its = create_app(settings, warm=False), {"http": BoundedConnection, "log_level": "warning"}
    uvicorn.run(app, host=settings.host, port=settings.port, timeout_graceful_shutdown=5, **its)
"""


def small(add: str = "25%", name: str = "small", sector: str = "C24A") -> dict[str, Any]:
    """One threat in one sector: two states, a third of a second."""
    return {
        "dispute": name,
        "title": f"Steel at {add}",
        "as_of": "2018-05-04",
        "world": "icio-2017",
        "parties": {"USA": {"name": "United States"}, "CHN": {"name": "China"}},
        "measures": [
            {"id": "us-steel", "by": "USA", "on": "CHN", "status": "threatened", "goods": {"sectors": [sector]},
             "add": add},
        ],
    }  # fmt: skip


def long() -> dict[str, Any]:
    """Three threats: eight states, over a second."""
    given = small(name="long")
    given["measures"] = [
        {**given["measures"][0], "id": f"us-{sector.lower()}", "goods": {"sectors": [sector]}}
        for sector in ("C24A", "C24B", "C25")
    ]
    return given


@dataclass
class Served:
    """A server that runs."""

    url: str
    process: subprocess.Popen[bytes]
    folder: Path

    def client(self, **more: Any) -> httpx.Client:
        """A client with a cookie of its own; callers without one share a quota."""
        more = {"cookies": httpx.get(f"{self.url}/api/health", timeout=60).cookies, **more}
        return httpx.Client(base_url=self.url, timeout=60, **more)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(folder: Path, *words: str, port: int | None = None, **settings: Any) -> Iterator[Served]:
    """A server: with words the command `detente serve`, with settings one that starts cold."""
    port = port or free_port()
    if settings or not words:
        given = json.dumps({"folder": str(folder), "port": port, **settings})
        script = folder.parent / f"{folder.name}.py"
        script.write_text(COLD, "utf-8")
        line = [sys.executable, str(script), given]
    else:
        line = [sys.executable, "-c", COMMAND, "serve", "--port", str(port), "--data", str(folder), *words]
    log = (folder.parent / f"{folder.name}.log").open("wb")
    process = subprocess.Popen(line, stdout=log, stderr=log, env={**os.environ, "PYTHONWARNINGS": "default"})
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_up(url, process, Path(log.name))
        yield Served(url, process, folder)
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            httpx.get(f"{url}/api/health", timeout=5)
        except httpx.TransportError:
            assert process.poll() is None, log.read_text("utf-8")
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"no server after {seconds} seconds: {log.read_text('utf-8')}")


def finished(client: httpx.Client, id: str, seconds: float = 120) -> dict[str, Any]:
    """The run when it has ended."""
    end, version = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        run: dict[str, Any] = client.get(f"/api/runs/{id}", params={"after": version, "wait": 20}).json()
        if run["state"] in ("done", "failed", "cancelled"):
            return run
        version = run["progress"]["version"]
    raise AssertionError(f"{id} has not ended after {seconds} seconds")
