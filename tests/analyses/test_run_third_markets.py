"""Third markets in a run: the state of the headline, words and tables."""

from __future__ import annotations

import pytest

import detente as dt
from detente.analyses.registry import analysis_of
from detente.analyses.run.result import Findings
from detente.data.bundled import load_world
from detente.dispute.schema import Dispute
from detente.report.render import markdown
from detente.solver.third_markets import LOST

FILE = """\
dispute: surge
title: A threat on toys and cars
as_of: 2025-02-01
world: icio-2022
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: threat, by: USA, on: CHN, status: threatened, goods: {codes: [{hs: "8703"}, {hs: "9503"}]}, add: 50%}
"""


@pytest.fixture(scope="module")
def found() -> Findings:
    whole = load_world("icio-2022")
    kept = {"USA", "CHN", "MEX", "VNM"}
    world = whole.aggregate(economies={"ROW": [code for code in whole.economies if code not in kept]})
    return dt.run(Dispute.parse(FILE, world=world), world=world, third_markets=True)


def test_products_lose_where_they_are_covered_and_gain_beside_them(found: Findings) -> None:
    products, sectors = found.third_products, found.third_markets
    assert products is not None
    assert sectors is not None
    assert set(products["product"].str[:4]) == {"8703", "9503"}
    assert (products["change"] < 0).all()
    assert (products["redirected"] > 0).all()
    toys = products[products["product"].str.startswith("9503")].iloc[0]
    assert 0.5 < toys["share_of_imports"] < 1, "toys of 2024 came from China for the most part"
    lost = sectors[sectors["who"] == LOST]
    assert set(lost["sector"]) >= set(products["sector"])


def test_the_report_says_who_faces_them_and_a_plain_run_does_not(found: Findings) -> None:
    report = markdown(analysis_of("run").document(found))
    section = report[report.index("Who faces the goods that lose a market") :]
    assert "Third markets buy" in section
    assert "since no trade by product of third markets is at hand" in section
    again = Findings.from_json(found.to_json())
    assert again.third_products is not None
    assert {"third_markets", "third_products"} <= set(found.written())
