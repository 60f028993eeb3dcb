"""A world input-output table in the layout of WIOD's 2016 release.

One row a country and industry: IndustryCode, IndustryDescription, Country, RNr, Year, then a column for each buyer,
`AUS1` to `AUS56` for industries by their number and `AUS57` to `AUS61` for final demand, then `TOT`. Below stand rows
of the country TOT: taxes, adjustments, value added, transport margins and output.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from detente.data.readers.tables import InputOutput, Negative, Tariffs, file_of, numbers, one_year, read_frame, to_world
from detente.data.world import Provenance, World
from detente.errors import BadTable
from detente.inputs import FloatArray

VALUE_ADDED: Final = ("TXSP", "EXP_adj", "PURR", "PURNR", "VA", "IntTTM")
"""Rows that with the inputs make output: taxes, adjustments, purchases by and abroad, value added, margins."""

OUTPUT: Final = "GO"
INPUTS: Final = "II_fob"
"""The sum of the inputs, which the rows above already hold."""

_KNOWN: Final = ("IndustryCode", "IndustryDescription", "Country", "RNr", "Year", "TOT")
"""Columns beside those of the buyers."""
_BUYER: Final = re.compile(r"([A-Z]{3})([0-9]+)")


def read_wiod(
    path: Path | str,
    *,
    tariffs: Tariffs,
    year: int | None = None,
    negative: Negative = "refuse",
    name: str | None = None,
) -> World:
    """The world in a WIOD-style table (CSV, Parquet or Excel), USD million, sectors as in IndustryCode.

    Value added includes taxes, adjustments and transport margins, so that costs equal output. The tables hold no
    tariffs: see `read_oecd_icio` for `tariffs` and `negative`. Raises BadTable where the layout is another, a cell is
    not a number, or a cell is negative and `negative` is `refuse`.
    """
    path = file_of(path, "path")
    cells = read_frame(path, ("IndustryCode", "Country"))
    frame = cells.frame
    if "Year" in frame.columns:
        frame, year = one_year(frame.rename(columns={"Year": "year"}), year, path.name)
    buyers = [str(column) for column in frame.columns if _BUYER.fullmatch(str(column))]
    unread = cells.warn_unread([*_KNOWN, *buyers])
    frame = numbers(frame, ["RNr", *buyers], path.name)
    body, below = frame[frame["Country"] != "TOT"], frame[frame["Country"] == "TOT"]
    economies = tuple(dict.fromkeys(body["Country"]))
    sectors = _sectors(path.name, body, economies)
    categories = _categories(path.name, buyers, economies, len(sectors))
    n, j, c = len(economies), len(sectors), len(categories)
    flows = body[_columns(economies, range(1, j + 1 + c))].to_numpy(dtype=np.float64).reshape(n, j, n, j + c)
    below = below.set_index("IndustryCode")
    table = InputOutput(
        inputs=flows[..., :j],
        final=flows[..., j:],
        value_added=_bottom(path.name, below, VALUE_ADDED, economies, j),
        output=_bottom(path.name, below, (OUTPUT,), economies, j),
        economies=economies,
        sectors=sectors,
        categories=categories,
    )
    provenance = Provenance(
        source=f"a world input-output table in WIOD's layout, file {path.name}",
        licence="see its source",
        attribution="World Input-Output Database, where the file is from it",
        vintage=str(year) if year is not None else "",
        notes=(
            "value added includes taxes, adjustments and transport margins",
            "tariffs were given by the user",
            *unread,
        ),
    )
    return to_world(table, path, year=year, tariffs=tariffs, negative=negative, name=name, provenance=provenance)


def _sectors(where: str, body: pd.DataFrame, economies: tuple[str, ...]) -> tuple[str, ...]:
    """The industries in order, the same for every economy, numbered from 1."""
    sectors: tuple[str, ...] = ()
    for economy in economies:
        rows = body[body["Country"] == economy]
        codes = tuple(rows["IndustryCode"])
        sectors = sectors or codes
        if list(rows["RNr"]) != list(range(1, len(codes) + 1)):
            raise BadTable(f"{where} has the rows of {economy} out of order: RNr has to count from 1, row by row")
        if codes != sectors:
            raise BadTable(
                f"{where} lists the industries of {economy} otherwise than those of {economies[0]}: every country "
                "needs the same IndustryCode in the same order"
            )
    if not sectors:
        raise BadTable(f"{where} has no rows of countries, only TOT")
    if (body["Country"] != body["Country"].shift()).sum() != len(economies):
        raise BadTable(f"{where} has the rows of a country in more than one place: keep each country together")
    return sectors


def _columns(economies: tuple[str, ...], buyers: range) -> list[str]:
    return [f"{economy}{number}" for economy in economies for number in buyers]


def _categories(where: str, buyers: list[str], economies: tuple[str, ...], j: int) -> tuple[str, ...]:
    """The numbers of the final-demand columns; raises BadTable where a country's columns differ from the others'."""
    highest = max((int(column[3:]) for column in buyers), default=0)
    wanted = set(_columns(economies, range(1, highest + 1)))
    if highest <= j or set(buyers) != wanted:
        odd = sorted(wanted ^ set(buyers))
        raise BadTable(
            f"{where} has {j} industries, so each country needs the columns 1 to {j} for them and further ones for "
            f"final demand; at odds: {', '.join(odd[:5]) or f'no column over {j}'}"
        )
    return tuple(str(number) for number in range(j + 1, highest + 1))


def _bottom(where: str, below: pd.DataFrame, names: tuple[str, ...], economies: tuple[str, ...], j: int) -> FloatArray:
    """The sum (n, j) of rows below the table; value added and output have to be there."""
    needed = names if names == (OUTPUT,) else ("VA",)
    missing = [name for name in needed if name not in below.index]
    unknown = [str(code) for code in below.index if code not in (*VALUE_ADDED, OUTPUT, INPUTS)]
    if missing or unknown:
        problem = f"lacks the row {missing[0]}" if missing else f"has the row {unknown[0]}, which is not WIOD's,"
        raise BadTable(f"{where} {problem} under the country TOT")
    present = [name for name in names if name in below.index]
    rows = below.loc[present, _columns(economies, range(1, j + 1))]
    return np.asarray(rows.to_numpy(dtype=np.float64).sum(axis=0).reshape(len(economies), j))
