"""detente: a workbench for trade disputes.

`import detente as dt` is light; every public name is loaded when it is first used (PEP 562). The names are listed in
`_HOMES` below, and their types in `__init__.pyi`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

#: Public name → the module it lives in.
_HOMES = {
    "World": "detente.data",
    "list_worlds": "detente.data",
    "load_world": "detente.data",
    "list_elasticities": "detente.data",
    "Parts": "detente.model",
    "Shock": "detente.model",
    "Economy": "detente.solve",
    "Outcome": "detente.solve",
    "Solution": "detente.solve",
    "calibrate": "detente.solve",
    "decompose": "detente.solve",
    "gradient": "detente.solve",
    "solve": "detente.solve",
    "Measure": "detente.policy",
    "TariffBook": "detente.policy",
    "BestResponse": "detente.war.response",
    "Cooperation": "detente.war.cooperate",
    "Equilibrium": "detente.war.nash",
    "Objective": "detente.war.objectives",
    "best_response": "detente.war.response",
    "cooperate": "detente.war.cooperate",
    "nash": "detente.war.nash",
    "History": "detente.war.play",
    "play": "detente.war.play",
    "Standoff": "detente.war.responses.standoff",
    "Conflict": "detente.talks.stability",
    "Balance": "detente.talks.targets.goals",
    "Purchases": "detente.talks.targets.goals",
    "Target": "detente.talks.targets.target",
    "reach": "detente.talks.targets.door",
    "Bargain": "detente.talks.bargaining",
    "Packages": "detente.talks.packages",
    "RedLines": "detente.talks.packages",
    "TariffDeal": "detente.dispute.talks.bargained",
    "bargain_tariffs": "detente.dispute.talks.bargained",
    "Talks": "detente.dispute",
    "talks": "detente.dispute.talks.run",
    "price_demands": "detente.dispute.talks.run",
    "Demand": "detente.talks.schema",
    "Dispute": "detente.dispute",
    "Findings": "detente.dispute",
    "list_cases": "detente.dispute",
    "run": "detente.dispute",
    "Hold": "detente.dispute",
    "run_hold": "detente.dispute",
    "War": "detente.dispute",
    "Clock": "detente.dispute",
    "Markets": "detente.dispute",
    "run_markets": "detente.dispute",
    "event_study": "detente.markets",
    "implied_probability": "detente.markets",
    "read_prices": "detente.markets",
    "run_clock": "detente.dispute",
    "run_war": "detente.dispute",
    "Bands": "detente.ensemble",
    "Over": "detente.ensemble",
    "bands": "detente.ensemble",
    "DetenteError": "detente.errors",
    "BadInput": "detente.errors",
    "NotSolved": "detente.errors",
}

__all__ = sorted(_HOMES)


def load(name: str) -> Any:
    """What a public name stands for; also of a layer that is called like its front door (detente.door)."""
    return getattr(import_module(_HOMES[name]), name)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'detente' has no attribute {name!r}")
    found = load(name)
    # `solve` and `talks` are bound by the import itself: these layers are callable
    return globals().setdefault(name, found)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
