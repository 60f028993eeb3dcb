"""Limits where the answer is a formula, and checks of the solver against it. Nothing here solves the equations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import brentq

import detente as dt
from accounts import lab
from oracle.calibrate import Floats
from oracle.toys import Toy


def from_own_shares(base: dt.Economy, own_hat: Floats, purchasing_power: Floats) -> Floats:
    """ln of real income (n,) from the change of home shares own_hat (n,j) and of income in own wages (n,).

    ln P_j - ln w = sum_k (I - Gamma')^-1_jk ln(own_hat_k) / theta_k, the many-sector formula with input links of
    Arkolakis, Costinot & Rodriguez-Clare (2012), section IV, where goods are sold at home without cost.
    """
    J = len(base.sectors)
    stages = np.linalg.inv(np.eye(J) - base.gamma_io.transpose(0, 2, 1))
    ln_P = np.einsum("njk,nk->nj", stages, np.log(own_hat) / base.theta)
    return np.asarray(np.log(purchasing_power) - (base.alpha * ln_P).sum(1))


def own_shares(pi: Floats) -> Floats:
    """The diagonal (n, j) of import shares."""
    return np.einsum("nnj->nj", pi)


def autarky() -> None:
    """All borders closed: real income falls by the home shares of before, whatever wages do."""
    base = lab.economy(lab.toy(empty=False))
    closed = np.full(base.t.shape, np.inf)
    closed[np.arange(4), np.arange(4)] = 1.0
    sol = lab.solve(base, d_hat=closed, D_cf=np.zeros(4))
    expected = from_own_shares(base, 1 / own_shares(base.pi), base.wL / base.I)
    lab.same(sol.W_hat, np.exp(expected))
    lab.same(own_shares(sol.pi_cf), np.ones_like(base.X))
    lab.same(sol.R_cf, np.zeros(4))


def home_shares_suffice() -> None:
    """After any shock abroad, real income follows from home shares and income in own wages, input links and all."""
    base = lab.economy(lab.toy(empty=False))
    sol = lab.solve(base, t_cf=lab.both_ways(base, 0, 1, 0.25))
    power = sol.I_cf / sol.w_hat / base.I
    lab.same(sol.W_hat, np.exp(from_own_shares(base, own_shares(sol.pi_cf / base.pi), power)))


def no_inputs_is_armington() -> None:
    """Two economies without input links: shares are explicit in one relative wage, which one equation gives."""
    base = lab.economy(lab.toy(seed=5, N=2, J=2, inputs=0.0))
    t_cf = lab.both_ways(base, 0, 1, 0.25)

    def state(ln_relative: float) -> tuple[Floats, Floats, Floats]:
        w = np.array([1.0, np.exp(ln_relative)])
        w *= base.wL.sum() / (w @ base.wL)
        weight = base.pi * ((1 + t_cf) / (1 + base.t) * w[None, :, None]) ** -base.theta
        pi = weight / weight.sum(1, keepdims=True)
        duty = (t_cf / (1 + t_cf) * pi * base.alpha[:, None, :]).sum((1, 2))  # revenue a unit of income
        return w, pi, (w * base.wL + base.D) / (1 - duty)

    def excess(ln_relative: float) -> float:
        w, pi, income = state(ln_relative)
        spent = base.alpha * income[:, None]
        return float((pi[:, 1] / (1 + t_cf[:, 1]) * spent).sum() - w[1] * base.wL[1])

    w, pi, income = state(brentq(excess, -1.0, 1.0, xtol=1e-14))
    P = (base.pi * ((1 + t_cf) / (1 + base.t) * w[None, :, None]) ** -base.theta).sum(1) ** (-1 / base.theta)
    sol = lab.solve(base, t_cf=t_cf)
    lab.same(sol.w_hat, w)
    lab.same(sol.pi_cf, pi)
    lab.same(sol.W_hat, income / base.I / np.prod(P**base.alpha, axis=1))


def one_sector_is_the_acr_formula() -> None:
    """One sector, no tariffs, balanced trade: W_hat = own_hat^(-1/theta) after any change of trade costs."""
    world = one_sector()
    base = lab.economy(world)
    barrier = np.full(base.t.shape, 1.2)
    barrier[np.arange(3), np.arange(3)] = 1.0
    barrier[0, 1] = 1.7
    sol = lab.solve(base, d_hat=barrier)
    own_hat = own_shares(sol.pi_cf / base.pi)[:, 0]
    assert own_hat.min() > 1.01
    lab.same(sol.W_hat, own_hat ** (-1 / base.theta[0]))


def one_sector() -> Toy:
    """Three economies, one sector, no tariffs, trade balanced pair by pair."""
    world = lab.toy(seed=8, N=3, J=1, inputs=0.0, empty=False)
    flows = world.flows + world.flows.transpose(1, 0, 2)
    return replace(world, flows=flows, tariffs=np.zeros_like(flows))


def free_trade_among_equals() -> None:
    """Four alike economies drop their tariffs: wages stay, revenue ends, prices are explicit."""
    N, partners = 4, 3
    home, foreign = np.array([60.0, 30.0, 80.0]), np.array([10.0, 25.0, 1.0])
    t, theta = np.array([0.3, 0.15, 0.6]), np.array([4.0, 2.5, 9.0])
    abroad = ~np.eye(N, dtype=bool)[:, :, None]
    flows, tariffs = np.where(abroad, foreign, home), np.where(abroad, t, 0.0)
    names = {"economies": tuple("ABCD"), "sectors": ("S0", "S1", "S2")}
    base = lab.economy(Toy(flows=flows, tariffs=tariffs, io=np.zeros((N, 3, 3)), theta=theta, **names))
    sol = lab.solve(base, t_cf=np.zeros_like(tariffs))
    gross = home + partners * foreign * (1 + t)
    own = home / gross
    P = (own + (1 - own) * (1 + t) ** theta) ** (-1 / theta)
    revenue, earned = (partners * foreign * t).sum(), (home + partners * foreign).sum()
    W_hat = earned / (earned + revenue) / np.prod(P ** (gross / gross.sum()))
    assert W_hat > 1
    lab.same(sol.w_hat, np.ones(N))
    lab.same(sol.R_cf, np.zeros(N))
    lab.same(sol.W_hat, np.full(N, W_hat))


LIMITS = (
    autarky,
    home_shares_suffice,
    no_inputs_is_armington,
    one_sector_is_the_acr_formula,
    free_trade_among_equals,
)
