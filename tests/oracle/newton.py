"""Equations (1)-(8) once more, by Newton's method in logs: the auditor that tries what detente refuses.

Nothing is shared with detente, and nothing with `nested` but the benchmark: all equations are solved at once, their
slopes are differences, and where one leap from the benchmark fails the shock is raised from nothing in steps that are
halved at need; then other starts are tried. Sums are taken in logs, so that trade may shrink to 1e-400 of itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from oracle.calibrate import Benchmark, Floats

Parts = Sequence[tuple[Floats, Floats, Floats]]

#: Newton stops where no equation is off by more, in logs.
_EXACT = 1e-12
#: The widest move of a log in one step of Newton's.
_REACH = 2.0
#: Other starts, and how far their log wages lie apart.
_STARTS, _SPREAD = 6, 0.7


@dataclass(frozen=True)
class Shock:
    """A shock in logs; new over old where it is a wedge. ``lnK``, ``lnv``, ``lnh`` as in the model, all (n,i,j)."""

    lnK: Floats
    lnv: Floats
    lnh: Floats
    D: Floats


@dataclass(frozen=True)
class Found:
    """An equilibrium in levels and changes, with the arrays that `audit.gaps` reads; wage_hat is (n,j)."""

    w_hat: Floats
    wage_hat: Floats
    c_hat: Floats
    P_hat: Floats
    pi_cf: Floats
    X_cf: Floats
    Y_cf: Floats
    I_cf: Floats
    R_cf: Floats
    rents_cf: Floats
    D_cf: Floats
    W_hat: Floats


@dataclass(frozen=True)
class Problem:
    """A benchmark that closes, a closure and a horizon."""

    b: Benchmark
    deficits: str = "fixed"
    horizon: str = "long"

    @cached_property
    def buys(self) -> Floats:
        return self.b.X > 0

    @cached_property
    def Y(self) -> Floats:
        return self.b.Y

    @cached_property
    def labour(self) -> Floats:
        return self.b.gamma_va * self.Y

    @cached_property
    def employs(self) -> Floats:
        return self.labour > 0


def solve(
    b: Benchmark,
    *,
    deficits: str = "fixed",
    horizon: str = "long",
    t_cf: Floats | None = None,
    d_hat: Floats | None = None,
    D_cf: Floats | None = None,
    parts: Parts | None = None,
    e_cf: Floats | None = None,
) -> Found | None:
    """An equilibrium with positive incomes, or None where this method finds none.

    Where `deficits` is "balanced" the benchmark is, up to rounding, and none is kept exactly.
    """
    if deficits == "balanced":
        b = replace(b, D=np.zeros_like(b.D))
    problem = Problem(b, deficits if D_cf is None else "fixed", horizon)

    def at(a: float) -> Shock:
        return _shock(b, a, t_cf, d_hat, D_cf, parts, e_cf)

    still = _nothing_changed(problem)
    for z in _attempts(problem, at, still):
        if z is not None and _livable(problem, found := _levels(problem, at(1.0), z)):
            return found
    return None


def _livable(p: Problem, found: Found) -> bool:
    """Incomes are positive, and where deficits are shares of income, which are under one, without them too."""
    own = found.I_cf - found.D_cf if p.deficits == "proportional" else found.I_cf
    return bool((found.I_cf > 0).all() and (own > 0).all())


def _attempts(p: Problem, at: Callable[[float], Shock], still: Floats) -> Iterator[Floats | None]:
    """One leap, then in steps, then from wages drawn at random."""
    yield _newton(p, at(1.0), still)
    yield _raised(p, at, still)
    rng = np.random.default_rng(0)
    for _ in range(_STARTS):
        yield _newton(p, at(1.0), still + _apart(p, rng), most=25)


def _shock(
    b: Benchmark,
    a: float,
    t_cf: Floats | None,
    d_hat: Floats | None,
    D_cf: Floats | None,
    parts: Parts | None,
    e_cf: Floats | None,
) -> Shock:
    """The shock raised to a of itself: rates geometrically, deficits straight; a closed border opens as 1/(1 − a)."""
    one = np.ones_like(b.t)
    new = b.t if t_cf is None else np.asarray(t_cf)
    if parts is None:
        parts = [(one, b.t, new)]
    with np.errstate(divide="ignore"):
        ln_d = np.zeros_like(b.t) if d_hat is None else np.log(np.asarray(d_hat))
        ln_d = np.where(np.isinf(ln_d), -np.log(1 - a) if a < 1 else np.inf, a * np.where(np.isinf(ln_d), 0, ln_d))
        ln_e = np.zeros_like(b.t) if e_cf is None else a * np.log1p(np.asarray(e_cf))
        bought, net = [], []
        for s, before, after in parts:
            ln_k = a * (np.log1p(after) - np.log1p(before))
            bought.append(np.log(s) - b.theta * ln_k)
            net.append(bought[-1] - np.log1p(before) - ln_k)
    lnS = np.logaddexp.reduce(bought)
    D = b.D if D_cf is None else b.D + a * (np.asarray(D_cf) - b.D)
    return Shock(lnS - b.theta * (ln_d + ln_e), np.logaddexp.reduce(net) - lnS, -ln_e, D)


def _nothing_changed(p: Problem) -> Floats:
    """The unknowns at the benchmark: ln ŵ, ln P̂, ln X' of the markets that exist, and λ."""
    wages = np.zeros(len(p.b.wL) if p.horizon == "long" else int(p.employs.sum()))
    return np.concatenate([wages, np.zeros(p.buys.sum()), np.log(p.b.X[p.buys]), [1.0]])


