"""What a bargain refuses, each with what was found."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.errors import BadInput
from detente.inputs import floats

FloatArray = NDArray[np.float64]


def payoffs_of(payoffs: ArrayLike) -> FloatArray:
    """Payoffs as a fresh array (P, 2). Raises BadInput."""
    array = np.array(floats(payoffs, "a table of payoffs"))
    if array.ndim != 2 or array.shape[1] != 2 or not len(array):
        raise BadInput(f"payoffs have shape {array.shape}: give one row a package, at least one, and a column a side")
    if not np.isfinite(array).all():
        row, side = (int(k) for k in np.argwhere(~np.isfinite(array))[0])
        raise BadInput(f"the payoff of side {side} in row {row} is {array[row, side]}: give a number")
    return array


def pair(what: str, values: ArrayLike) -> FloatArray:
    """One number a side, as a fresh array (2,). Raises BadInput."""
    array = np.array(floats(values, what))
    if array.shape != (2,) or not np.isfinite(array).all():
        raise BadInput(f"{what} is {array.tolist()}: give two numbers, one a side")
    return array


def one_a_package(what: str, values: ArrayLike, count: int, dtype: Any) -> NDArray[Any]:
    """An entry, or one for each side, of every package, as a fresh array. Raises BadInput."""
    array = np.array(values)
    sound = array.dtype.kind == "b" if dtype is bool else array.dtype.kind in "iu"
    if array.shape not in ((count,), (count, 2)) or (dtype is not bool and array.ndim > 1) or not sound:
        raise BadInput(
            f"`{what}` has shape {array.shape} and holds {array.dtype}; there are {count} packages: give one "
            f"{'true or false' if dtype is bool else 'whole number'} for each"
        )
    return array.astype(dtype)


def weights_of(weights: ArrayLike) -> FloatArray:
    """Weights (2,) that sum to one. Raises BadInput where one is not over zero."""
    array = pair("weights", weights)
    if (array <= 0).any():
        raise BadInput(f"weights are {array.tolist()}: both must be over zero; a side without weight has no say")
    return np.asarray(array / array.sum())
