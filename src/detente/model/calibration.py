"""A world's accounts → the shares and levels of a benchmark. Arithmetic only; nothing is rebalanced.

The monopolistic structure of Ossa (2014): Krugman varieties, CES by sector, a fixed number of firms, no input links.

In changes it is (1)-(8) with γ^va = 1, no inputs, θ_j = σ_j − 1, and a share ψ_j = 1/σ_j of sales as profit. The
price of a variety is a constant markup over the wage, so ĉ = ŵ, and with the number of firms fixed the price index
moves by (2). Labour earns the share (σ_j − 1)/σ_j of sales, and profits stay in the economy.

Source: R. Ossa (2014), "Trade Wars and Trade Talks with Data", American Economic Review 104(12), equations (1)-(13).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from detente.data.world import World
from detente.errors import BadEconomy, BadWorld
from detente.inputs import floats


def shares(world: World) -> dict[str, Any]:
    """The arrays of `Benchmark` from a world, in float64.

    Y = Σ_n flows; γ^io = io/Y; γ^va = 1 − Σ_k γ^io; X = Σ_i flows·(1+t); final demand = X − Σ_j io; all of value added
    is factor income wL; D = imports − exports net of tariffs. Inputs count at buyers' prices, so the tariffs on inputs
    are paid by firms through their input bill. An empty economy-sector gets γ^va = 1 and no inputs, which no equation
    ever multiplies by anything but zero; an empty market has π = 0.

    Raises
    ------
    BadWorld
        Where an economy has no final demand, or a negative one in a cell: inputs exceed what the economy buys.
    """
    F, t, io = world.flows, world.tariffs, world.io
    Y = F.sum(0)
    produces = Y > 0
    gamma_io = io / np.where(produces, Y, 1.0)[:, None, :]
    if (io.sum(1)[~produces] > 0).any():
        i, j = (int(a) for a in np.argwhere((io.sum(1) > 0) & ~produces)[0])
        raise BadWorld(
            f"{world.name}: {world.economies[i]} sells no {world.sectors[j]} but buys inputs for it: "
            "run `world.check()`"
        )
    gamma_va = 1.0 - gamma_io.sum(1)
    if (gamma_va < 0).any():
        i, j = (int(a) for a in np.argwhere(gamma_va < 0)[0])
        raise BadWorld(
            f"{world.name}: inputs of {world.economies[i]} in {world.sectors[j]} exceed its output "
            f"by {-gamma_va[i, j]:.3g} of it: run `world.check()`"
        )
    gross = F * (1 + t)
    X = gross.sum(1)
    final = X - io.sum(2)
    # Differences of large float64 sums carry rounding of their size; anything below it is zero, not a purchase.
    rounding = 1e-12 * X
    if (final < -rounding).any():
        n, j = (int(a) for a in np.argwhere(final < -rounding)[0])
        raise BadWorld(
            f"{world.name}: {world.economies[n]} uses {io[n, j].sum():.6g} of {world.sectors[j]} as input "
            f"but buys {X[n, j]:.6g} USD million: final demand would be negative; run `world.check()`"
        )
    final = np.where(final > rounding, final, 0.0)
    if (idle := final.sum(1) == 0).any():
        raise BadWorld(
            f"{world.name}: {world.economies[int(idle.argmax())]} buys nothing for final use, so that it has no real "
            "income: give its purchases, or merge it into another economy with aggregate()"
        )
    wL = (gamma_va * Y).sum(1)
    return {
        "pi": gross / np.where(X > 0, X, 1.0)[:, None, :],
        "X": X,
        "wL": wL,
        "gamma_va": gamma_va,
        "gamma_io": gamma_io,
        "alpha": final / final.sum(1, keepdims=True),
        "t": t,
        "D": F.sum((1, 2)) - Y.sum(1),
    }


def absorbed_gap(world: World) -> float:
    """The largest relative gap between output and cost that calibration absorbs in value added: |Y − Σ_k io − va| / Y.

    Files in single precision carry gaps of about 1e-7; `World.check` refuses anything over 1e-6.
    """
    Y = world.flows.sum(0)
    gap = np.abs(Y - world.io.sum(1) - world.value_added)
    return float((gap / np.where(Y > 0, Y, 1.0)).max())


def revenue_on_inputs(world: World) -> float:
    """The share of the world's tariff revenue that firms pay on inputs, if inputs carry the tariffs of their sector.

    Input-output tables count inputs without saying whose tariff they paid; detente counts them at buyers' prices.
    """
    X = (world.flows * (1 + world.tariffs)).sum(1)
    revenue = (world.flows * world.tariffs).sum(1)
    if revenue.sum() == 0:
        return 0.0
    return float((revenue * world.io.sum(2) / np.where(X > 0, X, 1.0)).sum() / revenue.sum())


def monopolistic_shares(trade: ArrayLike, tariffs: ArrayLike, sigma: ArrayLike) -> dict[str, Any]:
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
