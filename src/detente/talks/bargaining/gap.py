"""How far two sides are from a deal, in the unit of payoffs, and the payment that would close the gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.talks.bargaining.frontier import Chain

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


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
