"""`detente tariffs --explain`: the duty on one product act by act, and in words where there is nothing to explain."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from app_lab import typed

FILE = """\
dispute: law
title: Chinese steel
as_of: 2025-08-01
world: icio-2022
parties: {USA: {name: United States}, CHN: {name: China}, CAN: {name: Canada}}
measures:
  - {id: metals, by: USA, on: all, status: in-force, from: 2025-03-12, goods: {codes: [{hs: "7208"}]}, add: 25%,
      authority: section-232}
  - {id: reciprocal, by: USA, on: CHN, status: in-force, from: 2025-04-05, goods: {all: true}, add: 34%,
      authority: ieepa-reciprocal}
  - {id: fentanyl, by: USA, on: [CHN, CAN], status: in-force, from: 2025-03-04, goods: {all: true}, add: 20%,
      authority: ieepa-fentanyl, claims: {preference: USMCA, share: {Canada: 60%}}}
stacking:
  - {authority: section-232, displaces: [ieepa-reciprocal], stacks_with: [ieepa-fentanyl]}
"""


@pytest.fixture
def case(tmp_path: Path) -> str:
    path = tmp_path / "law.yaml"
    path.write_text(FILE, "utf-8")
    return str(path)


def test_the_duty_on_chinese_steel_is_shown_act_by_act(case: str) -> None:
    code, out, _ = typed("tariffs", case, "--on", "2025-08-01", "--explain", "720851", "--partner", "CHN")
    assert code == 0
    said = " ".join(out.split())
    assert "metals section-232 +25.00 % 100.0 % 25.00 % displaces reciprocal" in said
    assert "reciprocal ieepa-reciprocal +34.00 % 0.0 % 0.00 % displaced by metals" in said
    assert "fentanyl ieepa-fentanyl +20.00 % 100.0 % 20.00 %" in said


def test_json_has_the_same_numbers_and_usual_names_are_read(case: str) -> None:
    code, out, _ = typed("tariffs", case, "--on", "2025-08-01", "--explain", "720851", "--partner", "Canada", "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["importer"], found["exporter"], found["on"]) == ("USA", "CAN", "2025-08-01")
    assert [round(piece["share"], 12) for piece in found["pieces"]] == [0.6, 0.4]
    for piece in found["pieces"]:
        parts = [piece["ordinary"], *piece["in_base"].values(), *(act["adds"] for act in piece["acts"])]
        assert sum(parts) == pytest.approx(piece["duty"], abs=1e-12)
    assert found["duty"] == pytest.approx(sum(piece["share"] * piece["duty"] for piece in found["pieces"]), abs=1e-12)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("--explain", "720851"), "--partner CHN"),
        (("--explain", "720851", "--sector"), "--explain is of one product on one day"),
        (("--explain", "123456", "--partner", "CHN"), "product code 123456 is not known"),
        (("--explain", "720851", "--partner", "CHM"), "CHM"),
        (("--explain", "720851", "--partner", "USA"), "nobody has measures on the goods of USA"),
    ],
)
def test_what_cannot_be_explained_is_answered_in_words(case: str, asked: tuple[str, ...], message: str) -> None:
    code, _, err = typed("tariffs", case, "--on", "2025-08-01", *asked)
    assert code != 0
    assert message in " ".join(err.split())


def test_a_product_that_no_measure_names_pays_the_ordinary_duty(case: str) -> None:
    _, out, _ = typed("tariffs", case, "--on", "2025-08-01", "--explain", "854231", "--partner", "DEU")
    assert "no measure in force names 854231 of DEU: it pays the ordinary duty" in " ".join(out.split())
