"""The state of the headline under every other rule of the base tariffs that the world has."""

from __future__ import annotations

from detente.analyses.run.result import OtherRule
from detente.dispute.scenarios import Plan
from detente.dispute.session import Session
from detente.errors import NotSolved


def other_rules(session: Session, main: Plan) -> tuple[OtherRule, ...]:
    """Real income of the parties in a state, under each rule but the one in use; two solves a rule at most.

    The measures are those of `main`. An answer that depends on base tariffs, such as one of equal duty, is made anew;
    one that a government chooses is kept as it was found. Raises BadMeasure.
    """
    rules = (rule for rule in session.world.tariff_sources if rule != session.world.tariff_source)
    return tuple(_under(session.under(base_tariffs=rule), main) for rule in rules)


def _under(other: Session, main: Plan) -> OtherRule:
    plan = next((plan for plan in other.prepared.plans if plan.id == main.id and not plan.chosen), main)
    try:
        change = other.solution(plan.measures).W_hat
        if plan.reference == "baseline":
            change = change / other.before.W_hat
    except NotSolved:
        return OtherRule(other.world.tariff_source, {})
    changes = {code: float(change[other.economy.index(code)]) - 1 for code in other.parties}
    return OtherRule(other.world.tariff_source, changes)
