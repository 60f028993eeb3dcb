"""Which of finitely many payoffs are undominated, and the outer edge of what lotteries over them can reach.

How far two sides are from a deal, in the unit of payoffs, and the payment that would close the gap.

Undominated sums without a list of all sums: G. L. Nemhauser and Z. Ullmann (1969), Management Science 15.

Whatever else is added, a sum that is dominated stays dominated. So demands are added one by one, and after each only
what is undominated is kept. Values that are whole USD million and sum to V leave at most V of them. In the worst case,
distinct values that take from one side what they give to the other, nothing is dominated and every demand doubles the
number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.errors import BadInput
from detente.inputs import BoolArray, FloatArray, IntArray


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
    """How far apart two sides are. Every amount is in the unit of payoffs and at least zero.

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
        as one to the payee: what transfers themselves do to prices is left out.
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


#: Points kept; with the sums being sorted they take about 0.3 GB.
MOST = 2**21


@dataclass(frozen=True, eq=False)
class Frontier:
    """Undominated payoffs (F, 2), the first side's best first, and the number of one package for each."""

    payoffs: FloatArray
    packages: IntArray


def start(payoffs: FloatArray, packages: IntArray) -> Frontier:
    """The undominated among payoffs (P, 2) of packages (P,), of equal ones the first."""
    rows = undominated(payoffs)
    kept = payoffs[rows]
    new = np.concatenate([[True], (kept[1:] != kept[:-1]).any(1)])
    return Frontier(kept[new], packages[rows[new]])


def combine(found: Frontier, more: Frontier, name: str) -> Frontier:
    """The undominated sums of one of each; numbers of packages are added.

    Parameters
    ----------
    name
        Of the demand that is being added, for the message.

    Raises
    ------
    BadInput
        Where more than 2^21 points are undominated.
    """
    out = start(*_sums(found, more))
    if len(out.payoffs) > MOST:
        raise BadInput(
            f"with {name!r} there are {len(out.payoffs):,} undominated packages, over the {MOST:,} that are kept: "
            "values that take from one side what they give to the other leave nothing dominated; round them to whole "
            "USD million or coarser, or settle some demands"
        )
    return out


def summed_by_moves(found: dict[int, Frontier], more: Frontier, stays: BoolArray, name: str) -> dict[int, Frontier]:
    """`combine` for each number of moves; a level of `more` (L,) that does not stay where it was is one more.

    Raises
    ------
    BadInput
        As `combine` does.
    """
    parts: dict[int, list[Frontier]] = {}
    for moves, front in found.items():
        for same in (True, False):
            kept = stays if same else ~stays
            if kept.any():
                levels = Frontier(more.payoffs[kept], more.packages[kept])
                parts.setdefault(moves + (not same), []).append(combine(front, levels, name))
    return {moves: _union(fronts) for moves, fronts in sorted(parts.items())}


def _union(fronts: list[Frontier]) -> Frontier:
    return start(
        np.concatenate([front.payoffs for front in fronts]), np.concatenate([front.packages for front in fronts])
    )  # fmt: skip


def _sums(a: Frontier, b: Frontier) -> tuple[FloatArray, IntArray]:
    """Payoffs and numbers of one of each, in all combinations."""
    payoffs = (a.payoffs[None, :, :] + b.payoffs[:, None, :]).reshape(-1, 2)
    return payoffs, (a.packages[None, :] + b.packages[:, None]).ravel()
