"""The command line from the shell: its help, and the dispute of May 2018 with an empty and a filled cache."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from clock import Timing, once

COMMAND = Path(sys.executable).with_name("detente")
CASE = "us-china-2018"


def measure(rounds: int = 5) -> dict[str, Timing]:
    """Seconds of `detente --help` and of `detente run`, cold (an empty cache each time) and warm."""
    return {
        "help": Timing(tuple(once(lambda: _detente("--help")) for _ in range(2 * rounds))),
        "cold": Timing(tuple(_cold() for _ in range(max(2, rounds // 2)))),
        "warm": _warm(rounds),
    }


def _cold() -> float:
    with tempfile.TemporaryDirectory() as empty:
        return once(lambda: _detente("run", CASE, cache=empty))


def _warm(rounds: int) -> Timing:
    with tempfile.TemporaryDirectory() as cache:
        _detente("run", CASE, cache=cache)
        return Timing(tuple(once(lambda: _detente("run", CASE, cache=cache)) for _ in range(rounds)))


def _detente(*words: str, cache: str | None = None) -> None:
    environment = os.environ if cache is None else {**os.environ, "DETENTE_CACHE_DIR": cache}
    subprocess.run([str(COMMAND), *words], check=True, capture_output=True, env=environment)
