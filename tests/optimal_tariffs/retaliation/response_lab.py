"""A small world with real codes, a threat on it, and every rule as it is by default."""

from __future__ import annotations

import numpy as np

from detente.data.world import World
from detente.optimal_tariffs.retaliation import RULES
from detente.optimal_tariffs.retaliation.rule import Standoff
from detente.policy.measure import Measure
from detente.solver.economy import calibrate

SECTORS = ("C24A", "C26", "C28", "SERV")


def world(seed: int = 3) -> World:
    """Three economies of real names, three goods sectors and services, no input links."""
    draw = np.random.default_rng(seed)
    n, j = 3, len(SECTORS)
    flows = draw.uniform(2.0, 9.0, (n, n, j)) * 1e4
    flows[np.arange(n), np.arange(n)] *= 6.0
    tariffs = draw.uniform(0.02, 0.1, (n, n, j))
    tariffs[np.arange(n), np.arange(n)] = 0.0
    tariffs[:, :, -1] = 0.0
    return World(flows, tariffs, None, None, ("USA", "CHN", "MEX"), SECTORS, "small")


def standoff(*standing: Measure) -> Standoff:
    """A position on the small world with elasticities of 3 to 6."""
    small = world()
    return Standoff(small, calibrate(small, elasticities=[3.0, 4.0, 5.0, 6.0]), standing)


def measure(id: str = "threat", by: str = "USA", on: str = "CHN", **given: object) -> Measure:
    """A threat of 25 % on all goods unless told otherwise."""
    if "goods" not in given:
        given = {"goods": {"all": True}, "add": 0.25, **given}
    return Measure.model_validate({"id": id, "by": by, "on": on, "status": "threatened", **given})


EVERY = [rule() for rule in RULES.values()]
