"""Uncertainty of a result: the same numbers over elasticity sets, draws, closures, worlds and values.

`draws` makes draws from what is varied; `batch` solves many of them at once; `job` computes any chunk of them, in any
process; `storage` keeps chunks on disk; `cluster` computes them on dask.distributed, an extra, and is loaded when it is
first used (PEP 562); `summary` finds what drives a number, and in how many draws a statement holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detente.lazy import lazily

if TYPE_CHECKING:
    from detente.ensemble.cluster import on_cluster as on_cluster

_HOMES: Final = {"on_cluster": "detente.ensemble.cluster"}
"""Name → the module it is loaded from."""

__getattr__ = lazily(__name__, _HOMES)
