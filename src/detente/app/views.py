"""Tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from detente.report.cells import rows_of
from detente.report.numbers import level_percent, points
from detente.report.origins import stamp
from detente.report.sections import columns
from detente.report.select import groups, incomes, main_scenario
from detente.report.sentences import group_title, headline, names_of

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from detente.dispute import Findings
    from detente.report.names import Names

TITLE: Final = 30
"""Columns for the title of a state."""
NUMBER: Final = 10
"""Columns for a number with its margin."""


def show_findings(findings: Findings, to: Console) -> None:
    """The headline, a table of states by economies, what is assumed, and how it was made."""
    scenario, names = main_scenario(findings), names_of(findings)
    to.print(Text(headline(findings), style="bold"))
    every = columns(findings, scenario)
    shown = every[: max(2, (to.width - TITLE) // NUMBER)]
    table = _table([("", "left"), *((names.economy(code), "right") for code in shown)])
    for group in groups(findings):
        table.add_section()
        table.add_row(Text(group_title(findings, group), style="italic"))
        for each in group.scenarios:
            changes = incomes(each)["real_income"]
            bold = "bold" if each is scenario else ""
            cells = (Text(points(changes[code]), style=_tone(changes[code])) for code in shown)
            table.add_row(Text(each.title, style=bold), *cells)
    to.print()
    to.print(Text("Change in real income, %"))
    to.print(table)
    left = len(every) - len(shown)
    if left > 0:
        to.print(Text(f"{left} more economies: make the window wider, or see --out or --json."))
    for text in findings.assumed:
        to.print(Text(f"Assumed: {text}"))
    for text in scenario.notes[:3]:
        to.print(Text(f"Note: {text}"))
    more = len(findings.notes) + max(0, len(scenario.notes) - 3)
    if more:
        to.print(Text(f"{more} more notes are in the report: --out FOLDER."))
    to.print(Text(stamp(findings, scenario), style="dim"))


def show_rows(frame: pd.DataFrame, names: Sequence[str], to: Console) -> None:
    """A list of things, one a row."""
    numbers = {name for name in names if frame[name].dtype.kind in "if"}
    table = _table([(name.replace("_", " "), "right" if name in numbers else "left") for name in names])
    for row in frame[list(names)].itertuples(index=False, name=None):
        table.add_row(*(f"{value:g}" if isinstance(value, float) else str(value) for value in row))
    to.print(table)


def show_tariffs(averages: pd.DataFrame, sectors: pd.DataFrame, names: Names, to: Console) -> None:
    """Average tariffs of each pair under both weightings, and by sector where they change."""
    table = _table(
        [("", "left"), ("weights", "left"), ("before", "right"), ("on the day", "right"), ("last change", "left")]
    )
    for row in rows_of(averages):
        pair = f"{names.economy(row['importer'])} on {names.economy(row['exporter'])}"
        cells = (
            row["weights"],
            level_percent(row["before"]),
            level_percent(row["after"]),
            str(row["last_change"] or "–"),
        )
        table.add_row(pair, *cells)
    to.print(table)
    if len(sectors):
        to.print(Text("Where a measure changes the average of a sector:"))
        table = _table(
            [("", "left"), ("sector", "left"), ("before", "right"), ("on the day", "right"), ("covered", "right")]
        )
        last = ""
        for row in rows_of(sectors):
            pair = f"{names.economy(row['importer'])} on {names.economy(row['exporter'])}"
            rates = (level_percent(row[name]) for name in ("before", "after", "covered"))
            table.add_row("" if pair == last else pair, names.sector(row["sector"]), *rates)
            last = pair
        to.print(table)


def _table(head: Iterable[tuple[str, str]]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", padding=(0, 1))
    for title, side in head:
        table.add_column(
            title, justify="right" if side == "right" else "left", min_width=7 if side == "right" else None
        )
    return table


def _tone(change: float) -> str:
    return "green" if change > 0 else "red" if change < 0 else ""
