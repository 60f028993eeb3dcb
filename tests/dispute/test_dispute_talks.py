"""Talks between two parties: prices are those of the states they name, deals and distance follow, all is read back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import detente as dt
from detente import talks as negotiated
from detente.analyses.talks.commitments import commitments, with_commitments
from detente.analyses.talks.deals import Deals, values_of
from detente.analyses.talks.demand_prices import trade_table
from detente.analyses.talks.result import TABLES, Talks
from detente.data.world import World
from detente.dispute.negotiation import Negotiation, disagreement_points
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.errors import BadInput, BadTable, UnknownEconomy
from detente.policy.reach import bases
from detente.report.blocks import json_together
from detente.solver.economy import Economy, calibrate
from detente.solver.solution import Solution
from detente.targets import target as goals
from detente.targets.attainment import reach

TEXT = """\
dispute: small-talks
title: A threat, its answer, and what each side asks for
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: steel, by: USA, on: CHN, status: in-force, from: 2018-03-23, goods: {sectors: [C24A]}, add: 25%}
  - {id: pork, by: CHN, on: USA, status: in-force, from: 2018-04-02, goods: {sectors: [A01]}, add: 15%}
  - {id: first, by: USA, on: CHN, status: threatened, goods: {value: 50bn, basis: customs}, add: 25%}
  - {id: second, by: USA, on: CHN, status: threatened, goods: {value: 60bn, basis: customs}, add: 25%}
responses:
  - {by: CHN, to: first, rule: in-kind, match: value}
  - {by: CHN, to: second, rule: in-kind, match: value}
demands:
  - id: surplus
    by: USA
    of: CHN
    ask: {bilateral_balance: {partner: USA, change: -50bn, base: 2017, basis: customs}}
    stance: red-line
  - {id: buy, by: USA, of: CHN, ask: {purchases: {seller: USA, schedule: [{by: 2019-05-31, extra: 20bn}]}}}
  - {id: levels, by: USA, of: CHN, ask: {tariffs_at_most: {levels_of: USA}}}
  - {id: calm, by: USA, of: CHN, ask: {no_retaliation: {to: [first], ends: [pork]}}}
  - {id: patents, by: USA, of: CHN, ask: {structural: {topic: intellectual-property, what: protect it}}}
  - {id: steel-ends, by: CHN, of: USA, ask: {withdraw: steel}}
  - {id: stop, by: CHN, of: USA, ask: {withdraw: first}}
  - {id: status, by: CHN, of: USA, ask: {market_economy_status: {law: trade remedies}}}
values:
  CHN: {status: 4bn..6bn, patents: 0.5bn..1bn}
  USA: {status: 1bn..2bn, patents: 9bn}
