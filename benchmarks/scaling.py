"""What a solve costs as the world grows: in NumPy, compiled, and compiling; on the world of 2017 merged and split."""

from __future__ import annotations

from collections.abc import Iterator

import jax
import numpy as np
import pandas as pd
from clock import in_turn, once
from speed import compiled
from worlds import of_size

import detente as dt
from detente.data.bundled import elasticities

ECONOMIES = (20, 40, 81, 120, 160)
SECTORS = (8, 16, 28, 45, 56)
#: The size of the bundled worlds, where the two series meet.
HERE = (81, 28)
PAIR = ("USA", "CHN")


def sizes() -> Iterator[tuple[str, int, int]]:
    """(series, N, J): more economies, more sectors, and both at their largest."""
    yield from (("economies", n, HERE[1]) for n in ECONOMIES)
    yield from (("sectors", HERE[0], j) for j in SECTORS)
    yield "both", ECONOMIES[-1], SECTORS[-1]


def measure(rounds: int = 7) -> pd.DataFrame:
    """One row a size: seconds of a solve in NumPy and compiled, of compiling, of one NumPy pass; and the passes."""
    rows, seen = [], {}
    for series, n, j in sizes():
        if (n, j) not in seen:
            seen[n, j] = _one(n, j, rounds)
        rows.append({"series": series, "economies": n, "sectors": j, **seen[n, j]})
    return pd.DataFrame(rows)


def _one(n: int, j: int, rounds: int) -> dict[str, float]:
    whole = dt.load_world("icio-2017")
    world, theta = of_size(whole, np.array(elasticities("CP", whole.sectors)), n, j, PAIR)
    economy = dt.calibrate(world, theta)
    t_cf = np.array(economy.t)
    a, b = (economy.index(code) for code in PAIR)
    t_cf[a, b] += 0.25
    t_cf[b, a] += 0.25
    shock = dt.Shock(t_cf=t_cf)
    solution = dt.solve(economy, shock)
    pi, c = np.array(economy.pi), np.array(solution.c_hat)

    task = compiled(economy, shock)
    jax.clear_caches()  # a size that was solved before would find its compilation
    first = once(task)
    times = in_turn(
        {
            "solve": lambda: dt.solve(economy, shock),
            "compiled": task,
            "pass": lambda: (pi * (c[None] ** -theta)).sum(1),
        },
        rounds,
    )
    return {
        "passes": solution.passes,
        "solve": times["solve"].median,
        "compiled": times["compiled"].median,
        "numpy_pass": times["pass"].median,
        "compile": first - times["compiled"].median,
    }
