"""`reach`: a goal and an instrument → the rates that meet it, or the best that can be reached.

From a goal and instruments to the problem that the searches solve: which goods, which instruments, what to count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import NoneType
from typing import Literal, get_args

import numpy as np

from detente.errors import BadInput
from detente.inputs import FloatArray, IntArray, names, one_of, require
from detente.model.benchmark import Benchmark
from detente.model.shock import Shock
from detente.solver.equilibrium import equilibrium, require_closed
from detente.solver.fixed_point import HORIZONS, Horizon
from detente.solver.held import held
from detente.targets.problem import Count, CoveredGoods, Instrument, Instruments, Kind, TargetProblem, lay_out
from detente.targets.search import MET, Cheapest, SearchEnd, best_of, cheapest, complementary, nearest, one_rate
from detente.targets.target import Balance, Goal, Purchases, Target, goods

InstrumentName = Literal["tariff", "purchases", "restraint"]


@dataclass(frozen=True, eq=False)
class InstrumentChoice:
    """A goal on an economy, and what instruments may cover: see `reach`."""

    economy: Benchmark
    goal: Goal
    of: str | None
    sectors: Sequence[str] | None
    start: Shock
    horizon: Horizon

    @property
    def seller(self) -> str:
        """The economy that is to sell more, or to buy less."""
        return self.goal.sides(self.economy)[0]

    @property
    def buyer(self) -> str:
        """The economy that is to buy more, or to sell less."""
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
    def goods(self) -> CoveredGoods:
        """The buyer's purchases from the seller in those sectors, and for a balance also the reverse trade."""
        n, i = self.economy.index(self.buyer), self.economy.index(self.seller)
        cells = [(n, i, j) for j in self.covered]
        if isinstance(self.goal, Balance):
            cells += [(i, n, j) for j in self.covered]
        shares = self.goal.shares(self.economy) if isinstance(self.goal, Purchases) else None
        return lay_out(self.economy, self.start, tuple(np.array(axis) for axis in zip(*cells, strict=True)), shares)

    @cached_property
    def count(self) -> Count:
        """The quantity that the goal counts."""
        return _count(self.economy, self.goal, self.seller, self.buyer, self.goods)

    def problem(self, kinds: Sequence[InstrumentName], rates: str) -> TargetProblem:
        """The problem of some instruments, each with one rate or one for each sector. Raises BadInput."""
        sets = [
            instrument for kind in kinds for instrument in self._instruments(kind, "mix" if len(kinds) > 1 else "alone")
        ]
        if self.of is not None and "tariff" not in kinds:
            raise BadInput(f"of={self.of!r} says whose tariffs, and there are none among the instruments: leave it out")
        instruments = [
            part for instrument in sets for part in (self._by_sector(instrument) if rates == "sector" else [instrument])
        ]
        return self._posed(instruments)

    def alone(self, kind: InstrumentName) -> list[TargetProblem]:
        """One problem for each instrument with one rate; for purchases by category, one of all categories."""
        instruments = self._instruments(kind, "mix")
        if kind == "purchases":
            return [self._posed(instruments)]
        return [self._posed([instrument]) for instrument in instruments]

    def _posed(self, instruments: Sequence[Instrument]) -> TargetProblem:
        posed = Instruments(self.economy, self.start, self.goods, tuple(instruments))
        return TargetProblem(posed, self.count, self.horizon)

    def _instruments(self, kind: InstrumentName, how: str) -> list[Instrument]:
        bought = self._rows(self.buyer, self.seller)
        if kind == "restraint":
            label = f"{self.buyer} on what it sells to {self.seller}"
            return [Instrument("restraint", self.buyer, label, self._rows(self.seller, self.buyer))]
        if kind == "purchases":
            if isinstance(self.goal, Balance):
                return [Instrument("purchases", self.buyer, f"{self.buyer} pays for goods of {self.seller}", bought)]
            of = self.goods.category[bought]
            names = enumerate(self.goal.amounts)
            return [Instrument("purchases", self.buyer, name, bought[of == c], c) for c, name in names]
        return [self._tariff(side, bought) for side in self._tariff_setters(how)]

    def _tariff_setters(self, how: str) -> tuple[str, ...]:
        """The side whose tariffs move: the named side, the one that raises them, or both. Raises BadInput."""
        sides = (self.seller, self.buyer) if isinstance(self.goal, Balance) else (self.buyer,)
        if self.of is None:
            return sides if how == "mix" else sides[:1]
        if self.of not in (self.seller, self.buyer):
            raise BadInput(f"of={self.of!r} is not a side of the goal: choose {self.seller} or {self.buyer}")
        if self.of not in sides:
            raise BadInput(f"tariffs of {self.of}, which sells, do not move what {self.buyer} buys: leave `of` out")
        return (self.of,)

    def _tariff(self, side: str, bought: IntArray) -> Instrument:
        if side == self.buyer:
            return Instrument("cut", side, f"{side} on goods of {self.seller}", bought)
        return Instrument("tariff", side, f"{side} on goods of {self.buyer}", self._rows(side, self.buyer))

    def _rows(self, importer: str, exporter: str) -> IntArray:
        return self.goods.of_pair(self.economy.index(importer), self.economy.index(exporter), self.covered)

    def _by_sector(self, instrument: Instrument) -> list[Instrument]:
        """The instrument as one for each sector in which something is bought."""
        g = self.goods
        spent = (self.economy.pi * self.economy.X[:, None, :])[g.cells]
        out = []
        for j in self.covered:
            rows = instrument.rows[(g.j[instrument.rows] == j) & (spent[instrument.rows] > 0)]
            if len(rows) and not (instrument.kind == "cut" and (g.t_start[rows] <= 0).all()):
                name = f"{instrument.label}: {self.economy.sectors[j]}"
                out.append(Instrument(instrument.kind, instrument.by, name, rows, instrument.category))
        return out


