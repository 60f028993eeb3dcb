"""What a fair deal is: one concept a file, found by looking into this package.

A concept is a class of `detente.talks.bargaining.concepts.concept.Concept`; a new file with one is listed in `CONCEPTS`
and tested by the battery that tests them all, by the axioms that it promises.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from detente.talks.bargaining.concepts.concept import Axiom, Concept, Over

for _found in iter_modules(__path__):
    import_module(f"{__name__}.{_found.name}")

#: Name → concept, sorted by name.
CONCEPTS: dict[str, Concept] = {one.name: one() for one in sorted(Concept.__subclasses__(), key=lambda one: one.name)}

__all__ = ["CONCEPTS", "Axiom", "Concept", "Over"]
