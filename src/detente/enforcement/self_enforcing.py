"""Would a deal hold if nobody enforces it but the two who signed: temptation, threat, patience (Dixit 1987).

A side that keeps a deal has `deal` in every period. If it cheats, it has `deviation` until it is found out, one period
later, and `war` from then on. With δ the worth today of the next period's payoffs it keeps the deal if

    (1 − δ) deviation + δ war ≤ deal,   that is   δ ≥ δ* = (deviation − deal) / (deviation − war).

A period is the time that cheating goes unnoticed. In continuous time with discounting at the annual rate r and a lag of
d years δ is (1 + r)^−d, so that a shorter lag lets less patient sides keep the same deal (Bagwell & Staiger 1990 write
the same condition as a limit on how far a deal can go).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from scipy.optimize import brentq

from detente.errors import BadInput
from detente.inputs import number

NO_THREAT: Final = "no threat supports this deal"
"""What is said where war is no worse than the deal for the side that is tempted."""

#: e to this is the highest float, about.
_HIGHEST: Final = 709.0
#: A punishment is searched for up to so many periods; longer ones are called endless.
MOST_PERIODS: Final = 100_000


@dataclass(frozen=True)
class Incentive:
    """The payoffs of one side in a period: under a deal, in its best deviation from it, and in the war that follows.

    All three in one unit, over any common origin: only differences count. Raises BadInput where one is not a number, or
    `deviation` is under `deal`: a side that can cheat can also keep the deal, so its best deviation is no worse.
    """

    deal: float
    deviation: float
    war: float

    def __post_init__(self) -> None:
        given = (self.deal, self.deviation, self.war)
        if not all(map(math.isfinite, given)):
            raise BadInput(f"payoffs of deal, deviation and war are {given}: give three numbers")
        if self.deviation < self.deal:
            raise BadInput(
                f"the deviation pays {self.deviation:.6g}, the deal {self.deal:.6g}: keeping the deal is one of the "
                "ways to act, so give the best deviation, which is no worse"
            )

    @property
    def temptation(self) -> float:
        """The gain from cheating in a period, deviation − deal; not negative."""
        return self.deviation - self.deal

    @property
    def threat(self) -> float:
        """The loss from the war in a period, deal − war; not above zero if no threat supports the deal."""
        return self.deal - self.war

    @property
    def patience(self) -> float | None:
        """δ*, the least worth of the next period at which the deal is kept, in [0, 1); None without deal > war."""
        if self.threat <= 0:
            return None
        return self.temptation / (self.deviation - self.war)

    def annual_rate(self, period: float) -> float | None:
        """The highest annual discount rate at which the deal is kept, where cheating is found out after `period` years.

        A fraction, (1/δ*)^(1/period) − 1; infinite where there is no temptation, None where no threat supports it.
        Raises BadInput where the period is not above zero.
        """
        require_positive(period, "the time until cheating is found out", "years")
        if self.patience is None:
            return None
        return _rate(self.patience, period)

    def longest_lag(self, annual_rate: float) -> float | None:
        """The longest time (years) that cheating may go unnoticed at an annual discount rate, a fraction.

        Infinite where there is no temptation, None where no threat supports the deal. Raises BadInput.
        """
        require_positive(annual_rate, "the annual discount rate", "as a fraction")
        if self.patience is None:
            return None
        return math.inf if self.patience == 0 else -math.log(self.patience) / math.log1p(annual_rate)

    def shortest_truce(self, delta: float) -> float | None:
        """The least number of periods that a truce must be expected to last; None if there is none.

        The truce may end by itself, with the probability q after every period, and war follows then as well. So the
        future weighs δ (1 − q), which has to be δ* or more: the least expected length 1/q is 1/(1 − δ*/δ). It is one
        period without temptation, and endless, which counts as none, where δ = δ*. Raises BadInput where `delta` is not
        between 0 and 1.
        """
        self._require_worth(delta)
        if self.patience is None or delta <= self.patience:
            return None
        return 1 / (1 - self.patience / delta)

    def shortest_punishment(self, delta: float) -> int | None:
        """The fewest periods of war, after which the deal is back, that keep this side to it; None where none do.

        T periods do if deviation − deal ≤ (deal − war)(δ + … + δ^T). None where even endless war does not suffice.
        Raises BadInput where `delta` is not between 0 and 1.
        """
        self._require_worth(delta)
        if self.patience is None:
            return None
        if self.temptation == 0:
            return 0
        left = 1 - self.temptation * (1 - delta) / (self.threat * delta)
        if left <= 0:
            return None
        periods = max(1, math.ceil(math.log(left) / math.log(delta)) - 1)
        while self._lost(delta, periods) < self.temptation:  # the logarithm may be a rounding off
            periods += 1
            if periods > MOST_PERIODS:
                return None
        return periods

    def _require_worth(self, delta: float) -> None:
        if not 0 < delta < 1:
            raise BadInput(f"the next period is worth {delta:g} of this one: give a number between 0 and 1")

    def _lost(self, delta: float, periods: int) -> float:
        return self.threat * delta * -math.expm1(periods * math.log(delta)) / (1 - delta)


@dataclass(frozen=True)
class SnapBack:
    """A clause: cheating is answered by taking back what was conceded, `lag` years after it began.

    The concession stays withdrawn for `lasting` years, or for good where that is None. Raises BadInput where a time is
    not above zero.
    """

    lag: float
    lasting: float | None = None

    def __post_init__(self) -> None:
        require_positive(self.lag, "the lag of a snap-back", "years")
        if self.lasting is not None:
            require_positive(self.lasting, "the time for which a concession is withdrawn", "years")

    def annual_rate(self, terms: Incentive) -> float | None:
        """The highest annual discount rate at which the clause keeps a side to a deal, a fraction.

        `terms.war` is what it has while the concession is withdrawn. With β the worth of a year later, b = β^lag and
        T = lasting/lag it keeps the deal if deviation − deal times 1 − b is at most deal − war times b − b^(1+T). Their
        difference is concave in b and zero at b = 1, so that it holds from a least b on, or never. Infinite where there
        is no temptation; None where no threat supports the deal, or the withdrawal is too short at any rate.
        """
        if self.lasting is None or terms.patience is None or terms.temptation == 0:
            return terms.annual_rate(self.lag)
        periods = self.lasting / self.lag
        if periods * terms.threat <= terms.temptation:
            return None

        def over(b: float) -> float:
            return terms.threat * (b - float(b ** (1 + periods))) - terms.temptation * (1 - b)

        # the slope vanishes once between its zeros, and there the difference is above zero
        top = ((terms.threat + terms.temptation) / (terms.threat * (1 + periods))) ** (1 / periods)
        return _rate(float(brentq(over, 0.0, top, xtol=1e-15)), self.lag)

    def holds(self, terms: Incentive, annual_rate: float) -> bool:
        """Whether the clause keeps a side to a deal at an annual discount rate, a fraction. Raises BadInput."""
        require_positive(annual_rate, "the annual discount rate", "as a fraction")
        highest = self.annual_rate(terms)
        return highest is not None and annual_rate <= highest


def worth_of_next(annual_rate: float, period: float) -> float:
    """δ, what comes `period` years later is worth at an annual discount rate r: (1 + r)^−period. Raises BadInput."""
    require_positive(annual_rate, "the annual discount rate", "as a fraction")
    require_positive(period, "the time until cheating is found out", "years")
    return math.exp(-period * math.log1p(annual_rate))


def _rate(worth: float, period: float) -> float:
    """The annual rate at which what comes `period` years later has that worth; infinite where no float is as high."""
    exponent = math.inf if worth == 0 else -math.log(worth) / period
    return math.expm1(exponent) if exponent < _HIGHEST else math.inf


def require_positive(value: float, what: str, unit: str) -> None:
    """Raise BadInput where a number is not above zero and finite."""
    if not number(value, what) > 0:
        raise BadInput(f"{what} is {value:g}: give a number above zero, {unit}")
