"""Gradients of an equilibrium over every tariff, for about one more solve: the adjoint of the joint pass.

At the fixed point x = g(x, p), an outcome F(x, p) has dF/dp = F_p + λᵀ g_p with λ = F_x + (∂g/∂x)ᵀ λ (implicit function
theorem). λ is itself a fixed point and is found by the same accelerated iteration. Outcomes are scalar criteria of an
equilibrium, any smooth functions of it. Governments' payoffs have slopes of their own (`detente.solver.pass_adjoint`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from detente.errors import NotSolved
from detente.inputs import FloatArray, IntArray, require
from detente.model.arrays import Array
from detente.model.benchmark import Benchmark, Deficits
from detente.model.shock import Shock, Wedges
from detente.solver.audit import EquilibriumState, equilibrium_state
from detente.solver.compiled import fixed_point
from detente.solver.equilibrium import MAX_PASSES, given_of, require_alike, solve
from detente.solver.fixed_point import Given, Horizon, Unknowns, joint_pass, weights
from detente.solver.held_rates import held_at
from detente.solver.jax_context import compiled
from detente.solver.solution import Solution

if TYPE_CHECKING:
    from jaxtyping import Float

#: The adjoint is linear, so its error carries over to the gradient one for one.
_TOLERANCE = 1e-10


@dataclass(frozen=True, eq=False)
class Criterion:
    """A scalar of the state. ``function(state, parameters)`` is compiled once; parameters differ between economies."""

    name: str
    function: Callable[[EquilibriumState, Array], Array]
    parameters: FloatArray


def _log_real_income(s: EquilibriumState, weight: Float[Array, " n"]) -> Float[Array, ""]:
    return (weight * jnp.log(s.W_hat)).sum()


def _revenue(s: EquilibriumState, weight: Float[Array, " n"]) -> Float[Array, ""]:
    return (weight * s.R_cf).sum()


def _log_welfare(s: EquilibriumState, weight: Float[Array, " n"]) -> Float[Array, ""]:
    return (weight * jnp.log(s.welfare_hat)).sum()


def _welfare_usd(s: EquilibriumState, income: Float[Array, " n"]) -> Float[Array, ""]:
    return (income * (s.welfare_hat - 1.0)).sum()


def _trade(s: EquilibriumState, weight: Float[Array, "n i j"]) -> Float[Array, ""]:
    return jnp.einsum("nij,nij,nij,nj->", weight, s.pi_cf, s.v, s.X_cf)


def _spending(s: EquilibriumState, weight: Float[Array, "n i j"]) -> Float[Array, ""]:
    return jnp.einsum("nij,nij,nj->", weight, s.pi_cf, s.X_cf)


def log_real_income(economy: Benchmark, code: str) -> Criterion:
    """ln Ŵ of one economy. Raises UnknownEconomy."""
    return Criterion(f"real income of {code}", _log_real_income, _one(economy, code))


def tariff_revenue(economy: Benchmark, code: str) -> Criterion:
    """R' of one economy, USD million in the numeraire. Raises UnknownEconomy."""
    return Criterion(f"tariff revenue of {code}", _revenue, _one(economy, code))


def log_welfare(economy: Benchmark, code: str) -> Criterion:
    """ln(1 + (U' − U)/I) of one economy, ln Ŵ where labour supply is fixed. Raises UnknownEconomy."""
    return Criterion(f"welfare of {code}", _log_welfare, _one(economy, code))


def welfare_usd(economy: Benchmark, codes: Sequence[str]) -> Criterion:
    """The change of welfare of some economies together, Σ (U' − U) at base prices, USD million.

    It is that of real income, Σ (Ŵ − 1)·I, where labour supply is fixed. Raises UnknownEconomy.
    """
    counted = np.zeros(len(economy.economies))
    counted[[economy.index(code) for code in codes]] = 1.0
    return Criterion(f"welfare of {', '.join(codes)}", _welfare_usd, counted * economy.I)


def bilateral_balance(economy: Benchmark, code: str, partner: str) -> Criterion:
    """Exports − imports of one economy with another, net of tariffs, USD million. Raises UnknownEconomy."""
    n, i = economy.index(code), economy.index(partner)
    weight = np.zeros(economy.pi.shape)
    weight[i, n] += 1.0
    weight[n, i] -= 1.0
    return Criterion(f"balance of {code} with {partner}", _trade, weight)


def spending(name: str, weight: FloatArray) -> Criterion:
    """Σ weight · π' X', what buyers pay for chosen flows, weights (n, i, j) as given; USD million."""
    return Criterion(name, _spending, weight)


def _one(economy: Benchmark, code: str) -> FloatArray:
    weight = np.zeros(len(economy.economies))
    weight[economy.index(code)] = 1.0
    return weight


