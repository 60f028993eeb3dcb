"""From a dispute to its path of years: each state of the law solved with the elasticities of each of its years.

A year is the mean of its states, weighted by days. Elasticities are s(h) times those of the long run in year h of the
path (`detente.data.bundled.horizon`). Where workers differ, their mobility goes from 1, none, to the one that is asked
for in the same years. Nothing is carried over: each year is a static equilibrium, audited by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from detente.analyses.path.budget import Revenues, revenue_frame, revenues_of, sums_frame
from detente.analyses.path.dated_states import DatedState, LawByDay
from detente.analyses.path.options import PathOptions, refund_in
from detente.analyses.path.result import Trajectory
from detente.data.bundled import LONG_RUN, horizon
from detente.data.quantities import parse_money
from detente.dispute.session import Progress, Session, Steps
from detente.errors import BadInput, NotSolved
from detente.inputs import FloatArray
from detente.model.labour import USUAL_TAX
from detente.solver.economy import Economy
from detente.solver.equilibrium import equilibrium, split_of
from detente.solver.noise import without_noise
from detente.solver.solution import Solution, consumer_prices, workers_moving

ADDS_UP: Final = 1e-5
"""Terms along the path of a shock sum to the exact change within this, a thousandth of a percentage point."""
CHANGES: Final = (
    "real_income", "welfare", "real_gdp", "consumer_prices", "real_wage", "employment", "unemployment",
    "workers_moving",
)  # fmt: skip
"""The columns of a year that are fractions, as `Solution.economies` defines them."""


@dataclass(frozen=True)
class YearState:
    """What one state of the law brings at the elasticities of one year: changes (n,) by name, and revenue."""

    changes: dict[str, FloatArray]
    revenue: Revenues
    gap: float


def compute(session: Session, options: PathOptions, progress: Progress | None = None) -> Trajectory:
    """The path of years of a dispute, against the calibrated world with none of the measures of the file.

    Raises
    ------
    BadInput
        Where refunds name a year off the path or an economy that the world lacks.
    BadMeasure, NotSolved
        Where measures cannot hold together, or a state of a year does not solve.
    """
    session = session.long_run  # whether workers move is what mobility says
    law = LawByDay.of(session, options.threats)
    first = law.first_year() if options.first is None else options.first
    span = range(first, first + options.years)
    refunds = _refunds(session, options, span)
    states = law.states(first, options.years)
    steps = Steps(progress, len(span))
    solver = _Solver(session, law, options)
    frames, revenues = [], []
    for year in span:
        steps(str(year))
        level, its = horizon(year - first + 1, solver.long_run), [s for s in states if s.within(year)]
        days = np.array([state.within(year) for state in its], dtype=np.float64)
        solved = [solver.solved(state, level) for state in its]
        weights = days / days.sum()
        frames.append(_year(session.economy, year, year - first + 1, level, solver.mobility(level), weights, solved))
        revenues.append(Revenues.mean([state.revenue for state in solved], weights))
    steps("")
    economies, offset = session.economy.economies, USUAL_TAX if options.offset is None else options.offset
    sizes = _sizes(session, options, span)
    revenue = revenue_frame(economies, span, revenues, frames, sizes, refunds, offset)
    return Trajectory(
        **session.head(options.plain()),
        parties=session.parties,
        first=first,
        last=span[-1],
        residual=solver.gap,
        offset=offset,
        discount=options.discount,
        growth=options.growth,
        threats=options.threats if law.threats else "none",
        notes=tuple(_notes(session, law, options, states, solver.long_run)),
        years=pd.concat(frames, ignore_index=True),
        revenue=revenue,
        sums=sums_frame(revenue, options.discount),
        states=_states(states, session.known.as_of.isoformat()),
    )


class _Solver:
    """Solves each state of the law once at each elasticity, from the one solved before."""

    def __init__(self, session: Session, law: LawByDay, options: PathOptions) -> None:
        self.session, self.law = session, law
        self.long_run = LONG_RUN if options.long_run is None else options.long_run
        self.gap = 0.0
        self._economies: dict[float, Economy] = {}
        self._solved: dict[tuple[object, ...], YearState] = {}
        self._last: Solution | None = None

    def mobility(self, level: float) -> float:
        """Mobility of workers in the year of a level of elasticities; infinite where they are alike."""
        longest = self.session.economy.labour_market.mobility
        if not np.isfinite(longest):
            return float(longest)
        lowest = horizon(1, self.long_run)
        return float(1 + (longest - 1) * (level - lowest) / (1 - lowest))

    def economy(self, level: float) -> Economy:
        """The calibrated economy with elasticities, and mobility, of a level."""
        if level not in self._economies:
            base = self.session.economy
            market = None
            if base.labour_market.by_sector:
                market = replace(base.labour_market, mobility=self.mobility(level))
            other = self.session.under(elasticities=base.theta * level, market=market, keep=False)
            self._economies[level] = other.economy
        return self._economies[level]

    def solved(self, state: DatedState, level: float) -> YearState:
        """A state at a level of elasticities. Raises BadMeasure, NotSolved."""
        key = (state.key, level)
        if key not in self._solved:
            self._solved[key] = self._solve(state, level)
            self.gap = max(self.gap, self._solved[key].gap)
        return self._solved[key]

    def _solve(self, state: DatedState, level: float) -> YearState:
        economy = self.economy(level)
        book = self.session.schedules.having(state.law)
        shock = book.shock(state.ids, flows=economy.M, on=state.first)
        try:
            solution = equilibrium(economy, shock.wedges(economy), "long", start=self._last)
        except NotSolved as problem:
            raise NotSolved(f"the law from {state.first} at {level:.2f} of the elasticities: {problem}") from problem
        self._last = solution
        solution = replace(solution, shock=shock, splitting=partial(split_of, adds_up=ADDS_UP))
        static = (economy.M * book.tariffs(state.ids, on=state.first)).sum((1, 2))
        return YearState(_changes(solution), revenues_of(solution, static), solution.gap)


def _changes(s: Solution) -> dict[str, FloatArray]:
    """The changes that a year shows: the columns of `Solution.economies` of these names, without its levels."""
    prices = consumer_prices(s)
    found = (
        s.W_hat - 1, s.welfare_hat - 1, s.real_gdp_hat - 1, prices / s.w_hat - 1, s.w_hat / prices - 1, s.L_hat - 1,
        s.unemployment, workers_moving(s),
    )  # fmt: skip
    return {name: without_noise(values) for name, values in zip(CHANGES, found, strict=True)}


def _year(
    base: Economy, year: int, h: int, level: float, mobility: float, weights: FloatArray, solved: list[YearState]
) -> pd.DataFrame:
    """The rows of a year: the mean of its states by days."""
    means = {name: np.tensordot(weights, np.stack([state.changes[name] for state in solved]), 1) for name in CHANGES}
    return pd.DataFrame(
        {
            "year": year,
            "h": h,
            "elasticity_level": level,
            "mobility": mobility if np.isfinite(mobility) else np.nan,
            "economy": base.economies,
            **means,
            "real_income_usd": means["real_income"] * base.I,
            "real_gdp_usd": means["real_gdp"] * (base.I - base.D),
        }
    )


def _sizes(session: Session, options: PathOptions, span: range) -> FloatArray:
    """What amounts of each year are times those of the year of the world. Raises BadInput without such a year."""
    if options.growth == 0:
        return np.ones(len(span))
    if session.world.year is None:
        raise BadInput(f"{session.world.name} is of no known year, from which amounts could grow: leave growth out")
    return np.array([(1 + options.growth) ** (year - session.world.year) for year in span])


def _refunds(session: Session, options: PathOptions, span: range) -> dict[tuple[str, int], float]:
    """Refunds by economy and year. Raises BadInput, UnknownEconomy."""
    found: dict[tuple[str, int], float] = {}
    for text in options.refunds:
        economy, year, written = refund_in(text)
        session.world.index(economy)
        amount = _usd(written, text)
        if year not in span:
            raise BadInput(f"refunds name {year}, but the path has the years {span[0]} to {span[-1]}")
        found[economy, year] = found.get((economy, year), 0.0) + amount
    return found


def _usd(written: str, text: str) -> float:
    """USD million of an amount that is not negative. Raises BadInput."""
    try:
        amount = parse_money(written)
    except ValueError as problem:
        raise BadInput(f"refunds hold {text!r}: {problem}") from problem
    if amount < 0:
        raise BadInput(f"refunds hold {text!r}: give the amount that is refunded, without a minus")
    return amount


def _states(states: tuple[DatedState, ...], as_of: str) -> pd.DataFrame:
    """One row a state of the law."""
    rows = [
        (state.first.isoformat(), state.last.isoformat(), state.days, len(state.law), ", ".join(state.ids))
        for state in states
    ]
    table = pd.DataFrame(rows, columns=["first", "last", "days", "measures", "ids"])
    return table.assign(after_as_of=[first > as_of for first in table["first"]])


def _notes(
    session: Session, law: LawByDay, options: PathOptions, states: tuple[DatedState, ...], long_run: int
) -> Iterator[str]:
    """What a reader needs to know of how the path was made."""
    known = session.known
    yield (
        "each year is a static equilibrium by itself: there is no saving, no investment and no delay but that of the "
        "elasticities"
    )
    yield (
        f"trade elasticities are {horizon(1, long_run):.2f} of those of the long run in the first year and "
        f"reach them in year {long_run}, along a straight line (Boehm, Levchenko and Pandalai-Nayar 2023: the "
        "long run comes after 7 to 10 years; the line is an assumption); years count from the first of the path, also "
        "for measures that begin later"
    )
    if session.economy.labour_market.by_sector:
        yield (
            f"mobility of workers goes from 1 in the first year to {session.economy.labour_market.mobility:g}, in the "
            "same years as elasticities; that speed is an assumption"
        )
    if any(state.last > known.as_of for state in states):
        yield f"the law is known up to {known.as_of.isoformat()}; what holds then is taken to stay, up to its own dates"
    for threat in law.threats:
        if threat.begins is None:
            yield f"{threat.id} has no date: it is taken to begin on {known.as_of.isoformat()}, the day of the file"
    if known.base is not None:
        yield f"days before {known.base.on.isoformat()} have the law of that day: the file knows none before it"
    if not options.refunds:
        yield "refunds of duties are not counted: no amount is given"
