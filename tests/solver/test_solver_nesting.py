"""Listed goods as products of their own: against a world that has them as sectors, and where nothing may change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import detente as dt
from detente.data.bundled import toy_world
from detente.errors import BadInput
from detente.solver.nesting import product_nest

THETA = np.array([3.0, 5.0, 8.0])
SHARE = 0.3
SAME = 1e-8
"""Two ways to one equilibrium, each closed to 1e-9 of every account."""


@pytest.fixture(scope="module")
def world() -> dt.World:
    return toy_world(37, n=4, j=3, highest_tariff=0.3)


def listed(economy: dt.Economy, importer: int = 0, sector: int = 0, share: float = SHARE, add: float = 0.5) -> dt.Shock:
    """A duty on a share of one cell of E2's goods."""
    t = economy.t[importer, 1, sector]
    rows = ([share, 1 - share], [t, t], [t + add, t]) if share < 1 else ([1.0], [t], [t + add])
    size = len(rows[0])
    return dt.Shock(parts=dt.Parts([importer] * size, [1] * size, [sector] * size, *rows))


def divided(world: dt.World, shares: np.ndarray) -> dt.World:
    """The world with its first sector as two: flows and purchases of inputs (n,) are divided by what each buys."""
    flows, tariffs, io, value_added = (np.array(a) for a in (world.flows, world.tariffs, world.io, world.value_added))
    first = shares[:, None, None]
    flows = np.concatenate([flows[:, :, :1] * first, flows[:, :, :1] * (1 - first), flows[:, :, 1:]], axis=2)
    tariffs = np.concatenate([tariffs[:, :, :1], tariffs], axis=2)
    io = np.concatenate([io[:, :1] * first, io[:, :1] * (1 - first), io[:, 1:]], axis=1)
    made = flows[:, :, 0].sum(0) / flows[:, :, :2].sum((0, 2))  # what part of its output each makes of the first
    io = np.concatenate([io[:, :, :1] * made[:, None, None], io[:, :, :1] * (1 - made)[:, None, None], io[:, :, 1:]], 2)
    whole = value_added[:, :1]
    value_added = np.concatenate([whole * made[:, None], whole * (1 - made)[:, None], value_added[:, 1:]], axis=1)
    sectors = ("listed", "other", *world.sectors[1:])
    return dt.World(
        flows=flows, tariffs=tariffs, io=io, value_added=value_added, economies=world.economies, sectors=sectors
    )


@pytest.mark.parametrize("deficits", ["fixed", "proportional", "balanced"])
def test_it_is_the_world_that_has_the_products_as_sectors(world: dt.World, deficits: Any) -> None:
    """Whatever other buyers' lists say: their products cost the same and pay the same duties."""
    economy = dt.calibrate(world, THETA, deficits=deficits)
    nested = dt.solve(*product_nest(economy, listed(economy)))
    theta = np.r_[THETA[0], THETA]
    for others in (SHARE, 0.6):
        shares = np.full(len(world.economies), others)
        shares[0] = SHARE
        apart = dt.calibrate(divided(world, shares), theta, deficits=deficits)
        t_cf = apart.t.copy()
        t_cf[0, 1, 0] += 0.5
        np.testing.assert_allclose(nested.W_hat, dt.solve(apart, dt.Shock(t_cf=t_cf)).W_hat, rtol=SAME)
    flat = dt.solve(economy, listed(economy))
    assert np.abs(nested.W_hat / flat.W_hat - 1).max() > 1e-6, "the nest matters"


def test_each_buyer_spends_the_same_share_of_final_demand_on_each_product(world: dt.World) -> None:
    plain = dt.World(
        flows=world.flows, tariffs=world.tariffs, io=None, value_added=None, economies=world.economies,
        sectors=world.sectors,
    )  # fmt: skip
    economy = dt.calibrate(plain, THETA)
    new, shock = product_nest(economy, listed(economy))
    assert new.sectors[:2] == ("S1: listed", "S1: other")
    solution = dt.solve(new, shock)
    np.testing.assert_allclose(solution.X_cf[:, 0] / solution.X_cf[:, :2].sum(1), SHARE, rtol=SAME)
    np.testing.assert_allclose(new.M[:, :, :2].sum(2), economy.M[:, :, 0], rtol=1e-12)


def test_no_shock_moves_nothing_and_the_benchmark_closes(world: dt.World) -> None:
    economy = dt.calibrate(world, THETA)
    new, shock = product_nest(economy, listed(economy))
    assert new.open_account[0] < 1e-9
    still = dt.solve(new, dt.Shock(t_cf=new.t))
    np.testing.assert_allclose(still.W_hat, 1.0, atol=1e-9)
    assert shock.parts is not None
    np.testing.assert_allclose(shock.parts.s, 1.0)


def test_a_cell_that_is_covered_whole_stays_one_product(world: dt.World) -> None:
    economy = dt.calibrate(world, THETA)
    shock = listed(economy, share=1.0)
    new, same = product_nest(economy, shock)
    assert new.sectors == economy.sectors
    np.testing.assert_allclose(dt.solve(new, same).W_hat, dt.solve(economy, shock).W_hat, rtol=1e-12)


def test_parts_with_duties_of_their_own_keep_them_in_each_product(world: dt.World) -> None:
    """Two listed parts under other duties and one that is not listed; their average is the benchmark's."""
    economy = dt.calibrate(world, THETA)
    t, s = np.array([0.0, 0.2, 0.1]), np.array([0.2, 0.3, 0.5])
    v = float((s / (1 + t)).sum())
    t = (1 + t) * v * (1 + economy.t[0, 1, 0]) - 1
    shock = dt.Shock(parts=dt.Parts([0] * 3, [1] * 3, [0] * 3, s, t, t + np.array([0.25, 0.1, 0.0])))
    new, moved = product_nest(economy, shock)
    assert moved.parts is not None
    np.testing.assert_allclose(moved.parts.s, [0.4, 0.6, 1.0])
    np.testing.assert_array_equal(moved.parts.j, [0, 0, 1])
    assert new.t[0, 1, 1] == pytest.approx(t[2], rel=1e-9)
    assert dt.solve(new, moved).outcome is dt.Outcome.SOLVED


def test_what_it_cannot_take_is_refused(world: dt.World) -> None:
    economy = dt.calibrate(world, THETA)
    with pytest.raises(BadInput, match="needs a shock of parts alone"):
        product_nest(economy, dt.Shock(t_cf=economy.t))
    flows = np.array(world.flows)
    firms = dt.Economy.monopolistic(
        flows, np.zeros(flows.shape), THETA + 1, economies=world.economies, sectors=world.sectors
    )
    with pytest.raises(BadInput, match="fixed number of firms"):
        product_nest(firms, listed(firms))
