"""The product lists of measures as they are read: counts, every code, and the refusal of a list that is not known.

A measure has up to two lists, its goods and its exemptions. Both go through the one reader of codes, and what it says
of them is the same for every command, the API and the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal

import pandas as pd

from detente.data.products.editions import BASE
from detente.data.products.reading import MOST_UNKNOWN, STATUSES, ProductList, Status
from detente.data.quantities import format_money
from detente.errors import BadMeasure, enumerate_names
from detente.policy.measure import Measure, by_text
from detente.policy.units import reading_of

Part = Literal["goods", "exempt"]

COUNTS: Final = ("read", "moved", "unknown", "no_sector")
"""The columns of counts: the statuses of a code, as columns are named."""
_WORDS: Final = {"read": "read", "moved": "moved", "unknown": "unknown", "no-sector": "without a sector"}
_NAMED: Final = 12
"""Codes that a sentence names one by one; every code is in the table of codes."""


@dataclass(frozen=True, eq=False)
class ListReading:
    """A list of a measure: which part of the measure it is, how its codes were read, and what the list values them at.

    worth: code → USD million, where every code of the list has a value; else empty. total: the official total that the
    list is scaled to, USD million, or None. notes: what of its file was not read.
    """

    measure: str
    part: Part
    reading: ProductList
    worth: dict[str, float]
    total: float | None
    notes: tuple[str, ...]

    @cached_property
    def values(self) -> dict[Status, float] | None:
        """USD million of each status: as the list values its codes, else as imports by line; None where neither is."""
        if not self.worth:
            return self.reading.imports
        found = dict.fromkeys(STATUSES, 0.0)
        for written, status in {its.written: its.status for its in self.reading.products}.items():
            found[status] += self.worth[written]
        return found

    @property
    def basis(self) -> str:
        """Whose figures `values` are."""
        return "" if self.values is None else "the list's own" if self.worth else "imports of 2024, all partners"

    @property
    def refusal(self) -> str | None:
        """Why the measure cannot take the list, or None."""
        if not self.worth or self.values is None:
            return self.reading.refusal
        part = self.values["unknown"] / (sum(self.values.values()) or 1.0)
        if part <= MOST_UNKNOWN:
            return None
        unknown = [its.code for its in self.reading.of("unknown")]
        return (
            f"{part:.1%} of its trade value is of unknown codes ({enumerate_names(unknown)}), over the "
            f"{MOST_UNKNOWN:.0%} that is let pass: correct them or take them out"
        )

    def __str__(self) -> str:
        """The four counts in a sentence, each with its value where it is known."""
        values = self.values
        told = [
            f"{count:,} {_WORDS[status]}" + (f" ({_usd(values[status])})" if values is not None and count else "")
            for status, count in self.reading.counts.items()
        ]
        what = "goods" if self.part == "goods" else "exemptions"
        total = f"; official total {_usd(self.total)}" if self.total is not None else ""
        basis = f" ({self.basis})" if self.basis else ""
        return f"{self.measure}, {what}: {', '.join(told)}{basis}; HS {self.reading.edition}{total}"

    def sentences(self) -> tuple[str, ...]:
        """Notes for the reader: the counts, the codes that are not plainly read, overlaps, and what was not read."""
        said = [str(self)]
        for status, what in (
            ("unknown", "unknown and left out"),
            ("no-sector", "in no goods sector, so that their duty changes nothing here"),
        ):
            codes = [its.code for its in self.reading.products if its.status == status]
            if codes:
                said.append(
                    f"{self.measure}, {self.part}: {what}: {enumerate_names(list(dict.fromkeys(codes)), _NAMED)}"
                )
        moved = [f"{its.code} to {enumerate_names(its.covers, 3)}" for its in self.reading.of("moved")]
        if moved:
            listed = enumerate_names(moved, _NAMED)
            said.append(f"{self.measure}, {self.part}: moved by the conversion tables to HS {BASE}: {listed}")
        near = [f"{its.code}: {', '.join(its.suggestions)}" for its in self.reading.of("unknown") if its.suggestions]
        if near:
            said.append(f"{self.measure}, {self.part}: near unknown codes are {'; '.join(near[:_NAMED])}")
        overlaps = [f"{code} in {shorter}" for code, shorter in self.reading.overlaps]
        if overlaps:
            listed = enumerate_names(overlaps, _NAMED)
            said.append(f"{self.measure}, {self.part}: where codes overlap, the longest has the goods: {listed}")
        return (*said, *(f"{self.measure}, {self.part}: {note}" for note in self.notes))

    @property
    def note(self) -> str:
        """All that is said of the list, as one note of a result."""
        start = f"{self.measure}, {self.part}: "
        first, *more = self.sentences()
        return "; ".join([first, *(sentence.removeprefix(start) for sentence in more)])


def list_readings(measures: Iterable[Measure]) -> tuple[ListReading, ...]:
    """The lists of measures in their order, goods before exemptions."""
    return tuple(reading for measure in measures for reading in _of(measure))


def refuse_unknown(readings: Iterable[ListReading]) -> None:
    """Raise BadMeasure for the first list with a code that cannot be read, or of which too much is unknown."""
    for its in readings:
        where = f"measure {its.measure!r}" + (", exempt" if its.part == "exempt" else "")
        if its.reading.faults:
            raise BadMeasure(f"{where}: " + "; ".join(fault.message for fault in its.reading.faults[:_NAMED]))
        if its.refusal is not None:
            raise BadMeasure(f"{where}: {its.refusal}")


def counts_table(readings: Sequence[ListReading]) -> pd.DataFrame:
    """One row a list: measure, part, edition, the four counts, their values (USD million, NaN where unknown), basis.

    official_usd_mn is the total that the list is scaled to, NaN where it has none.
    """
    rows = []
    for its in readings:
        values = its.values or dict.fromkeys(STATUSES, float("nan"))
        counts = [its.reading.counts[status] for status in STATUSES]
        worth = [values[status] for status in STATUSES]
        official = float("nan") if its.total is None else its.total
        rows.append((its.measure, its.part, its.reading.edition, *counts, *worth, its.basis, official))
    named = [f"{name}_usd_mn" for name in COUNTS]
    return pd.DataFrame(rows, columns=["measure", "part", "edition", *COUNTS, *named, "basis", "official_usd_mn"])


def codes_table(readings: Sequence[ListReading]) -> pd.DataFrame:
    """One row a code of each list: measure, part, and the columns of `ProductList.table`."""
    frames = []
    for its in readings:
        frame = its.reading.table()
        frame.insert(0, "part", its.part)
        frame.insert(0, "measure", its.measure)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["measure", "part"])


def _of(measure: Measure) -> list[ListReading]:
    notes = {"goods": measure.goods.notes, "exempt": () if measure.exempted is None else measure.exempted.notes}
    return [replace(its, notes=notes[its.part]) if notes[its.part] else its for its in _without_notes(measure)]


@by_text
def _without_notes(measure: Measure) -> tuple[ListReading, ...]:
    """The lists of a measure. What was not read of their files is not in its text."""
    found = []
    goods, exempt = measure.goods, measure.exempted
    if goods.codes is not None:
        values = {line.hs: line.value for line in goods.codes if line.value is not None}
        worth = values if len(values) == len(goods.codes) else {}
        reading = reading_of(tuple(line.hs for line in goods.codes), goods.hs, measure.by)
        found.append(ListReading(measure.id, "goods", reading, worth, goods.value, ()))
    if exempt is not None and exempt.codes is not None:
        reading = reading_of(exempt.codes, exempt.hs, measure.by)
        found.append(ListReading(measure.id, "exempt", reading, {}, None, ()))
    return tuple(found)


def _usd(amount: float) -> str:
    """USD million to three digits, as a person writes it."""
    return f"USD {format_money(float(f'{amount:.3g}'))}"
