"""Obligations of deals: read and written, known by day, priced as targets are, listed where nothing prices them."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from detente import run, talks
from detente.analyses.obligation_section import obligation_sections
from detente.analyses.run.result import Findings
from detente.analyses.talks.result import Talks
from detente.data.world import World
from detente.dispute.obligation_prices import NO_CAPITAL
from detente.dispute.priced_obligations import obligations_frame
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.errors import BadDispute
from detente.report.numbers import Names
from detente.targets.attainment import reach
from detente.targets.target import Purchases

FILE = """\
dispute: deal
title: A deal and what it binds to
as_of: 2018-06-01
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: steel, by: USA, on: CHN, status: in-force, from: 2018-03-23, goods: {sectors: [C24A]}, add: 25%}
obligations:
"""
LINES = """\
  - {id: farm, deal: A deal, by: China, partner: US, status: in-force, from: 2018-05-01, until: 2019-12-31,
     purchases: {value: 4bn, goods: {sectors: [A01]}}}
  - {id: total, by: CHN, partner: USA, status: proposed, purchases: {value: 6bn, over: 2019..2021, base: 2016,
     goods: {codes: [{hs: "1201"}, {hs: "8703"}]}}}
  - {id: money, by: CHN, partner: USA, status: in-force, from: 2018-05-01,
     investment: {value: 30bn, over: 2018 to 2020}}
  - {id: ceiling, by: USA, partner: CHN, status: in-force, from: 2018-05-01, until: 2018-05-31, measures: [steel]}
  - {id: later, by: CHN, partner: USA, status: in-force, from: 2018-07-01, investment: {value: 1bn}}
  - {id: gone, by: CHN, partner: USA, status: withdrawn, from: 2018-04-01, until: 2018-05-01, investment: {value: 1bn}}
demands:
  - {id: end, by: CHN, of: USA, ask: {withdraw: steel}}
