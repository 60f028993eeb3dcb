"""Phase One as a case: what the agreement says, the numbers of the target on its own, and what duties in force add."""

from __future__ import annotations

import pytest

import detente as dt
from detente.analyses.talks.commitments import commitments
from detente.analyses.talks.report import category_table, document, target_table
from detente.analyses.talks.result import Talks
from detente.data.bundled import load_world
from detente.data.world import World
from detente.dispute.negotiation import Negotiation
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.targets.phase_one import PhaseOne, phase_one
from detente.targets.target import Target


@pytest.fixture(scope="module")
def case() -> Dispute:
    return Dispute.read("phase-one-2020")


@pytest.fixture(scope="module")
def world() -> World:
    return load_world("icio-2017")


@pytest.fixture(scope="module")
def agreed(world: World) -> PhaseOne:
    return phase_one(world)


def target_of(dispute: Dispute, world: World, stage: int) -> Target:
    """What keeps a year's purchases from what is in force."""
    session = Session.of(dispute, world=world, horizon="long")
    negotiation = Negotiation.of(session, ("USA", "CHN"), only=["us-purchases"])
    return commitments(negotiation)["us-purchases"].stages[stage].target


def until_2020(case: Dispute, *, law: bool) -> Dispute:
    """The case for 2020 alone, and without any measure if asked for."""
    demand = next(demand for demand in case.demands if demand.id == "us-purchases")
    asked = demand.ask.purchases
    assert asked is not None
    first = [each.model_copy(update={"schedule": each.schedule[:1]}) for each in asked.categories]
    ask = demand.ask.model_copy(update={"purchases": asked.model_copy(update={"categories": tuple(first)})})
    short = {"demands": (demand.model_copy(update={"ask": ask}),)}
    return case.model_copy(update=short if law else short | {"measures": (), "responses": ()})


def test_the_case_has_the_amounts_of_the_agreement_and_the_shares_of_its_headings(
    case: Dispute, agreed: PhaseOne
) -> None:
    asked = next(demand for demand in case.demands if demand.id == "us-purchases").ask.purchases
    assert asked is not None
    table = agreed.categories.set_index("category")
    assert [category.name for category in asked.categories] == list(table.index)
    for category in asked.categories:
        assert [str(step.by) for step in category.schedule] == ["2020-12-31", "2021-12-31"]
        assert category.schedule[0].extra == table["extra"][category.name]
        assert category.base == pytest.approx(table["base"][category.name], abs=1e-3)
        own = agreed.shares.loc[category.name]
        assert {sector for sector, part in own.items() if part >= 1e-6} == set(category.sectors)
        for sector, part in category.sectors.items():
            assert 0 <= own[sector] - part < 1.0001e-6, "rounded down"
    later = {category.name: category.schedule[1].extra for category in asked.categories}
    assert later == {"manufactured goods": 44.8e3, "agriculture": 19.5e3, "energy": 33.9e3}
    goods = sum(step.extra for category in asked.categories for step in category.schedule)
    assert goods + 12.8e3 + 25.1e3 == pytest.approx(200e3), "with services the 200bn of the agreement"


@pytest.mark.slow
def test_without_duties_in_force_it_is_the_target_of_2020(case: Dispute, world: World, agreed: PhaseOne) -> None:
    """The figures of docs/targets.md, which come of the goal by itself."""
    target = target_of(until_2020(case, law=False), world, 0)
    assert isinstance(target.goal, dt.Purchases)
    assert target.goal.amounts == pytest.approx(agreed.goal.amounts, rel=1e-5)
    assert [round(100 * rate, 1) for rate in target.rates["rate"]] == [10.0, 9.4, 22.2]
    paid = target.payments().set_index("economy")["real_income_usd"] / 1e3
    assert (round(paid["CHN"], 1), round(paid["USA"], 1)) == (-6.6, 5.6)


@pytest.mark.slow
def test_duties_in_force_make_it_dearer(case: Dispute, world: World, agreed: PhaseOne) -> None:
    """The amounts count from 2017, and China's answers have lowered what it buys since."""
    target = target_of(until_2020(case, law=True), world, 0)
    assert target.met
    assert [round(100 * rate, 1) for rate in target.rates["rate"]] == [18.8, 22.8, 35.9]
    paid = target.payments().set_index("economy")["real_income_usd"]
    assert paid["CHN"] < -9e3 < 9e3 < paid["USA"]


@pytest.fixture(scope="module")
def talks(case: Dispute, world: World) -> Talks:
    return dt.talks(case, world=world)


@pytest.mark.slow
def test_what_was_signed_costs_china_more_than_no_deal(talks: Talks) -> None:
    """Purchases for half of List 4A: by the model alone China gives more than the threat would have taken from it."""
    rows = talks.packages.set_index("demands")
    signed = rows.loc["us-purchases + cn-list-4a=50%"]
    threat = talks.no_deals.set_index("no_deal").loc["answered"]
    assert signed["first"] > 10e3
    assert signed["second"] < threat["second"] < 0
    assert talks.zone("red lines")["packages"] == 0
    assert talks.zone("no deal")["packages"] > 0
    assert rows.loc["cn-list-4a", "second"] > 0
    assert 0 < rows.loc["cn-list-4a=50%", "second"] < rows.loc["cn-list-4a", "second"]


@pytest.mark.slow
def test_each_year_and_category_is_in_the_tables_and_the_report(talks: Talks) -> None:
    rows = talks.categories
    assert len(rows) == 6
    assert set(rows["until"]) == {"2020-12-31", "2021-12-31"}
    assert rows["asked"].sum() == pytest.approx(162.1e3)
    assert (rows["reached"] / rows["asked_here"]).tolist() == pytest.approx([1.0] * 6, rel=1e-5)
    first = talks.targets.set_index(["instrument", "until"]).loc[("purchases of CHN", "2020-12-31")]
    assert first["asked"] == pytest.approx(63.9e3)
    assert "by the figures of the file" in target_table(talks).rows[0].cells[0]
    assert [row.cells[0] for row in category_table(talks).rows if not row.heading][:3] == list(rows["category"][:3])
    assert any(section.title == "Trade by amount" for section in document(talks).sections)
    assert dt.Talks.from_json(talks.to_json()).to_json() == talks.to_json()


def test_the_case_says_what_its_demands_come_to_be(case: Dispute) -> None:
    kinds = {demand.id: (demand.by, demand.ask.kind, demand.levels) for demand in case.demands}
    assert kinds["us-purchases"] == ("USA", "purchases", (0.5,))
    assert kinds["cn-list-4a"] == ("CHN", "withdraw", (0.5,))
    assert sum(kind == "structural" for _, kind, _ in kinds.values()) == 5
