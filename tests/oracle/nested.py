"""Equations (1)-(8) as published codes solve them: three nested loops in plain NumPy.

The outer loop moves wages by the excess demand for factors; inside it prices are iterated to convergence, and then
expenditure is found, either by one linear system in all N·J markets (`demand="direct"`, as published codes do) or by
summing its rounds of spending (`demand="series"`, quicker where N·J is large). Both are exact, so that each checks the
other. It is the oracle of the tests and the reference of the benchmarks, and shares no code with detente.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oracle.calibrate import Benchmark

Floats = NDArray[np.float64]
Parts = Sequence[tuple[Floats, Floats, Floats]]


@dataclass(frozen=True)
class Answer:
    """The equilibrium in changes (x_hat) and new levels (x_cf); axes as in the benchmark; v stands for 1/(1+t_cf)."""

    w_hat: Floats
    c_hat: Floats
    P_hat: Floats
    pi_cf: Floats
    X_cf: Floats
    Y_cf: Floats
    I_cf: Floats
    R_cf: Floats
    D_cf: Floats
    W_hat: Floats
    v: Floats
    gap: float
    rounds: dict[str, int]


@dataclass(frozen=True)
class _Closure:
    """What holds the deficits: levels D (n,), or where d is given, a share d (n,) of the income I_cf."""

    D: Floats
    d: Floats | None


def solve(
    b: Benchmark,
    *,
    t_cf: Floats | None = None,
    d_hat: Floats | None = None,
    D_cf: Floats | None = None,
    parts: Parts | None = None,
    deficits: str = "fixed",
    demand: str = "series",
    tol: float = 1e-11,
    most: int = 5000,
) -> Answer:
    """The equilibrium under new tariffs t_cf (n,i,j), trade costs d_hat (n,i,j), deficits D_cf (n,), or parts of cells.

    `deficits` is "fixed" (D_cf or D, in the numeraire: world factor income) or "proportional" to I_cf; for "balanced"
    solve from `balanced(b)`. The wage loop ends when the excess demand for factors is under `tol` of factor income.
    """
    K, v = trade_factors(b, t_cf, d_hat, parts)
    closure = _Closure(b.D if D_cf is None else np.asarray(D_cf), b.D / b.I if deficits == "proportional" else None)
    spend = {"direct": direct, "series": series}[demand]
    piK, step = b.pi * K, 1 / (1 + factor_demand_elasticity(b))
    w_hat, lnP, X, gap = np.ones_like(b.wL), np.zeros_like(b.X), b.X, np.inf
    rounds = {"wages": 0, "prices": 0, "demand": 0}
    while rounds["wages"] < most:
        rounds["wages"] += 1
        inner = max(min(1e-4, 1e-2 * gap), 1e-2 * tol)  # the inner loops are no exacter than the wages are
        lnP, c_hat, pi_cf, n_prices = prices(b, piK, np.log(w_hat), lnP, inner)
        X, n_demand = spend(b, closure, pi_cf, v, w_hat * b.wL, X, inner)
        rounds["prices"] += n_prices
        rounds["demand"] += n_demand
        paid = (b.gamma_va * sales(pi_cf * v, X)).sum(1) / (w_hat * b.wL)
        gap = float(np.abs(paid - 1).max())
        if gap <= tol:
            return _answer(b, closure, w_hat, c_hat, lnP, pi_cf, v, X, gap, rounds)
        w_hat = w_hat * paid**step
        w_hat = w_hat * b.wL.sum() / (w_hat @ b.wL)
    raise ArithmeticError(f"no equilibrium after {most} rounds of wages: factor markets are off by {gap:.1e}")


def trade_factors(
    b: Benchmark, t_cf: Floats | None, d_hat: Floats | None, parts: Parts | None
) -> tuple[Floats, Floats]:
    """K (n,i,j), which stands for k_hat^-theta in (2)-(3), and v (n,i,j), for 1/(1+t_cf) in (4) and (6)."""
    new = b.t if t_cf is None else np.asarray(t_cf)
    cost = np.ones_like(b.t) if d_hat is None else np.asarray(d_hat)
    parts = [(np.ones_like(b.t), b.t, new)] if parts is None else parts
    bought = [s * (cost * (1 + after) / (1 + before)) ** -b.theta for s, before, after in parts]
    K = np.sum(bought, axis=0)
    net = np.sum([amount / (1 + after) for amount, (_, _, after) in zip(bought, parts, strict=True)], axis=0)
    return K, np.divide(net, K, out=1 / (1 + new), where=K > 0)


def prices(b: Benchmark, piK: Floats, ln_w: Floats, lnP: Floats, tol: float) -> tuple[Floats, Floats, Floats, int]:
    """The inner loop on (1)-(2): ln P_hat (n,j), c_hat (i,j), the shares (3) at given wages, and its rounds.

    A market where nothing is bought keeps its price; c_hat of an empty economy-sector reaches no price.
    """
    bought = b.X > 0
    step, rounds = np.inf, 0
    while step >= tol:
        rounds += 1
        ln_c = b.gamma_va * ln_w[:, None] + np.matmul(lnP[:, None, :], b.gamma_io)[:, 0, :]
        middle = (ln_c.max(0) + ln_c.min(0)) / 2  # keeps c^-theta in range where theta is 65
        sold = piK * np.exp(-b.theta * (ln_c - middle))
        total = np.where(bought, sold.sum(1), 1.0)
        new = np.where(bought, middle - np.log(total) / b.theta, 0.0)
        step = float(np.abs(new - lnP).max())
        lnP = new
    return lnP, np.exp(ln_c), sold / total[:, None, :], rounds


def direct(
    b: Benchmark, closure: _Closure, pi_cf: Floats, v: Floats, earned: Floats, X: Floats, tol: float
) -> tuple[Floats, int]:
    """Expenditure (n,j) from one linear system in all markets: (4) and (6) put into (5)."""
    N, J = X.shape
    net = pi_cf * v
    up, outside = _income_rule(closure, earned + ((pi_cf - net).sum(1) * X).sum(1))
    system = -np.einsum("njk,mnk->njmk", b.gamma_io, net)
    n = np.arange(N)
    system[n, :, n, :] -= (up[:, None] * b.alpha)[:, :, None] * (pi_cf - net).sum(1)[:, None, :]
    system = system.reshape(N * J, N * J)
    system[np.diag_indices(N * J)] += 1
    constant = b.alpha * (up * earned + outside)[:, None]
    return np.asarray(np.linalg.solve(system, constant.ravel()).reshape(N, J)), 1


def series(
    b: Benchmark, closure: _Closure, pi_cf: Floats, v: Floats, earned: Floats, X: Floats, tol: float
) -> tuple[Floats, int]:
    """The same expenditure as the sum of its rounds of spending, from the last X on."""
    net = pi_cf * v
    duty = (pi_cf - net).sum(1)
    step, rounds = np.inf, 0
    while step >= tol:
        rounds += 1
        before_deficit = earned + (duty * X).sum(1)
        up, outside = _income_rule(closure, before_deficit)
        income = up * before_deficit + outside
        new = np.matmul(b.gamma_io, sales(net, X)[:, :, None])[:, :, 0] + b.alpha * income[:, None]
        step = float((np.abs(new - X).sum(1) / new.sum(1)).max())
        X = new
    return X, rounds


def sales(net: Floats, X: Floats) -> Floats:
    """(4): producers' sales (i,j), from shares net of tariff (n,i,j) and expenditure (n,j)."""
    return np.asarray(np.einsum("nij,nj->ij", net, X))


