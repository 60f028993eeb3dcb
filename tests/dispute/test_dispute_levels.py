"""Demands that a deal may meet in part, purchases by category, and cuts for all: states are those that they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import detente as dt
from detente.analyses.hold.compliance import package_deals, packages_of
from detente.analyses.talks.commitments import Commitment, commitments, with_commitments
from detente.analyses.talks.deal_sentences import headline, package_words
from detente.analyses.talks.deals import Deals, values_of
from detente.analyses.talks.demand_prices import TradeTable, trade_table
from detente.data.world import World
from detente.dispute.negotiation import Negotiation, disagreement_points
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.errors import BadDispute, BadInput

HEAD = """\
dispute: small-levels
title: Demands that can be met in part
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: steel, by: USA, on: CHN, status: in-force, from: 2018-03-23, goods: {sectors: [C24A]}, add: 24%}
  - {id: first, by: USA, on: CHN, status: threatened, goods: {value: 50bn, basis: customs}, add: 25%}
demands:
"""
TEXT = f"""{HEAD}
  - id: surplus
    by: USA
    of: CHN
    levels: [50%]
    ask: {{bilateral_balance: {{partner: USA, change: -40bn, base: 2017, basis: world}}}}
  - {{id: cut, by: USA, of: CHN, levels: [25%], ask: {{tariff_cut: {{by: 80%}}}}}}
  - id: buy
    by: USA
    of: CHN
    ask:
      purchases:
        seller: USA
        categories:
          - name: food
            base: 20bn
            sectors: {{A01: 90%, C10T12: 50%}}
            schedule: [{{by: 2020-12-31, extra: 5bn}}, {{by: 2021-12-31, extra: 8bn}}]
          - name: machines
            base: 30bn
            sectors: {{C28: 80%, C10T12: 10%}}
            schedule: [{{by: 2020-12-31, extra: 6bn}}, {{by: 2021-12-31, extra: 9bn}}]
  - {{id: steel-ends, by: CHN, of: USA, levels: [50%], ask: {{withdraw: steel}}}}
values:
  USA: {{surplus: 2bn}}
