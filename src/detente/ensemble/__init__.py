"""How sure a result is: the same numbers over elasticity sets, draws of elasticities, closures, worlds and values."""

from detente.ensemble.claims import Holds
from detente.ensemble.found import Bands
from detente.ensemble.front import bands
from detente.ensemble.spread import Over

__all__ = ["Bands", "Holds", "Over", "bands"]
