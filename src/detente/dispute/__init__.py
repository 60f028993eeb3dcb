"""The dispute file and what a run of it finds.

`run_clock`, `run_hold`, `run_markets` and `run_war` load when they are first used (PEP 562): they need layers that a
run does without.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from detente.dispute.clock import Clock
from detente.dispute.findings import Findings, Scenario
from detente.dispute.hold import Hold
from detente.dispute.markets import Markets
from detente.dispute.prepare import Prepared, prepare
from detente.dispute.run import run
from detente.dispute.schema import Dispute, list_cases, template
from detente.dispute.settings import RunSettings
from detente.dispute.talks import Talks
from detente.dispute.war import War

if TYPE_CHECKING:
    from detente.dispute.holding import run_hold as run_hold
    from detente.dispute.timing import run_clock as run_clock
    from detente.dispute.trading import run_markets as run_markets
    from detente.dispute.waging import run_war as run_war

__all__ = [
    "Clock",
    "Dispute",
    "Findings",
    "Hold",
    "Markets",
    "Prepared",
    "RunSettings",
    "Scenario",
    "Talks",
    "War",
    "list_cases",
    "prepare",
    "run",
    "run_clock",
    "run_hold",
    "run_markets",
    "run_war",
    "template",
]


_HOMES = {
    "run_clock": "detente.dispute.timing",
    "run_hold": "detente.dispute.holding",
    "run_markets": "detente.dispute.trading",
    "run_war": "detente.dispute.waging",
}
"""Name → the module it is loaded from."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'detente.dispute' has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(_HOMES[name]), name))
