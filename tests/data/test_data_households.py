"""Persons, households and US income deciles: what the build makes, and the sums of the sources."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import detente as dt
from detente.data.bundled import toy_world
from detente.data.codes import HERE, read_packaged
from detente.data.household_groups import us_deciles
from detente.data.persons import known_households, persons_in
from detente.errors import BadWorld


@pytest.fixture(scope="module")
def builder(tool):
    return tool("build_households")


def test_the_build_makes_what_is_shipped(tool, builder, shared, tmp_path):
    tool("building").write_all(builder.build(shared), tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (HERE / "households" / path.name).read_bytes(), path.name


def test_kinds_sum_to_their_totals_and_deciles_to_all(shared):
    source = pd.read_csv(shared / "data/households/us-pce-by-income-decile-2023.csv")
    deciles = read_packaged("households/us-deciles.csv", numbers=("usd_bn",))
    assert deciles["usd_bn"].sum() == pytest.approx(source["total_billions"].sum(), rel=1e-9)
    shares = source[[f"d{k}" for k in range(1, 11)]]
    assert (shares.sum(axis=1) - 100).abs().max() <= 0.05  # two decimals, ten times
    by_decile = deciles.groupby("group")["usd_bn"].sum()
    raw = (shares.mul(source["total_billions"], axis=0) / 100).sum()
    np.testing.assert_allclose(by_decile[[str(k) for k in range(1, 11)]], raw, rtol=2e-3)


def test_buyers_pay_what_producers_and_margins_get(builder, shared):
    raw = pd.read_csv(shared / "data/households/us-pce-bridge-bea-commodities.csv", dtype={"nipa_line": str})
    bridged = builder.bridge(shared)
    assert bridged["usd_mn"].sum() == pytest.approx(raw["purchasers_value"].sum(), rel=1e-12)
    lines = read_packaged("households/nipa-kinds.csv")
    kinds = raw.merge(lines, on="nipa_line").groupby("kind")["purchasers_value"].sum()
    pd.testing.assert_series_equal(bridged.groupby("kind")["usd_mn"].sum(), kinds, check_names=False, check_dtype=False)
    sectors = read_packaged("households/bea-sectors.csv")
    goods = set(sectors["bea_code"][sectors["sector"] != "SERV"])
    produced = raw["producers_value"][raw["bea_code"].isin(goods)].sum()
    assert bridged["usd_mn"][bridged["sector"] != "SERV"].sum() == pytest.approx(produced, rel=1e-12)


def test_every_line_and_commodity_has_its_place_under_its_own_name(shared):
    raw = pd.read_csv(shared / "data/households/us-pce-bridge-bea-commodities.csv", dtype=str)
    lines, sectors = (read_packaged(f"households/{name}.csv") for name in ("nipa-kinds", "bea-sectors"))
    named = raw[["nipa_line", "pce_category"]].drop_duplicates()
    assert dict(named.to_numpy()) == dict(lines[["nipa_line", "category"]].to_numpy())
    whole = sectors[sectors["nipa_line"] == ""]
    assert dict(raw[["bea_code", "commodity_description"]].to_numpy()) == dict(
        whole[["bea_code", "commodity"]].to_numpy()
    )
    assert set(sectors["sector"]) <= set(dt.load_world("icio-2022").sectors)
    single = sectors[sectors["nipa_line"] != ""]
    assert set(map(tuple, single[["bea_code", "nipa_line"]].to_numpy())) <= set(
        map(tuple, raw[["bea_code", "nipa_line"]].to_numpy())
    )
    assert (single["why"] != "").all()


def test_deciles_of_a_world_sum_to_one_and_the_poor_buy_food_the_rich_cars():
    world = dt.load_world("icio-2022")
    deciles = us_deciles(world.sectors)
    assert deciles is not None
    np.testing.assert_allclose(deciles.shares.sum(0), 1, rtol=1e-12)
    share = dict(zip(world.sectors, (deciles.shares[0] / deciles.shares[9]).tolist(), strict=True))
    assert share["C10T12"] > share["SERV"] > share["C29"]
    assert us_deciles(("S1", "S2")) is None


def test_persons_are_those_of_the_year_and_merged_where_all_are_known():
    world = dt.load_world("icio-2017")
    assert world.persons[world.index("CHN")] == persons_in(2017)["CHN"] == 1_396_215_000
    missing = [code for code, persons in zip(world.economies, world.persons, strict=True) if np.isnan(persons)]
    assert missing == ["TWN", "ROW"]
    merged = world.aggregate({"NAM": ["USA", "CAN", "MEX"], "ASI": ["CHN", "TWN"]})
    north = sum(persons_in(2017)[code] for code in ("USA", "CAN", "MEX"))
    assert merged.persons[merged.index("NAM")] == pytest.approx(north, rel=1e-12)
    assert np.isnan(merged.persons[merged.index("ASI")])
    assert known_households()["USA"].households == 131.4e6


def test_a_world_of_your_own_counts_its_persons_or_none():
    world = toy_world(1)
    assert np.isnan(world.persons).all()
    parts = {name: getattr(world, name) for name in ("flows", "tariffs", "io", "value_added", "economies", "sectors")}
    assert dt.World(**parts, persons=[1e6, np.nan, 2e6]).persons[2] == 2e6
    for wrong, said in (([1e6, 2e6], r"shape \(2,\)"), ([1e6, 0, 2e6], "E2 is 0"), ([np.inf, 1, 1], "E1 is inf")):
        with pytest.raises(BadWorld, match=said):
            dt.World(**parts, persons=wrong)
