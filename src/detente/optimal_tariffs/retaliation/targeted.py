"""Targeted: the duties that hurt the other government most for what they cost at home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import NonlinearConstraint, minimize

from detente.data.quantities import HIGHEST_RATE, format_money
from detente.errors import BadInput
from detente.inputs import FloatArray, number
from detente.optimal_tariffs.game import TariffGame
from detente.optimal_tariffs.governments import Objective, checked_weights, tariff_instruments
from detente.optimal_tariffs.retaliation.rule import Answer, Rule, Standoff, as_law, check_rate
from detente.policy.measure import Measure
from detente.solver.equilibrium import equilibrium

#: Own real income may fall by so much more than allowed, in logs: far under what any answer costs.
_SLACK = 1e-9
#: The uniform additional rate that the second search starts from.
_BROAD = 0.1
#: Steps of a search: it stops long before where it gets on.
_STEPS = 60
#: Times an answer over its cost is drawn back by a tenth.
_HALVINGS = 40
#: Sectors that a note names.
_NAMED = 5


@dataclass(frozen=True, eq=False)
class Targeted(Rule):
    """The duty on each goods sector of the other side that lowers its government's payoff most within an own cost.

    Duties are not cut, and go up to ``most`` (fractions). The own cost is the fall in own real income that the answer
    makes, at most ``cost`` USD million a year; 0 is harm for free. ``weights`` (n, j), one on average over sectors, are
    those of the other government (Ossa 2014): harm is then the fall of its weighted real income, which is what
    politically chosen lists aim at; without weights it is real income. Found by sequential quadratic programming from
    where duties stand and from a uniform rate; the better is taken. Grossman & Helpman (1995), "Trade Wars and Trade
    Talks", for governments that weigh sectors; the programme itself is a choice made here.
    """

    name = "targeted"
    cost: float = 0.0
    most: float = 1.0
    weights: ArrayLike | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if number(self.cost, "cost") < 0:
            raise BadInput(f"cost={self.cost:g}: give the own cost that is allowed, USD million a year, 0 or more")
        check_rate("most", self.most, HIGHEST_RATE)

    def answer(
        self,
        standoff: Standoff,
        by: str,
        against: str,
        measures: tuple[Measure, ...],
        past: tuple[tuple[Measure, ...], ...],
        id: str,
    ) -> Answer:
        """One measure that replaces what it added before."""
        aim = _Aim.of(standoff, by, against, measures, self._objective(standoff, against), self.most)
        allowed = -np.log1p(-self.cost / aim.own_income)
        y = max((aim.search(start, allowed) for start in aim.starts()), key=aim.harm)
        n, i = standoff.economy.index(by), standoff.economy.index(against)
        rates = aim.game.instruments.write(y, aim.game.rest.t_cf)[n, i]
        made = as_law(standoff, by, against, rates, id, f"{by} aims at {against}", measures)
        before, after = standoff.solve(measures), standoff.solve((*measures, made))
        cost, harm = (standoff.loss(code, before, after) for code in (by, against))
        of_what = "real income" if self.weights is None else "real income as its government weighs sectors"
        notes = [
            f"{by} lowers {of_what} of {against} by {aim.harm(y):.4%} ({format_money(round(harm, 1))} of real income) "
            f"at an own cost of {format_money(round(cost, 1))}, of {format_money(self.cost)} allowed",
            *_first_aims(standoff, rates, aim.game.rest.t_cf[n, i]),
            *([aim.game.note] if aim.game.note else []),
        ]
        return self.made(by, against, [made], notes)

    def _objective(self, standoff: Standoff, against: str) -> Objective:
        """Weights of the other government on its own sectors; everybody else, this side included, counts income."""
        if self.weights is None:
            return Objective()
        given = checked_weights(self.weights, standoff.economy)
        own = np.ones_like(given)
        n = standoff.economy.index(against)
        own[n] = given[n]
        return Objective(weights=own)


@dataclass(frozen=True, eq=False)
class _Aim:
    """Payoffs of both sides over the duties y = ln(1+t) of one, in logs over where they stand."""

    game: TariffGame
    sides: tuple[int, int]
    first: FloatArray
    upper: FloatArray
    before: FloatArray
    own_income: float

    @classmethod
    def of(
        cls,
        standoff: Standoff,
        by: str,
        against: str,
        measures: Sequence[Measure],
        objective: Objective,
        most: float,
    ) -> _Aim:
        economy = standoff.economy
        bounds = (-0.99, max(most, 20.0))  # wide: the programme has its own
        set_by = tariff_instruments(economy, [by], against=[against], sectors=standoff.world.goods, bounds=bounds)
        game = TariffGame.of(economy, set_by, objective, standoff.shock(measures))
        first = game.first()
        sides = (economy.index(by), economy.index(against))
        hit = standoff.solve(measures)
        income = float(hit.welfare_hat[sides[0]] * economy.I[sides[0]])
        upper = np.maximum(first, np.log1p(most))
        stands = game.payoffs(equilibrium(economy, game.wedges(first), "long"))[list(sides)]
        return cls(game, sides, first, upper, stands, income)

    def starts(self) -> list[FloatArray]:
        """The starts: the duties in force, and a uniform rate on top."""
        return [self.first, np.minimum(self.first + np.log1p(_BROAD), self.upper)]

    def at(self, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Payoffs (own, other's) over where they stand, and their slopes (2, rates)."""
        solution = equilibrium(self.game.economy, self.game.wedges(y), "long")
        slopes = []
        for side in self.sides:
            mixture = np.zeros(len(self.game.economy.economies))
            mixture[side] = 1.0
            slopes.append(self.game.blend(solution, mixture, None)[0])
        return self.game.payoffs(solution)[list(self.sides)] - self.before, np.array(slopes)

    def harm(self, y: FloatArray) -> float:
        """The fall of the other's payoff, in logs."""
        return -float(self.at(y)[0][1])

    def search(self, start: FloatArray, allowed: float) -> FloatArray:
        """The duties that a search from a start ends at, drawn back to where duties stand until they cost no more."""
        scale = 1.0 / max(abs(self.harm(self.starts()[1])), 1e-12)
        known: dict[bytes, tuple[FloatArray, FloatArray]] = {}

        def at(y: FloatArray) -> tuple[FloatArray, FloatArray]:
            key = y.tobytes()
            if key not in known:
                known[key] = self.at(y)
            return known[key]

        def value(y: FloatArray) -> tuple[float, FloatArray]:
            payoffs, slopes = at(y)
            return scale * float(payoffs[1]), scale * slopes[1]

        limits = list(zip(self.first, self.upper, strict=True))
        enough = NonlinearConstraint(
            lambda y: scale * (at(y)[0][0] + allowed), 0.0, np.inf, jac=lambda y: scale * at(y)[1][0]
        )
        found = minimize(
            value,
            start,
            jac=True,
            method="SLSQP",
            bounds=limits,
            constraints=[enough],
            options={"maxiter": _STEPS, "ftol": 1e-7},
        )
        y: FloatArray = np.clip(found.x, self.first, self.upper)
        for _ in range(_HALVINGS):
            if at(y)[0][0] >= -allowed - _SLACK:
                return y
            y = self.first + 0.9 * (y - self.first)
        return self.first


def _first_aims(standoff: Standoff, after: FloatArray, before: FloatArray) -> list[str]:
    """The sectors whose duties go up most."""
    order = np.argsort(before - after, kind="stable")[:_NAMED]
    said = [f"{standoff.world.sectors[j]} +{after[j] - before[j]:.1%}" for j in order if after[j] - before[j] > 1e-4]
    return [f"duties go up most on {', '.join(said)}"] if said else ["no duty goes up: none harms within the cost"]
