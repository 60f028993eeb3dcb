"""The numbers of prices as files write them: decimal points and commas, thousands, currencies, missing prices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.errors import BadTable, short
from detente.inputs import FloatArray, shown

MISSING: Final = frozenset(
    {"", ".", "-", "--", "—", "–", "na", "n/a", "n.a.", "#n/a", "#n/a n/a", "#n/a field not applicable", "nan", "<na>",
     "null", "none", "nd", "nat"}
)  # fmt: skip
"""Words, in lower case, with which files say that there was no price."""
_CURRENCY: Final = r"(?:[A-Z]{1,2}\$|[$€£¥₹₩₽]|[A-Z]{3})"
_NUMBER: Final = re.compile(
    rf"(?P<before>{_CURRENCY})?\s?(?P<sign>[+-]?)(?P<after>{_CURRENCY})?\s?(?P<body>\d[\d.,]*|[.,]\d+)(?P<power>[eE][+-]?\d{{1,3}})?"
    rf"\s?(?P<behind>{_CURRENCY})?",
    re.ASCII,
)
_SPACES: Final = re.compile(r"(?<=[0-9])[\s'’](?=[0-9]{3}(?![0-9]))")
"""What may stand between thousands beside a comma and a point."""


@dataclass(frozen=True)
class PriceNumbers:
    """The prices in columns, NaN where a file says that there is none, and the currencies that stand beside them."""

    columns: Mapping[str, FloatArray]
    currencies: Mapping[str, frozenset[str]]


def read_numbers(columns: Mapping[str, Sequence[Any]], place: Callable[[int], str]) -> PriceNumbers:
    """The prices in the cells of columns; `place` names the place of a row in messages.

    Which of comma and point begins the decimals is told by all columns together. Raises BadTable for a cell that is no
    price, for percentages and for rounded amounts such as 1.2M, and where the mark of decimals cannot be told.
    """
    spelled = {name: [_text(cell) for cell in cells] for name, cells in columns.items()}
    mark = _decimal_mark(
        (text, f"{place(k)}, {short(name)}") for name, cells in spelled.items() for k, text in _texts(cells)
    )
    values, currencies = {}, {}
    for name, cells in spelled.items():
        found = np.full(len(cells), np.nan)
        signs: set[str] = set()
        for k, cell in enumerate(cells):
            if isinstance(cell, str):
                found[k] = _value(cell, mark, f"{place(k)}: {shown(cell)} in column {short(name)}", signs)
            elif cell is not None:
                found[k] = cell
        values[name], currencies[name] = found, frozenset(signs)
    return PriceNumbers(values, currencies)


def has_numbers(cells: Sequence[Any]) -> bool:
    """Whether any cell is a number."""
    return any(_is_number(cell) for cell in cells)


def _is_number(cell: Any) -> bool:
    text = _text(cell)
    return text is not None and (not isinstance(text, str) or _NUMBER.fullmatch(text) is not None)


def _texts(cells: Sequence[str | float | None]) -> Iterable[tuple[int, str]]:
    return ((k, cell) for k, cell in enumerate(cells) if isinstance(cell, str))


def _text(cell: Any) -> str | float | None:
    """A cell as text without thin marks, as the number that it is, or None where it says that there is no price."""
    if isinstance(cell, str):
        text = _SPACES.sub("", cell.strip().strip("\u00a0\u202f").replace("\u2212", "-")) if len(cell) < 80 else cell
        return None if text.casefold() in MISSING else text
    if cell is None or cell is pd.NaT or cell is pd.NA or isinstance(cell, bool | np.bool_):
        return str(cell) if isinstance(cell, bool | np.bool_) else None
    try:
        value = float(cell)
    except (TypeError, ValueError, OverflowError):
        return str(cell)
    return None if value != value else value


def _value(text: str, mark: str, what: str, signs: set[str]) -> float:
    """The number in a text. Raises BadTable where it is none."""
    if text.endswith("%"):
        raise BadTable(f"{what} is a percentage: give prices, not changes of them")
    if re.fullmatch(r"[+-]?[\d.,]+ ?[KMBkmb]", text, re.ASCII):
        raise BadTable(f"{what} is a rounded amount, such as of a volume: give prices")
    inner = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    found = _NUMBER.fullmatch(inner)
    if found is None:
        raise BadTable(f"{what} is not a price")
    signs |= {found[name] for name in ("before", "after", "behind") if found[name]}
    body = found["body"]
    other = "," if mark == "." else "."
    whole, _, decimals = body.partition(mark)
    grouped = re.fullmatch(rf"\d{{1,3}}({re.escape(other)}\d{{2,3}})*{re.escape(other)}\d{{3}}", whole)
    if (other in whole and grouped is None) or other in decimals or mark in decimals:
        raise BadTable(
            f"{what} is not a price where {mark!r} begins the decimals of the other prices: write plain numbers such "
            "as 1234.5"
        )
    number = float(f"{whole.replace(other, '') or '0'}.{decimals or '0'}{found['power'] or ''}")
    if not np.isfinite(number):
        raise BadTable(f"{what} is too large for a price")
    return -number if found["sign"] == "-" or inner != text else number


def _decimal_mark(texts: Iterable[tuple[str, str]]) -> str:
    """Whether a point or a comma begins decimals. Raises BadTable where prices contradict each other, or none tells."""
    told: dict[str, tuple[str, str]] = {}
    open_comma: tuple[str, str] | None = None
    for text, where in texts:
        if "," not in text and "." not in text:
            continue
        mark = _mark_in(text)
        if mark is not None:
            told.setdefault(mark, (text, where))
        elif "," in text:
            open_comma = open_comma or (text, where)
    if len(told) > 1:
        (point, at), (comma, other) = told["."], told[","]
        raise BadTable(
            f"{at}: decimals begin with a point in {shown(point)}, and with a comma in {shown(comma)} ({other}): write "
            "plain numbers such as 1234.5"
        )
    if not told and open_comma is not None:
        raise BadTable(
            f"{open_comma[1]}: the comma of {shown(open_comma[0])} may divide thousands or begin decimals, and no "
            "other price tells: write plain numbers such as 1234.5"
        )
    return next(iter(told), ".")


def _mark_in(text: str) -> str | None:
    """The mark that begins decimals in a text, None where it may be either."""
    found = _NUMBER.fullmatch(text.strip("()"))
    if found is None:
        return None
    body = found["body"]
    if "," in body and "." in body:
        return "," if body.rindex(",") > body.rindex(".") else "."
    mark, other = (",", ".") if "," in body else (".", ",")
    if mark not in body:
        return None
    if body.count(mark) > 1:
        return other
    before, _, after = body.partition(mark)
    return mark if len(after) != 3 or len(before) > 3 or before in ("", "0") or found["power"] else None
