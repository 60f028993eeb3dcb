"""Every account of an equilibrium, from the definitions, in plain NumPy: an auditor who does not know the solver.

`gaps(b, s)` takes a benchmark and anything with the arrays of `nested.Answer`, such as a solution of detente, and gives
the largest relative gap of each account by name. The last ones are imposed by no step of a fixed point: what factors
earn, what each economy borrows, and what the world spends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from oracle.calibrate import Benchmark, Floats
from oracle.nested import Parts, trade_factors
from oracle.rows import Limit, Row, Taken, taken


def gaps(
    b: Benchmark,
    s: Any,
    *,
    t_cf: Floats | None = None,
    d_hat: Floats | None = None,
    parts: Parts | None = None,
    e_cf: Floats | None = None,
    wage_hat: Floats | None = None,
    deficits: str | None = None,
    D_cf: Floats | None = None,
    T_cf: Floats | None = None,
    rows: Sequence[Row] = (),
    limits: Sequence[Limit] = (),
    rates: Sequence[float] = (),
) -> dict[str, float]:
    """The largest relative gap of each account; the benchmark b must itself close.

    Where `deficits` names a closure, D_cf or the deficits of the benchmark must be as it says.

    With labour held in its sector give its wages wage_hat (n,j): each sector must then pay what its own labour earns.
    Where exporters charge e_cf (n,i,j) at the border, buyers pay it, tariffs come on top, and it is their income.
    `rows` take the place of parts; `rates` are what the quotas `limits` on them are said to charge.
    """
    K, v = trade_factors(b, t_cf, d_hat, parts)
    e = np.zeros_like(b.t) if e_cf is None else np.asarray(e_cf)
    K = K * (1 + e) ** -b.theta
    its = None
    if rows:
        assert parts is None
        assert e_cf is None
        its = taken(b, s, rows, limits, rates, d_hat, t_cf)
        K, v, e = its.K, its.v, its.gross_e - 1
    T = np.zeros_like(b.wL) if T_cf is None else np.asarray(T_cf)
    w, c, P, pi, X, Y, I, R, D, W = (
        np.asarray(a, dtype=np.float64)
        for a in (s.w_hat, s.c_hat, s.P_hat, s.pi_cf, s.X_cf, s.Y_cf, s.I_cf, s.R_cf, s.D_cf, s.W_hat)
    )
    wage = np.broadcast_to(w[:, None], X.shape) if wage_hat is None else np.asarray(wage_hat)
    held = {} if wage_hat is None else _sector_gaps(b, v / (1 + e), wage, w, pi, X)
    across = 0.0 if its is None else its.rents + its.revenue + its.charges
    closure = {}
    if deficits is not None:
        closure = {"closure": _closure_gap(b, "fixed" if D_cf is not None else deficits, D, I - T - across, D_cf)}
    return (
        held
        | closure
        | _price_gaps(b, K, wage, c, P, pi)
        | _money_gaps(b, v, e, w, pi, X, Y, I, R, D, T, P, W, its)
        | _receipts(b, s, v, e, pi, X, its)
        | _world_gaps(b, v, e, w, pi, X, I, D + T)
    )


def faults(b: Benchmark, s: Any) -> list[str]:
    """The arrays that no equilibrium has: not finite, not positive where they must be, or no shares of a market."""
    every = ("w_hat", "c_hat", "P_hat", "pi_cf", "X_cf", "Y_cf", "I_cf", "R_cf", "D_cf", "W_hat")
    found = [name for name in every if not np.isfinite(getattr(s, name)).all()]
    found += [name for name in ("w_hat", "P_hat", "I_cf", "W_hat") if not (getattr(s, name) > 0).all()]
    buys = b.X > 0
    found += ["X_cf"] * int(not (s.X_cf[buys] >= 0).all() or (s.X_cf[~buys] != 0).any())
    shares = s.pi_cf.sum(1)
    found += ["pi_cf"] * int(
        not ((s.pi_cf >= 0) & (s.pi_cf <= 1 + 1e-12)).all() or np.abs(shares[buys] - 1).max() > 1e-9
    )
    return found


def _closure_gap(b: Benchmark, deficits: str, D: Floats, I: Floats, D_cf: Floats | None) -> float:
    """Deficits against the closure: levels, or for `proportional` one share of income, scaled alike for who borrows."""
    if deficits != "proportional":
        return float(np.abs(D - (b.D if D_cf is None else D_cf)).max() / b.wL.sum())
    d, after = b.D / b.I, D / I
    lends, borrows = d < 0, d > 0
    scale = after[borrows] / d[borrows]
    off = np.abs(after[lends] - d[lends]).max(initial=0.0)
    return float(max(off, np.ptp(scale) if scale.size else 0.0, np.abs(after[d == 0]).max(initial=0.0)))


def _sector_gaps(b: Benchmark, v: Floats, wage: Floats, w: Floats, pi: Floats, X: Floats) -> dict[str, float]:
    """What each sector pays against what its own labour earns, and the economy's wage as their average."""
    paid = b.gamma_va * (pi * v * X[:, None, :]).sum(0)
    earned = wage * b.gamma_va * b.Y
    return {
        "sector wages": _worst(paid - earned, b.wL[:, None]),
        "average wage": _worst(earned.sum(1) - w * b.wL, b.wL),
    }


