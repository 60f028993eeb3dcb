"""What a warm solve and a compilation cost as the world grows, on random worlds with input links."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import jax
import numpy as np
import pandas as pd
from clock import in_turn, once

import detente as dt

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from oracle import toys

ECONOMIES = (20, 40, 81, 120, 160)
SECTORS = (8, 16, 28, 45, 65)
#: The size of the bundled worlds, where the two series meet.
HERE = (81, 28)


def sizes() -> Iterator[tuple[str, int, int]]:
    """(series, N, J): more economies, more sectors, and both at their largest."""
    yield from (("economies", n, HERE[1]) for n in ECONOMIES)
    yield from (("sectors", HERE[0], j) for j in SECTORS)
    yield "both", ECONOMIES[-1], SECTORS[-1]


def measure(rounds: int = 7) -> pd.DataFrame:
    """One row a size: seconds of a warm solve, of the first one, and of one NumPy pass; and the passes it took."""
    rows, seen = [], {}
    for series, n, j in sizes():
        if (n, j) not in seen:
            seen[n, j] = _one(n, j, rounds)
        rows.append({"series": series, "economies": n, "sectors": j, **seen[n, j]})
    return pd.DataFrame(rows)


def _one(n: int, j: int, rounds: int) -> dict[str, float]:
    world = toys.draw(np.random.default_rng(n * j), n, j)
    accounts = dt.World(
        flows=world.flows,
        tariffs=world.tariffs,
        io=world.io,
        value_added=world.value_added,
        economies=world.economies,
        sectors=world.sectors,
    )
    economy = dt.calibrate(accounts, elasticities=world.theta)
    t_cf = toys.both_ways(economy.t, 0, 1, 0.25)
    jax.clear_caches()  # a size that was solved before would find its compilation
    first = once(lambda: dt.solve(economy, dt.Shock(t_cf=t_cf)))
    solution = dt.solve(economy, dt.Shock(t_cf=t_cf))
    pi, c, theta = np.array(economy.pi), np.array(solution.c_hat), np.array(economy.theta)
    times = in_turn(
        {
            "solve": lambda: dt.solve(economy, dt.Shock(t_cf=t_cf)),
            "pass": lambda: (pi * (c[None] ** -theta)).sum(1),
        },
        rounds,
    )
    return {
        "passes": solution.passes,
        "solve": times["solve"].median,
        "numpy_pass": times["pass"].median,
        "first": first,
    }