def spread(alone: TargetProblem, y: FloatArray, wide: TargetProblem) -> FloatArray:
    """Rates of a few instruments as rates of more: each instrument takes the rate of the one it is part of, or none."""
    rate: dict[tuple[Kind, str, int], float] = {}
    for instrument, value in zip(alone.instruments.each, y, strict=True):
        rate[instrument.kind, instrument.by, instrument.category] = float(value)
    return np.array(
        [rate.get((instrument.kind, instrument.by, instrument.category), 0.0) for instrument in wide.instruments.each]
    )


def _count(economy: Benchmark, goal: Goal, seller: str, buyer: str, laid: CoveredGoods) -> Count:
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


By = Literal["tariff", "purchases", "restraint", "mix"]
Rates = Literal["one", "sector"]


def reach(
    economy: Benchmark,
    goal: Goal,
    by: By | Sequence[InstrumentName] = "tariff",
    *,
    cheapest_for: str | Sequence[str] | None = None,
    rates: Rates = "one",
    of: str | None = None,
    sectors: Sequence[str] | None = None,
    start: Shock | None = None,
    horizon: Horizon = "long",
) -> Target:
    """The way to a bilateral balance or to purchases by an instrument, what it costs whom, or how near it comes.

    Parameters
    ----------
    economy
        A closed benchmark.
    goal
        `Balance` or `Purchases`; levels are counted from the benchmark, also where there is a `start`.
    by
        ``tariff``: tariffs of the side that would buy less go up; those of the other side (`of`) are cut, by a part of
        each. ``purchases``: the treasury of the side that is to buy more pays the part z of what its buyers would pay,
        and no more than needed: 0 ≤ z ⟂ level − asked ≥ 0, for each category of a purchases goal. ``restraint``: the
        side that is to sell less charges e on its exports and keeps the rents. ``mix``: all that serve the goal, with
        tariffs of both sides; or a list of some.
    cheapest_for
        Who is to bear the least, where there is more than one rate to choose: an economy, several, ``both`` sides of
        the goal (the default), or the ``world``: the sum of their changes of real income at base prices. The goal is
        met and not overshot, so that the search is for the way to it.
    rates
        ``one``: each instrument has one rate on all that it covers. ``sector``: a rate for each sector.
    of
        Whose tariffs, a side of the goal; None for the side whose tariffs go up, and in a mix for both.
    sectors
        The goods that the instruments cover; None for all goods, or for those of a purchases goal.
    start
        What is in force before, such as the other points of a package; the instruments come on top.
    horizon
        As in `detente.solver`.

    Raises
    ------
    BadInput
        Where an instrument cannot serve the goal, or there is nothing for it to cover.
    UnknownEconomy, UnknownSector
        Where a name is not in the economy.
    NotSolved
        Where the start has no equilibrium.
    """
    require((Balance, Purchases), goal, "goal", "give a Balance or Purchases, such as dt.Balance('USA', 'CHN', 200e3)")
    kinds = _kinds(by, goal)
    one_of(rates, "rates", get_args(Rates))
    one_of(horizon, "horizon", HORIZONS)
    require_closed(economy)
    codes = _bearers(economy, goal, cheapest_for)
    require((Shock, NoneType), start, "start", "give a Shock, dt.Shock(...)")
    before, held_note = held(economy, Shock() if start is None else start, horizon)
    plan = InstrumentChoice(economy, goal, of, sectors, before, horizon)
    begin = equilibrium(economy, before.wedges(economy), horizon)
    problem = plan.problem(kinds, rates)
    chosen = problem.size > 1 and not (kinds == ("purchases",) and rates == "one")
    if not chosen and cheapest_for is not None:
        raise BadInput(
            f"cheapest_for={cheapest_for!r} chooses between rates, and here the goal leaves none to choose: ask for "
            "rates='sector' or by='mix', or leave it out"
        )
    beside = None
    if chosen:
        ends = ends_alone(plan, kinds)
        if (uniform := _uniform(problem, ends)) is not None:
            beside = Target.of(economy, goal, kinds, uniform.problem, begin, Cheapest(uniform.found), ())
        found = least_costly(problem, ends, codes)
    else:
        found = Cheapest(complementary(problem) if problem.size > 1 else one_rate(problem))
    target = Target.of(economy, goal, kinds, problem, begin, found, codes if chosen else (), beside)
    return replace(target, note="; ".join(note for note in (target.note, held_note) if note))


