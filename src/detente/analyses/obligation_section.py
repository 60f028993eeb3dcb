"""The obligations of deals as a section of a report: the same in a run and in talks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from detente.data.quantities import format_rate
from detente.dispute.priced_obligations import PricedObligation
from detente.report.blocks import Block, Bullets, Row, Section, Table, Text
from detente.report.numbers import MISSING, Names, day, level_usd, signed_usd

_HOW: Final = (
    "Purchases are priced one by one, from the measures in force on the day: the smallest subsidy of the buyer's "
    "treasury on imports of these goods that makes it buy so much more than in the base year. No state of this report "
    "has them in it."
)


def obligation_sections(priced: Sequence[PricedObligation] | None, names: Names) -> tuple[Section, ...]:
    """One section with every obligation, its dates and its price; none where there is no obligation."""
    if not priced:
        return ()
    rows = tuple(Row(tuple(_cells(its, names))) for its in priced)
    head = ("", "Promise", "Status", "A year", "Subsidy", "To who is bound", "To the partner", "Third countries")
    notes = tuple(dict.fromkeys(note for its in priced for note in its.notes))
    blocks: list[Block] = [Text(_HOW)] if any(its.kind == "purchases" for its in priced) else []
    blocks.append(Table("Obligations of deals; of purchases the change of real income a year", head, rows, words=True))
    blocks += [Bullets(notes)] if notes else []
    return (Section("Obligations of deals", tuple(blocks)),)


def _cells(its: PricedObligation, names: Names) -> Iterator[str]:
    """The cells of the row of an obligation."""
    yield f"{names.economy(its.by)} to {names.economy(its.partner)}" + (f", {its.deal}" if its.deal else "")
    yield f"{its.kind}: {its.what}"
    span = [f"{word} {day(date.fromisoformat(on))}" for word, on in (("from", its.begins), ("until", its.ends)) if on]
    law = "in force" if its.in_force else its.status.replace("-", " ") if its.status != "in-force" else "not in force"
    yield ", ".join([law, *([" ".join(span)] if span else [])])
    yield MISSING if its.asked is None else level_usd(its.asked)
    yield MISSING if its.rate is None else format_rate(round(its.rate, 4))
    for change in (its.giver, its.asker, its.third):
        yield MISSING if change is None else signed_usd(change)
