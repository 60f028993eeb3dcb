"""What the front doors of the model refuse: objects of another kind, accounts that do not close, other economies."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.data.bundled import toy_world
from detente.errors import BadEconomy, BadInput, BadShock, BadWorld, UnknownEconomy, UnknownWorld
from detente.solver.adjoint import log_real_income
from detente.solver.solution import goods

THETA = (4.0, 6.0)


@pytest.fixture(scope="module")
def world():
    return toy_world(3)


@pytest.fixture(scope="module")
def economy(world):
    return dt.calibrate(world, THETA)


@pytest.fixture(scope="module")
def factual(economy):
    return dt.solve(economy, dt.Shock())


@pytest.mark.parametrize("name", [None, 3, ["icio-2017"], float("nan"), "icio"])
def test_a_world_is_called_by_its_name(name):
    with pytest.raises(UnknownWorld, match="not a known world"):
        dt.load_world(name)


@pytest.mark.parametrize("factor", [2.0, 1.01, 1 + 2e-6])
def test_a_world_whose_accounts_do_not_close_is_not_calibrated(world, factor):
    """Value added would else be what output leaves over inputs, whatever the world says it is."""
    parts = {name: getattr(world, name) for name in ("flows", "tariffs", "io", "economies", "sectors")}
    with pytest.raises(BadWorld, match="its inputs and value added sum to"):
        dt.calibrate(dt.World(**parts, value_added=factor * world.value_added), THETA)


def test_an_economy_without_purchases_is_not_calibrated(world):
    flows = world.flows * np.array([0.0, 1.0, 1.0])[:, None, None]
    idle = dt.World(flows, world.tariffs, economies=world.economies, sectors=world.sectors)
    with pytest.raises(BadWorld, match="E1 buys nothing for final use"):
        dt.calibrate(idle, THETA)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"world": "icio-2017"}, "world is 'icio-2017': give a World"),
        ({"elasticities": ["four", "six"]}, "theta holds no numbers"),
        ({"elasticities": {"S1": 4.0, "S2": 6.0}}, "theta holds no numbers"),
        ({"structure": "monopolistic"}, "has input links, which the monopolistic structure has not"),
        ({"structure": "armington"}, "choose one of ricardian, monopolistic"),
    ],
)
def test_calibration_says_what_it_needs(world, given, says):
    with pytest.raises(BadInput, match=says):
        dt.calibrate(**{"world": world, "elasticities": THETA, **given})


@pytest.mark.parametrize("deficits", ["fixed", "balanced"])
def test_a_world_without_input_links_has_either_structure(deficits):
    world = toy_world(3, io=False)
    one = dt.calibrate(world, THETA, structure="monopolistic", deficits=deficits)
    names = {"economies": world.economies, "sectors": world.sectors}
    other = dt.Economy.monopolistic(world.flows, world.tariffs, 1 + np.array(THETA), deficits, **names)
    for name in ("pi", "X", "wL", "alpha", "theta", "t", "D", "profit_share"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.provenance["world"] == world.name
    assert one.profits.min() > 0 == dt.calibrate(world, THETA).profits.max()


SHARES = ("pi", "X", "wL", "gamma_va", "gamma_io", "alpha", "theta", "t", "D", "economies", "sectors")


@pytest.mark.parametrize("name", SHARES[:-2])
@pytest.mark.parametrize("given", ["x", [[1.0], [1.0, 2.0]], None, 1j])
def test_shares_are_numbers(economy, name, given):
    with pytest.raises(BadEconomy, match=f"{name} holds no numbers"):
        dt.Economy(**{key: getattr(economy, key) for key in SHARES} | {name: given})


@pytest.mark.parametrize("given", ["ABC", None, 3, ["A", "B", 3], ["A", "B", " "], ["A", "A", "B"], []])
def test_economies_are_a_list_of_names(economy, given):
    with pytest.raises(BadEconomy):
        dt.Economy(**{key: getattr(economy, key) for key in SHARES} | {"economies": given})


@pytest.mark.parametrize(
    "changed",
    [
        {"sigma": "three"},
        {"sigma": [np.inf, 3.0]},
        {"tariffs": np.full((3, 3, 2), np.nan)},
        {"trade": np.zeros((3, 3, 2))},
        {"economies": None},
    ],
)
def test_the_monopolistic_structure_says_what_it_needs(world, changed):
    parts = {"trade": world.flows, "tariffs": world.tariffs, "sigma": (3.0, 5.0)}
    names = {"economies": world.economies, "sectors": world.sectors}
    with pytest.raises(BadEconomy):
        dt.Economy.monopolistic(**parts | names | changed)


CELL = {"n": [0], "i": [1], "j": [0], "s": [1.0], "t": [0.0], "t_cf": [0.1]}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"n": [0.5]}, "not a whole number"),
        ({"n": [np.nan]}, "not a whole number"),
        ({"n": ["a"]}, "parts' n holds no numbers"),
        ({"n": [0, 1]}, "give one row a part"),
        ({name: value[0] for name, value in CELL.items()}, "give one row a part"),
    ],
)
def test_parts_are_rows_of_positions_and_rates(changed, says):
    with pytest.raises(BadShock, match=says):
        dt.Parts(**CELL | changed)


ALL = np.ones((3, 3, 2))


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        (3, "no list of triples"),
        ([(ALL, ALL)], "no list of triples"),
        ([None], "no list of triples"),
        ("abc", "no list of triples"),
        ([(ALL, ALL[:2], ALL)], "of one shape"),
        ([(ALL / 2, 0.0, 0.1), (ALL[:2] / 2, 0.0, 0.1)], "of one shape"),
        ([("a", "b", "c")], "holds no numbers"),
        ([], "an empty list"),
    ],
)
def test_dense_parts_are_triples_of_one_shape(parts, says):
    with pytest.raises(BadShock, match=says):
        dt.Shock(parts=parts)


def test_no_parts_at_all_change_nothing(economy):
    none = dt.Parts(*([] for _ in CELL))
    assert len(none.at(economy.theta).s) == 0
    np.testing.assert_allclose(dt.solve(economy, dt.Shock(parts=none)).W_hat, 1.0, rtol=0, atol=1e-9)
    assert not none.n.flags.writeable


@pytest.mark.parametrize("name", ["t_cf", "d_hat", "D_cf", "e_cf"])
def test_a_shock_is_of_real_numbers(name):
    with pytest.raises(BadShock, match=f"{name} holds no numbers"):
        dt.Shock(**{name: ALL + 1j})


def test_doors_take_what_their_signatures_say(economy, world, factual):
    for call, says in (
        (lambda: dt.solve(world, dt.Shock()), "economy is of type World: give an Economy"),
        (lambda: dt.solve(economy, economy.t), "shock is of type ndarray: give a Shock"),
        (lambda: dt.solve(economy, dt.Shock(), start=3), "start is 3: give a Solution"),
        (lambda: dt.decompose(economy, 3), "shock is 3: give a Shock"),
        (lambda: dt.gradient(economy, dt.Shock(), "real income"), "give a criterion"),
        (lambda: factual.balance("E1", "E1"), "needs two economies"),
        (lambda: factual.ledger("E1", float("nan")), "households is nan"),
    ):
        with pytest.raises(BadInput, match=says):
            call()
    with pytest.raises(UnknownEconomy, match="3 is not a known economy"):
        factual.balance("E1", 3)


def test_a_solution_of_another_economy_or_horizon_is_no_start(economy, factual):
    other = dt.calibrate(toy_world(3, j=1), (4.0,))
    for call in (
        lambda: dt.solve(other, dt.Shock(), start=factual),
        lambda: dt.solve(economy, dt.Shock(), start=factual, horizon="short"),
        lambda: dt.decompose(other, dt.Shock(), solution=factual),
        lambda: dt.gradient(other, dt.Shock(), log_real_income(other, "E1"), solution=factual),
    ):
        with pytest.raises(BadInput, match="give one of the same economy and horizon"):
            call()


def test_services_are_what_the_sector_table_calls_so(world):
    mixed = dt.World(world.flows, world.tariffs, economies=world.economies, sectors=["C26", "K"])
    assert goods(dt.calibrate(mixed, THETA)) == ("C26",)
