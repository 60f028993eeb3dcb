"""The front door: a text in, a draft of a dispute file with its quotes out.

The text of the article can be shown with the words marked on which the entries of the draft rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Literal

from markupsafe import Markup, escape

from detente.article.drafts import draft_of
from detente.article.items import LEFT_OUT, Found
from detente.article.numeric_expressions import date_of_article, day_without_year
from detente.article.reading import Reading, read_items
from detente.article.text import checked_text, read_text
from detente.dispute.schema import Dispute
from detente.errors import BadInput


@dataclass(frozen=True)
class Mark:
    """Characters [start, end) of the text, the kind of what they say, and what it is in a few words."""

    start: int
    end: int
    kind: str
    says: str


def marks_of(items: Sequence[Found]) -> tuple[Mark, ...]:
    """One mark an item, in the order of the text; of marks that begin together the longer first."""
    marks = {Mark(*item.span, item.kind, _says(item)) for item in items}
    return tuple(sorted(marks, key=lambda mark: (mark.start, -mark.end, mark.kind, mark.says)))


def _says(item: Found) -> str:
    """An item in a few words: who, whom, how much."""
    names = (
        "code",
        "form",
        "by",
        "of",
        "on",
        "status",
        "ask",
        "who",
        "name",
        "role",
        "side",
        "reported_by",
        "outcome",
        "date",
        "rate",
    )
    parts = [getattr(item, name, None) for name in names]
    words = [" and ".join(part) if isinstance(part, tuple) else str(part) for part in parts if part is not None]
    agreed = getattr(item, "agreed", None)
    return ", ".join([*words, *([] if agreed is None else ["agreed" if agreed else "not agreed"])])


def marked_html(text: str, marks: Sequence[Mark]) -> Markup:
    """The text as HTML, every character of it escaped, with a `<mark>` around the words of each item.

    Where marks overlap the text is cut, so that no element crosses another: each piece has the class of its shortest
    mark, `data-kinds` with all kinds and a title that says all of them. Blank lines part paragraphs.
    """
    return Markup("".join(f"<p>{body}</p>\n" for body in _paragraphs(text, marks)))


def _paragraphs(text: str, marks: Sequence[Mark]) -> Iterator[str]:
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if line.strip():
            yield "".join(_pieces(text, start, end, marks))
        start = end + 1


def _pieces(text: str, start: int, end: int, marks: Sequence[Mark]) -> Iterator[str]:
    """The pieces of a line between the ends of marks."""
    near = [mark for mark in marks if mark.start < end and start < mark.end]
    cuts = sorted({start, end, *(cut for mark in near for cut in (mark.start, mark.end) if start < cut < end)})
    for first, last in pairwise(cuts):
        over = sorted((m for m in near if m.start <= first and last <= m.end), key=lambda m: m.end - m.start)
        words = escape(text[first:last])
        if not over:
            yield str(words)
            continue
        kinds = " ".join(dict.fromkeys(mark.kind for mark in over))
        title = escape("; ".join(f"{mark.kind}: {mark.says}" for mark in over))
        yield f'<mark class="{over[0].kind}" data-kinds="{kinds}" title="{title}">{words}</mark>'


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
    def left_out(self) -> list[str]:
        """Notes on what the article says and the draft does not hold, such as a quota."""
        return [note for note in self.draft.notes if note.startswith(LEFT_OUT)]

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

    Raises BadInput where the text is empty, too long, no plain text, HTML or not English; where it has no date and
    none is given; where it tells of no dispute; and where the language model is not installed.
    """
    path = given if isinstance(given, Path) else None
    called = "-".join(re.findall(r"[\w.]+", name or (path.stem if path else "article"))) or "article"
    text = read_text(path) if path else checked_text(given, called)  # type: ignore[arg-type]
    bears = day or date_of_article(text, called)
    if bears is None and today is None:
        raise BadInput(f"{called} has no date: give its day, such as 2018-05-04 (--date)")
    yearless = day_without_year(text, today) if bears is None and today is not None else None
    reading = read_items(text, bears or yearless or today)  # type: ignore[arg-type]
    guessed: Literal["year", "date"] = "date" if yearless is None else "year"
    return Article(called, reading, draft_of(reading, called, lacks=None if bears is not None else guessed))
