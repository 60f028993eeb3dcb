"""Whether deals hold, on a terminal: patience, ratification, the states of the conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from detente.analyses.hold.compliance_words import (
    NO_DEAL,
    assumed,
    clause,
    deal_words,
    headline,
    names_of,
    number,
    packages,
    rate,
    routes,
    stamp,
    terms,
    wishes,
    years,
)
from detente.analyses.hold.report import ballot_table, state_table
from detente.cli.screen import plain_table, say
from detente.report.blocks import rows_of
from detente.report.numbers import signed_usd

if TYPE_CHECKING:
    from rich.console import Console

    from detente.analyses.hold.result import Hold
    from detente.report.blocks import Table


def show_hold(hold: Hold, to: Console) -> None:
    """The headline, what keeps each side to each deal, ratification, states of the conflict, how it was made."""
    say(headline(hold), to, "bold")
    _show_enforcement(hold, to)
    for text in packages(hold):
        say(text, to)
    say(clause(hold), to)
    to.print()
    if len(hold.ballots):
        say(f"Ratification at home, over {NO_DEAL[hold.no_deal]}", to, "italic")
        _show(ballot_table(hold), to)
        for text in assumed(hold):
            say(text, to)
        to.print()
    say("States of the conflict: real income a year over what is in force", to, "italic")
    _show(state_table(hold), to)
    for text in (*routes(hold), *wishes(hold)):
        say(text, to)
    say(f"Nash tariffs: {hold.certificate}.", to)
    for note in hold.notes:
        say(f"Note: {note}", to)
    say(stamp(hold), to, "dim")


def _show_enforcement(hold: Hold, to: Console) -> None:
    names = names_of(hold)
    to.print()
    say(f"What keeps each side to each deal, if {terms(hold)}; what cheating and war bring a year", to, "italic")
    heads = ["cheating", "war", "patience", "up to a rate", "least truce", "snap-back"]
    table = plain_table([("", "left"), *((name, "right") for name in heads), ("kept", "left")])
    for deal, held in hold.holds.items():
        its = hold.enforcement[hold.enforcement["deal"] == deal]
        table.add_row(Text(deal_words(deal), style="bold"), *([""] * len(heads)), "by both" if held else "")
        for side in hold.players:
            by = {row["punishment"]: row for row in rows_of(its[its["side"] == side])}
            war, back = by["war"], by.get("snap-back")
            amounts = (signed_usd(war["temptation_usd"]), signed_usd(-war["loss_usd"]))
            truce = "" if war["truce"] != war["truce"] else years(war["truce"])
            rates = (number(war["patience"]), rate(war), truce, "" if back is None else rate(back))
            table.add_row(f"  {names.economy(side)}", *amounts, *rates, "yes" if war["holds"] else "no")
    to.print(table)


def _show(block: Table, to: Console) -> None:
    """A table of the report; headings stand in rows of their own."""
    table = plain_table([(title, "left") for title in block.head])
    for row in block.rows:
        table.add_row(*(Text(cell, style="bold" if row.heading else "") for cell in row.cells))
    to.print(table)
