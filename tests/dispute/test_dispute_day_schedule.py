"""The tariffs in force on a day: in total, by partner, sector, product and authority."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import detente as dt
from detente.data.products.lines import line_imports
from detente.errors import BadInput, UnknownEconomy

TEXT = """
dispute: acts
title: Some acts
as_of: 2025-06-30
world: icio-2022
parties: {USA: {name: United States}, CHN: {name: China}, CAN: {name: Canada}, JPN: {name: Japan}}
measures:
  - {id: steel, by: USA, on: all, status: in-force, from: 2025-06-04, goods: {list: us-2025/steel}, add: 50%,
     authority: section-232}
  - {id: fentanyl, by: USA, on: CHN, status: in-force, from: 2025-03-04, goods: {all: true}, add: 20%,
     authority: ieepa-fentanyl}
  - {id: canada, by: USA, on: CAN, status: in-force, from: 2025-03-04, goods: {all: true}, add: 25%,
     authority: ieepa-canada, claims: {preference: USMCA, share: usmca-2025}}
  - {id: reciprocal, by: USA, on: [CHN, JPN], status: in-force, from: 2025-04-05, goods: {all: true}, add: 10%,
     authority: ieepa-reciprocal}
  - {id: answer, by: CHN, on: USA, status: in-force, from: 2025-05-14, goods: {all: true}, add: 10%}
stacking:
  - {authority: section-232, displaces: [ieepa-reciprocal], stacks_with: [ieepa-fentanyl]}
"""
KEYS = ["imports_usd_mn", "ordinary", "additional", "total"]


@pytest.fixture(scope="module")
def acts():
    return dt.Dispute.parse(TEXT)


@pytest.fixture(scope="module")
def june(acts):
    return dt.schedule(acts, on="2025-06-30")


def test_a_duty_on_all_goods_of_one_partner_adds_its_share(acts):
    march = dt.schedule(acts, on=date(2025, 3, 10))
    sold = line_imports().sum()
    assert march.partners("USA").loc["CHN", "additional"] == pytest.approx(0.2)
    claimed = march.partners("USA").loc["CAN", "additional"]
    assert 0.05 < claimed < 0.25  # what claims USMCA is free
    expected = (0.2 * sold["CHN"] + claimed * sold["CAN"]) / sold.sum()
    assert march.total("USA", ordinary=False) == pytest.approx(expected)
    assert march.total("USA") - march.total("USA", ordinary=False) == pytest.approx(0.0119, abs=3e-4)


def test_a_product_pays_what_the_law_says_of_it(june):
    steel = june.products("USA", "CHN")
    assert steel.loc[steel.index.str.startswith("7208"), "additional"].to_numpy() == pytest.approx(0.7)
    assert steel.loc[steel.index.str.startswith("6109"), "additional"].to_numpy() == pytest.approx(0.3)
    japan = june.products("USA", "JPN")
    assert japan.loc[japan.index.str.startswith("7208"), "additional"].to_numpy() == pytest.approx(0.5)


def test_frames_agree_with_each_other(june):
    whole = june.partners("USA")
    assert list(whole.columns) == KEYS
    assert np.average(whole["total"], weights=whole["imports_usd_mn"]) == pytest.approx(june.total("USA"))
    for frame in (june.sectors("USA", "CHN"), june.products("USA", "CHN")):
        assert frame["imports_usd_mn"].sum() == pytest.approx(whole.loc["CHN", "imports_usd_mn"])
        assert np.average(frame["total"], weights=frame["imports_usd_mn"]) == pytest.approx(whole.loc["CHN", "total"])
    acts = june.authorities("USA")
    assert acts["points"].sum() == pytest.approx(june.total("USA", ordinary=False))
    assert acts.loc["section-232", "additional"] == pytest.approx(0.5)
    assert june.sectors("USA")["imports_usd_mn"].sum() == pytest.approx(whole["imports_usd_mn"].sum())


def test_a_member_of_the_union_is_in_its_records(june):
    assert june.sectors("USA", "DEU").equals(june.sectors("USA", "EUN"))
    assert june.partners("USA").index[0] == "EUN"


def test_other_importers_are_by_the_sectors_of_the_world(june):
    china = june.partners("CHN")
    held = dt.schedule(june.world, on="2025-06-30").partners("CHN")  # answers of 2018 to 2020, which the base holds
    assert (china["additional"] - held["additional"])["USA"] == pytest.approx(0.1)
    assert china.drop(index="USA").equals(held.drop(index="USA"))
    assert "no authority given" in june.authorities("CHN").index
    assert np.average(china["total"], weights=china["imports_usd_mn"]) == pytest.approx(june.total("CHN"))
    with pytest.raises(BadInput, match="ask for sectors"):
        june.products("CHN", "USA")


def test_the_last_known_day_is_said_first(acts, june):
    assert june.notes[0] == "the law is known up to 2025-06-30"
    later = dt.schedule(acts, on="2026-01-01")
    assert "what was decided after it is not known" in later.notes[0]
    assert later.total("USA") == pytest.approx(june.total("USA"))


def test_a_world_alone_has_its_base_tariffs():
    world = dt.load_world("icio-2017")
    base = dt.schedule(world, on="2025-01-01")
    goods = [world.sector_index(name) for name in world.goods]
    n = world.index("CHN")
    flows, tariffs = (np.delete(each[n], n, axis=0)[:, goods] for each in (world.flows, world.tariffs))
    assert base.total("CHN") == pytest.approx((flows * tariffs).sum() / flows.sum())
    assert base.known_until is None


def test_it_is_written_as_tables(june, tmp_path):
    assert {"partners-USA", "authorities-USA", "partners-CHN"} <= june.tables().keys()
    june.to_excel(tmp_path / "june.xlsx")
    assert "2025-06-30" in repr(june)


def test_names_that_are_not_there_are_refused(june):
    with pytest.raises(UnknownEconomy):
        june.total("Atlantis")
    with pytest.raises(UnknownEconomy):
        june.sectors("USA", "Atlantis")
