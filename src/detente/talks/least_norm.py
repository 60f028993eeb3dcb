"""The smallest values, in Euclid's norm, at which some package is acceptable to both sides.

For one package that is a least-distance problem, min |x| with G x ≥ h, which C. L. Lawson and R. J. Hanson (1974,
"Solving Least Squares Problems", chapter 23) turn into one of nonnegative least squares. Packages are gone through from
the lowest bound on their norm up, until the bound passes the best that was found, so that the answer is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from detente.errors import BadInput
from detente.talks.additive import Frontier
from detente.talks.unknowns import Unknowns, payoff_row

FloatArray = NDArray[np.float64]

#: Sets of demands times packages of the others whose bound is computed.
MOST = 2**17
#: A residual of the nonnegative problem, relative to one, under which no x satisfies all rows.
_EMPTY = 1e-10


@dataclass(frozen=True, eq=False)
class LeastNorm:
    """Values and costs x (2S,), their norm over what is unknown, and the package: rest by number, demands met (S,)."""

    x: FloatArray
    norm: float
    package: int
    met: NDArray[np.bool_]


def least_distance(G: FloatArray, h: FloatArray) -> FloatArray | None:
    """The x (n,) of least norm with G (m, n) x ≥ h (m,), or None where there is none."""
    if (h <= 0).all():
        return np.zeros(G.shape[1])
    unit = float(np.abs(h).max())
    E = np.vstack([G.T, h / unit])
    f = np.append(np.zeros(G.shape[1]), 1.0)
    u, _ = nnls(E, f, maxiter=100 * E.shape[1])
    r = f - E @ u
    if r[-1] <= _EMPTY:
        return None
    return np.asarray(-r[:-1] / r[-1] * unit)


def least_norm(unknowns: Unknowns, rest: Frontier, floor: FloatArray, rounding: FloatArray) -> LeastNorm | None:
    """The smallest unknown values and costs that refusals allow and that leave both at their floor (2,) somewhere.

    Parameters
    ----------
    rest
        Undominated packages of the demands that are no part of ``unknowns``.
    rounding
        (2,) differences that count as none.

    Returns
    -------
    LeastNorm or None
        None where no values at all do. What is stated stays at the middle of its range. Of demands that are alike in
        every respect those named first are met.

    Raises
    ------
    BadInput
        Where there are too many sets of demands to go through.
    """
    sets = np.array(list(_sets(unknowns, len(rest.payoffs))), dtype=bool)
    stated = _stated(unknowns)
    rows = [np.array([payoff_row(unknowns.demands, side, met.astype(float)) for met in sets]) for side in (0, 1)]
    need = np.stack([floor[side] - rest.payoffs[:, side] - (rows[side] @ stated)[:, None] for side in (0, 1)], axis=-1)
    free = unknowns.high == np.inf
    bound = np.hypot(*(_bound(rows[side][:, free], need[..., side]) for side in (0, 1)))
    can_gain = (np.maximum(*rows)[:, free] > 0).any(1)
    pointless = np.logical_not(can_gain)[:, None] & np.asarray(
        (need >= -rounding).all(-1)
    )  # at best at both floors: none need sign it
    bound[pointless] = np.inf
    best: LeastNorm | None = None
    for flat in np.argsort(bound, axis=None, kind="stable"):
        s, q = np.unravel_index(flat, bound.shape)
        if not np.isfinite(bound[s, q]) or (best is not None and bound[s, q] >= best.norm):
            break
        G = np.vstack([rows[0][s][free], rows[1][s][free], -unknowns.rows[:, free], np.eye(int(free.sum()))])
        known = np.where(free, 0.0, stated)
        h = np.concatenate([need[s, q], unknowns.rows @ known - unknowns.limits, np.zeros(int(free.sum()))])
        found = least_distance(G, h)
        if found is not None and (best is None or np.linalg.norm(found) < best.norm):
            x = known.copy()
            x[free] = np.maximum(found, 0.0)
            best = LeastNorm(x, float(np.linalg.norm(found)), int(rest.packages[q]), sets[s])
    return best


def _stated(unknowns: Unknowns) -> FloatArray:
    """x with the middle of what is stated, and zero for what is not."""
    known = np.isfinite(unknowns.high)
    return np.where(known, 0.5 * (unknowns.low + np.where(known, unknowns.high, 0.0)), 0.0)


def _bound(rows: FloatArray, need: FloatArray) -> FloatArray:
    """The norm that one side's own need (Z, Q) asks for at least, if rows (Z, n) are all that can meet it.

    Only values add, each with coefficient one, so that n of them share the need; costs do not help.
    """
    helpers = (rows > 0).sum(1)[:, None].astype(np.float64)
    lacks = np.maximum(need, 0.0)
    return np.where(
        lacks > 0, np.divide(lacks, np.sqrt(helpers), out=np.full_like(lacks, np.inf), where=helpers > 0), 0.0
    )


def _sets(unknowns: Unknowns, packages: int) -> Iterator[NDArray[np.bool_]]:
    """Sets of demands (S,) to go through: all that are not the same up to an exchange of demands that are alike.

    A demand that may be met, that no refusal names and whose cost is unknown is always met: it can be had for nothing.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    count = len(unknowns.demands)
    for k, its in enumerate(unknowns.demands):
        refused = unknowns.rows[:, [k, count + k]]
        fixed = its.level
        if fixed is None and its.cost is None and not refused.any():
            fixed = 1
        groups.setdefault((its.asker, its.value, its.cost, fixed, refused.tobytes()), []).append(k)
    choices = [[len(ks) * key[3]] if key[3] is not None else range(len(ks) + 1) for key, ks in groups.items()]  # type: ignore[operator]
    sets = prod(len(choice) for choice in choices)
    if sets * packages > MOST:
        raise BadInput(
            f"{count} demands of unknown value make {sets:,} sets that differ, times {packages:,} packages of the "
            "others: over the number gone through; state some values, or leave out refusals that tell demands apart"
        )
    for numbers in product(*choices):
        met = np.zeros(count, dtype=bool)
        for ks, number in zip(groups.values(), numbers, strict=True):
            met[ks[:number]] = True
        yield met
