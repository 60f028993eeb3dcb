"""Decimal commas in product lists: whether all the numbers of a list have them, and the same numbers with points.

`7,5%` in one row says how `1.234` in another is to be read: as 1234. Numbers that say neither are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

_LONGEST: Final = 80
"""Characters of a number with its unit."""
_UNIT: Final = r"\s*(?:%|％|[a-zA-Z]{1,8})?"
_SURE: Final = (
    r"[+-]?(?:\d+{d}(?:\d{{1,2}}|\d{{4,}})|0*{d}\d+|\d{{4,}}{d}\d+|\d{{1,3}}(?:{t}\d{{3}})+{d}\d+"
    r"|\d{{1,3}}(?:{t}\d{{3}}){{2,}})"
)
"""A number that says which mark begins its decimals; `1.234` and `1,234` do not."""
_COMMA: Final = re.compile(_SURE.format(d=",", t=r"\.") + _UNIT, re.ASCII)
_POINT: Final = re.compile(_SURE.format(d=r"\.", t=",") + _UNIT, re.ASCII)
_WRITTEN: Final = re.compile(rf"([+-]?(?:\d{{1,3}}(?:\.\d{{3}})+|\d+)(?:,\d+)?)({_UNIT})", re.ASCII)


def has_decimal_commas(cells: Iterable[Any]) -> bool:
    """Whether some text among the cells has a decimal comma for sure, and none a decimal point."""
    texts = [cell.strip() for cell in cells if isinstance(cell, str) and len(cell) <= _LONGEST]
    return any(map(_COMMA.fullmatch, texts)) and not any(map(_POINT.fullmatch, texts))


def with_point(text: str) -> str:
    """A number of a list with decimal commas, written with a decimal point and no thousands; other text as it is."""
    found = _WRITTEN.fullmatch(text) if len(text) <= _LONGEST else None
    return found[1].replace(".", "").replace(",", ".") + found[2] if found else text
