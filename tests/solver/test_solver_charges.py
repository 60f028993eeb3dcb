"""Export charges: slopes against differences, the split of real income, and what refuses them."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.data.bundled import toy_world
from detente.errors import BadEconomy, BadShock
from detente.solver.adjoint import bilateral_balance, log_real_income, log_slopes

CELLS = ((0, 1, 0), (2, 3, 1), (1, 0, 2))


@pytest.fixture(scope="module")
def economy() -> dt.Economy:
    return dt.calibrate(toy_world(23, n=4, j=3, empty=1), np.array([3.0, 5.0, 8.0]))


def charges(economy: dt.Economy) -> np.ndarray:
    e_cf = np.zeros(economy.t.shape)
    e_cf[0, 1] = 0.3
    e_cf[2, 3] = 0.1
    return e_cf


def test_slopes_over_charges_and_tariffs_are_those_of_whole_solves(economy: dt.Economy) -> None:
    t_cf, e_cf = economy.t.copy(), charges(economy)
    t_cf[0, 1] += 0.2
    shock = dt.Shock(t_cf=t_cf, e_cf=e_cf)
    solution = dt.solve(economy, shock)
    for outcome, read in (
        (log_real_income(economy, "E2"), lambda s: float(np.log(s.W_hat[1]))),
        (bilateral_balance(economy, "E1", "E2"), lambda s: s.balance("E1", "E2")[1]),
    ):
        found = log_slopes(economy, shock, outcome, solution)
        assert found.charges is not None
        for cell in CELLS:
            for which, slope in (("e_cf", found.charges[cell]), ("t_cf", found.whole[cell])):
                value = {}
                for k in (-2, -1, 1, 2):
                    moved = {"t_cf": t_cf.copy(), "e_cf": e_cf.copy()}
                    moved[which][cell] = (1 + moved[which][cell]) * np.exp(1e-3 * k) - 1
                    value[k] = read(dt.solve(economy, dt.Shock(**moved)))
                expected = (8 * (value[1] - value[-1]) - (value[2] - value[-2])) / 12e-3
                np.testing.assert_allclose(slope, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("horizon", ["long", "short"])
def test_the_split_of_real_income_adds_up(economy: dt.Economy, horizon: str) -> None:
    """The exporter's rents are terms of trade to it, what it no longer sells is volume; parts keep their tariffs."""
    t = float(economy.t[0, 1, 1])
    parts = dt.Parts([0, 0], [1, 1], [1, 1], [0.4, 0.6], [t, t], [t + 0.3, t])
    for shock in (dt.Shock(e_cf=charges(economy)), dt.Shock(e_cf=charges(economy), parts=parts)):
        table = dt.decompose(economy, shock, horizon=horizon)  # type: ignore[arg-type]
        np.testing.assert_allclose(table["total"], table["exact"], atol=1e-6)
        terms = table.set_index("economy")["terms_of_trade"]
        assert terms["E2"] > 0 > terms["E1"]


def test_a_charge_on_part_of_a_cell_falls_on_every_part(economy: dt.Economy) -> None:
    """Splitting a cell into parts that are treated alike changes nothing under a charge."""
    t = float(economy.t[0, 1, 1])
    parts = dt.Parts([0, 0], [1, 1], [1, 1], [0.4, 0.6], [t, t], [t, t])
    one = dt.solve(economy, dt.Shock(e_cf=charges(economy)))
    two = dt.solve(economy, dt.Shock(e_cf=charges(economy), parts=parts))
    np.testing.assert_allclose(two.W_hat, one.W_hat, rtol=1e-12)


def test_governments_choose_around_a_restraint(economy: dt.Economy) -> None:
    """A best answer against an economy that charges: the search agrees with itself, and the rents are still there."""
    start = dt.Shock(e_cf=charges(economy))
    answer = dt.best_response(economy, "E1", against=["E2"], start=start)
    assert answer.certificate.agrees
    assert answer.solution.rents_cf[1] > 0
    again = dt.solve(economy, dt.Shock(t_cf=answer.tariffs, e_cf=charges(economy)))
    np.testing.assert_allclose(again.W_hat, answer.solution.W_hat, rtol=1e-8)


def test_nothing_charged_is_the_default_path(economy: dt.Economy) -> None:
    shock = dt.Shock(e_cf=np.zeros(economy.t.shape))
    assert shock.wedges(economy).h is None
    np.testing.assert_array_equal(dt.solve(economy, shock).W_hat, dt.solve(economy, dt.Shock()).W_hat)


def test_the_table_of_economies_shows_the_rents(economy: dt.Economy) -> None:
    solution = dt.solve(economy, dt.Shock(e_cf=charges(economy)))
    table = solution.economies().set_index("economy")
    sources = ["revenue_after", "rents_after", "deficit_after"]
    np.testing.assert_allclose(table["income_after"], table[sources].sum(axis=1) + solution.w_hat * economy.wL)
    np.testing.assert_allclose(
        table["imports_after"] - table["exports_after"], table["deficit_after"], atol=1e-6 * economy.wL.sum()
    )


def test_charges_refused(economy: dt.Economy) -> None:
    own = charges(economy)
    own[3, 3, 0] = 0.1
    with pytest.raises(BadShock, match="E4 sells to itself in S1"):
        dt.Shock(e_cf=own).wedges(economy)
    with pytest.raises(BadShock, match="e_cf has shape"):
        dt.Shock(e_cf=[0.1]).wedges(economy)
    with pytest.raises(BadShock, match="e_cf holds -1"):
        dt.Shock(e_cf=charges(economy) - 1.0)
    solution = dt.solve(economy, dt.Shock(e_cf=charges(economy)))
    with pytest.raises(BadEconomy, match="no benchmark holds"):
        economy.at(solution)
