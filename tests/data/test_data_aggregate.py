import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.data.bundled import toy_world
from detente.data.merging import summed
from detente.data.world import World
from detente.errors import BadInput, UnknownEconomy, UnknownSector


def revenue(world):
    return (world.flows * world.tariffs).sum()


def imports_less_exports(world):
    """Net of tariffs, by economy, trade inside it included on both sides."""
    return world.flows.sum(axis=(1, 2)) - world.flows.sum(axis=(0, 2))


@st.composite
def worlds_and_groups(draw):
    n, j = draw(st.integers(2, 5)), draw(st.integers(1, 4))
    world = toy_world(draw(st.integers(0, 10_000)), n=n, j=j, io=draw(st.booleans()), empty=0 if j == 1 else 1)
    economies = draw(st.permutations(world.economies))
    sectors = draw(st.permutations(world.sectors))
    cut, cut_s = draw(st.integers(1, n)), draw(st.integers(1, j))
    return world, {"EUN": list(economies[:cut])}, {"ALL": list(sectors[:cut_s])}


@given(worlds_and_groups())
def test_sums_revenue_and_closed_accounts_survive(case):
    world, economies, sectors = case
    merged = world.aggregate(economies=economies, sectors=sectors)
    merged.check()
    for name in ("flows", "io", "value_added"):
        assert getattr(merged, name).sum() == pytest.approx(getattr(world, name).sum(), rel=1e-12)
    assert revenue(merged) == pytest.approx(revenue(world), rel=1e-12)
    assert merged.expenditure.sum() == pytest.approx(world.expenditure.sum(), rel=1e-12)
    members = [world.index(code) for code in economies["EUN"]]
    assert imports_less_exports(merged)[merged.index("EUN")] == pytest.approx(
        imports_less_exports(world)[members].sum(), rel=1e-9, abs=1e-9
    )


@given(worlds_and_groups(), st.randoms())
def test_the_order_of_members_changes_nothing(case, shuffle):
    world, economies, sectors = case
    once = world.aggregate(economies=economies, sectors=sectors)
    for members in (economies["EUN"], sectors["ALL"]):
        shuffle.shuffle(members)
    again = world.aggregate(economies=economies, sectors=sectors)
    assert (once.economies, once.sectors) == (again.economies, again.sectors)
    for name in ("flows", "tariffs", "io", "value_added"):
        np.testing.assert_array_equal(getattr(once, name), getattr(again, name))


def test_two_steps_are_one():
    world = toy_world(5, n=4, j=3)
    both = world.aggregate(economies={"X": ["E1", "E3"]}, sectors={"T": ["S2", "S3"]})
    steps = world.aggregate(sectors={"T": ["S2", "S3"]}).aggregate(economies={"X": ["E1", "E3"]})
    for name in ("flows", "tariffs", "io", "value_added"):
        np.testing.assert_allclose(getattr(both, name), getattr(steps, name), rtol=1e-12)


def test_what_is_not_named_stays_to_the_last_bit():
    world = toy_world(6, n=4, j=3)
    merged = world.aggregate(economies={"X": ["E4", "E2"]})
    assert merged.economies == ("E1", "X", "E3")
    kept, was = [0, 2], [0, 2]
    np.testing.assert_array_equal(merged.flows[np.ix_(kept, kept)], world.flows[np.ix_(was, was)])
    np.testing.assert_array_equal(merged.tariffs[np.ix_(kept, kept)], world.tariffs[np.ix_(was, was)])
    same = world.aggregate()
    np.testing.assert_array_equal(same.tariffs, world.tariffs)


