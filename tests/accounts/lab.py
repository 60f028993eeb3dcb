"""A bench for checks: small economies, and solves whose numbers come back even where the audit objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

import detente as dt
from oracle import toys
from oracle.calibrate import Floats
from oracle.toys import Toy

#: Within it two equilibria of the same economy count as equal: the audit's bound, for sums over a world.
SAME = 1e-9


@lru_cache
def toy(seed: int = 11, N: int = 4, J: int = 3, *, inputs: float = 0.45, empty: bool = True) -> Toy:
    """A random world; the same arguments give the same world."""
    return toys.draw(np.random.default_rng(seed), N, J, inputs=inputs, empty=empty)


def economy(world: Toy, deficits: str = "fixed") -> dt.Economy:
    """The calibrated economy of a toy world."""
    accounts = dt.World(
        flows=world.flows,
        tariffs=world.tariffs,
        io=world.io,
        value_added=world.value_added,
        economies=world.economies,
        sectors=world.sectors,
        name="toy",
    )
    return dt.calibrate(accounts, world.theta, deficits=deficits)


def solve(base: dt.Economy, horizon: str = "long", **shock: object) -> dt.Solution:
    """The numbers of an equilibrium whatever the audit says of them: a check must see for itself."""
    return dt.solve(base, dt.Shock(**shock), horizon=horizon, throw=False)


def raised(base: dt.Economy, n: int, i: int, rate: float) -> Floats:
    """Tariffs of n on everything from i, raised by `rate`."""
    t = np.array(base.t)
    t[n, i] += rate
    return t


def both_ways(base: dt.Economy, n: int, i: int, rate: float) -> Floats:
    """Tariffs raised by `rate` in both directions."""
    return toys.both_ways(base.t, n, i, rate)


def permuted(world: Toy, economies: Sequence[int] | None = None, sectors: Sequence[int] | None = None) -> Toy:
    """The same world with its economies or sectors in another order."""
    e = list(range(len(world.economies))) if economies is None else list(economies)
    s = list(range(len(world.sectors))) if sectors is None else list(sectors)
    return Toy(
        flows=world.flows[np.ix_(e, e, s)],
        tariffs=world.tariffs[np.ix_(e, e, s)],
        io=world.io[np.ix_(e, s, s)],
        theta=world.theta[s],
        economies=tuple(world.economies[n] for n in e),
        sectors=tuple(world.sectors[j] for j in s),
    )


def in_currency(world: Toy, rate: float) -> Toy:
    """The same world with money counted in another unit."""
    return replace(world, flows=world.flows * rate, io=world.io * rate)


def with_sector_in_halves(world: Toy, j: int) -> Toy:
    """Sector j as two equal sectors, the second put last; every input and every use is halved with it."""
    J = len(world.sectors)
    of = [*range(J), j]  # the old sector that each new one comes from
    weight = np.ones(J + 1)
    weight[[j, J]] = 0.5
    return Toy(
        flows=world.flows[:, :, of] * weight,
        tariffs=world.tariffs[:, :, of],
        io=world.io[:, of][:, :, of] * weight[:, None] * weight,
        theta=world.theta[of],
        economies=world.economies,
        sectors=(*world.sectors, f"{world.sectors[j]}b"),
    )


def with_economy_split(world: Toy, n: int, shares: Sequence[float]) -> Toy:
    """Economy n as several, alike but for their size, that trade freely with each other; the others are put last."""
    N = len(world.economies)
    of = [*range(N), *[n] * (len(shares) - 1)]
    weight = np.ones(len(of))
    weight[[n, *range(N, len(of))]] = shares
    return Toy(
        flows=world.flows[np.ix_(of, of)] * weight[:, None, None] * weight[None, :, None],
        tariffs=world.tariffs[np.ix_(of, of)],
        io=world.io[of] * weight[:, None, None],
        theta=world.theta,
        economies=(*world.economies, *(f"{world.economies[n]}{k}" for k in range(1, len(shares)))),
        sectors=world.sectors,
    )


def same(a: object, b: object, within: float = SAME) -> None:
    """Assert that two arrays are equal within a relative bound; zero equals only zero."""
    left, right = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    assert left.shape == right.shape
    assert np.isfinite(left).all()
    gap = np.abs(left - right) / np.where(right == 0, 1.0, np.abs(right))
    assert gap.max() <= within, f"off by {gap.max():.2e} at {np.unravel_index(gap.argmax(), gap.shape)}"
