"""Which goods, which levers and what to count: from a goal and instruments to the problem that the searches solve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.errors import BadInput
from detente.inputs import names
from detente.model.benchmark import Benchmark
from detente.model.shock import Shock
from detente.solve.joint import Horizon
from detente.talks.targets.goals import Balance, Goal, Purchases, goods
from detente.talks.targets.levers import Goods, Instruments, Kind, Lever, lay_out
from detente.talks.targets.problem import Count, Problem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Instrument = Literal["tariff", "purchases", "restraint"]


@dataclass(frozen=True, eq=False)
class Plan:
    """A goal on an economy, and what instruments may cover: see `reach`."""

    economy: Benchmark
    goal: Goal
    of: str | None
    sectors: Sequence[str] | None
    start: Shock
    horizon: Horizon

    @property
    def seller(self) -> str:
        """Who is to sell more, or buy less."""
        return self.goal.sides(self.economy)[0]

    @property
    def buyer(self) -> str:
        """Who is to buy more, or sell less."""
        return self.goal.sides(self.economy)[1]

    @cached_property
    def covered(self) -> list[int]:
        """Positions of the sectors that instruments cover. Raises BadInput, UnknownSector."""
        if self.sectors is not None:
            if not (listed := sorted({self.economy.sector_index(name) for name in names(self.sectors, "sectors")})):
                raise BadInput("sectors=[] leaves nothing for the instrument to cover: name some, or leave it out")
            return listed
        if isinstance(self.goal, Purchases):
            return [int(j) for j in np.flatnonzero(self.goal.shares(self.economy).sum(0) > 0)]
        return [self.economy.sector_index(name) for name in goods(self.economy)]

    @cached_property
    def goods(self) -> Goods:
        """What the buyer buys from the seller in those sectors, and for a balance what goes the other way."""
        n, i = self.economy.index(self.buyer), self.economy.index(self.seller)
        cells = [(n, i, j) for j in self.covered]
        if isinstance(self.goal, Balance):
            cells += [(i, n, j) for j in self.covered]
        shares = self.goal.shares(self.economy) if isinstance(self.goal, Purchases) else None
        return lay_out(self.economy, self.start, tuple(np.array(axis) for axis in zip(*cells, strict=True)), shares)

    @cached_property
    def count(self) -> Count:
        """What the goal counts."""
        return _count(self.economy, self.goal, self.seller, self.buyer, self.goods)

    def problem(self, kinds: Sequence[Instrument], rates: str) -> Problem:
        """The problem of some instruments, each with one rate or one for each sector. Raises BadInput."""
        sets = [lever for kind in kinds for lever in self._levers(kind, "mix" if len(kinds) > 1 else "alone")]
        if self.of is not None and "tariff" not in kinds:
            raise BadInput(f"of={self.of!r} says whose tariffs, and there are none among the instruments: leave it out")
        levers = [part for lever in sets for part in (self._by_sector(lever) if rates == "sector" else [lever])]
        return self._posed(levers)

    def alone(self, kind: Instrument) -> list[Problem]:
        """One problem for each lever with one rate; for purchases by category, one of all categories."""
        levers = self._levers(kind, "mix")
        if kind == "purchases":
            return [self._posed(levers)]
        return [self._posed([lever]) for lever in levers]

    def _posed(self, levers: Sequence[Lever]) -> Problem:
        instruments = Instruments(self.economy, self.start, self.goods, tuple(levers))
        return Problem(instruments, self.count, self.horizon)

    def _levers(self, kind: Instrument, how: str) -> list[Lever]:
        bought = self._rows(self.buyer, self.seller)
        if kind == "restraint":
            label = f"{self.buyer} on what it sells to {self.seller}"
            return [Lever("restraint", self.buyer, label, self._rows(self.seller, self.buyer))]
        if kind == "purchases":
            if isinstance(self.goal, Balance):
                return [Lever("purchases", self.buyer, f"{self.buyer} pays for goods of {self.seller}", bought)]
            of = self.goods.category[bought]
            names = enumerate(self.goal.amounts)
            return [Lever("purchases", self.buyer, name, bought[of == c], c) for c, name in names]
        return [self._tariff(side, bought) for side in self._tariff_setters(how)]

    def _tariff_setters(self, how: str) -> tuple[str, ...]:
        """Whose tariffs: the side named, or the one whose tariffs go up, or both in a mix. Raises BadInput."""
        sides = (self.seller, self.buyer) if isinstance(self.goal, Balance) else (self.buyer,)
        if self.of is None:
            return sides if how == "mix" else sides[:1]
        if self.of not in (self.seller, self.buyer):
            raise BadInput(f"of={self.of!r} is not a side of the goal: choose {self.seller} or {self.buyer}")
        if self.of not in sides:
            raise BadInput(f"tariffs of {self.of}, which sells, do not move what {self.buyer} buys: leave `of` out")
        return (self.of,)

    def _tariff(self, side: str, bought: IntArray) -> Lever:
        if side == self.buyer:
            return Lever("cut", side, f"{side} on goods of {self.seller}", bought)
        return Lever("tariff", side, f"{side} on goods of {self.buyer}", self._rows(side, self.buyer))

    def _rows(self, importer: str, exporter: str) -> IntArray:
        return self.goods.of_pair(self.economy.index(importer), self.economy.index(exporter), self.covered)

    def _by_sector(self, lever: Lever) -> list[Lever]:
        """The lever as one for each sector in which something is bought."""
        g = self.goods
        spent = (self.economy.pi * self.economy.X[:, None, :])[g.cells]
        out = []
        for j in self.covered:
            rows = lever.rows[(g.j[lever.rows] == j) & (spent[lever.rows] > 0)]
            if len(rows) and not (lever.kind == "cut" and (g.t_start[rows] <= 0).all()):
                name = f"{lever.label}: {self.economy.sectors[j]}"
                out.append(Lever(lever.kind, lever.by, name, rows, lever.category))
        return out


def spread(alone: Problem, y: FloatArray, wide: Problem) -> FloatArray:
    """Rates of a few levers as rates of more: each lever takes the rate of the one it is part of, or none."""
    rate: dict[tuple[Kind, str, int], float] = {}
    for lever, value in zip(alone.instruments.levers, y, strict=True):
        rate[lever.kind, lever.by, lever.category] = float(value)
    return np.array([rate.get((lever.kind, lever.by, lever.category), 0.0) for lever in wide.instruments.levers])


def _count(economy: Benchmark, goal: Goal, seller: str, buyer: str, laid: Goods) -> Count:
    """The levels of a goal as signed sums over rows and the cells that have none. Raises BadInput."""
    n, i = economy.index(buyer), economy.index(seller)
    if isinstance(goal, Purchases):
        names = tuple(goal.amounts)
        before = goal.shares(economy) @ economy.M[n, i]
        if (before <= 0).any():
            none = names[int(before.argmin())]
            raise BadInput(f"{buyer} buys no {none} from {seller} at all: no price makes trade where there is none")
        asked = before + np.array(list(goal.amounts.values()))
        bought = (laid.n == n) & (laid.i == i)
        rows = np.stack([bought & (laid.category == c) for c in range(len(names))]).astype(np.float64)
        return Count(names, rows, np.zeros((len(names), *economy.pi.shape)), asked, asked - before, True)
    counted = goal.counted(economy)
    sign = np.zeros(economy.pi.shape)
    sign[n, i, counted], sign[i, n, counted] = 1.0, -1.0
    before = float((sign * economy.M).sum())
    rows, rest = sign[laid.cells][None], sign.copy()
    rest[laid.cells] = 0.0
    change = abs(goal.change)
    return Count((str(goal),), rows, rest[None], np.array([before + change]), np.array([change]), False)
