"""The text of an article with the words marked that entries of the draft rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from detente.article.items import Found


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
    paragraphs = "".join(f"<p>{body}</p>\n" for body in _paragraphs(text, marks))
    return Markup(paragraphs)


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
