"""The gradient of any outcome over every tariff, for about one more solve: the adjoint of the joint pass.

At the fixed point x = g(x, p), an outcome F(x, p) has dF/dp = F_p + λᵀ g_p with λ = F_x + (∂g/∂x)ᵀ λ (implicit function
theorem). λ is itself a fixed point and is found by the same accelerated iteration.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float
from numpy.typing import NDArray

from detente.errors import NotSolved
from detente.inputs import require
from detente.model.benchmark import Benchmark
from detente.model.closures import Deficits
from detente.model.shock import Shock, Wedges
from detente.solve import audit
from detente.solve.anderson import fixed_point
from detente.solve.criteria import Criterion
from detente.solve.equilibrium import given_of, require_alike, solve
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
    h: Float[Array, "n i j"] | None = None,
) -> tuple[Array, tuple[Array, Array, Array | None], Array]:
    flat, unravel = ravel_pytree(x)
    wedges = (K, v, h)

    def outcome(z: Array, wedges: tuple[Array, Array, Array | None]) -> Array:
        K, v, h = wedges
        return function(audit.state(unravel(z), given, K, v, I, closure, h), parameters)

    def g(z: Array, wedges: tuple[Array, Array, Array | None]) -> Array:
        return ravel_pytree(joint_pass(unravel(z), given, weights(given, *wedges), closure, horizon))[0]

    value, pull_outcome = jax.vjp(outcome, flat, wedges)
    F_x, F_wedges = pull_outcome(jnp.ones_like(value))
    weight = weights(given, *wedges)
    _, pull_x = jax.vjp(lambda z: ravel_pytree(joint_pass(unravel(z), given, weight, closure, horizon))[0], flat)
    # scaled so that the tolerance is relative to the outcome's own slope
    scale = jnp.maximum(jnp.abs(F_x).max(), 1e-300)
    adjoint, _, residual = fixed_point(lambda y: F_x / scale + pull_x(y)[0], F_x / scale, _TOLERANCE, _MAX_PASSES)
    _, pull_p = jax.vjp(lambda wedges: g(flat, wedges), wedges)
    return value, jax.tree.map(jnp.add, F_wedges, pull_p(adjoint * scale)[0]), residual


class LogSlopes(NamedTuple):
    """An outcome and its slopes over ln(1+t'): of whole cells (n, i, j), zero where a cell has parts; of each part.

    ``charges`` are those over ln(1+e') of each cell, None where exporters charge nothing.
    """

    value: float
    whole: FloatArray
    parts: FloatArray
    charges: FloatArray | None


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
    BadInput
        Where the outcome is no criterion, or the solution is of another economy.
    NotSolved
        Where the equilibrium or its adjoint is not found.
    """
    require(Criterion, outcome, "outcome", "give a criterion of detente.solve.criteria, such as log_real_income")
    if solution is None:
        solution = solve(economy, shock, horizon=horizon)
    require_alike(economy, solution, "solution")
    slopes = log_slopes(economy, shock, outcome, solution)
    by_tariff = slopes.whole * solution.wedges.v
    if (parts := shock.parts) is not None:
        np.add.at(by_tariff, (parts.n, parts.i, parts.j), slopes.parts / (1 + parts.t_cf))
    return by_tariff


def log_slopes(
    economy: Benchmark, shock: Shock, outcome: Criterion, solution: Solution, *, charges: bool = False
) -> LogSlopes:
    """The outcome at the solution of a shock, and its slopes over ln(1+t') of whole cells and of each part.

    Parameters
    ----------
    charges
        Slopes over ln(1+e') as well, also where exporters charge nothing.

    Raises
    ------
    NotSolved
        Where the adjoint is not found.
    """
    wedges = solution.wedges
    h = np.ones(wedges.v.shape) if charges and wedges.h is None else wedges.h
    closure: Deficits = "fixed" if wedges.D_cf is not None else economy.deficits
    with jax.enable_x64(True):
        given = given_of(economy, economy.D if wedges.D_cf is None else wedges.D_cf, solution.horizon)
        value, by_wedges, residual = _adjoint(
            outcome.function,
            outcome.parameters,
            given,
            economy.I,
            wedges.K,
            wedges.v,
            solution.unknowns,
            closure,
            solution.horizon,
            h,
        )
    if not float(residual) <= _TOLERANCE:
        raise NotSolved(
            f"{economy.name}: the adjoint of {outcome.name} stopped at a residual of {float(residual):.3g}; "
            "near a prohibitive tariff an outcome may have no gradient: try a smaller shock"
        )
    by_K, by_v = (np.asarray(by) for by in by_wedges[:2])
    whole, by_part = _over_tariffs(shock, economy, wedges, by_K, by_v)
    over_charges = None if h is None else -economy.theta * wedges.K * by_K - h * np.asarray(by_wedges[2])
    return LogSlopes(float(value), whole, by_part, over_charges)


def _over_tariffs(
    shock: Shock, economy: Benchmark, wedges: Wedges, by_K: FloatArray, by_v: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """From slopes over K and v to those over ln(1+t') of whole cells and of parts.

    A part with f = s k^−θ and u = 1/(1+t') has dK = −θ f and dv = (θ f v − (θ+1) f u) / K; a whole cell is one part.
    """
    whole = -economy.theta * wedges.K * by_K - wedges.v * by_v
    if (parts := shock.parts) is None:
        return whole, np.zeros(0)
    cell = (parts.n, parts.i, parts.j)
    theta = economy.theta[parts.j]
    share = parts.at(economy.theta).s  # f / K
    by_part = -theta * share * wedges.K[cell] * by_K[cell]
    by_part += share * (theta * wedges.v[cell] - (theta + 1) / (1 + parts.t_cf)) * by_v[cell]
    whole[cell] = 0.0
    return whole, by_part
