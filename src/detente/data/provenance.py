"""Where a world comes from, what is wrong with it, and what was changed to make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Self

from detente.errors import BadTable


@dataclass(frozen=True)
class Provenance:
    """What travels with a world into every result.

    `known_defects` are the source's, `replaced` is what was changed on purpose (by a build, a reader, `balance` or
    `aggregate`), one sentence each; both are printed with every result.
    """

    source: str = "given by the user"
    licence: str = "not stated"
    attribution: str = ""
    vintage: str = ""
    known_defects: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def with_replaced(self, *sentences: str) -> Self:
        """The same provenance with more changes listed."""
        return replace(self, replaced=(*self.replaced, *sentences))

    def with_notes(self, *sentences: str) -> Self:
        """The same provenance with more notes."""
        return replace(self, notes=(*self.notes, *sentences))

    def as_dict(self) -> dict[str, str | list[str]]:
        """Plain values for JSON; `from_dict` reads them back."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, given: Mapping[str, object]) -> Self:
        """The provenance that `as_dict` wrote; raises BadTable for a key it does not know."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(given) - known)
        if unknown:
            raise BadTable(f"provenance has the keys {', '.join(unknown)}; allowed: {', '.join(sorted(known))}")
        texts = {key: str(value) for key, value in given.items() if isinstance(value, str)}
        lists = {
            key: tuple(str(item) for item in value) for key, value in given.items() if isinstance(value, list | tuple)
        }
        if len(texts) + len(lists) != len(given):
            raise BadTable("provenance holds texts and lists of texts, nothing else")
        return cls(**texts, **lists)  # type: ignore[arg-type]  # keys are checked above, kinds by the file's writer
