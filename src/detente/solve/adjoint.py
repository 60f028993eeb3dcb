"""The gradient of any outcome over every tariff, for about one more solve: the adjoint of the joint pass.

At the fixed point x = g(x, p), an outcome F(x, p) has dF/dp = F_p + λᵀ g_p with λ = F_x + (∂g/∂x)ᵀ λ (implicit function
theorem). λ is itself a fixed point and is found by the same accelerated iteration.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float
from numpy.typing import NDArray

from detente.errors import NotSolved
from detente.model.benchmark import Benchmark
from detente.model.closures import Deficits
from detente.model.shock import Shock, Wedges
from detente.solve import audit
from detente.solve.anderson import fixed_point
from detente.solve.criteria import Criterion
from detente.solve.equilibrium import given_of, solve
from detente.solve.joint import Given, Horizon, Unknowns, joint_pass, weights
from detente.solve.solution import Solution

FloatArray = NDArray[np.float64]

#: The adjoint is linear, so its error carries over to the gradient one for one.
_TOLERANCE = 1e-10
_MAX_PASSES = 400


@partial(jax.jit, static_argnames=("function", "closure", "horizon"))
def _adjoint(
    function: Callable[[audit.State, Array], Array],
    parameters: Array,
    given: Given,
    I: Float[Array, " n"],
    K: Float[Array, "n i j"],
    v: Float[Array, "n i j"],
    x: Unknowns,
    closure: Deficits,
    horizon: Horizon,
) -> tuple[Array, Array, Array, Array]:
    flat, unravel = ravel_pytree(x)

    def outcome(z: Array, K: Array, v: Array) -> Array:
        return function(audit.state(unravel(z), given, K, v, I, closure), parameters)

    def g(z: Array, K: Array, v: Array) -> Array:
        return ravel_pytree(joint_pass(unravel(z), given, weights(given, K, v), closure, horizon))[0]

    value, pull_outcome = jax.vjp(outcome, flat, K, v)
    F_x, F_K, F_v = pull_outcome(jnp.ones_like(value))
    weight = weights(given, K, v)
    _, pull_x = jax.vjp(lambda z: ravel_pytree(joint_pass(unravel(z), given, weight, closure, horizon))[0], flat)
    # scaled so that the tolerance is relative to the outcome's own slope
    scale = jnp.maximum(jnp.abs(F_x).max(), 1e-300)
    adjoint, _, residual = fixed_point(lambda y: F_x / scale + pull_x(y)[0], F_x / scale, _TOLERANCE, _MAX_PASSES)
    _, pull_p = jax.vjp(lambda K, v: g(flat, K, v), K, v)
    g_K, g_v = pull_p(adjoint * scale)
    return value, F_K + g_K, F_v + g_v, residual


def gradient(
    economy: Benchmark,
    shock: Shock,
    outcome: Criterion,
    *,
    horizon: Horizon = "long",
    solution: Solution | None = None,
) -> FloatArray:
    """d outcome / d t_cf at the equilibrium of a shock, (n, i, j), per unit of tariff (0.01 is one point).

    In a cell with parts it is the derivative of one tariff added to every part.

    Parameters
    ----------
    outcome
        From `detente.solve.criteria`: real income, a balance, revenue, or any smooth function of the state.
    solution
        The equilibrium of this shock where it is already solved.

    Raises
    ------
    NotSolved
        Where the equilibrium or its adjoint is not found.
    """
    solution = solve(economy, shock, horizon=horizon) if solution is None else solution
    wedges = solution.wedges
    closure: Deficits = "fixed" if wedges.D_cf is not None else economy.deficits
    with jax.enable_x64(True):
        given = given_of(economy, economy.D if wedges.D_cf is None else wedges.D_cf, horizon)
        _, by_K, by_v, residual = _adjoint(
            outcome.function,
            outcome.parameters,
            given,
            economy.I,
            wedges.K,
            wedges.v,
            solution.unknowns,
            closure,
            horizon,
        )
    if not float(residual) <= _TOLERANCE:
        raise NotSolved(
            f"{economy.name}: the adjoint of {outcome.name} stopped at a residual of {float(residual):.3g}; "
            "near a prohibitive tariff an outcome may have no gradient: try a smaller shock"
        )
    dK, dv = _tariff_derivatives(shock, economy, wedges)
    return np.asarray(by_K) * dK + np.asarray(by_v) * dv


def _tariff_derivatives(shock: Shock, economy: Benchmark, wedges: Wedges) -> tuple[FloatArray, FloatArray]:
    """dK/dt' and dv/dt' in every cell, for one tariff added to each part."""
    theta = economy.theta
    dK = -theta * wedges.K * wedges.v
    dv = -(wedges.v**2)
    if shock.parts is None:
        return dK, dv
    parts = shock.parts
    cell = (parts.n, parts.i, parts.j)
    cost = np.ones_like(dK) if shock.d_hat is None else shock.d_hat**-theta
    factor = parts.factors(theta)
    slope, slope_net = np.zeros_like(dK), np.zeros_like(dK)
    np.add.at(slope, cell, -theta[parts.j] * factor / (1 + parts.t_cf))
    np.add.at(slope_net, cell, -(theta[parts.j] + 1) * factor / (1 + parts.t_cf) ** 2)
    touched = np.zeros(dK.shape, dtype=bool)
    touched[cell] = True
    K = np.where(wedges.K > 0, wedges.K, 1.0)
    return (
        np.where(touched, slope * cost, dK),
        np.where(touched, (slope_net * cost - wedges.v * slope * cost) / K, dv),
    )
