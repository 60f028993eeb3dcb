"""Base tariffs by rule: one is in use, all travel, and each cell says where it is from."""

import pickle

import numpy as np
import pytest

from detente.data.base_tariffs import NOTE, Collected, Origins
from detente.data.bundled import load_world, toy_world
from detente.data.world import World
from detente.errors import BadWorld, UnknownEconomy, UnknownTariffs

N, J = 4, 3


def labels(importer_labels):
    return np.repeat(np.array(importer_labels, dtype=np.int16), N * J).reshape(N, N, J)


@pytest.fixture
def world():
    """A toy world with two rules, a measure in force and a preference."""
    toy = toy_world(3, n=N, j=J)
    measure = np.zeros((N, N, J))
    measure[0, 1, 0] = 0.02
    preferences = np.full((N, N, J), -1, dtype=np.int16)
    preferences[0, 2] = 2
    origins = Origins(
        names=("simple average", "customs", "Pact"),
        sources={"low": labels([1, 0, 0, 0]), "high": labels([0, 0, 0, 0])},
        in_force={"section-301": measure},
        preferences=preferences,
        collected={"E1": Collected(2017, "customs", 0.03, 2000.0, 60.0, 1900.0, 59.0)},
    )
    low, high = toy.tariffs * 0.5 + measure, toy.tariffs + measure
    return World(
        toy.flows, low, toy.io, toy.value_added, toy.economies, toy.sectors, name="toy", origins=origins,
        tariff_sources={"low": low, "high": high}, tariff_source="low",
    )  # fmt: skip


def test_a_world_of_your_own_has_the_tariffs_it_was_given_and_no_others():
    toy = toy_world(1)
    assert list(toy.tariff_sources) == [toy.tariff_source] == ["given"]
    np.testing.assert_array_equal(toy.tariff_sources["given"], toy.tariffs)
    cells = toy.tariff_cells()
    assert len(cells) == 3 * 2 * 2
    assert set(cells["source"]) == {"given"}
    assert set(cells["preference"]) == {""}
    np.testing.assert_array_equal(cells["ordinary"], cells["tariff"])
    assert not cells["additional"].any()
    revenue = toy.base_revenue("E1")
    assert (revenue.collected, revenue.customs_imports, revenue.imports_ratio, revenue.year) == (None,) * 4
    assert revenue.revenue == pytest.approx((toy.flows * toy.tariffs)[0].sum())


def test_another_rule_changes_the_tariffs_and_says_so(world):
    high = world.with_tariffs("high")
    np.testing.assert_array_equal(high.tariffs, world.tariff_sources["high"])
    assert high.tariff_source == "high"
    assert [note for note in high.provenance.notes if note.startswith(NOTE)] == [f"{NOTE}the rule 'high'"]
    for name in ("flows", "io", "value_added"):
        np.testing.assert_array_equal(getattr(high, name), getattr(world, name))
    assert set(high.tariff_cells("E1")["source"]) == {"simple average"}
    back = high.with_tariffs("low")
    np.testing.assert_array_equal(back.tariffs, world.tariffs)
    assert len([note for note in back.provenance.notes if note.startswith(NOTE)]) == 1
    assert world.with_tariffs("low") is world


def test_sources_are_read_only_and_survive_a_process(world):
    with pytest.raises(ValueError, match="read-only"):
        world.tariff_sources["high"][:] = 0.0
    with pytest.raises(TypeError):
        world.tariff_sources["more"] = world.tariffs
    again = pickle.loads(pickle.dumps(world))
    assert list(again.tariff_sources) == ["low", "high"]
    assert repr(world.tariff_sources) == "<base tariffs: low, high>"


def test_cells_are_ordinary_plus_measures_and_name_source_and_preference(world):
    cells = world.tariff_cells("E1")
    np.testing.assert_allclose(cells["ordinary"] + cells["additional"], cells["tariff"], atol=1e-16)
    np.testing.assert_array_equal(cells["additional"], cells["section-301"])
    hit = cells[cells["additional"] > 0]
    assert hit[["importer", "exporter", "sector"]].to_numpy().tolist() == [["E1", "E2", "S1"]]
    assert set(cells["source"]) == {"customs"}
    assert set(cells.loc[cells["exporter"] == "E3", "preference"]) == {"Pact"}
    assert set(cells.loc[cells["exporter"] != "E3", "preference"]) == {""}
    assert set(world.tariff_cells(exporter="E1")["importer"]) == {"E2", "E3", "E4"}
    assert len(world.tariff_cells("E1", "E1")) == 0
    with pytest.raises(UnknownEconomy):
        world.tariff_cells("E9")


