"""Average tariffs of a dispute on a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from detente.data.bundled import load_world
from detente.data.world import with_blocs
from detente.dispute.schema import Dispute
from detente.errors import BadInput
from detente.policy.measure import parse_day
from detente.policy.schedule import TariffBook, average_tariffs
from detente.report.blocks import rows_of
from detente.report.numbers import Names

SHOWN = 12
"""Pairs that a terminal shows where measures are on everybody."""


@dataclass(frozen=True)
class TariffsOn:
    """Tariffs on a day, in full and as a terminal shows them."""

    day: str
    world: str
    in_force: tuple[str, ...]
    every_average: pd.DataFrame
    every_sector: pd.DataFrame
    notes: tuple[str, ...]
    parties: tuple[str, ...]
    names: Names

    @property
    def averages(self) -> pd.DataFrame:
        """The pairs of parties, or, where there are few, of all."""
        return self._shown(self.every_average)

    @property
    def sectors(self) -> pd.DataFrame:
        """The sectors of the shown pairs whose average changes."""
        rows = self._shown(self.every_sector)
        return rows[rows["after"] != rows["before"]]

    @property
    def shown_notes(self) -> tuple[str, ...]:
        """Notes, and how many pairs are left out."""
        pairs = [
            len(frame[["importer", "exporter"]].drop_duplicates()) for frame in (self.every_average, self.averages)
        ]
        left = pairs[0] - pairs[1]
        return (*((f"{left} more pairs are in --json",) if left else ()), *self.notes[:3])

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
            "notes": list(self.notes),
        }


def tariffs_on(dispute: Dispute, on: str, world: str | None) -> TariffsOn:
    """The tariffs of a dispute on a day. Raises BadInput where the day is none."""
    try:
        day = parse_day(on)
    except ValueError as problem:
        raise BadInput(f"--on: {problem}") from problem
    settled = with_blocs(load_world(world or dispute.world), dispute.parties)
    book = TariffBook(settled, dispute.measures)
    ids = book.in_force(day)
    return TariffsOn(
        day=day.isoformat(),
        world=settled.name,
        in_force=ids,
        every_average=average_tariffs(book, day),
        every_sector=book.effective(ids),
        notes=book.notes,
        parties=tuple(dispute.parties),
        names=Names(dispute.called),
    )
