"""The state of the headline where goods that measures cover in part are products of their own."""

from __future__ import annotations

from detente.analyses.run.result import Scenario
from detente.dispute.scenarios import Plan
from detente.dispute.session import Session
from detente.errors import BadInput, NotSolved
from detente.solver.economy import Economy
from detente.solver.equilibrium import solve
from detente.solver.nesting import product_nest


def nested_products(session: Session, main: Plan, scenario: Scenario) -> dict[str, float] | None:
    """The change of real income of each party in the nest; None where nothing is covered in part, or it cannot be said.

    It is said of the long run, with perfect competition and without quotas (`product_nest`).
    """
    base = None if scenario.solution is None else scenario.solution.base
    if not isinstance(base, Economy) or session.horizon != "long":
        return None
    book = session.schedules.having(main.all_measures)
    shock = book.shock(main.ids, start=main.start_ids, theta=base.theta)
    try:
        economy, nested = product_nest(base, shock)
        if economy.sectors == base.sectors:
            return None
        solution = solve(economy, nested)
    except (BadInput, NotSolved):
        return None
    return {code: float(solution.W_hat[economy.index(code)]) - 1 for code in session.parties}
