"""The dispute file and what a run of it finds.

`run_clock`, `run_hold`, `run_markets` and `run_war` load when they are first used (PEP 562): they need layers that a
run does without.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from detente.dispute.clock.result import Clock
from detente.dispute.file.schema import Dispute, list_cases, template
from detente.dispute.findings import Findings, Scenario
from detente.dispute.hold.result import Hold
from detente.dispute.markets.result import Markets
from detente.dispute.prepare import Prepared, prepare
from detente.dispute.run import run
from detente.dispute.settings import RunSettings
from detente.dispute.talks.result import Talks
from detente.dispute.war.result import War

if TYPE_CHECKING:
    from detente.dispute.clock.run import run_clock as run_clock
    from detente.dispute.hold.run import run_hold as run_hold
    from detente.dispute.markets.run import run_markets as run_markets
    from detente.dispute.war.run import run_war as run_war

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
    "run_clock": "detente.dispute.clock.run",
    "run_hold": "detente.dispute.hold.run",
    "run_markets": "detente.dispute.markets.run",
    "run_war": "detente.dispute.war.run",
}
"""Name → the module it is loaded from."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'detente.dispute' has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(_HOMES[name]), name))
