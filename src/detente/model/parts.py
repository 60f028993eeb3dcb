"""The parts of cells that measures treat apart, each a variety of its cell with its own tariff and export charge.

A measure that covers a share of a cell is never averaged into one rate: the goods it covers and the others have each
their base share and their own factor k = (1+t')(1+e')/(1+t).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from detente.data.exported import Shown
from detente.errors import BadShock
from detente.inputs import BoolArray, FloatArray, IntArray, floats, shown

#: The columns that every part has, and those that most have none of.
_COLUMNS: Final = ("n", "i", "j", "s", "t", "t_cf")
_OPTIONAL: Final = ("e_cf", "closed", "specific")
#: What a dense part is made of.
_DENSE: Final = ("s", "t", "t_cf")
#: Parts are shares of one cell; sums further from one than rounding allows mean that goods are missing.
_SHARE_TOLERANCE = 1e-9
#: More economies or sectors than any world has; the number of a cell stays within 64 bits.
_MOST = 1 << 20


@dataclass(frozen=True, eq=False)
class Parts(Shown):
    """The parts of some cells, one row a part.

    Parameters
    ----------
    n, i, j
        Importer, exporter and sector of the cell, as positions.
    s
        Base share of the part in the cell's expenditure; sums to one in each cell named.
    t, t_cf
        Tariff on the part before and after, as fractions.
    e_cf
        What the exporter charges on the part after the shock, a fraction of what producers receive; none before. A
        charge of the whole cell (`Shock.e_cf`) comes on top: 1 + e is the product of both.
    closed
        True where trade of the part ends: a ban of imports or of exports.
    specific
        Duties per unit after the shock, as the fraction of the base border price that they are. They are fixed in the
        numeraire, so that the tariff on the part is t_cf + specific / p, with p = d̂ ĉ (1+e') the new border price over
        the old. ``t`` includes those of before.

    A column of the last three that holds nothing but zeros is None.

    Raises
    ------
    BadShock
        Where shares are negative or do not sum to one, a tariff or charge is not a number over −100 %, a specific duty
        is negative, or one of the last three is laid on an economy's own sales.
    """

    n: IntArray
    i: IntArray
    j: IntArray
    s: FloatArray
    t: FloatArray
    t_cf: FloatArray
    e_cf: FloatArray | None = None
    closed: BoolArray | None = None
    specific: FloatArray | None = None

    def __post_init__(self) -> None:
        for name in ("n", "i", "j"):
            object.__setattr__(self, name, positions(getattr(self, name), f"parts' {name}"))
        for name in ("s", "t", "t_cf", *_OPTIONAL):
            if (given := getattr(self, name)) is not None:
                column = floats(given, f"parts' {name}", BadShock)
                object.__setattr__(self, name, column if name not in _OPTIONAL or column.any() else None)
        named = [name for name in (*_COLUMNS, *_OPTIONAL) if getattr(self, name) is not None]
        shapes = {name: getattr(self, name).shape for name in named}
        if len(set(shapes.values())) > 1 or len(shapes["s"]) != 1:
            found = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
            raise BadShock(f"the columns of the parts have the shapes {found}: give one row a part")
        if not (np.isfinite(self.s).all() and (self.s >= 0).all()):
            raise BadShock("a part's share is negative or not a number: shares of a cell lie between 0 and 1")
        for name in ("t", "t_cf"):
            check_rates(getattr(self, name), f"parts' {name}")
        self._check_optional()
        sums = self.sums(self.s)
        if len(sums) and (gap := np.abs(sums - 1)).max() > _SHARE_TOLERANCE:
            worst = int(gap.argmax())
            raise BadShock(
                f"the parts of cell {tuple(int(axis[worst]) for axis in self.cells[0])} (importer, exporter, sector) "
                f"sum to {sums[worst]:.9g}, not 1: add the uncovered part with its unchanged tariff"
            )

    def _check_optional(self) -> None:
        """Raise BadShock for charges, bans and specific duties that mean nothing."""
        if self.e_cf is not None:
            check_rates(self.e_cf, "parts' e_cf")
        if self.specific is not None and not (np.isfinite(self.specific) & (self.specific >= 0)).all():
            row = int(np.argmin(np.isfinite(self.specific) & (self.specific >= 0)))
            raise BadShock(
                f"parts' specific holds {self.specific[row]:.6g} in row {row}: a duty per unit is a fraction of the "
                "base border price, not negative"
            )
        if self.closed is not None:
            if not np.isin(self.closed, (0.0, 1.0)).all():
                raise BadShock("parts' closed holds something else than true and false: true where trade ends")
            closed = self.closed.astype(bool)
            closed.setflags(write=False)
            object.__setattr__(self, "closed", closed)
        for name in _OPTIONAL:
            column = getattr(self, name)
            if column is not None and (own := (self.n == self.i) & (column != 0)).any():
                row = int(own.argmax())
                raise BadShock(
                    f"parts' {name} in row {row} is laid on what economy {self.n[row]} sells to itself in sector "
                    f"{self.j[row]}: own sales cross no border; leave it out there"
                )

    def __len__(self) -> int:
        return len(self.s)

    @classmethod
    def from_dense(cls, parts: Iterable[tuple[ArrayLike, ArrayLike, ArrayLike]]) -> Parts:
        """Parts from dense ``(s, t, t_cf)`` triples, each (n, i, j); a part with share 0 is left out."""
        try:
            triples = [dict(zip(_DENSE, (s, t, t_cf), strict=True)) for s, t, t_cf in parts]
        except (TypeError, ValueError) as problem:
            raise BadShock(
                f"parts are {shown(parts)} and no list of triples ({problem}): give (s, t, t_cf)"
            ) from problem
        if not triples:
            raise BadShock("an empty list of parts: give at least one (s, t, t_cf), or none at all")
        rows: list[tuple[Any, ...]] = []
        arrays = [[floats(array, f"a part's {name}", BadShock) for name, array in its.items()] for its in triples]
        first = arrays[0][0].shape
        for share, before, after in arrays:
            if share.ndim != 3 or share.shape != first or {before.shape, after.shape} - {share.shape, ()}:
                raise BadShock(
                    f"a part has s {share.shape}, t {before.shape} and t_cf {after.shape}: give (importer, exporter, "
                    f"sector) arrays of one shape, {first} as the first part has; a tariff may be one number"
                )
            cell = np.nonzero(share)
            tariffs = (np.broadcast_to(rate, share.shape)[cell] for rate in (before, after))
            rows.append((*cell, share[cell], *tariffs))
        return cls(*(np.concatenate(column) for column in zip(*rows, strict=True)))

    @classmethod
    def joined(cls, *several: Parts) -> Parts:
        """The rows of several, in that order; no cell is in two of them."""
        columns: dict[str, Any] = {}
        for name in _COLUMNS:
            columns[name] = np.concatenate([getattr(parts, name) for parts in several])
        for name in _OPTIONAL:
            if any(getattr(parts, name) is not None for parts in several):
                columns[name] = np.concatenate([parts.column(name) for parts in several])
        return cls(**columns)

    def column(self, name: str) -> FloatArray:
        """A column as numbers, one a part; zeros for one that is None."""
        found = getattr(self, name)
        return np.zeros(len(self)) if found is None else np.asarray(found, dtype=np.float64)

    def rows(self, kept: IntArray | BoolArray) -> Parts:
        """Some of the rows: with each of them all others of its cell."""
        named: dict[str, Any] = {name: getattr(self, name) for name in (*_COLUMNS, *_OPTIONAL)}
        some: dict[str, Any] = {name: None if column is None else column[kept] for name, column in named.items()}
        return Parts(**some)

    def held(self, t_cf: FloatArray, e_cf: FloatArray) -> Parts:
        """The same parts under other rates, and no duty per unit."""
        return replace(self, t_cf=t_cf, e_cf=e_cf, specific=None)

    def factors(self, theta: FloatArray) -> FloatArray:
        """s_m k_m^−θ of each part, with k_m = (1+t_cf)(1+e_cf)/(1+t) at base prices; zero where trade ends."""
        factors = self.s.copy()
        rows, k = self._moved
        factors[rows] *= k ** -theta[self.j[rows]]
        if self.closed is not None:
            factors[self.closed] = 0.0
        return factors

    @cached_property
    def at_base_prices(self) -> FloatArray:
        """The tariff on each part where prices at the border are those of the base."""
        if self.specific is None:
            return self.t_cf
        return np.asarray(self.t_cf + self.specific / (1.0 + self.column("e_cf")))

    @cached_property
    def cells(self) -> tuple[tuple[IntArray, ...], IntArray]:
        """The cells that have parts, as (n, i, j), and the place of each part's cell among them."""
        index = (self.n, self.i, self.j)
        shape = tuple(int(axis.max(initial=0)) + 1 for axis in index)
        flat, row = _distinct(np.ravel_multi_index(index, shape), math.prod(shape))
        return np.unravel_index(flat, shape), row

    @cached_property
    def _moved(self) -> tuple[IntArray, FloatArray]:
        """The parts whose tariff or charge changes, and k_m of each; a power costs fifty times a product."""
        after = self.at_base_prices
        if self.e_cf is None:
            rows = np.flatnonzero(after != self.t)
            return rows, (1 + after[rows]) / (1 + self.t[rows])
        rows = np.flatnonzero((after != self.t) | (self.e_cf != 0))
        return rows, (1 + after[rows]) * (1 + self.e_cf[rows]) / (1 + self.t[rows])

    @cached_property
    def moving(self) -> Parts:
        """The parts of the cells in which the tariff or charge of some part changes, or its trade ends."""
        cells, row = self.cells
        moves = np.zeros(len(cells[0]), dtype=bool)
        moves[row[self._moved[0]]] = True
        if self.closed is not None:
            moves[row[self.closed]] = True
        if moves.all():
            return self
        return self.rows(np.flatnonzero(moves[row]))

    @cached_property
    def v(self) -> FloatArray:
        """Σ_m s_m/(1+t_m) of each of the `cells`, which is 1/(1+t) of the cell."""
        return self.sums(self.s / (1 + self.t))

    @cached_property
    def _at_border(self) -> FloatArray:
        """1/(1+t_cf) of each part."""
        return np.asarray(1 / (1 + self.at_base_prices))

    def factors_of_cells(self, theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """K = Σ_m s_m k_m^−θ, v = Σ_m (s_m k_m^−θ / K)/(1+t_cf,m), and h of each of the `cells`.

        v h = Σ_m (s_m k_m^−θ / K)/((1+t_cf,m)(1+e_cf,m)); h is None where nothing is charged. Where trade ends, K = 0,
        v and h are those of the old shares.
        """
        factor = self.factors(theta)
        K = self.sums(factor)
        ends = not K.all()

        def mean(of: FloatArray) -> FloatArray:
            total = self.sums(factor * of)
            if ends:
                total = np.where(K > 0, total, self.sums(self.s * of))
            return np.asarray(total / np.where(K > 0, K, 1.0))

        v = mean(self._at_border)
        h = None if self.e_cf is None else mean(self._at_border / (1 + self.e_cf)) / v
        return K, v, h

    def sums(self, values: FloatArray) -> FloatArray:
        """Values of the parts, summed over those of each of the `cells`."""
        cells, row = self.cells
        return np.bincount(row, weights=values, minlength=len(cells[0])).astype(np.float64, copy=False)

    def shares(self, theta: FloatArray) -> FloatArray:
        """The share of each part in its cell after the shock, s_m k_m^−θ / K; the old one where trade ends, K = 0."""
        factor = self.factors(theta)
        total = self.sums(factor)[self.cells[1]]
        return np.where(total > 0, factor / np.where(total > 0, total, 1.0), self.s)

    def at(self, theta: FloatArray) -> Parts:
        """The same parts after the shock: their shares then, and the new tariffs as their base.

        Charges and duties per unit are for the next shock to name; the base tariffs hold the latter at base prices. Of
        a shock whose prices or quotas move rates, take `Solution.parts`, whose rates are those of the equilibrium.
        """
        after = self.at_base_prices
        return Parts(self.n, self.i, self.j, self.shares(theta), after, after)


def _distinct(numbers: IntArray, size: int) -> tuple[IntArray, IntArray]:
    """The distinct of some numbers under `size`, in order, and the place of each number among them.

    Where the numbers fill much of their range, a table of the range finds them in a tenth of the time of sorting.
    """
    if size > 4 * len(numbers):
        distinct, place = np.unique(numbers, return_inverse=True)
        return distinct, place.ravel()
    found = np.zeros(size, dtype=bool)
    found[numbers] = True
    distinct = np.flatnonzero(found)
    places = np.empty(size, dtype=np.int64)
    places[distinct] = np.arange(len(distinct))
    return distinct, places[numbers]


def check_rates(rates: FloatArray, what: str) -> None:
    """Raise BadShock where a rate is not a number over −100 %."""
    if not np.isfinite(rates).all():
        raise BadShock(f"{what} holds a value that is not a number: to close a cell use d_hat=inf there")
    if (rates <= -1).any():
        raise BadShock(f"{what} holds {rates.min():.6g}: a tariff is a fraction over −1 (0.25 is 25 %)")


def positions(given: Any, what: str, of: str = "cells") -> IntArray:
    """Positions as int64, read-only. Raises BadShock where one is not a whole number."""
    array = floats(given, what, BadShock)
    if not (np.isfinite(array).all() and (array == np.floor(array)).all()):
        raise BadShock(f"{what} holds a position that is not a whole number: give positions of {of}, from 0")
    if array.size and (array.min() < 0 or array.max() >= _MOST):
        raise BadShock(
            f"{what} holds positions from {array.min():.0f} to {array.max():.0f}: give positions of {of}, from 0"
        )
    whole: IntArray = array.astype(np.int64)
    whole.setflags(write=False)
    return whole
