"""Lashkaripour's (2021) formula for one tariff a country, where there are neither input links nor profits.

A tariff on all imports moves foreign trade as a tax on all exports would (Lerner). What an exporter earns abroad falls
with its price by ε_i = Σ_nj χ_nij θ_j (1 − π_nij), χ the weights of its exports net of tariffs, as long as foreign
wages and incomes stay; the best tax on a demand of elasticity ε is 1/ε. Foreign wages and incomes do move, so that the
best uniform tariff is near to it, and the farther the larger the economy.

Source: A. Lashkaripour (2021), "The Cost of a Global Tariff War: A Sufficient Statistics Approach", Journal of
International Economics 131, the optimal tariff of the baseline model; derived here anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.errors import BadInput, NotSolved
from detente.inputs import FloatArray
from detente.model.benchmark import Benchmark
from detente.model.shock import Shock
from detente.solver.equilibrium import solve
from detente.solver.solution import Solution

#: Rates move less than this in ln(1+t) in the last round.
_TOLERANCE = 1e-9
_MAX_ROUNDS = 200


@dataclass(frozen=True, eq=False)
class FormulaWar:
    """The war in which every player's one rate is that of the formula: ``rates`` (n,) fractions, solution and rounds.

    It is not a Nash equilibrium: each could still gain a little from its true best rate.
    """

    rates: FloatArray
    solution: Solution
    rounds: int


def formula_rates(solution: Solution) -> FloatArray:
    """1/ε_i (n,) at a solution, fractions. Raises BadInput where the economy has input links or profits."""
    base = solution.base
    require_labour_alone(base)
    exports = np.array(solution.M_cf)
    own = np.arange(len(exports))
    exports[own, own] = 0.0
    elasticity = (exports * base.theta * (1 - solution.pi_cf)).sum((0, 2)) / exports.sum((0, 2))
    return np.asarray(1 / elasticity)


def formula_war(economy: Benchmark) -> FormulaWar:
    """The equilibrium in which every economy taxes all imports at the formula's rate, from the benchmark's tariffs.

    Raises
    ------
    BadInput
        Where the economy has input links or profits.
    NotSolved
        Where rates do not settle.
    """
    require_labour_alone(economy)
    own = np.arange(len(economy.economies))
    solution = solve(economy, Shock())
    rates = formula_rates(solution)
    for round_ in range(1, _MAX_ROUNDS + 1):
        t_cf = np.broadcast_to(rates[:, None, None], economy.t.shape).copy()
        t_cf[own, own] = 0.0
        solution = solve(economy, Shock(t_cf=t_cf), start=solution)
        following = formula_rates(solution)
        left = float(np.abs(np.log1p(following) - np.log1p(rates)).max())
        if left <= _TOLERANCE:
            return FormulaWar(rates, solution, round_)
        rates = following
    raise NotSolved(f"{economy.name}: after {_MAX_ROUNDS} rounds the formula's rates still move by {left:.3g}")


def labour_alone(economy: Benchmark) -> bool:
    """Whether sales pay for labour and nothing else, as the formula has it."""
    return bool(economy.gamma_io.max() == 0 and economy.profit_share.max() == 0)


def require_labour_alone(economy: Benchmark) -> None:
    """Raise BadInput where the economy has input links or profits, of which the formula knows nothing."""
    if not labour_alone(economy):
        raise BadInput(
            f"{economy.name} has input links or profits, for which the formula does not hold: "
            "use `nash(uniform=True)`, or a ricardian economy without io"
        )
