"""What happens to a trade deficit when trade policy changes.

D is imports − exports net of tariffs, positive for a deficit.

``fixed``         D'_n = D_n in the numeraire (8), world factor income; a shock may name other levels.
``balanced``      no deficits: the benchmark is solved with D = 0 at unchanged tariffs, and then D'_n = 0.
``proportional``  D'_n = d_n I'_n for surplus economies and λ d_n I'_n for deficit ones, d = D/I, λ such that Σ D' = 0.
"""

from __future__ import annotations

from typing import Literal, get_args

import jax.numpy as jnp
from jaxtyping import Array, Float

Deficits = Literal["fixed", "balanced", "proportional"]
CLOSURES: tuple[Deficits, ...] = get_args(Deficits)

#: Newton steps on λ. It starts at one, where it stays for a zero shock, and converges quadratically.
_NEWTON_STEPS = 8


def proportional_deficits(
    own_income: Float[Array, " n"],
    d: Float[Array, " n"],
) -> tuple[Float[Array, " n"], Float[Array, ""]]:
    """D' and λ of the proportional closure.

    With I = B + D and D = λ d I, B the income without the transfer, D = λ d B / (1 − λ d).

    Parameters
    ----------
    own_income
        B_n = Σ_j ŵ_nj (wL)_nj + R'_n, USD million.
    d
        D_n / I_n of the benchmark, a fraction; under one.

    Returns
    -------
    D_cf, lam
        Transfers in USD million, and the factor on the deficits.
    """
    paid = jnp.where(d < 0, -d * own_income / (1.0 - d), 0.0).sum()
    deficit = jnp.maximum(d, 0.0)
    lam = jnp.ones(())
    for _ in range(_NEWTON_STEPS):
        received = (lam * deficit * own_income / (1.0 - lam * deficit)).sum()
        slope = (deficit * own_income / (1.0 - lam * deficit) ** 2).sum()
        lam = jnp.where(slope > 0, lam - (received - paid) / jnp.where(slope > 0, slope, 1.0), lam)
    rate = jnp.where(d < 0, d, lam * d)
    return rate * own_income / (1.0 - rate), lam
