"""Anderson acceleration of a fixed-point iteration: the mixing step for NumPy and JAX alike, and the loop in NumPy.

The next point is the last image, moved along the past steps so that the residual, moved alike, is smallest. Past steps
are kept with the matrix of their products, so that a pass adds one row to it.

D. G. Anderson (1965), "Iterative Procedures for Nonlinear Integral Equations", Journal of the ACM 12(4); in the form of
H. F. Walker and P. Ni (2011), "Anderson Acceleration for Fixed-Point Iterations", SIAM J. Numerical Analysis 49(4).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detente.inputs import FloatArray
from detente.model.arrays import Array, namespace

if TYPE_CHECKING:
    from jaxtyping import Float

#: Past steps kept. Six to ten serve 81 × 28 equally; more costs memory traffic and saves few passes.
MEMORY = 8

#: Regularisation of the small least-squares problem, whose rows are scaled to one: just over rounding in float64.
_RIDGE = 1e-14
#: Keeps the problem regular when steps are exactly zero.
_TINY = 1e-300


class Memory(NamedTuple):
    """The last image and residual, the past steps of both, and the products of the steps of the residual."""

    image: Float[Array, " x"]
    residual: Float[Array, " r"]
    images: Float[Array, "memory x"]
    residuals: Float[Array, "memory r"]
    gram: Float[Array, "memory memory"]


def empty(x: Float[Array, " x"], residual: Float[Array, " r"] | None = None) -> Memory:
    """The memory before the first pass from x; residuals are as long as x, or as the one given."""
    xp = namespace(x)
    none = xp.zeros_like(x)
    nothing = none if residual is None else xp.zeros_like(residual)
    images, residuals = (xp.zeros((MEMORY, len(last)), last.dtype) for last in (none, nothing))
    return Memory(none, nothing, images, residuals, xp.zeros((MEMORY, MEMORY)))


def mix(
    image: Float[Array, " x"], residual: Float[Array, " r"], memory: Memory, passes: Array | int
) -> tuple[Float[Array, " x"], Memory]:
    """The next point from an image and its residual, and the memory with them written in.

    ``passes`` were written before. NumPy's memory is written in place.
    """
    xp = namespace(image)
    slot = (passes - 1) % MEMORY
    images = _put_step(memory.images, slot, image, memory.image, passes)
    residuals = _put_step(memory.residuals, slot, residual, memory.residual, passes)
    row = xp.matmul(residuals, residuals[slot])
    gram = _put(_put(memory.gram, slot, row), (slice(None), slot), row)
    scale = 1.0 / xp.sqrt(xp.diagonal(gram) + _TINY)
    normal = gram * scale[:, None] * scale + _RIDGE * xp.eye(MEMORY)
    weight = scale * xp.linalg.solve(normal, scale * xp.matmul(residuals, residual))
    return image - xp.matmul(weight.astype(images.dtype), images), Memory(image, residual, images, residuals, gram)


def _put_step(steps: Array, slot: Any, now: Array, before: Array, passes: Any) -> Array:
    """Steps with the last one put in; before the first pass there is none."""
    if isinstance(steps, np.ndarray):
        if passes > 0:
            np.subtract(now, before, out=steps[slot])
        return steps
    return steps.at[slot].set((passes > 0) * (now - before))


def _put(array: Array, where: Any, values: Array) -> Array:
    if isinstance(array, np.ndarray):
        array[where] = values
        return array
    return array.at[where].set(values)


def fixed_point(
    g: Callable[[FloatArray], FloatArray],
    x0: FloatArray,
    tolerance: float,
    max_passes: int,
    sketch: Callable[[FloatArray], FloatArray] | None = None,
) -> tuple[FloatArray, int, float]:
    """The fixed point of g from x0, in NumPy.

    Parameters
    ----------
    sketch
        A linear map to something shorter; residuals are combined by what is left of them under it.

    Returns
    -------
    x, passes, residual
        The last image under g, the number of evaluations of g, and max |g(x) − x| at the last one. Stops at
        ``residual <= tolerance``, at ``max_passes``, or when the residual is no longer a number.
    """
    x, memory = x0, empty(x0, None if sketch is None else sketch(x0))
    for passes in range(max_passes):
        image = g(x)
        residual = image - x
        size = float(max(residual.max(), -residual.min()))
        if not tolerance < size < np.inf:
            break
        x, memory = mix(image, residual if sketch is None else sketch(residual), memory, passes)
    return image, passes + 1, size
