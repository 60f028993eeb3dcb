"""Bands on a terminal: how sure each party's real income is in each scenario, what holds, and what drives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.app.tables import plain_table, say
from detente.report.bands import band_table, driver_table, headline, stamp

if TYPE_CHECKING:
    from rich.console import Console

    from detente.ensemble import Bands
    from detente.report.blocks import Table

LOST = 6
"""Draws that did not solve which are listed."""


def show_bands(bands: Bands, to: Console) -> None:
    """The headline, bands, statements, drivers, what was assumed, and how it was made."""
    say(headline(bands), to, "bold")
    _show(band_table(bands), to)
    for its in bands.holds:
        say(str(its), to)
    _show(driver_table(bands), to)
    for text in bands.assumed:
        say(f"Assumed: {text}", to)
    for row in bands.failures.head(LOST).to_dict("records"):
        say(f"Not solved: draw {row['draw']} ({row['elasticities']}, {row['deficits']}): {row['outcome']}", to)
    say("A share of draws is no probability: it says how much of what was varied a statement covers.", to)
    say(stamp(bands), to, "dim")


def _show(table: Table, to: Console) -> None:
    to.print()
    say(table.caption, to, "italic")
    drawn = plain_table([(title, "right" if place else "left") for place, title in enumerate(table.head)])
    for row in table.rows:
        drawn.add_row(*(row.cells if not row.heading else (row.cells[0], *[""] * (len(table.head) - 1))))
    to.print(drawn)
