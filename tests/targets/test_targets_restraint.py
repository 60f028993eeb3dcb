"""Export restraints: the mirror of a tariff, whose rents the exporter keeps."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from targets.targets_lab import economy_of, moving

ONE, OTHER = "E1", "E2"
CHANGE = 30.0


@pytest.fixture(scope="module")
def economy() -> dt.Economy:
    return economy_of(empty=0)


@pytest.fixture(scope="module")
def restraint(economy: dt.Economy) -> dt.Target:
    return dt.reach(economy, moving(economy, CHANGE), by="restraint")


def test_the_balance_moves_at_the_border(economy: dt.Economy, restraint: dt.Target) -> None:
    before, after = restraint.solution.balance(ONE, OTHER)
    assert restraint.met
    np.testing.assert_allclose(after - before, CHANGE, rtol=1e-7)
    assert list(restraint.rates["set_by"]) == [OTHER]
    assert restraint.solution.gap <= 1e-9


def test_the_shock_of_a_restraint_is_that_of_its_rate(economy: dt.Economy, restraint: dt.Target) -> None:
    e_cf = np.zeros(economy.t.shape)
    e_cf[economy.index(ONE), economy.index(OTHER)] = float(restraint.rates["rate"][0])
    again = dt.solve(economy, dt.Shock(e_cf=e_cf))
    np.testing.assert_allclose(again.W_hat, restraint.solution.W_hat, rtol=1e-9)


def test_rents_are_what_buyers_pay_over_what_producers_receive(economy: dt.Economy, restraint: dt.Target) -> None:
    table = restraint.economies().set_index("economy")
    e = float(restraint.rates["rate"][0])
    paid = float(restraint.solution.M_cf[economy.index(ONE), economy.index(OTHER)].sum())
    np.testing.assert_allclose(table.loc[OTHER, "rents"], e / (1 + e) * paid, rtol=1e-7)
    assert (table["rents"].drop(OTHER) == 0).all()


def test_who_keeps_the_wedge_gains_by_it(economy: dt.Economy, restraint: dt.Target) -> None:
    """The same balance by a tariff is better for the importer and worse for the exporter, whose rents it takes."""
    tariff = dt.reach(economy, moving(economy, CHANGE)).economies().set_index("economy")["real_income"]
    held_back = restraint.economies().set_index("economy")["real_income"]
    assert tariff[ONE] > held_back[ONE]
    assert tariff[OTHER] < held_back[OTHER]


def test_a_restraint_on_top_of_another(economy: dt.Economy, restraint: dt.Target) -> None:
    """Half of the way is there already; what is charged on top multiplies to the same world."""
    half = dt.reach(economy, moving(economy, 0.5 * CHANGE), by="restraint")
    rest = dt.reach(economy, moving(economy, CHANGE), by="restraint", start=half.shock)
    one, other = float(half.rates["rate"][0]), float(rest.rates["rate"][0])
    np.testing.assert_allclose((1 + one) * (1 + other) - 1, float(restraint.rates["rate"][0]), rtol=1e-6)
    np.testing.assert_allclose(rest.solution.W_hat, restraint.solution.W_hat, rtol=1e-8)


def test_purchases_are_not_reached_by_holding_back_exports(economy: dt.Economy) -> None:
    with pytest.raises(dt.BadInput, match="lowers what is bought"):
        dt.reach(economy, dt.Purchases(ONE, OTHER, 1.0), by="restraint")
