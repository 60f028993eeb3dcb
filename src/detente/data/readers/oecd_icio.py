"""The OECD's Inter-Country Input-Output tables as published: one CSV a year, sectors and final demand by country.

Rows and columns are `USA_A01`; after the sectors come the columns of final demand, `USA_HFCE`, and total output; below
them come net taxes on products, value added and output. The extended tables split Mexico and China by kind of
exporter (MX1, MX2, CN1, CN2); the parts are added to MEX and CHN.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from detente.data.readers.tables import InputOutput, Negative, Tariffs, file_of, to_world
from detente.data.sheets import open_numbers
from detente.data.world import Provenance, World
from detente.errors import BadTable
from detente.inputs import FloatArray

PARTS: Final = {"MX1": "MEX", "MX2": "MEX", "CN1": "CHN", "CN2": "CHN"}
"""Codes of the extended tables, and the economy each is a part of."""

FINAL_DEMAND: Final = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR", "P33", "NONRES", "CONS_ABR", "CONS_NONRES")
"""Household, non-profit and government consumption, investment, stocks, purchases abroad, by edition."""

_CELL: Final = re.compile(r"[A-Z][A-Z0-9]{1,2}_[A-Z]")
"""A label of the OECD's, `USA_A01`, which tells the header from lines above it."""

TAXES: Final = ("TLS", "TAXSUB")
VALUE_ADDED: Final = ("VA", "VALU")
OUTPUT: Final = ("OUT", "OUTPUT", "TOTAL")


def read_oecd_icio(
    path: Path | str,
    *,
    year: int | None,
    tariffs: Tariffs,
    negative: Negative = "refuse",
    name: str | None = None,
) -> World:
    """The world in an OECD ICIO file, USD million at basic prices, sectors as in the file.

    Value added includes net taxes on products, so that costs equal output. The tables hold no tariffs: `tariffs` is
    one rate on all imports of goods (0.0 says none), a tidy file of rates, or an array (n, i, j). `negative` says what
    to do with negative cells. Whether the accounts close is `world.check`'s to say.

    Raises BadTable where the layout is not the OECD's, a cell is not a number, or a cell is negative and `negative` is
    `refuse`.
    """
    path = file_of(path, "path")
    frame, notes = _numbers(path)
    economies, sectors = _axes(path.name, frame)
    categories = _categories(path.name, frame, sectors)
    taxes, value = _bottom(frame, TAXES), _bottom(frame, VALUE_ADDED)
    output = _bottom(frame, OUTPUT)
    if value is None or output is None:
        raise BadTable(f"{path.name} has no row {' or '.join(VALUE_ADDED if value is None else OUTPUT)}")
    rows = [str(label) for label in frame.index if _is_cell(str(label), sectors)]
    columns = [str(label) for label in frame.columns if _is_cell(str(label), sectors)]
    finals = [str(label) for label in frame.columns if _split(str(label))[1] in categories]
    costs = value[columns] + (taxes[columns] if taxes is not None else 0.0)
    table = InputOutput(
        inputs=_fold(frame.loc[rows, columns], economies, sectors, sectors),
        final=_fold(frame.loc[rows, finals], economies, sectors, categories),
        value_added=_fold(costs.to_frame().T, economies, None, sectors),
        output=_fold(output[columns].to_frame().T, economies, None, sectors),
        economies=economies,
        sectors=sectors,
        categories=categories,
    )
    provenance = Provenance(
        source=f"OECD Inter-Country Input-Output tables, file {path.name}",
        licence="attribution to the OECD is required",
        attribution="OECD Inter-Country Input-Output (ICIO) tables",
        vintage=str(year) if year is not None else "",
        notes=("value added includes net taxes on products", "tariffs were given by the user", *notes),
    )
    return to_world(table, path, year=year, tariffs=tariffs, negative=negative, name=name, provenance=provenance)


