import dataclasses

import numpy as np
import pandas as pd
import pytest

from detente.data.bundled import toy_world
from detente.data.world import Provenance, World
from detente.errors import BadTable, BadWorld, UnknownEconomy, UnknownSector


def parts(world, **changed):
    given = {
        "flows": world.flows.copy(),
        "tariffs": world.tariffs.copy(),
        "io": world.io.copy(),
        "value_added": world.value_added.copy(),
        "economies": world.economies,
        "sectors": world.sectors,
    }
    return given | changed


@pytest.fixture
def toy():
    return toy_world(1, n=3, j=2)


def test_a_world_is_read_only_and_keeps_no_hold_of_what_it_was_given(toy):
    flows = toy.flows.copy()
    world = World(**parts(toy, flows=flows))
    flows[0, 1, 0] = 7.0
    assert world.flows[0, 1, 0] == toy.flows[0, 1, 0]
    for name in ("flows", "tariffs", "io", "value_added"):
        array = getattr(world, name)
        assert array.dtype == np.float64
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        world.year = 2000


def test_single_precision_and_lists_become_double(toy):
    world = World(**parts(toy, flows=toy.flows.astype(np.float32), tariffs=toy.tariffs.tolist()))
    assert world.flows.dtype == world.tariffs.dtype == np.float64


def test_without_io_value_added_is_output():
    world = World(np.ones((2, 2, 1)), np.zeros((2, 2, 1)), economies=["A", "B"], sectors=["S"])
    assert world.io.shape == (2, 1, 1)
    assert not world.io.any()
    assert world.value_added.tolist() == [[2.0], [2.0]]
    world.check()
    with pytest.raises(BadWorld, match="io is given without value_added"):
        World(np.ones((2, 2, 1)), np.zeros((2, 2, 1)), np.zeros((2, 1, 1)), economies=["A", "B"], sectors=["S"])


@pytest.mark.parametrize("name", ["flows", "tariffs", "io", "value_added"])
def test_nan_is_refused_and_named(toy, name):
    array = getattr(toy, name).copy()
    array.flat[1] = np.nan
    with pytest.raises(BadWorld, match=r"(of E1|of E1: input).*(S1|S2).*NaN or infinite \(1 such cells\)"):
        World(**parts(toy, **{name: array}))


@pytest.mark.parametrize("name", ["flows", "io", "value_added"])
def test_negative_values_are_refused_and_the_worst_named(toy, name):
    array = getattr(toy, name).copy()
    array.flat[0], array.flat[-1] = -1.0, -5.0
    with pytest.raises(BadWorld, match=r"E3.*S2.* is -5, negative \(2 such cells\)"):
        World(**parts(toy, **{name: array}))


def test_a_tariff_of_minus_one_hundred_percent_is_refused_but_a_subsidy_is_not(toy):
    tariffs = toy.tariffs.copy()
    tariffs[0, 1, 0] = -0.5
    assert World(**parts(toy, tariffs=tariffs)).tariffs[0, 1, 0] == -0.5
    tariffs[0, 1, 0] = -1.0
    with pytest.raises(BadWorld, match="tariffs of E1 from E2 in S1 is -1, at or under −100 %"):
        World(**parts(toy, tariffs=tariffs))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"economies": ("E1", "E2")}, r"flows has the shape \(3, 3, 2\), not \(2, 2, 2\)"),
        ({"sectors": ("S1", "S1")}, "S1 more than once"),
        ({"sectors": ()}, "sectors is empty"),
        ({"economies": ("E1", "E2", 3)}, "economies holds 3: names are text"),
        ({"economies": ("E1", "E2", " ")}, "names are text"),
        ({"economies": "ABC"}, "is the text 'ABC': give a list"),
        ({"flows": "many"}, "flows holds no numbers"),
        ({"value_added": np.ones((2, 3))}, r"value_added has the shape \(2, 3\)"),
        ({"moved": pd.DataFrame({"a": [1]})}, "moved has the columns"),
    ],
)
def test_arrays_and_labels_have_to_fit(toy, changed, says):
    with pytest.raises(BadWorld, match=says):
        World(**parts(toy, **changed))


def test_positions_of_codes_and_goods(toy):
    assert toy.index("E2") == 1
    assert toy.sector_index("S2") == 1
    with pytest.raises(UnknownEconomy, match="did you mean 'E1'"):
        toy.index("e1")
    with pytest.raises(UnknownSector):
        toy.sector_index("C26")
    assert toy.goods == ("S1", "S2")
    with_services = World(**parts(toy, sectors=("C26", "SERV")))
    assert with_services.goods == ("C26",)
    assert World(**parts(toy), services=["S1"]).goods == ("S2",)
    with pytest.raises(UnknownSector, match="services names"):
        World(**parts(toy), services=["S9"])
    assert repr(toy) == "World('toy-1': 3 economies × 2 sectors)"


