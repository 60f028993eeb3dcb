"""Duties that both sides of talks would agree on, beside packages of demands."""

from __future__ import annotations

from typing import Final

from detente.dispute import Talks
from detente.report.blocks import Bullets, Row, Section, Table, Text
from detente.report.cells import rows_of
from detente.report.numbers import level_percent, listed, signed_usd, usd
from detente.report.talks_words import NO_DEALS, names_of, stamp

_ABOUT: Final = (
    "Packages are steps and duties are not: here both sides bargain over every sector's duty on each other's goods, "
    "none under zero, and nobody else's duties move. What is agreed has the largest product of gains over no deal."
)


def average(talks: Talks, side: str, column: str) -> float:
    """The average duty of a side on the other's goods, weighed by what it buys in the benchmark; a fraction."""
    mine = talks.duties[talks.duties["by"] == side]
    return float((mine["bought"] * mine[column]).sum() / mine["bought"].sum())


def of_duties(talks: Talks) -> tuple[str, ...]:
    """What duties would be agreed on, and what both sides and all others would have of it."""
    if talks.duties.empty:
        return ()
    names, rows = names_of(talks), {row["economy"]: row for row in rows_of(talks.tariff_deal)}
    gains = [f"{usd(rows[code]['gain'])} a year to {names.the(code)}" for code in talks.players]
    found = [
        f"{listed(_moves(talks))}: these are the duties on each other's goods that both would agree on, on average.",
        f"Over {NO_DEALS[talks.no_deal]} they are worth {listed(gains)}.",
    ]
    third = sum(row["deal"] for code, row in rows.items() if code not in talks.players)
    found.append(f"To third countries together they are {signed_usd(third)} a year since the truce.")
    return tuple(found)


def _moves(talks: Talks) -> list[str]:
    names = names_of(talks)
    return [
        f"{names.economy(code)} {level_percent(average(talks, code, 'agreed'))} in place of "
        f"{level_percent(average(talks, code, 'before'))}"
        for code in talks.players
    ]


def duty_table(talks: Talks) -> Table:
    """The duty in force and the one agreed on, sector by sector."""
    names = names_of(talks)
    rows: list[Row] = []
    for side in talks.players:
        rows.append(Row((f"{names.economy(side)} charges",), heading=True))
        for row in rows_of(talks.duties[talks.duties["by"] == side]):
            cells = (usd(row["bought"]), level_percent(row["before"]), level_percent(row["agreed"]))
            rows.append(Row((names.sector(row["sector"]), *cells)))
    head = ("", "Bought a year", "In force", "Agreed")
    return Table("Duties on each other's goods", head, tuple(rows), stamp(talks))


def duty_section(talks: Talks) -> Section:
    """What a report says of duties that were bargained over."""
    return Section("Duties that both would agree on", (Text(_ABOUT), Bullets(of_duties(talks)), duty_table(talks)))
