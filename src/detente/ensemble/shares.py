"""Which assumption drives a result: shares of the variance over draws.

An analysis of variance over the design. Discrete assumptions (world, set of elasticities, closure, horizon) have the
first-order index Var(E[y | assumption]) / Var(y) of I. M. Sobol (2001); what remains within cells of all of them is
due to the draws of elasticities, alone and together with the others, which is the total index of those draws. What the
discrete ones explain only together is their interaction. Each between-group share is corrected for what chance alone
would give it, (SS_between − (G − 1) MS_within) / SS_total (W. L. Hays 1963), and is not negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

DRAWS: Final = "elasticity draws"
TOGETHER: Final = "interaction"
BINS: Final = 8
"""Groups into which a number between two ends is cut."""
_STILL: Final = 1e-18
"""Variance over square under which a number does not vary: the audit leaves 1e-9 of a level open."""


def variance_shares(
    values: FloatArray, design: Mapping[str, NDArray[np.int64]], cells: tuple[str, ...]
) -> pd.DataFrame:
    """Shares of the variance of each number (columns of `values`, draws down): one row an assumption, summing to 1.

    `design` has the group of each draw by assumption; those named in `cells` are crossed. Missing where a number does
    not vary, or where there are not twice as many draws as cells.
    """
    count = values.shape[1]
    named = [*design, *([TOGETHER] if len(cells) > 1 else []), DRAWS]
    joint = _joint([design[name] for name in cells], len(values))
    total = ((values - values.mean(0)) ** 2).sum(0)
    still = total <= _STILL * len(values) * np.maximum((values**2).mean(0), 1e-300)
    if len(values) < 2 * (joint.max(initial=0) + 1) or len(values) < 4:
        return pd.DataFrame(np.full((len(named), count), np.nan), index=named)
    closed = _between(values, joint, total)
    alone = {name: _between(values, groups, total) for name, groups in design.items()}
    inside = [name for name in design if name in cells]
    sum_inside = sum((alone[name] for name in inside), np.zeros(count))
    scale = np.where(sum_inside > closed, closed / np.where(sum_inside > 0, sum_inside, 1.0), 1.0)
    shares = {name: alone[name] * scale if name in cells else alone[name] for name in design}
    if len(cells) > 1:
        shares[TOGETHER] = np.maximum(closed - sum_inside * scale, 0.0)
    rest: FloatArray = 1.0 - sum(shares.values(), np.zeros(count))
    over = np.maximum(-rest, 0.0)  # values outside the cells may claim more than is left: all are scaled alike
    shares[DRAWS] = np.maximum(rest, 0.0)
    table = np.stack([shares[name] for name in named]) / (1.0 + over)
    return pd.DataFrame(np.where(still, np.nan, table), index=named)


def binned(values: FloatArray) -> NDArray[np.int64]:
    """The group of each number among `BINS` groups of equal size."""
    order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return np.asarray(order * BINS // max(len(values), 1), dtype=np.int64)


def _joint(groups: list[NDArray[np.int64]], count: int) -> NDArray[np.int64]:
    if not groups:
        return np.zeros(count, dtype=np.int64)
    return np.asarray(np.unique(np.stack(groups, 1), axis=0, return_inverse=True)[1].ravel(), dtype=np.int64)


def _between(values: FloatArray, groups: NDArray[np.int64], total: FloatArray) -> FloatArray:
    """The share of the variance between groups, corrected for chance."""
    codes = np.unique(groups, return_inverse=True)[1].ravel()
    sizes = np.bincount(codes).astype(np.float64)
    if len(sizes) < 2:
        return np.zeros(values.shape[1])
    sums = np.zeros((len(sizes), values.shape[1]))
    np.add.at(sums, codes, values)
    between = (sizes[:, None] * (sums / sizes[:, None] - values.mean(0)) ** 2).sum(0)
    chance = (len(sizes) - 1) * (total - between) / (len(values) - len(sizes))
    return np.asarray(np.clip((between - chance) / np.where(total > 0, total, 1.0), 0.0, 1.0))
