"""The numbers of a result by key: what tells one number from another, and how the cells of tables give them.

Every question says of its result which numbers an ensemble draws, as `numbers(result)`: key → number, in a fixed
order. Most say it by a list of `TableNumbers`, one for each table that holds some. A key has four parts, the columns
`KEYS` of every table of bands; a part that a number does not have is empty.

The evidence of draws: the driver of a number, and the share of draws in which a statement holds.

Shares of the variance over draws are first-order indices Var(E[y | assumption]) / Var(y) (I. M. Sobol 2001): of each
discrete assumption (world, set of elasticities, closure, horizon) by an effect for each of its groups, of a drawn
number by a polynomial in it, of the draws of elasticities within a set by a plane in them. They are fitted together,
and each sum of squares is corrected for what chance alone would give it, the variance of the residual times the trace
of the effect's own part of the fit; for one assumption that is (SS_between − p MS_within) / SS_total with p free
effects (W. L. Hays 1963). None is negative. Only what was drawn has a share; what is left is not explained by single
assumptions: assumptions that work only together, and what the polynomials do not follow.

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
LEVEL: Final = "elasticity level"
REST: Final = "not explained by single assumptions"
DEGREE: Final = 6
"""The highest degree of the polynomial in a drawn number; a lower one where there are fewer than 16 draws a degree."""
_STILL: Final = 1e-18
"""Variance over square under which a number does not vary: the audit leaves 1e-9 of a level open."""
_SIGNS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
_FORM: Final = "'us-301 USA real_income < 0', 'us-301 USA goods_balance CHN > 10bn', parts joined by ' and '"


def variance_shares(
    values: FloatArray,
    groups: Mapping[str, IntArray],
    numbers: Mapping[str, FloatArray] | None = None,
    deviates: FloatArray | None = None,
) -> pd.DataFrame:
    """Shares of the variance of each number (columns of `values`, draws down): one row an assumption, summing to 1.

    `groups` has the group of each draw by discrete assumption, `numbers` the drawn number (draws,) by name, `deviates`
    (draws, k) the standard deviations of the drawn elasticities where any were drawn. With fewer than twice as many
    draws as effects the drawn elasticities are missing, and what they do is among the rest; where that is not enough,
    or a number does not vary, all are.
    """
    count, across = values.shape
    designs = {name: _indicators(its) for name, its in groups.items()}
    designs |= {name: _polynomial(its) for name, its in (numbers or {}).items()}
    if deviates is not None:
        designs[DRAWS] = _plane(deviates)
    fitted = {name: its - its.mean(0) for name, its in designs.items()}
    if count < 2 * (_effects(fitted) + 1):
        fitted.pop(DRAWS, None)
    total = ((values - values.mean(0)) ** 2).sum(0)
    still = total <= _STILL * count * np.maximum((values**2).mean(0), 1e-300)
    shares = {name: np.full(across, np.nan) for name in designs} | _explained(values, fitted, total)
    rest = 1.0 - sum((np.nan_to_num(share) for share in shares.values()), np.zeros(across))
    over = np.maximum(-rest, 0.0)  # chance may let single assumptions claim more than there is: all are scaled alike
    table = np.stack([*shares.values(), np.maximum(rest, 0.0)]) / (1.0 + over)
    none = still | (count < max(4, 2 * (_effects(fitted) + 1)))
    return pd.DataFrame(np.where(none, np.nan, table), index=[*shares, REST])


def _effects(designs: Mapping[str, FloatArray]) -> int:
    return sum(its.shape[1] for its in designs.values())


def _indicators(groups: IntArray) -> FloatArray:
    codes = np.unique(groups, return_inverse=True)[1].ravel()
    return np.asarray(codes[:, None] == np.arange(1, codes.max(initial=0) + 1), dtype=np.float64)


def _polynomial(numbers: FloatArray) -> FloatArray:
    """Legendre polynomials of a drawn number, scaled to its range, without the constant."""
    low, high = numbers.min(), numbers.max()
    if not high > low:
        return np.zeros((len(numbers), 0))
    degree = int(np.clip(len(numbers) // 16, 1, DEGREE))
    return np.asarray(np.polynomial.legendre.legvander(2 * (numbers - low) / (high - low) - 1, degree)[:, 1:])


def _plane(deviates: FloatArray) -> FloatArray:
    """The columns that vary, each once: sectors of one elasticity move together."""
    apart = np.unique(deviates, axis=1)
    return np.asarray(apart[:, np.ptp(apart, axis=0) > 0])


def _explained(values: FloatArray, designs: Mapping[str, FloatArray], total: FloatArray) -> dict[str, FloatArray]:
    """The share of the variance that each of some centred designs explains in a fit of all, corrected for chance."""
    if not _effects(designs):
        return {name: np.zeros(len(total)) for name in designs}
    together = np.concatenate(list(designs.values()), axis=1)
    inverse = np.linalg.pinv(together, rcond=1e-9)
    slopes = inverse @ (values - values.mean(0))
    left = ((values - values.mean(0) - together @ slopes) ** 2).sum(0)
    noise = left / max(len(values) - 1 - np.linalg.matrix_rank(together), 1)
    found, start = {}, 0
    for name, its in designs.items():
        mine = slice(start, start := start + its.shape[1])
        by_chance = noise * ((its.T @ its) * (inverse[mine] @ inverse[mine].T)).sum()
        explained = np.square(its @ slopes[mine]).sum(0) - by_chance
        found[name] = np.clip(explained / np.where(total > 0, total, 1.0), 0.0, 1.0)
    return found


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
