"""The numbers of a result by key: what tells one number from another, and how the cells of tables give them.

Every question says of its result which numbers an ensemble draws, as `numbers(result)`: key → number, in a fixed
order. Most say it by a list of `TableNumbers`, one for each table that holds some. A key has four parts, the columns
`KEYS` of every table of bands; a part that a number does not have is empty.

The evidence of draws: the driver of a number, and the share of draws in which a statement holds.

Shares of the variance over draws are an analysis of variance over the design. Discrete assumptions (world, set of
elasticities, closure, horizon) have the first-order index Var(E[y | assumption]) / Var(y) of I. M. Sobol (2001); what
remains within cells of all of them is due to the draws of elasticities, alone and together with the others, which is
the total index of those draws. What the discrete ones explain only together is their interaction. Each between-group
share is corrected for what chance alone would give it, (SS_between − (G − 1) MS_within) / SS_total (W. L. Hays 1963),
and is not negative.

A statement about numbers holds in a share of draws. That share is not a probability: nobody knows how likely each
assumption is, so it only says how much of the ground that was varied a statement covers.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.data.quantities import parse_money, parse_rate, whole_percent
from detente.dispute.results import Result
from detente.errors import BadInput, enumerate_names, nearest
from detente.inputs import FloatArray, IntArray

KEYS: Final = ("scenario", "quantity", "economy", "partner")
"""What tells one number from another."""
NumberKey = tuple[str, str, str, str]
"""Scenario, quantity, economy and partner of a number."""


@dataclass(frozen=True)
class TableNumbers:
    """Numbers of one table: the columns that hold them, and those that say of what they are.

    The words of the columns in `scenario` are joined by a slash, spaces in them by a hyphen, so that a statement can
    name them; without any the table's name stands for them. `names` is what a column is called as a quantity, where
    its own name means something else in another table.
    """

    table: str
    quantities: tuple[str, ...]
    scenario: tuple[str, ...] = ()
    economy: str = ""
    partner: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    def cells(self, table: pd.DataFrame) -> Iterator[tuple[NumberKey, float]]:
        """Key and value of every cell that holds a number, row by row; some values may be missing."""
        for row in table.to_dict("records"):
            scenario = "/".join(_word(row[column]) for column in self.scenario) or self.table
            economy, partner = (_word(row[column]) if column else "" for column in (self.economy, self.partner))
            for column in self.quantities:
                yield (scenario, self.names.get(column, column), economy, partner), float(row[column])


def numbers_in(result: Result, tables: Iterable[TableNumbers]) -> dict[NumberKey, float]:
    """The numbers of some tables of a result by key, in a fixed order; of rows of one key the first counts."""
    found: dict[NumberKey, float] = {}
    for each in tables:
        for key, value in each.cells(result.table(each.table)):
            found.setdefault(key, value)
    return found


def _word(cell: Any) -> str:
    return str(cell).replace(" ", "-")


DRAWS: Final = "elasticity draws"
TOGETHER: Final = "interaction"
BINS: Final = 8
"""Groups into which a number between two ends is cut."""
_STILL: Final = 1e-18
"""Variance over square under which a number does not vary: the audit leaves 1e-9 of a level open."""
_SIGNS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
_FORM: Final = "'us-301 USA real_income < 0', 'us-301 USA goods_balance CHN > 10bn', parts joined by ' and '"


def variance_shares(values: FloatArray, design: Mapping[str, IntArray], cells: tuple[str, ...]) -> pd.DataFrame:
    """Shares of the variance of each number (columns of `values`, draws down): one row an assumption, summing to 1.

    `design` has the group of each draw by assumption; those named in `cells` are crossed. Missing where a number does
    not vary, or where there are not twice as many draws as cells.
    """
    count = values.shape[1]
    named = [*design, *([TOGETHER] if len(cells) > 1 else []), DRAWS]
    joint = _joint([design[name] for name in cells], len(values))
    total = ((values - values.mean(0)) ** 2).sum(0)
    still = total <= _STILL * len(values) * np.maximum((values**2).mean(0), 1e-300)
    if len(values) < 2 * (joint.max(initial=0) + 1) or len(values) < 4:
        return pd.DataFrame(np.full((len(named), count), np.nan), index=named)
    closed = _between(values, joint, total)
    alone = {name: _between(values, groups, total) for name, groups in design.items()}
    inside = [name for name in design if name in cells]
    sum_inside = sum((alone[name] for name in inside), np.zeros(count))
    scale = np.where(sum_inside > closed, closed / np.where(sum_inside > 0, sum_inside, 1.0), 1.0)
    shares = {name: alone[name] * scale if name in cells else alone[name] for name in design}
    if len(cells) > 1:
        shares[TOGETHER] = np.maximum(closed - sum_inside * scale, 0.0)
    rest: FloatArray = 1.0 - sum(shares.values(), np.zeros(count))
    over = np.maximum(-rest, 0.0)  # values outside the cells may claim more than is left: all are scaled alike
    shares[DRAWS] = np.maximum(rest, 0.0)
    table = np.stack([shares[name] for name in named]) / (1.0 + over)
    return pd.DataFrame(np.where(still, np.nan, table), index=named)


def binned(values: FloatArray) -> IntArray:
    """The group of each number among `BINS` groups of equal size."""
    order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return np.asarray(order * BINS // max(len(values), 1), dtype=np.int64)


def _joint(groups: list[IntArray], count: int) -> IntArray:
    if not groups:
        return np.zeros(count, dtype=np.int64)
    return np.asarray(np.unique(np.stack(groups, 1), axis=0, return_inverse=True)[1].ravel(), dtype=np.int64)


def _between(values: FloatArray, groups: IntArray, total: FloatArray) -> FloatArray:
    """The share of the variance between groups, corrected for chance."""
    codes = np.unique(groups, return_inverse=True)[1].ravel()
    sizes = np.bincount(codes).astype(np.float64)
    if len(sizes) < 2:
        return np.zeros(values.shape[1])
    sums = np.zeros((len(sizes), values.shape[1]))
    np.add.at(sums, codes, values)
    between = (sizes[:, None] * (sums / sizes[:, None] - values.mean(0)) ** 2).sum(0)
    chance = (len(sizes) - 1) * (total - between) / (len(values) - len(sizes))
    return np.asarray(np.clip((between - chance) / np.where(total > 0, total, 1.0), 0.0, 1.0))


@dataclass(frozen=True)
class Claim:
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


def held(statement: str, keys: pd.DataFrame, values: FloatArray) -> Claim:
    """In how many draws (rows of `values`) a statement holds. All its parts have to hold in the same draw.

    A part is scenario, economy where the number is of one, quantity, a partner where it has one, `<`, `>`, `<=` or
    `>=`, and a number that may be written `1.5%` or `10bn`. For a function a part is its number's name, a sign and a
    number. Raises BadInput for one that cannot be read, or names what is not there.
    """
    true = np.ones(len(values), dtype=bool)
    for text, sign, number in parts_of(statement):
        true &= _SIGNS[sign](values[:, _place(text.split(), text, keys)], number)
    return Claim(statement, int(true.sum()), len(values))


def parts_of(statement: str) -> list[tuple[str, str, float]]:
    """The words, the sign and the number of each part. Raises BadInput for one that cannot be read."""
    parts = []
    for part in statement.split(" and "):
        found = re.fullmatch(r"\s*(.+?)\s*(<=|>=|<|>)\s*(\S+)\s*", part)
        if found is None:
            raise BadInput(f"{part!r} is not a statement: write {_FORM}")
        parts.append((found[1], found[2], _number(found[3])))
    return parts


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
            raise BadInput(f"{text!r}: there is no {key} {wanted[key]!r}; {hint}")
        rows &= (keys[key] == wanted[key]).to_numpy()
    return int(np.flatnonzero(rows)[0])


def _number(text: str) -> float:
    """A plain number, a rate such as `1.5%`, or money in USD million such as `10bn`."""
    with suppress(ValueError):  # what is no plain number may be a rate or money
        return float(text)
    try:
        return parse_rate(text) if text.endswith("%") else parse_money(text)
    except ValueError as problem:
        raise BadInput(f"{text!r} is not a number: {problem}") from problem
