"""Whether deals would hold, as a document and a folder with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from detente.dispute import Hold
from detente.dispute.setup import Progress
from detente.report.blocks import Bullets, Document, Section, Text
from detente.report.hold_tables import (
    ballot_table,
    enforcement_table,
    enough_table,
    figures,
    group_table,
    punishment_table,
    state_table,
)
from detente.report.hold_words import assumed, clause, headline, packages, routes, wishes, with_names
from detente.report.writing import write_result


def sections(hold: Hold) -> tuple[Section, ...]:
    """What a report says of it, part by part."""
    (chart,) = figures(hold)
    home: tuple[Any, ...] = (Text("The file names no groups at home."),)
    if len(hold.ballots):
        home = (Text(_HOME), ballot_table(hold), group_table(hold), Bullets(with_names(hold, hold.assumed)))
    listed = (Bullets(packages(hold)),) if packages(hold) else ()
    notes = Bullets(hold.notes)
    rest = (Text(_STATES), state_table(hold), Bullets((*routes(hold), *wishes(hold))))
    return (
        Section("Who would cheat", (chart, enforcement_table(hold), *listed, enough_table(hold), Text(clause(hold)))),
        Section("What follows cheating", (Text(_PUNISHED), punishment_table(hold))),
        Section("Ratification at home", home),
        Section("Where the conflict can rest", rest),
        Section("How sure that is", (Text(f"The war that is feared, at Nash tariffs: {hold.certificate}."), notes)),
    )


def document(hold: Hold) -> Document:
    """The whole report."""
    s = hold.settings
    about = f"World {s.world}. Governments want {hold.objective}. detente {s.version}, hold {hold.id[:12]}."
    return Document(
        f"{hold.title}: would a deal hold", about, headline(hold), assumed(hold), sections(hold), hold.id, s.version
    )


_PUNISHED: Final = (
    "A threat that its maker would rather not carry out is not believed. Nash tariffs are best answers to each other, "
    "so nobody would leave them alone. What a file threatens need not be."
)
_HOME: Final = (
    "A group gains what the factors in its sectors have more, value added and its share of tariff revenue over "
    "consumer prices, where labour stays in its sector. Taken from the group that gains most for its size to the one "
    "that loses most, the group with which a deal passes is the one that decides."
)
_STATES: Final = (
    "Each side can act, give way, or do nothing new. Giving way is to withdraw what was added and to charge in no "
    "sector more than the other does. A state is an equilibrium by Nash if nobody gains by moving; by GMR if every "
    "gain can be answered so that it is none; by SMR if there is no way out of that; by SEQ if the answer serves "
    "those who give it."
)


def write_hold(hold: Hold, folder: str | Path, *, progress: Progress | None = None) -> list[str]:
    """`write_result` of a hold."""
    return write_result(hold, document(hold), folder, progress=progress)
