"""Economy + Shock → Solution: the fixed point and its acceleration, the audit, the adjoint, the path of a shock.

The adjoint is loaded when it is first used (PEP 562): it needs JAX, which takes longer to load than many searches take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detente.lazy import lazily

if TYPE_CHECKING:
    from detente.solver.adjoint import log_slopes as log_slopes
    from detente.solver.adjoint import spending as spending
    from detente.solver.adjoint import welfare_usd as welfare_usd

_HOMES: Final = {
    "log_slopes": "detente.solver.adjoint",
    "welfare_usd": "detente.solver.adjoint",
    "spending": "detente.solver.adjoint",
}
"""Name → the module it is loaded from."""

__getattr__ = lazily(__name__, _HOMES)