def _price_gaps(b: Benchmark, K: Floats, wage: Floats, c: Floats, P: Floats, pi: Floats) -> dict[str, float]:
    """(1)-(3), cell by cell; only sellers that sell and markets where something is bought."""
    sells, buys = b.Y > 0, b.X > 0
    cost = wage**b.gamma_va * np.prod(P[:, :, None] ** b.gamma_io, axis=1)
    safe = np.where(sells, c, 1.0)
    with np.errstate(divide="ignore"):  # in logs, since a power of 65 leaves the range of floating point
        kept = np.exp(np.log(b.pi * K) - b.theta * (np.log(safe)[None] - np.log(P)[:, None, :]))
    return {
        "unit cost": float(np.abs(np.where(sells, c / cost, 1) - 1).max()),
        "price index": float(np.abs(np.where(buys, kept.sum(1), 1) - 1).max()) / float(b.theta.min()),
        "import shares": float(np.abs(kept - pi).max()),
        "shares sum to one": float(np.abs(np.where(buys, pi.sum(1), 1) - 1).max()),
    }


def _money_gaps(
    b: Benchmark,
    v: Floats,
    e: Floats,
    w: Floats,
    pi: Floats,
    X: Floats,
    Y: Floats,
    I: Floats,
    R: Floats,
    D: Floats,
    T: Floats,
    P: Floats,
    W: Floats,
    its: Taken | None,
) -> dict[str, float]:
    """(4)-(7), the balance of trade of every economy, and real income."""
    gross = pi * X[:, None, :]
    border = gross * v
    net = border / (1 + e)
    size = X.sum(1)
    earned = w * b.wL
    moved = np.zeros_like(I) if its is None else its.revenue
    rents = (border - net).sum((0, 2))
    abroad = D + T
    if its is not None:
        rents = rents + its.charges + its.rents
        abroad = abroad + its.rents + its.revenue + its.charges
    used = np.einsum("njk,nk->nj", b.gamma_io, net.sum(0))
    imports, exports = (a - np.einsum("nnj->n", border) for a in (border.sum((1, 2)), border.sum((0, 2))))
    return {
        "sales": _worst(Y - net.sum(0), size[:, None]),
        "goods markets": _worst(used + b.alpha * I[:, None] - X, size[:, None]),
        "tariff revenue": _worst(R - (gross - border).sum((1, 2)) - moved, I),
        "income": _worst(earned + R + rents + D + T - I, I),
        "factor income": _worst((b.gamma_va * net.sum(0)).sum(1) - earned, earned),
        "trade balance": _worst(imports - exports - abroad, size),
        "final demand": _worst((X - used).sum(1) - I, I),
        "real income": float(np.abs(W / (I / b.I / np.prod(P**b.alpha, axis=1)) - 1).max()),
    }


def _receipts(b: Benchmark, s: Any, v: Floats, e: Floats, pi: Floats, X: Floats, its: Taken | None) -> dict[str, float]:
    """What charging exporters and holders of quotas are said to earn, and whether every quota is in a regime."""
    if its is None:
        return {}
    border = pi * X[:, None, :] * v
    rents = (border - border / (1 + e)).sum((0, 2)) + its.charges + its.rents
    return {"rents": _worst(s.rents_cf - rents, s.I_cf), "quotas": its.off}


def _world_gaps(
    b: Benchmark, v: Floats, e: Floats, w: Floats, pi: Floats, X: Floats, I: Floats, D: Floats
) -> dict[str, float]:
    """The numeraire (8), deficits that sum to zero, and world spending on final goods against what the world earns."""
    earned = w * b.wL
    gross = pi * X[:, None, :]
    revenue = (gross * (1 - v / (1 + e))).sum()
    return {
        "numeraire": float(abs(earned.sum() / b.wL.sum() - 1)),
        "deficits sum to zero": float(abs(D.sum()) / earned.sum()),
        "world income": float(abs(I.sum() / (earned.sum() + revenue) - 1)),
    }


def _worst(gap: Floats, size: Floats) -> float:
    return float(np.abs(gap / size).max())
