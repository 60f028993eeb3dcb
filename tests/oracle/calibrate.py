"""A second calibration, from the raw arrays of a world file or from published shares, in plain NumPy.

It shares no code with detente: what it gives is compared with what detente gives, and fed to `nested.solve`.
Axes: n importer, i exporter, j (k) sector; money in any one unit; rates are fractions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Benchmark:
    """The benchmark of equations (1)-(8): shares and levels, nothing solved.

    pi (n,i,j), X (n,j), wL (n,), gamma_va (n,j), gamma_io (n,k,j), alpha (n,j), theta (j,), t (n,i,j), D (n,).
    """

    pi: Floats
    X: Floats
    wL: Floats
    gamma_va: Floats
    gamma_io: Floats
    alpha: Floats
    theta: Floats
    t: Floats
    D: Floats
    economies: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()

    @property
    def Y(self) -> Floats:
        """Producers' sales (i, j): imports of all buyers, net of their tariffs."""
        return np.asarray((self.pi * self.X[:, None, :] / (1 + self.t)).sum(0))

    @property
    def R(self) -> Floats:
        """Tariff revenue (n,)."""
        return np.asarray((self.t / (1 + self.t) * self.pi * self.X[:, None, :]).sum((1, 2)))

    @property
    def I(self) -> Floats:
        """Final expenditure (n,): factor income, revenue and the deficit."""
        return np.asarray(self.wL + self.R + self.D)

    def index(self, code: str) -> int:
        """The position of an economy."""
        return self.economies.index(code)


def from_flows(
    flows: Floats,
    tariffs: Floats,
    io: Floats,
    theta: Floats,
    economies: tuple[str, ...] = (),
    sectors: tuple[str, ...] = (),
) -> Benchmark:
    """Shares from flows net of tariffs (n,i,j), tariffs (n,i,j) and input use io (n,k,j) at buyers' prices."""
    flows, tariffs, io = (np.asarray(a, dtype=np.float64) for a in (flows, tariffs, io))
    gross = flows * (1 + tariffs)
    X = gross.sum(1)
    Y = flows.sum(0)
    works = Y > 0
    pi = np.divide(gross, X[:, None, :], out=np.zeros_like(gross), where=X[:, None, :] > 0)
    gamma_io = np.divide(io, Y[:, None, :], out=np.zeros_like(io), where=works[:, None, :])
    gamma_va = 1 - gamma_io.sum(1)
    final = X - io.sum(2)
    return Benchmark(
        pi=pi,
        X=X,
        wL=(gamma_va * Y).sum(1),
        gamma_va=gamma_va,
        gamma_io=gamma_io,
        alpha=final / final.sum(1, keepdims=True),
        theta=np.asarray(theta, dtype=np.float64),
        t=tariffs,
        D=flows.sum((1, 2)) - flows.sum((0, 2)),
        economies=economies,
        sectors=sectors,
    )


def from_world_file(path: Path, theta: Floats) -> Benchmark:
    """The benchmark of one of the world files of the shared data (npz with flows, tariffs, io)."""
    with np.load(path) as z:
        return from_flows(
            z["flows"], z["tariffs"], z["io"], theta, tuple(map(str, z["countries"])), tuple(map(str, z["sectors"]))
        )


def from_share_file(path: Path) -> Benchmark:
    """The benchmark as published, in shares; gamma_va is 1 minus the input shares, which are rounded at 4e-7."""
    with np.load(path) as z:
        shares = {name: np.asarray(z[name], dtype=np.float64) for name in ("pi", "X", "wL", "gamma_io", "alpha")}
        return Benchmark(
            **shares,
            gamma_va=1 - shares["gamma_io"].sum(1),
            theta=np.asarray(z["theta"], dtype=np.float64),
            t=np.asarray(z["t"], dtype=np.float64),
            D=np.asarray(z["D"], dtype=np.float64),
            economies=tuple(map(str, z["economies"])),
            sectors=tuple(map(str, z["sectors"])),
        )


def from_economy(economy: object) -> Benchmark:
    """The plain arrays of a detente Economy, so that both solvers can start from the same benchmark."""
    names = ("pi", "X", "wL", "gamma_va", "gamma_io", "alpha", "theta", "t", "D")
    arrays = {name: np.array(getattr(economy, name), dtype=np.float64) for name in names}
    return Benchmark(**arrays, economies=tuple(economy.economies), sectors=tuple(economy.sectors))  # type: ignore[attr-defined]


def elasticities(path: Path, name: str, sectors: tuple[str, ...]) -> Floats:
    """theta (j,) of one set of the shared elasticity table, in the order of `sectors`."""
    rows = [line.rsplit(",", 2) for line in path.read_text().splitlines()[1:]]
    of_set = {sector: float(theta) for head, sector, theta in rows if head.split(",", 1)[0] == name}
    return np.array([of_set[sector] for sector in sectors])


def with_tariffs(benchmark: Benchmark, t: Floats) -> Benchmark:
    """The same arrays with other benchmark tariffs (an open account until solved)."""
    return replace(benchmark, t=t)
