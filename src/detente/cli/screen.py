"""How a result reaches whoever asked for it: a folder, JSON alone on stdout, or a terminal; and progress on stderr.

Nothing that draws is loaded before it is asked for: help and JSON come without rich.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from detente.dispute.results import Result

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


def deliver(
    found: Result,
    out: Path | None,
    as_json: bool,
    *,
    beside: Sequence[Result] = (),
    written: Sequence[Result] = (),
    force: bool = False,
) -> None:
    """Into the folder where one is named; then JSON and nothing else on stdout, or what a person reads.

    `beside` are results of other questions, which stand in the same report; those `written` stand in the folder alone.
    """
    from detente.report.blocks import json_together

    names: list[str] = []
    if out is not None:
        from detente.report.render import write_report

        with progress(f"Writing {out}") as tell:
            names = write_report(found, out, beside=(*beside, *written), force=force, progress=tell)
    if as_json:
        print_text(json_together(found, beside))
        return
    from detente.report.terminal import console, say, show

    screen = console()
    document = found.presenter.document
    show(document(found, beside) if beside else document(found), screen)
    if out is not None:
        say(f"Wrote {len(names)} files to {out}; begin with {out / 'report.html'}", screen)
