"""Parts of cells row by row, with charges, bans, duties per unit and quotas: the auditor's own account of them.

`taken(b, s, rows, quotas, rates)` is what the buyers of each row pay at an equilibrium and who receives it, from the
prices of the equilibrium and the rates that quotas are said to have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from oracle.calibrate import Benchmark, Floats


@dataclass(frozen=True)
class Row:
    """A part of a cell: importer, exporter, sector, base share, tariff before and after; nothing else by default."""

    n: int
    i: int
    j: int
    s: float
    t: float
    t_cf: float
    e_cf: float = 0.0
    closed: bool = False
    specific: float = 0.0


@dataclass(frozen=True)
class Limit:
    """A quota on some rows."""

    rows: tuple[int, ...]
    limit: float
    low: float
    high: float
    tariff: bool = True
    volume: bool = True
    holder: int | None = None


@dataclass(frozen=True)
class Taken:
    """K, v and 1 + e of every cell; how revenue (n,), charges (n,) and cross-border receipts (n,) move by rents.

    ``off`` is the largest violation of complementarity.
    """

    K: Floats
    v: Floats
    gross_e: Floats
    revenue: Floats
    charges: Floats
    rents: Floats
    flow: Floats
    off: float


def taken(
    b: Benchmark,
    s: Any,
    rows: Sequence[Row],
    limits: Sequence[Limit] = (),
    rates: Sequence[float] = (),
    d_hat: Floats | None = None,
    t_cf: Floats | None = None,
) -> Taken:
    """What the rows pay; cells without rows have the tariffs t_cf, of the benchmark where they are None."""
    N = len(b.wL)
    d = np.ones_like(b.t) if d_hat is None else np.asarray(d_hat)
    new = b.t if t_cf is None else np.asarray(t_cf)
    K, v = (d * (1 + new) / (1 + b.t)) ** -b.theta, 1 / (1 + new)
    gross_e = np.ones_like(K)
    by_cell: dict[tuple[int, int, int], list[int]] = {}
    for m, row in enumerate(rows):
        by_cell.setdefault((row.n, row.i, row.j), []).append(m)
    t, e, weight, price = (np.zeros(len(rows)) for _ in range(4))
    for m, row in enumerate(rows):
        cell = row.n, row.i, row.j
        of = [q for q, limit in enumerate(limits) if m in limit.rows]
        e[m] = row.e_cf + sum(rates[q] for q in of if not limits[q].tariff)
        price[m] = d[cell] * s.c_hat[row.i, row.j] * (1 + e[m])
        t[m] = row.t_cf + row.specific / price[m] + sum(rates[q] for q in of if limits[q].tariff)
        k = d[cell] * (1 + t[m]) * (1 + e[m]) / (1 + row.t)
        weight[m] = 0.0 if row.closed else row.s * k ** -b.theta[row.j]
    border = np.zeros(len(rows))
    for cell, members in by_cell.items():
        total = weight[members].sum()
        K[cell] = total
        if total > 0:
            v[cell] = (weight[members] / (1 + t[members])).sum() / total
            net = (weight[members] / ((1 + t[members]) * (1 + e[members]))).sum() / total
            gross_e[cell] = v[cell] / net
            spent = s.pi_cf[cell] * s.X_cf[cell[0], cell[2]]
            border[members] = weight[members] / total * spent / (1 + t[members])
    received = border / (1 + e)
    revenue, charges, rents = np.zeros(N), np.zeros(N), np.zeros(N)
    flow, off = np.zeros(len(limits)), 0.0
    for q, (limit, rate) in enumerate(zip(limits, rates, strict=True)):
        members = list(limit.rows)
        flow[q] = sum(border[m] / price[m] if limit.volume else border[m] for m in members)
        full = flow[q] / limit.limit if limit.limit > 0 else np.inf if flow[q] > 0 else 1.0
        off = max(off, _complementarity(full, rate, limit))
        for m in members:
            on = border[m] if limit.tariff else received[m]
            rent = (rate - limit.low) * on * min(1.0, 1 / full if full > 0 else 1.0)
            levies = rows[m].n if limit.tariff else rows[m].i
            (revenue if limit.tariff else charges)[levies] -= rent
            rents[levies if limit.holder is None else limit.holder] += rent
    return Taken(K, v, gross_e, revenue, charges, rents, flow, off)


def _complementarity(full: float, rate: float, limit: Limit) -> float:
    """How far a rate and a flow are from one of the three regimes."""
    below = max(full - 1, 0) + abs(rate - limit.low)
    above = max(1 - full, 0) + abs(rate - limit.high)
    outside = max(limit.low - rate, rate - limit.high, 0.0)
    return float(min(below, above, abs(full - 1) + outside))
