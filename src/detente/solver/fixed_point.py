"""The fixed point of the model: the joint pass over (ln w, ln P, ln X), and its Anderson acceleration.

Each pass applies (1)-(8) once and reads the trade shares once. Published codes nest three loops: wages, prices to
convergence, a linear system for X. Here the three move together, and acceleration does the rest, for the equilibrium
and for its adjoint alike.

D. G. Anderson (1965), "Iterative Procedures for Nonlinear Integral Equations", Journal of the ACM 12(4); in the form of
H. F. Walker and P. Ni (2011), "Anderson Acceleration for Fixed-Point Iterations", SIAM J. Numerical Analysis 49(4).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, get_args

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from detente.model import equations as eq
from detente.model.benchmark import Deficits, proportional_deficits

#: Past iterates kept. Six to ten serve 81 × 28 equally; more costs memory traffic and saves few passes.
MEMORY = 8

#: Regularisation of the small least-squares problem, relative to its trace: just over rounding in float64.
_RIDGE = 1e-14
#: Keeps the problem regular when the residual is exactly zero.
_TINY = 1e-300

_State = tuple[Array, Array, Array, Array, Array]
#: Step of ln w on the trade gap over trade. Exports fall with the wage by more than one for one, the more the higher θ;
#: a step well under one keeps the plain pass from overshooting, and acceleration does the rest.
_WAGE_STEP = 0.2
#: USD million of spending under which a market counts as emptied by the shock: its only buyers sell nothing any more.
VANISHED = 1e-200


def mix(
    image: Float[Array, " x"],
    residual: Float[Array, " x"],
    images: Float[Array, "memory x"],
    residuals: Float[Array, "memory x"],
    passes: Int[Array, ""] | int,
) -> tuple[Float[Array, " x"], Float[Array, "memory x"], Float[Array, "memory x"]]:
    """The next point from the last image and residual, and the memory with them written in.

    The combination of past images whose residuals, combined alike, are smallest. ``passes`` were written before.
    """
    slot = passes % MEMORY
    images = images.at[slot].set(image)
    residuals = residuals.at[slot].set(residual)
    used = (jnp.arange(MEMORY) <= passes)[:, None]
    change = jnp.where(used, residuals - residual, 0.0)  # the current row is zero, and takes no weight
    gram = change @ change.T
    ridge = _RIDGE * jnp.trace(gram) + _TINY
    weight = jnp.linalg.solve(gram + ridge * jnp.eye(MEMORY), -(change @ residual))
    return image + weight @ jnp.where(used, images - image, 0.0), images, residuals


def fixed_point(
    g: Callable[[Float[Array, " x"]], Float[Array, " x"]],
    x0: Float[Array, " x"],
    tolerance: Float[Array, ""] | float,
    max_passes: int,
) -> tuple[Float[Array, " x"], Int[Array, ""], Float[Array, ""]]:
    """The fixed point of g from x0.

    Returns
    -------
    x, passes, residual
        The last image under g, the number of evaluations of g, and max |g(x) − x| at the last one. Stops at
        ``residual <= tolerance``, at ``max_passes``, or when the residual is no longer a number.
    """

    def step(state: _State) -> _State:
        passes, x, images, residuals, _ = state
        image = g(x)
        residual = image - x
        following, images, residuals = mix(image, residual, images, residuals, passes)
        return passes + 1, following, images, residuals, jnp.abs(residual).max()

    def unfinished(state: _State) -> Array:
        passes, _, _, _, size = state
        return (passes < max_passes) & (size > tolerance)

    history = jnp.zeros((MEMORY, x0.shape[0]))
    passes, _, images, _, size = jax.lax.while_loop(
        unfinished, step, (jnp.zeros((), jnp.int32), x0, history, history, jnp.asarray(jnp.inf))
    )
    return images[(passes - 1) % MEMORY], passes, size


Horizon = Literal["long", "short"]
HORIZONS: tuple[Horizon, ...] = get_args(Horizon)


class Given(NamedTuple):
    """The inputs of the pass: the benchmark's arrays, as `detente.model.Benchmark` names them.

    ``labour`` is wage income by the wage it earns: one column an economy, or one a sector where labour is held in its
    sector (axis s). ``d`` is D/I. ``market`` is true where the economy buys in the sector at all.
    """

    pi: Float[Array, "n i j"]
    gamma_va: Float[Array, "n j"]
    gamma_io: Float[Array, "n k j"]
    alpha: Float[Array, "n j"]
    theta: Float[Array, " j"]
    profit_share: Float[Array, " j"]
    D: Float[Array, " n"]
    d: Float[Array, " n"]
    labour: Float[Array, "n s"]
    market: Bool[Array, "n j"]


class Unknowns(NamedTuple):
    """Log changes of wages and prices, and log expenditure; zero where there is no market or no sector."""

    ln_w: Float[Array, "n s"]
    ln_P: Float[Array, "n j"]
    ln_X: Float[Array, "n j"]


class Weights(NamedTuple):
    """π·K, and π·K·v of foreign goods (own cells zero) and of own sales apart; sector first, one batched product each.

    Own sales are kept apart so that trade is a sum and never a difference: where little is traded it would be rounding.
    ``received`` is π·K·v·h, what producers get of ``net``; None where exporters charge nothing and both are the same.
    """

    cost: Float[Array, "j n i"]
    net: Float[Array, "j n i"]
    own: Float[Array, "n j"]
    received: Float[Array, "j n i"] | None = None


class Shift(NamedTuple):
    """Additions to the sums over the weights: Σ_i weight, imports, exports and own sales net of tariffs, and pairs."""

    total: Float[Array, "n j"] | float
    imports: Float[Array, "n j"] | float
    exports: Float[Array, "i j"] | float
    own: Float[Array, "n j"] | float
    between: Float[Array, "n i"] | float


class Flows(NamedTuple):
    """The intermediate values of a pass; at the fixed point, the equilibrium in sums over partners.

    ``between`` is what n buys from i at the border, over all sectors, own sales apart; no pass needs it unless
    exporters charge, objectives may. ``exports`` are what producers receive, ``rents`` what is charged on top.
    """

    c_power: Float[Array, "i j"]
    total: Float[Array, "n j"]
    Q: Float[Array, "n j"]
    imports: Float[Array, "n j"]
    exports: Float[Array, "i j"]
    own: Float[Array, "n j"]
    between: Float[Array, "n i"]
    Y: Float[Array, "n j"]
    R: Float[Array, " n"]
    rents: Float[Array, " n"]
    D: Float[Array, " n"]
    I: Float[Array, " n"]


def weights(
    given: Given, K: Float[Array, "n i j"], v: Float[Array, "n i j"], h: Float[Array, "n i j"] | None = None
) -> Weights:
    """The arrays that stay the same in every pass of one solve."""
    cost = jnp.transpose(given.pi * K, (2, 0, 1))
    net = cost * jnp.transpose(v, (2, 0, 1))
    foreign = 1.0 - jnp.eye(net.shape[1])
    received = None if h is None else net * foreign * jnp.transpose(h, (2, 0, 1))
    return Weights(cost, net * foreign, jnp.diagonal(net, axis1=1, axis2=2).T, received)


def log_where(where: Bool[Array, "n j"], values: Float[Array, "n j"]) -> Float[Array, "n j"]:
    """ln of the values where they exist, zero elsewhere; what a shock empties has no log, and is held at VANISHED."""
    return jnp.log(jnp.where(where, jnp.maximum(values, VANISHED), 1.0))


def deficits_cf(given: Given, own_income: Float[Array, " n"], closure: Deficits) -> Float[Array, " n"]:
    """D' under the closure; ``fixed`` and ``balanced`` hold the D given, which is zero for ``balanced``."""
    return proportional_deficits(own_income, given.d)[0] if closure == "proportional" else given.D


