"""The text of an article from a file or from a form: plain English text, or a message that says what else it is."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Final

from spacy.lang.en.stop_words import STOP_WORDS

from detente.errors import BadInput, short

MOST_CHARACTERS: Final = 60_000
"""Characters: ten thousand words. A long newspaper report has a third of it and is read in seconds, so many in half a
minute: whom a pronoun stands for is looked for in all that was said before."""
FEWEST_WORDS: Final = 8
"""Words: with less there is no sentence about two sides."""
LEAST_ENGLISH: Final = 0.25
"""Share of words that are among spaCy's English function words: at least 0.4 in the texts of the tests, under 0.1 in
sentences of news in German, French and Spanish."""

LONGEST_SENTENCE: Final = 5_000
"""Characters between two marks or line breaks: a parse of more says nothing, and its time grows with their square."""
_ENDS: Final = re.compile(r"[.!?;:\n]+")

_TAGS: Final = re.compile(r"<(?:!doctype|html|head|body|div|p|br|span|script|a|meta|article)\b[^>]*>", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)?")
_NOT_LATIN: Final = re.compile(r"[\u0370-\u1fff\u3040-\ud7ff]{8}")
"""A run of letters of another script, whose words are not told apart by blanks."""
_INVISIBLE: Final = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f")
"""Soft hyphen, zero-width blanks and joiners, marks of direction."""
_PLAIN: Final = {
    **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f", " "),
    **{"\u2010": "-", "\u2011": "-", "\u2028": "\n", "\u2029": "\n"},
}
"""Blanks of other widths, hyphens that do not break and other line breaks, each for the plain character."""
_WIDEST: Final = 100
"""Characters of a line up to which the lines of a text may be broken at a width."""
_WRAPPED_LINES: Final = 6
"""So many lines over half of the width make a text of broken lines."""
_STARTS: Final = re.compile(r"[-–•*]|\(?\d{1,2}[.)]\s")
_MAGIC: Final = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive or an office document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"{\\rtf": "an RTF document",
    b"\xd0\xcf\x11\xe0": "an office document",
}


def read_text(path: Path) -> str:
    """The text of a file, with line breaks as `\\n`; raises BadInput where it is no English text of an article."""
    try:
        if not path.exists():
            raise BadInput(f"there is no such file as {path}: name a text file that holds the article")
        if not path.is_file():
            raise BadInput(f"{path} is not a file: name a text file that holds the article")
        size = path.stat().st_size
        if size > 4 * MOST_CHARACTERS:  # a character has at most four bytes in UTF-8
            raise BadInput(_too_long(path.name, f"{size / 1e6:.1f} MB"))
        given = path.read_bytes()
    except OSError as problem:  # a name that no file can have, a circle of links, a file that may not be read
        name = short(path.name)
        raise BadInput(f"{name} cannot be read: {problem.strerror}: check its name and its permissions") from problem
    return checked_text(given, path.name)


def checked_text(given: str | bytes, name: str) -> str:
    """The text, with line breaks as `\\n`; `name` is what messages call it.

    Raises BadInput where it is empty, over `MOST_CHARACTERS`, not text, HTML, or not English.
    """
    text = _decoded(given, name) if isinstance(given, bytes) else given
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise BadInput(f"{name} is empty: give the text of the article")
    if len(text) > MOST_CHARACTERS:
        raise BadInput(_too_long(name, f"{len(text):,} characters"))
    control = next((c for c in text if ord(c) < 32 and c not in "\n\t\f"), None)
    if control is not None:
        raise BadInput(
            f"{name} is not plain text: it holds the control character {control!r}; save the article as text"
        )
    if _TAGS.search(text):
        raise BadInput(f"{name} is HTML: copy the words of the article from the page, or save the page as text")
    words = len(_WORD.findall(text))
    if words < FEWEST_WORDS and not _NOT_LATIN.search(text):
        raise BadInput(f"{name} has {words} words: give the text of a whole article")
    english = english_share(text)
    if english < LEAST_ENGLISH:
        raise BadInput(
            f"{name} does not look like English: {english:.0%} of its words are common English words, and at least "
            f"{LEAST_ENGLISH:.0%} are expected; the reader knows English alone, so translate the article first"
        )
    longest = max(map(len, _ENDS.split(text)))
    if longest > LONGEST_SENTENCE:
        raise BadInput(
            f"{name} has a sentence of {longest:,} characters, over the {LONGEST_SENTENCE:,} that are read: give an "
            "article with its full stops and line breaks"
        )
    return text


def readable(text: str) -> tuple[str, list[int]]:
    """A text without invisible characters and with plain blanks, and where each character of it stands in the text.

    A soft hyphen or a zero-width blank inside a word would hide the word. The list has one place more, for the end.
    """
    kept = [n for n, character in enumerate(text) if character not in _INVISIBLE]
    plain = "".join(_PLAIN.get(text[n], text[n]) for n in kept)
    return _unwrapped(plain), [*kept, len(text)]


def _unwrapped(text: str) -> str:
    """A text whose lines are broken at a width, with a blank for each such break; other texts as they are."""
    lines = text.split("\n")
    width = max(map(len, lines))
    if width > _WIDEST or sum(len(line) > width / 2 for line in lines) < _WRAPPED_LINES:
        return text
    joined = lines[0]
    for before, line in pairwise(lines):
        broken = len(before) > 0.6 * width and line[:1].strip() and not _STARTS.match(line)
        joined += (" " if broken else "\n") + line
    return joined


def english_share(text: str) -> float:
    """The share of the words of a text that are English function words."""
    words = [word.replace("’", "'").lower().split("'")[0] for word in _WORD.findall(text)]
    return sum(word in STOP_WORDS for word in words) / max(len(words), 1)


def _decoded(data: bytes, name: str) -> str:
    kind = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
    if kind is not None:
        raise BadInput(f"{name} is {kind}, not text: save the words of the article as a text file")
    if b"\x00" in data:
        raise BadInput(f"{name} is a binary file, not text: save the words of the article as a UTF-8 text file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadInput(
            f"{name} is not UTF-8 text (byte 0x{data[problem.start]:02x} at position {problem.start}), perhaps "
            "Windows-1252: save it as UTF-8"
        ) from problem


def _too_long(name: str, size: str) -> str:
    return (
        f"{name} is {size} long, over the {MOST_CHARACTERS:,} characters that are read: give one article, without the "
        "rest of the page"
    )
