"""The bundled disputes: every fact has its source, quotes are in their documents, both sides' demands are complete."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from detente.data.world import Source
from detente.dispute.demands import PRICED
from detente.dispute.schema import Dispute, list_cases, template
from detente.policy.reach import table_dates

#: Our demand → those of the reference list that it covers.
COVERS = {
    "us-surplus": "US1a",
    "us-purchases": "US1b",
    "us-industrial-subsidies": "US2a",
    "us-technology-transfer": "US2b",
    "us-cyber-theft": "US2c",
    "us-intellectual-property": "US2d",
    "us-technology-rules": "US2e",
    "us-wto-case": "US2f",
    "us-no-retaliation": "US2g",
    "us-investment-limits": "US3",
    "us-investment-access": "US4",
    "us-tariff-levels": "US5a",
    "us-critical-sectors": "US5b",
    "us-services-access": "US6",
    "us-agriculture-access": "US7",
    "us-implementation": "US8",
    "cn-end-investigation": "CN1",
    "cn-wto-licensing-case": "CN1b",
    "cn-market-economy": "CN2",
    "cn-export-controls": "CN3",
    "cn-investment-screening": "CN4",
    "cn-zte": "CN5",
    "cn-procurement": "CN6",
    "cn-market-access": "CN7",
    "cn-no-future-301": "CN8",
    "cn-cicc-licence": "CN8",
}


def sources(node: Any) -> Iterator[Source]:
    """Every source in a dispute."""
    if isinstance(node, Source):
        yield node
    elif isinstance(node, tuple | list):
        for inner in node:
            yield from sources(inner)
    elif isinstance(node, dict):
        for inner in node.values():
            yield from sources(inner)
    elif hasattr(type(node), "model_fields"):
        for name in type(node).model_fields:
            yield from sources(getattr(node, name))


@pytest.fixture(scope="module")
def may_2018() -> Dispute:
    return Dispute.read("us-china-2018")


def test_the_bundled_disputes_are_these() -> None:
    assert list_cases() == ("phase-one-2020", "us-2025", "us-china-2018", "us-china-2018-2020")


@pytest.mark.parametrize("name", list_cases())
def test_every_fact_has_its_source(name: str) -> None:
    dispute = Dispute.read(name)
    facts = (*dispute.measures, *dispute.responses, *dispute.demands, *dispute.agreements, *dispute.statements)
    facts += (
        *dispute.forecasts,
        *dispute.outcomes,
        *dispute.dates,
        *(d for side in dispute.delegations.values() for d in side),
    )
    assert [fact for fact in facts if fact.source is None] == []
    assert {source.document for source in sources(dispute)} <= set(dispute.documents)


def test_quotes_of_the_article_are_its_words_at_their_place(may_2018: Dispute, shared: Path) -> None:
    article = (shared / "article-2018-05-04.txt").read_text(encoding="utf-8")
    quoted = [source for source in sources(may_2018) if source.document == "article-2018-05-04"]
    assert len(quoted) > 20
    for source in quoted:
        assert source.span is not None
        source.verify(article)


@pytest.mark.parametrize("name", [name for name in list_cases() if name != "us-2025"])  # which quotes the acts
def test_quotes_of_the_timeline_are_its_words_on_their_date(name: str, shared: Path) -> None:
    with (shared / "truth" / "piie-us-china-average-tariffs.csv").open(encoding="utf-8") as file:
        # the file at hand has the apostrophe as a stray control character
        actions = {row["Tariff action"].replace("\x92", "'") for row in csv.DictReader(file)}
    quotes = [source.quote for source in sources(Dispute.read(name)) if source.document == "piie-timeline"]
    assert quotes
    assert {quote for quote in quotes if quote is not None} <= actions


def test_every_demand_of_both_sides_is_there(may_2018: Dispute, shared: Path) -> None:
    reference = json.loads((shared / "truth" / "demands-may-2018.json").read_text(encoding="utf-8"))["demands"]
    by = {"US": "USA", "CN": "CHN"}
    sides = {entry["id"]: by[entry["by"]] for entry in reference}
    assert set(COVERS.values()) == set(sides)
    assert {demand.id: demand.by for demand in may_2018.demands} == {
        ours: sides[theirs] for ours, theirs in COVERS.items()
    }
    deadlines = {entry["id"]: entry["deadline"] for entry in reference if isinstance(entry.get("deadline"), str)}
    for demand in may_2018.demands:
        if COVERS[demand.id] in deadlines and demand.deadline is not None:
            assert deadlines[COVERS[demand.id]].startswith(str(demand.deadline))
    recalled = {entry["id"] for entry in reference if entry["src"] == ["MEM"]}
    assert {COVERS[demand.id] for demand in may_2018.demands if demand.sourcing == "unverified"} == recalled


def test_the_demands_say_what_the_model_can_price(may_2018: Dispute) -> None:
    kinds = {demand.id: demand.ask.kind for demand in may_2018.demands}
    priced = ("us-surplus", "us-purchases", "us-no-retaliation", "us-investment-limits", "us-tariff-levels")
    assert {name for name, kind in kinds.items() if kind in PRICED} == {*priced, "cn-end-investigation"}
    surplus = next(demand for demand in may_2018.demands if demand.id == "us-surplus").ask.bilateral_balance
    assert surplus is not None
    assert (surplus.partner, surplus.change, [step.change for step in surplus.steps]) == (
        "USA",
        -200_000,
        [-100_000, -100_000],
    )


def test_what_is_law_threatened_and_assumed_on_4_may_2018(may_2018: Dispute) -> None:
    law = [measure.id for measure in may_2018.measures if measure.legal_on(may_2018.as_of)]
    assert law == ["us-232-steel", "us-232-aluminium", "us-232-aluminium-korea", "cn-answer-232"]
    steel, listed, more = (may_2018.measure(name) for name in ("us-232-steel", "us-301", "us-301-more"))
    assert steel.exempt is not None
    assert steel.exempt.economies is not None
    assert {"KOR", "DEU", "GBR", "MEX", "CAN"} <= set(steel.exempt.economies)
    assert not {"CHN", "JPN", "RUS", "TWN", "TUR", "IND"} & set(steel.exempt.economies)
    assert (listed.goods.value, listed.add, listed.assumed, str(listed.earliest)) == (50_000, 0.25, (), "2018-05-23")
    assert (more.goods.value, more.add, more.assumed, more.earliest) == (100_000, 0.25, ("add",), None)


def test_the_path_has_every_date_of_both_tables() -> None:
    dispute = Dispute.read("us-china-2018-2020")
    for table in ("us-on-china-2018-2020", "china-on-us-2018-2020"):
        assert tuple(m.from_ for m in dispute.measures if m.goods.table == table) == table_dates(table)


def test_the_template_is_a_dispute_that_holds() -> None:
    assert Dispute.parse(template()).dispute == "my-dispute"