"""


@pytest.fixture(scope="module")
def session(small_world: World) -> Session:
    return Session.of(Dispute.parse(TEXT, world=small_world), world=small_world, horizon="long")


@pytest.fixture(scope="module")
def plain(session: Session) -> Negotiation:
    return Negotiation.of(session, ("USA", "CHN"))


@pytest.fixture(scope="module")
def found(plain: Negotiation) -> dict[str, Commitment]:
    return commitments(plain)


@pytest.fixture(scope="module")
def table(plain: Negotiation, found: dict[str, Commitment]) -> TradeTable:
    return trade_table(with_commitments(plain, found))


def test_packages_are_all_levels(table: TradeTable) -> None:
    assert table.counts == (3, 3, 2, 3)
    assert len(table.worth) == 3 * 3 * 2 * 3
    assert table.met(len(table.worth) - 1) == ("surplus", "cut", "buy", "steel-ends")
    row = table.row(("surplus=50%", "cut=25%", "steel-ends=50%"))
    assert table.met(row) == ("surplus=50%", "cut=25%", "steel-ends=50%")
    assert table.shares[row].tolist() == [0.5, 0.25, 0, 0.5]
    assert table.outcomes.gap < 1e-9


def test_half_of_a_commitment_is_half_of_the_change_of_trade(plain: Negotiation, table: TradeTable) -> None:
    economy, goods = (
        plain.session.economy,
        [plain.session.world.sector_index(code) for code in plain.session.world.goods],
    )
    before = economy.M[np.ix_(plain.seats, plain.seats)][..., goods].sum(-1)
    level = before[0, 1] - before[1, 0]
    for name, part in (("surplus=50%", 0.5), ("surplus", 1.0)):
        bought = table.outcomes.bought[table.row((name,))][..., goods].sum(-1)
        assert bought[0, 1] - bought[1, 0] == pytest.approx(level - part * 40e3, abs=0.1)


def test_half_of_a_cut_and_half_of_a_duty_are_the_duties_that_they_say(plain: Negotiation, table: TradeTable) -> None:
    """A quarter of a cut by 80 % leaves 80 % of each tariff; half of a duty of 24 % is one of 12 %."""
    economy = plain.session.economy
    chn, usa, steel = economy.index("CHN"), economy.index("USA"), economy.sector_index("C24A")
    goods = [economy.sector_index(code) for code in plain.session.world.goods]
    t_cf = np.array(economy.t)
    t_cf[usa, chn, steel] += 0.12
    t_cf[chn, usa, goods] *= 0.8
    both = dt.solve(economy, dt.Shock(t_cf=t_cf))
    row = table.row(("cut=25%", "steel-ends=50%"))
    np.testing.assert_allclose(table.outcomes.welfare_hat[row], both.W_hat, rtol=0, atol=1e-9)


def test_a_cut_for_all_is_for_all_and_says_nothing_of_others(small_world: World) -> None:
    asked = {name: f"{{id: {name}, by: USA, of: CHN, ask: {{tariff_cut: {{{terms}}}}}}}" for name, terms in (
        ("one", "by: 50%, sectors: [C26]"), ("all", "by: 50%, mfn: true, sectors: [C10T12]")
    )}  # fmt: skip
    text = HEAD + "".join(f"  - {demand}\n" for demand in asked.values())
    session = Session.of(Dispute.parse(text, world=small_world), world=small_world, horizon="long")
    negotiation = Negotiation.of(session, ("USA", "CHN"))
    sellers = {}
    for name in asked:
        cut = negotiation.promises[name].cut
        assert cut is not None
        sellers[name] = {small_world.economies[i] for i in cut.i}
    assert sellers == {"one": {"USA"}, "all": {"USA", "MEX", "VNM", "OTH"}}


def test_every_category_is_kept_by_its_own_subsidy(found: dict[str, Commitment], table: TradeTable) -> None:
    """By itself the demand is the target: the same subsidies and the same world."""
    target, row = found["buy"].target, table.row(("buy",))
    assert target.met
    paid = table.paid(row)
    assert set(paid) == {"buy: food", "buy: machines"}
    np.testing.assert_allclose(-np.expm1(-np.array(list(paid.values()))), target.rates["rate"], rtol=1e-4)
    np.testing.assert_allclose(table.outcomes.welfare_hat[row], target.solution.W_hat, rtol=0, atol=1e-8)
    short, y = table.outcomes.short, table.outcomes.paid
    assert (short <= 1e-6).all(), "kept in every package"
    assert (y[short < -1e-6] == 0).all(), "and by no more than needed"
    cheaper = table.paid(table.row(("buy", "cut")))
    assert all(cheaper[name] < paid[name] for name in paid), "with lower tariffs less is paid"


def test_amounts_grow_by_their_part_of_the_base_year_by_year(found: dict[str, Commitment], small_world: World) -> None:
    stages = found["buy"].stages
    assert [stage.until for stage in stages] == ["2020-12-31", "2021-12-31"]
    flows = small_world.flows[small_world.index("CHN"), small_world.index("USA")]
    food = 0.9 * flows[small_world.sector_index("A01")] + 0.5 * flows[small_world.sector_index("C10T12")]
    for stage, extra in zip(stages, (5, 8), strict=True):
        level = stage.target.levels.iloc[0]
        assert level["benchmark"] == pytest.approx(food)
        assert level["asked"] / level["benchmark"] == pytest.approx(1 + extra / 20)
    assert (stages[1].target.rates["rate"] > stages[0].target.rates["rate"]).all()


@pytest.fixture(scope="module")
def deals(plain: Negotiation, found: dict[str, Commitment], table: TradeTable) -> Deals:
    negotiation = with_commitments(plain, found)
    return Deals.of(negotiation, table, list(disagreement_points(negotiation, with_nash=False)), values_of(negotiation))


def test_packages_name_parts_and_count_their_values(deals: Deals) -> None:
    whole, half = (deals.packages.index([level, 0, 0, 1]) for level in (2, 1))
    assert (deals.met(int(half)), deals.met(int(whole))) == ("surplus=50% + steel-ends=50%", "surplus + steel-ends=50%")
    for package, value in ((half, 1e3), (whole, 2e3)):
        worth = deals.table.worth[deals.row(int(package))]
        assert deals.money(int(package))["first"] == pytest.approx(worth[0] + value)
    assert deals.money_alone("surplus")[0] == pytest.approx(deals.table.worth[deals.table.row(("surplus",)), 0] + 2e3)


def test_a_red_line_is_the_whole_of_a_demand(deals: Deals) -> None:
    line = deals.negotiation.demands[0]
    negotiation = replace(
        deals.negotiation, demands=(line.model_copy(update={"stance": "red-line"}), *deals.negotiation.demands[1:])
    )
    strict = Deals.priced(negotiation, deals.table, deals.failures, deals.worth)
    kept = strict.bargains["answered"].honours[:, 0]
    met = [name for row in np.flatnonzero(kept).tolist() for name in strict.met(row).split(" + ")]
    assert kept.sum() == len(kept) / 3
    assert "surplus" in met
    assert "surplus=50%" not in met


def test_a_deal_that_is_held_to_has_parts_too(session: Session) -> None:
    deals, _ = package_deals(session, ("USA", "CHN"), {"p": ["surplus=50%", "steel-ends"]}, ())
    assert (deals[0].title, deals[0].value) == ("surplus=50%, steel-ends", (1e3, 0.0))
    with pytest.raises(BadInput, match="'surplus=40%' is not a level of surplus: it has surplus=50%, surplus"):
        package_deals(session, ("USA", "CHN"), {"p": ["surplus=40%"]}, ())
    with pytest.raises(BadInput, match="at two levels"):
        package_deals(session, ("USA", "CHN"), {"p": ["surplus=50%", "surplus"]}, ())


@pytest.mark.slow
def test_talks_with_parts_are_told_and_read_back(session: Session, small_world: World) -> None:
    talks = dt.talks(session.dispute, world=small_world, only=["surplus", "steel-ends"])
    assert len(talks.packages) == 9
    assert "surplus=50% + steel-ends" in set(talks.packages["demands"])
    assert dt.Talks.from_json(talks.to_json()).to_json() == talks.to_json()
    assert any("of its value in the file a part of it counts that part" in note for note in talks.notes)
    assert set(talks.prices["demand"]) == {"surplus", "steel-ends"}
    assert any("=50%" in name for names in packages_of(talks).values() for name in names)
    assert package_words(talks, "surplus=50%") == "“50% of: bilateral balance”"
    assert headline(talks)


def purchases(terms: str) -> str:
    return f"ask: {{purchases: {{seller: USA, {terms}}}}}"


LATER = "name: tools, sectors: {C28: 1%}, schedule: [{by: 2021-12-31, extra: 5bn}]"
FOOD = "name: food, sectors: {A01: 60%}, schedule: [{by: 2020-12-31, extra: 5bn}]"


@pytest.mark.parametrize(
    ("demand", "said"),
    [
        ("levels: [50%], ask: {structural: {topic: cyber, what: w}}", "levels: of structural no part is known"),
        ("levels: [50%, 25%], ask: {tariff_cut: {by: 50%}}", "each once, the smallest first"),
        ("levels: [150%], ask: {tariff_cut: {by: 50%}}", "write parts over 0% and up to 100%"),
        (purchases("schedule: [{by: 2020-12-31, extra: 5bn}], categories: []"), ""),
        (purchases("categories: []"), "either a schedule of one amount, or categories"),
        (purchases(f"categories: [{{{FOOD}}}], sectors: [A01]"), "named within each category"),
        (purchases(f"categories: [{{{FOOD}}}, {{{FOOD}}}]"), "two categories have one name"),
        (purchases(f"categories: [{{{FOOD}}}, {{{FOOD.replace('food', 'more')}}}]"), "cover 120% of A01 together"),
        (purchases(f"categories: [{{{FOOD}}}, {{{LATER}}}]"), "steps on different days"),
        (purchases(f"categories: [{{{FOOD}, base: -5bn}}]"), "base: -5bn is not above zero"),
        (purchases(f"categories: [{{{FOOD.replace('60%', '160%')}}}]"), "160% of A01 is not a part of it"),
        (purchases(f"categories: [{{{FOOD.replace('A01', 'A99')}}}]"), "is not a sector of icio-2017; found 'A99'"),
        (purchases("schedule: [{by: 2021-12-31, extra: 5bn}, {by: 2020-12-31, extra: 6bn}]"), "once, in order"),
    ],
)  # fmt: skip
def test_levels_and_categories_that_cannot_be_meant_are_refused(demand: str, said: str) -> None:
    text = f"{HEAD}  - {{id: d, by: USA, of: CHN, {demand}}}\n"
    if not said:
        assert Dispute.parse(text).demands[0].ask.purchases is not None
        return
    with pytest.raises(BadDispute) as problem:
        Dispute.parse(text)
    assert said in str(problem.value)
    assert "line 10" in str(problem.value)


def test_too_many_levels_are_refused(small_world: World) -> None:
    parts = "levels: [10%, 20%, 30%, 40%, 50%, 60%, 70%]"
    cuts = "".join(
        f"  - {{id: cut-{k}, by: USA, of: CHN, {parts}, ask: {{tariff_cut: {{by: 50%, sectors: [{code}]}}}}}}\n"
        for k, code in enumerate(small_world.goods[:4])
    )
    text = f"{HEAD}{cuts}"
    with pytest.raises(BadInput, match=r"make 6,561 packages, more than 4,096.*give fewer levels \(cut-0 8, cut-1 8"):
        dt.talks(Dispute.parse(text, world=small_world), world=small_world)