def _income_rule(closure: _Closure, before_deficit: Floats) -> tuple[Floats, Floats]:
    """(6) as I_cf = up · (factor income + revenue) + outside, with the deficit outside or a share of I_cf.

    D_cf / I_cf is d for surplus economies and λ d for the others, λ such that the deficits sum to zero (bisection).
    """
    if closure.d is None:
        return np.ones_like(before_deficit), closure.D
    d = closure.d
    lends, borrows = d < 0, d > 0
    lent = float((-d / (1 - d) * before_deficit)[lends].sum())
    low, high = 0.0, float(1 / d[borrows].max())
    for _ in range(80):
        lam = (low + high) / 2
        borrowed = float((lam * d / (1 - lam * d) * before_deficit)[borrows].sum())
        low, high = (lam, high) if borrowed < lent else (low, lam)
    return 1 / (1 - np.where(borrows, low * d, d)), np.zeros_like(d)


def factor_demand_elasticity(b: Benchmark) -> Floats:
    """How much factor demand (n,) falls with the own wage, to first order; it damps the wage loop, economy by economy.

    A sale to n answers by theta (1 - pi) to its price, and the price by the domestic content of the cost.
    """
    sold = b.pi * b.X[:, None, :] / (1 + b.t)
    answer = b.theta * (sold * (1 - b.pi)).sum(0)
    content = np.minimum(1.0, b.gamma_va + np.einsum("ikj,iik->ij", b.gamma_io, b.pi))
    return np.asarray((b.gamma_va * answer * content).sum(1) / b.wL)


def _answer(
    b: Benchmark,
    closure: _Closure,
    w_hat: Floats,
    c_hat: Floats,
    lnP: Floats,
    pi_cf: Floats,
    v: Floats,
    X: Floats,
    gap: float,
    rounds: dict[str, int],
) -> Answer:
    """Levels and real income of the equilibrium found."""
    R = np.einsum("nij,nj->n", pi_cf * (1 - v), X)
    up, outside = _income_rule(closure, w_hat * b.wL + R)
    income = up * (w_hat * b.wL + R) + outside
    return Answer(
        w_hat=w_hat,
        c_hat=c_hat,
        P_hat=np.exp(lnP),
        pi_cf=pi_cf,
        X_cf=X,
        Y_cf=sales(pi_cf * v, X),
        I_cf=income,
        R_cf=R,
        D_cf=income - w_hat * b.wL - R,
        W_hat=income / b.I / np.exp((b.alpha * lnP).sum(1)),
        v=v,
        gap=gap,
        rounds=rounds,
    )


def rebase(b: Benchmark, answer: Answer) -> Benchmark:
    """The equilibrium as the new benchmark (after a shock to whole cells, where v is 1/(1+t_cf))."""
    return replace(b, pi=answer.pi_cf, X=answer.X_cf, wL=answer.w_hat * b.wL, t=1 / answer.v - 1, D=answer.D_cf)


def closed(b: Benchmark) -> Benchmark:
    """The benchmark that closes every account at unchanged tariffs and deficits."""
    return rebase(b, solve(b))


def balanced(b: Benchmark) -> Benchmark:
    """The benchmark without deficits at unchanged tariffs."""
    return rebase(b, solve(b, D_cf=np.zeros_like(b.D)))
