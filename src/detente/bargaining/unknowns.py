"""Structural demands with values that are stated, stated as a range, or unknown, and what refusals say about them.

Unknowns are stacked as x (2S,): what each of S demands is worth to the side that asks, then what it costs the side that
is asked, all at least zero. A package that meets z (S,) of them adds to the payoff of side i the values of its own
demands that are met and takes the costs of the other's.

`least_norm` finds the smallest values, in Euclid's norm, at which some package is acceptable to both sides. For one
package that is a least-distance problem, min |x| with G x ≥ h, which C. L. Lawson and R. J. Hanson (1974, "Solving
Least Squares Problems", chapter 23) turn into one of nonnegative least squares. Packages are gone through from the
lowest bound on their norm up, until the bound passes the best that was found, so that the answer is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Literal

import numpy as np
from scipy.optimize import linprog, nnls

from detente.bargaining.packages import Frontier, Packages, UnknownDemand
from detente.errors import BadInput, NotSolved
from detente.inputs import BoolArray, FloatArray, IntArray

Range = tuple[float, float]
Corner = Literal["stated", "best", "worst"]
"""stated: the middle of each range. best: values at their highest and costs at their lowest. worst: the other way
round. What is not stated counts as zero."""
#: Sets of demands times packages of the others whose bound is computed.
MOST_SETS = 2**17
#: A residual of the nonnegative problem, relative to one, under which no x satisfies all rows.
_EMPTY = 1e-10


@dataclass(frozen=True)
class StructuralDemand:
    """A demand that the trade model cannot price, USD million a year.

    ``asker`` is the side that asks, 0 or 1. ``value`` to it and ``cost`` to the other are ranges at least zero, twice
    the same number where it is exact, and None where unknown. ``level`` is 1 where the asker insists on it, 0 where the
    other never grants it, None where it is open.
    """

    demand: str
    asker: int
    value: Range | None = None
    cost: Range | None = None
    level: Literal[0, 1] | None = None

    def __post_init__(self) -> None:
        if self.asker not in (0, 1):
            raise BadInput(f"{self.demand!r} is asked by side {self.asker}: give 0 or 1")
        for what, given in (("value", self.value), ("cost", self.cost)):
            if given is not None and not 0 <= given[0] <= given[1] < np.inf:
                raise BadInput(
                    f"the {what} of {self.demand!r} is {given[0]:g} to {given[1]:g}: both at least zero, the lower "
                    "first; a value is what the asker gains, a cost what the other loses"
                )

    @property
    def stated(self) -> bool:
        """Whether both its value and its cost are."""
        return self.value is not None and self.cost is not None

    def at(self, corner: Corner) -> tuple[float, float]:
        """Payoffs of both sides (2,) that it adds when met, at a corner of the ranges."""
        value = _of(self.value, {"stated": 0.5, "best": 1.0, "worst": 0.0}[corner])
        cost = _of(self.cost, {"stated": 0.5, "best": 0.0, "worst": 1.0}[corner])
        return (value, -cost) if self.asker == 0 else (-cost, value)


@dataclass(frozen=True)
class Refusal:
    """A side turned down a package with no deal at hand, so that it is worth no more to the side than no deal.

    ``met`` are all demands of the package, of the table and structural; ``no_deal`` what the side had instead, None for
    today's no deal.
    """

    side: int
    met: tuple[str, ...]
    no_deal: float | None = None

    def __str__(self) -> str:
        return f"side {self.side} refused {', '.join(self.met) or 'the empty package'}"


@dataclass(frozen=True, eq=False)
class UnknownValues:
    """The known facts on x (2S,): bounds, and refusals as ``rows`` (R, 2S) · x ≤ ``limits`` (R,)."""

    demands: tuple[StructuralDemand, ...]
    low: FloatArray
    high: FloatArray
    rows: FloatArray
    limits: FloatArray

    @classmethod
    def of(
        cls, trade: Packages, demands: Sequence[StructuralDemand], refusals: Sequence[Refusal], no_deal: FloatArray
    ) -> UnknownValues:
        """From demands and refusals. Raises BadInput, UnknownDemand."""
        names = [its.demand for its in demands]
        clash = sorted({name for name in names if names.count(name) > 1 or name in trade.demands})
        if clash:
            raise BadInput(f"demand {clash[0]!r} appears twice: name each once, in the table or among the others")
        ranges = [its.value or (0.0, np.inf) for its in demands] + [its.cost or (0.0, np.inf) for its in demands]
        low, high = np.array(ranges, dtype=np.float64).reshape(-1, 2).T
        rows, limits = np.zeros((len(refusals), len(low))), np.zeros(len(refusals))
        for r, refusal in enumerate(refusals):
            if refusal.side not in (0, 1):
                raise BadInput(f"a refusal is by side {refusal.side}: give 0 or 1")
            for name in refusal.met:
                if name not in (*trade.demands, *names):
                    raise UnknownDemand(name, (*trade.demands, *names), "a refusal")
            levels = [trade.levels[k] - 1 if name in refusal.met else 0 for k, name in enumerate(trade.demands)]
            rows[r] = payoff_row(demands, refusal.side, np.array([name in refusal.met for name in names], dtype=float))
            fallback = no_deal[refusal.side] if refusal.no_deal is None else refusal.no_deal
            limits[r] = fallback - trade.at(trade.index(levels))[refusal.side]
        return cls(tuple(demands), low, high, rows, limits)

    def bounds(self) -> FloatArray | None:
        """The lowest and highest of each unknown (2S, 2) that refusals leave, or None where they leave nothing."""
        found = np.column_stack([self.low, self.high])
        if not len(self.rows):
            return found
        if not self._feasible(np.arange(len(self.rows))):
            return None
        unit = self._unit
        for k in range(len(self.low)):
            for end, sign in ((0, 1.0), (1, -1.0)):
                c = np.zeros(len(self.low))
                c[k] = sign
                x = self._programme(c, np.arange(len(self.rows)))
                found[k, end] = sign * -np.inf if x is None else x[k] * unit  # there is one, so that none is best
        return found

    def contradiction(self) -> tuple[int, ...]:
        """Refusals that cannot all be true, none of which could be left out; empty where all can be true."""
        kept = np.arange(len(self.rows))
        if self._feasible(kept):
            return ()
        for r in range(len(self.rows)):
            fewer = kept[kept != r]
            if not self._feasible(fewer):
                kept = fewer
        return tuple(kept.tolist())

    @property
    def _unit(self) -> float:
        """Money is scaled by this, since the programmes' tolerances are absolute."""
        sizes = np.abs(np.concatenate([self.limits, self.low, self.high[np.isfinite(self.high)]]))
        return float(sizes.max()) or 1.0

    def _feasible(self, kept: IntArray) -> bool:
        return bool(self._programme(np.zeros(len(self.low)), kept) is not None)

    def _programme(self, c: FloatArray, kept: IntArray) -> FloatArray | None:
        """The x that makes c·x least, in the unit; None where there is no x or none is least."""
        unit = self._unit
        solved = linprog(
            c,
            A_ub=self.rows[kept],
            b_ub=self.limits[kept] / unit,
            bounds=[(float(a), float(b)) for a, b in zip(self.low / unit, self.high / unit, strict=True)],
            method="highs",
            options={"presolve": False},  # which cannot always tell unbounded from infeasible
        )
        if solved.status not in (0, 2, 3):
            raise NotSolved(f"bounds from refusals: {solved.message}")
        return np.asarray(solved.x, dtype=np.float64) if solved.status == 0 else None


