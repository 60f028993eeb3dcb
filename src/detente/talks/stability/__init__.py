"""The graph model of conflict resolution: where a conflict can rest, and what would make it rest elsewhere."""

from detente.talks.stability.concepts import CONCEPTS, Concept
from detente.talks.stability.conflict import Conflict
from detente.talks.stability.given import tiers_of
from detente.talks.stability.paths import Path
from detente.talks.stability.wishes import Wish

__all__ = ["CONCEPTS", "Concept", "Conflict", "Path", "Wish", "tiers_of"]
