"""A value in place of a list has no results by sector; answers in kind are said in rates; the nest is printed."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from report_lab import small_world

import detente as dt
from detente.analyses.run import charts, stand_ins, views
from detente.analyses.run.figures import Figures
from detente.analyses.run.report import by_sector, document
from detente.dispute.session import Session
from detente.report.blocks import Table, Text
from detente.report.numbers import NO_BREAK, Names
from detente.solver.nesting import product_nest

IN_KIND = """
dispute: everything
title: A value, answered by value
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: us, title: A list to come, by: USA, on: CHN, status: threatened, goods: {value: VALUE, basis: world}, add: 20%}
responses:
  - {by: CHN, to: us, rule: in-kind, match: value}
"""


@pytest.fixture(scope="module")
def everything() -> dt.Findings:
    """An answer that asks for more than China buys."""
    return dt.run(dt.Dispute.parse(IN_KIND.replace("VALUE", "300bn"), world=small_world()), world=small_world())


def test_a_state_with_a_value_alone_says_that_it_has_no_results_by_sector(findings: dt.Findings) -> None:
    assert findings.main.in_proportion == ("us-more",)
    said = stand_ins.stands_in(findings, findings.main)
    assert said is not None
    assert said.startswith("“More” is a value without a list of products")
    assert "they need a list" in said
    assert stand_ins.stands_in(findings, findings["us-steel"]) is None
    assert said in document(findings).caveats
    assert said in views.first(findings)["caveats"]
    for its in (by_sector(findings, Figures(findings, findings.main)), views.tab(findings, "sectors")[0]):
        assert its.blocks[0] == Text(said)
    prices = views.tab(findings, "prices")[-1]
    assert prices.blocks == (Text(said),)
    output = views.compared(findings, findings)[-1]
    assert output.blocks == (Text(said),)
    listed = views.tab(findings, "prices", "us-steel")[-1]
    assert isinstance(listed.blocks[0], Table)


def test_charts_of_sectors_are_grey_and_say_why(findings: dt.Findings) -> None:
    def colours(id: str) -> set[str]:
        table = findings[id].tables["sectors"]
        spec = charts.sectors(table, "USA", Names(), []).to_dict()
        assert ("No results: they need a list of products" in json.dumps(spec)) == bool(table["stand_in"].all())
        return {row["colour"] for data in spec["datasets"].values() for row in data if "colour" in row}

    assert len(colours(findings.main.id)) == 1
    assert len(colours("us-steel")) > 1


def test_the_mark_is_in_the_json_and_findings_of_before_have_none(findings: dt.Findings) -> None:
    plain = json.loads(findings.to_json())
    assert type(findings).from_dict(plain) == findings
    for scenario in (plain["baseline"], *plain["scenarios"]):
        del scenario["in_proportion"]
    del plain["product_nest"]
    before = type(findings).from_dict(plain)
    assert before.main.in_proportion is None
    assert stand_ins.stands_in(before, before.main) is None
    assert stand_ins.products_section(before) == ()


def test_an_answer_in_kind_is_said_with_its_rate_and_the_average(everything: dt.Findings) -> None:
    """The average is computed again from base tariffs and flows of the world, weighted by goods that China buys."""
    world = small_world()
    n, i = world.index("CHN"), world.index("USA")
    goods = np.isin(world.sectors, world.goods)
    flows, tariffs = world.flows[n, i, goods], world.tariffs[n, i, goods]
    before = float((flows * tariffs).sum() / flows.sum())
    (said,) = stand_ins.in_kind(everything, everything.main)
    assert said.startswith(f"Answered in kind means 20{NO_BREAK}% on all goods that China buys from the United States.")
    assert f"goes from {before * 100:.1f} to {(before + 0.2) * 100:.1f}{NO_BREAK}%" in said
    assert said in document(everything).caveats
    unanswered = next(scenario for scenario in everything.states if scenario.kind == "threat")
    assert stand_ins.in_kind(everything, unanswered) == []


def test_an_answer_on_a_part_says_which_part() -> None:
    world = small_world()
    small = dt.run(dt.Dispute.parse(IN_KIND.replace("VALUE", "20bn"), world=world), world=world)
    goods = np.isin(world.sectors, world.goods)
    bought = float(world.flows[world.index("CHN"), world.index("USA"), goods].sum())
    (said,) = stand_ins.in_kind(small, small.main)
    assert f"means 20{NO_BREAK}% on {20e5 / bought:.1f}{NO_BREAK}% of the goods that China buys" in said


def test_the_nest_is_that_of_the_state_of_the_headline(everything: dt.Findings) -> None:
    session = Session.of(everything.dispute, world=small_world())
    plan = next(p for p in (session.decided(p) for p in session.prepared.plans) if p.id == everything.main.id)
    economy = session.economy
    shock = session.schedules.having(plan.all_measures).shock(plan.ids, start=plan.start_ids, theta=economy.theta)
    new, nested = product_nest(economy, shock)
    solution = dt.solve(new, nested)
    found = everything.product_nest
    assert found is not None
    for party in ("USA", "CHN"):
        assert found[party] == pytest.approx(float(solution.W_hat[economy.index(party)] - 1), rel=1e-6)
    (section,) = stand_ins.products_section(everything)
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert [row.cells[0] for row in table.rows] == ["one elasticity, as in this report", "listed goods as products"]
    assert section in document(everything).sections
    assert stand_ins.products_section(replace(everything, product_nest=None)) == ()
