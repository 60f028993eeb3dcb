import json

import numpy as np
import pandas as pd
import pytest

from detente.data.accounts import MOVED_COLUMNS
from detente.data.bundled import list_worlds, load_world
from detente.data.codes import HERE, economy_name, economy_table, read_packaged, sector_name, sector_table
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
    assert ("halving" in defects) == (name == "icio-2022")
    assert ("Sections 201 and 232" in defects) == (name in ("icio-2018", "icio-2022"))


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


@pytest.mark.parametrize("name", NAMES)
def test_every_replaced_tariff_is_listed_with_old_and_new(name):
    world = load_world(name)
    moved = world.moved
    assert tuple(moved.columns) == MOVED_COLUMNS
    assert len(moved) == 52
    for row in moved.itertuples():
        at = world.index(row.importer), world.index(row.exporter), world.sector_index(row.sector)
        assert world.tariffs[at] == row.new
    assert {(row.importer, row.exporter) for row in moved.itertuples()} == {("USA", "CHN"), ("CHN", "USA")}
    kept = read_packaged("worlds/kept-tariffs.csv", numbers=("tariff",))
    kept = kept[kept["world"] == name]
    assert set(kept["sector"]) == {"B09", "SERV"}
    assert len(world.provenance.replaced) == 2


def average(world, importer, exporter):
    n, i, goods = world.index(importer), world.index(exporter), len(world.goods)
    return np.average(world.tariffs[n, i, :goods], weights=world.flows[n, i, :goods])


def test_baselines_hold_the_measures_in_force_and_no_others():
    before, during, after = (load_world(name) for name in ("icio-2017", "icio-2018", "icio-2022"))
    assert average(before, "USA", "CHN") == pytest.approx(0.0541, abs=5e-5)
    assert average(before, "CHN", "USA") == pytest.approx(0.0615, abs=5e-5)
    assert average(before, "USA", "CHN") < average(during, "USA", "CHN") < average(after, "USA", "CHN")
    assert average(before, "CHN", "USA") < average(during, "CHN", "USA") < average(after, "CHN", "USA")
    assert average(after, "USA", "CHN") == pytest.approx(0.2112, abs=5e-5)
    electronics = before.sector_index("C26")
    usa, chn = before.index("USA"), before.index("CHN")
    assert before.tariffs[usa, chn, electronics] == 0.004688
    assert load_world("icio-2014").tariffs[usa, chn, electronics] < 0.01


def test_averages_are_those_the_provenance_prints():
    for name in NAMES:
        world = load_world(name)
        for sentence, pair in zip(world.provenance.replaced, (("USA", "CHN"), ("CHN", "USA")), strict=True):
            assert f"on goods {average(world, *pair):.2%} on average" in sentence


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
    replaced = pd.read_csv(HERE / "worlds" / "replaced-tariffs.csv")
    assert replaced["old"].between(0, 0.6).all()
    assert replaced["new"].between(0, 0.5).all()
