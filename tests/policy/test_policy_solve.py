"""What a book hands to the model: two steps are one, and a part of a cell is never its average."""

from __future__ import annotations

import numpy as np
import pytest
from policy_lab import measure, mn, small_world

import detente as dt
from detente.policy.schedule import TariffBook

THETA = np.array([4.0, 6.0, 3.0, 5.0])


def test_a_step_and_the_next_are_both_at_once():
    world = small_world(11)
    half = mn(0.5 * world.flows[0, 1, :3].sum())
    book = TariffBook(
        world,
        [
            measure("a", add="25%", goods={"value": half, "basis": "world"}),
            measure("b", add="10%", goods={"sectors": ["C26"]}),
            measure("c", by="CHN", on="USA", add="20%", goods={"codes": [{"hs": "854231"}]}),
        ],
    )
    economy = dt.calibrate(world, elasticities=THETA)
    at_once = dt.solve(economy, book.shock(("a", "b", "c")))
    first = dt.solve(economy, book.shock(("a",)))
    then = dt.solve(economy.at(first), book.shock(("a", "b", "c"), start=("a",), theta=THETA))
    np.testing.assert_allclose(first.W_hat * then.W_hat, at_once.W_hat, rtol=1e-9)
    back = dt.solve(economy.at(at_once), book.shock((), start=("a", "b", "c"), theta=THETA))
    np.testing.assert_allclose(at_once.W_hat * back.W_hat, 1.0, rtol=1e-9)


def test_a_part_that_is_covered_gains_less_than_its_average_rate_on_everything():
    world = small_world(12)
    value = mn(0.3 * world.flows[0, 1, :3].sum())
    book = TariffBook(world, [measure("m", add="25%", goods={"value": value, "basis": "world"})])
    economy = dt.calibrate(world, elasticities=THETA)
    covered = dt.solve(economy, book.shock(("m",)))
    averaged = dt.solve(economy, dt.Shock(t_cf=book.tariffs(("m",))))
    assert covered.W_hat[0] < averaged.W_hat[0]  # goods that pay nothing take the place of those that pay
    assert covered.pi_cf[0, 1, 1] > averaged.pi_cf[0, 1, 1]


@pytest.mark.parametrize("rate", ["25%", "-5%"])
def test_the_same_measure_by_value_by_sector_and_by_all_goods(rate):
    world = small_world(13)
    economy = dt.calibrate(world, elasticities=THETA)
    total = mn(world.flows[0, 1, :3].sum())
    forms = [{"all": True}, {"sectors": ["C24A", "C26", "C28"]}, {"value": total, "basis": "world"}]
    gains = [
        dt.solve(economy, TariffBook(world, [measure("m", add=rate, goods=goods)]).shock(("m",))).W_hat
        for goods in forms
    ]
    np.testing.assert_allclose(gains[1], gains[0], rtol=1e-10)
    np.testing.assert_allclose(gains[2], gains[0], rtol=1e-10)
