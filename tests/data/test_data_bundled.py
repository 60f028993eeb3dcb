import json

import numpy as np
import pytest

from detente.data.bundled import list_worlds, load_world
from detente.data.codes import HERE, economy_name, economy_table, sector_name, sector_table
from detente.errors import UnknownWorld

NAMES = ("icio-2014", "icio-2017", "icio-2018", "icio-2022")
LIMIT = 5_000_000
"""Bytes: what the worlds may take in the wheel."""


def goods_gap(world):
    usa, chn, goods = world.index("USA"), world.index("CHN"), len(world.goods)
    return (world.flows[usa, chn, :goods].sum() - world.flows[chn, usa, :goods].sum()) / 1e3


@pytest.mark.parametrize("name", NAMES)
def test_every_world_closes_and_says_where_it_is_from(name):
    world = load_world(name)
    world.check()
    assert world.flows.shape == (81, 81, 28)
    assert world.year == int(name[-4:])
    assert world.sectors[-1] == "SERV"
    assert world.goods == world.sectors[:-1]
    assert not np.einsum("nnj->nj", world.tariffs).any()
    assert not world.tariffs[..., -1].any()
    provenance = world.provenance
    assert "OECD" in provenance.source
    assert "OECD" in provenance.attribution
    assert "Teti (2024)" in provenance.attribution
    defects = " ".join(provenance.known_defects)
    for words in (
        "rest of the world's use of inputs is estimated",
        "C10T12",
        "60 %",
        "$264.9bn",
        "$367.8bn",
        "$375.2bn",
    ):
        assert words in defects
    assert ("2022's input coefficients" in defects) == (name != "icio-2022")
    assert ("answers of others" in defects) == (name in ("icio-2018", "icio-2022"))
    assert ("collected in 2024" in defects) == (name == "icio-2022")


def test_the_list_says_size_source_licence_and_defects():
    table = list_worlds()
    assert tuple(table["name"]) == NAMES
    assert (table["economies"] == 81).all()
    assert (table["known_defects"].str.len() > 100).all()
    assert (table["licence"] != "").all()
    assert table["megabytes"].sum() < LIMIT / 1e6


def test_the_worlds_fit_in_the_wheel():
    assert sum(path.stat().st_size for path in (HERE / "worlds").iterdir()) < LIMIT


def test_an_unknown_world_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownWorld, match="did you mean 'icio-2017'"):
        load_world("icio-2107")


def test_a_world_is_read_once():
    assert load_world("icio-2017") is load_world("icio-2017")


def test_the_goods_deficit_with_china_is_as_the_provenance_says():
    assert goods_gap(load_world("icio-2017")) == pytest.approx(264.9, abs=0.05)
    for name in NAMES:
        world = load_world(name)
        said = next(text for text in world.provenance.known_defects if text.startswith("the US goods deficit"))
        assert f"${goods_gap(world):.1f}bn here in {world.year}" in said


def average(world, importer, exporter):
    n, i, goods = world.index(importer), world.index(exporter), len(world.goods)
    return np.average(world.tariffs[n, i, :goods], weights=world.flows[n, i, :goods])


def test_bases_hold_the_measures_in_force_and_no_others():
    before, during, after = (load_world(name) for name in ("icio-2017", "icio-2018", "icio-2022"))
    assert not before.origins.in_force
    assert set(during.origins.in_force) == {"section-201", "section-232", "section-301", "china-answers"}
    for pair in (("USA", "CHN"), ("CHN", "USA")):
        assert average(before, *pair) < average(during, *pair) < average(after, *pair)
    for world in (during, after):
        assert (world.tariff_cells()["ordinary"] >= -1e-12).all()
        levied = {name: set(np.argwhere(part > 0)[:, 0]) for name, part in world.origins.in_force.items()}
        assert levied.pop("china-answers") == {world.index("CHN")}
        assert set().union(*levied.values()) == {world.index("USA")}
        listed = world.origins.in_force["section-301"]
        assert set(np.argwhere(listed > 0)[:, 1]) == {world.index("CHN")}


def test_every_code_of_the_worlds_has_a_name():
    world = load_world("icio-2022")
    assert set(world.sectors) <= set(sector_table()["code"])
    assert list(economy_table()["code"]) == list(world.economies)
    assert sector_name("C26") == "Electronics and optics"
    assert economy_name("ROW") == "Rest of the world"
    assert sector_name("C26T27") == "C26T27"
    assert economy_name("EUN") == "EUN"
    table = sector_table()
    table.loc[0, "name"] = "changed"
    assert sector_table().loc[0, "name"] != "changed"


def test_index_and_tables_are_text_a_person_can_read():
    index = json.loads((HERE / "worlds" / "index.json").read_text(encoding="utf-8"))
    assert tuple(index) == NAMES
