"""Bounds of the rates that governments choose: two numbers, or arrays with a bound for each cell."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from detente.data.rates import refuse_percent_of_bounds
from detente.errors import BadInput
from detente.inputs import FloatArray, IntArray, floats, shown
from detente.model.benchmark import Benchmark

Bounds = tuple[ArrayLike, ArrayLike]
"""Lowest and highest tariff, fractions: each a number, or an array (n, i, j)."""
Floor = Literal["in-force"]
"""in-force: no rate lies below the duty with which a search starts."""
Cells = tuple[IntArray, IntArray, IntArray]

#: Wide enough that no optimum of the bundled elasticity sets touches them, except where demand is inelastic.
BOUNDS = (-0.9, 20.0)
_USE = "give two fractions over −1, the lower first, each a number or an array (importer, exporter, sector)"


def rate_bounds(
    given: Bounds | None, economy: Benchmark, cells: Cells, group: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Lowest and highest ln(1+t) of each rate; one that several cells take keeps the bounds of them all.

    Entries of arrays for cells that nobody sets are not looked at.

    Parameters
    ----------
    cells, group
        Importer, exporter and sector of every cell that is set, and the rate that it takes.

    Raises
    ------
    BadInput
        Where bounds are no pair, have another shape, are no numbers over −1, are not in order, leave nothing to
        choose, or are percentages.
    """
    low, high = (
        _of_cells(part, side, economy, cells) for part, side in zip(_pair(given), ("lower", "upper"), strict=True)
    )
    wrong = ~((low > -1) & (low <= high) & (high < np.inf))
    if wrong.any():
        k = int(wrong.argmax())
        raise BadInput(f"bounds {low[k]:.6g} and {high[k]:.6g}{_at(economy, cells, k)} are not in order: {_USE}")
    if (low == high).all():
        raise BadInput(f"bounds are {low[0]:.6g} and {high[0]:.6g}, not in order, and leave nothing to choose: {_USE}")
    refuse_percent_of_bounds(float(high.max()), BadInput)
    size = int(group.max()) + 1
    lower, upper = np.full(size, -np.inf), np.full(size, np.inf)
    np.maximum.at(lower, group, np.log1p(low))
    np.minimum.at(upper, group, np.log1p(high))
    if (lower > upper).any():
        k = int(np.argmax(lower > upper))
        at = _at(economy, cells, int(np.argmax(group == k)))
        raise BadInput(
            f"bounds of the cells that take one rate{at} have no rate in common: one may not be under "
            f"{np.expm1(lower[k]):.6g}, another not over {np.expm1(upper[k]):.6g}; give rates='sector', or wider bounds"
        )
    return lower, upper


def _pair(given: Any) -> tuple[Any, Any]:
    """The lower and the upper bound. Raises BadInput for anything that is no pair."""
    if given is None:
        return BOUNDS
    several = isinstance(given, list | tuple) or (isinstance(given, np.ndarray) and given.ndim > 0)
    if not several or len(given) != 2:
        count = f"{len(given)} entries" if several else shown(given)
        raise BadInput(f"bounds are {count}: {_USE}")
    return given[0], given[1]


def _of_cells(given: ArrayLike, side: str, economy: Benchmark, cells: Cells) -> FloatArray:
    """One bound of every cell that is set. Raises BadInput."""
    array = floats(given, f"the {side} bound")
    if array.shape not in ((), economy.pi.shape):
        raise BadInput(f"the {side} bound has shape {array.shape}, but {economy.name} is {economy.pi.shape}: {_USE}")
    return np.asarray(np.broadcast_to(array, economy.pi.shape)[cells])


def _at(economy: Benchmark, cells: Cells, k: int) -> str:
    n, i, j = (int(axis[k]) for axis in cells)
    return f" on {economy.sectors[j]} of {economy.economies[i]} in {economy.economies[n]}"