def test_trade_inside_a_merger_is_own_sales_that_keep_their_tariff():
    flows = np.array([[10.0, 2.0, 1.0], [3.0, 20.0, 1.0], [1.0, 1.0, 5.0]])[:, :, None]
    tariffs = np.array([[0.0, 0.5, 0.1], [0.1, 0.0, 0.3], [0.2, 0.4, 0.0]])[:, :, None]
    world = World(flows, tariffs, economies=["A", "B", "C"], sectors=["S"])
    merged = world.aggregate(economies={"AB": ["A", "B"]})
    inside = 2.0 * 0.5 + 3.0 * 0.1
    assert merged.flows[0, 0, 0] == 35.0
    assert merged.tariffs[0, 0, 0] == pytest.approx(inside / 35.0)
    assert merged.tariffs[0, 1, 0] == pytest.approx((0.1 + 0.3) / 2.0)
    assert merged.tariffs[1, 0, 0] == pytest.approx((0.2 + 0.4) / 2.0)
    assert "trade inside AB is own sales now and carries 1.3 USD mn of its tariffs" in merged.provenance.notes


def test_without_trade_a_tariff_is_the_plain_mean():
    flows = np.zeros((2, 2, 2))
    flows[0, 0], flows[1, 1] = 4.0, 4.0
    tariffs = np.zeros((2, 2, 2))
    tariffs[0, 1] = [0.1, 0.3]
    world = World(flows, tariffs, economies=["A", "B"], sectors=["S1", "S2"])
    assert world.aggregate(sectors={"S": ["S1", "S2"]}).tariffs[0, 1, 0] == pytest.approx(0.2)


def test_a_merged_sector_is_a_service_only_if_all_its_members_are():
    world = toy_world(1, n=2, j=3)
    named = World(world.flows, world.tariffs, world.io, world.value_added, world.economies, ["C26", "G", "K"])
    assert named.aggregate(sectors={"V": ["G", "K"]}).services == ("V",)
    assert named.aggregate(sectors={"V": ["C26", "K"]}).services == ("G",)


def test_a_merger_may_keep_the_name_of_a_member():
    assert toy_world(1).aggregate(economies={"E2": ["E2", "E3"]}).economies == ("E1", "E2")


@pytest.mark.parametrize(
    ("economies", "sectors", "error", "says"),
    [
        ({"X": ["E1", "E9"]}, None, UnknownEconomy, "group 'X' of economies names 'E9'"),
        (None, {"X": ["T1"]}, UnknownSector, "group 'X' of sectors names 'T1', not a known sector; there are: S1, S2"),
        ({"X": ["E1"], "Y": ["E2", "E1"]}, None, BadInput, "'E1' is used twice among the economies: in 'X' and in 'Y'"),
        ({"X": ["E1", "E1"]}, None, BadInput, "used twice"),
        ({"E3": ["E1", "E2"]}, None, BadInput, "'E3' has the code of one of the economies outside it"),
        ({"X": []}, None, BadInput, "at least one code"),
        ({"X": "E1"}, None, BadInput, "is the text 'E1': give a list"),
        (["E1", "E2"], None, BadInput, "economies is of type list: give a mapping"),
        ({"X": [1]}, None, BadInput, "holds 1: names are text"),
    ],
)
def test_bad_groups_are_refused(economies, sectors, error, says):
    with pytest.raises(error, match=says):
        toy_world(1).aggregate(economies=economies, sectors=sectors)


def test_the_name_and_the_notes_say_what_was_merged():
    merged = toy_world(1).aggregate(economies={"X": ["E1", "E2"]})
    assert merged.name == "toy-1, aggregated to 2 × 2"
    assert "aggregated from 3 × 2 to 2 × 2, tariffs weighted by trade" in merged.provenance.notes


def test_sums_are_added_in_the_order_of_the_members():
    """The last bit of a merged world, and with it the id of what is computed on it, hangs on no library."""
    values = np.random.default_rng(1).lognormal(0, 5, (7, 3))
    group = (0, 1, 0, 0, 1, 0, 1)
    found = summed(values, group, (0, 1, 2))
    for g in (0, 1):
        for j in range(3):
            total = 0.0
            for k in range(7):
                total += float(values[k, j]) if group[k] == g else 0.0
            assert found[g, j] == total
