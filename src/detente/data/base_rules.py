"""The three rules of the base tariffs of bundled worlds, from what a world stores.

`simple` are the simple averages of the source. `scaled` scales the row of each importer to its published mean where it
is off by more than a stated factor. `collected` is `scaled` with the row of the US from customs records. Measures in
force in the year of the flows are on top of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.data import us_duties
from detente.data.base_tariffs import Collected, Origins
from detente.data.codes import read_packaged
from detente.inputs import FloatArray

SIMPLE: Final = "simple"
SCALED: Final = "scaled"
COLLECTED: Final = "collected"
"""The rule that bundled worlds use unless told otherwise."""
CUSTOMS: Final = "US Census, imports for consumption and calculated duty"
PUBLISHED: Final = "World Development Indicators, applied tariffs weighted by trade"
CAP: Final = 0.6
"""Higher cells were capped in the source: scaling raises none above it."""


def scaled(simple: FloatArray, factors: FloatArray) -> FloatArray:
    """Tariffs (n, i, j) times the factor of their importer (n,), none raised above CAP."""
    times = simple * factors[:, None, None]
    return np.where(factors[:, None, None] > 1.0, np.minimum(times, np.maximum(simple, CAP)), times)


def rules(stored: Mapping[str, Any], economies: list[str]) -> dict[str, FloatArray]:
    """Rule → base tariffs (n, i, j), measures in force included."""
    simple, usa = stored["simple"], economies.index("USA")
    by_importer = scaled(simple, stored["factors"])
    collected = by_importer.copy()
    collected[usa] = stored["usa"]
    measures = sum(in_force(stored, simple.shape).values(), np.zeros(simple.shape))
    return {SIMPLE: simple + measures, SCALED: by_importer + measures, COLLECTED: collected + measures}


def in_force(stored: Mapping[str, Any], shape: tuple[int, ...]) -> dict[str, FloatArray]:
    """Authority → the measures in force in the year of the flows (n, i, j), fractions."""
    made = {str(authority): np.zeros(shape) for authority in stored["authorities"]}
    for at, authority in enumerate(made):
        rows = stored["in_force_at"][:, 0] == at
        n, i, j = stored["in_force_at"][rows, 1:].T
        made[authority][n, i, j] = stored["in_force"][rows]
    return made


def origins(stored: Mapping[str, Any], economies: list[str], world: str) -> Origins:
    """Where each cell is from under each rule, the measures in force, preferences, and customs records."""
    simple, shape = stored["simple"], stored["simple"].shape
    usa = economies.index("USA")
    customs, product_year = int(stored["customs_year"]), us_duties.PRODUCT_YEAR
    held = us_duties.arrangements(customs)
    names = (
        "simple average", f"simple average, capped at {CAP:.0%}", "simple average, scaled to the weighted mean",
        f"customs {customs}", f"MFN by product, customs {product_year}", *sorted({*held.values(), us_duties.SEVERAL}),
    )  # fmt: skip
    plain = np.where(simple >= CAP, 1, 0).astype(np.int16)
    moved = np.where(stored["factors"][:, None, None] != 1.0, np.int16(2), plain)
    collected = moved.copy()
    collected[usa] = np.where(stored["recorded"], 3, 4)
    preferences = np.full(shape, -1, dtype=np.int16)
    for i, code in enumerate(economies):
        arrangement = us_duties.SEVERAL if code == us_duties.REST else held.get(code)
        if arrangement is not None:
            preferences[usa, i] = names.index(arrangement)
    preferences[usa, usa] = -1
    return Origins(
        names=names,
        sources={SIMPLE: plain, SCALED: moved, COLLECTED: collected},
        in_force=in_force(stored, shape),
        preferences=preferences,
        collected=_collected(world),
        customs_year=customs,
        union=frozenset(_importers(world).query("union != ''")["importer"]),
    )


def _collected(world: str) -> dict[str, Collected]:
    """What is known of each importer: customs records of the US, the weighted mean of applied rates of others."""
    table = _importers(world)
    known = table[table["reference"].notna()]
    made = {
        str(code): Collected(int(year), PUBLISHED, float(rate))
        for code, year, rate in known[["importer", "year", "reference"]].to_numpy()
    }
    columns = ("year", "imports", "duty", "placed_imports", "placed_duty")
    records = read_packaged("duties/collected.csv", numbers=columns)
    records = records[records["world"] == world]
    for code, row in zip(records["importer"], records[list(columns)].to_numpy().tolist(), strict=True):
        year, imports, duty, placed_imports, placed_duty = row
        made[code] = Collected(int(year), CUSTOMS, duty / imports, imports, duty, placed_imports, placed_duty)
    return made


def _importers(world: str) -> pd.DataFrame:
    """The rows of `duties/importers.csv` for a world; year and reference are missing where no mean is published."""
    table = read_packaged("duties/importers.csv")
    table = table[table["world"] == world]
    return table.assign(**{name: pd.to_numeric(table[name]) for name in ("year", "reference")})
