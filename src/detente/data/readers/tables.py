"""The parts that all readers share: negative cells, tariffs, and the conversion of a table into a World."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detente.data.accounts import moves
from detente.data.codes import service_codes
from detente.data.readers.files import numbers, one_year, read_frame
from detente.data.world import Provenance, World
from detente.errors import BadTable
from detente.inputs import FloatArray

Negative = Literal["refuse", "net", "zero"]
"""What to do with negative cells, mostly stocks run down. `refuse`: raise. `net`: add them to the other uses of the
same flow, which changes no total, and refuse only a total that stays negative. `zero`: set each to 0 and list it in
`moved`; the accounts then need `world.balance()`."""

Tariffs = float | Path | str | ArrayLike
"""One rate on all imports of goods (0.0 says: none), a tidy table (importer, exporter, sector, rate) or an array."""


@dataclass(frozen=True)
class InputOutput:
    """A world input-output table, USD million: n, i economies, k, j sectors, c categories of final demand."""

    inputs: FloatArray
    """(i, k, n, j): what sector j of n uses of k from i."""
    final: FloatArray
    """(i, k, n, c): final demand of n for k from i."""
    value_added: FloatArray
    """(n, j), everything that makes costs output: taxes and margins included."""
    output: FloatArray
    """(n, j), as the table itself states it."""
    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]


def to_world(
    table: InputOutput,
    *,
    where: str,
    year: int | None,
    tariffs: Tariffs,
    negative: Negative,
    name: str,
    provenance: Provenance,
) -> World:
    """The world of an input-output table; raises BadTable for negative cells, unless told, and a wrong output row."""
    sums = table.inputs.sum(axis=(2, 3)) + table.final.sum(axis=(2, 3))
    gap = np.abs(sums - table.output) / np.maximum(np.maximum(np.abs(sums), np.abs(table.output)), 1e-9)
    if gap.max() > 1e-3:
        i, k = np.unravel_index(int(gap.argmax()), gap.shape)
        raise BadTable(
            f"{where} states an output of {table.output[i, k]:,.6g} for {table.economies[i]} in {table.sectors[k]}, "
            f"but its row sums to {sums[i, k]:,.6g}: a column is missing or misread"
        )
    inputs, moved_inputs = _settled(table, table.inputs, "io", table.sectors, negative, where)
    final, moved_final = _settled(table, table.final, "final demand", table.categories, negative, where)
    value_added, moved_value = _settled(table, table.value_added, "value added", (), negative, where)
    moved = moved_inputs + moved_final + moved_value
    changed = sum(new - old for *_, old, new, _ in moved)
    sentence = f"{len(moved)} negative cells were set to 0, {changed:,.6g} USD mn in all; each is listed in `moved`"
    return World(
        (inputs.sum(axis=3) + final.sum(axis=3)).transpose(2, 0, 1),
        tariff_array(tariffs, table.economies, table.sectors, year),
        inputs.sum(axis=0).transpose(1, 0, 2),
        value_added,
        table.economies,
        table.sectors,
        name=name,
        year=year,
        provenance=provenance.with_replaced(sentence) if moved else provenance,
        moved=moves(moved),
    )


def tariff_array(tariffs: Tariffs, economies: Sequence[str], sectors: Sequence[str], year: int | None) -> FloatArray:
    """Tariffs (n, i, j), fractions, 0 inside an economy; raises BadTable for a table with gaps or repeated rows."""
    n, j = len(economies), len(sectors)
    if isinstance(tariffs, str | Path):
        return _tidy_tariffs(Path(tariffs), list(economies), list(sectors), year)
    array = np.asarray(tariffs, dtype=np.float64)
    if array.ndim > 0:
        return array
    made = np.full((n, n, j), float(array))
    made[np.arange(n), np.arange(n)] = 0.0
    made[:, :, [s for s, code in enumerate(sectors) if code in service_codes()]] = 0.0
    return made


def place(frame: pd.DataFrame, axes: dict[str, Sequence[str]], value: str, where: str) -> tuple[FloatArray, np.ndarray]:
    """The values of a tidy frame on labelled axes, and which cells had a row; raises BadTable.

    `axes` gives the labels of each column, in the order of the axes; an unknown label and a second row for a cell are
    refused.
    """
    at = []
    for column, labels in axes.items():
        codes = pd.Index(labels).get_indexer(pd.Index(frame[column]))
        if (codes < 0).any():
            stray = frame[column].iloc[int(np.argmax(codes < 0))]
            raise BadTable(f"{where} has {stray!r} in column {column}, which the flows do not have: use the same codes")
        at.append(codes)
    shape = tuple(len(labels) for labels in axes.values())
    flat = np.ravel_multi_index(tuple(at), shape)
    twice = pd.Series(flat).duplicated()
    if twice.any():
        row = frame.iloc[int(twice.to_numpy().argmax())]
        label = ", ".join(f"{column} {row[column]}" for column in axes)
        raise BadTable(f"{where} has {twice.sum()} cells more than once, first {label}: add them up or keep one")
    values, seen = np.zeros(shape), np.zeros(shape, dtype=bool)
    values.flat[flat] = frame[value].to_numpy(dtype=np.float64)
    seen.flat[flat] = True
    return values, seen


def _tidy_tariffs(path: Path, economies: list[str], sectors: list[str], year: int | None) -> FloatArray:
    frame = read_frame(path, ("importer", "exporter", "sector"))
    if "year" in frame.columns:
        frame, _ = one_year(frame, year, path.name)
    frame = numbers(frame, ["rate"], path.name)
    axes: dict[str, Sequence[str]] = {"importer": economies, "exporter": economies, "sector": sectors}
    rates, seen = place(frame, axes, "rate", path.name)
    seen[np.arange(len(economies)), np.arange(len(economies))] = True
    if not seen.all():
        n, i, s = (int(position) for position in np.argwhere(~seen)[0])
        raise BadTable(
            f"{path.name} has no rate for {economies[n]} from {economies[i]} in {sectors[s]} ({(~seen).sum()} such "
            "cells): give every rate, zeros included"
        )
    return rates


def _settled(
    table: InputOutput, array: FloatArray, account: str, last: tuple[str, ...], negative: Negative, where: str
) -> tuple[FloatArray, list[tuple[str, str, str, str, float, float, str]]]:
    """One block of the table with its negative cells refused, kept for netting, or set to 0 and listed."""
    low = np.argwhere(array < 0)
    if len(low) == 0 or negative == "net":
        return array, []
    rows = []
    for position in low:
        at = tuple(int(p) for p in position)
        value = float(array[at])
        if account == "value added":
            rows.append((account, table.economies[at[0]], "", table.sectors[at[1]], value, 0.0, "negative cell"))
        else:
            use = f"{account}: {last[at[3]]}"
            buyer, seller = table.economies[at[2]], table.economies[at[0]]
            rows.append((use, buyer, seller, table.sectors[at[1]], value, 0.0, "negative cell"))
    if negative == "refuse":
        use, buyer, seller, sector, value, *_ = min(rows, key=lambda row: row[4])
        from_whom = f" from {seller}" if seller else ""
        raise BadTable(
            f"{where} has {len(rows)} negative cells in {account}, lowest {value:,.6g} ({use} of {buyer}{from_whom} in "
            f"{sector}): read it with negative='net', which adds them to the other uses of the flow, or with "
            "negative='zero', which sets them to 0 and lists them"
        )
    return np.maximum(array, 0.0), rows