def payoff_row(demands: Sequence[StructuralDemand], side: int, met: FloatArray) -> FloatArray:
    """The coefficients of x (2S,) in the payoff of a side, for a package that meets some demands (S,)."""
    mine = np.array([its.asker == side for its in demands], dtype=bool)
    return np.concatenate([met * mine, -met * ~mine])


def _of(given: Range | None, share: float) -> float:
    return 0.0 if given is None else given[0] + share * (given[1] - given[0])


@dataclass(frozen=True, eq=False)
class LeastNorm:
    """Values and costs x (2S,), their norm over what is unknown, and the package: rest by number, demands met (S,)."""

    x: FloatArray
    norm: float
    package: int
    met: BoolArray


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


def least_norm(unknowns: UnknownValues, rest: Frontier, floor: FloatArray, rounding: FloatArray) -> LeastNorm | None:
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


def _stated(unknowns: UnknownValues) -> FloatArray:
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


def _sets(unknowns: UnknownValues, packages: int) -> Iterator[BoolArray]:
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
    if sets * packages > MOST_SETS:
        raise BadInput(
            f"{count} demands of unknown value make {sets:,} sets that differ, times {packages:,} packages of the "
            "others: over the number gone through; state some values, or leave out refusals that tell demands apart"
        )
    for numbers in product(*choices):
        met = np.zeros(count, dtype=bool)
        for ks, number in zip(groups.values(), numbers, strict=True):
            met[ks[:number]] = True
        yield met
