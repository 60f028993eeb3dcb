"""Talks on a terminal: whether there is a deal, the demands one by one, distances, deals, where failed talks lead."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from rich.text import Text

from detente.analyses.talks.findings_words import (
    CONCEPTS,
    NO_DEALS,
    headline,
    names_of,
    of_points,
    of_settings,
    of_the_truce,
    of_trades,
    of_unpriced,
    of_war,
    stamp,
)
from detente.analyses.talks.report import SETS, of_duties
from detente.cli.screen import plain_table, say
from detente.report.blocks import rows_of
from detente.report.numbers import level_percent, signed_usd, usd

if TYPE_CHECKING:
    from rich.console import Console

    from detente.analyses.talks.result import Talks

WORDS: Final = 46
"""Columns for a demand in words."""
NOTES: Final = 6


def show_talks(talks: Talks, to: Console) -> None:
    """The finding, the board, no-deal points, distances, deals, targets, and how it was made."""
    say(headline(talks), to, "bold")
    say(of_the_truce(talks), to)
    for text in (*of_war(talks), *of_points(talks)):
        say(text, to)
    _show_board(talks, to)
    _show_points(talks, to)
    _show_zones(talks, to)
    _show_deals(talks, to)
    _show_targets(talks, to)
    for text in (*of_duties(talks), *of_unpriced(talks), *of_trades(talks), of_settings(talks)):
        say(text, to)
    for note in talks.notes[:NOTES]:
        say(f"Note: {note}", to)
    say(stamp(talks), to, "dim")


def _money(amount: float) -> Text:
    return Text(signed_usd(amount), style="green" if amount > 0 else "red" if amount < 0 else "")


def _show_board(talks: Talks, to: Console) -> None:
    """A row a demand: where it stands, and what it does to both sides alone and where talks have failed."""
    names = names_of(talks)
    prices = {(row["demand"], row["who"]): row for row in rows_of(talks.prices)}
    failed = f"at_{talks.no_deal}" if talks.no_deal in ("threat", "answered") else None
    to.print()
    say("Demand by demand: change of real income a year if it alone were met, from the truce", to, "italic")
    heads = [("", "left"), ("stands", "left"), ("to who asks", "right"), ("to who gives", "right"), ("world", "right")]
    table = plain_table([*heads, *([("both in no deal (asker, giver)", "right")] if failed else [])])
    for side in talks.players:
        table.add_row(Text(f"{names.economy(side)} asks", style="bold"))
        for row in rows_of(talks.demands[talks.demands["by"] == side]):
            money = [prices[row["demand"], who] for who in (row["by"], row["of"], "world")]
            cells = [_money(each["alone"]) for each in money]
            last = []
            if failed:
                pair = [each[failed] for each in money[:2]]
                last = ["" if math.isnan(pair[0]) else f"{signed_usd(pair[0])} {signed_usd(pair[1])}"]
            table.add_row(_short(row["what"]), row["board"], *cells, *last)
    to.print(table)


def _short(words: str) -> str:
    return words if len(words) <= WORDS else f"{words[: WORDS - 1].rstrip()}…"


def _show_points(talks: Talks, to: Console) -> None:
    names = names_of(talks)
    say("Where failed talks can lead, since the truce", to, "italic")
    sides = [(names.economy(code), "right") for code in talks.players]
    table = plain_table([("", "left"), *sides, ("third countries", "right"), ("world", "right")])
    for row in rows_of(talks.no_deals):
        mark = " *" if row["no_deal"] == talks.no_deal else ""
        table.add_row(f"{row['title']}{mark}", *(_money(row[key]) for key in ("first", "second", "third", "world")))
    to.print(table)


def _show_zones(talks: Talks, to: Console) -> None:
    say("Deals there are, and how far apart the sides are where there is none, a year", to, "italic")
    table = plain_table([("no deal is", "left"), ("a package", "left"), ("packages", "right"), ("apart", "right")])
    last = ""
    for row in rows_of(talks.zones):
        name = "" if row["no_deal"] == last else NO_DEALS[row["no_deal"]]
        last = row["no_deal"]
        gap = "–" if math.isnan(row["apart"]) else usd(row["apart"]) if row["apart"] else "0"
        table.add_row(name, SETS[row["among"]], f"{row['packages']}", gap)
    to.print(table)


def _show_deals(talks: Talks, to: Console) -> None:
    names = names_of(talks)
    say("Deals that concepts pick", to, "italic")
    sides = [(names.economy(code), "right") for code in talks.players]
    table = plain_table([("", "left"), ("deal", "left"), *sides, ("third", "right"), ("world", "right")])
    for row in rows_of(talks.deals):
        if row["over"] == "lotteries" or row["tie"] > 0:
            continue
        name = CONCEPTS[row["concept"]] + (f", {SETS[row['among']]}" if row["among"] else "")
        money = (_money(row[key]) for key in ("first", "second", "third", "world"))
        table.add_row(name, row["demands"] or "no concession", *money)
    to.print(table)


def _show_targets(talks: Talks, to: Console) -> None:
    if not len(talks.targets):
        return
    say(f"Trade by amount, by instrument, in the figures of {talks.settings.world}", to, "italic")
    heads = [("", "left"), ("instrument", "left"), ("rate", "right"), ("asked", "right"), ("reached", "right")]
    table = plain_table([*heads, ("asker", "right"), ("giver", "right"), ("third", "right"), ("world", "right")])
    for row in rows_of(talks.targets):
        money = (_money(row[key]) for key in ("asker", "giver", "third", "world"))
        amounts = (signed_usd(row["asked_here"]), signed_usd(row["reached"]))
        name = f"{row['instrument']}, {row['until']}" if row["until"] else row["instrument"]
        table.add_row(row["demand"], name, level_percent(row["rate"]), *amounts, *money)
    to.print(table)
    if len(talks.categories):
        _show_categories(talks, to)


def _show_categories(talks: Talks, to: Console) -> None:
    say("Purchases by category, and the part of the price that the buyer's treasury pays", to, "italic")
    heads = [("", "left"), ("until", "left"), ("asked", "right"), (f"in {talks.settings.world}", "right")]
    table = plain_table([*heads, ("of the price", "right")])
    for row in rows_of(talks.categories):
        amounts = (signed_usd(row["asked"]), signed_usd(row["asked_here"]))
        table.add_row(row["category"], row["until"], *amounts, level_percent(row["rate"]))
    to.print(table)