def _kinds(by: By | Sequence[InstrumentName], goal: Goal) -> tuple[InstrumentName, ...]:
    """The instruments asked for, each once. Raises BadInput."""
    known = get_args(InstrumentName)
    serve = known if isinstance(goal, Balance) else known[:2]
    listed = serve if by == "mix" else names([by] if isinstance(by, str) else by, "by")
    for name in listed:
        if name not in known:
            raise BadInput(f"by={name!r} is not an instrument: choose one of {', '.join(known)}, or mix")
        if name not in serve:
            raise BadInput(f"an export restraint lowers what is bought: purchases are reached by {' or '.join(serve)}")
    if not listed or len(set(listed)) < len(listed):
        raise BadInput(f"by={by!r}: name at least one instrument, each once")
    return tuple(name for name in known if name in listed)


def _bearers(economy: Benchmark, goal: Goal, cheapest_for: str | Sequence[str] | None) -> tuple[str, ...]:
    """The economies whose real income counts. Raises BadInput, UnknownEconomy."""
    if cheapest_for is None or cheapest_for == "both":
        return goal.parties
    if cheapest_for == "world":
        return economy.economies
    codes = (cheapest_for,) if isinstance(cheapest_for, str) else names(cheapest_for, "cheapest_for")
    if not codes or len(set(codes)) < len(codes):
        raise BadInput(f"cheapest_for={cheapest_for!r}: name an economy, several each once, both, or world")
    return tuple(economy.economies[economy.index(code)] for code in codes)


@dataclass(frozen=True, eq=False)
class EndAlone:
    """The end of the search for the rates of one instrument alone, with one rate or one for each category."""

    problem: TargetProblem
    found: SearchEnd

    @property
    def met(self) -> bool:
        """Whether the instrument meets the goal alone."""
        return self.found.met


def ends_alone(plan: InstrumentChoice, kinds: tuple[InstrumentName, ...]) -> list[EndAlone]:
    """Each instrument by itself."""
    problems = [problem for kind in kinds for problem in plan.alone(kind)]
    return [EndAlone(alone, complementary(alone) if alone.size > 1 else one_rate(alone)) for alone in problems]


def _uniform(problem: TargetProblem, ends: Sequence[EndAlone]) -> EndAlone | None:
    """The one rate that meets the goal with the instrument of the problem; None where it has several, or none does."""
    used = {(instrument.kind, instrument.by) for instrument in problem.instruments.each}
    for end in ends:
        own = [(instrument.kind, instrument.by) for instrument in end.problem.instruments.each]
        if used == set(own) and len(own) == 1 and end.met:
            return end
    return None


def least_costly(problem: TargetProblem, ends: Sequence[EndAlone], codes: tuple[str, ...]) -> Cheapest:
    """From each instrument that meets the goal alone with one rate; where none does, from the nearest to it."""
    spreads = [spread(end.problem, end.found.point.y, problem) for end in ends]
    starts = [y for end, y in zip(ends, spreads, strict=True) if end.met]
    if not starts:
        best = max(range(len(ends)), key=lambda k: ends[k].found.point.gap)
        point = nearest(problem, problem.at(spreads[best]))
        if point.gap < -MET:
            return Cheapest(SearchEnd(point, "no rates of these instruments come nearer that the search finds"))
        starts = [point.y]
    return best_of([cheapest(problem, codes, problem.at(y)) for y in starts])
