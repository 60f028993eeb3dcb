"""The font that ships, the width of a text in it, and lines that fit a width.

Charts, page and report are set in Source Sans Pro (Adobe, SIL Open Font License), so that a text is as wide on every
machine as it was when its room was measured. The drawing library and the measure read the TrueType files; a browser
reads the WOFF2 files, which have the Latin letters alone and go into each picture and report.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import as_file, files
from typing import Final

from detente.report import fonttools

FAMILY: Final = "Source Sans Pro"
FONT: Final = f"'{FAMILY}', sans-serif"
BOLD: Final = 600
"""The weight of the second face."""
FONTS: Final = files("detente.report") / "fonts"
_FACES: Final = {400: "SourceSansPro-Regular.ttf", BOLD: "SourceSansPro-Semibold.ttf"}
_WEB: Final = "source-sans-pro-latin-{weight}-normal.woff2"
_WIDEST: Final = 1.0
"""Width, in em, of a letter that the font lacks: another font draws it, and no letter of Latin text is wider."""


def width(text: str, size: float, weight: int = 400) -> float:
    """The width of one line of text in px, the sum of its advances; `size` in px, `weight` 400 or `BOLD`."""
    known = advances(weight)
    return size * sum(known.get(ord(letter), _WIDEST) for letter in text)


def wrap(text: str, room: float, size: float, weight: int = 400) -> list[str]:
    """Lines of at most `room` px, cut at blanks; a word that is wider than that stands alone."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and width(f"{lines[-1]} {word}", size, weight) > room:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


@cache
def advances(weight: int) -> dict[int, float]:
    """The advance of each character of a face, in em, by code point."""
    with as_file(FONTS / _FACES[weight]) as path, fonttools.TTFont(path, lazy=True) as face:
        em, metrics = face["head"].unitsPerEm, face["hmtx"]
        return {code: metrics[name][0] / em for code, name in face.getBestCmap().items()}


@cache
def face_rules() -> str:
    """CSS rules that hold both faces in themselves, for a picture or a page that asks for no other file."""
    return "".join(
        f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};"
        f"src:url(data:font/woff2;base64,{_encoded(_WEB.format(weight=weight))}) format('woff2')}}"
        for weight in _FACES
    )


def _encoded(name: str) -> str:
    return base64.b64encode((FONTS / name).read_bytes()).decode()
