"""The slope of every government's own payoff over its own tariffs, all adjoints in one batch.

A tariff of importer p enters the equilibrium only through row p of the weights π·K and π·K·v, and those only through
four sums. So the adjoint of each government is found with respect to shifts of those sums, which are small
(`detente.solve.joint.Shift`), and the slope over each of its tariffs follows by hand:

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
from detente.solve.joint import Flows, Given, Shift, Unknowns, flows, joint_pass, weights

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
) -> Slopes:
    """Slopes at the equilibrium x of K and v, for players at positions ``players``; their cells have no parts."""
    flat, unravel = ravel_pytree(x)
    weight = weights(given, K, v)
    n, j = given.gamma_va.shape
    none = Shift(*(jnp.zeros((n, j)) for _ in Shift._fields))

    def outcome(z: Array, shift: Shift) -> Array:
        at = unravel(z)
        return payoffs(at, flows(at, given, weight, closure, shift), given, parameters)

    def g(z: Array, shift: Shift) -> Array:
        return ravel_pytree(joint_pass(unravel(z), given, weight, closure, "long", shift))[0]

    values, pull_outcome = jax.vjp(outcome, flat, none)
    _, pull_pass = jax.vjp(g, flat, none)
    here = flows(x, given, weight, closure)

    def of_player(p: Array, start: Array) -> tuple[Array, Array, Array]:
        by_x, by_shift = pull_outcome(jnp.zeros(n).at[p].set(1.0))
        scale = jnp.abs(by_x).max() + 1e-300
        adjoint, _, residual = fixed_point(lambda y: by_x / scale + pull_pass(y)[0], start, tolerance, MAX_PASSES)
        through = pull_pass(adjoint)[1]
        bar = Shift(*(a + scale * b for a, b in zip(by_shift, through, strict=True)))
        cost, net = weight.cost[:, p].T, weight.net[:, p].T
        received = jnp.asarray(bar.bought)[p] + jnp.asarray(bar.sold)
        received = received.at[p].add(jnp.asarray(bar.own)[p])
        slope = -here.c_power * (
            given.theta * cost * jnp.asarray(bar.total)[p] + (given.theta + 1.0) * net * here.Q[p] * received
        )
        return slope, adjoint, residual

    own, found, residual = jax.vmap(of_player)(players, adjoints)
    return Slopes(values, own, found, residual.max())
