"""Markets on a terminal: moves to expect, events, what they imply, whose sectors are exposed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from detente.analyses.clock.report import chance, named
from detente.analyses.markets.report import exposure_table, flagged, flagged_events, headline, names_of, stamp
from detente.cli.screen import plain_table, say
from detente.report.blocks import rows_of
from detente.report.numbers import points, signed_percent

if TYPE_CHECKING:
    from rich.console import Console

    from detente.analyses.markets.result import Markets

SECTORS: Final = 5
"""Sectors of each side that a terminal shows."""


def show_markets(found: Markets, to: Console) -> None:
    """The headline, the prior, moves to expect, events and what they imply, exposures."""
    say(headline(found), to, "bold")
    to.print()
    for text in found.stated:
        say(f"- {named(found, text)}.", to)
    _show_moves(found, to)
    if len(found.events):
        _show_events(found, to)
        _show_implied(found, to)
    _show_exposures(found, to)
    for note in found.notes:
        say(f"Note: {note}", to)
    say(stamp(found), to, "dim")


def _show_moves(found: Markets, to: Console) -> None:
    to.print()
    say(
        f"Moves of equity of {names_of(found).the(found.economy)} to expect when an outcome becomes certain",
        to,
        "italic",
    )
    table = plain_table([("", "left"), ("probability of war", "right"), ("if war", "right"), ("if peace", "right")])
    for row in rows_of(found.moves):
        table.add_row(
            names_of(found).within(row["variant"], found.players),
            chance(row["probability"]),
            signed_percent(row["if_war"]),
            signed_percent(row["if_peace"]),
        )
    to.print(table)


def _show_events(found: Markets, to: Console) -> None:
    say(f"Event study ({found.events['model'].iloc[0]}; {found.prices}); * p under the level", to, "italic")
    table = plain_table(
        [("", "left"), ("asset", "left"), ("abnormal, %", "right"), ("error, %", "right"), ("t", "right"),
         ("p", "right"), ("", "left")]
    )  # fmt: skip
    for row in rows_of(found.events):
        late = "after the day of the file" if row["after_as_of"] else ""
        numbers = (points(row["abnormal"]), points(row["se"]).lstrip("+"), f"{row['t']:.2f}")
        table.add_row(row["on"], row["asset"], *numbers, f"{row['p']:.4f}{'*' if row['flagged'] else ' '}", late)
    to.print(table)
    say(f"{flagged(found)}.", to)


def _show_implied(found: Markets, to: Console) -> None:
    to.print()
    say("The probability of war that moves imply", to, "italic")
    table = plain_table(
        [("", "left"), ("variant", "left"), ("before", "right"), ("after", "right"), ("move/certainty", "right")]
    )
    last = ""
    for row in rows_of(found.implied):
        after = "none" if math.isnan(row["after"]) else chance(row["after"])
        ratio = "∞" if math.isnan(row["ratio"]) else f"{row['ratio']:.3g}"
        label = names_of(found).within(row["variant"], found.players)
        event = row["event"] if row["event"] in flagged_events(found) else f"{row['event']} not flagged"
        table.add_row("" if row["event"] == last else event, label, chance(row["before"]), after, ratio)
        last = row["event"]
    to.print(table)
    if found.implied["after"].isna().any():
        say(
            "none: no change in probability explains this move; the ratio is the move over what certainty would bring.",
            to,
        )


def _show_exposures(found: Markets, to: Console) -> None:
    to.print()
    whole = exposure_table(found)
    say(whole.caption, to, "italic")
    table = plain_table([(head, "left" if k == 0 else "right") for k, head in enumerate(whole.head)])
    shown = 0
    for row in whole.rows:
        shown = 0 if row.heading else shown + 1
        if shown <= SECTORS:
            table.add_row(*row.cells, style="bold" if row.heading else "")
    to.print(table)
