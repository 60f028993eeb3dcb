"""A world's accounts → the shares and levels of a benchmark. Arithmetic only; nothing is rebalanced."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.data import World
from detente.errors import BadWorld


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
