"""What only some disputes need, loaded when they do (PEP 562): searches load scipy.optimize, a fifth of a second.

`decided` settles answers by harm and at their best; `of_setup` is the war of two parties, `talks_of` are their talks;
`talks` is the front door to them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.dispute.chosen import decided as decided
    from detente.dispute.talks.run import talks as talks
    from detente.dispute.talks.run import talks_of as talks_of
    from detente.dispute.war.run import of_setup as of_setup

_HOMES = {
    "decided": "detente.dispute.chosen",
    "of_setup": "detente.dispute.war.run",
    "talks": "detente.dispute.talks.run",
    "talks_of": "detente.dispute.talks.run",
}
"""Name → the module it is loaded from."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'detente.dispute.searches' has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(_HOMES[name]), name))