def flows(x: Unknowns, given: Given, weight: Weights, closure: Deficits, shift: Shift | None = None) -> Flows:
    """(1), (2), (4) and (6) at the unknowns. (3) enters as Q = X'/Σ_i weight, so that the shares are never formed.

    ``shift`` is added to the sums over the weights; it is zero, and its derivative is what one more unit of a
    weight would do.
    """
    w = jnp.exp(x.ln_w)
    c = eq.cost_hat(w, jnp.exp(x.ln_P), given.gamma_va, given.gamma_io)
    c_power = c**-given.theta
    add = shift if shift is not None else Shift(0.0, 0.0, 0.0, 0.0, 0.0)
    total = jnp.where(given.market, jnp.einsum("jni,ij->nj", weight.cost, c_power) + add.total, 1.0)
    Q = jnp.where(given.market, jnp.exp(x.ln_X), 0.0) / total
    imports = Q * jnp.einsum("jni,ij->nj", weight.net, c_power) + add.imports
    received = weight.net if weight.received is None else weight.received
    exports = c_power * jnp.einsum("jni,nj->ij", received, Q) + add.exports
    own = Q * weight.own * c_power + add.own
    between = jnp.einsum("jni,nj,ij->ni", weight.net, Q, c_power) + add.between
    Y = exports + own
    R = (Q * total - imports - own).sum(1)
    wages = (w * given.labour).sum(1)
    profits = eq.profits(Y, given.gamma_va, given.profit_share)
    rents = jnp.zeros_like(R) if weight.received is None else between.sum(0) - exports.sum(1)
    D = deficits_cf(given, wages + profits + R + rents, closure)
    I = eq.income(wages, profits, R, rents, D)
    return Flows(c_power, total, Q, imports, exports, own, between, Y, R, rents, D, I)


def joint_pass(
    x: Unknowns, given: Given, weight: Weights, closure: Deficits, horizon: Horizon, shift: Shift | None = None
) -> Unknowns:
    """One pass: where wages, prices and expenditure go from x."""
    f = flows(x, given, weight, closure, shift)
    X = eq.expenditure(f.Y, f.I, given.gamma_io, given.alpha)
    if horizon == "long":
        step = _towards_balance(f)[:, None]
    else:
        employs = given.labour > 0
        paid = eq.labour_demand(f.Y, given.gamma_va, given.profit_share)
        gap = log_where(employs, paid) - log_where(employs, jnp.exp(x.ln_w) * given.labour)
        step = gap / (1.0 + given.theta * given.gamma_va)  # demand for labour falls so with its wage
    ln_w = x.ln_w + step
    level = (jnp.exp(ln_w) * given.labour).sum() / given.labour.sum()  # (8)
    return Unknowns(ln_w - jnp.log(level), -jnp.log(f.total) / given.theta, log_where(given.market, X))


def _towards_balance(f: Flows) -> Float[Array, " n"]:
    """The move of ln w that closes the trade balance, from which (7) follows; the audit checks that it does.

    The gap is taken relative to trade, not to income: an economy that hardly trades must move its wage as far as any.
    """
    exports, imports = f.exports.sum(1) + f.rents, f.imports.sum(1)
    size = exports + imports + jnp.abs(f.D)
    trades = size > 0  # an economy closed altogether has no terms of trade, and keeps its wage
    return jnp.where(trades, _WAGE_STEP * (exports + f.D - imports) / jnp.where(trades, size, 1.0), 0.0)
