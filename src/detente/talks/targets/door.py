"""`reach`: a goal and an instrument → the rates that meet it, or the best that can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from detente.errors import BadInput
from detente.inputs import names, require
from detente.model.benchmark import Benchmark
from detente.model.shock import Shock
from detente.solve.equilibrium import equilibrium, require_closed
from detente.solve.joint import HORIZONS, Horizon
from detente.talks.targets.cheapest import Cheapest, best_of, cheapest, nearest
from detente.talks.targets.goals import Balance, Goal, Purchases
from detente.talks.targets.plan import Instrument, Plan, spread
from detente.talks.targets.problem import Problem
from detente.talks.targets.search import MET, Found, complementary, one_rate
from detente.talks.targets.target import Target

FloatArray = NDArray[np.float64]
By = Literal["tariff", "purchases", "restraint", "mix"]
Rates = Literal["one", "sector"]


def reach(
    economy: Benchmark,
    goal: Goal,
    by: By | Sequence[Instrument] = "tariff",
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
        As in `detente.solve`.

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
    for given, what, known in ((rates, "rates", get_args(Rates)), (horizon, "horizon", HORIZONS)):
        if given not in known:
            raise BadInput(f"{what}={given!r} is not known: choose one of {', '.join(known)}")
    require_closed(economy)
    codes = _bearers(economy, goal, cheapest_for)
    require((Shock, NoneType), start, "start", "give a Shock, dt.Shock(...)")
    before = Shock() if start is None else start
    plan = Plan(economy, goal, of, sectors, before, horizon)
    begin = equilibrium(economy, before.wedges(economy), horizon)
    problem = plan.problem(kinds, rates)
    chosen = problem.size > 1 and not (kinds == ("purchases",) and rates == "one")
    if not chosen and cheapest_for is not None:
        raise BadInput(
            f"cheapest_for={cheapest_for!r} chooses between rates, and here the goal leaves none to choose: ask for "
            "rates='sector' or by='mix', or leave it out"
        )
    if chosen:
        found = least_costly(plan, problem, kinds, codes)
    else:
        found = Cheapest(complementary(problem) if problem.size > 1 else one_rate(problem))
    return Target.of(economy, goal, kinds, problem, begin, found, codes if chosen else ())


def _kinds(by: By | Sequence[Instrument], goal: Goal) -> tuple[Instrument, ...]:
    """The instruments asked for, each once. Raises BadInput."""
    known = get_args(Instrument)
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


def least_costly(plan: Plan, problem: Problem, kinds: tuple[Instrument, ...], codes: tuple[str, ...]) -> Cheapest:
    """From each instrument that meets the goal alone with one rate; where none does, from the nearest to it."""
    starts: list[FloatArray] = []
    best: FloatArray = np.zeros(problem.size)
    gap = -np.inf
    for kind in kinds:
        for alone in plan.alone(kind):
            found = complementary(alone) if alone.size > 1 else one_rate(alone)
            y = spread(alone, found.point.y, problem)
            if found.met:
                starts.append(y)
            if found.point.gap > gap:
                best, gap = y, found.point.gap
    if not starts:
        point = nearest(problem, problem.at(best))
        if point.gap < -MET:
            return Cheapest(Found(point, "no rates of these instruments come nearer that the search finds"))
        starts = [point.y]
    return best_of([cheapest(problem, codes, problem.at(y)) for y in starts])