def _numbers(path: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The file as floats labelled by its first row and column, and notes; the cell that is not a number is named."""
    table = open_numbers(path, lambda cells: any(map(_CELL.match, cells[1:])))
    raw = table.frame
    if raw.shape[1] < 1:
        raise BadTable(f"{path.name} has {raw.shape[1] + 1} columns: the OECD layout has one a country and sector")
    raw = raw[[label for label in raw.columns if not (str(label).startswith("Unnamed: ") and raw[label].isna().all())]]
    notes = table.warn_unread(table.columns)
    if not raw.index.is_unique:
        raise BadTable(f"{path.name} has the row {raw.index[raw.index.duplicated()][0]!r} more than once: keep one")
    frame = pd.DataFrame({label: pd.to_numeric(raw[label], errors="coerce") for label in raw.columns})
    bad = ~np.isfinite(frame.to_numpy(dtype=np.float64))
    if bad.any():
        r, c = (int(position) for position in np.argwhere(bad)[0])
        raise BadTable(
            f"{path.name}, row {frame.index[r]}, column {frame.columns[c]}: {str(raw.iloc[r, c])!r} is not a "
            f"finite number ({bad.sum()} such cells)"
        )
    return frame, notes


def _split(label: str) -> tuple[str, str]:
    """Economy and item of a label: `USA_C17_18` gives USA and C17_18; a label without `_` has no economy."""
    economy, underscore, item = label.partition("_")
    return (PARTS.get(economy, economy), item) if underscore else ("", label)


def _is_cell(label: str, sectors: tuple[str, ...]) -> bool:
    economy, item = _split(label)
    return economy != "" and item in sectors


def _axes(where: str, frame: pd.DataFrame) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Economies and sectors in the order of the rows; each economy has every sector, in rows and columns alike."""
    totals = (*TAXES, *VALUE_ADDED, *OUTPUT)
    cells = [pair for pair in map(_split, map(str, frame.index)) if pair[0] and pair[1] not in totals]
    if not cells:
        raise BadTable(f"{where} has no row such as USA_A01: this is not the OECD's ICIO layout")
    economies = tuple(dict.fromkeys(economy for economy, _ in cells))
    sectors = tuple(dict.fromkeys(sector for _, sector in cells))
    columns = {pair for pair in map(_split, map(str, frame.columns)) if pair[1] in sectors}
    if set(cells) != columns or len(set(cells)) != len(economies) * len(sectors):
        full = {(economy, sector) for economy in economies for sector in sectors}
        economy, sector = sorted((full - set(cells)) | (full - columns) | (columns - full))[0]
        raise BadTable(f"{where} lacks {economy}_{sector} among its rows or columns: the table has to be square")
    return economies, sectors


def _categories(where: str, frame: pd.DataFrame, sectors: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds of final demand among the columns; raises BadTable for a column that is none of what is known."""
    items = dict.fromkeys(_split(str(column))[1] for column in frame.columns)
    others = [item for item in items if item not in sectors and item not in OUTPUT]
    unknown = [item for item in others if item not in FINAL_DEMAND]
    if unknown:
        raise BadTable(
            f"{where} has columns of {', '.join(unknown)}, neither a sector of its rows nor final demand "
            f"({', '.join(FINAL_DEMAND)})"
        )
    if not others:
        raise BadTable(f"{where} has no columns of final demand, such as USA_HFCE")
    return tuple(others)


def _bottom(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.Series | None:
    """The sum of the rows of one account below the table, which some editions give by country (`USA_TAXSUB`)."""
    rows = [label for label in frame.index if _split(str(label))[1] in names]
    return frame.loc[rows].sum(axis=0) if rows else None


def _fold(
    block: pd.DataFrame, economies: tuple[str, ...], row_items: tuple[str, ...] | None, items: tuple[str, ...]
) -> FloatArray:
    """A labelled block as an array (i, k, n, item), parts added to their economy; without row_items (n, item)."""

    def positions(labels: pd.Index, of: tuple[str, ...]) -> list[int]:
        split = [_split(str(label)) for label in labels]
        return [economies.index(economy) * len(of) + of.index(item) for economy, item in split]

    width = len(economies) * len(items)
    columns = np.zeros((len(block), width))
    np.add.at(columns.T, positions(block.columns, items), block.to_numpy(dtype=np.float64).T)
    if row_items is None:
        return columns.reshape(len(economies), len(items))
    folded = np.zeros((len(economies) * len(row_items), width))
    np.add.at(folded, positions(block.index, row_items), columns)
    return folded.reshape(len(economies), len(row_items), len(economies), len(items))
