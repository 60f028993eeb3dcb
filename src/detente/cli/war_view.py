"""A war on a terminal: payoffs of every pair of moves, who blinks, Nash duties as shades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from detente.analyses.war.report import MOVES, economies, headline, names_of, stamp
from detente.cli.screen import plain_table, say
from detente.report.blocks import rows_of
from detente.report.numbers import level_percent, listed, points, signed_percent

if TYPE_CHECKING:
    from rich.console import Console

    from detente.analyses.war.result import War

SHADES: Final = " ░▒▓█"
"""From no duty to the highest one of the table."""
SHADE: Final = 4
"""Columns of a shade."""
TITLE: Final = 28
"""Columns for the name of a pair of moves."""
NUMBER: Final = 12
"""Columns for a number with its margin."""
NOTES: Final = 6


def show_war(war: War, to: Console) -> None:
    """The headline, payoffs, who blinks, Nash duties by sector, where one-rate answers cross, and how it was made."""
    names = names_of(war)
    say(headline(war), to, "bold")
    _show_payoffs(war, to)
    _show_blinks(war, to)
    _show_sectors(war, to)
    to.print()
    ends = listed(
        [
            f"{names.the(row['player'])} charges {level_percent(row['rate'])} (real income "
            f"{signed_percent(row['real_income'])})"
            for row in rows_of(war.crossing)
        ]
    )
    say(f"At Nash with one duty each on all goods of the other {ends}.", to)
    say(f"Nash tariffs: {war.certificate}.", to)
    for note in war.notes[:NOTES]:
        say(f"Note: {note}", to)
    say(stamp(war), to, "dim")


def _show_payoffs(war: War, to: Console) -> None:
    """A row a pair of moves, a column an economy."""
    names = names_of(war)
    shown = economies(war, max(0, min(4, (to.width - TITLE) // NUMBER - 2)))
    first, second = (names.economy(code) for code in war.players)
    to.print()
    say("Change in real income since the state in force on the day, %; * nobody would move", to, "italic")
    table = plain_table([(first, "left"), (second, "left"), *((names.economy(code), "right") for code in shown)])
    last = ""
    for (a, b), cell in war.payoffs.groupby(["first_move", "second_move"], sort=False):
        change = dict(zip(cell["economy"], cell["real_income"], strict=True))
        stable = bool(cell["equilibrium"].iloc[0])
        label = _title(b) + (" *" if stable else "")
        cells = (Text(points(change[code]), style=_tone(change[code])) for code in shown)
        table.add_row("" if a == last else _title(a), Text(label, style="bold" if stable else ""), *cells)
        last = str(a)
    to.print(table)


def _show_blinks(war: War, to: Console) -> None:
    names = names_of(war)
    say(f"Who blinks (payoffs by {war.objective}, %)", to, "italic")
    head = [("", "left"), ("in the clash", "right"), ("backing down", "right"), ("gain", "right"), ("blinks", "left")]
    table = plain_table(head)
    for row in rows_of(war.blinks):
        numbers = (points(row[name]) for name in ("clash", "back", "gain"))
        table.add_row(names.economy(row["player"]), *numbers, "yes" if row["blinks"] else "no")
    to.print(table)


def _show_sectors(war: War, to: Console) -> None:
    """Duties in force and Nash duties of each player, the latter as shades too."""
    names = names_of(war)
    say("Nash duties by sector; the darker, the higher", to, "italic")
    heads: list[tuple[str, str]] = [("", "left")]
    for player in war.players:
        heads += [(f"{names.economy(player)} now", "right"), ("Nash", "right"), ("", "left")]
    table = plain_table(heads)
    highest = float(war.sectors["nash"].max())
    sides = [{r["sector"]: r for r in rows_of(war.sectors[war.sectors["player"] == p])} for p in war.players]
    for sector in dict.fromkeys(war.sectors["sector"]):
        cells: list[str] = []
        for side in sides:
            row = side.get(sector)
            if row is None:
                cells += ["–", "–", ""]
                continue
            cells += [level_percent(row["before"]), level_percent(row["nash"]), shade(row["nash"], highest)]
        table.add_row(names.sector(sector), *cells)
    to.print(table)


def shade(rate: float, highest: float) -> str:
    """A block as dark as the rate is high: blank for none, full for the highest."""
    part = rate / highest if highest > 0 else 0.0
    return SHADES[min(round(part * (len(SHADES) - 1)), len(SHADES) - 1)] * SHADE


def _title(move: object) -> str:
    """A move at the head of a cell."""
    name = MOVES[str(move)]
    return name[0].upper() + name[1:]


def _tone(change: float) -> str:
    return "green" if change > 0 else "red" if change < 0 else ""
