"""Arrays of NumPy or of JAX: the equations take their functions from the arrays that they are handed.

NumPy solves single counterfactuals, JAX slopes and batches. What both run is written once, with the functions
that the array itself names (the Python array API standard, `x.__array_namespace__()`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any
"""An array of NumPy or of JAX. Naming the type of either here would import it."""


#: The C library of Linux hands freed memory back to the system at once, and takes it page by page again, until it has
#: seen a block so large come and go. A solve makes a handful of arrays of a few megabytes: a fifth of its time.
_SEEN_BY_THE_ALLOCATOR = 30 << 20
np.empty(_SEEN_BY_THE_ALLOCATOR, np.uint8)


def namespace(array: Array) -> Any:
    """The module whose functions take the array: `numpy` or `jax.numpy`."""
    return np if isinstance(array, np.ndarray) else array.__array_namespace__()


def summed(values: Array, where: Array, size: int) -> Array:
    """Values (m,) summed by place: what belongs to 0, 1, … size − 1."""
    if isinstance(values, np.ndarray):
        return np.bincount(where, weights=values, minlength=size)
    xp = namespace(values)
    return xp.zeros(size, values.dtype).at[where].add(values)


def by_sector(array: Array) -> Array:
    """A copy of (n, i, j) as (j, n, i), its rows side by side as products need them; JAX lays arrays out itself."""
    moved = namespace(array).transpose(array, (2, 0, 1))
    return np.array(moved, order="C") if isinstance(array, np.ndarray) else moved