"""


@pytest.fixture(scope="module")
def dispute(small_world: World) -> Dispute:
    return Dispute.parse(TEXT, world=small_world)


@pytest.fixture(scope="module")
def talks(dispute: Dispute, small_world: World) -> Talks:
    return dt.talks(dispute, world=small_world)


@pytest.fixture(scope="module")
def economy(small_world: World) -> Economy:
    return calibrate(small_world)


@pytest.fixture(scope="module")
def negotiation(dispute: Dispute, small_world: World) -> Negotiation:
    return Negotiation.of(Session.of(dispute, world=small_world, horizon="long"), ("USA", "CHN"))


def price(talks: Talks, demand: str, who: str, column: str = "alone") -> float:
    rows = talks.prices.set_index(["demand", "who"])
    return float(rows[column][demand, who])


def gained(economy: Economy, after: Solution, before: Solution, code: str) -> float:
    n = economy.index(code)
    return float((after.W_hat[n] - before.W_hat[n]) * economy.I[n])


def test_the_layer_is_the_front_door(dispute: Dispute, small_world: World, talks: Talks) -> None:
    assert callable(dt.talks)
    assert dt.talks.__signature__.parameters.keys() >= {"no_deal", "players", "mfn", "robust"}  # type: ignore[attr-defined]


@pytest.mark.slow  # all searches twice
def test_the_same_talks_give_the_same_digits(dispute: Dispute, small_world: World, talks: Talks) -> None:
    assert negotiated(dispute, world=small_world).to_json() == talks.to_json()


def test_prices_alone_are_those_of_the_talks(dispute: Dispute, small_world: World, talks: Talks) -> None:
    pd.testing.assert_frame_equal(dt.price_demands(dispute, world=small_world), talks.prices)


def test_failed_talks_lead_to_the_states_of_a_run_and_a_war(
    talks: Talks, dispute: Dispute, small_world: World, economy: Economy
) -> None:
    found, war = dt.run(dispute, world=small_world), dt.run_war(dispute, world=small_world, grid=(0.0,))
    points = talks.no_deals.set_index("no_deal")
    for name, scenario in (("threat", "all-threats"), ("answered", "all-threats-answered")):
        changes = found[scenario].tables["economies"].set_index("economy")["real_income"]
        rows = talks.economies[talks.economies["state"] == f"no deal: {name}"].set_index("economy")["real_income"]
        for code in ("USA", "CHN", "MEX", "OTH"):
            assert rows[code] == pytest.approx(changes[code], abs=1e-9)
    for k, code in (("first", "USA"), ("second", "CHN")):
        table = war.matrix(code, "real_income_usd")
        assert points[k]["nash"] == pytest.approx(table["Nash"].to_dict()["Nash"], rel=1e-5)
        assert points[k]["answered"] == pytest.approx(table["in kind"].to_dict()["threat"], rel=1e-7)
        assert points[k]["status quo"] == 0.0
        assert (points[f"pays_{k}"] == (points[k] > 0)).all()


def test_a_commitment_costs_what_reaching_it_costs(talks: Talks, negotiation: Negotiation, small_world: World) -> None:
    economy = negotiation.session.economy
    table = bases(small_world, [("CHN", "USA"), ("USA", "CHN")])
    ratio = (table["world"][1] - table["world"][0]) / (table["customs"][1] - table["customs"][0])
    goal = goals.Balance("CHN", "USA", -50e3 * ratio, scope="goods")
    target = reach(economy, goal, by="purchases", start=negotiation.session.standoff.shock())
    paid = target.payments().set_index("economy")["real_income_usd"]
    assert price(talks, "surplus", "USA") == pytest.approx(paid["USA"], rel=1e-4)
    assert price(talks, "surplus", "CHN") == pytest.approx(paid["CHN"], rel=1e-4)
    rows = talks.targets.set_index(["demand", "instrument"])
    row = rows.loc[("surplus", "purchases of CHN")]
    assert (row["asked"], row["basis"], row["ratio"]) == (-50e3, "customs", pytest.approx(ratio))
    assert row["reached"] == pytest.approx(-50e3 * ratio, rel=1e-6)
    assert ("surplus", "tariff of USA") in rows.index
    assert ("buy", "tariff cut of CHN") in rows.index


def test_a_commitment_is_kept_in_every_package(talks: Talks, small_world: World) -> None:
    """A tariff cut beside it costs less than alone: the buyer pays less for the same amount of trade."""
    rows = talks.balances[talks.balances["economy"] == "CHN"].set_index("state")
    deals = [state for state in rows.index if state.startswith("deal: ") and "surplus" in state]
    assert deals
    for state in deals:
        assert rows["goods_after"][state] == pytest.approx(rows["goods_after"]["demand: surplus"], abs=1.0)
    assert price(talks, "levels", "CHN", "last") > price(talks, "levels", "CHN") < 0


def test_a_purchase_that_a_balance_brings_anyway_costs_nothing_more(talks: Talks) -> None:
    assert price(talks, "buy", "CHN") < 0
    assert price(talks, "buy", "CHN", "last") == pytest.approx(0, abs=1.0)


def test_a_threat_on_hold_costs_nothing_to_give_up_and_averts_its_harm(talks: Talks, negotiation: Negotiation) -> None:
    economy = negotiation.session.economy
    for who in ("USA", "CHN", "world"):
        assert price(talks, "stop", who) == pytest.approx(0, abs=1e-3)
    both, only = negotiation.law(answered=True), negotiation.law(("stop",), answered=True)
    assert {m.id for m in both} - {m.id for m in only} == {"first", "chn-answers-first"}
    before, after = negotiation.session.solution(both), negotiation.session.solution(only)
    for code in ("USA", "CHN"):
        assert price(talks, "stop", code, "at_answered") == pytest.approx(
            gained(economy, after, before, code), abs=0.01
        )


def test_no_retaliation_restricts_the_answers(talks: Talks, negotiation: Negotiation) -> None:
    law = {m.id for m in negotiation.law(("calm",), answered=True)}
    assert law == {"steel", "first", "second", "chn-answers-second"}
    assert {m.id for m in negotiation.law(("calm",))} == {"steel"}
    assert price(talks, "calm", "USA", "at_answered") > 0
    assert price(talks, "calm", "USA", "at_threat") == pytest.approx(price(talks, "calm", "USA"), rel=0.2)


def test_values_of_the_file_price_what_the_model_cannot(talks: Talks) -> None:
    for demand, who, value in (
        ("status", "CHN", 5e3),
        ("status", "USA", -1.5e3),
        ("patents", "CHN", -750),
        ("patents", "USA", 9e3),
    ):
        for column in ("alone", "last", "shapley"):
            assert price(talks, demand, who, column) == value
    demands = talks.demands.set_index("demand")
    assert (demands.loc["status", "asker_least"], demands.loc["status", "giver_most"]) == (4e3, 2e3)
    assert demands["priced"].all()


def test_shapley_values_share_out_the_whole_and_lie_within_the_range_over_orders(talks: Talks) -> None:
    for who in ("USA", "CHN"):
        rows = talks.prices[talks.prices["who"] == who]
        assert (rows["lowest"] <= rows["shapley"] + 1e-6).all()
        assert (rows["shapley"] <= rows["highest"] + 1e-6).all()
        column = "first" if who == "USA" else "second"
        whole = talks.packages[talks.packages["demands"].str.count(r"\+") == len(talks.demands) - 1]
        assert rows["shapley"].sum() == pytest.approx(float(whole[column].iloc[0]), rel=1e-9)


def test_packages_are_judged_by_their_payoffs(talks: Talks) -> None:
    packages, point = talks.packages, talks.no_deals.set_index("no_deal").loc["answered"]
    assert len(packages) == 2 ** len(talks.demands)
    tiny = 1e-3
    better = (packages["first"] > point["first"] - tiny) & (packages["second"] > point["second"] - tiny)
    assert (packages["in_no_deal"] == better).all()
    truce = better & (packages["first"] > -tiny) & (packages["second"] > -tiny)
    assert (packages["in_truce"] <= truce).all()
    assert (packages["keeps_first"] == packages["demands"].str.contains("surplus")).all()
    assert packages["keeps_second"].all()
    assert (packages["in_all"] == (packages["in_truce"] & packages["keeps_first"])).all()
    zones = talks.zones[talks.zones["no_deal"] == "answered"].set_index("among")["packages"]
    assert dict(zones) == {a: packages[f"in_{a.replace(' ', '_')}"].sum() for a in zones.index}
    money = packages["first"] + packages["second"] + packages["third"]
    plain = ~packages["demands"].str.contains("status|patents")
    np.testing.assert_allclose(money[plain], packages["world"][plain], atol=1e-3)


def test_the_truce_is_always_there_and_named(talks: Talks) -> None:
    truce = talks.deals.iloc[0]
    assert (truce["concept"], truce["demands"], truce["first"], truce["second"]) == ("truce", "", 0.0, 0.0)
    assert "" in set(talks.packages["demands"])
    assert "truce" not in set(talks.solutions["concept"])


def test_picks_are_on_the_frontier_and_beat_no_deal(talks: Talks) -> None:
    picks = talks.solutions[talks.solutions["over"] == "packages"]
    assert set(picks["concept"]) == {"nash", "kalai-smorodinsky", "egalitarian", "utilitarian"}
    assert (picks[["gain_first", "gain_second"]] >= -1e-3).all(axis=None)
    best = set(talks.frontier["package"])
    for among, concept in (("no deal", "nash"), ("no deal", "utilitarian")):
        row = picks[(picks["among"] == among) & (picks["concept"] == concept)].iloc[0]
        assert row["package"] in best
    assert (talks.frontier["first"].diff().dropna() <= 0).all()
    assert (talks.frontier["second"].diff().dropna() >= 0).all()


def test_every_no_deal_point_has_its_row_and_the_one_chosen_is_told(
    talks: Talks, dispute: Dispute, small_world: World
) -> None:
    assert talks.no_deal == "answered"
    assert set(talks.zones["no_deal"]) == {"status quo", "threat", "answered", "nash"}
    other = dt.talks(dispute, no_deal="threat", world=small_world, only=["levels", "steel-ends"])
    assert other.no_deal == "threat"
    assert other.id != talks.id
    assert list(other.demands["demand"]) == ["levels", "steel-ends"]
    assert any("surplus is left out" in note for note in other.notes)


def test_the_part_of_a_commitment_that_would_do_leaves_its_giver_where_no_deal_does(talks: Talks) -> None:
    rows = talks.closing.set_index(["demand", "no_deal"])
    for point in ("threat", "answered"):
        row = rows.loc[("surplus", point)]
        if row["part"] < 1:
            assert row["giver_worth"] == pytest.approx(row["giver_no_deal"], rel=5e-3)
        else:
            assert row["giver_worth"] >= row["giver_no_deal"]
        assert row["amount"] == pytest.approx(row["part"] * -50e3)
    assert rows.loc[("surplus", "status quo"), "part"] == 0


def test_a_cut_for_everybody_does_the_world_more_good(talks: Talks) -> None:
    opening = talks.opening.set_index(["demand", "to"])
    assert opening.loc[("levels", "everybody"), "world"] > opening.loc[("levels", "the side that asks"), "world"] > 0
    assert opening.loc[("levels", "the side that asks"), "first"] == pytest.approx(
        price(talks, "levels", "USA"), abs=0.01
    )


def test_a_deal_for_everybody_leaves_out_what_favours_one_seller(
    dispute: Dispute, small_world: World, talks: Talks
) -> None:
    mfn = dt.talks(dispute, world=small_world, mfn=True)
    assert not {"surplus", "buy"} & set(mfn.demands["demand"])
    assert sum("favours one seller" in note for note in mfn.notes) == 2
    opening = talks.opening.set_index(["demand", "to"])
    assert price(mfn, "levels", "CHN") == pytest.approx(opening.loc[("levels", "everybody"), "second"], abs=0.01)


def test_total_balances_are_held_or_hardly_move(talks: Talks, dispute: Dispute, small_world: World) -> None:
    own = talks.balances[talks.balances["state"] == "demand: surplus"].set_index("economy").loc["CHN"]
    assert own["how"] == "held by assumption"
    assert own["total_after"] == pytest.approx(own["total_before"], abs=1e-3)
    session = Session.of(dispute, world=small_world, deficits="proportional", horizon="long")
    moved = Negotiation.of(session, ("USA", "CHN"), only=["surplus"])
    table = trade_table(with_commitments(moved, commitments(moved)))
    i = moved.seats[1]
    goods = [small_world.sector_index(code) for code in small_world.goods]
    bought = table.outcomes.bought[..., goods].sum(-1)
    bilateral = float(np.diff(bought[:, 0, 1] - bought[:, 1, 0])[0])
    total = float(np.diff(table.outcomes.balance[:, i])[0])
    assert bilateral < -30e3
    assert 0 < abs(total) < 0.1 * abs(bilateral)


def test_the_finding_is_looked_for_in_other_settings(talks: Talks) -> None:
    rows = talks.stability
    assert rows["run"].tolist() == [True] + [False] * (len(rows) - 1)
    assert set(zip(rows["elasticities"], rows["deficits"], rows["values"], strict=True)) >= {
        ("U4", "fixed", "middle"), ("U4", "fixed", "cautious"), ("U4", "fixed", "generous"),
        ("U4", "balanced", "middle"), ("U4", "proportional", "middle"),
        ("CP", "fixed", "middle"), ("LL", "fixed", "middle"),
    }  # fmt: skip
    assert rows["solved"].all()
    finding = (rows["packages_red_lines"] > 0, rows["packages_all"] > 0)
    same = (finding[0] == finding[0].iloc[0]) & (finding[1] == finding[1].iloc[0])
    assert (rows["same"] == same).all()
    assert rows["apart_all"].iloc[0] == talks.zone("all")["apart"]


def test_talks_survive_json_and_a_folder(talks: Talks, tmp_path: Path) -> None:
    again = Talks.from_json(talks.to_json())
    assert again.to_json() == talks.to_json()
    assert (again.players, again.settings, again.red_lines) == (talks.players, talks.settings, ("surplus",))
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(talks, name), check_dtype=False)
    folder = talks.write(tmp_path / "talks")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["id"] == talks.id
    assert {f"tables/{name}.csv" for name in TABLES} <= set(manifest["files"])
    assert talks.verdict in repr(talks)
    assert "<table" in talks._repr_html_()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "detente war 1"}'])
def test_other_text_is_no_talks(text: str) -> None:
    with pytest.raises(BadTable, match="this is no talks"):
        Talks.from_json(text)


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"no_deal": "war"}, BadInput, "no_deal is 'war': give one of status quo, threat, answered, nash"),
        ({"players": ["USA"]}, BadInput, "players are USA: name two different economies"),
        ({"players": ["USA", "CHX"]}, UnknownEconomy, "did you mean 'CHN'"),
        ({"players": ["USA", "MEX"]}, BadInput, "no demand of USA or MEX on the other"),
        ({"only": ["surplis"]}, BadInput, "surplis is not a demand"),
        ({"only": []}, BadInput, "nobody is not a demand"),
        ({"weights": (1, 0)}, BadInput, "weights holds 0: give two numbers separated by a comma, over 0"),
        ({"weights": ("a", "b")}, BadInput, "weights holds 'a': give two numbers"),
        ({"weights": 1}, BadInput, "weights is 1: give two numbers separated by a comma"),
        ({"players": 3}, BadInput, "players is 3: give names separated by commas"),
        ({"no_deal": 3}, BadInput, "no_deal is 3: give one of"),
        ({"seed": -1}, BadInput, "seed is -1: give a whole number at least 0"),
        ({"progress": 3}, BadInput, "progress is 3: give a function"),
    ],
)
def test_what_is_no_talks_is_refused(dispute: Dispute, small_world: World, given, error, said) -> None:
    with pytest.raises(error, match=said):
        dt.talks(dispute, world=small_world, **given)


def test_more_demands_than_can_be_gone_through_are_refused(small_world: World) -> None:
    head = TEXT[: TEXT.index("demands:\n")]
    goods = small_world.goods[:14]
    cuts = "".join(
        f"  - {{id: cut-{k}, by: USA, of: CHN, ask: {{tariff_cut: {{by: 50%, sectors: [{code}]}}}}}}\n"
        for k, code in enumerate(goods)
    )
    with pytest.raises(BadInput, match=r"14 demands change trade, more than 12.*only=\['cut-0', 'cut-1', 'cut-2'\]"):
        dt.talks(Dispute.parse(f"{head}demands:\n{cuts}", world=small_world), world=small_world)


def test_forty_demands_that_change_no_trade_are_gone_through(small_world: World) -> None:
    """2^40 packages: what is undominated is found without a list of them."""
    head = TEXT[: TEXT.index("demands:\n")]
    sides = [("USA", "CHN") if k % 2 else ("CHN", "USA") for k in range(40)]
    asks = "".join(
        f"  - {{id: s{k}, by: {by}, of: {of}, ask: {{structural: {{topic: cyber, what: thing {k}}}}}}}\n"
        for k, (by, of) in enumerate(sides)
    )
    worth = {by: ", ".join(f"s{k}: {1 + (7 * k + (by == side)) % 20}bn" for k, (side, _) in enumerate(sides))
             for by in ("USA", "CHN")}  # fmt: skip
    values = "".join(f"  {by}: {{{amounts}}}\n" for by, amounts in worth.items())
    dispute = Dispute.parse(f"{head}demands:\n{asks}values:\n{values}", world=small_world)
    negotiation = Negotiation.of(Session.of(dispute, world=small_world, horizon="long"), ("USA", "CHN"))
    deals = Deals.of(
        negotiation,
        trade_table(negotiation),
        list(disagreement_points(negotiation, with_nash=False)),
        values_of(negotiation),
    )
    assert deals.packages.size == 2**40
    assert not deals.bargains["answered"].complete
    assert deals.bargains["answered"].pick("nash") is not None
    surplus = sum(max(float(value.sum()), 0.0) for value in deals.worth.values())
    most = deals.packages.frontier().payoffs.sum(1).max()
    assert most == pytest.approx(surplus), "the package that meets each demand that is worth more than it costs"


def test_progress_tells_of_every_part(dispute: Dispute, small_world: World) -> None:
    told: list[tuple[int, int, str]] = []
    dt.talks(dispute, world=small_world, only=["levels"], progress=lambda *now: told.append(now))
    assert [(done, total) for done, total, _ in told] == [(k, 6) for k in range(7)]
    assert told[-1][2] == ""


STALEMATE = """\
demands:
  - id: surplus
    by: USA
    of: CHN
    ask: {bilateral_balance: {partner: USA, change: -50bn, base: 2017, basis: customs}}
    stance: red-line
  - {id: patents, by: USA, of: CHN, ask: {structural: {topic: intellectual-property, what: protect it}}}
  - {id: status, by: CHN, of: USA, ask: {market_economy_status: {law: trade remedies}}}
