"""`detente tariffs` with the schedule of one importer."""

from __future__ import annotations

import json

import pytest
from app_lab import typed

import detente as dt

FILE = """
dispute: acts
title: Some acts
as_of: 2025-06-30
world: icio-2022
parties: {USA: {name: United States}, JPN: {name: Japan}}
measures:
  - {id: steel, by: USA, on: all, status: in-force, from: 2025-06-04, goods: {list: us-2025/steel}, add: 50%,
     authority: section-232}
  - {id: reciprocal, by: USA, on: JPN, status: in-force, from: 2025-04-05, goods: {all: true}, add: 10%,
     authority: ieepa-reciprocal}
"""


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "acts.yaml"
    path.write_text(FILE)
    return str(path)


def test_it_is_that_of_the_library(case):
    found = dt.schedule(case, on="2025-06-30")
    code, out, _ = typed("tariffs", case, "--on", "2025-06-30", "--since", "2025-04-10", "--sector", "--json")
    said = json.loads(out)
    assert code == 0
    assert said["total"] == pytest.approx(found.total("USA"))
    assert said["change"] == pytest.approx(found.total("USA") - dt.schedule(case, on="2025-04-10").total("USA"))
    by_partner = {row["code"]: row["total"] for row in said["partners"]}
    assert by_partner["JPN"] == pytest.approx(found.partners("USA").loc["JPN", "total"])
    assert {"sectors", "authorities"} <= said.keys()


def test_the_first_line_says_how_far_the_law_is_known(case):
    shown = typed("tariffs", case, "--on", "2025-06-30")[1]
    assert shown.splitlines()[0] == "Tariffs of the United States on 2025-06-30; the law is known up to 2025-06-30"
    later = typed("tariffs", case, "--on", "2026-11-01")[1]
    assert "what was decided after it is not known" in " ".join(later.split()[:40])
    assert "statutory" in shown


def test_a_product_of_a_partner(case):
    shown = typed("tariffs", case, "--on", "2025-06-30", "--partner", "JPN", "--product", "7208")[1]
    assert "By product" in shown
    assert "60.0" in shown  # steel at 50, and 10 as no rule says that one takes the place of the other


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--product", "7208"), "needs --partner"),
        (("--partner", "JPN", "--product", "9999999999"), "is the beginning of no line"),
        (("--since", "2025-07-01"), "is not before"),
        (("--since", "1.7.2025"), "--since"),
        (("--partner", "Atlantis"), "Atlantis"),
    ],
)
def test_what_cannot_be_shown_is_refused(case, options, said):
    code, _, err = typed("tariffs", case, "--on", "2025-06-30", *options)
    assert code != 0
    assert said in " ".join(err.split())


def test_the_schedules_of_all_who_levy_measures_are_shown(tmp_path):
    answer = (
        "  - {id: answer, by: JPN, on: USA, status: in-force, from: 2025-05-01, goods: {sectors: [A01]}, add: 25%}\n"
    )
    path = tmp_path / "answered.yaml"
    path.write_text(FILE + answer)
    code, out, _ = typed("tariffs", str(path), "--on", "2025-06-30", "--json")
    said = json.loads(out)
    assert code == 0
    assert (said["importer"], [its["importer"] for its in said["others"]]) == ("USA", ["JPN"])
    assert said["others"][0]["total"] == pytest.approx(dt.schedule(str(path), on="2025-06-30").total("JPN"))
    code, out, _ = typed("tariffs", str(path), "--on", "2025-06-30")
    assert "Tariffs of Japan on 2025-06-30" in out
    assert "The ordinary duty is the base tariff of that world" in out
    code, out, _ = typed("tariffs", str(path), "--on", "2025-06-30", "--by", "JPN", "--json")
    assert "others" not in json.loads(out)
