"""Statements about numbers, and the share of draws in which they hold. That share is no probability: nobody knows how
likely each assumption is, so it only says how much of the ground that was varied a statement covers."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.data.quantities import parse_money, parse_rate, whole_percent
from detente.ensemble.numbers import KEYS
from detente.errors import BadInput, enumerate_names, nearest

_SIGNS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
_FORM: Final = "'us-301 USA real_income < 0', 'us-301 USA goods_balance CHN > 10bn', parts joined by ' and '"


@dataclass(frozen=True)
class Holds:
    """A statement, and in how many of the draws that solved it holds."""

    statement: str
    held: int
    solved: int

    @property
    def share(self) -> float:
        """Of the draws that solved, a fraction."""
        return self.held / self.solved

    def __str__(self) -> str:
        return f"{self.statement}: holds in {whole_percent(self.share)}% of draws ({self.held} of {self.solved})"


def held(statement: str, keys: pd.DataFrame, values: NDArray[np.float64]) -> Holds:
    """In how many draws (rows of `values`) a statement holds. All its parts have to hold in the same draw.

    A part is scenario, economy where the number is of one, quantity, a partner where it has one, `<`, `>`, `<=` or
    `>=`, and a number that may be written `1.5%` or `10bn`. For a function a part is its number's name, a sign and a
    number. Raises BadInput for one that cannot be read, or names what is not there.
    """
    true = np.ones(len(values), dtype=bool)
    for part in statement.split(" and "):
        found = re.fullmatch(r"\s*(.+?)\s*(<=|>=|<|>)\s*(\S+)\s*", part)
        if found is None:
            raise BadInput(f"{part!r} is no statement: write {_FORM}")
        column = _place(found[1].split(), found[1], keys)
        true &= _SIGNS[found[2]](values[:, column], _number(found[3]))
    return Holds(statement, int(true.sum()), len(values))


def _place(words: Sequence[str], text: str, keys: pd.DataFrame) -> int:
    if (keys["scenario"] == "").all():
        wanted = {"quantity": text}
    elif len(words) == 2:
        wanted = dict(zip(KEYS, (*words, "", ""), strict=True))
    elif len(words) in (3, 4):
        wanted = dict(zip(("scenario", "economy", "quantity", "partner"), (*words, "")[:4], strict=True))
    else:
        raise BadInput(f"{text!r} names no number: write {_FORM}")
    rows = np.ones(len(keys), dtype=bool)
    for key in (key for key in KEYS if key in wanted):
        known = list(dict.fromkeys(keys.loc[rows, key]))
        if wanted[key] not in known:
            near = nearest(wanted[key], known)
            listed = enumerate_names([name or "nothing" for name in known])
            hint = f"did you mean {near!r}?" if near else f"there are {listed}"
            raise BadInput(f"{text!r}: {key} {wanted[key]!r} is not there; {hint}")
        rows &= (keys[key] == wanted[key]).to_numpy()
    return int(np.flatnonzero(rows)[0])


def _number(text: str) -> float:
    """A plain number, a rate such as `1.5%`, or money in USD million such as `10bn`."""
    with suppress(ValueError):  # what is no plain number may be a rate or money
        return float(text)
    try:
        return parse_rate(text) if text.endswith("%") else parse_money(text)
    except ValueError as problem:
        raise BadInput(f"{text!r} is no number: {problem}") from problem
