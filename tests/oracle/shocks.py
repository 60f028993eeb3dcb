"""Random worlds and random shocks, drawn from a seed: what the solver and the auditor are both given.

`draw(seed, real)` is one case: the raw accounts of a small world (random, or an aggregate of the real world `real`),
its elasticities, a closure, a horizon, and a shock. A case is of one family; `ordinary` cases change tariffs alone, to
rates between −20 and 300 %.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.random import Generator

from oracle.calibrate import Benchmark, Floats
from oracle.toys import Toy
from oracle.toys import draw as draw_toy

CLOSURES = ("fixed", "balanced", "proportional")
#: Elasticities are drawn from here, evenly in logs.
THETA = (0.4, 100.0)
#: Rates of the ordinary family, as fractions.
ORDINARY = (-0.2, 3.0)
#: Economies and sectors of the small worlds.
SIZES = ((3, 2), (4, 3), (6, 4))
#: What an economy made tiny keeps of its size, in powers of ten.
_TINY = (-7.0, -2.0)


@dataclass(frozen=True)
class Case:
    """One draw: a world as plain accounts, a closure, a horizon, and the shock as keyword arguments."""

    seed: int
    family: str
    world: Toy
    deficits: str
    horizon: str
    shock: dict[str, Any]

    @property
    def ordinary(self) -> bool:
        """Tariffs alone, from −20 to 300 %."""
        return self.family == "tariffs"


def draw(seed: int, real: Toy | None = None) -> Case:
    """The case of a seed; a third of the worlds are aggregates of `real`, where it is given."""
    rng = np.random.default_rng(seed)
    N, J = SIZES[rng.integers(len(SIZES))]
    if real is not None and rng.random() < 1 / 3:
        world = aggregate(real, _groups(rng, len(real.economies), N), _groups(rng, len(real.sectors), J))
    else:
        world = draw_toy(rng, N, J, inputs=float(rng.choice([0.0, 0.3, 0.45, 0.7])))
    world = replace(world, theta=_elasticities(rng, J))
    if rng.random() < 0.25:
        world = shrunk(world, int(rng.integers(N)), float(10 ** rng.uniform(*_TINY)))
    family = str(rng.choice(list(FAMILIES), p=[share for share, _ in FAMILIES.values()]))
    return Case(
        seed=seed,
        family=family,
        world=world,
        deficits=str(rng.choice(CLOSURES)),
        horizon="short" if rng.random() < 0.25 else "long",
        shock=FAMILIES[family][1](rng, world.benchmark()),
    )


def aggregate(world: Toy, economies: list[list[int]], sectors: list[list[int]]) -> Toy:
    """The world with groups of economies and sectors merged; tariffs keep their revenue, elasticities are averaged."""
    e = _members(economies, len(world.economies))
    s = _members(sectors, len(world.sectors))

    def merged(array: Floats) -> Floats:
        return np.einsum("an,bi,cj,nij->abc", e, e, s, array, optimize=True)

    flows, revenue = merged(world.flows), merged(world.flows * world.tariffs)
    return Toy(
        flows=flows,
        tariffs=np.divide(revenue, flows, out=np.zeros_like(flows), where=flows > 0),
        io=np.einsum("an,bk,cj,nkj->abc", e, s, s, world.io, optimize=True),
        theta=s @ world.theta / s.sum(1),
        economies=tuple(f"{world.economies[group[0]]}+" for group in economies),  # no country's code: no real accounts
        sectors=tuple(world.sectors[group[0]] for group in sectors),
    )


def shrunk(world: Toy, n: int, to: float) -> Toy:
    """The world with one economy made smaller: its sales and purchases are that part of what they were.

    Inputs follow output, and are cut where they would leave too little for final use.
    """
    size = np.ones(len(world.economies))
    size[n] = to
    flows = world.flows * size[:, None, None] * size[None, :, None]
    flows[n, n] = world.flows[n, n] * to
    Y, before = flows.sum(0), world.flows.sum(0)
    io = world.io * np.divide(Y, before, out=np.zeros_like(Y), where=before > 0)[:, None, :]
    bought = (flows * (1 + world.tariffs)).sum(1)
    used = io.sum(2)
    most = np.divide(0.95 * bought, used, out=np.ones_like(used), where=used > 0.95 * bought)
    return replace(world, flows=flows, io=io * most[:, :, None])


def _members(groups: list[list[int]], size: int) -> Floats:
    member = np.zeros((len(groups), size))
    for row, group in enumerate(groups):
        member[row, group] = 1.0
    return member


def _groups(rng: Generator, size: int, into: int) -> list[list[int]]:
    """A random partition; the first in a group gives it its name."""
    order = rng.permutation(size)
    cuts = np.sort(rng.choice(np.arange(1, size), into - 1, replace=False))
    return [list(map(int, part)) for part in np.split(order, cuts)]


def _elasticities(rng: Generator, J: int) -> Floats:
    low, high = np.log(THETA) if rng.random() < 0.5 else np.log((2.0, 10.0))
    return np.exp(rng.uniform(low, high, J))


def _cells(rng: Generator, b: Benchmark) -> Floats:
    """True on the foreign cells that a shock touches (n, i, j): a pair, an importer, an exporter, some, or all."""
    N, J = b.X.shape
    cells = np.zeros(b.t.shape, dtype=bool)
    n, i = rng.choice(N, 2, replace=False)
    scope = rng.integers(6)
    if scope == 0:
        cells[n, i] = True
    elif scope == 1:
        cells[n, i] = cells[i, n] = True
    elif scope == 2:
        cells[n] = True
    elif scope == 3:
        cells[:, i] = True
    elif scope == 4:
        cells |= rng.random(cells.shape) < 0.3
    else:
        cells[:] = True
    if rng.random() < 0.3:
        cells[:, :, rng.integers(J)] = False
    cells[np.arange(N), np.arange(N)] = False
    return cells


def _rates(rng: Generator, cells: Floats, low: float, high: float) -> Floats:
    """One rate on all cells, or one a cell."""
    return rng.uniform(low, high, cells.shape) if rng.random() < 0.5 else np.full(cells.shape, rng.uniform(low, high))


def _tariffs(rng: Generator, b: Benchmark, low: float = ORDINARY[0], high: float = ORDINARY[1]) -> dict[str, Any]:
    cells = _cells(rng, b)
    return {"t_cf": np.where(cells, _rates(rng, cells, low, high), b.t)}


def _subsidies(rng: Generator, b: Benchmark) -> dict[str, Any]:
    return _tariffs(rng, b, -0.9, -0.2)


def _huge_tariffs(rng: Generator, b: Benchmark) -> dict[str, Any]:
    cells = _cells(rng, b)
    return {"t_cf": np.where(cells, 10 ** _rates(rng, cells, 0.5, 4.0), b.t)}


def _trade_costs(rng: Generator, b: Benchmark) -> dict[str, Any]:
    cells = _cells(rng, b)
    return {"d_hat": np.where(cells, np.exp(_rates(rng, cells, -0.7, 3.0)), 1.0)}


def _autarky(rng: Generator, b: Benchmark) -> dict[str, Any]:
    """Borders closed altogether, as far as every market keeps its own sales."""
    cells = _cells(rng, b) & (np.einsum("nnj->nj", b.pi) > 0)[:, None, :]
    return {"d_hat": np.where(cells, np.inf, 1.0)}


def _charges(rng: Generator, b: Benchmark) -> dict[str, Any]:
    cells = _cells(rng, b)
    return {"e_cf": np.where(cells, _rates(rng, cells, *ORDINARY), 0.0)}


def _parts(rng: Generator, b: Benchmark) -> dict[str, Any]:
    cells = _cells(rng, b)
    covered = np.where(cells, _rates(rng, cells, 0.02, 0.98), 0.0)
    rate = _rates(rng, cells, *ORDINARY)
    return {"parts": [(1 - covered, b.t, b.t), (covered, b.t, np.where(cells, rate, b.t))]}


def _transfers(rng: Generator, b: Benchmark) -> dict[str, Any]:
    """Other deficits, up to a third of an economy's factor income."""
    moved = rng.uniform(-1 / 3, 1 / 3, b.wL.shape) * b.wL.min() if rng.random() < 0.5 else -rng.uniform(0, 2) * b.D
    return {"D_cf": b.D + moved - moved.mean()}


def _mixed(rng: Generator, b: Benchmark) -> dict[str, Any]:
    """Several at once."""
    shock = _tariffs(rng, b) | _trade_costs(rng, b) | _charges(rng, b)
    if rng.random() < 0.5:
        shock |= _parts(rng, b)
    return shock


FAMILIES: dict[str, tuple[float, Callable[[Generator, Benchmark], dict[str, Any]]]] = {
    "tariffs": (0.5, _tariffs),
    "subsidies": (0.1, _subsidies),
    "huge tariffs": (0.08, _huge_tariffs),
    "trade costs": (0.06, _trade_costs),
    "autarky": (0.06, _autarky),
    "export charges": (0.06, _charges),
    "parts": (0.06, _parts),
    "transfers": (0.03, _transfers),
    "mixed": (0.05, _mixed),
}
