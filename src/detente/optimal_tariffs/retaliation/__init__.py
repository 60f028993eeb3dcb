"""Rules of retaliation, one a file.

A rule is a frozen dataclass derived from `detente.optimal_tariffs.retaliation.rule.Rule`. `RULES` lists its subclasses:
it imports every file of this package when it is first asked for (PEP 562), so a new file needs no entry elsewhere, and
who needs the position of two sides alone loads no search. The battery of tests runs over `RULES`.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from detente.optimal_tariffs.retaliation.rule import Answer, Rule, Standoff

if TYPE_CHECKING:
    #: Name → rule, sorted by name.
    RULES: dict[str, type[Rule]]

__all__ = ["RULES", "Answer", "Rule", "Standoff"]


def __getattr__(name: str) -> Any:
    if name != "RULES":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for found in iter_modules(__path__):
        import_module(f"{__name__}.{found.name}")
    every = sorted(Rule.__subclasses__(), key=lambda rule: rule.name)
    return globals().setdefault(name, {rule.name: rule for rule in every})
