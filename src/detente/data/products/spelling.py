"""How product codes are written, from text to digits: what is read, and what is refused with the way out.

Read: digits, with dots, blanks or hyphens between their pairs (`8542.31.00`), behind `HS`, `HTS` or `heading` if need
be, the wide digits of East Asian text too. Refused: a part of a code ("ex"), several codes in one place, a range, a
placeholder, a number, a lost zero.
"""

from __future__ import annotations

import re
from typing import Final

LENGTHS: Final = (2, 4, 6, 8, 10)
"""Digits of chapters, headings, codes of six, and lines of national schedules."""

_LONGEST: Final = 12
"""Digits of the longest national lines, which are listed and not read."""
_NATIONAL: Final = 9
"""Digits of the lines of Japan and others; as many as are left of ten that lost a leading zero."""
_MOST_ECHOED: Final = 40
_EMPTY: Final = "a product code is empty: write its digits, or leave the row out"
_PREFIX: Final = re.compile(
    r"^(?:HS|HTS|HTSUS|CN|NCM|TARIC|(?:sub)?heading|chapter|ch\.)\s*(?:20\d\d\s)?:?\s*(?=\d)", re.IGNORECASE
)
_PART: Final = re.compile(r"(?<![a-z])(?:ex|parts?|partly|aus)(?![a-z])[.\s-]*", re.IGNORECASE)
_PAIRS: Final = re.compile(r"(?:\d{2}|\d{4}|\d{6}|\d{8})(?:[ .\-]\d{2}(?:\d{2})?)*")
_TN_VED: Final = re.compile(r"\d{4} \d{2} \d{3} \d")
"""Ten digits as customs of the Eurasian Economic Union group them."""
_FLOAT: Final = re.compile(r"\d{5,12}\.0{1,2}")
_LOST_END: Final = re.compile(r"\d{4}\.\d|\d{4}\.\d{2}\.\d|\d{4}\.\d{3}")
_SCIENTIFIC: Final = re.compile(r"\d(?:[.,]\d+)?e\+?\d+", re.IGNORECASE)
_RANGE: Final = re.compile(r"\d+\s*(?:-|–|—|to|through|bis)\s*\d+", re.IGNORECASE)
_HYPHENED: Final = re.compile(r"(?:\d{4}|\d{6}|\d{8})-\d{2}")
_SEVERAL: Final = re.compile(r"\d\s*[,;/&+|]\s*\d|\d\s+and\s+\d", re.IGNORECASE)
_HIDDEN: Final = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": "", "\ufeff": "", "‑": "-", "．": "."}
    | {chr(ord("０") + digit): str(digit) for digit in range(10)}
)


class Misspelt(ValueError):
    """A code that cannot be read; the message says why and what to write."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def echoed(given: object) -> str:
    """What was given, as a message shows it: cut after some forty characters."""
    text = given if isinstance(given, str) else repr(given)
    return repr(text if len(text) <= _MOST_ECHOED else text[: _MOST_ECHOED - 1] + "…")


def digits_of(given: object) -> str:
    """The digits of a product code: 2, 4, 6, 8, 10, or 11 and 12, which no schedule here has.

    Raises Misspelt for whatever else, a number above all.
    """
    if given is None or given != given:  # a blank of a table
        raise Misspelt("empty", _EMPTY)
    if not isinstance(given, str):
        raise Misspelt(
            "number", f"product code {echoed(given)} is a number, not text: put it in quotes, with its zeros"
        )
    text = " ".join(given.translate(_HIDDEN).strip().strip("'\"").split())
    if not text:
        raise Misspelt("empty", _EMPTY)
    text = _PREFIX.sub("", text)
    _refuse_words(text, given)
    _refuse_numbers(text, given)
    spelt = any(form.fullmatch(text) for form in (_PAIRS, _TN_VED)) or text.isdigit()
    if not (spelt and text.isascii()):
        raise Misspelt("not digits", f"product code {echoed(given)} is not digits: write 2 to 10, such as 854231")
    digits = re.sub(r"[ .\-]", "", text)
    if len(digits) > _LONGEST:
        raise Misspelt("too long", f"product code {echoed(given)} has {len(digits)} digits: write 2, 4, 6, 8 or 10")
    if len(digits) % 2 and len(digits) < LENGTHS[-1]:
        count = f"{len(digits)} digit{'s' if len(digits) > 1 else ''}"
        if len(digits) == _NATIONAL:
            raise Misspelt(
                "lost zero",
                f"product code {echoed(given)} has {count}: write '0{digits}' if it lost its leading zero, and "
                f"'{digits[:6]}' if it is a national line of nine digits, which is known by its first six",
            )
        raise Misspelt(
            "lost zero",
            f"product code {echoed(given)} has {count}, so it lost its leading zero: keep the column as text; "
            f"'0{digits}' may be meant",
        )
    return digits


def without_part(text: str) -> str:
    """The text of a code of which a part is meant ("ex 8542.31 (part)") without the words that say so."""
    return re.sub(r"[()*]", " ", _PART.sub(" ", text))


def _refuse_words(text: str, given: object) -> None:
    """Refuse a part of a code, a range, several codes and placeholders."""
    if _PART.search(text):
        raise Misspelt(
            "part of a code",
            f"product code {echoed(given)} means a part of a code ('ex'), which its words set and a code does not: "
            "write the 8- or 10-digit lines that are meant, or the code without 'ex' to take all of it, with the value "
            "of the part",
        )
    if _SEVERAL.search(text):
        if re.fullmatch(r"\d{1,3}(?:,\d{3})+", text):
            raise Misspelt("number", f"product code {echoed(given)} was turned into a number: keep the column as text")
        raise Misspelt("several", f"product code {echoed(given)} names several codes: write one a row")
    if _RANGE.fullmatch(text) and not _HYPHENED.fullmatch(text):
        raise Misspelt("range", f"product code {echoed(given)} is a range: write each heading of it in a row")
    if re.fullmatch(r"[\d. ]+[.\s]?[xX*?#]+(?:[.\s][xX*?#]+)*", text):
        raise Misspelt("placeholder", f"product code {echoed(given)} has placeholders: write its digits alone")


def _refuse_numbers(text: str, given: object) -> None:
    """Refuse what a spreadsheet made of a code."""
    if _FLOAT.fullmatch(text) or _SCIENTIFIC.fullmatch(text):
        raise Misspelt(
            "number",
            f"product code {echoed(given)} was turned into a number: keep the column as text, with its zeros",
        )
    if _LOST_END.fullmatch(text):
        raise Misspelt("lost zero", f"product code {echoed(given)} lost its last zero: keep the column as text")
    if re.fullmatch(r"\d\.\d{2}(?:\.\d{2})*|\d{3}\.\d{1,2}(?:\.\d{2})*", text):
        raise Misspelt("lost zero", f"product code {echoed(given)} lost its leading zero: keep the column as text")
