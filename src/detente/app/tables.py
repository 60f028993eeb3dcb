"""Text and lists on a terminal, drawn by rich."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import pandas as pd

    from detente.report.blocks import Table as Block

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


def say(text: str, to: Console, style: str = "") -> None:
    """One paragraph: broken into lines for a terminal, on one line for a file or a pipe."""
    to.print(Text(text, style=style), soft_wrap=not to.is_terminal)


def plain_table(head: Iterable[tuple[str, str]]) -> Table:
    """A table with titles and the side, left or right, on which their columns stand."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", padding=(0, 1))
    for title, side in head:
        right = side == "right"
        table.add_column(title, justify="right" if right else "left", min_width=7 if right else None)
    return table


def show_table(block: Block, to: Console) -> None:
    """A table of a report under its caption, if it has rows; a heading stands in a row of its own."""
    if not block.rows:
        return
    to.print()
    say(block.caption, to, "italic")
    drawn = plain_table([(title, "right" if place else "left") for place, title in enumerate(block.head)])
    for row in block.rows:
        drawn.add_row(*(row.cells if not row.heading else (row.cells[0], *[""] * (len(block.head) - 1))))
    to.print(drawn)


def show_rows(frame: pd.DataFrame, names: Sequence[str], to: Console) -> None:
    """A list of things, one a row."""
    numbers = {name for name in names if frame[name].dtype.kind in "if"}
    table = plain_table([(name.replace("_", " "), "right" if name in numbers else "left") for name in names])
    for row in frame[list(names)].itertuples(index=False, name=None):
        table.add_row(*(f"{value:.4g}" if isinstance(value, float) else str(value) for value in row))
    to.print(table)
