"""The dispute file and what a run of it finds."""

from detente.dispute.findings import Findings, RunSettings, Scenario
from detente.dispute.prepare import Prepared, prepare
from detente.dispute.run import run
from detente.dispute.schema import Dispute, list_cases, template

__all__ = ["Dispute", "Findings", "Prepared", "RunSettings", "Scenario", "list_cases", "prepare", "run", "template"]
