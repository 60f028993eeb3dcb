"""Shocks: tariffs, trade costs, deficits; for a whole cell, or for the parts of it that a measure covers.

A measure that covers a share of a cell is never averaged into one rate. Covered and uncovered goods are varieties of
the same cell, each with its base share and its own tariff factor.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from detente.data.exported import Shown
from detente.data.rates import refuse_percent_of_shock
from detente.errors import BadShock
from detente.inputs import FloatArray, IntArray, floats, shown
from detente.model.benchmark import Benchmark

#: What a dense part is made of.
_DENSE = ("s", "t", "t_cf")
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

    Raises
    ------
    BadShock
        Where shares are negative or do not sum to one, or a tariff is not a number over −100 %.
    """

    n: IntArray
    i: IntArray
    j: IntArray
    s: FloatArray
    t: FloatArray
    t_cf: FloatArray

    def __post_init__(self) -> None:
        for name in ("n", "i", "j"):
            object.__setattr__(self, name, _positions(getattr(self, name), f"parts' {name}"))
        for name in ("s", "t", "t_cf"):
            object.__setattr__(self, name, floats(getattr(self, name), f"parts' {name}", BadShock))
        shapes = {name: getattr(self, name).shape for name in ("n", "i", "j", "s", "t", "t_cf")}
        if len(set(shapes.values())) > 1 or len(shapes["s"]) != 1:
            found = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
            raise BadShock(f"the columns of the parts have the shapes {found}: give one row a part")
        if not (np.isfinite(self.s).all() and (self.s >= 0).all()):
            raise BadShock("a part's share is negative or not a number: shares of a cell lie between 0 and 1")
        for name in ("t", "t_cf"):
            _check_rates(getattr(self, name), f"parts' {name}")
        sums = self.sums(self.s)
        if len(sums) and (gap := np.abs(sums - 1)).max() > _SHARE_TOLERANCE:
            worst = int(gap.argmax())
            raise BadShock(
                f"the parts of cell {tuple(int(axis[worst]) for axis in self.cells[0])} (importer, exporter, sector) "
                f"sum to {sums[worst]:.9g}, not 1: add the uncovered part with its unchanged tariff"
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

    def factors(self, theta: FloatArray) -> FloatArray:
        """s_m k_m^−θ of each part, with k_m = (1+t_cf)/(1+t)."""
        factors = self.s.copy()
        rows, k = self._moved
        factors[rows] *= k ** -theta[self.j[rows]]
        return factors

    @cached_property
    def cells(self) -> tuple[tuple[IntArray, ...], IntArray]:
        """The cells that have parts, as (n, i, j), and the place of each part's cell among them."""
        index = (self.n, self.i, self.j)
        shape = tuple(int(axis.max(initial=0)) + 1 for axis in index)
        flat, row = _distinct(np.ravel_multi_index(index, shape), math.prod(shape))
        return np.unravel_index(flat, shape), row

    @cached_property
    def _moved(self) -> tuple[IntArray, FloatArray]:
        """The parts whose tariff changes, and k_m of each; a power costs fifty times a product."""
        rows = np.flatnonzero(self.t_cf != self.t)
        return rows, (1 + self.t_cf[rows]) / (1 + self.t[rows])

    @cached_property
    def moving(self) -> Parts:
        """The parts of the cells in which the tariff of some part changes."""
        cells, row = self.cells
        moves = np.zeros(len(cells[0]), dtype=bool)
        moves[row[self._moved[0]]] = True
        if moves.all():
            return self
        kept = np.flatnonzero(moves[row])
        return Parts(*(getattr(self, name)[kept] for name in ("n", "i", "j", "s", "t", "t_cf")))

    @cached_property
    def v(self) -> FloatArray:
        """Σ_m s_m/(1+t_m) of each of the `cells`, which is 1/(1+t) of the cell."""
        return self.sums(self.s / (1 + self.t))

    @cached_property
    def _received(self) -> FloatArray:
        """1/(1+t_cf) of each part."""
        return 1 / (1 + self.t_cf)

    def factors_of_cells(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """K = Σ_m s_m k_m^−θ and v = Σ_m (s_m k_m^−θ / K)/(1+t_cf,m) of each of the `cells`.

        Where trade ends, K = 0, v is that of the old shares.
        """
        factor = self.factors(theta)
        K, net = self.sums(factor), self.sums(factor * self._received)
        if not K.all():
            net = np.where(K > 0, net, self.sums(self.s * self._received))
        return K, net / np.where(K > 0, K, 1.0)

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
        """The same parts after the shock: their shares then, and the new tariffs as their base."""
        return Parts(self.n, self.i, self.j, self.shares(theta), self.t_cf, self.t_cf)


@dataclass(frozen=True, eq=False)
class Wedges:
    """A shock as the equations take it.

    K = Σ_m s_m k_m^−θ · d̂^−θ (1+e')^−θ, v = Σ_m (s_m k_m^−θ / Σ_m s_m k_m^−θ) / (1+t'_m), D', and h = 1/(1+e'), which
    is None where no exporter charges anything.
    """

    K: FloatArray
    v: FloatArray
    D_cf: FloatArray | None
    h: FloatArray | None = None

    @cached_property
    def content(self) -> bytes:
        """A hash of the arrays: wedges of equal numbers have equal ones."""
        digest = hashlib.blake2b(digest_size=20)
        for array in (self.K, self.v, self.D_cf, self.h):
            digest.update(b"none" if array is None else np.ascontiguousarray(array).tobytes())
        return digest.digest()

    @property
    def t_cf(self) -> FloatArray:
        """The average tariff after the shock, weighted by trade after it: 1/v − 1."""
        return np.asarray(1 / self.v - 1)


class Shock(Shown):
    """A shock; only the given arrays change.

    Parameters
    ----------
    t_cf
        New tariffs (n, i, j), fractions.
    d_hat
        Change of iceberg trade costs (n, i, j), new over old; ``inf`` closes a cell.
    D_cf
        New deficits (n,), USD million in the numeraire (world factor income); they sum to zero.
    parts
        ``Parts``, or dense ``(s, t, t_cf)`` triples, for cells that a measure covers in part. In those cells they
        take the place of ``t_cf``.
    e_cf
        What exporters charge at the border (n, i, j), fractions of what producers receive: an export tax, or the price
        of the licences of an export restraint. Buyers pay it, tariffs are levied on top of it, and it is income of the
        exporting economy. None before the shock; none on own sales.

    Raises
    ------
    BadShock
        Where a rate is not a number over −100 %, a trade cost is not above zero, or deficits do not sum to zero.
    """

    __slots__ = ("D_cf", "d_hat", "e_cf", "parts", "t_cf")

    def __init__(
        self,
        t_cf: ArrayLike | None = None,
        d_hat: ArrayLike | None = None,
        D_cf: ArrayLike | None = None,
        parts: Parts | Sequence[tuple[ArrayLike, ArrayLike, ArrayLike]] | None = None,
        e_cf: ArrayLike | None = None,
    ) -> None:
        self.t_cf = None if t_cf is None else floats(t_cf, "t_cf", BadShock)
        self.d_hat = None if d_hat is None else floats(d_hat, "d_hat", BadShock)
        self.D_cf = None if D_cf is None else floats(D_cf, "D_cf", BadShock)
        self.parts = parts if parts is None or isinstance(parts, Parts) else Parts.from_dense(parts)
        self.e_cf = None if e_cf is None else floats(e_cf, "e_cf", BadShock)
        for name in ("t_cf", "e_cf"):
            if getattr(self, name) is not None:
                _check_rates(getattr(self, name), name)
        if self.d_hat is not None and not (self.d_hat > 0).all():
            raise BadShock(
                "d_hat holds a value that is not above zero: a change of trade costs is new over old; inf closes a cell"
            )
        if self.D_cf is not None and not np.isfinite(self.D_cf).all():
            raise BadShock("D_cf holds a value that is not a number")

    def wedges(self, base: Benchmark) -> Wedges:
        """K, v and D' of this shock on a benchmark.

        Raises
        ------
        BadShock
            Where axes do not fit, deficits do not sum to zero, parts' base tariffs disagree with the benchmark's,
            a market loses every supplier, or demand at a rate near −100 % is beyond floating point.
        """
        shape = base.pi.shape
        for name in ("t_cf", "d_hat", "e_cf"):
            array = getattr(self, name)
            if array is not None and array.shape != shape:
                raise BadShock(
                    f"{name} has shape {array.shape}, but {base.name} is {shape} (importer, exporter, sector)"
                )
        if self.t_cf is not None:
            refuse_percent_of_shock(self.t_cf, base.t, BadShock)
        with np.errstate(over="ignore", invalid="ignore"):  # refused below
            K, v, h = self._factors(base)
        if not np.isfinite(K).all():
            n, i, j = (int(a) for a in np.argwhere(~np.isfinite(K))[0])
            raise BadShock(
                f"{base.economies[n]} would want over 1e308 times as much {base.sectors[j]} from {base.economies[i]}, "
                f"at an elasticity of {base.theta[j]:.4g}: give a rate further from −100 %, or a lower elasticity"
            )
        stranded = base.market & (np.einsum("nij,nij->nj", base.pi, K) <= 0)
        if stranded.any():
            n, j = (int(a) for a in np.argwhere(stranded)[0])
            raise BadShock(
                f"{base.economies[n]} buys {base.sectors[j]} but the shock closes every supplier: "
                "leave its own sales open"
            )
        return Wedges(K, v, self._deficits(base), h)

    def _factors(self, base: Benchmark) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """K, v and h."""
        v, K = base.v.copy(), np.ones(base.pi.shape)
        if self.t_cf is not None:
            moved = np.nonzero(self.t_cf != base.t)  # few cells move; a power costs fifty times a product
            k_hat = (1 + self.t_cf[moved]) / (1 + base.t[moved])
            v[moved] = 1 / (1 + self.t_cf[moved])
            K[moved] = k_hat ** -base.theta[moved[2]]
        if self.parts is not None:
            _put_parts(self.parts, base, K, v, afresh=self.t_cf is None)
        if self.d_hat is not None:
            K *= self.d_hat**-base.theta
        h = self._received(base)
        if h is not None:
            K *= h**base.theta
        return K, v, h

    def _received(self, base: Benchmark) -> FloatArray | None:
        """h = 1/(1+e'), None where nothing is charged."""
        if self.e_cf is None or not self.e_cf.any():
            return None
        if (own := np.einsum("nnj->nj", self.e_cf)).any():
            n, j = (int(a) for a in np.argwhere(own)[0])
            raise BadShock(
                f"e_cf charges {own[n, j]:.6g} on what {base.economies[n]} sells to itself in {base.sectors[j]}: own "
                "sales cross no border; put zero there"
            )
        return np.asarray(1 / (1 + self.e_cf))

    def _deficits(self, base: Benchmark) -> FloatArray | None:
        if self.D_cf is None:
            return None
        if self.D_cf.shape != base.D.shape:
            raise BadShock(f"D_cf has shape {self.D_cf.shape}, but {base.name} has {len(base.economies)} economies")
        scale = base.wL.sum()
        if abs(self.D_cf.sum()) > 1e-9 * scale:
            raise BadShock(
                f"D_cf sums to {self.D_cf.sum():.6g} USD million, not 0: one economy's deficit is another's surplus"
            )
        return self.D_cf


def _put_parts(parts: Parts, base: Benchmark, K: FloatArray, v: FloatArray, *, afresh: bool) -> None:
    """Put the parts in place of the whole-cell K and v, after checking that their base tariffs are the benchmark's.

    Cells in which no tariff changes stay at the benchmark's; ``afresh`` says that K and v hold nothing else yet.
    """
    shape = K.shape
    cells, _ = parts.cells
    if any(axis.max(initial=0) >= size for axis, size in zip(cells, shape, strict=True)):
        raise BadShock(f"a part names a cell outside {shape} (importer, exporter, sector)")
    flat = np.ravel_multi_index(cells, shape)  # one index for three: half the time
    t, K, v = base.t.reshape(-1)[flat], K.reshape(-1), v.reshape(-1)
    gap = np.abs(parts.v * (1 + t) - 1)
    if gap.max(initial=0.0) > 1e-8:
        worst = int(gap.argmax())
        n, i, j = (int(axis[worst]) for axis in cells)
        raise BadShock(
            f"parts of {base.economies[n]} from {base.economies[i]} in {base.sectors[j]} average to a tariff of "
            f"{1 / parts.v[worst] - 1:.9g}, but the benchmark has {t[worst]:.9g} (off by {gap.max():.2g}): "
            "Σ s/(1+t) over the parts must be 1/(1+t) of the cell"
        )
    if not afresh:
        K[flat], v[flat] = 1.0, base.v.reshape(-1)[flat]
    if (moving := parts.moving) is not parts:
        flat = np.ravel_multi_index(moving.cells[0], shape)
    K[flat], v[flat] = moving.factors_of_cells(base.theta)


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


def _check_rates(rates: FloatArray, what: str) -> None:
    if not np.isfinite(rates).all():
        raise BadShock(f"{what} holds a value that is not a number: to close a cell use d_hat=inf there")
    if (rates <= -1).any():
        raise BadShock(f"{what} holds {rates.min():.6g}: a tariff is a fraction over −1 (0.25 is 25 %)")


def _positions(given: Any, what: str) -> IntArray:
    """Positions as int64, read-only. Raises BadShock where one is not a whole number."""
    array = floats(given, what, BadShock)
    if not (np.isfinite(array).all() and (array == np.floor(array)).all()):
        raise BadShock(f"{what} holds a position that is not a whole number: give positions of cells, from 0")
    if array.size and (array.min() < 0 or array.max() >= _MOST):
        raise BadShock(
            f"{what} holds positions from {array.min():.0f} to {array.max():.0f}: give positions of cells, from 0"
        )
    whole: IntArray = array.astype(np.int64)
    whole.setflags(write=False)
    return whole
