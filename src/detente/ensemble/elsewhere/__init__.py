"""What only ensembles beyond this process need, loaded when they do (PEP 562): dask.distributed is an extra."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.ensemble.elsewhere.cluster import on_cluster as on_cluster

_HOMES = {"on_cluster": "detente.ensemble.elsewhere.cluster"}
"""Name → the module it is loaded from."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'detente.ensemble.elsewhere' has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(_HOMES[name]), name))
