"""Do the accounts of a world close? And, only when told to, making them close and listing what moved.

Three accounts: what a sector sells is what it costs to make; what an economy spends on a sector covers what its firms
use of it; and every economy that sells anything earns value added.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from detente.data.labelled import Floats, Labelled
from detente.errors import BadWorld

TOLERANCE: Final = 1e-6
"""Relative. The bundled worlds are stored in single precision and close to 1e-7; 1e-6 leaves room for sums of them."""

MOVED_COLUMNS: Final = ("account", "importer", "exporter", "sector", "old", "new", "why")
"""Columns of every list of changes. For io, `exporter` holds the input sector; for value added it is empty."""


def check(world: Labelled) -> None:
    """Close every account to 1e-6 relative.

    Raises BadWorld naming the worst cell, its gap, and what to try: output[i, j] = Σ_k io[i, k, j] + value_added[i, j];
    final demand = expenditure − Σ_j io ≥ 0; an economy with sales has value added.
    """
    costs = world.io.sum(axis=1) + world.value_added
    _check_output(world, world.output, costs)
    _check_final_demand(world)
    idle = (world.value_added.sum(axis=1) == 0) & (world.output.sum(axis=1) > 0)
    if idle.any():
        raise BadWorld(
            f"{world.economies[int(np.argmax(idle))]} sells but has no value added, so nobody there earns anything: "
            "give its value added, or merge it into another economy with aggregate()"
        )


def balance(world: Labelled) -> tuple[Floats, Floats, pd.DataFrame]:
    """io (n, k, j) and value_added (n, j), USD million, that close every account of `check`, and the list of moves.

    Flows and tariffs stay. First the costs of each sector, inputs and value added alike, are scaled to its output,
    which keeps the cost shares (where a sector sells but has no costs, all its output becomes value added). Then an
    input use over the economy's whole expenditure on it is scaled down to it, and the value added of its users takes
    the rest.
    """
    output = world.output
    costs = world.io.sum(axis=1) + world.value_added
    scale = np.divide(output, costs, out=np.zeros_like(output), where=costs > 0)
    scale[np.abs(output - costs) <= TOLERANCE * np.maximum(output, costs)] = 1.0
    io = world.io * scale[:, None, :]
    value_added = np.where((costs == 0) & (output > 0), output, world.value_added * scale)
    used, spent = io.sum(axis=2), world.expenditure
    keep = np.where(
        used > spent * (1.0 + TOLERANCE), np.divide(spent, used, out=np.ones_like(used), where=used > 0), 1.0
    )
    freed = (io * (1.0 - keep)[:, :, None]).sum(axis=1)
    io, value_added = io * keep[:, :, None], value_added + freed
    moved = pd.concat(
        [_moves(world, "io", world.io, io), _moves(world, "value_added", world.value_added, value_added)],
        ignore_index=True,
    )
    return io, value_added, moved


def no_moves() -> pd.DataFrame:
    """An empty list of changes."""
    return moves([])


def moves(rows: list[tuple[str, str, str, str, float, float, str]]) -> pd.DataFrame:
    """A list of changes from its rows, in the columns of MOVED_COLUMNS."""
    frame = pd.DataFrame(rows, columns=list(MOVED_COLUMNS))
    return frame.astype({"old": "float64", "new": "float64"})


def _check_output(world: Labelled, output: Floats, costs: Floats) -> None:
    size = np.maximum(output, costs)
    gap = np.divide(np.abs(output - costs), size, out=np.zeros_like(size), where=size > 0)
    worst = float(gap.max())
    if worst > TOLERANCE:
        i, j = np.unravel_index(int(gap.argmax()), gap.shape)
        cells = int((gap > TOLERANCE).sum())
        raise BadWorld(
            f"output of {world.economies[i]} in {world.sectors[j]} is {output[i, j]:,.6g} (USD mn) but its inputs and "
            f"value added sum to {costs[i, j]:,.6g}, a gap of {worst:.2%} ({cells} such cells): mend flows, io or "
            "value_added, or run `world.balance()`, which scales costs to output and lists what moved"
        )


def _check_final_demand(world: Labelled) -> None:
    spent, used = world.expenditure, world.io.sum(axis=2)
    size = np.maximum(spent, used)
    short = np.divide(used - spent, size, out=np.zeros_like(size), where=size > 0)
    worst = float(short.max())
    if worst > TOLERANCE:
        n, k = np.unravel_index(int(short.argmax()), short.shape)
        cells = int((short > TOLERANCE).sum())
        raise BadWorld(
            f"firms of {world.economies[n]} use {used[n, k]:,.6g} (USD mn) of {world.sectors[k]} but the economy "
            f"spends only {spent[n, k]:,.6g} on it, so final demand is negative by {worst:.2%} ({cells} such cells): "
            "mend io or flows, or run `world.balance()`, which cuts the inputs to what is spent and lists what moved"
        )


def _moves(world: Labelled, account: str, old: Floats, new: Floats) -> pd.DataFrame:
    """Every cell of one account that changed."""
    rows: list[tuple[str, str, str, str, float, float, str]] = []
    for where in np.argwhere(old != new):
        at = tuple(int(position) for position in where)
        source = world.sectors[at[1]] if account == "io" else ""
        rows.append(
            (account, world.economies[at[0]], source, world.sectors[at[-1]], float(old[at]), float(new[at]), "balanced")
        )
    return moves(rows)
