"""JSON alone on stdout where JSON is asked for, and progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any, Final, Protocol

PATIENCE: Final = 1.0
"""Seconds after which a bar is shown."""


class Tell(Protocol):
    """Told how many pieces are done, how many there are, and what comes next."""

    def __call__(self, done: int, total: int, what: str) -> None:
        """Move the bar."""


def print_json(value: object) -> None:
    """One JSON document on stdout and nothing else."""
    print_text(json.dumps(value, ensure_ascii=False, indent=2, default=str, allow_nan=False))


def print_text(text: str) -> None:
    """Text on stdout as UTF-8."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text + "\n")


@contextmanager
def progress(title: str) -> Iterator[Tell]:
    """A bar on stderr for what takes over a second; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total, what: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    look: list[Any] = [TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn()]
    bar = Progress(*look, console=Console(file=sys.stderr), transient=True)
    task = bar.add_task(title, total=None)
    start = Timer(PATIENCE, bar.start)
    start.daemon = True
    start.start()

    def tell(done: int, total: int, what: str) -> None:
        bar.update(task, completed=done, total=total, description=(what or title)[:60])

    try:
        yield tell
    finally:
        start.cancel()
        start.join()
        bar.stop()
