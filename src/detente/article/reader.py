"""The front door: a text in, a draft of a dispute file with its quotes out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from detente.article.dates import date_of_article, day_without_year
from detente.article.drafts import draft_of
from detente.article.marked import Mark, marked_html, marks_of
from detente.article.reading import Reading, read_items
from detente.article.text import checked_text, read_text
from detente.dispute.schema import Dispute
from detente.errors import BadInput


@dataclass(frozen=True)
class Article:
    """An article and the draft of a dispute that was read from it.

    `text` is what spans count: `text[start:end]` is the quote of every source of the draft that names the document.
    """

    name: str
    reading: Reading
    draft: Dispute

    @property
    def text(self) -> str:
        """The text, line breaks as `\\n`."""
        return self.reading.text

    @property
    def yaml(self) -> str:
        """The draft as a dispute file."""
        return self.draft.to_yaml()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The words that entries rest on, in the order of the text."""
        return marks_of(self.reading.items)

    @property
    def html(self) -> Markup:
        """The text as HTML with these words marked; safe to put into a page."""
        return marked_html(self.text, self.marks)


def read_article(
    given: str | bytes | Path, *, name: str | None = None, day: date | None = None, today: date | None = None
) -> Article:
    """The dispute that an English news article tells of, as a draft.

    given
        The text, its bytes (UTF-8), or the path of a file.
    name
        What the draft calls the document; by default the file's name without its ending, or `article`.
    day
        The day of the article, from which relative dates count. By default the one that it bears at its top or in its
        name; where there is none, `today`, with an open question, or without `today` an error.

    Raises BadInput where the text is empty, too long, no plain text, HTML or not English; where it bears no date and
    none is given; where it tells of no dispute; and where the language model is not installed.
    """
    path = given if isinstance(given, Path) else None
    called = _document_name(name or (path.stem if path else "article"))
    text = read_text(path) if path else checked_text(given, called)  # type: ignore[arg-type]
    bears = day or date_of_article(text, called)
    if bears is None and today is None:
        raise BadInput(f"{called} bears no date: say of which day it is, such as 2018-05-04 (--date)")
    yearless = day_without_year(text, today) if bears is None and today is not None else None
    reading = read_items(text, bears or yearless or today)  # type: ignore[arg-type]
    guessed: Literal["year", "date"] = "date" if yearless is None else "year"
    return Article(called, reading, draft_of(reading, called, lacks=None if bears is not None else guessed))


def _document_name(given: str) -> str:
    """A name that can stand in a path of the file: words and hyphens."""
    return "-".join(re.findall(r"[\w.]+", given)) or "article"
