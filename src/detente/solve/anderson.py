"""Anderson acceleration of a fixed point x = g(x), for the equilibrium and for its adjoint alike.

D. G. Anderson (1965), "Iterative Procedures for Nonlinear Integral Equations", Journal of the ACM 12(4); in the form of
H. F. Walker and P. Ni (2011), "Anderson Acceleration for Fixed-Point Iterations", SIAM J. Numerical Analysis 49(4).
"""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

#: Past iterates kept. Six to ten serve 81 × 28 equally; more costs memory traffic and saves few passes.
MEMORY = 8

#: Regularisation of the small least-squares problem, relative to its trace: just over rounding in float64.
_RIDGE = 1e-14
#: Keeps the problem regular when the residual is exactly zero.
_TINY = 1e-300

_State = tuple[Array, Array, Array, Array, Array]


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
