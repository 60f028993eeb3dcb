"""Slopes of governments' payoffs over tariffs: of each over its own, all adjoints in one batch; of a blend over all.

A tariff of importer n enters the equilibrium only through row n of the weights π·K and π·K·v, and those only through
a few sums. So an adjoint is found with respect to shifts of those sums, which are small (`detente.solve.joint.Shift`),
and the slope over each tariff follows by hand:

    dA = −θ A dln(1+t),   dB = −(θ+1) B dln(1+t),   A = π K, B = π K v.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float, Int

from detente.model.closures import Deficits
from detente.solve.anderson import fixed_point
from detente.solve.joint import Flows, Given, Shift, Unknowns, Weights, flows, joint_pass, weights

Payoffs = Callable[[Unknowns, Flows, Given, Any], Float[Array, " n"]]
"""Payoffs of all economies (n,) from an equilibrium and the parameters of an objective."""

#: The finest that is asked for. The adjoint is linear: its error carries over one for one, relative to each slope.
TOLERANCE = 1e-9
MAX_PASSES = 400


class Slopes(NamedTuple):
    """Payoffs (n,); slopes over ln(1+t) of the players' own tariffs (p, i, j); adjoints, to start the next from."""

    payoffs: Float[Array, " n"]
    own: Float[Array, "p i j"]
    adjoints: Float[Array, "p x"]
    residual: Float[Array, ""]


class Blend(NamedTuple):
    """Slopes of a blend of payoffs over ln(1+t) of every tariff (n, i, j), and the adjoint."""

    slope: Float[Array, "n i j"]
    adjoint: Float[Array, " x"]
    residual: Float[Array, ""]


@partial(jax.jit, static_argnames=("payoffs", "closure"))
def values(
    payoffs: Payoffs,
    parameters: Any,
    given: Given,
    K: Float[Array, "n i j"],
    v: Float[Array, "n i j"],
    x: Unknowns,
    closure: Deficits,
    h: Float[Array, "n i j"] | None = None,
) -> Float[Array, " n"]:
    """Payoffs of all economies (n,) at the equilibrium x of K, v and h."""
    return payoffs(x, flows(x, given, weights(given, K, v, h), closure), given, parameters)


@partial(jax.jit, static_argnames=("payoffs", "closure"))
def own_slopes(
    payoffs: Payoffs,
    parameters: Any,
    given: Given,
    K: Float[Array, "n i j"],
    v: Float[Array, "n i j"],
    x: Unknowns,
    players: Int[Array, " p"],
    adjoints: Float[Array, "p x"],
    tolerance: Float[Array, ""] | float,
    closure: Deficits,
    h: Float[Array, "n i j"] | None = None,
) -> Slopes:
    """Slopes at the equilibrium x of K, v and h, for players at positions ``players``; their cells have no parts."""
    weight = weights(given, K, v, h)
    here = flows(x, given, weight, closure)
    found, adjoint_of = _adjoints(payoffs, parameters, given, weight, x, closure)

    def of_player(p: Array, start: Array) -> tuple[Array, Array, Array]:
        bar, adjoint, residual = adjoint_of(jnp.zeros_like(found).at[p].set(1.0), start, tolerance)
        exports = jnp.asarray(bar.exports) if h is None else h[p] * jnp.asarray(bar.exports)
        received = jnp.asarray(bar.imports)[p] + exports + jnp.asarray(bar.between)[p][:, None]
        cost, net = weight.cost[:, p].T, weight.net[:, p].T
        slope = _over_tariffs(given.theta, here.c_power, cost, net, jnp.asarray(bar.total)[p], here.Q[p] * received)
        return slope, adjoint, residual

    own, adjoints, residual = jax.vmap(of_player)(players, adjoints)
    return Slopes(found, own, adjoints, residual.max())


@partial(jax.jit, static_argnames=("payoffs", "closure"))
def blend_slopes(
    payoffs: Payoffs,
    parameters: Any,
    given: Given,
    K: Float[Array, "n i j"],
    v: Float[Array, "n i j"],
    x: Unknowns,
    mixture: Float[Array, " n"],
    adjoint: Float[Array, " x"],
    tolerance: Float[Array, ""] | float,
    closure: Deficits,
    h: Float[Array, "n i j"] | None = None,
) -> Blend:
    """Slopes of Σ_n mixture_n payoff_n over the tariffs of foreign goods everywhere; cells have no parts."""
    weight = weights(given, K, v, h)
    here = flows(x, given, weight, closure)
    _, adjoint_of = _adjoints(payoffs, parameters, given, weight, x, closure)
    bar, adjoint, residual = adjoint_of(mixture, adjoint, tolerance)
    total, imports, exports, between = (jnp.asarray(b) for b in (bar.total, bar.imports, bar.exports, bar.between))
    cost, net = (jnp.transpose(w, (1, 2, 0)) for w in (weight.cost, weight.net))
    received = imports[:, None] + (1.0 if h is None else h) * exports[None] + between[:, :, None]
    slope = _over_tariffs(given.theta, here.c_power, cost, net, total[:, None], here.Q[:, None] * received)
    return Blend(slope, adjoint, residual)


def _over_tariffs(theta: Array, c_power: Array, cost: Array, net: Array, by_cost: Array, by_net: Array) -> Array:
    """From derivatives by the weights to slopes over ln(1+t): dA = −θ A and dB = −(θ+1) B, for one importer or all."""
    return -c_power * (theta * cost * by_cost + (theta + 1.0) * net * by_net)


_AdjointOf = Callable[[Array, Array, Array | float], tuple[Shift, Array, Array]]


def _adjoints(
    payoffs: Payoffs, parameters: Any, given: Given, weight: Weights, x: Unknowns, closure: Deficits
) -> tuple[Array, _AdjointOf]:
    """Payoffs, and the function (mixture, start, tolerance) → derivatives of Σ mixture·payoff by the shifts."""
    flat, unravel = ravel_pytree(x)
    n, j = given.gamma_va.shape
    none = Shift(*(jnp.zeros((n, n if name == "between" else j)) for name in Shift._fields))

    def outcome(z: Array, shift: Shift) -> Array:
        at = unravel(z)
        return payoffs(at, flows(at, given, weight, closure, shift), given, parameters)

    def g(z: Array, shift: Shift) -> Array:
        return ravel_pytree(joint_pass(unravel(z), given, weight, closure, "long", shift))[0]

    found, pull_outcome = jax.vjp(outcome, flat, none)
    _, pull_pass = jax.vjp(g, flat, none)

    def adjoint_of(mixture: Array, start: Array, tolerance: Array | float) -> tuple[Shift, Array, Array]:
        by_x, by_shift = pull_outcome(mixture)
        scale = jnp.abs(by_x).max() + 1e-300
        adjoint, _, residual = fixed_point(lambda y: by_x / scale + pull_pass(y)[0], start, tolerance, MAX_PASSES)
        through = pull_pass(adjoint)[1]
        return Shift(*(a + scale * b for a, b in zip(by_shift, through, strict=True))), adjoint, residual

    return found, adjoint_of