def _apart(p: Problem, rng: np.random.Generator) -> Floats:
    move = np.zeros_like(_nothing_changed(p))
    wages = len(move) - 2 * int(p.buys.sum()) - 1
    move[:wages] = rng.normal(0, _SPREAD, wages)
    return move


def _unpacked(p: Problem, z: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """ln ŵ (…,n,j), ln P̂ (…,n,j), ln X' (…,n,j; −inf where nothing is bought), λ (…,1); many z at once."""
    N, J = p.b.X.shape
    markets = int(p.buys.sum())
    wages = z.shape[-1] - 2 * markets - 1
    many = z.shape[:-1]
    ln_w, lnP, lnX = np.zeros((*many, N, J)), np.zeros((*many, N, J)), np.full((*many, N, J), -np.inf)
    if p.horizon == "long":
        ln_w += z[..., :N, None]
    else:
        ln_w[..., p.employs] = z[..., :wages]
    lnP[..., p.buys] = z[..., wages : wages + markets]
    lnX[..., p.buys] = z[..., wages + markets : -1]
    return ln_w, lnP, lnX, z[..., -1:]


@dataclass(frozen=True)
class _State:
    """What (1)-(6) give at the unknowns; flows in logs."""

    ln_w: Floats
    lnP: Floats
    lnX: Floats
    lnc: Floats
    ln_total: Floats
    ln_spent: Floats
    ln_border: Floats
    Y: Floats
    wages: Floats
    R: Floats
    rents: Floats
    D: Floats
    I: Floats


def _state(p: Problem, shock: Shock, z: Floats) -> _State:
    b = p.b
    ln_w, lnP, lnX, lam = _unpacked(p, z)
    lnc = b.gamma_va * ln_w + np.einsum("...nk,nkj->...nj", lnP, b.gamma_io)
    ln_weight = np.log(b.pi) + shock.lnK - (b.theta * lnc)[..., None, :, :]
    ln_total = _log_sum(ln_weight, -2)
    ln_spent = ln_weight + (lnX - np.where(p.buys, ln_total, 0.0))[..., None, :]
    ln_border = ln_spent + shock.lnv
    spent = np.exp(ln_spent)
    border = spent * np.exp(shock.lnv)
    Y = (border * np.exp(shock.lnh)).sum(-3)
    wages = (np.exp(ln_w) * p.labour).sum(-1)
    R = (spent * -np.expm1(shock.lnv)).sum((-2, -1))
    rents = (border * -np.expm1(shock.lnh)).sum((-3, -1))
    if p.deficits == "proportional":
        rate = np.where(b.D > 0, lam, 1.0) * b.D / b.I
        I = (wages + R + rents) / (1 - rate)
        D = rate * I
    else:
        D = np.broadcast_to(shock.D, wages.shape)
        I = wages + R + rents + D
    return _State(ln_w, lnP, lnX, lnc, ln_total, ln_spent, ln_border, Y, wages, R, rents, D, I)


def _off(p: Problem, shock: Shock, z: Floats) -> Floats:
    """By how much each equation is off, in logs; infinite where a level that has a log is not positive."""
    b = p.b
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        s = _state(p, shock, z)
        demand = np.einsum("njk,...nk->...nj", b.gamma_io, s.Y) + b.alpha * s.I[..., None]
        prices = (s.lnP + s.ln_total / b.theta)[..., p.buys]
        markets = (np.log(demand) - s.lnX)[..., p.buys]
        if p.horizon == "long":
            factors = _balance(b, s)
        else:  # an economy's wages sum to its trade balance, which rounding cannot see where little is traded
            labour = np.log(s.Y / p.Y) - s.ln_w
            labour[..., np.arange(len(b.wL)), p.labour.argmax(1)] = _balance(b, s)
            factors = labour[..., p.employs]
        level = np.log(s.wages.sum(-1) / b.wL.sum())
        lam = s.D.sum(-1) / b.wL.sum() if p.deficits == "proportional" and (b.D > 0).any() else z[..., -1] - 1.0
        off = np.concatenate([prices, markets, factors, level[..., None], lam[..., None]], axis=-1)
    return np.where(np.isfinite(off), off, np.inf)


def _balance(b: Benchmark, s: _State) -> Floats:
    """ln of what an economy receives from abroad over what it pays, transfers included; zero where neither is."""
    foreign = np.where(np.eye(len(b.wL), dtype=bool)[:, :, None], -np.inf, s.ln_border)
    pairs = _log_sum(foreign, -1)
    receives = np.logaddexp(_log_sum(pairs, -2), np.log(np.maximum(s.D, 0)))
    pays = np.logaddexp(_log_sum(pairs, -1), np.log(np.maximum(-s.D, 0)))
    closed = np.isneginf(receives) & np.isneginf(pays)
    return np.where(closed, s.ln_w[..., 0], np.where(closed, 0.0, receives) - np.where(closed, 0.0, pays))


def _log_sum(logs: Floats, axis: int) -> Floats:
    """ln Σ exp, from the largest term on."""
    most = logs.max(axis, keepdims=True)
    most = np.where(np.isfinite(most), most, 0.0)
    return np.asarray(np.log(np.exp(logs - most).sum(axis)) + most.squeeze(axis))


def _newton(p: Problem, shock: Shock, z: Floats, most: int = 60) -> Floats | None:
    """Newton's method from z with steps halved until the equations are less off; None where it does not arrive."""
    off = _off(p, shock, z)
    size = float(np.abs(off).max())
    for _ in range(most):
        if size <= _EXACT:
            return z
        if not np.isfinite(size):
            return None
        step = -np.linalg.lstsq(_slopes(p, shock, z, off), off, rcond=1e-14)[0]
        step *= min(1.0, _REACH / float(np.abs(step).max()))
        norm = float(np.linalg.norm(off))
        for part in 0.5 ** np.arange(14):
            there = z + part * step
            off_there = _off(p, shock, there)
            if np.linalg.norm(off_there) < norm * (1 - 1e-4 * part):
                z, off, size = there, off_there, float(np.abs(off_there).max())
                break
        else:
            return z if size <= 1e3 * _EXACT else None
    return None


def _slopes(p: Problem, shock: Shock, z: Floats, off: Floats) -> Floats:
    """Differences of every equation over every unknown."""
    h = 1e-7
    slopes = (_off(p, shock, z + h * np.eye(len(z))) - off).T / h
    return np.where(np.isfinite(slopes), slopes, 0.0)


def _raised(p: Problem, at: Callable[[float], Shock], z: Floats) -> Floats | None:
    """The shock in steps from nothing, each from the last two equilibria; halved where one fails, doubled where not."""
    a, step, before = 0.0, 0.25, None
    while a < 1:
        following = min(1.0, a + step)
        guess = z if before is None else z + (following - a) / (a - before[0]) * (z - before[1])
        found = _newton(p, at(following), guess, most=15)
        if found is None and before is not None:
            found = _newton(p, at(following), z, most=15)
        if found is None:
            step /= 2
            if step < 1e-3:
                return None
            continue
        before, a, z, step = (a, z), following, found, 1.5 * step
    return z


def _levels(p: Problem, shock: Shock, z: Floats) -> Found:
    b = p.b
    with np.errstate(divide="ignore", invalid="ignore"):
        s = _state(p, shock, z)
        pi = np.where(p.buys[:, None, :], np.exp(s.ln_spent - s.lnX[:, None, :]), 0.0)
    return Found(
        w_hat=s.wages / b.wL,
        wage_hat=np.exp(s.ln_w),
        c_hat=np.exp(s.lnc),
        P_hat=np.exp(s.lnP),
        pi_cf=pi,
        X_cf=np.exp(s.lnX),
        Y_cf=s.Y,
        I_cf=s.I,
        R_cf=s.R,
        rents_cf=s.rents,
        D_cf=s.D,
        W_hat=s.I / b.I / np.exp((b.alpha * s.lnP).sum(1)),
    )