@partial(jax.jit, static_argnames=("function", "closure", "horizon"))
def _adjoint(
    function: Callable[[EquilibriumState, Array], Array],
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
    flat, unravel = x.stacked(), x.unstacked
    wedges = (K, v, h)

    def outcome(z: Array, wedges: tuple[Array, Array, Array | None]) -> Array:
        K, v, h = wedges
        return function(equilibrium_state(unravel(z), given, K, v, I, closure, h), parameters)

    def g(z: Array, wedges: tuple[Array, Array, Array | None]) -> Array:
        return joint_pass(unravel(z), given, weights(given, *wedges), closure, horizon).stacked()

    value, pull_outcome = jax.vjp(outcome, flat, wedges)
    F_x, F_wedges = pull_outcome(jnp.ones_like(value))
    weight = weights(given, *wedges)
    _, pull_x = jax.vjp(lambda z: joint_pass(unravel(z), given, weight, closure, horizon).stacked(), flat)
    # scaled so that the tolerance is relative to the outcome's own slope
    scale = jnp.maximum(jnp.abs(F_x).max(), 1e-300)
    adjoint, _, residual = fixed_point(lambda y: F_x / scale + pull_x(y)[0], F_x / scale, _TOLERANCE, MAX_PASSES)
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

    In a cell with parts it is the derivative of one tariff added to every part. Quotas and duties per unit are held at
    the rates of the equilibrium.

    Parameters
    ----------
    outcome
        From `detente.solver.adjoint`: real income, a balance, revenue, or any smooth function of the state.
    solution
        The equilibrium of this shock where it is already solved.

    Raises
    ------
    BadInput
        Where the outcome is no criterion, or the solution is of another economy.
    NotSolved
        Where the equilibrium or its adjoint is not found.
    """
    require(Criterion, outcome, "outcome", "give a criterion of detente.solver.adjoint, such as log_real_income")
    if solution is None:
        solution = solve(economy, shock, horizon=horizon)
    require_alike(economy, solution, "solution")
    slopes = log_slopes(economy, shock, outcome, solution)
    shock, _ = held_at(shock, solution)
    by_tariff = slopes.whole * solution.wedges.v
    if (parts := shock.parts) is not None:
        np.add.at(by_tariff, (parts.n, parts.i, parts.j), slopes.parts / (1 + parts.t_cf))
    return by_tariff


def log_slopes(
    economy: Benchmark, shock: Shock, outcome: Criterion, solution: Solution, *, charges: bool = False
) -> LogSlopes:
    """The outcome at the solution of a shock, and its slopes over ln(1+t') of whole cells and of each part.

    Quotas and duties per unit are held at the rates of the solution, as tariffs and charges.

    Parameters
    ----------
    charges
        Slopes over ln(1+e') as well, also where exporters charge nothing.

    Raises
    ------
    NotSolved
        Where the adjoint is not found.
    """
    shock, _ = held_at(shock, solution)
    wedges = solution.wedges
    h = np.ones(wedges.v.shape) if charges and wedges.h is None else wedges.h
    closure: Deficits = "fixed" if wedges.D_cf is not None else economy.deficits
    with compiled():
        given = given_of(economy, economy.D if wedges.D_cf is None else wedges.D_cf, solution.horizon, wedges.T_cf)
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
    by_h = None if wedges.h is None else np.asarray(by_wedges[2])
    whole, by_part = _over_tariffs(shock, economy, wedges, by_K, by_v, by_h)
    over_charges = None if h is None else -economy.theta * wedges.K * by_K - h * np.asarray(by_wedges[2])
    return LogSlopes(float(value), whole, by_part, over_charges)


def _over_tariffs(
    shock: Shock, economy: Benchmark, wedges: Wedges, by_K: FloatArray, by_v: FloatArray, by_h: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """From slopes over K, v and h to those over ln(1+t') of whole cells and of parts.

    A part with f = s k^−θ and u = 1/(1+t') has dK = −θ f and dv = (θ f v − (θ+1) f u) / K; a whole cell is one part.
    The same holds of v h with u/(1+e') for u, and v dh = d(v h) − h dv.
    """
    whole = -economy.theta * wedges.K * by_K - wedges.v * by_v
    if (parts := shock.parts) is None:
        return whole, np.zeros(0)
    cell = (parts.n, parts.i, parts.j)
    theta = economy.theta[parts.j]
    share = parts.shares(economy.theta)  # f / K
    by_part = -theta * share * wedges.K[cell] * by_K[cell]
    u = 1 / (1 + parts.t_cf)
    dv = share * (theta * wedges.v[cell] - (theta + 1) * u)
    by_part += dv * by_v[cell]
    if parts.e_cf is not None and by_h is not None and wedges.h is not None:
        v, h, above = wedges.v[cell], wedges.h[cell], _above(shock, cell)
        d_vh = share * (theta * v * h - (theta + 1) * u / ((1 + parts.e_cf) * above))
        by_part += (d_vh - h * dv) / v * by_h[cell]
    whole[cell] = 0.0
    return whole, by_part


def _above(shock: Shock, cell: tuple[IntArray, IntArray, IntArray]) -> FloatArray | float:
    """1 + e' of whole cells, which comes on top of what parts are charged."""
    return 1.0 if shock.e_cf is None else 1 + shock.e_cf[cell]
