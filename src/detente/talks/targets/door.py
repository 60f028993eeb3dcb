"""`reach`: a goal and an instrument → the rates that meet it, or the best that can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from detente.errors import BadInput
from detente.model.benchmark import Benchmark
from detente.model.shock import Shock
from detente.solve.equilibrium import equilibrium, require_closed
from detente.solve.joint import HORIZONS, Horizon
from detente.talks.targets.goals import Balance, Goal, Purchases, goods
from detente.talks.targets.levers import Goods, Instruments, Lever, lay_out
from detente.talks.targets.problem import Count, Problem
from detente.talks.targets.search import complementary, one_rate
from detente.talks.targets.target import Target

FloatArray = NDArray[np.float64]
By = Literal["tariff", "purchases"]


def reach(
    economy: Benchmark,
    goal: Goal,
    by: By = "tariff",
    *,
    of: str | None = None,
    sectors: Sequence[str] | None = None,
    start: Shock | None = None,
    horizon: Horizon = "long",
) -> Target:
    """The way to a bilateral balance or to purchases by one instrument, what it costs whom, or how near it comes.

    Parameters
    ----------
    economy
        A closed benchmark.
    goal
        `Balance` or `Purchases`; levels are counted from the benchmark, also where there is a `start`.
    by
        ``tariff``: one rate on all covered goods, of the side that would buy less; of the other side (`of`) it is a
        cut of its tariffs by one part of each. ``purchases``: the side that is to buy more pays the part z of what its
        buyers would pay, and no more than needed: 0 ≤ z ⟂ level − asked ≥ 0, for each category of a purchases goal.
    of
        Whose tariffs, a side of the goal; None for the side whose tariffs go up.
    sectors
        The goods that the instrument covers; None for all goods, or for those of a purchases goal.
    start
        What is in force before, such as the other points of a package; the instrument comes on top.
    horizon
        As in `detente.solve`.

    Raises
    ------
    BadInput
        Where the instrument cannot serve the goal, or there is nothing for it to cover.
    UnknownEconomy, UnknownSector
        Where a name is not in the economy.
    NotSolved
        Where the start has no equilibrium.
    """
    if by not in get_args(By):
        raise BadInput(f"by={by!r} is not an instrument: choose one of {', '.join(get_args(By))}")
    if horizon not in HORIZONS:
        raise BadInput(f"horizon={horizon!r} is not known: choose one of {', '.join(HORIZONS)}")
    require_closed(economy)
    before = Shock() if start is None else start
    begin = equilibrium(economy, before.wedges(economy), horizon)
    problem = _problem(economy, goal, by, of, sectors, before, horizon)
    search = complementary if problem.size > 1 else one_rate
    found = search(problem)
    return Target.of(economy, goal, by, problem, begin, found)


def _problem(
    economy: Benchmark,
    goal: Goal,
    by: By,
    of: str | None,
    sectors: Sequence[str] | None,
    start: Shock,
    horizon: Horizon,
) -> Problem:
    covered = _covered(economy, goal, sectors)
    shares = goal.shares(economy) if isinstance(goal, Purchases) else None
    seller, buyer = _sides(goal)
    n, i = economy.index(buyer), economy.index(seller)
    cells = [(n, i, j) for j in covered]
    if isinstance(goal, Balance):
        cells += [(i, n, j) for j in covered]
    laid = lay_out(economy, start, tuple(np.array(axis) for axis in zip(*cells, strict=True)), shares)
    levers = _levers(economy, goal, by, of, laid, covered)
    instruments = Instruments(economy, start, laid, levers)
    return Problem(instruments, _count(economy, goal, laid), horizon)


def _sides(goal: Goal) -> tuple[str, str]:
    """Who is to sell more (or buy less), and who is to buy more."""
    return goal.sides if isinstance(goal, Balance) else (goal.seller, goal.buyer)


def _covered(economy: Benchmark, goal: Goal, sectors: Sequence[str] | None) -> list[int]:
    if isinstance(sectors, str):
        raise BadInput(f"sectors={sectors!r} is one name: give a list, [{sectors!r}]")
    if sectors is not None:
        listed = sorted({economy.sector_index(name) for name in sectors})
        if not listed:
            raise BadInput("sectors=[] leaves nothing for the instrument to cover: name some, or leave it out for all")
        return listed
    if isinstance(goal, Purchases):
        return np.flatnonzero(goal.shares(economy).sum(0) > 0).tolist()
    return [economy.sector_index(name) for name in goods(economy)]


def _levers(
    economy: Benchmark, goal: Goal, by: By, of: str | None, laid: Goods, covered: Sequence[int]
) -> tuple[Lever, ...]:
    seller, buyer = _sides(goal)
    n, i = economy.index(buyer), economy.index(seller)
    if by == "purchases":
        if of is not None:
            raise BadInput(f"of={of!r} says whose tariffs; purchases are made by {buyer}, who buys more: leave it out")
        rows = laid.of_pair(n, i, covered)
        if isinstance(goal, Balance):
            return (Lever("purchases", buyer, f"{buyer} pays for goods of {seller}", rows),)
        return tuple(
            Lever("purchases", buyer, name, rows[laid.category[rows] == c]) for c, name in enumerate(goal.amounts)
        )
    restricts = seller if isinstance(goal, Balance) else None
    of = of if of is not None else (restricts if restricts is not None else buyer)
    if of not in (seller, buyer):
        raise BadInput(f"of={of!r} is not a side of the goal: choose {seller} or {buyer}")
    if of == restricts:
        return (Lever("tariff", of, f"{of} on goods of {buyer}", laid.of_pair(i, n, covered)),)
    if of == seller:
        raise BadInput(f"tariffs of {seller}, which sells, do not move what {buyer} buys: leave `of` out")
    return (Lever("cut", of, f"{of} on goods of {seller}", laid.of_pair(n, i, covered)),)


def _count(economy: Benchmark, goal: Goal, laid: Goods) -> Count:
    """The levels of a goal as signed sums over rows and the cells that have none."""
    seller, buyer = _sides(goal)
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
    counted = [j for j, name in enumerate(economy.sectors) if goal.scope == "all" or name in goods(economy)]
    sign = np.zeros(economy.pi.shape)
    sign[n, i, counted], sign[i, n, counted] = 1.0, -1.0
    before = float((sign * economy.M).sum())
    rows, rest = sign[laid.cells][None], sign.copy()
    rest[laid.cells] = 0.0
    change = abs(goal.change)
    return Count((str(goal),), rows, rest[None], np.array([before + change]), np.array([change]), False)
