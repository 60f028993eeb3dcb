"""Product lists from a file: HS6 or HS8 codes with, where the list has them, trade values and rates.

Codes stay text from the first byte to the last: a column of numbers, or a code that lost its leading zero, is refused.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from detente.data.products.concordance import code_table
from detente.errors import BadTable, enumerate_names, nearest
from detente.inputs import require
from detente.policy.measure import Goods

MOST_BYTES: Final = 10_000_000
"""Bytes: over four times the longest list of Section 301 with descriptions."""

_CODE: Final = {"hs6": (6,), "hs8": (8,), "hs": (6, 8)}
_COLUMNS: Final = (*_CODE, "value", "rate", "add", "set")
_MOST_SHOWN: Final = 5


def read_list(path: Path | str) -> Goods:
    """The goods of a list: a CSV file with a header and the columns below, in any order; others are ignored.

    hs6, hs8 or hs (exactly one): the code. value: imports in the base year, as `1.2bn`. rate (or add): duty on top of
    the base, as `25%`; set: the duty itself. An empty value or rate is none. Raises BadTable with every fault and its
    line: no such file, empty, over 10 MB, not UTF-8, no code column, a code that is no text of 6 or 8 digits, a code
    listed twice, an amount or rate that cannot be read, a list of which no code is known in HS 2017.
    """
    require((str, Path), path, "path", "give the path of a CSV of product codes")
    file = Path(path)
    if not file.is_file():
        raise BadTable(f"{file.name} is not a file: give the list beside the dispute file")
    _refuse_long(file.name, file.stat().st_size)
    return parse_list(file.read_bytes(), file.name)


def parse_list(data: bytes, name: str) -> Goods:
    """The goods of a list that is at hand as bytes, under the name that messages call it; see `read_list`."""
    require(bytes, data, "data", "give the bytes of a CSV; a file on disk is read by read_list")
    _refuse_long(name, len(data))
    rows = _rows(data, name)
    header = [name.strip().casefold() for name in rows[0][1]]
    column = _code_column(name, header)
    faults: list[str] = []
    codes: list[dict[str, Any]] = []
    first: dict[str, int] = {}
    for line, cells in rows[1:]:
        if len(cells) != len(header):
            faults.append(f"line {line}: {len(cells)} cells, but the header has {len(header)}")
            continue
        entry = _entry(dict(zip(header, (cell.strip() for cell in cells), strict=True)), column)
        problem = _code_fault(entry["hs"], column) or _entry_fault(entry)
        if problem is None and entry["hs"] in first:
            problem = f"code {entry['hs']} is listed already on line {first[entry['hs']]}"
        if problem is not None:
            faults.append(f"line {line}: {problem}")
            continue
        first[entry["hs"]] = line
        codes.append(entry)
    if faults:
        more = f"\n  and {len(faults) - _MOST_SHOWN} more lines" if len(faults) > _MOST_SHOWN else ""
        raise BadTable(f"{name}: {len(faults)} faults\n  " + "\n  ".join(faults[:_MOST_SHOWN]) + more)
    _refuse_unknown(name, [entry["hs"] for entry in codes])
    return Goods.model_validate({"codes": codes})


def _refuse_long(name: str, size: int) -> None:
    if size > MOST_BYTES:
        raise BadTable(f"{name} is {size / 1e6:.1f} MB, over the {MOST_BYTES / 1e6:.0f} MB that are read")


def _rows(data: bytes, name: str) -> list[tuple[int, list[str]]]:
    """Lines with anything on them, each with its number."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadTable(f"{name} is not UTF-8 text (byte {problem.start}): save it as CSV in UTF-8") from problem
    reader = csv.reader(text.splitlines(), strict=True)
    try:
        rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as problem:
        raise BadTable(f"{name}, line {reader.line_num}: not CSV ({problem})") from problem
    if len(rows) < 2:
        raise BadTable(f"{name} lists no goods: it needs a header such as hs6,value,rate and a line a code")
    return rows


def _code_column(name: str, header: list[str]) -> str:
    found = [name for name in header if name in _CODE]
    if len(found) != 1 or len(set(header)) < len(header):
        near = next((f"; is {name!r} meant for {best!r}?" for name in header if (best := nearest(name, _CODE))), "")
        raise BadTable(
            f"{name} has the columns {enumerate_names(header)}: it needs exactly one of hs6, hs8 or hs, and no "
            f"column twice{near}"
        )
    if "rate" in header and "add" in header:
        raise BadTable(f"{name} has both rate and add, which mean the same: keep one")
    return found[0]


def _entry(cells: dict[str, str], column: str) -> dict[str, Any]:
    """The cells of a line as the fields of a Code; empty ones are left out."""
    entry: dict[str, Any] = {"hs": cells[column]}
    for name, field in (("value", "value"), ("rate", "add"), ("add", "add"), ("set", "set")):
        if cells.get(name):
            entry[field] = cells[name]
    return entry


def _code_fault(code: str, column: str) -> str | None:
    """The fault in the text of a code, or None."""
    lengths = _CODE[column]
    if code.isascii() and code.isdigit() and len(code) in lengths:
        return None
    wanted = " or ".join(str(length) for length in lengths)
    if any(mark in code for mark in ".eE,") and any(digit.isdigit() for digit in code):
        return f"code {code!r} was turned into a number: keep the column as text, {wanted} digits"
    if code.isascii() and code.isdigit() and len(code) + 1 in lengths:
        return f"code {code!r} has {len(code)} digits, so it lost its leading zero: keep the column as text"
    return f"code {code!r} is not {wanted} digits"


def _entry_fault(entry: dict[str, Any]) -> str | None:
    try:
        Goods.model_validate({"codes": [entry]})
    except ValidationError as problem:
        return "; ".join(str(error["msg"]).removeprefix("Value error, ") for error in problem.errors())
    return None


def _refuse_unknown(name: str, codes: list[str]) -> None:
    known = set(code_table()["hs6"])
    if not any(code[:6] in known for code in codes):
        raise BadTable(
            f"{name} matches nothing: none of its {len(codes)} codes ({enumerate_names(codes, 3)}) is in HS 2017; "
            "check the edition and the leading zeros"
        )
