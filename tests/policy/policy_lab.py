"""What the policy tests share: measures in one line, small worlds, and the wedges of a shock computed afresh."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from detente.data.quantities import format_money, format_rate
from detente.data.world import World
from detente.policy.measure import Measure


def measure(id="m", by="USA", on="CHN", status="in-force", **given):
    """A measure as the dispute file would give it; in force from 2018-01-01 unless told otherwise."""
    given.setdefault("goods", {"all": True})
    if status == "in-force":
        given.setdefault("from", "2018-01-01")
    given |= {name: format_rate(given[name]) for name in ("add", "set") if isinstance(given.get(name), float)}
    return Measure.model_validate({"id": id, "by": by, "on": on, "status": status, **given})


def mn(amount):
    """An amount in USD million as the dispute file would give it, to the last digit."""
    return format_money(float(amount))


def small_world(seed=0, economies=("USA", "CHN", "MEX"), sectors=("C24A", "C26", "C28", "SERV"), year=None):
    """A world with real codes, no input links, tariffs of 0 to 20 %, none on services and at home."""
    draw = np.random.default_rng(seed)
    n, j = len(economies), len(sectors)
    tariffs = draw.uniform(0.0, 0.2, (n, n, j))
    tariffs[np.arange(n), np.arange(n)] = 0.0
    tariffs[:, :, [sector == "SERV" for sector in sectors]] = 0.0
    return World(draw.uniform(1.0, 9.0, (n, n, j)) * 1e4, tariffs, None, None, economies, sectors, "small", year)


def wedges(parts, theta):
    """{(n, i, j): (K, v)} of a shock's parts: K = Σ s k^−θ, v = Σ (s k^−θ / K) / (1+t'), from the definitions."""
    cells = defaultdict(list)
    for n, i, j, s, t, t_cf in zip(parts.n, parts.i, parts.j, parts.s, parts.t, parts.t_cf, strict=True):
        cells[int(n), int(i), int(j)].append((s, t, t_cf))
    found = {}
    for cell, rows in cells.items():
        weight = [s * ((1 + t_cf) / (1 + t)) ** -theta[cell[2]] for s, t, t_cf in rows]
        total = sum(weight)
        found[cell] = (total, sum(w / total / (1 + t_cf) for w, (_, _, t_cf) in zip(weight, rows, strict=True)))
    return found


def same(one, other, tolerance=1e-12):
    """Whether two sets of wedges are the same."""
    return one.keys() == other.keys() and all(np.allclose(one[c], other[c], rtol=tolerance, atol=0) for c in one)
