"""JSON alone on stdout where JSON is asked for, and progress on stderr.

Text and lists on a terminal, drawn by rich.

How a result reaches whoever asked for it: a folder, JSON, or a screen.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, Final, Protocol

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

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


PIPED_WIDTH: Final = 110
"""Columns where the output goes to a file or a pipe and COLUMNS does not say."""


class Screen(Console):
    """A console that leaves it to the command to say what a broken pipe means."""

    def on_broken_pipe(self) -> None:
        """Called while the error is being handled: let it pass on."""
        raise


def console() -> Screen:
    """Stdout for people: no colour where it is piped or NO_COLOR is set."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal without a sign shows a question mark, not an error
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPED_WIDTH
    return Screen(file=sys.stdout, width=width, highlight=False, emoji=False, markup=False)


def show_rows(frame: pd.DataFrame, names: Sequence[str], to: Console) -> None:
    """A list of things, one a row."""
    numbers = {name for name in names if frame[name].dtype.kind in "if"}
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", padding=(0, 1))
    for name in names:
        right = name in numbers
        table.add_column(name.replace("_", " "), justify="right" if right else "left", min_width=7 if right else None)
    for row in frame[list(names)].itertuples(index=False, name=None):
        table.add_row(*(f"{value:.4g}" if isinstance(value, float) else str(value) for value in row))
    to.print(table)


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
    from detente.report.combined import json_together

    names: list[str] = []
    if out is not None:
        from detente.report.folder import write_report

        with progress(f"Writing {out}") as tell:
            names = write_report(found, out, beside=(*beside, *written), force=force, progress=tell)
    if as_json:
        print_text(json_together(found, beside))
        return
    from detente.report.terminal import say, show

    screen = console()
    document = found.presenter.document
    show(document(found, beside) if beside else document(found), screen)
    if out is not None:
        say(f"Wrote {len(names)} files to {out}; begin with {out / 'report.html'}", screen)
