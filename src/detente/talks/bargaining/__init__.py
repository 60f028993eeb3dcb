"""Which of many packages two sides would sign: frontier, zone of agreement, fair picks, and the distance to a deal.

Everything here works on payoffs alone; where they come from is not its business. Both sides' payoffs are in one unit,
USD million a year in the rest of detente.
"""

from __future__ import annotations

from detente.talks.bargaining.bargain import Bargain, Pick
from detente.talks.bargaining.concepts import CONCEPTS, Over
from detente.talks.bargaining.gap import Gap, SidePayment

__all__ = ["CONCEPTS", "Bargain", "Gap", "Over", "Pick", "SidePayment"]
