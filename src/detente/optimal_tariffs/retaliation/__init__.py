"""Rules of retaliation, one a file.

A rule is a frozen dataclass derived from `detente.optimal_tariffs.retaliation.rule.Rule`. This package imports every
file in it and lists the subclasses of `Rule` in `RULES`, so a new file needs no entry elsewhere; the battery of tests
runs over `RULES`.
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
