"""Times that can be compared: everything is run in turn, round after round, and the median of each is kept.

A machine's speed drifts by tens of percent within a minute. Taking the runs in turn lets the drift fall on all of
them, and a ratio of two medians of the same rounds is steadier than either.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


@dataclass(frozen=True)
class Timing:
    """Seconds of each run of one task."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return float(np.median(self.seconds))

    @property
    def spread(self) -> tuple[float, float]:
        """The quartiles."""
        low, high = np.quantile(self.seconds, [0.25, 0.75])
        return float(low), float(high)


class Cost(NamedTuple):
    """CPU seconds of a process and what it waited for, its largest memory in MiB, and what it printed."""

    seconds: float
    memory: float
    printed: str


def process(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Cost:
    """The cost of a fresh process of this interpreter. Raises RuntimeError where it fails."""
    with tempfile.TemporaryFile() as out:
        child = os.posix_spawn(
            sys.executable,
            [sys.executable, *arguments],
            dict(environment),
            file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)],
        )
        _, status, usage = os.wait4(child, 0)
        if status:
            raise RuntimeError(f"python {' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
        out.seek(0)
        return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read().decode())


def once(task: Callable[[], object]) -> float:
    """Seconds of one run."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def in_turn(tasks: Mapping[str, Callable[[], object]], rounds: int, warm: int = 2) -> dict[str, Timing]:
    """Each task `rounds` times, one after the other in every round, after `warm` rounds that do not count."""
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(-warm, rounds):
        for name, task in tasks.items():
            took = once(task)
            if turn >= 0:
                seconds[name].append(took)
    return {name: Timing(tuple(taken)) for name, taken in seconds.items()}


def ratio(of: Timing, to: Timing) -> float:
    """The median of the ratios round by round where both ran in the same rounds, else of the medians."""
    if len(of.seconds) == len(to.seconds):
        return float(np.median(np.divide(of.seconds, to.seconds)))
    return of.median / to.median


def in_words(seconds: float) -> str:
    """A time as a person writes it."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"
