"""Shocks: tariffs, trade costs, export charges, quotas, deficits and transfers; for whole cells, or parts of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from detente.data.exported import Shown
from detente.data.rates import refuse_percent_of_shock
from detente.errors import BadShock
from detente.inputs import FloatArray, floats
from detente.model.benchmark import Benchmark
from detente.model.parts import Parts, check_rates
from detente.model.quotas import Quota, checked_quotas, low_rates
from detente.model.varying import Varying, VaryingRows, varying_of


@dataclass(frozen=True, eq=False)
class Wedges:
    """A shock as the equations take it.

    K = Σ_m s_m k_m^−θ · d̂^−θ (1+e')^−θ, v = Σ_m (s_m k_m^−θ / Σ_m s_m k_m^−θ) / (1+t'_m), D', and h = 1/(1+e'), which
    is None where no exporter charges anything. T' are transfers beside D', None for none. ``varying`` are the parts
    whose rates are found with the equilibrium; K, v and h have them at base prices and at the low rates of quotas.
    """

    K: FloatArray
    v: FloatArray
    D_cf: FloatArray | None
    h: FloatArray | None = None
    T_cf: FloatArray | None = None
    varying: Varying | None = None

    @cached_property
    def content(self) -> bytes:
        """A hash of the arrays: wedges of equal numbers have equal ones."""
        digest = hashlib.blake2b(digest_size=20)
        for array in (self.K, self.v, self.D_cf, self.h):
            digest.update(b"none" if array is None else np.ascontiguousarray(array).tobytes())
        further = [] if self.T_cf is None else [self.T_cf]
        if self.varying is not None:
            further += self.varying.arrays()
        for more in further:
            digest.update(f"{more.shape}".encode() + np.ascontiguousarray(more).tobytes())
        return digest.digest()

    @property
    def fixed(self) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """K, v and h without the varying parts."""
        if self.varying is None:
            return self.K, self.v, self.h
        return self.varying.without(self.K, self.v, self.h)

    @property
    def rows(self) -> VaryingRows | None:
        """The varying parts as the joint pass takes them."""
        return None if self.varying is None else self.varying.rows

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
        exporting economy. None before the shock; none on own sales. What parts are charged comes beneath it.
    quotas
        ``Quota`` of rows of the parts.
    T_cf
        Transfers that economies receive beside their deficits (n,), USD million in the numeraire; they sum to zero.
        Every closure holds them, and ``proportional`` does not scale them.

    Raises
    ------
    BadShock
        Where a rate is not a number over −100 %, a trade cost is not above zero, deficits or transfers do not sum to
        zero, or a quota does not fit the parts.
    """

    __slots__ = ("D_cf", "T_cf", "d_hat", "e_cf", "parts", "quotas", "t_cf")

    def __init__(
        self,
        t_cf: ArrayLike | None = None,
        d_hat: ArrayLike | None = None,
        D_cf: ArrayLike | None = None,
        parts: Parts | Sequence[tuple[ArrayLike, ArrayLike, ArrayLike]] | None = None,
        e_cf: ArrayLike | None = None,
        quotas: Iterable[Quota] = (),
        T_cf: ArrayLike | None = None,
    ) -> None:
        self.t_cf = None if t_cf is None else floats(t_cf, "t_cf", BadShock)
        self.d_hat = None if d_hat is None else floats(d_hat, "d_hat", BadShock)
        self.D_cf = None if D_cf is None else floats(D_cf, "D_cf", BadShock)
        self.parts = parts if parts is None or isinstance(parts, Parts) else Parts.from_dense(parts)
        self.e_cf = None if e_cf is None else floats(e_cf, "e_cf", BadShock)
        self.T_cf = None if T_cf is None else floats(T_cf, "T_cf", BadShock)
        self.quotas = checked_quotas(quotas, self.parts)
        for name in ("t_cf", "e_cf"):
            if getattr(self, name) is not None:
                check_rates(getattr(self, name), name)
        if self.d_hat is not None and not (self.d_hat > 0).all():
            raise BadShock(
                "d_hat holds a value that is not above zero: a change of trade costs is new over old; inf closes a cell"
            )
        for name in ("D_cf", "T_cf"):
            if getattr(self, name) is not None and not np.isfinite(getattr(self, name)).all():
                raise BadShock(f"{name} holds a value that is not a number")

    def wedges(self, base: Benchmark) -> Wedges:
        """K, v, h, D', T' and the varying parts of this shock on a benchmark.

        Raises
        ------
        BadShock
            Where axes do not fit, deficits or transfers do not sum to zero, parts' base tariffs disagree with the
            benchmark's, a market loses every supplier, a quota's rent goes to no economy of the benchmark, or demand at
            a rate near −100 % is beyond floating point.
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
        D_cf, T_cf = (self._summing_to_zero(name, base) for name in ("D_cf", "T_cf"))
        return Wedges(K, v, D_cf, h, T_cf, self._varying(base))

    def _factors(self, base: Benchmark) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """K, v and h."""
        v, K = base.v.copy(), np.ones(base.pi.shape)
        if self.t_cf is not None:
            moved = np.nonzero(self.t_cf != base.t)  # few cells move; a power costs fifty times a product
            k_hat = (1 + self.t_cf[moved]) / (1 + base.t[moved])
            v[moved] = 1 / (1 + self.t_cf[moved])
            K[moved] = k_hat ** -base.theta[moved[2]]
        parts_h = None
        if self.parts is not None:
            parts_h = _put_parts(self._parts_at_low_rates(self.parts), base, K, v, afresh=self.t_cf is None)
        if self.d_hat is not None:
            K *= self.d_hat**-base.theta
        h = self._received(base)
        if h is not None:
            K *= h**base.theta
        return K, v, parts_h if h is None else h if parts_h is None else h * parts_h

    def _parts_at_low_rates(self, parts: Parts) -> Parts:
        """The parts with every quota at its low rate."""
        if not self.quotas:
            return parts
        t_cf, e_cf = low_rates(self.quotas, parts)
        return replace(parts, t_cf=t_cf, e_cf=e_cf)

    def _varying(self, base: Benchmark) -> Varying | None:
        """The parts whose rates are found with the equilibrium."""
        if self.parts is None:
            return None
        for place, quota in enumerate(self.quotas):
            if quota.holder is not None and quota.holder >= len(base.economies):
                raise BadShock(
                    f"the rent of quota {place} goes to economy {quota.holder}, but {base.name} has "
                    f"{len(base.economies)}: give a position from 0 to {len(base.economies) - 1}"
                )
        charge = None if self.e_cf is None else 1 + self.e_cf
        return varying_of(self.parts, self.quotas, base.theta, self.d_hat, charge)

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

    def _summing_to_zero(self, name: str, base: Benchmark) -> FloatArray | None:
        """D' or T', by its name."""
        amounts: FloatArray | None = getattr(self, name)
        if amounts is None:
            return None
        if amounts.shape != base.D.shape:
            raise BadShock(f"{name} has shape {amounts.shape}, but {base.name} has {len(base.economies)} economies")
        if abs(amounts.sum()) > 1e-9 * base.wL.sum():
            its = "one economy's deficit is another's surplus" if name == "D_cf" else "what one receives another pays"
            raise BadShock(f"{name} sums to {amounts.sum():.6g} USD million, not 0: {its}")
        return amounts


def _put_parts(parts: Parts, base: Benchmark, K: FloatArray, v: FloatArray, *, afresh: bool) -> FloatArray | None:
    """Put the parts in place of the whole-cell K and v, after checking that their base tariffs are the benchmark's.

    Returns h of the parts (n, i, j), None where they are charged nothing. Cells in which no tariff changes stay at the
    benchmark's; ``afresh`` says that K and v hold nothing else yet.
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
    K[flat], v[flat], charged = moving.factors_of_cells(base.theta)
    if charged is None:
        return None
    h = np.ones(shape)
    h.reshape(-1)[flat] = charged
    return h
