"""How a side answers the other: one rule a file, found by looking into this package.

A rule is a subclass of `detente.optimal_tariffs.retaliation.rule.Rule`; a new file with one is listed in `RULES` and
tested by the battery that tests them all.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from detente.optimal_tariffs.retaliation.rule import Answer, Rule, Standoff

for _found in iter_modules(__path__):
    import_module(f"{__name__}.{_found.name}")

#: Name → rule, sorted by name.
RULES: dict[str, type[Rule]] = {rule.name: rule for rule in sorted(Rule.__subclasses__(), key=lambda rule: rule.name)}

__all__ = ["RULES", "Answer", "Rule", "Standoff"]
