"""A document on a terminal: the headline, what it rests on, and what a reader needs at once; drawn by rich.

Blocks, rows and sections that are marked `detail` are left to the written report. A table is as wide as its cells, at
most as wide as the terminal: texts are broken into lines, numbers never; columns that have no room are counted.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Final

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text as Line

from detente.report.blocks import Block, Bullets, Document, Row, Table, Text
from detente.report.numbers import MINUS

ITEMS: Final = 6
"""Items of a list that a terminal shows."""
LONG: Final = 22
"""Characters from which a cell is a text, which may be broken into lines."""
NAMES: Final = 26
"""Columns that the first column has at least, where its texts are as long."""
LEAST: Final = 14
"""Columns that another column of texts has at least."""
LINES: Final = 2
"""Lines of a name in the first column; what is longer is cut."""
GAP: Final = 2
"""Columns between two columns."""
SHADES: Final = " ░▒▓█"
"""From no rate to the highest of the table."""
SHADE: Final = 4
"""Columns of a shade."""


def show(document: Document, to: Console) -> None:
    """The headline, other findings in a sentence, caveats, section by section, and how the numbers were made."""
    say(document.headline, to, "bold")
    for text in (*(brief.text for brief in document.briefs), *document.reconciled, *document.caveats):
        say(text, to)
    shown = [(section, [block for block in section.blocks if not block.detail]) for section in document.sections]
    parts = [(section.title, blocks) for section, blocks in shown if blocks and not section.detail]
    stamps = Counter(its.stamp for _, blocks in parts for its in blocks if isinstance(its, Table) and its.stamp)
    last = stamps.most_common(1)[0][0] if stamps else document.about
    for title, blocks in parts:
        if not isinstance(blocks[0], Table):  # the caption of a table says what comes
            to.print()
            say(title, to, "italic")
        before: Block | None = None
        for block in blocks:
            if isinstance(before, Table) and not isinstance(block, Table):
                to.print()
            if isinstance(block, Table):
                show_table(block if block.stamp != last else replace(block, stamp=""), to)
            elif isinstance(block, Bullets):
                show_items(block.items, to)
            elif isinstance(block, Text):
                say(block.text, to)
            before = block
    if parts:
        to.print()
    say(last, to, "dim")


def say(text: str, to: Console, style: str = "") -> None:
    """One paragraph: broken into lines for a terminal, on one line for a file or a pipe."""
    to.print(Line(text, style=style), soft_wrap=not to.is_terminal)


def show_items(items: Sequence[str], to: Console) -> None:
    """The first items of a list, and how many more there are."""
    for item in items[:ITEMS]:
        say(f"- {item}", to)
    if len(items) > ITEMS:
        say(f"{len(items) - ITEMS} more are in the report: --out FOLDER.", to)


def show_table(block: Table, to: Console) -> None:
    """A table under its caption, if it has rows; a heading stands on a line of its own."""
    rows: Sequence[Row] = [row for row in block.rows if not row.detail]
    if not rows:
        return
    to.print()
    say(block.caption, to, "italic")
    head, rows = shaded(block, rows)
    words, widths = fitted(head, rows, block.words, to.width)
    numbers = [not (k == 0 or long) for k, long in enumerate(words)]
    title, body = head, list[Row]()
    for row in (*rows, None):
        if row is None or row.heading:
            if body or title:
                to.print(_grid(title, body, numbers, widths))
            title, body = (), []
            if row is not None:
                say(row.cells[0], to, "bold")
        else:
            body.append(row)
    if len(widths) < len(head):
        left = len(head) - len(widths)
        say(f"{left} more column{'s' * (left > 1)}: make the window wider, or see --out or --json.", to)
    if block.stamp:
        say(block.stamp, to, "dim")


def _grid(head: Sequence[str], rows: Sequence[Row], numbers: Sequence[bool], widths: Sequence[int]) -> Grid:
    """Rows as rich draws them, with or without their head."""
    drawn = Grid(
        box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, GAP - 1, 0, 0), header_style="bold",
        show_header=bool(head),
    )  # fmt: skip
    for title, right, width in zip_longest(head[: len(widths)], numbers[: len(widths)], widths, fillvalue=""):
        drawn.add_column(str(title), justify="right" if right else "left", width=int(width))
    for row in rows:
        cells = [_cell(cell, right) for cell, right in zip(row.cells[: len(widths)], numbers, strict=False)]
        if any(numbers):
            cells[0].truncate(LINES * widths[0] - 2, overflow="ellipsis")
        cells[0].stylize("bold" if row.strong else "")
        drawn.add_row(*cells)
    return drawn


def _cell(cell: str, number: bool) -> Line:
    """A cell; gains are green and losses red."""
    tone = "green" if cell.startswith("+") else "red" if cell.startswith(MINUS) else ""
    return Line(cell, style=tone if number else "")


def fitted(head: Sequence[str], rows: Sequence[Row], words: bool, width: int) -> tuple[list[bool], list[int]]:
    """The columns of text, and the widths of the columns that have room in `width`, at least two.

    A column of numbers is as wide as its longest cell and the longest word of its title. Texts share what is left, each
    up to its longest cell; then titles of numbers have what remains.
    """
    cells = [[row.cells[k] for row in rows if not row.heading and k < len(row.cells)] for k in range(len(head))]
    natural = [max(map(cell_len, column), default=0) for column in cells]
    text = [words or k == 0 or size > LONG for k, size in enumerate(natural)]
    titles = [max(map(cell_len, re.split(r"[\s-]", title))) for title in head]
    least = []
    for k, size in enumerate(natural):
        most = max(size, titles[k])
        least.append(min(most, NAMES if k == 0 else LEAST) if text[k] else max(most, min(cell_len(head[k]), 9)))
    shown = len(head)
    while shown > 2 and sum(least[:shown]) + GAP * (shown - 1) > width:
        shown -= 1
    widths = least[:shown]
    left = width - sum(widths) - GAP * (shown - 1)
    wish = [max(natural[k], cell_len(head[k])) - widths[k] for k in range(shown)]
    for place, k in enumerate(sorted(range(shown), key=lambda k: (not text[k], wish[k]))):
        more = max(0, min(wish[k], left if not text[k] else left // max(sum(text[:shown]) - place, 1)))
        widths[k] += more
        left -= more
    return text, widths


def shaded(block: Table, rows: Sequence[Row]) -> tuple[Sequence[str], Sequence[Row]]:
    """Head and rows with a column of shades after each of `block.shaded`: the darker, the higher the rate."""
    if not block.shaded:
        return block.head, rows
    places = [k for k, title in enumerate(block.head) if title in block.shaded]
    highest = max((_rate(row.cells[k]) for row in rows if not row.heading for k in places), default=0.0)
    found = []
    for row in rows:
        cells = list(row.cells)
        for k in () if row.heading else reversed(places):
            cells.insert(k + 1, shade(_rate(cells[k]), highest))
        found.append(replace(row, cells=tuple(cells)))
    head = list(block.head)
    for k in reversed(places):
        head.insert(k + 1, "")
    return head, found


def shade(rate: float, highest: float) -> str:
    """A block as dark as the rate is high: blank for none, full for the highest."""
    part = rate / highest if highest > 0 else 0.0
    return SHADES[min(round(part * (len(SHADES) - 1)), len(SHADES) - 1)] * SHADE


def _rate(cell: str) -> float:
    """The number at the head of a cell such as `21.3 %`; 0 where there is none."""
    found = re.match(r"\d+(\.\d+)?", cell)
    return float(found[0]) if found else 0.0


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
    said = os.environ.get("COLUMNS", "").strip("0")  # some say no columns, where rich would print nothing
    width = None if said or (sys.stdout.isatty() and "COLUMNS" not in os.environ) else PIPED_WIDTH
    return Screen(file=sys.stdout, width=width, highlight=False, emoji=False, markup=False)


def show_rows(frame: pd.DataFrame, names: Sequence[str], to: Console) -> None:
    """A list of things, one a row."""
    numbers = {name for name in names if frame[name].dtype.kind in "if"}
    table = Grid(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", padding=(0, 1))
    for name in names:
        right = name in numbers
        table.add_column(name.replace("_", " "), justify="right" if right else "left", min_width=7 if right else None)
    for row in frame[list(names)].itertuples(index=False, name=None):
        table.add_row(*(f"{value:.4g}" if isinstance(value, float) else str(value) for value in row))
    to.print(table)
