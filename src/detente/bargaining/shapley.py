"""What each member of a set adds: by itself, last, and over all orders in which the set can come together."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import ArrayLike

from detente.errors import BadInput
from detente.inputs import FloatArray

#: Members of a set, of which all 2^m subsets are given.
MOST = 16


@dataclass(frozen=True, eq=False)
class Margins:
    """What each of m members adds, (m, ...) with the further axes of the worth.

    ``alone`` is what it adds to the empty set and ``last`` to all others; ``lowest`` and ``highest`` are over all
    orders; ``shapley`` is the mean over all orders, and sums to what the whole set is worth over the empty one.
    """

    alone: FloatArray
    last: FloatArray
    lowest: FloatArray
    highest: FloatArray
    shapley: FloatArray


def margins(worth: ArrayLike) -> Margins:
    """What each member adds to a set, exactly, from the worth of all subsets.

    Parameters
    ----------
    worth
        (2^m, ...), m from 1 to 16. Bits of the row's number say who is in, the first member the highest bit, as
        packages are numbered. Further axes, such as sides, are kept.

    Returns
    -------
    Margins
        The Shapley value weighs a subset of s others by s!(m−s−1)!/m!, the share of orders in which it comes before (L.
        S. Shapley 1953, "A Value for n-Person Games"). What comes before a member in some order can be any subset of
        the others, so that ranges over orders are ranges over subsets.

    Raises
    ------
    BadInput
        Where rows are not a power of two, members are over 16, or a number is not finite.
    """
    array = np.asarray(worth, dtype=np.float64)
    rows = array.shape[0] if array.ndim else 0
    m = rows.bit_length() - 1
    if rows < 2 or rows != 2**m:
        raise BadInput(f"worth has shape {array.shape}: give a row for each of the 2^m subsets, m at least 1")
    if m > MOST:
        raise BadInput(f"worth has {m} members, over the {MOST} whose subsets are gone through: group or settle some")
    if not np.isfinite(array).all():
        raise BadInput(f"worth of subset {int(np.argwhere(~np.isfinite(array))[0][0])} is no number")
    weight = _weights(m)
    found = [_adds(array, k, m) for k in range(m)]
    return Margins(
        alone=np.array([added[0] for added in found]),
        last=np.array([added[-1] for added in found]),
        lowest=np.array([added.min(0) for added in found]),
        highest=np.array([added.max(0) for added in found]),
        shapley=np.array([np.tensordot(weight, added, 1) for added in found]),
    )


def shapley(worth: ArrayLike) -> FloatArray:
    """The Shapley value (m, ...) of a worth (2^m, ...); see `margins`."""
    return margins(worth).shapley


def _adds(worth: FloatArray, k: int, m: int) -> FloatArray:
    """What member k adds to each subset of the others (2^(m−1), ...), in the order of their bits."""
    split = worth.reshape(2**k, 2, 2 ** (m - 1 - k), *worth.shape[1:])
    return np.asarray((split[:, 1] - split[:, 0]).reshape(-1, *worth.shape[1:]))


def _weights(m: int) -> FloatArray:
    """The share of orders (2^(m−1),) in which exactly a subset of the others comes before."""
    sizes = np.array([subset.bit_count() for subset in range(2 ** (m - 1))])
    share = np.array([factorial(s) * factorial(m - s - 1) / factorial(m) for s in range(m)])
    return np.asarray(share[sizes])