"""


@pytest.fixture(scope="module")
def deal(small_world: World) -> Dispute:
    return Dispute.parse(FILE + LINES, world=small_world)


@pytest.fixture(scope="module")
def found(deal: Dispute, small_world: World) -> Findings:
    return run(deal, world=small_world)


def test_an_obligation_reads_what_it_writes(deal: Dispute, small_world: World) -> None:
    assert Dispute.parse(deal.to_yaml(), world=small_world) == deal
    total, money = deal.obligations[1].purchases, deal.obligations[2].investment
    assert (total.over, total.yearly) == ((2019, 2021), pytest.approx(2000.0, rel=1e-12))
    assert (money.over, money.yearly) == ((2018, 2020), pytest.approx(10_000.0, rel=1e-12))
    assert "over: 2019..2021" in deal.to_yaml()


def test_those_of_the_day_are_listed_with_their_status(found: Findings) -> None:
    listed = {its.obligation: (its.kind, its.in_force) for its in found.obligations}
    assert listed == {
        "farm": ("purchases", True),
        "total": ("purchases", False),
        "money": ("investment", True),
        "ceiling": ("measures", False),
    }
    assert "obligations later of 2018-07-01" in found.ignored


def test_purchases_are_priced_as_the_same_target(deal: Dispute, found: Findings, small_world: World) -> None:
    session = Session.of(deal, world=small_world)
    farm = found.obligations[0]
    goal = Purchases("CHN", "USA", farm.asked * farm.ratio, ["A01"])
    target = reach(session.economy, goal, by="purchases", start=session.standoff.shock())
    paid = target.payments().set_index("economy")["real_income_usd"]
    assert farm.asked == 4000.0
    assert farm.met
    assert farm.reached == pytest.approx(farm.asked_here, rel=1e-9)
    assert farm.rate == target.rates["rate"].iloc[0]
    assert (farm.giver, farm.asker, farm.third) == (paid["CHN"], paid["USA"], paid["third countries"])
    # the model's accounts: what all gain together is what all gain
    assert farm.world == pytest.approx(farm.giver + farm.asker + farm.third, rel=1e-9)


def test_codes_are_the_part_of_their_sectors_that_they_are(found: Findings) -> None:
    total = found.obligations[1]
    assert total.asked == pytest.approx(2000.0, rel=1e-12)
    assert total.reached == pytest.approx(total.asked_here, rel=1e-9)
    assert any("6bn over 2019 to 2021 counts in equal parts" in note for note in total.notes)
    assert any("counts over the year 2016; the model counts over that of" in note for note in total.notes)


def test_an_investment_pledge_is_listed_and_said_to_have_no_price(found: Findings) -> None:
    money = found.obligations[2]
    assert (money.asked, money.giver, money.rate) == (10_000.0, None, None)
    assert money.notes == (NO_CAPITAL,)


def test_results_keep_them_and_reports_show_them(deal: Dispute, found: Findings, small_world: World) -> None:
    assert Findings.from_json(found.to_json()).obligations == found.obligations
    assert list(found.written()["obligations"]["obligation"]) == ["farm", "total", "money", "ceiling"]
    spoken = talks(deal, world=small_world)
    assert isinstance(spoken, Talks)
    assert Talks.from_json(spoken.to_json()).obligations == spoken.obligations
    assert [asdict(its) for its in spoken.obligations] == [asdict(its) for its in found.obligations]
    assert list(spoken.written())[-1] == "obligations"
    for result in (found, spoken):
        titles = [section.title for section in result.presenter.sections(result)]
        assert titles.count("Obligations of deals") == 1


def test_the_section_has_dates_prices_and_notes(found: Findings) -> None:
    (section,) = obligation_sections(found.obligations, Names({"USA": "United States", "CHN": "China"}))
    table = next(block for block in section.blocks if hasattr(block, "rows"))
    assert table.rows[0].cells[:3] == (
        "China to United States, A deal",
        "purchases: A01 of USA",
        "in force, from 1 May 2018 until 31 December 2019",
    )
    assert table.rows[3].cells[2] == "not in force, from 1 May 2018 until 31 May 2018"
    assert NO_CAPITAL in section.blocks[-1].items
    assert obligation_sections(None, Names({})) == ()


def test_a_dispute_without_obligations_has_none(small: Dispute, small_world: World) -> None:
    found = run(small, world=small_world)
    assert found.obligations is None
    assert "obligations" not in found.as_dict()
    assert "obligations" not in found.written()


def test_one_row_an_obligation(found: Findings) -> None:
    frame = obligations_frame(found.obligations)
    assert len(frame) == 4
    assert np.isnan(frame["giver"].iloc[2])


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("by: CHN, partner: USA, status: proposed", "is one of purchases, investment and measures, and this has none"),
        ("by: CHN, partner: CHN, status: proposed, investment: {value: 1bn}", "CHN is bound to itself"),
        ("by: CHN, partner: USA, status: in-force, investment: {value: 1bn}", "in-force, but since when"),
        ("by: CHN, partner: USA, status: proposed, investment: {value: 0bn}", "promises nothing: write an amount"),
        ("by: CHN, partner: USA, status: proposed, investment: {value: 1bn, over: soon}", "write it as 2026..2028"),
        (
            "by: CHN, partner: USA, status: proposed, investment: {value: 1bn, over: 2028..2026}",
            "ends before it begins",
        ),
        ("by: CHN, partner: USA, status: proposed, measures: [stel]", r"measures\[0\]: is not the id.*'steel'"),
        ("by: CHN, partner: USZ, status: proposed, investment: {value: 1bn}", "partner: is not an economy.*'USA'"),
        ("by: CHN, to: USA, status: proposed, investment: {value: 1bn}", "to: is not a known key: write partner"),
        (
            "by: CHN, partner: USA, status: proposed, purchases: {value: 1bn, goods: {sectors: [A1]}}",
            r"sectors\[0\]: is not a sector",
        ),
        (
            "by: CHN, partner: USA, status: proposed, purchases: {value: 1bn, goods: {sector_rates: {A01: 25%}}}",
            "name codes, sectors or all, without rates and value",
        ),
    ],
)
def test_wrong_obligations_are_told_the_right_form(line: str, says: str) -> None:
    with pytest.raises(BadDispute, match=says):
        Dispute.parse(f"{FILE}  - {{id: o, {line}}}\n")


@pytest.mark.parametrize("key", ["purchases: {value: 3bn}", "investment: {value: 3bn}"])
def test_a_measure_is_no_obligation(key: str) -> None:
    text = FILE.replace("add: 25%", f"add: 25%, {key}").replace("obligations:\n", "")
    with pytest.raises(BadDispute, match=r"is not a known key: it is no duty: write obligations: \[\{id: purchases"):
        Dispute.parse(text)