outcomes: [{date: 2018-05-04, outcome: stalemate}]
"""


def test_demands_without_a_price_have_an_implied_one(small_world: World) -> None:
    text = TEXT[: TEXT.index("demands:\n")] + STALEMATE
    talks = dt.talks(Dispute.parse(text, world=small_world), world=small_world)
    rows = talks.implied.set_index("demand")
    missing = talks.zone("all")["apart"]
    assert missing > 0
    assert rows["least_value"]["status"] == pytest.approx(missing, rel=1e-6), "what China lacks"
    assert rows["makes_deal"].to_dict() == {"patents": False, "status": True}
    assert rows["norm_value"]["status"] >= missing * (1 - 1e-6), "which costs the US, and the US gets nothing for it"
    # the US refused China's list with the answered threat at hand
    floor = -talks.no_deals.set_index("no_deal")["first"]["answered"]
    assert rows["cost_low"]["status"] == pytest.approx(max(floor, 0), rel=1e-6)
    assert np.isnan(rows["cost_high"]["status"])
    assert sum("refused the whole list" in note for note in talks.notes) == 2
    valued = text + f"values: {{CHN: {{status: {missing * 1.01:.0f}mn}}, USA: {{status: 0bn}}}}\n"
    other = dt.talks(Dispute.parse(valued, world=small_world), world=small_world)
    assert other.zone("all")["packages"] > 0, "with that value there is a deal"
    assert other.zone("all")["nash"] == "surplus + status"
    assert other.demands.set_index("demand")["board"]["status"] == "agreed"


def test_demands_are_traded_where_both_gain(talks: Talks) -> None:
    """Status for patents: worth 5bn to China and 9bn to the US, at a cost of 1.5bn and 0.75bn."""
    row = talks.trades[(talks.trades["first_gets"] == "patents") & (talks.trades["second_gets"] == "status")].iloc[0]
    assert row[["first_gain", "second_gain", "first_pays", "second_pays"]].tolist() == pytest.approx(
        [7500, 4250, 1500, 750], abs=1e-6
    )
    assert set(talks.concessions["side"]) <= {"USA", "CHN"}


def test_talks_stand_beside_a_run_and_not_in_it(small_world: World) -> None:
    text = TEXT[: TEXT.index("demands:\n")] + "demands: [{id: stop, by: CHN, of: USA, ask: {withdraw: first}}]\n"
    dispute = Dispute.parse(text, world=small_world)
    plain, talks = dt.run(dispute, world=small_world), dt.talks(dispute, world=small_world)
    together = json.loads(json_together(plain, [talks]))
    assert dt.Talks.from_dict(together["talks"]).to_json() == talks.to_json()
    assert dt.Findings.from_dict(together) == plain
    assert not any(name.startswith("talks_") for name in plain.tables())
    assert (talks.headline, talks.subject.names) == (talks.presenter.headline(talks), dispute.called)


@pytest.mark.parametrize(
    ("goods", "rate", "pays"), [("{value: 110bn, basis: customs}", 25, False), ("{all: true}", 5, True)]
)
def test_whether_the_bare_threat_pays_depends_on_what_it_covers(
    small_world: World, goods: str, rate: int, pays: bool
) -> None:
    """A low duty on everything wins terms of trade; a high one on a fifth diverts trade elsewhere."""
    head = TEXT[: TEXT.index("  - {id: first")]
    text = (
        f"{head}  - {{id: threat, by: USA, on: CHN, status: threatened, goods: {goods}, add: {rate}%}}\n"
        "demands: [{id: stop, by: CHN, of: USA, ask: {withdraw: threat}}]\n"
    )
    negotiation = Negotiation.of(
        Session.of(Dispute.parse(text, world=small_world), world=small_world, horizon="long"), ("USA", "CHN")
    )
    points = {failure.name: failure for failure in disagreement_points(negotiation, with_nash=False)}
    economy, before = negotiation.session.economy, points["status quo"].solution
    assert (gained(economy, points["threat"].solution, before, "USA") > 0) == pays
    assert gained(economy, points["threat"].solution, before, "CHN") < 0


def test_reasons_add_up_to_the_changes_they_explain(talks: Talks) -> None:
    rows = talks.reasons
    assert {"no deal: threat", "no deal: answered", "demand: surplus", "demand: levels"} <= set(rows["state"])
    np.testing.assert_allclose(rows["terms"] + rows["volume"], rows["total"], atol=2e-6)
    changes = talks.economies.set_index(["state", "economy"])["real_income"]
    for row in rows.itertuples():
        assert row.total == pytest.approx(np.log1p(changes[row.state, row.economy]), abs=3e-6)
    own = rows.set_index(["state", "economy"])
    assert own.loc[("demand: surplus", "CHN"), "terms"] < 0 < own.loc[("demand: surplus", "USA"), "terms"]
    assert own.loc[("demand: levels", "CHN"), "terms"] < 0 < own.loc[("demand: levels", "CHN"), "volume"]
