"""The parts of a shock whose rates are found with the equilibrium: under duties per unit, and under quotas.

They are kept apart from the arrays K, v and h that a solve takes as given, since the rate on them moves with prices and
with the flow itself; the joint pass adds them to each sum over partners.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detente.inputs import BoolArray, FloatArray, IntArray
from detente.model.arrays import Array
from detente.model.benchmark import Benchmark
from detente.model.parts import Parts
from detente.model.quotas import Quota

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int


_Fixed = tuple[FloatArray, FloatArray, FloatArray | None]


class VaryingRows(NamedTuple):
    """Parts with their fixed rates (axis m), their memberships in quotas (axis e), and the quotas (axis q).

    s is the base share of a part in its cell, zero where its trade ends; t the base tariff; t_cf and e_cf what is fixed
    of the new rates; d_hat the change of trade costs, and c_base what costs of the base are over those that ĉ is
    counted from, one unless a base lies between. ``row`` and ``of`` say which part is in which quota. ``tariff`` and
    ``volume`` are true of quotas by tariff and by volume; ``holder`` is −1 where the rent stays with the economy that
    levies the rate.
    """

    n: Int[Array, " m"]
    i: Int[Array, " m"]
    j: Int[Array, " m"]
    s: Float[Array, " m"]
    t: Float[Array, " m"]
    t_cf: Float[Array, " m"]
    e_cf: Float[Array, " m"]
    specific: Float[Array, " m"]
    d_hat: Float[Array, " m"]
    c_base: Float[Array, " m"]
    row: Int[Array, " e"]
    of: Int[Array, " e"]
    tariff: Bool[Array, " q"]
    volume: Bool[Array, " q"]
    low: Float[Array, " q"]
    high: Float[Array, " q"]
    limit: Float[Array, " q"]
    holder: Int[Array, " q"]


_NO_NUMBERS, _NO_PLACES, _NO_FLAGS = np.zeros(0), np.zeros(0, np.int64), np.zeros(0, bool)
NO_ROWS = VaryingRows(
    *(_NO_PLACES,) * 3, *(_NO_NUMBERS,) * 7, *(_NO_PLACES,) * 2, *(_NO_FLAGS,) * 2, *(_NO_NUMBERS,) * 3, _NO_PLACES
)
"""Of a shock whose rates are all given."""


class RestOfCells(NamedTuple):
    """The other parts of the cells in which rates vary (axis c): their base share, and K, v and h of them alone.

    v_base is that of the base tariffs.
    """

    n: IntArray
    i: IntArray
    j: IntArray
    s: FloatArray
    v_base: FloatArray
    K: FloatArray
    v: FloatArray
    h: FloatArray


@dataclass(frozen=True, eq=False)
class Varying:
    """The varying parts of a shock, the rest of their cells, and the shock's parts, of which ``place`` are the rows.

    ``above`` is 1 + e' of whole cells at each row, which comes on top of what the parts are charged.
    """

    rows: VaryingRows
    rest: RestOfCells
    parts: Parts
    place: IntArray
    above: FloatArray

    def arrays(self) -> list[FloatArray]:
        """Everything that tells one from another."""
        return [*self.rows, *self.rest]

    def without(self, K: FloatArray, v: FloatArray, h: FloatArray | None) -> _Fixed:
        """K, v and h (n, i, j) without the varying parts."""
        cells = self.rest.n, self.rest.i, self.rest.j
        K, v, h = K.copy(), v.copy(), None if h is None else h.copy()
        K[cells], v[cells] = self.rest.K, self.rest.v
        if h is not None:
            h[cells] = self.rest.h
        return K, v, h

    def part(self, base: Benchmark, a: float) -> Varying:
        """The same raised to a: rates and prices evenly in logs, limits from the flows of the base."""
        rows, rest, theta = self.rows, self.rest, base.theta
        flow = base.pi[rows.n, rows.i, rows.j] * rows.s * base.X[rows.n, rows.j] / (1 + rows.t)
        before = np.bincount(rows.of, weights=flow[rows.row], minlength=len(rows.limit))
        limits = np.where(before > 0, before ** (1 - a) * rows.limit**a, rows.limit)
        raised = rows._replace(
            t_cf=(1 - a) * rows.t + a * rows.t_cf,
            e_cf=np.expm1(a * np.log1p(rows.e_cf)),
            specific=a * rows.specific,
            d_hat=np.where(np.isinf(rows.d_hat), 1 / (1 - a), rows.d_hat**a),
            low=np.expm1(a * np.log1p(rows.low)),
            high=np.expm1(a * np.log1p(rows.high)),
            limit=limits,
        )
        K = np.where(rest.K > 0, rest.K**a, (1 - a) ** theta[rest.j]) * rest.s ** (1 - a)
        rest = rest._replace(K=K, v=rest.v_base ** (1 - a) * rest.v**a, h=rest.h**a)
        return replace(self, rows=raised, rest=rest)

    def held(self, t: FloatArray, e: FloatArray) -> Parts:
        """The parts of the shock at the rates t and e of the rows, and no duty per unit."""
        t_cf, e_cf = self.parts.t_cf.copy(), self.parts.column("e_cf").copy()
        t_cf[self.place], e_cf[self.place] = t, (1 + e) / self.above - 1
        return self.parts.held(t_cf, e_cf)


def varying_of(
    parts: Parts, quotas: Sequence[Quota], theta: FloatArray, d_hat: FloatArray | None, charge: FloatArray | None
) -> Varying | None:
    """The parts whose rates vary; None where all are given.

    ``charge`` is 1 + e' of whole cells, which comes on top of what parts are charged.
    """
    moves = parts.column("specific") > 0
    for quota in quotas:
        moves[quota.rows] = True
    if not moves.any():
        return None
    place = np.flatnonzero(moves)
    where = np.zeros(len(parts), dtype=np.int64)
    where[place] = np.arange(len(place))
    n, i, j = parts.n[place], parts.i[place], parts.j[place]
    above = np.ones(len(place)) if charge is None else charge[n, i, j]
    closed = np.zeros(len(parts), dtype=bool) if parts.closed is None else parts.closed
    none = np.zeros(0, dtype=np.int64)
    rows = VaryingRows(
        n=n,
        i=i,
        j=j,
        s=np.where(closed[place], 0.0, parts.s[place]),
        t=parts.t[place],
        t_cf=parts.t_cf[place],
        e_cf=(1 + parts.column("e_cf")[place]) * above - 1,
        specific=parts.column("specific")[place],
        d_hat=np.ones(len(place)) if d_hat is None else d_hat[n, i, j],
        c_base=np.ones(len(place)),
        row=np.concatenate([none, *(where[quota.rows] for quota in quotas)]),
        of=np.repeat(np.arange(len(quotas)), [len(quota.rows) for quota in quotas]),
        tariff=np.array([quota.of_importer for quota in quotas], dtype=bool),
        volume=np.array([quota.by == "volume" for quota in quotas], dtype=bool),
        low=np.array([quota.rate[0] for quota in quotas], dtype=np.float64),
        high=np.array([quota.rate[1] for quota in quotas], dtype=np.float64),
        limit=np.array([quota.limit for quota in quotas], dtype=np.float64),
        holder=np.array([-1 if quota.holder is None else quota.holder for quota in quotas], dtype=np.int64),
    )
    return Varying(rows, _rest(parts, moves, theta, d_hat, charge), parts, place, above)


def _rest(
    parts: Parts, moves: BoolArray, theta: FloatArray, d_hat: FloatArray | None, charge: FloatArray | None
) -> RestOfCells:
    """The parts that do not vary, of the cells in which some do."""
    (n, i, j), row = parts.cells
    held = np.zeros(len(n), dtype=bool)
    held[row[moves]] = True
    kept = np.where(moves, 0.0, 1.0)
    factor, base = parts.factors(theta) * kept, parts.s * kept
    at_border = 1 / (1 + parts.t_cf)
    K, s = parts.sums(factor), parts.sums(base)
    some = np.where(K > 0, K, 1.0)
    received = at_border / (1 + parts.column("e_cf"))
    v = np.where(K > 0, parts.sums(factor * at_border) / some, parts.sums(parts.s * at_border))
    h = np.where(K > 0, parts.sums(factor * received) / some, parts.sums(parts.s * received)) / v
    v_base = np.where(s > 0, parts.sums(base / (1 + parts.t)) / np.where(s > 0, s, 1.0), 1.0)
    cells = n[held], i[held], j[held]
    K, h, at = K[held], h[held], theta[cells[2]]
    if d_hat is not None:
        K = K * d_hat[cells] ** -at
    if charge is not None:
        K, h = K * charge[cells] ** -at, h / charge[cells]
    return RestOfCells(*cells, s[held], v_base[held], K, v[held], h)
