"""The tariffs of 2025 and 2026 as law (the bundled case us-2025): quotes, and the schedule of some days.

The figures are the statutory ones of the issue: points that the acts add to the average tariff, or the average itself.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from datetime import date
from pathlib import Path

import pytest

import detente as dt
from detente.dispute.schema import Dispute
from detente.policy.measure import Measure
from detente.policy.reach import added_by_partner

WITHOUT_A_NUMBER = {"reciprocal-august": "by list", "reciprocal-november": "KOR and CHE LIE"}
"""Measures that take the rates of a table, whose quotes hold these words and no rate."""


@pytest.fixture(scope="module")
def law() -> Dispute:
    return Dispute.read("us-2025")


def rates(measure: Measure) -> set[float]:
    """The rates that a measure has: its own, or those of its table, in per cent."""
    own = [rate for rate in (measure.add, measure.set, measure.total) if rate is not None]
    return {round(100 * rate, 6) for rate in own or added_by_partner(measure).values()}


def numbers(quote: str) -> set[float]:
    """The numbers of a quote but dates and parts of names."""
    text = re.sub(r"\d{4}-\d{2}-\d{2}", "", quote)
    return {float(found) for found in re.findall(r"(?<![\d.\-])\d+(?:\.\d+)?(?![\d\-])", text)}


def test_the_number_in_every_quote_is_the_number_of_its_measure(law: Dispute) -> None:
    wrong, bare = [], {}
    for measure in law.measures:
        quote = measure.source.quote if measure.source is not None else None
        assert quote is not None, measure.id
        if not numbers(quote):
            bare[measure.id] = quote
        elif not numbers(quote) & rates(measure):
            wrong.append((measure.id, quote))
    assert wrong == []
    assert bare.keys() == WITHOUT_A_NUMBER.keys()
    assert all(words in bare[name] for name, words in WITHOUT_A_NUMBER.items())


def test_a_day_in_a_quote_is_a_day_of_its_measure(law: Dispute) -> None:
    wrong = []
    for measure in law.measures:
        quote = measure.source.quote if measure.source is not None else ""
        days = {date.fromisoformat(day) for day in re.findall(r"(?<![a-z]-)\b\d{4}-\d{2}-\d{2}", quote or "")}
        if days and measure.from_ not in days:
            wrong.append((measure.id, quote, measure.from_))
    assert wrong == []


def test_a_quote_is_a_passage_of_the_summary_of_the_acts(law: Dispute, shared: Path) -> None:
    folder = shared / "data" / "us-2025"
    text = "".join((folder / name).read_text("utf-8") for name in ("acts.csv", "acts-more.csv"))
    every = [*law.measures, *law.stacking]
    quotes = [its.source.quote for its in every if its.source is not None]
    assert [quote for quote in quotes if quote not in text] == []


def test_every_measure_has_an_authority_and_every_rule_a_quote(law: Dispute) -> None:
    assert [measure.id for measure in law.measures if measure.authority is None] == []
    assert all(rule.source is not None and rule.source.quote for rule in law.stacking)
    assert len(law.measures) > 100


def test_who_answered_is_in_force_and_who_did_not_is_said(law: Dispute) -> None:
    assert {measure.by for measure in law.measures} == {"USA", "CAN", "CHN"}
    (said,) = [note for note in law.notes if note.startswith("Canada and China answered")]
    for name in ("European Union", "Japan", "Korea", "Mexico", "United Kingdom", "Switzerland", "India", "Brazil"):
        assert name in said


@pytest.mark.parametrize(("day", "points"), [("2025-02-04", 1.35), ("2026-02-24", 7.60)])
def test_points_that_the_acts_of_2025_and_2026_add(law: Dispute, day: str, points: float) -> None:
    before = dt.schedule(law, on=date(2025, 1, 1))
    added = dt.schedule(law, on=day).total("USA", ordinary=False) - before.total("USA", ordinary=False)
    assert 100 * added == pytest.approx(points, abs=0.05)


def test_the_average_tariff_on_the_last_day_that_is_known(law: Dispute) -> None:
    schedule = dt.schedule(law, on="2026-08-19")
    sectors = 100 * schedule.sectors("USA")["total"]
    assert sectors["B06"] < 0.2  # crude oil, which pays what steel pays at one rate a partner
    assert sectors["C21"] < 1.0
    assert sectors["C24A"] > 35.0
    assert 100 * schedule.total("USA") == pytest.approx(11.76, abs=0.05)
    assert "known up to 2026-08-19" in schedule.notes[0]


@pytest.mark.slow
def test_what_products_do_is_on_the_page_as_the_tool_makes_it(root: Path) -> None:
    spec = importlib.util.spec_from_file_location("law_by_product", root / "tools/law_by_product.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = tool  # dataclasses look their module up
    spec.loader.exec_module(tool)
    assert tool.part() in (root / "docs/us-2025-law.md").read_text("utf-8")
