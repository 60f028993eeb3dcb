"""Concepts of a fair deal, and the frontier that they choose from.

The frontier is what is undominated among finitely many payoffs, and the outer edge of what lotteries over them can
reach. A gap says how far two sides are from a deal, in the unit of payoffs, and which payment would close it.

A concept chooses among packages, or along the edge of what lotteries can reach:

- egalitarian: both gain the same amount;
- Kalai and Smorodinsky: each gains the same part of the most it could gain;
- Nash: the largest product of gains, each raised to the side's weight;
- utilitarian: the largest weighted sum of payoffs that both still agree to.

A concept is a subclass of `Concept` in this file. `CONCEPTS` lists all subclasses, and the battery of tests checks each
by the axioms that it promises.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import numpy as np

from detente.inputs import BoolArray, FloatArray, IntArray

#: Scores of packages tie within this, relative to the largest.
TIES = 1e-9


def undominated(payoffs: FloatArray) -> IntArray:
    """Rows of payoffs (P, 2) than which no other is as good for both and better for one.

    The first side's best comes first. Rows with the same payoffs are all kept, in their order. Payoffs are
    compared exactly.
    """
    if not len(payoffs):
        return np.zeros(0, dtype=np.int64)
    order = np.argsort(-payoffs[:, 0], kind="stable")
    first, second = payoffs[order, 0], payoffs[order, 1]
    opens = np.concatenate([[True], first[1:] < first[:-1]])  # where a lower payoff of the first side begins
    group = np.cumsum(opens) - 1
    best = np.maximum.reduceat(second, np.flatnonzero(opens))
    before = np.concatenate([[-np.inf], np.maximum.accumulate(best)[:-1]])
    return np.asarray(order[(second == best[group]) & (second > before[group])], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Chain:
    """The undominated edge of the convex hull: corners (V, 2), the first side's best first, and the row of each.

    Along it the first side loses and the second gains, at ever worse terms. A position s is a corner's number plus the
    share of the way to the next; positions from ``low`` to ``high`` leave both sides what they insist on.
    """

    corners: FloatArray
    rows: IntArray
    low: float
    high: float

    @classmethod
    def of(cls, payoffs: FloatArray) -> Chain:
        """The edge of the hull of payoffs (P, 2), at least one row. Corners on a straight line are left out."""
        rows = undominated(payoffs)
        kept: list[int] = []
        for row in rows.tolist():
            point = payoffs[row]
            if kept and bool((payoffs[kept[-1]] == point).all()):
                continue
            while len(kept) > 1 and _turns_in(payoffs[kept[-2]], payoffs[kept[-1]], point):
                kept.pop()
            kept.append(row)
        return cls(payoffs[kept], np.array(kept, dtype=np.int64), 0.0, float(len(kept) - 1))

    def above(self, floor: FloatArray, tolerance: FloatArray) -> Chain | None:
        """The part on which each side has its floor (2,), or None where there is none; within a tolerance (2,)."""
        top = np.arange(len(self.corners), dtype=np.float64)
        if (self.corners.max(0) < floor - tolerance).any():
            return None
        high = float(np.interp(-floor[0], -self.corners[:, 0], top))
        low = float(np.interp(floor[1], self.corners[:, 1], top))
        if low > high:
            low = high = 0.5 * (low + high)
            if (self.point(low) < floor - tolerance).any():
                return None
        return Chain(self.corners, self.rows, low, high)

    def point(self, s: float) -> FloatArray:
        """Payoffs (2,) at a position."""
        k, share = self._place(s)
        return np.asarray((1.0 - share) * self.corners[k] + share * self.corners[min(k + 1, len(self.rows) - 1)])

    def mix(self, s: float) -> tuple[IntArray, FloatArray]:
        """The one or two rows that are mixed at a position, and their chances."""
        k, share = self._place(s)
        if share == 0.0:
            return self.rows[k : k + 1], np.ones(1)
        return self.rows[k : k + 2], np.array([1.0 - share, share])

    def _place(self, s: float) -> tuple[int, float]:
        k = min(int(np.floor(s)), len(self.rows) - 1)
        return k, s - k

    def stops(self) -> FloatArray:
        """The positions of both ends and of the corners between them."""
        inner = np.arange(np.ceil(self.low), np.floor(self.high) + 1)
        return np.unique(np.concatenate([[self.low], inner, [self.high]]))


def _turns_in(a: FloatArray, b: FloatArray, c: FloatArray) -> bool:
    """Whether b lies on or inside of the line from a to c, going from the first side's best to the second's."""
    ab, ac = b - a, c - a
    return bool(ab[0] * ac[1] - ab[1] * ac[0] <= 0.0)


@dataclass(frozen=True)
class SidePayment:
    """A package that both would sign if one side paid the other ``amount`` a year, the least for which there is one."""

    payer: str
    payee: str
    amount: float
    package: int


@dataclass(frozen=True, eq=False)
class Gap:
    """The distance between two sides. Every amount is in the unit of payoffs and at least zero.

    Attributes
    ----------
    apart
        The distance to agreement: the least that payoffs must improve by, over both sides together, for one package to
        leave both at their floor. It is what somebody outside would have to add, or what the sides' valuations would
        have to move. Zero exactly where the zone of agreement has a package.
    shortfall
        (2,) what each side lacks at that package; sums to ``apart``.
    packages, chances
        Where it is least: over packages all that tie, with chances of one; over lotteries the one or two in the mix.
    short_of_payments
        What is still missing if the sides could pay each other without loss: their floors' sum less the largest sum
        of payoffs. Zero means that a side payment closes the gap.
    side_payment
        The least payment that does; None where nothing needs to be paid or no payment does it. A payment of one counts
        as one to the payee: what transfers themselves do to prices is left out (talks on a dispute solve for it).
    """

    apart: float
    shortfall: FloatArray
    packages: IntArray
    chances: FloatArray
    short_of_payments: float
    side_payment: SidePayment | None


def gap_over_packages(
    payoffs: FloatArray,
    rows: IntArray,
    floor: FloatArray,
    packages: IntArray,
    rounding: FloatArray,
    sides: tuple[str, str],
) -> Gap:
    """The gap among some rows of payoffs (P, 2), at least one."""
    over = payoffs[rows] - floor
    over = np.where(np.abs(over) <= rounding, 0.0, over)
    lacks = np.maximum(-over, 0.0)
    total = lacks.sum(1)
    apart = float(total.min())
    nearest = np.flatnonzero(total <= apart + rounding.max())
    payment = None
    joint = over.sum(1)
    affordable = np.flatnonzero(joint >= -rounding.max())
    if apart > 0 and len(affordable):
        k = int(affordable[np.argmin(total[affordable])])
        payment = _payment(lacks[k], int(packages[rows[k]]), sides)
    return Gap(
        apart,
        lacks[nearest[0]],
        packages[rows[nearest]],
        np.ones(len(nearest)),
        0.0 if len(affordable) else float(-joint.max()),
        payment,
    )


def gap_over_lotteries(hull: Chain, floor: FloatArray, packages: IntArray, rounding: FloatArray) -> Gap:
    """The gap along the edge of what lotteries reach. A payment is a matter of packages, and none is given."""
    own = np.array([np.interp(-floor[0], -hull.corners[:, 0], np.arange(len(hull.rows)))])
    other = np.array([np.interp(floor[1], hull.corners[:, 1], np.arange(len(hull.rows)))])
    stops = np.unique(np.concatenate([hull.stops(), own, other]))  # total shortfall is linear between these
    over = np.array([hull.point(float(s)) for s in stops]) - floor
    over = np.where(np.abs(over) <= rounding, 0.0, over)
    lacks = np.maximum(-over, 0.0)
    total, joint = lacks.sum(1), over.sum(1)
    k = int(total.argmin())
    rows, chances = hull.mix(float(stops[k]))
    short = float(max(-joint.max(), 0.0))
    return Gap(float(total[k]), lacks[k], packages[rows], chances, short, None)


def _payment(lacks: FloatArray, package: int, sides: tuple[str, str]) -> SidePayment:
    """From the side that lacks nothing to the one that does, at a package with enough for both."""
    payee = int(lacks.argmax())
    return SidePayment(sides[1 - payee], sides[payee], float(lacks[payee]), package)


Over = Literal["packages", "lotteries"]
"""packages: one of the packages, and every one that ties with it. lotteries: a chance of one package against another,
which fills the convex hull, so that the axioms of the textbooks apply."""

Axiom = Literal[
    "efficiency",
    "symmetry",
    "scale invariance",
    "common scale invariance",
    "independence of irrelevant alternatives",
    "restricted monotonicity",
    "monotonicity of the least gain",
]
"""efficiency: nothing in the set is as good for both and better for one. symmetry: exchanging the sides exchanges the
pick. scale invariance: a unit of its own for each side changes nothing; common: the same unit for both. independence of
irrelevant alternatives: packages that are not picked can go without changing the pick. restricted monotonicity: more
packages at the same ideal point make nobody worse off. monotonicity of the least gain: more packages never lower the
gain of the side that gains less."""


class Concept(ABC):
    """A concept of a fair deal. Subclasses have no state, one a file, and define what is abstract here.

    Gains are over no deal, per side and not negative; a gain within rounding of zero arrives as zero. Weights (2,) are
    positive and sum to one.
    """

    name: ClassVar[str]
    #: Axioms that hold for equal weights (symmetry) and for any (the rest), by what is picked from.
    promises: ClassVar[Mapping[Over, tuple[Axiom, ...]]]

    @abstractmethod
    def best(self, gains: FloatArray, weights: FloatArray) -> IntArray:
        """Rows of gains (Z, 2), at least one row, that are picked: all that tie."""

    @abstractmethod
    def along(self, chain: Chain, weights: FloatArray) -> tuple[float, float]:
        """From which to which position on a chain of gains all tie; the same twice where one is best."""


def ties(scores: FloatArray) -> BoolArray:
    """The scores (Z,) that are largest, within rounding."""
    top = scores.max()
    if not np.isfinite(top):
        return np.asarray(scores == top)
    return np.asarray(scores >= top - TIES * max(abs(top), 1e-300))


def least_first(scaled: FloatArray) -> IntArray:
    """Rows of scaled gains (Z, 2) with the largest smaller entry, and among those the largest other: all that tie."""
    rows = np.flatnonzero(ties(scaled.min(1)))
    return np.asarray(rows[ties(scaled[rows].max(1))], dtype=np.int64)


def even(chain: Chain, unit: FloatArray) -> float:
    """The position at which gains in their units (2,) are alike, or the nearest end where nowhere they are.

    The smaller scaled gain is largest there, and the other as large as it can be beside it.
    """
    stops = chain.stops()
    gains = np.array([chain.point(float(s)) for s in stops]) / unit
    ahead = gains[:, 0] - gains[:, 1]  # falls along the chain
    if ahead[0] <= 0.0:
        return chain.low
    if ahead[-1] >= 0.0:
        return chain.high
    return float(np.interp(0.0, -ahead, stops))


class Egalitarian(Concept):
    """E. Kalai (1977), "Proportional Solutions to Bargaining Situations", Econometrica 45; with weights, in proportion.

    Where equal gains are not efficient, the smaller gain is made as large as it can be and then the other, as K. Imai
    (1983, Econometrica 51) does. Gains are compared across sides, so that both must be in one unit.
    """

    name = "egalitarian"
    promises: ClassVar[Mapping[Over, tuple[Axiom, ...]]] = dict.fromkeys(
        get_args(Over),
        (
            "efficiency",
            "symmetry",
            "common scale invariance",
            "independence of irrelevant alternatives",
            "monotonicity of the least gain",
        ),
    )

    def best(self, gains: FloatArray, weights: FloatArray) -> IntArray:
        """The rows at which the smaller weighted gain is largest."""
        return least_first(gains / weights)

    def along(self, chain: Chain, weights: FloatArray) -> tuple[float, float]:
        """The point at which gains are in proportion to weights."""
        at = even(chain, weights)
        return at, at


class KalaiSmorodinsky(Concept):
    """E. Kalai and M. Smorodinsky (1975), "Other Solutions to Nash's Bargaining Problem", Econometrica 43.

    The most a side could gain is the most in the zone, where the other side still agrees. With weights, parts are in
    proportion to them. Among packages the smaller of the two parts is made as large as it can be, then the other.
    """

    name = "kalai-smorodinsky"
    promises: ClassVar[Mapping[Over, tuple[Axiom, ...]]] = {
        "packages": ("efficiency", "symmetry", "scale invariance"),
        "lotteries": ("efficiency", "symmetry", "scale invariance", "restricted monotonicity"),
    }

    def best(self, gains: FloatArray, weights: FloatArray) -> IntArray:
        """The rows at which the smaller part of the ideal gains is largest."""
        ideal = gains.max(0)
        return least_first(np.divide(gains, ideal, out=np.zeros_like(gains), where=ideal > 0) / weights)

    def along(self, chain: Chain, weights: FloatArray) -> tuple[float, float]:
        """The point at which the line from no deal to the ideal point meets the chain."""
        ideal = np.array([chain.point(chain.low)[0], chain.point(chain.high)[1]])
        if (ideal <= 0).any():  # one cannot gain, so that the chain is a point
            return chain.low, chain.low
        at = even(chain, weights * ideal)
        return at, at


class Nash(Concept):
    """J. F. Nash (1950), "The Bargaining Problem", Econometrica 18; weights: E. Kalai (1977), Int. J. Game Theory 6.

    Where no package leaves both with a gain every product is zero, and all undominated packages tie; independence is
    promised where both can gain.
    """

    name = "nash"
    promises: ClassVar[Mapping[Over, tuple[Axiom, ...]]] = {
        "packages": ("efficiency", "symmetry", "scale invariance", "independence of irrelevant alternatives"),
        "lotteries": ("efficiency", "symmetry", "scale invariance", "independence of irrelevant alternatives"),
    }

    def best(self, gains: FloatArray, weights: FloatArray) -> IntArray:
        """The rows of the largest Π g^w."""
        both = np.flatnonzero((gains > 0).all(1))
        if not len(both):
            return undominated(gains)
        unit = gains[both].max(0)
        return np.asarray(both[ties(((gains[both] / unit) ** weights).prod(1))])

    def along(self, chain: Chain, weights: FloatArray) -> tuple[float, float]:
        """On a straight piece a + t·δ the product is level where Σ w δ/(a + tδ) = 0, which is linear in t."""
        stops = chain.stops()
        ends = np.array([chain.point(float(s)) for s in stops])
        a, delta = ends[:-1], np.diff(ends, axis=0)
        level = -(weights[0] * delta[:, 0] * a[:, 1] + weights[1] * delta[:, 1] * a[:, 0]) / delta.prod(1)
        inside = stops[:-1] + np.clip(level, 0.0, 1.0) * np.diff(stops)
        tried = np.concatenate([stops, inside])
        points = np.maximum([chain.point(float(s)) for s in tried], 0.0)
        best = float(tried[int(np.argmax(((points / np.maximum(points.max(0), 1e-300)) ** weights).prod(1)))])
        return best, best


class Utilitarian(Concept):
    """J. C. Harsanyi (1955), "Cardinal Welfare", Journal of Political Economy 63; here within the zone of agreement.

    No deal matters only through the zone. Payoffs are added, so that both must be in one unit. Over lotteries a whole
    piece of the edge can tie; the pick is its middle, which keeps symmetry.
    """

    name = "utilitarian"
    promises: ClassVar[Mapping[Over, tuple[Axiom, ...]]] = dict.fromkeys(
        get_args(Over),
        ("efficiency", "symmetry", "common scale invariance", "independence of irrelevant alternatives"),
    )

    def best(self, gains: FloatArray, weights: FloatArray) -> IntArray:
        """The rows of the largest sum."""
        return np.flatnonzero(ties(gains @ weights)).astype(np.int64)

    def along(self, chain: Chain, weights: FloatArray) -> tuple[float, float]:
        """The stop of the largest sum, or the piece between two such stops."""
        stops = chain.stops()
        best = stops[ties(np.array([chain.point(float(s)) for s in stops]) @ weights)]
        return float(best[0]), float(best[-1])


#: Name → concept, sorted by name.
CONCEPTS: dict[str, Concept] = {one.name: one() for one in sorted(Concept.__subclasses__(), key=lambda one: one.name)}

__all__ = ["CONCEPTS", "Axiom", "Concept", "Over"]
