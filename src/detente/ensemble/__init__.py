"""Uncertainty of a result: the same numbers over elasticity sets, draws, closures, worlds and values.

`draws` makes draws from what is varied; `batch` solves many of them at once; `job` computes any chunk of them, in any
process; `storage` keeps chunks on disk; `cluster` computes them on dask.distributed, an extra, and is loaded when it is
first used (PEP 562); `summary` finds what drives a number, and in how many draws a statement holds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.ensemble.cluster import on_cluster as on_cluster

_HOMES = {"on_cluster": "detente.ensemble.cluster"}
"""Name → the module it is loaded from."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'detente.ensemble' has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(_HOMES[name]), name))