def test_check_names_the_worst_cell_its_gap_and_the_remedy(toy):
    toy.check()
    added = toy.value_added.copy()
    added[1, 0] *= 1.001
    added[2, 1] *= 1.5
    with pytest.raises(BadWorld, match=r"output of E3 in S2 .* a gap of \d+\.\d+% \(2 such cells\).*balance"):
        World(**parts(toy, value_added=added)).check()


def test_check_allows_single_precision_and_no_more(toy):
    output = toy.output
    near, far = toy.value_added.copy(), toy.value_added.copy()
    near[0, 0] += 5e-7 * output[0, 0]
    far[0, 0] += 2e-6 * output[0, 0]
    World(**parts(toy, value_added=near)).check()
    with pytest.raises(BadWorld, match="E1 in S1"):
        World(**parts(toy, value_added=far)).check()


def overdrawn():
    """A world where E1 spends 2 on S1 while its firms use 5 of it; what sells is what it costs."""
    flows = np.zeros((2, 2, 2))
    flows[0, 0], flows[1, 1], flows[0, 1, 0] = [1.0, 10.0], [4.0, 4.0], 1.0
    io = np.zeros((2, 2, 2))
    io[0, 0, 1] = 5.0
    added = flows.sum(axis=0) - io.sum(axis=1)
    return World(flows, np.zeros((2, 2, 2)), io, added, ["E1", "E2"], ["S1", "S2"])


def test_check_refuses_negative_final_demand():
    with pytest.raises(BadWorld, match=r"firms of E1 use 5 .* of S1 .* only 2 .* final demand is negative by 60.00%"):
        overdrawn().check()


def test_check_refuses_an_economy_that_sells_and_earns_nothing():
    flows = np.array([[[1.0], [1.0]], [[1.0], [3.0]]])
    with pytest.raises(BadWorld, match="E1 sells but has no value added"):
        World(
            flows,
            np.zeros((2, 2, 1)),
            np.array([[[2.0]], [[1.0]]]),
            np.array([[0.0], [3.0]]),
            ["E1", "E2"],
            ["S"],
        ).check()


def test_a_sector_that_costs_but_sells_nothing_is_refused():
    toy = toy_world(3, n=3, j=3, empty=[(0, 1)])
    toy.check()
    added = toy.value_added.copy()
    added[0, 1] = 4.0
    with pytest.raises(BadWorld, match=r"output of E1 in S2 is 0 .* gap of 100.00%"):
        World(**parts(toy, value_added=added)).check()


def test_balance_changes_nothing_that_closes(toy):
    assert toy.balance() is toy


@pytest.mark.parametrize("seed", range(8))
def test_balance_closes_any_accounts_and_lists_every_move(seed):
    toy = toy_world(seed, n=3, j=3, empty=1)
    draw = np.random.default_rng(seed)
    io = toy.io * draw.uniform(0.2, 4.0, toy.io.shape)
    added = toy.value_added * draw.uniform(0.0, 2.0, toy.value_added.shape)
    open_world = World(**parts(toy, io=io, value_added=added))
    with pytest.raises(BadWorld):
        open_world.check()
    closed = open_world.balance()
    closed.check()
    np.testing.assert_array_equal(closed.flows, toy.flows)
    np.testing.assert_array_equal(closed.tariffs, toy.tariffs)
    moved = int((closed.io != io).sum() + (closed.value_added != added).sum())
    assert len(closed.moved) == moved > 0
    assert f"changed {moved} cells" in closed.provenance.replaced[-1]
    row = closed.moved[closed.moved["account"] == "value_added"].iloc[0]
    at = closed.index(row["importer"]), closed.sector_index(row["sector"])
    assert (row["old"], row["new"]) == (added[at], closed.value_added[at])


def test_balance_cuts_inputs_to_what_is_spent():
    bad = overdrawn()
    closed = bad.balance()
    closed.check()
    assert closed.io[0, 0].sum() == pytest.approx(closed.expenditure[0, 0])
    np.testing.assert_allclose(closed.output, bad.output)
    again = World(**parts(closed), moved=closed.moved)
    assert again.balance() is again


def test_output_without_costs_becomes_value_added():
    toy = toy_world(2, n=2, j=1, io=False)
    added = toy.value_added.copy()
    added[0, 0] = 0.0
    closed = World(**parts(toy, value_added=added)).balance()
    np.testing.assert_allclose(closed.value_added, toy.value_added)


def test_provenance_reads_back_and_refuses_other_keys():
    provenance = Provenance("a", "b", "c", "d", ("e",), ("f", "g"), ())
    assert Provenance.from_dict(provenance.as_dict()) == provenance
    assert provenance.with_notes("n").notes == ("n",)
    with pytest.raises(BadTable, match="keys author"):
        Provenance.from_dict({"author": "x"})
    with pytest.raises(BadTable, match="nothing else"):
        Provenance.from_dict({"source": 3})
