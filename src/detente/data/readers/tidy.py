"""Tidy tables, one row a flow: `year, exporter, importer, sector, value`, in CSV, Parquet or Excel.

Beside the flows stand, if there are input links, an io table (`year, economy, input, sector, value`) and a table of
value added (`year, economy, sector, value`). Money is USD million; a file that holds one year may leave `year` out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from detente.data.accounts import cell
from detente.data.readers.tables import Tariffs, file_of, numbers, one_year, place, read_frame, tariff_array
from detente.data.world import Provenance, World
from detente.errors import BadTable
from detente.inputs import FloatArray

Missing = Literal["refuse", "zero"]
"""What a cell without a row means: an error, or a zero that the provenance counts."""


def read_tidy(
    flows: Path | str,
    *,
    tariffs: Tariffs,
    io: Path | str | None = None,
    value_added: Path | str | None = None,
    year: int | None = None,
    missing: Missing = "refuse",
    name: str | None = None,
) -> World:
    """The world in tidy tables, USD million, flows net of tariffs with own sales in them.

    Economies and sectors stand in the order in which exporters and sectors first appear. `tariffs` is one rate on all
    imports of goods (0.0 says none), a tidy file (`importer, exporter, sector, rate`), or an array (n, i, j). A cell
    without a row is refused, or with missing='zero' a zero. Raises BadTable for missing columns, codes turned into
    numbers, values that are no numbers, cells given twice, and codes that only one of the tables has.
    """
    path = file_of(flows, "flows")
    notes: list[str] = []
    frame, year = _read(path, ("exporter", "importer", "sector"), year, notes)
    economies = tuple(dict.fromkeys(frame["exporter"]))
    sectors = tuple(dict.fromkeys(frame["sector"]))
    strays = sorted(set(frame["importer"]) ^ set(economies))
    if strays:
        raise BadTable(
            f"{path.name} has {', '.join(strays[:5])} among its importers or its exporters but not both: an economy "
            "sells and buys, at least from itself"
        )
    counted: list[str] = []

    def settle(name: str, file: Path, table: pd.DataFrame, axes: dict[str, Sequence[str]]) -> FloatArray:
        values, seen = place(table, axes, "value", file.name)
        gaps = int((~seen).sum())
        if gaps and missing == "refuse":
            at = np.argwhere(~seen)[0]
            label = cell(name, [labels[int(p)] for labels, p in zip(axes.values(), at, strict=True)])
            raise BadTable(
                f"{file.name} has no row for {label} ({gaps} such cells): add the rows, or read it with missing='zero'"
            )
        if gaps:
            counted.append(f"{gaps} of {seen.size} cells of {name} had no row in {file.name} and were read as 0")
        return values

    if (io is None) != (value_added is None):
        raise BadTable("give io and value_added together, or neither for a world without input links")
    bought = settle("flows", path, frame, {"importer": economies, "exporter": economies, "sector": sectors})
    uses = added = None
    if io is not None and value_added is not None:
        inputs_file, added_file = file_of(io, "io"), file_of(value_added, "value_added")
        table, _ = _read(inputs_file, ("economy", "input", "sector"), year, notes)
        uses = settle("io", inputs_file, table, {"economy": economies, "input": sectors, "sector": sectors})
        table, _ = _read(added_file, ("economy", "sector"), year, notes)
        added = settle("value_added", added_file, table, {"economy": economies, "sector": sectors})
    return World(
        bought,
        tariff_array(tariffs, economies, sectors, year),
        uses,
        added,
        economies,
        sectors,
        name=name or path.stem,
        year=year,
        provenance=Provenance(source=f"tidy tables, file {path.name}", replaced=tuple(counted), notes=tuple(notes)),
    )


def _read(path: Path, codes: tuple[str, ...], year: int | None, notes: list[str]) -> tuple[pd.DataFrame, int | None]:
    """One year of a tidy table, with its values as numbers; `notes` take what was not read."""
    table = read_frame(path, codes)
    notes += table.warn_unread((*codes, "value", "year"))
    frame = table.frame
    if "year" in frame.columns:
        frame, year = one_year(frame, year, table.name)
    return numbers(frame, ["value"], table.name), year
