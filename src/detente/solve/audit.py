"""The audit: every account of an equilibrium recomputed from the definitions, not from the iterate."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from detente.model import equations as eq
from detente.model.closures import Deficits
from detente.solve.joint import VANISHED, Given, Unknowns, deficits_cf


class State(NamedTuple):
    """An equilibrium in full; what outcomes, tables and gradients are computed from."""

    wage_hat: Float[Array, "n s"]
    w_hat: Float[Array, " n"]
    P_hat: Float[Array, "n j"]
    c_hat: Float[Array, "i j"]
    pi_cf: Float[Array, "n i j"]
    X_cf: Float[Array, "n j"]
    Y_cf: Float[Array, "n j"]
    I_cf: Float[Array, " n"]
    R_cf: Float[Array, " n"]
    rents_cf: Float[Array, " n"]
    D_cf: Float[Array, " n"]
    W_hat: Float[Array, " n"]
    v: Float[Array, "n i j"]


class Gaps(NamedTuple):
    """Relative gaps, one an economy, the largest over its sectors."""

    goods: Float[Array, " n"]
    price: Float[Array, " n"]
    factor: Float[Array, " n"]
    trade: Float[Array, " n"]
    transfers: Float[Array, " n"]
    numeraire: Float[Array, " n"]


def state(
    x: Unknowns,
    given: Given,
    K: Float[Array, "n i j"],
    v: Float[Array, "n i j"],
    I: Float[Array, " n"],
    closure: Deficits,
    h: Float[Array, "n i j"] | None = None,
) -> State:
    """The equilibrium that the unknowns stand for, by (1)-(6) and the definition of real income."""
    wage_hat = jnp.exp(x.ln_w)
    P_hat = jnp.exp(x.ln_P)
    X_cf = jnp.where(given.market, jnp.exp(x.ln_X), 0.0)
    c_hat = eq.cost_hat(wage_hat, P_hat, given.gamma_va, given.gamma_io)
    pi_cf = eq.trade_shares(eq.delivered_weight(given.pi, K, c_hat, given.theta), given.market)
    Y_cf = eq.sales(pi_cf, v if h is None else v * h, X_cf)
    R_cf = eq.revenue(pi_cf, v, X_cf)
    wages = (wage_hat * given.labour).sum(1)
    profits = eq.profits(Y_cf, given.gamma_va, given.profit_share)
    rents_cf = jnp.zeros_like(R_cf) if h is None else eq.rents(pi_cf, v, h, X_cf)
    D_cf = deficits_cf(given, wages + profits + R_cf + rents_cf, closure)
    I_cf = eq.income(wages, profits, R_cf, rents_cf, D_cf)
    return State(
        wage_hat=wage_hat,
        w_hat=wages / given.labour.sum(1),
        P_hat=P_hat,
        c_hat=c_hat,
        pi_cf=pi_cf,
        X_cf=X_cf,
        Y_cf=Y_cf,
        I_cf=I_cf,
        R_cf=R_cf,
        rents_cf=rents_cf,
        D_cf=D_cf,
        W_hat=eq.real_income_hat(I, I_cf, P_hat, given.alpha),
        v=v,
    )


def gaps(s: State, given: Given, K: Float[Array, "n i j"]) -> Gaps:
    """What does not close, each relative to the account itself."""
    demand = eq.expenditure(s.Y_cf, s.I_cf, given.gamma_io, given.alpha)
    price = eq.price_hat(eq.delivered_weight(given.pi, K, s.c_hat, given.theta), given.theta, given.market)
    paid = eq.labour_demand(s.Y_cf, given.gamma_va, given.profit_share)
    if s.wage_hat.shape[1] == 1:
        paid = paid.sum(1, keepdims=True)
    earned = s.wage_hat * given.labour
    bought = s.pi_cf * s.v * s.X_cf[:, None, :]
    imports, exports = bought.sum((1, 2)), bought.sum((0, 2))
    world = given.labour.sum()
    everyone = jnp.ones_like(imports)
    return Gaps(
        goods=_relative(s.X_cf, demand).max(1),
        price=_relative(s.P_hat, price).max(1),
        factor=_relative(paid, earned).max(1),
        trade=jnp.abs(imports - exports - s.D_cf) / (imports + exports),
        transfers=jnp.abs(s.D_cf.sum()) / world * everyone,
        numeraire=jnp.abs(earned.sum() / world - 1.0) * everyone,
    )


def _relative(a: Float[Array, "n j"], b: Float[Array, "n j"]) -> Float[Array, "n j"]:
    """|a − b| over the larger; two levels that both vanished agree."""
    size = jnp.maximum(jnp.abs(a), jnp.abs(b))
    return jnp.where(size > VANISHED, jnp.abs(a - b) / jnp.maximum(size, VANISHED), 0.0)
