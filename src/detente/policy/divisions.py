"""Amounts divided among named shares of them: the value of goods among contents, trade among preferences.

Shares of one name are of the same thing, so that the smaller lies within the larger; shares of different names are of
different things, which have nothing in common. What no share is of remains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.inputs import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Slices:
    """The slices of each of a number of amounts: row (s,): the amount; width (s,): the share of it, which sum to 1.

    inside (s, k): which of the k shares the slice belongs to.
    """

    row: IntArray
    width: FloatArray
    inside: BoolArray


def divide(shares: FloatArray, names: Sequence[str]) -> Slices:
    """Each of r amounts cut where shares (r, k) end; `names` (k,) are theirs. Slices without width are left out.

    The shares of different names come to 1 at most; see `most_claimed`.
    """
    count = len(shares)
    rows, widths, insides = [], [], []
    for name in dict.fromkeys(names):
        mine = np.array([its == name for its in names])
        ends = np.sort(shares[:, mine], axis=1)
        for width, end in zip(np.diff(ends, axis=1, prepend=0.0).T, ends.T, strict=True):
            rows.append(np.arange(count))
            widths.append(width)
            insides.append(mine & (shares >= end[:, None]))
    rows.append(np.arange(count))
    widths.append(np.maximum(1.0 - most_claimed(shares, names), 0.0))
    insides.append(np.zeros(shares.shape, dtype=bool))
    row, width, inside = np.concatenate(rows), np.concatenate(widths), np.concatenate(insides)
    kept = width > 0
    return Slices(row[kept].astype(np.int64), width[kept], inside[kept])


def most_claimed(shares: FloatArray, names: Sequence[str]) -> FloatArray:
    """The part of each amount (r,) that shares (r, k) are of: the largest of each name, added up."""
    total = np.zeros(len(shares))
    for name in dict.fromkeys(names):
        total = total + shares[:, [its == name for its in names]].max(axis=1)
    return total
