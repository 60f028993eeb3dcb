"""Average tariffs of a dispute on a day: before its measures and with those in force, as tables.

The measures in force are those that are law on the day; a threat is never among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from detente.analyses.instruments_told import plain_rows, statutory_block
from detente.analyses.product_lists import lists_as_dict
from detente.data.bundled import load_world
from detente.data.world import with_blocs
from detente.dispute.schema import Dispute
from detente.errors import BadInput
from detente.policy.averages import average_tariffs
from detente.policy.list_readings import ListReading
from detente.policy.periods import parse_day
from detente.policy.schedule import TariffBook
from detente.report.alike import told_together
from detente.report.blocks import Block, Bullets, Document, Row, Section, Table, Text, rows_of
from detente.report.numbers import MISSING, Names, level_percent

SHOWN: Final = 12
"""Pairs that a terminal shows where measures are on everybody."""
NOTES: Final = 3
"""Notes that a terminal shows."""
SCALED: Final = 4
"""Notes on lists scaled to their official totals that a terminal shows: a bundled table has so many."""
WEIGHTS: Final = (
    "imports: weighted by customs imports of 2017 where they are bundled (United States and China), else by those of "
    "the world; equal: by the number of product codes. A report weighs sectors by the imports of its world, so its "
    "averages of the same tariffs are others."
)


@dataclass(frozen=True)
class TariffsOn:
    """Tariffs on a day, in full and as a terminal shows them."""

    day: str
    world: str
    in_force: tuple[str, ...]
    every_average: pd.DataFrame
    every_sector: pd.DataFrame
    instruments: pd.DataFrame
    notes: tuple[str, ...]
    lists: tuple[ListReading, ...]
    scalings: tuple[str, ...]
    parties: tuple[str, ...]
    names: Names

    def document(self) -> Document:
        """Averages of each pair under both weightings, and of the sectors where they change.

        Where measures are on everybody, only pairs of parties are shown, and how many others there are is said.
        """
        averages = self._shown(self.every_average)
        pairs, every = (frame[["importer", "exporter"]].drop_duplicates() for frame in (averages, self.every_average))
        left = len(every) - len(pairs)
        of_lists = [its.note for its in self.lists]
        others = [note for note in self.notes if note not in of_lists]
        scaled = [note for note in others if note in self.scalings]
        others = [*scaled[:SCALED], *told_together(note for note in others if note not in scaled)[:NOTES]]
        notes = (*((f"{left} more pairs are in --json",) if left else ()), *others)
        lists = tuple(Text(note) for note in told_together(of_lists))
        more = (statutory_block(self.instruments, self.names),) if len(self.instruments) else ()
        averages_of = (self._averages(averages), Text(WEIGHTS), self._sectors())
        blocks: tuple[Block, ...] = (*averages_of, *more, *lists, Bullets(notes))
        title = f"Average tariffs on {self.day}, {self.world}; measures in force: {len(self.in_force)}"
        return Document(title, "", title, (), (Section(title, blocks),), "", "")

    def _averages(self, rows: pd.DataFrame) -> Table:
        cells = tuple(
            Row(
                (
                    f"{self.names.economy(row['importer'])} on {self.names.economy(row['exporter'])}",
                    row["weights"],
                    level_percent(row["before"]),
                    level_percent(row["after"]),
                    str(row["last_change"] or MISSING),
                )
            )
            for row in rows_of(rows)
        )
        return Table("Averages", ("", "weights", "before", "on the day", "last change"), cells)

    def _sectors(self) -> Table:
        """The sectors of the shown pairs whose average changes."""
        rows = self._shown(self.every_sector)
        found: list[Row] = []
        for (importer, exporter), its in rows[rows["after"] != rows["before"]].groupby(
            ["importer", "exporter"], sort=False
        ):
            found.append(
                Row((f"{self.names.economy(str(importer))} on {self.names.economy(str(exporter))}",), heading=True)
            )
            for row in rows_of(its):
                rates = (level_percent(row[name]) for name in ("before", "after", "covered"))
                found.append(Row((self.names.sector(row["sector"]), *rates)))
        head = ("", "before", "on the day", "covered")
        return Table("Where a measure changes the average of a sector", head, tuple(found))

    def _shown(self, frame: pd.DataFrame) -> pd.DataFrame:
        if len(self.every_average) <= 2 * SHOWN:
            return frame
        return frame[frame["importer"].isin(self.parties) & frame["exporter"].isin(self.parties)]

    def as_dict(self) -> dict[str, Any]:
        """All of it, as plain values: rates are fractions."""
        averages = [
            {**row, "last_change": None if row["last_change"] is None else str(row["last_change"])}
            for row in rows_of(self.every_average)
        ]
        return {
            "on": self.day,
            "world": self.world,
            "in_force": list(self.in_force),
            "averages": averages,
            "sectors": list(rows_of(self.every_sector)),
            **({"instruments": plain_rows(self.instruments)} if len(self.instruments) else {}),
            "notes": list(self.notes),
            **lists_as_dict(self.lists),
        }


def day_of_option(on: str) -> date:
    """The day of `--on`. Raises BadInput where it is none."""
    try:
        return parse_day(on)
    except ValueError as problem:
        raise BadInput(f"--on: {problem}") from problem


def tariffs_on(dispute: Dispute, on: str, world: str | None) -> TariffsOn:
    """The tariffs of a dispute on a day. Raises BadInput where the day is none."""
    day = day_of_option(on)
    if dispute.base is not None:
        dispute.base.refuse_before(day)
    settled = with_blocs(load_world(world or dispute.world), dispute.parties)
    every = TariffBook(settled, dispute.measures, dispute.stacking)
    book = every.on(day)
    ids = book.in_force(day)
    return TariffsOn(
        day=day.isoformat(),
        world=settled.name,
        in_force=ids,
        every_average=average_tariffs(every, day),
        instruments=book.instruments(ids, on=day),
        every_sector=book.effective(ids, on=day),
        notes=book.notes,
        lists=book.lists,
        scalings=tuple(map(str, book.scalings)),
        parties=tuple(dispute.parties),
        names=Names(dispute.called),
    )
