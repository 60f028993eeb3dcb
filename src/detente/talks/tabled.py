"""What packages of demands refuse, each with what was found."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.errors import BadInput
from detente.inputs import floats

FloatArray = NDArray[np.float64]

#: Rows of the table, each of which somebody had to solve: 12 demands that are met or not.
MOST_ROWS = 2**12
#: A package's number is a 64-bit integer.
_MOST_NUMBERED = 2**62


def steps_of(name: str, values: ArrayLike) -> FloatArray:
    """What each level of a demand adds (L, 2), nothing at level 0. Raises BadInput."""
    array = floats(values, f"what {name!r} adds")
    steps = array[None] if array.ndim == 1 else array
    if steps.ndim != 2 or steps.shape[1] != 2 or not len(steps) or not np.isfinite(steps).all():
        raise BadInput(
            f"values of {name!r} are {array.tolist()}: give one number a side when it is met, or a row for each level"
        )
    return np.concatenate([np.zeros((1, 2)), steps])


def table_of(trade: Sequence[str], counts: Sequence[int], table: ArrayLike) -> FloatArray:
    """The table as a fresh array (T, 2). Raises BadInput where it does not fit the demands' levels."""
    rows = np.array(floats(table, "the table"))
    if rows.ndim == 1 and not trade:
        rows = rows[None]
    want = prod(counts)
    if want > MOST_ROWS:
        raise BadInput(
            f"{len(trade)} demands that the trade model prices make {want:,} rows, over {MOST_ROWS:,} (12 demands that "
            "are met or not), each an equilibrium to solve: settle some of them first, or group those that go together"
        )
    if rows.shape != (want, 2) or not np.isfinite(rows).all():
        raise BadInput(
            f"the table has shape {rows.shape}, or holds what is no number: {len(trade)} demands with levels "
            f"{list(counts)} make {want} rows, a column a side"
        )
    return rows


def require_numbered(names: Sequence[str], counts: Sequence[int]) -> None:
    """Raise BadInput where a name is there twice, a demand has one level, or packages are more than 64 bits count."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadInput(f"demand {twice!r} is there twice: name each once, in the table or among the others")
    few = [name for name, count in zip(names, counts, strict=True) if count < 2]
    if few:
        raise BadInput(f"{few[0]!r} has one level only: it is settled, and is no part of a package")
    if prod(counts) > _MOST_NUMBERED:
        raise BadInput(
            f"{len(names)} demands make {prod(counts):.3g} packages, more than 64-bit numbers count: settle or group "
            "some"
        )