def test_revenue_is_split_into_coverage_and_composition(world):
    found = world.base_revenue("E1")
    assert found.collected == 60.0
    assert found.collected_rate == 0.03
    assert found.imports_ratio == pytest.approx(found.imports / 2000.0)
    assert found.coverage == pytest.approx(59.0 / 1900.0 - 0.03)
    assert found.coverage + found.composition == pytest.approx(found.rate - found.collected_rate)


def test_every_rule_keeps_its_revenue_when_economies_merge(world):
    merged = world.aggregate(economies={"X": ["E3", "E4"]}, sectors={"T": ["S2", "S3"]})
    assert merged.tariff_source == "low"
    for rule in world.tariff_sources:
        before, after = world.with_tariffs(rule), merged.with_tariffs(rule)
        assert (after.flows * after.tariffs).sum() == pytest.approx((before.flows * before.tariffs).sum(), rel=1e-12)
        np.testing.assert_allclose(
            before.aggregate(economies={"X": ["E3", "E4"]}, sectors={"T": ["S2", "S3"]}).tariffs, after.tariffs
        )
    assert merged.origins.in_force["section-301"].sum() == pytest.approx(0.02)
    assert merged.base_revenue("E1").collected == 60.0
    assert set(merged.tariff_cells("E1")["source"]) == {"customs"}
    assert set(merged.tariff_cells("E1", "X")["preference"]) == {""}
    own = world.aggregate(economies={"X": ["E1", "E2"]})
    assert set(own.tariff_cells("X")["source"]) == {"several"}
    assert own.base_revenue("X").collected is None


def test_balance_carries_the_rules(world):
    open_world = World(
        world.flows, world.tariffs, world.io * 0.5, world.value_added, world.economies, world.sectors,
        tariff_sources=world.tariff_sources, tariff_source="low", origins=world.origins,
    )  # fmt: skip
    closed = open_world.balance()
    assert list(closed.tariff_sources) == ["low", "high"]
    assert closed.origins is world.origins


@pytest.mark.parametrize(
    ("sources", "name", "says"),
    [
        ({"a": 0.0}, "a", r"tariff_sources\['a'\] has the shape"),
        ({"a": np.zeros((2, 2, 1))}, "b", "tariff_source is 'b', but tariff_sources has a"),
        ({}, "b", "but tariff_sources has none"),
        ({"a": np.ones((2, 2, 1))}, "a", r"tariffs differ from tariff_sources\['a'\] in 4 cells"),
        ({"a": np.full((2, 2, 1), np.nan)}, "a", r"tariff_sources\['a'\] of A from A in S is NaN"),
        ({"a": np.full((2, 2, 1), -1.0)}, "a", "at or under −100 %"),
        (None, " ", "give the name of the rule"),
    ],
)
def test_rules_that_do_not_fit_are_refused(sources, name, says):
    with pytest.raises(BadWorld, match=says):
        World(
            np.ones((2, 2, 1)), np.zeros((2, 2, 1)), economies=["A", "B"], sectors=["S"],
            tariff_sources=sources, tariff_source=name,
        )  # fmt: skip


def test_an_unknown_rule_is_refused_with_the_nearest_name(world):
    with pytest.raises(UnknownTariffs, match="did you mean 'high'"):
        world.with_tariffs("hihg")


@pytest.mark.parametrize("name", ["icio-2014", "icio-2017", "icio-2018", "icio-2022"])
def test_bundled_worlds_have_three_rules_and_close_under_each(name):
    world = load_world(name)
    assert list(world.tariff_sources) == ["simple", "scaled", "collected"]
    assert world.tariff_source == "collected"
    usa = world.index("USA")
    for rule in world.tariff_sources:
        world.with_tariffs(rule).check()
    apart = world.tariff_sources["scaled"] != world.tariff_sources["collected"]
    assert set(np.argwhere(apart)[:, 0]) == {usa}
    sources = set(world.tariff_cells("USA")["source"])
    assert sources == {f"customs {world.origins.customs_year}", "MFN by product, customs 2024"}
