"""What a list says its goods are worth: values by code, and an official total that the list is scaled to.

A value by code is its share of the sector's imports in figures of its basis; what is left of the sector goes to other
goods by their weights. An official total scales a list as a whole: the goods on it and those off it are rescaled,
sector by sector and list by list in turn (iterative proportional fitting), until every list with a total comes to it
and every sector to what is bought of it. No sector is ever covered beyond what it holds, whatever the factors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from detente.data.quantities import format_money
from detente.errors import BadMeasure
from detente.inputs import BoolArray, FloatArray, IntArray

ROUNDING: Final = 1e-9
"""Share of a sector under which a difference is rounding."""
_STEPS: Final = 20_000
_CLOSE: Final = 1e-11
"""Relative distance from its total at which a list has come to it."""
_MET: Final = 1e-6
"""Relative distance from its total that a list may end at, a tenth of a cent in a thousand dollars."""
_SEED: Final = 1e-3
"""Share of a sector that goods off all lists begin with, where lists name every product of it."""


@dataclass(frozen=True)
class Scaling:
    """A list scaled to its official total, USD million: what product trade gives it, the total, and their ratio.

    measure: the measure that it is the list of, or the bundled table that it is `part` of.
    """

    measure: str
    exporter: str
    traded: float
    official: float
    basis: str
    part: str = ""

    @property
    def factor(self) -> float:
        """The official total ÷ what product trade gives."""
        return self.official / self.traded

    def __str__(self) -> str:
        which = f"table {self.measure!r}, list {self.part}" if self.part else f"measure {self.measure!r}"
        return (
            f"{which}: by product trade the list is {_money(self.traded)} of imports from "
            f"{self.exporter} ({self.basis} figures), its official total is {_money(self.official)}: scaled by "
            f"{self.factor:.3g}"
        )


@dataclass(frozen=True, eq=False)
class Valued:
    """A list whose codes have values: its measure, the code of each unit (u,), and value by code, USD million."""

    measure: str
    owner: IntArray
    values: Mapping[int, float]
    names: Sequence[str]
    base: FloatArray


def fix_values(share: FloatArray, weight: FloatArray, sector: IntArray, lists: Sequence[Valued]) -> FloatArray:
    """The share of each unit (u,) where codes with a value have that of `base` (j,); the others share what is left.

    What is left of a sector all of whose goods have a value is missing from the sum. Raises BadMeasure where lists
    value the same goods twice, or more than the sector's imports.
    """
    fixed = np.full(len(share), np.nan)
    valuer = np.full(len(share), -1)
    for which, its in enumerate(lists):
        for code, value in its.values.items():
            mine = np.flatnonzero(its.owner == code)
            _refuse_twice(lists, which, code, valuer[mine])
            with np.errstate(divide="ignore"):
                fixed[mine] = value * _proportions(weight[mine]) / its.base[sector[mine]]
            valuer[mine] = which
    known = ~np.isnan(fixed)
    given = np.bincount(sector[known], weights=fixed[known], minlength=sector.max() + 1)
    if (given > 1 + ROUNDING).any():
        j = int(given.argmax())
        raise OverValued(j, float(given[j]))
    others = np.bincount(sector[~known], weights=share[~known], minlength=sector.max() + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rescaled = share * np.where(others > 0, np.maximum(1 - given, 0) / others, 0)[sector]
    return np.where(known, fixed, rescaled)


class OverValued(ValueError):
    """Codes worth more than their sector: its position, and the share of it that they come to."""

    def __init__(self, sector: int, share: float) -> None:
        super().__init__(f"sector {sector} is covered by {share:.1%}")
        self.sector, self.share = sector, share


@dataclass(frozen=True, eq=False)
class Total:
    """The official total of a list, USD million: whose it is, its units (u,), imports by sector of its basis (j,)."""

    owner: str
    rows: BoolArray
    base: FloatArray
    value: float

    def of(self, share: FloatArray, sector: IntArray) -> float:
        """What the list comes to under shares of units (u,), USD million."""
        return float(share[self.rows] @ self.base[sector[self.rows]])


def fit_totals(share: FloatArray, sector: IntArray, totals: Sequence[Total]) -> FloatArray:
    """Shares (u,) under which each list comes to its total.

    Where lists name every product of a sector, what is then off all of them is missing from its sum. Raises BadMeasure
    where the totals cannot be met together.
    """
    size = int(sector.max()) + 1
    listed: BoolArray = np.any([its.rows for its in totals], axis=0)
    off, on = (np.bincount(sector[rows], weights=share[rows], minlength=size) for rows in (~listed, listed))
    rest: FloatArray = np.where((off <= 0) & (on > 0), _SEED, 0.0)
    fitted: FloatArray = share * (1 - rest)[sector]
    for _ in range(_STEPS):
        worst = 0.0
        for its in totals:
            ratio = its.value / its.of(fitted, sector)
            worst = max(worst, abs(ratio - 1))
            fitted = np.where(its.rows, fitted * ratio, fitted)
        full = np.bincount(sector, weights=fitted, minlength=size) + rest
        full = np.where(full > 0, full, 1.0)
        fitted, rest = fitted / full[sector], rest / full
        if worst <= _CLOSE:
            break
    for its in totals:
        if abs(its.of(fitted, sector) / its.value - 1) > _MET:
            most = float(its.base[np.unique(sector[its.rows])].sum())
            raise BadMeasure(
                f"{its.owner}: its list cannot be {_money(its.value)} of imports, of which its sectors "
                f"hold {_money(most)}, beside the other lists with a total: check the total and its basis"
            )
    return fitted


def _refuse_twice(lists: Sequence[Valued], which: int, code: int, before: IntArray) -> None:
    """Refuse goods that a list of another measure values otherwise."""
    name, value = lists[which].names[code], lists[which].values[code]
    for other in np.unique(before[before >= 0]):
        its = lists[int(other)]
        theirs = {its.names[at]: worth for at, worth in its.values.items()}
        if name not in theirs:
            near = next(code for code in theirs if code.startswith(name) or name.startswith(code))
            raise BadMeasure(
                f"{max(name, near, key=len)} has a value, and so has {min(name, near, key=len)}, which it "
                "is in: give one of them"
            )
        if theirs[name] != value:
            raise BadMeasure(
                f"measure {lists[which].measure!r} values code {name} at {format_money(value)}, another measure at "
                f"{format_money(theirs[name])}: one code has one value in the base year"
            )


def _proportions(weight: FloatArray) -> FloatArray:
    """Weights over their sum; equal ones where goods without any trade weigh nothing."""
    total = weight.sum()
    return weight / total if total > 0 else np.full(len(weight), 1.0 / max(len(weight), 1))


def _money(amount: float) -> str:
    return f"USD {format_money(float(f'{amount:.3g}'))}"
