"""The solve in JAX: compiled once for a size, closure and horizon, for batches that solve many.

The equations are those that NumPy solves (`detente.solver.equilibrium.iterated`); only the loop is JAX's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp

from detente.model.benchmark import Deficits
from detente.model.varying import VaryingRows
from detente.solver.anderson import Memory, empty, mix
from detente.solver.equilibrium import Raw, iterated
from detente.solver.fixed_point import Given, Horizon, Unknowns

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Int


def fixed_point(
    g: Callable[[Float[Array, " x"]], Float[Array, " x"]],
    x0: Float[Array, " x"],
    tolerance: Float[Array, ""] | float,
    max_passes: int,
) -> tuple[Float[Array, " x"], Int[Array, ""], Float[Array, ""]]:
    """The fixed point of g from x0 in JAX, to be compiled: as `detente.solver.anderson.fixed_point` gives it."""

    def step(state: tuple[Array, Array, Memory, Array]) -> tuple[Array, Array, Memory, Array]:
        passes, x, memory, _ = state
        image = g(x)
        residual = image - x
        following, memory = mix(image, residual, memory, passes)
        return passes + 1, following, memory, jnp.abs(residual).max()

    def unfinished(state: tuple[Array, Array, Memory, Array]) -> Array:
        passes, _, _, size = state
        return (passes < max_passes) & (size > tolerance)

    start = (jnp.zeros((), jnp.int32), x0, empty(x0), jnp.asarray(jnp.inf))
    passes, _, memory, size = jax.lax.while_loop(unfinished, step, start)
    return memory.image, passes, size


@partial(jax.jit, static_argnames=("closure", "horizon"))
def compiled_solve(
    given: Given,
    I: Float[Array, " n"],
    K: Float[Array, "n i j"],
    v: Float[Array, "n i j"],
    x0: Unknowns,
    closure: Deficits,
    horizon: Horizon,
    h: Float[Array, "n i j"] | None = None,
    ln_scale: Float[Array, " j"] | None = None,
    rows: VaryingRows | None = None,
) -> Raw:
    """One compilation serves every scenario of a size, closure and horizon.

    One more serves those with export charges, and one each number of rows and quotas whose rates vary.
    """
    return iterated(fixed_point, given, I, K, v, x0, closure, horizon, h, ln_scale, rows)
