"""Findings and tariffs on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from detente.analyses.run.origins import assumed, stamp
from detente.analyses.run.sentences import columns, group_title, groups, headline, incomes, main_scenario, names_of
from detente.cli.screen import plain_table, say, show_table
from detente.report.blocks import rows_of
from detente.report.numbers import level_percent, points

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from detente.analyses.bands.result import Bands
    from detente.analyses.run.result import Findings
    from detente.report.numbers import Names

TITLE: Final = 34
"""Columns for the title of a state."""
NUMBER: Final = 10
"""Columns for a number, its margin not counted."""
MARGIN: Final = 2
"""Columns between two columns."""
WEIGHTS: Final = (
    "imports: weighted by customs imports of 2017 where they are bundled (United States and China), else by those of "
    "the world; equal: every product code alike. A report weighs sectors by the imports of its world, so its averages "
    "of the same tariffs are others."
)
NOTES: Final = 3
"""Notes of the main state that a terminal shows."""


def show_findings(findings: Findings, to: Console, bands: Bands | None = None, briefs: Sequence[str] = ()) -> None:
    """The headline and what stands beside it, states by economies, how sure they are, what is assumed, how made."""
    scenario, names = main_scenario(findings), names_of(findings)
    say(headline(findings, bands), to, "bold")
    for text in briefs:
        say(text, to)
    every = columns(findings, scenario)
    shown = every[: max(2, (to.width - TITLE) // (NUMBER + MARGIN))]
    for group in groups(findings):
        to.print()
        say(f"{group_title(findings, group)}: change in real income, %", to, "italic")
        table = _numbers([names.economy(code) for code in shown])
        for each in group.scenarios:
            changes = incomes(each)["real_income"]
            cells = (Text(points(changes[code]), style=_tone(changes[code])) for code in shown)
            table.add_row(Text(each.title, style="bold" if each is scenario else ""), *cells)
        to.print(table)
    to.print()
    left = len(every) - len(shown)
    if left > 0:
        say(f"{left} more economies: make the window wider, or see --out or --json.", to)
    if bands is not None:
        _show_bands(findings, bands, to)
    for text in assumed(findings):
        say(text, to)
    for text in scenario.notes[:NOTES]:
        say(f"Note: {text}", to)
    more = len(findings.notes) + max(0, len(scenario.notes) - NOTES)
    if more:
        say(f"{more} more notes are in the report: --out FOLDER.", to)
    say(stamp(findings, scenario), to, "dim")


def _show_bands(findings: Findings, bands: Bands, to: Console) -> None:
    from detente.analyses.run.uncertainty import beside, sure_table
    from detente.cli.bands_view import NO_CHANCE, show_failures

    beside(findings, bands)
    show_table(sure_table(findings, bands, [main_scenario(findings)]), to)
    show_failures(bands, to)
    say(NO_CHANCE, to)
    for text in bands.assumed:
        say(f"Assumed in the draws: {text}", to)


def _numbers(heads: Sequence[str]) -> Table:
    """A table of a title and numbers whose columns are as wide in every group."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", padding=(0, MARGIN, 0, 0), show_edge=False)
    table.add_column("", width=TITLE - MARGIN)
    for head in heads:
        table.add_column(head, justify="right", width=NUMBER)
    return table


def show_tariffs(averages: pd.DataFrame, sectors: pd.DataFrame, names: Names, to: Console) -> None:
    """Average tariffs of each pair under both weightings, and by sector where they change."""
    table = plain_table(
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
    say(WEIGHTS, to)
    if len(sectors):
        to.print(Text("Where a measure changes the average of a sector:"))
        table = plain_table(
            [("", "left"), ("sector", "left"), ("before", "right"), ("on the day", "right"), ("covered", "right")]
        )
        last = ""
        for row in rows_of(sectors):
            pair = f"{names.economy(row['importer'])} on {names.economy(row['exporter'])}"
            rates = (level_percent(row[name]) for name in ("before", "after", "covered"))
            table.add_row("" if pair == last else pair, names.sector(row["sector"]), *rates)
            last = pair
        to.print(table)


def _tone(change: float) -> str:
    return "green" if change > 0 else "red" if change < 0 else ""
