"""The monopolistic structure of Ossa (2014): Krugman varieties, CES by sector, a fixed number of firms, no input links.

In changes it is (1)-(8) with γ^va = 1, no inputs, θ_j = σ_j − 1, and a share ψ_j = 1/σ_j of sales as profit. The
price of a variety is a constant markup over the wage, so ĉ = ŵ, and with the number of firms fixed the price index
moves by (2). Labour earns the share (σ_j − 1)/σ_j of sales, and profits stay in the economy.

Source: R. Ossa (2014), "Trade Wars and Trade Talks with Data", American Economic Review 104(12), equations (1)-(13).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from detente.errors import BadEconomy
from detente.inputs import floats


def shares(trade: ArrayLike, tariffs: ArrayLike, sigma: ArrayLike) -> dict[str, Any]:
    """The arrays of `Benchmark` from trade, tariffs and elasticities of substitution.

    Parameters
    ----------
    trade
        (n, i, j), importer, exporter, sector; USD million at world prices, net of tariffs, own sales included.
    tariffs
        (n, i, j), fractions.
    sigma
        Elasticities of substitution (j,), over one.

    Raises
    ------
    BadEconomy
        Where axes do not fit, trade is negative or not a number, or an elasticity is not over one.
    """
    given = {"trade": trade, "tariffs": tariffs, "sigma": sigma}
    M, t, s = (floats(array, name, BadEconomy) for name, array in given.items())
    if M.ndim != 3 or M.shape[0] != M.shape[1] or t.shape != M.shape or s.shape != M.shape[2:]:
        raise BadEconomy(
            f"trade {M.shape}, tariffs {t.shape} and sigma {s.shape} do not fit: give (n, i, j), (n, i, j) and (j,)"
        )
    if not np.isfinite(M).all() or (M < 0).any():
        n, i, j = (int(a) for a in np.argwhere(~np.isfinite(M) | (M < 0))[0])
        raise BadEconomy(f"trade[{n}, {i}, {j}] is {M[n, i, j]:.6g}: give every flow, own sales included, not negative")
    if not np.isfinite(t).all():
        n, i, j = (int(a) for a in np.argwhere(~np.isfinite(t))[0])
        raise BadEconomy(f"tariffs[{n}, {i}, {j}] is {t[n, i, j]:.6g}: give every tariff as a fraction, own sales zero")
    for what, sums in (("sells", M.sum((0, 2))), ("buys", M.sum((1, 2)))):
        if not (sums > 0).all():
            raise BadEconomy(f"the economy in place {int(sums.argmin())} {what} nothing, itself included: leave it out")
    if not (np.isfinite(s) & (s > 1)).all():
        j = int(np.argmin(np.isfinite(s) & (s > 1)))
        raise BadEconomy(f"sigma[{j}] is {s[j]:.6g}: an elasticity of substitution is over one")
    gross = M * (1 + t)
    X = gross.sum(1)
    Y = M.sum(0)
    N, J = X.shape
    return {
        "pi": gross / np.where(X > 0, X, 1.0)[:, None, :],
        "X": X,
        "wL": (Y * (1 - 1 / s)).sum(1),
        "gamma_va": np.ones((N, J)),
        "gamma_io": np.zeros((N, J, J)),
        "alpha": X / X.sum(1, keepdims=True),
        "theta": s - 1,
        "t": t,
        "D": M.sum((1, 2)) - Y.sum(1),
        "profit_share": 1 / s,
    }
