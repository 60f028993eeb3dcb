"""Persons by economy, and households where they are counted.

Persons are the World Bank's; households are those that a dispute file counts, or a count that comes with the package.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from detente.data.codes import read_packaged
from detente.errors import BadWorld
from detente.inputs import FloatArray, floats


class HouseholdCount(NamedTuple):
    """The number of households of an economy, the year it is of, and who counted them."""

    households: float
    year: int
    source: str


@cache
def persons_in(year: int) -> Mapping[str, float]:
    """Economy → persons in a year; economies that the source lacks, and years it lacks, are left out."""
    table = read_packaged("households/persons.csv", numbers=("year", "persons"))
    rows = table[table["year"] == year]
    return dict(zip(rows["economy"], rows["persons"], strict=True))


@cache
def known_households() -> Mapping[str, HouseholdCount]:
    """Economy → the count of its households that comes with the package."""
    table = read_packaged("households/households.csv", numbers=("year", "households"))
    columns = (table[name] for name in ("economy", "households", "year", "source"))
    return {code: HouseholdCount(count, int(year), source) for code, count, year, source in zip(*columns, strict=True)}


def counted(persons: ArrayLike | None, economies: Sequence[str]) -> FloatArray:
    """Persons (n,) as a world holds them, NaN where nobody counted. Raises BadWorld for counts that are none."""
    if persons is None:
        persons = np.full(len(economies), np.nan)
    counts = floats(persons, "persons", BadWorld)
    if counts.shape != (len(economies),):
        raise BadWorld(
            f"persons has shape {counts.shape}, but there are {len(economies)} economies: give one count each"
        )
    wrong = np.isinf(counts) | (counts <= 0)
    if wrong.any():
        n = int(wrong.argmax())
        raise BadWorld(
            f"persons of {economies[n]} is {counts[n]:g}: give a count above zero, or NaN where it is not known"
        )
    return counts
