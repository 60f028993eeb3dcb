"""The state of the headline where goods that measures cover in part are products of their own."""

from __future__ import annotations

from typing import Final

from detente.analyses.run.result import Scenario
from detente.dispute.scenarios import Plan
from detente.dispute.session import Session
from detente.errors import BadInput, NotSolved
from detente.solver.economy import Economy
from detente.solver.equilibrium import solve
from detente.solver.nesting import product_nest

_NOT_SAID: Final = "listed goods as products of their own are not in this result: {why}"


def nested_products(session: Session, main: Plan, scenario: Scenario) -> dict[str, float] | str | None:
    """The change of real income of each party in the nest; None where nothing is covered in part.

    Where it cannot be said it is the reason, a note for the reader: the nest is of the long run, with perfect
    competition and without quotas (`product_nest`).
    """
    base = None if scenario.solution is None else scenario.solution.base
    if not isinstance(base, Economy):
        return None
    book = session.schedules.having(main.all_measures)
    terms = book.terms(main.ids), book.terms(main.start_ids)
    if not book.covered((*main.ids, *main.start_ids)).any():
        return None
    if session.horizon != "long":
        return _NOT_SAID.format(why="in the short run labour would be held in each product")
    if any(its.quotas for its in terms) or (main.start_ids and not all(its.moves_only_rates for its in terms)):
        return _NOT_SAID.format(why="the state has quotas, limits or duties by the unit, which both products share")
    try:
        economy, nested = product_nest(base, book.shock(main.ids, start=main.start_ids, theta=base.theta))
        if economy.sectors == base.sectors:
            return None
        solution = solve(economy, nested)
    except (BadInput, NotSolved) as problem:
        return _NOT_SAID.format(why=str(problem).partition("\n")[0])
    return {code: float(solution.W_hat[economy.index(code)]) - 1 for code in session.parties}
