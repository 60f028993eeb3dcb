"""Bundled lists of products, which a measure names instead of its codes: `goods: {list: us-2025/steel}`.

One file holds the lists of a case (`policy/CASE-lists.parquet`: list, code), each under a name of its own. A measure
keeps the name, so that a file stays short however many codes an act has.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import pandas as pd

from detente.data.codes import HERE
from detente.errors import UnknownName

CASES: Final = ("us-2025",)
"""The cases that have lists."""
_BETWEEN: Final = "/"


@cache
def bundled_lists() -> dict[str, tuple[str, ...]]:
    """Name (`us-2025/steel`) → the codes of the list, as its act writes them."""
    found: dict[str, tuple[str, ...]] = {}
    for case in CASES:
        table = pd.read_parquet(HERE / f"policy/{case}-lists.parquet")
        grouped = table.groupby("list", observed=True, sort=False)["code"]
        found.update({f"{case}{_BETWEEN}{name}": tuple(codes) for name, codes in grouped})
    return found


def bundled_list(name: str) -> tuple[str, ...]:
    """The codes of a bundled list; raises UnknownName."""
    lists = bundled_lists()
    if name not in lists:
        raise UnknownName(name, tuple(lists), where="list")
    return lists[name]


def is_bundled(name: object) -> bool:
    """Whether a name is of the form of a bundled list, `CASE/LIST`, and no file beside a dispute file."""
    return isinstance(name, str) and name.partition(_BETWEEN)[0] in CASES and not name.endswith((".csv", ".parquet"))
