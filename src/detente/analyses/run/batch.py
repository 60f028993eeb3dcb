"""The numbers of a run for many draws at once: its states as arrays that no elasticity enters, and their numbers.

`run` goes through the baseline in two steps; here every state is reached from the calibrated world in one, and a
scenario is the ratio of its own state and the one it is measured against. The numbers are those of
`detente.analyses.run.result.numbers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from detente.analyses.run.result import EVERYBODY
from detente.dispute.scenarios import Plan
from detente.dispute.session import Session
from detente.ensemble.batch import StateBatch, StateResults
from detente.ensemble.summary import KEYS, NumberKey
from detente.inputs import FloatArray
from detente.model.shock import Shock
from detente.solver.economy import Economy, calibrate_drawn
from detente.solver.noise import without_noise


@dataclass(frozen=True)
class StatePair:
    """A scenario, and the positions of the state it is measured against and of the state itself."""

    scenario: str
    before: int
    after: int


@dataclass(frozen=True, eq=False)
class RunNumbers:
    """The numbers of a run, computed from the results of all states of a draw.

    `pairs` are the scenarios in which something changes.
    """

    economy: Economy
    parties: tuple[str, ...]
    pairs: tuple[StatePair, ...]

    def keys(self) -> Iterator[NumberKey]:
        """The keys in their order; see `detente.analyses.run.result.numbers`."""
        for pair in self.pairs:
            yield from ((pair.scenario, "real_income", code, "") for code in self.economy.economies)
            for party in self.parties:
                for quantity in ("real_income_usd", "real_wage", "consumer_prices", "revenue"):
                    yield pair.scenario, quantity, party, ""
                for partner in (*self._others(party), EVERYBODY):
                    yield pair.scenario, "goods_balance", party, partner

    def _others(self, party: str) -> list[str]:
        return [other for other in self.parties if other != party]

    def __call__(self, found: StateResults) -> FloatArray:
        """The numbers of one draw, in the order of `keys`."""
        rows = [self._of(pair.before, pair.after, found) for pair in self.pairs]
        return np.concatenate(rows) if rows else np.zeros(0)

    def _of(self, a: int, b: int, found: StateResults) -> FloatArray:
        """The numbers of state `b` measured against state `a`."""
        income = 1 + without_noise(found.W_hat[b] / found.W_hat[a] - 1)
        wage = (found.w_hat[b] / found.consumer_prices[b]) / (found.w_hat[a] / found.consumer_prices[a])
        exports = found.trade[b] - found.trade[a]  # importer by exporter
        rows = [income - 1]
        for party in self.parties:
            n = self.economy.index(party)
            revenue = found.R_cf[b][n] - found.R_cf[a][n]
            own = [(income[n] - 1) * found.I_cf[a][n], wage[n] - 1, 1 / wage[n] - 1, revenue]
            others = (self.economy.index(other) for other in self._others(party))
            balances = [*(exports[i, n] - exports[n, i] for i in others), exports[:, n].sum() - exports[n].sum()]
            rows.append(np.array([*own, *balances]))
        return np.concatenate(rows)


def states(session: Session) -> StateBatch:
    """The states of a run. Raises as `detente.run` does before it solves.

    An answer by harm or at its best is the one found with the settings of the run, in every draw.
    """
    economy = session.economy
    plans = [session.decided(plan) for plan in session.prepared.plans]
    shocks: list[Shock] = [Shock()]
    places: dict[tuple[object, ...], int] = {}

    def place(plan: Plan) -> int:
        _, *law = plan.law(session.known.stacking)
        key = tuple(law)
        if not plan.measures:
            return 0
        if key not in places:
            places[key] = len(shocks)
            shocks.append(session.schedules.having(plan.all_measures).shock(plan.ids, on=plan.on))
        return places[key]

    pairs = []
    for plan in plans:
        before = place(plans[0]) if plan.reference == "baseline" else 0
        pairs.append(StatePair(plan.id, before, place(plan)))
    made = f"elasticities {session.settings.elasticities} and deficits {session.settings.deficits}"
    base = calibrate_drawn(session.world, elasticities=economy.theta)
    changing = tuple(pair for pair in pairs if pair.before != pair.after)
    numbers = RunNumbers(base, tuple(session.dispute.parties), changing)
    return StateBatch(
        economy=base,
        goods=np.isin(economy.sectors, session.world.goods),
        shocks=tuple(shocks),
        keys=pd.DataFrame(list(numbers.keys()), columns=list(KEYS)),
        numbers=numbers,
        notes=tuple(
            f"{plan.id}: the answer is the one found with {made}, in every draw"
            for plan in session.prepared.plans
            if plan.chosen
        ),
    )
