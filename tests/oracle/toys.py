"""Small random worlds as plain arrays, drawn here so that tests of the solver need no reference folder."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from oracle.calibrate import Benchmark, Floats, from_flows


@dataclass(frozen=True)
class Toy:
    """Raw accounts: flows (n,i,j) net of tariffs, tariffs (n,i,j), io (n,k,j), and elasticities (j,)."""

    flows: Floats
    tariffs: Floats
    io: Floats
    theta: Floats
    economies: tuple[str, ...]
    sectors: tuple[str, ...]

    @property
    def value_added(self) -> Floats:
        """Output less inputs (n, j)."""
        return np.asarray(self.flows.sum(0) - self.io.sum(1))

    def benchmark(self) -> Benchmark:
        """Its shares, by the oracle's own calibration."""
        return from_flows(self.flows, self.tariffs, self.io, self.theta, self.economies, self.sectors)


def draw(rng: Generator, N: int = 4, J: int = 3, *, inputs: float = 0.45, empty: bool = True) -> Toy:
    """A world with home bias, unequal sizes, deficits, tariffs up to 40 %, and an empty economy-sector if N > 2."""
    size = np.exp(rng.normal(0, 1, N))
    flows = np.exp(rng.normal(0, 0.7, (N, N, J))) * size[:, None, None] * size[None, :, None]
    flows[np.arange(N), np.arange(N)] *= 2 * N
    if empty and N > 2 and J > 1:
        flows[:, N - 1, 0] = 0.0
    flows *= 1e6 / flows.sum()
    tariffs = rng.uniform(0, 0.4, (N, N, J)) * (rng.random((N, N, J)) > 0.3)
    tariffs[np.arange(N), np.arange(N)] = 0.0
    Y, X = flows.sum(0), (flows * (1 + tariffs)).sum(1)
    taste = rng.uniform(0.7, 1.3, (N, J, J)) * X[:, :, None] / X.sum(1)[:, None, None]
    io = inputs * taste * Y[:, None, :] * np.minimum(1, X.sum(1) / Y.sum(1))[:, None, None]
    return Toy(
        flows=flows,
        tariffs=tariffs,
        io=io,
        theta=rng.uniform(1.5, 9.0, J),
        economies=tuple(f"E{n:02d}" for n in range(N)),
        sectors=tuple(f"S{j:02d}" for j in range(J)),
    )


def both_ways(t: Floats, n: int, i: int, rate: float) -> Floats:
    """Tariffs raised by `rate` between two economies, in both directions and all sectors."""
    out = np.array(t)
    out[n, i] += rate
    out[i, n] += rate
    return out
