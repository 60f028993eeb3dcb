"""How a result reaches whoever asked for it: a folder, JSON, or a screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from detente.app.screen import Tell, print_text, progress

if TYPE_CHECKING:
    from rich.console import Console


class Result(Protocol):
    """What a command finds."""

    def to_json(self) -> str:
        """All of it."""


Found = TypeVar("Found", bound=Result, contravariant=True)


class Writer(Protocol[Found]):
    """Writes a result and its report into a folder; returns the names of the files."""

    def __call__(self, found: Found, folder: Path, /, *, progress: Tell | None = None) -> list[str]:
        """Write it."""


def deliver(
    found: Found,
    out: Path | None,
    as_json: bool,
    show: Callable[[Found, Console], None],
    write: Writer[Found],
    text: Callable[[Found], str] | None = None,
) -> None:
    """Into the folder where one is named; then JSON and nothing else on stdout, or what a person reads.

    `text` makes the JSON, where there is more of it than the result's own.
    """
    written: list[str] = []
    if out is not None:
        with progress(f"Writing {out}") as tell:
            written = write(found, out, progress=tell)
    if as_json:
        print_text(found.to_json() if text is None else text(found))
        return
    from detente.app.tables import console, say

    screen = console()
    show(found, screen)
    if out is not None:
        say(f"Wrote {len(written)} files to {out}; begin with {out / 'report.html'}", screen)
