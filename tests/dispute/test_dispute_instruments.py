"""Quotas, bans, charges and duties by the unit from the file to the report, and through every answer to them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import detente as dt
from detente import run
from detente.analyses.run.compute import assumptions
from detente.analyses.run.figures import who_pays
from detente.analyses.run.people_sentences import borne
from detente.analyses.run.report import document
from detente.analyses.run.result import Findings
from detente.data.world import World
from detente.dispute.scenarios import prepare
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.errors import BadDispute, BadMeasure
from detente.report.blocks import Bullets, Section
from detente.report.numbers import names_of, usd

HEAD = """\
dispute: beyond
title: Law beyond a percentage
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
"""
QUOTA = "quota: {share: 60%, in: 0%, over: 50%}"
ABOVE = "quota: {share: 5%, in: 0%, over: 20%, holder: CHN}"
LAW = {
    "quota": f"{{id: m, by: USA, on: CHN, STATUS, goods: {{sectors: [C26]}}, {QUOTA}}}",
    "above": f"{{id: m, by: USA, on: CHN, STATUS, goods: {{sectors: [C26]}}, {ABOVE}}}",
    "tax": "{id: m, by: CHN, on: all, STATUS, goods: {sectors: [C26]}, export: {tax: 25%}}",
    "ban": "{id: m, by: CHN, on: USA, STATUS, goods: {sectors: [C26]}, export: {ban: true}}",
    "limit": "{id: m, by: CHN, on: USA, STATUS, goods: {sectors: [C26]}, export: {limit: 50%}}",
    "embargo": "{id: m, by: USA, on: CHN, STATUS, goods: {sectors: [C26]}, import: {ban: true}}",
    "specific": "{id: m, by: USA, on: CHN, STATUS, goods: {sectors: [C26]}, specific: 9 EUR/kg, unit_value: 90 EUR/kg}",
    "carbon": "{id: m, by: USA, on: CHN, STATUS, goods: {sectors: [C26]}, carbon: {price: 80 USD/t, intensity: 2 "
    "kg/USD}}",
}
STATUS = {"in-force": "status: in-force, from: 2018-04-02", "threatened": "status: threatened"}
DUTY = "{id: z, by: USA, on: CHN, status: threatened, goods: {sectors: [C28]}, add: 25%}"


def text(kind: str, status: str, *more: str) -> str:
    lines = (LAW[kind].replace("STATUS", STATUS[status]), DUTY)
    return HEAD + "".join(f"  - {line}\n" for line in lines) + "".join(more)


@pytest.fixture(scope="module")
def findings(small_world: World) -> Callable[[str, str], Findings]:
    kept: dict[tuple[str, str], Findings] = {}

    def of(kind: str, status: str) -> Findings:
        if (kind, status) not in kept:
            kept[kind, status] = run(Dispute.parse(text(kind, status), world=small_world), world=small_world)
        return kept[kind, status]

    return of


def section(found: Findings) -> Section:
    (its,) = (s for s in document(found).sections if s.title == "Quotas, export limits and charges")
    return its


@pytest.mark.parametrize("status", STATUS)
@pytest.mark.parametrize("kind", LAW)
def test_a_run_prints_each_and_reads_it_back(findings, small_world: World, kind: str, status: str) -> None:
    found = findings(kind, status)
    for scenario in found.states:
        assert scenario.residual <= 1e-9
        split = scenario.tables["decomposition"]
        if not split["total"].isna().any():
            np.testing.assert_allclose(split["total"], split["exact"], atol=4e-6)
    again = Findings.from_json(found.to_json())
    assert again == found
    assert Dispute.parse(found.dispute.to_yaml(), world=small_world) == found.dispute
    assert [s.title for s in document(again).sections] == [s.title for s in document(found).sections]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("quota", "is just filled, and the rate that clears it is"),
        ("above", "passes the quota of"),
        ("tax", "the tax of 25.0\xa0% brings the exporter"),
        ("ban", "trade ends, which was $"),
        ("limit", "binds; a licence for a dollar of goods is worth"),
        ("embargo", "trade ends, which was $"),
        ("specific", "the specific duty was 10.0\xa0% of the price in the base year and is"),
        ("carbon", "the carbon charge was 16.0\xa0% of the price in the base year and is"),
    ],
)
def test_the_report_says_which_rate_holds(findings, kind: str, said: str) -> None:
    (bullets,) = (block for block in section(findings(kind, "in-force")).blocks if isinstance(block, Bullets))
    assert said in bullets.items[0]
    holder = {"quota": "licence holders of the United States", "above": "licence holders of China"}
    assert holder.get(kind, "") in bullets.items[0]


def test_a_rent_of_licence_holders_is_not_said_to_be_the_treasurys(findings) -> None:
    found = findings("quota", "in-force")
    solution = found.baseline.solution
    assert solution is not None
    rent = found.baseline.tables["instruments"]["rent_usd_mn"].iloc[0] / solution.w_hat[solution.base.index("USA")]
    names = names_of(found)
    text = borne(found.baseline, "USA", names)
    assert "the treasury and licence holders of quotas receive" in text
    assert "the treasury receives" not in text
    ledger = who_pays(found.baseline, "USA", names)
    assert "holders of licences and its treasury then earn" in ledger
    assert usd(rent) in ledger


def test_average_tariffs_take_a_quota_at_the_rates_of_its_law(findings) -> None:
    """As the report says: of base-year trade the 40 % beyond the quota pay 50 %, more than the rate that clears it."""
    found = findings("quota", "in-force")
    tables = found.baseline.tables
    of = tables["tariffs"]
    row = of[(of["importer"] == "USA") & (of["exporter"] == "CHN") & (of["sector"] == "C26")].iloc[0]
    assert row["after"] - row["before"] == pytest.approx(0.4 * 0.5, abs=1e-9)
    assert tables["instruments"]["rate"].iloc[0] != pytest.approx(0.4 * 0.5, abs=1e-3)


def test_a_state_is_the_ratio_of_two_from_the_calibrated_world(findings, small_world: World) -> None:
    found = findings("tax", "in-force")
    session = Session.of(found.dispute, world=small_world)
    book = session.schedules.book(found.dispute.measures)
    both, one = (dt.solve(session.economy, book.shock(ids)) for ids in (("m", "z"), ("m",)))
    changes = found["z"].tables["economies"]["real_income"]
    np.testing.assert_allclose(1 + changes, both.W_hat / one.W_hat, rtol=1e-10)
    table = found["z"].tables["instruments"].iloc[0]
    assert table["revenue_usd_mn"] == pytest.approx(both.rents_cf[session.economy.index("CHN")], rel=1e-8)


def test_trade_and_rents_of_the_table_are_those_of_the_solution(findings) -> None:
    found = findings("limit", "in-force").baseline
    row = found.tables["instruments"].iloc[0]
    solution = found.solution
    assert solution is not None
    n, i, j = (solution.base.index("USA"), solution.base.index("CHN"), solution.base.sector_index("C26"))
    assert row["trade_after_usd_mn"] == pytest.approx(solution.M_cf[n, i, j], rel=1e-9)
    assert row["rent_usd_mn"] == pytest.approx(solution.rents_cf[i], rel=1e-9)
    assert row["filled"] == pytest.approx(1.0, abs=1e-9)
    assert row["holder"] == "CHN"


@pytest.mark.parametrize("match", ["rate", "value", "duty"])
@pytest.mark.parametrize("kind", ["quota", "ban", "tax", "limit"])
def test_what_has_no_rate_is_not_answered_in_kind(small_world: World, kind: str, match: str) -> None:
    by = "USA" if kind in ("ban", "tax", "limit") else "CHN"
    answer = f"responses: [{{by: {by}, to: m, rule: in-kind, match: {match}}}]\n"
    with pytest.raises(BadDispute, match=f"has no {match} that an answer could equal: answer by harm or best"):
        run(Dispute.parse(text(kind, "threatened", answer), world=small_world), world=small_world)


@pytest.mark.parametrize("match", ["harm", "best"])
@pytest.mark.parametrize("kind", ["quota", "ban", "specific"])
def test_answers_that_are_chosen_see_the_measure_live(small_world: World, kind: str, match: str) -> None:
    by = "USA" if kind == "ban" else "CHN"
    answer = f"responses: [{{by: {by}, to: m, rule: in-kind, match: {match}}}]\n"
    found = run(Dispute.parse(text(kind, "threatened", answer), world=small_world), world=small_world)
    plain, answered = (
        found[name].tables["economies"].set_index("economy")["real_income"] for name in ("m", "m-answered")
    )
    other = "CHN" if by == "USA" else "USA"
    assert answered[other] < plain[other]


def test_a_specific_duty_is_answered_by_value_and_duty_and_not_by_rate(small_world: World) -> None:
    for match in ("value", "duty"):
        answer = f"responses: [{{by: CHN, to: m, rule: in-kind, match: {match}}}]\n"
        found = run(Dispute.parse(text("specific", "threatened", answer), world=small_world), world=small_world)
        assert found["m-answered"].outcome == "SOLVED"
    answer = "responses: [{by: CHN, to: m, rule: in-kind, match: rate}]\n"
    with pytest.raises(BadDispute, match="other goods have other unit values: answer by value or duty"):
        run(Dispute.parse(text("specific", "threatened", answer), world=small_world), world=small_world)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("export_tax: 25%", "write export: {tax: 25%}, by the exporter"),
        ("ban: true", "write export: {ban: true} where the exporter bans"),
        ("trq: 7bn", "write quota: {value: 7bn, in: 0%, over: 50%}"),
        ("cbam: 80 EUR/t", "write carbon: {price: 80 EUR/t"),
        ("quota: {valeu: 7bn, in: 0%, over: 50%}", "did you mean 'value'"),
        ("quota: {value: 7bn, in: 0%, over: 50%, holder: KRO}", "is not an economy of .*found 'KRO'"),
        ("carbon: {price: 8 EUR/t, intensity: {C99: 1 kg/EUR}}", "is not a sector of .*found 'C99'"),
        ("carbon: {price: 8 EUR/t, intensity: 1 kg/EUR, deduct: {KRO: 1 EUR/t}}", "is not an economy of .*found 'KRO'"),
    ],
)
def test_a_check_names_the_nearest_right_form_and_the_line(small_world: World, line: str, said: str) -> None:
    bad = HEAD + f"  - {{id: m, by: USA, on: CHN, status: threatened, goods: {{sectors: [C24A]}}, {line}}}\n"
    with pytest.raises(BadDispute, match=said) as caught:
        Dispute.parse(bad, world=small_world)
    assert all(fault.line == 7 for fault in caught.value.faults)


def test_usual_names_are_read_in_holders_and_origins(small_world: World) -> None:
    line = "quota: {value: 7bn, in: 0%, over: 50%, holder: Mexico}"
    good = HEAD + f"  - {{id: m, by: USA, on: CHN, status: threatened, goods: {{sectors: [C24A]}}, {line}}}\n"
    quota = Dispute.parse(good, world=small_world).measures[0].quota
    assert quota is not None
    assert quota.holder == "MEX"


def test_assumed_blocks_are_printed_as_they_are_written() -> None:
    law = (
        "{id: m, by: CHN, on: USA, status: threatened, goods: {sectors: [C26]}, export: {ban: true}, assumed: [export]}"
    )
    charge = "carbon: {price: 80 USD/t, intensity: {C26: 2 kg/USD}}, assumed: [carbon]"
    other = f"{{id: c, by: USA, on: CHN, status: threatened, goods: {{sectors: [C26]}}, {charge}}}"
    said = list(assumptions(Dispute.parse(f"{HEAD}  - {law}\n  - {other}\n")))
    assert said[0] == "m: export (ban true) is assumed; no source states it"
    assert "price 80 USD/t; intensity C26 " in said[1]


def test_a_check_finds_a_quota_whose_rents_go_to_nobody_in_particular(small_world: World) -> None:
    """What a run would refuse, a check refuses: the holder shows only where the quota is laid on its exporters."""
    quota = "quota: {share: 60%, in: 0%, over: 50%, holder: exporter}"
    line = f"{{id: m, by: USA, on: all, status: threatened, goods: {{sectors: [C26]}}, {quota}}}"
    faults = Dispute.parse(f"{HEAD}  - {line}\n", world=small_world).feasibility_faults(small_world)
    assert [fault.path for fault in faults] == ["measures.m"]
    assert "write each: partner, or name the economy as holder" in str(faults[0])


def ledger_of(found: Findings, state: str, economy: str) -> dict[str, float]:
    table = found[state].tables["ledger"]
    return dict(table[table["economy"] == economy].set_index("item")["usd"])


def test_a_ledger_keeps_rents_apart_from_revenue(findings: Callable[[str, str], Findings]) -> None:
    """What buyers pay at the border is the revenue and the rents within quotas; rents go to whoever holds licences."""
    for kind, holder in (("quota", "USA"), ("above", "CHN")):
        found = findings(kind, "threatened")
        amounts = ledger_of(found, "m", "USA")
        paid = [
            amounts[f"of the revenue and rents after: paid on {what}"]
            for what in ("inputs of firms", "final purchases")
        ]
        within = amounts["rents on imports within quotas after"]
        assert sum(paid) == pytest.approx(amounts["tariff revenue after"] + within, rel=1e-12)
        assert within > 1.0
        rents = found["m"].tables["instruments"].set_index("measure")["rent_usd_mn"]["m"]
        wage = dict(found["m"].tables["economies"].set_index("economy")["wage"])  # a ledger is relative to the own wage
        assert within * (1 + wage["USA"]) == pytest.approx(rents, rel=1e-9)
        earned = ledger_of(found, "m", holder)["rents of quotas and charges on exports, earned after"]
        assert earned * (1 + wage[holder]) == pytest.approx(rents, rel=1e-9)
    assert "rents on imports within quotas after" not in ledger_of(findings("specific", "threatened"), "m", "USA")


def test_the_headline_says_of_a_proposal_that_it_is_one_and_of_a_ban_what_no_elasticity_says(
    small_world: World,
) -> None:
    ban = "{id: m, by: CHN, on: USA, status: proposed, goods: {sectors: [C26]}, export: {ban: true}}"
    found = run(Dispute.parse(f"{HEAD}  - {ban}\n  - {DUTY}\n", world=small_world), world=small_world)
    assert found.headline.startswith("The threatened and proposed measures, unanswered, ")
    assert any("nothing else in their sector can replace" in text for text in document(found).caveats)


def test_a_nest_of_products_that_cannot_be_said_has_its_reason(findings: Callable[[str, str], Findings]) -> None:
    reason = "listed goods as products of their own are not in this result: the state has quotas, limits or duties"
    assert [note for note in findings("quota", "threatened").notes if note.startswith(reason)]
    assert findings("quota", "threatened").product_nest is None


TWO = """\
  - {id: one, by: USA, on: CHN, status: in-force, from: 2018-01-01, goods: {sectors: [C26]}, import: {limit: 50%}}
  - {id: two, by: CHN, on: USA, status: in-force, from: 2018-01-01, goods: {sectors: [C26]}, export: {limit: SIZE}}
"""


def test_one_limit_with_two_holders_is_refused_and_the_tighter_of_two_limits_binds(small_world: World) -> None:
    """Of equal quotas the sum of the rates is found and not who earns it; of others the tighter one earns all."""
    equal = Dispute.parse(HEAD + TWO.replace("SIZE", "50%"), world=small_world)
    with pytest.raises(BadMeasure, match="quotas of one size on the same goods with other holders"):
        prepare(equal, small_world)
    found = run(Dispute.parse(HEAD + TWO.replace("SIZE", "45%"), world=small_world), world=small_world)
    rents = found.baseline.tables["instruments"].set_index("measure")["rent_usd_mn"]
    assert rents["one"] == 0
    assert rents["two"] > 1


def test_partners_outside_a_table_of_claims_are_named(small_world: World) -> None:
    claims = "claims: {preference: USMCA, share: usmca-2025}"
    line = f"{{id: m, by: USA, on: [CHN, MEX], status: threatened, goods: {{sectors: [C26]}}, add: 25%, {claims}}}"
    notes = prepare(Dispute.parse(f"{HEAD}  - {line}\n", world=small_world), small_world).notes
    assert [note for note in notes if "CHN claims no USMCA in the table usmca-2025, which is of CAN, MEX" in note]
