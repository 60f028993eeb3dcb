"""Would it be ratified at home: groups, their gains from a deal, vetoes and weights (Putnam 1988).

A deal is ratified where no group with a veto loses by it and the groups that do not lose hold more than a quota of all
weight. The deals that are ratified are a side's win-set. What stands in the way is bought off at the least cost: every
veto that loses, and of the others as cheap a set as reaches the quota, each paid what it loses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import factorial
from typing import Final

import numpy as np

from detente.errors import BadInput, UnknownSector
from detente.inputs import BoolArray
from detente.solver.solution import Solution, consumer_prices

MOST_GROUPS: Final = 16
"""Groups of a side, at most: every set of them is looked at."""
MAJORITY: Final = 0.5
"""The quota unless another is asked for: more than half of the weight."""

#: A share of weight is over the quota where it is by more than this.
_OVER: Final = 1e-12


@dataclass(frozen=True)
class DomesticGroup:
    """A group at home: what it gains over no deal (USD million a year), its weight, and whether a deal needs it.

    `size` is what gains are compared by, such as its income (USD million a year).
    """

    name: str
    gain: float
    weight: float = 1.0
    veto: bool = False
    size: float = 1.0

    def __post_init__(self) -> None:
        if not np.isfinite(self.gain):
            raise BadInput(f"group {self.name!r} gains {self.gain}: give a number")
        for what, value in (("weight", self.weight), ("size", self.size)):
            if not (np.isfinite(value) and value > 0):
                raise BadInput(f"group {self.name!r} has {what} {value:g}: give a number above zero")


@dataclass(frozen=True)
class Payment:
    """The cheapest payments that get a deal ratified: group → USD million a year, and their sum."""

    to: tuple[tuple[str, float], ...]
    total: float


@dataclass(frozen=True)
class Ballot:
    """The groups of one side before one deal.

    Parameters
    ----------
    groups
        At least one, each name once, at most `MOST_GROUPS`.
    quota
        The share of weight that more than must not lose, in [0, 1).
    tie
        A group that loses no more than this (USD million a year) does not lose.
    """

    groups: tuple[DomesticGroup, ...]
    quota: float = MAJORITY
    tie: float = 0.0

    def __post_init__(self) -> None:
        names = [group.name for group in self.groups]
        if not names:
            raise BadInput("a ballot needs at least one group")
        if len(names) > MOST_GROUPS:
            raise BadInput(f"{len(names)} groups are more than {MOST_GROUPS}: join some")
        twice = [name for k, name in enumerate(names) if name in names[:k]]
        if twice:
            raise BadInput(f"group {twice[0]!r} is named twice: give each a name of its own")
        if not 0 <= self.quota < 1:
            raise BadInput(
                f"a quota of {self.quota:g} is not a share of weight that can be exceeded: from 0 to under 1"
            )

    def consents(self, group: DomesticGroup) -> bool:
        """Whether a group does not lose."""
        return group.gain >= -self.tie

    @property
    def share(self) -> float:
        """The share of weight that does not lose."""
        return self._share([self.consents(group) for group in self.groups])

    @property
    def vetoed_by(self) -> tuple[str, ...]:
        """Groups with a veto that lose."""
        return tuple(group.name for group in self.groups if group.veto and not self.consents(group))

    @property
    def ratified(self) -> bool:
        """Whether the deal is ratified."""
        return not self.vetoed_by and self.share > self.quota + _OVER

    @property
    def pivotal(self) -> str:
        """The group whose consent decides: taken from the one that gains most for its size to the one that loses most,
        the one with which the deal is ratified. Of equal gains the one named first is taken first."""
        order = sorted(range(len(self.groups)), key=lambda k: -self.groups[k].gain / self.groups[k].size)
        joined = np.zeros(len(self.groups), dtype=np.bool_)
        for k in order:
            joined[k] = True
            if self._wins(joined[None, :])[0]:
                break
        return self.groups[k].name

    @cached_property
    def power(self) -> dict[str, float]:
        """How often each group is the one that decides, over all orders in which they may join (Shapley & Shubik
        1954); the shares sum to one and do not depend on gains."""
        count = len(self.groups)
        sets = np.arange(2**count)[:, None] >> np.arange(count) & 1 == 1
        wins, size = self._wins(sets), sets.sum(1)
        orders = np.array([factorial(s) * factorial(count - 1 - s) / factorial(count) for s in range(count)])
        power = {}
        for k, group in enumerate(self.groups):
            without = np.flatnonzero(~sets[:, k])
            decides = wins[without + 2**k] & ~wins[without]
            power[group.name] = float(orders[size[without]][decides].sum())
        return power

    @cached_property
    def payment(self) -> Payment:
        """The cheapest payments that get it ratified; none where it is."""
        losers = [k for k, group in enumerate(self.groups) if not self.consents(group)]
        consents = np.array([self.consents(group) for group in self.groups])
        bought = np.arange(2 ** len(losers))[:, None] >> np.arange(len(losers)) & 1 == 1
        joined = np.broadcast_to(consents, (len(bought), len(self.groups))).copy()
        joined[:, losers] = bought
        cost = bought @ np.array([-self.groups[k].gain for k in losers], dtype=np.float64)
        cost[~self._wins(joined)] = np.inf
        chosen = bought[int(cost.argmin())]
        paid = tuple((self.groups[k].name, -self.groups[k].gain) for k, yes in zip(losers, chosen, strict=True) if yes)
        return Payment(paid, float(sum(usd for _, usd in paid)))

    @property
    def surplus(self) -> float:
        """The total gain of all groups that do not lose, out of which they could pay, USD million a year."""
        return float(sum(group.gain for group in self.groups if self.consents(group)))

    def _share(self, joined: Sequence[bool] | BoolArray) -> float:
        weight = np.array([group.weight for group in self.groups])
        return float(weight[np.asarray(joined)].sum() / weight.sum())

    def _wins(self, joined: BoolArray) -> BoolArray:
        """Whether each set of groups (m, g) ratifies (m,)."""
        weight = np.array([group.weight for group in self.groups])
        vetoes = np.array([group.veto for group in self.groups])
        return np.asarray((joined @ (weight / weight.sum()) > self.quota + _OVER) & joined[:, vetoes].all(1))


def factor_income(solution: Solution, economy: str, sectors: Sequence[str]) -> float:
    """Real income of the factors in some sectors of an economy, USD million a year at the prices of the benchmark.

    Value added and the share of tariff revenue and transfers that goes with it, over the economy's consumer prices, as
    in Ossa (2014); over all sectors that is the economy's real income. Where labour is held (horizon "short") it is
    what those who work there now have; in the long run every worker earns the same and it is the size of the sectors.
    Raises UnknownEconomy, UnknownSector.
    """
    base = solution.base
    n = base.index(economy)
    for sector in sectors:
        if sector not in base.sectors:
            raise UnknownSector(sector, base.sectors, "a group")
    chosen = [base.sectors.index(sector) for sector in sectors]
    earned = base.gamma_va[n] * solution.Y_cf[n]
    share = float(earned[chosen].sum() / earned.sum())
    return share * float(solution.I_cf[n] / consumer_prices(solution)[n])
