"""The world as measured: worlds, elasticities, concordances, customs figures. This layer knows no model."""

from detente.data.elasticities import elasticities, errors_checked, list_elasticities, standard_errors
from detente.data.load import list_worlds, load_world
from detente.data.provenance import Provenance
from detente.data.world import World

__all__ = [
    "Provenance",
    "World",
    "elasticities",
    "errors_checked",
    "list_elasticities",
    "list_worlds",
    "load_world",
    "standard_errors",
]
