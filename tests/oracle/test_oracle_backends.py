"""NumPy and JAX run one set of equations: on every bundled world they find the same equilibrium."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.errors import DetenteError
from detente.model.benchmark import CLOSURES
from detente.solver.equilibrium import equilibrium
from detente.solver.fixed_point import HORIZONS
from jax_lab import solved_in_jax

WORLDS = tuple(dt.list_worlds()["name"])
SETS = tuple(dt.list_elasticities()["name"])


@pytest.mark.slow
@pytest.mark.parametrize("name", WORLDS)
def test_numpy_and_jax_agree(name: str) -> None:
    """Every set, closure and horizon; a tariff of 25 % on both sides of the largest two economies."""
    world = dt.load_world(name)
    first, second = np.argsort(-world.flows.sum((1, 2)))[:2]
    compared = 0
    for elasticities in SETS:
        for deficits in CLOSURES:
            try:
                economy = dt.calibrate(world, elasticities, deficits=deficits)
            except DetenteError:
                continue  # the set lacks a sector of this world
            t_cf = economy.t.copy()
            t_cf[first, second] += 0.25
            t_cf[second, first] += 0.25
            wedges = dt.Shock(t_cf=t_cf).wedges(economy)
            for horizon in HORIZONS:
                ours = equilibrium(economy, wedges, horizon)
                with solved_in_jax():
                    theirs = equilibrium(economy, wedges, horizon)
                for array in ("w_hat", "P_hat", "X_cf", "I_cf", "W_hat"):
                    np.testing.assert_allclose(getattr(ours, array), getattr(theirs, array), rtol=1e-11)
                compared += 1
    assert compared >= len(CLOSURES) * len(HORIZONS)
