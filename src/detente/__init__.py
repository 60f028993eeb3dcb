"""detente: a workbench for trade disputes.

`import detente as dt` is light; every public name is loaded when it is first used (PEP 562). The names are listed in
`_HOMES` below, and those of the functions that answer a question in the registry; types are in `__init__.pyi`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from detente.analyses.registry import REGISTRY

__version__ = "0.1.0"

#: Public name → the module it lives in.
_HOMES = {
    "World": "detente.data.world",
    "list_worlds": "detente.data.bundled",
    "load_world": "detente.data.bundled",
    "HouseholdGroups": "detente.data.household_groups",
    "us_deciles": "detente.data.household_groups",
    "list_elasticities": "detente.data.bundled",
    "find_products": "detente.data.products.descriptions",
    "read_codes": "detente.data.products.reading",
    "Elastic": "detente.model.labour",
    "Sticky": "detente.model.labour",
    "Parts": "detente.model.parts",
    "Quota": "detente.model.quotas",
    "Shock": "detente.model.shock",
    "Economy": "detente.solver.economy",
    "Outcome": "detente.solver.solution",
    "Solution": "detente.solver.solution",
    "calibrate": "detente.solver.economy",
    "decompose": "detente.solver.decomposition",
    "gradient": "detente.solver.adjoint",
    "household_losses": "detente.solver.distribution",
    "pass_through": "detente.solver.incidence",
    "prices": "detente.solver.first_round",
    "product_nest": "detente.solver.nesting",
    "solve": "detente.solver.equilibrium",
    "substitution": "detente.solver.lost_sales",
    "who_pays": "detente.solver.incidence",
    "Measure": "detente.policy.measure",
    "StackingRule": "detente.policy.stacking_rules",
    "TariffBook": "detente.policy.schedule",
    "DaySchedule": "detente.dispute.day_schedule",
    "schedule": "detente.dispute.day_schedule",
    "BestResponse": "detente.optimal_tariffs.best_responses",
    "Cooperation": "detente.optimal_tariffs.cooperation",
    "Equilibrium": "detente.optimal_tariffs.nash_equilibrium",
    "Objective": "detente.optimal_tariffs.governments",
    "best_response": "detente.optimal_tariffs.best_responses",
    "cooperate": "detente.optimal_tariffs.cooperation",
    "nash": "detente.optimal_tariffs.nash_equilibrium",
    "History": "detente.optimal_tariffs.history",
    "play": "detente.optimal_tariffs.history",
    "Standoff": "detente.optimal_tariffs.retaliation.rule",
    "Conflict": "detente.graph_model.conflict",
    "Balance": "detente.targets.target",
    "Purchases": "detente.targets.target",
    "Target": "detente.targets.target",
    "reach": "detente.targets.attainment",
    "Bargain": "detente.bargaining.bargain",
    "Packages": "detente.bargaining.packages",
    "RedLines": "detente.bargaining.packages",
    "TariffDeal": "detente.analyses.talks.tariff_deals",
    "bargain_tariffs": "detente.analyses.talks.tariff_deals",
    "Talks": "detente.analyses.talks.result",
    "price_demands": "detente.analyses.talks.compute",
    "Demand": "detente.dispute.blocks",
    "Dispute": "detente.dispute.schema",
    "Findings": "detente.analyses.run.result",
    "PolicyBrief": "detente.report.briefs",
    "brief": "detente.analyses.briefing",
    "list_cases": "detente.dispute.schema",
    "Hold": "detente.analyses.hold.result",
    "War": "detente.analyses.war.result",
    "Clock": "detente.analyses.clock.result",
    "Markets": "detente.analyses.markets.result",
    "Trajectory": "detente.analyses.path.result",
    "horizon": "detente.data.bundled",
    "event_study": "detente.markets.abnormal_returns",
    "implied_probability": "detente.markets.implied",
    "read_prices": "detente.markets.prices",
    "Bands": "detente.analyses.bands.result",
    "Over": "detente.ensemble.draws",
    "DetenteError": "detente.errors",
    "BadInput": "detente.errors",
    "NotSolved": "detente.errors",
}

__all__ = sorted({*_HOMES, *(entry.door for entry in REGISTRY.values())})


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return globals().setdefault(name, getattr(import_module(_HOMES[name]), name))
    entry = next((entry for entry in REGISTRY.values() if entry.door == name), None)
    if entry is None:
        raise AttributeError(f"module 'detente' has no attribute {name!r}")
    return globals().setdefault(name, import_module("detente.analyses.doors").door(entry))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
