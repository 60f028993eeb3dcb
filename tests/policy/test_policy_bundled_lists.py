"""Bundled lists of products are what their build script makes of the shared folder, and each is read."""

from __future__ import annotations

import pandas as pd
import pytest
from pydantic import ValidationError

from detente.data.bundled import load_world
from detente.data.codes import HERE
from detente.data.products.reading import read_codes
from detente.dispute.schema import Dispute
from detente.errors import UnknownName
from detente.policy.bundled_lists import bundled_list, bundled_lists, is_bundled
from detente.policy.measure import Goods, Measure
from detente.policy.periods import Exempt
from detente.policy.reach import added_by_partner
from detente.policy.schedule import TariffBook


@pytest.fixture(scope="module")
def built(tool, shared):
    return tool("build_acts").build(shared)


def test_the_build_makes_what_is_shipped(tool, built, tmp_path):
    tool("building").write_all(built, tmp_path)
    for name in built:
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / name), pd.read_parquet(HERE / "policy" / name))


def test_every_list_is_small_and_has_each_code_once():
    for name, codes in bundled_lists().items():
        assert codes, name
        assert len(set(codes)) == len(codes), name
    assert (HERE / "policy/us-2025-lists.parquet").stat().st_size < 100_000


@pytest.mark.parametrize("name", sorted(bundled_lists()))
def test_a_list_is_read(name):
    importer = "CHN" if "/china" in name else "CAN" if "/canada" in name else "USA"
    reading = read_codes(bundled_list(name), importer=importer)
    assert not reading.faults
    assert len(reading.of("unknown")) <= 0.01 * len(reading.products)


def test_what_the_acts_say_of_goods_is_in_the_lists():
    lists = bundled_lists()
    assert not any(code.startswith(("7201", "7202", "7204")) for code in lists["us-2025/steel"])  # pig iron, scrap
    assert "8471" not in lists["us-2025/car-parts"]  # computers are car parts by end use alone
    assert "7108" in lists["us-2025/ieepa-exempt"]  # bullion
    whole, later = (set(lists[f"us-2025/steel-derivatives{day}"]) for day in ("", "-2025-08-18"))
    assert not whole & later


def test_a_name_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="us-2025/steel"):
        bundled_list("us-2025/steal")
    assert is_bundled("us-2025/steel")
    assert not is_bundled("lists/steel.csv")


def test_rates_by_partner_are_what_the_build_makes(tool, shared, tmp_path):
    built = tool("build_act_rates").build(shared)
    tool("building").write_all(built, tmp_path)
    for name in built:
        assert (tmp_path / name).read_text() == (HERE / "policy" / name).read_text()


@pytest.mark.parametrize(
    ("day", "partner", "rate"),
    [
        ("2025-04-05", "JPN", 0.10),
        ("2025-04-09", "DEU", 0.20),  # a member of the European Union
        ("2025-04-09", "KOR", 0.25),  # 26 in the list, 25 in the tariff schedule
        ("2025-04-09", "CHN", 0.84),  # 104 in the list holds the fentanyl 20
        ("2025-04-10", "CHN", 1.25),
        ("2025-04-10", "VNM", 0.10),  # suspended after a day
        ("2025-05-14", "CHN", 0.10),
        ("2025-08-07", "DEU", 0.0),  # a floor of its own
        ("2025-08-07", "CHE", 0.39),
        ("2025-11-14", "CHE", 0.0),
        ("2025-11-14", "IND", 0.25),  # the 18 of February 2026 was announced, never law
    ],
)
def test_the_reciprocal_duty_of_a_partner(day, partner, rate):
    measure = Measure(id="m", by="USA", on="all", status="in-force", from_=day, goods=Goods(table="us-reciprocal-2025"))
    assert added_by_partner(measure)[partner] == pytest.approx(rate)
    assert not {"CAN", "MEX", "RUS"} & set(added_by_partner(measure))


def test_a_measure_keeps_the_name_of_its_list_and_has_its_codes():
    goods = Goods.model_validate({"list": "us-2025/steel", "value": "2bn"})
    assert [line.hs for line in goods.codes] == list(bundled_list("us-2025/steel"))
    assert goods.model_dump(by_alias=True, exclude_defaults=True) == {"list": ("us-2025/steel",), "value": "2bn"}
    assert Goods.model_validate(goods.model_dump(by_alias=True, exclude_defaults=True)) == goods
    assert str(goods) == "us-2025/steel (24 product codes) worth 2bn"
    both = Exempt.model_validate({"list": ["us-2025/steel", "us-2025/timber"]})
    assert set(both.codes) == {*bundled_list("us-2025/steel"), *bundled_list("us-2025/timber")}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"list": "us-2025/steal"}, "did you mean 'us-2025/steel'"),
        ({"list": "us-2025/steel", "codes": [{"hs": "72"}]}, "list stands beside codes"),
        ({"list": "steel.csv"}, "no bundled list"),
        ({"list": "us-2025/steel", "sectors": ["C24A"]}, "in exactly one form"),
    ],
)
def test_a_list_that_cannot_be_taken_is_refused(given, said):
    with pytest.raises(ValidationError, match=said):
        Goods.model_validate(given)


def test_a_dispute_names_lists_without_a_file_beside_it():
    text = """
dispute: steel
title: Steel
as_of: 2025-06-10
world: icio-2022
parties: {USA: {name: United States}, JPN: {name: Japan}}
measures:
  - {id: m, by: USA, on: JPN, status: in-force, from: 2025-06-04, goods: {list: us-2025/steel}, add: 50%}
"""
    dispute = Dispute.parse(text)
    assert "list" in dispute.to_yaml()
    assert "codes" not in dispute.to_yaml()
    assert Dispute.parse(dispute.to_yaml()) == dispute
    book = TariffBook(load_world("icio-2022"), dispute.measures)
    cells = book.effective(["m"]).set_index("sector")
    assert cells.loc["C24A", "covered"] > 0.5
    assert cells.loc["C29", "covered"] == 0
