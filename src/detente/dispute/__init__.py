"""The dispute file and what a run of it finds."""

from detente.dispute.findings import Findings, Scenario
from detente.dispute.prepare import Prepared, prepare
from detente.dispute.run import run
from detente.dispute.run_war import run_war
from detente.dispute.schema import Dispute, list_cases, template
from detente.dispute.settings import RunSettings
from detente.dispute.war import War

__all__ = [
    "Dispute",
    "Findings",
    "Prepared",
    "RunSettings",
    "Scenario",
    "War",
    "list_cases",
    "prepare",
    "run",
    "run_war",
    "template",
]
