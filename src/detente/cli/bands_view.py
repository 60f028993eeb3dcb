"""Bands on a terminal: how sure each party's real income is in each scenario, what holds, and what drives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.analyses.bands.report import band_table, driver_table, headline, stamp
from detente.cli.screen import say, show_table

if TYPE_CHECKING:
    from rich.console import Console

    from detente.analyses.bands.result import Bands

NO_CHANCE = "A share of draws is no probability: it says how much of what was varied a statement covers."
LOST = 6
"""Draws that did not solve which are listed."""


def show_bands(bands: Bands, to: Console) -> None:
    """The headline, bands, statements, drivers, what was assumed, and how it was made."""
    say(headline(bands), to, "bold")
    show_table(band_table(bands), to)
    for its in bands.holds:
        say(str(its), to)
    show_table(driver_table(bands), to)
    for text in bands.assumed:
        say(f"Assumed: {text}", to)
    show_failures(bands, to)
    say(NO_CHANCE, to)
    say(stamp(bands), to, "dim")


def show_failures(bands: Bands, to: Console) -> None:
    """The first draws that did not solve."""
    for row in bands.failures.head(LOST).to_dict("records"):
        say(f"Not solved: draw {row['draw']} ({row['elasticities']}, {row['deficits']}): {row['outcome']}", to)
