"""Where a world comes from, what is wrong with it, and what was changed to make it.

Where a fact comes from: the words, the document, and the place of the words in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from detente.errors import BadInput, BadTable


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


class Source(BaseModel):
    """The source of one fact of a dispute file.

    A fact has at least one of a quote, a document or an address. `span` counts characters of the document, first
    included, last excluded, so `document_text[start:end] == quote`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    quote: str | None = Field(default=None, min_length=1, description="the words of the document that state the fact")
    document: str | None = Field(default=None, min_length=1, description="name of the document, without its suffix")
    span: tuple[int, int] | None = Field(default=None, description="characters of the document: [start, end)")
    url: str | None = Field(default=None, min_length=1, description="where the document is published")
    note: str | None = Field(default=None, min_length=1, description="what a reader of the source should know")

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if self.quote is None and self.document is None and self.url is None:
            raise ValueError("a source says where the fact is from: give a quote, a document or a url")
        if self.span is not None:
            start, end = self.span
            if self.document is None:
                raise ValueError(f"span [{start}, {end}] counts characters of a document: name the document")
            if not 0 <= start < end:
                raise ValueError(f"span [{start}, {end}] is empty or negative: give [start, end) with 0 <= start < end")
        return self

    def verify(self, text: str) -> None:
        """Check the quote against the text of its document; raises BadInput where it is not there.

        Line breaks and runs of blanks count as one blank when no span is given; a span has to match exactly.
        """
        if self.quote is None:
            return
        if self.span is not None:
            found = text[self.span[0] : self.span[1]]
            if found != self.quote:
                raise BadInput(f"{self.document} has {found!r} at {list(self.span)}, not {self.quote!r}: mend the span")
        elif " ".join(self.quote.split()) not in " ".join(text.split()):
            raise BadInput(f"{self.document or 'the document'} does not say {self.quote!r}: quote its words exactly")
