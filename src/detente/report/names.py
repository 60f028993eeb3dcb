"""What economies and sectors are called in a text or on a chart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from detente.data.names import economy_name, sector_name

ASSUMPTIONS: Final = {
    "world": "year of the world",
    "elasticities": "set of elasticities",
    "deficits": "closure of deficits",
    "horizon": "long or short run",
    "interaction": "several together",
    "elasticity draws": "elasticities within a set",
}
"""What an ensemble varies, as a table names it; a drawn value goes by its own name."""

_WITH_ARTICLE: Final = frozenset({"ARE", "GBR", "NLD", "PHL", "ROW", "USA"})
"""Economies that English calls by an article, under the names that the tables of the data give them."""
_BLOCS: Final = frozenset({"European Union", "Eurasian Economic Union", "African Union", "euro area"})
"""Blocs that it calls by an article, whatever their code."""


@dataclass(frozen=True)
class Names:
    """Names of codes: those that a dispute gives its parties come first, then those of the data, then the code."""

    parties: Mapping[str, str] = field(default_factory=dict)

    def economy(self, code: str) -> str:
        """The name alone, for tables and charts."""
        return self.parties.get(code) or economy_name(code)

    def the(self, code: str) -> str:
        """The name inside a sentence, with the article that English gives it."""
        name = self.economy(code)
        if code == "ROW" and code not in self.parties:
            return "the rest of the world"
        if name in _BLOCS:
            return f"the {name}"
        named_by_us = code not in self.parties or name == economy_name(code)
        return f"the {name}" if code in _WITH_ARTICLE and named_by_us and not name.startswith("the ") else name

    def sector(self, code: str) -> str:
        """The name of a sector."""
        return sector_name(code)

    def within(self, text: str, codes: Iterable[str]) -> str:
        """The text with names, as inside a sentence, for these codes where they stand as words."""
        by = {code: self.the(code) for code in codes}
        return re.sub(rf"\b({'|'.join(map(re.escape, by))})\b", lambda found: by[found[1]], text)
