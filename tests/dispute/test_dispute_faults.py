"""A bad file gives every fault at once: its line, what was found, what is allowed, the nearest valid name."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.dispute.schema import Dispute
from detente.errors import BadDispute

HEAD = """\
dispute: bad
title: T
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
"""
DEMAND = "by: USA, of: CHN, ask: {withdraw_case: {venue: WTO, what: w}}"
MEASURE = "by: USA, on: CHN, status: threatened, goods: {all: true}, add: 25%"


def faults_of(text: str) -> list[str]:
    with pytest.raises(BadDispute) as problem:
        Dispute.parse(text)
    return [str(fault) for fault in problem.value.faults]


def test_every_fault_of_a_file_is_given_at_once_each_with_its_line() -> None:
    text = """\
dispute: Bad Name
title: T
as_of: 2018-13-04
world: icio-2071
parties: {USA: {name: United States}, CHN: {nam: China}}
measures:
  - id: us-301
    by: USA
    on: CHM
    status: threatned
    goods: {value: 50bn, bases: customs}
    add: 2500%
    erliest: 2018-05-23
  - {id: hs, by: USA, on: CHN, status: threatened, goods: {codes: [{hs: 10121}]}, add: nan}
responses:
  - {by: CHN, to: us-302, rule: in-kind, match: valu}
delegatons: {}
"""
    assert faults_of(text) == [
        "line 1: dispute: 'Bad Name' is not a short name: use small letters, digits and hyphens, such as us-china-2018",
        "line 3: as_of: '2018-13-04' is not a day of the calendar: month must be in 1..12",
        "line 4: world: is not a known world; found 'icio-2071'; did you mean 'icio-2018'?",
        "line 5: parties.CHN.name: is required",
        "line 5: parties.CHN.nam: is not a known key; did you mean 'name'?",
        "line 10: measures.us-301.status: is not one of the names allowed; found 'threatned'; "
        "allowed: in-force, threatened, proposed, withdrawn; did you mean 'threatened'?",
        "line 11: measures.us-301.goods.bases: is not a known key; did you mean 'basis'?",
        "line 12: measures.us-301.add: a rate of '2500%' is over 1000 %: rates run from -100% to 1000%",
        "line 13: measures.us-301.erliest: is not a known key; did you mean 'earliest'?",
        "line 14: measures.hs.goods.codes[0].hs: product code '10121' has 5 digits, so it lost its leading "
        "zero: keep the column as text; '010121' may be meant",
        "line 14: measures.hs.add: 'nan' is not a rate: write a percentage such as 25%, or a fraction such as 0.25",
        "line 16: responses[0].match: is not one of the names allowed; found 'valu'; "
        "allowed: rate, value, duty, harm, best, trade; did you mean 'value'?",
        "line 16: responses[0].to: is not the id of a measure; found 'us-302'; did you mean 'us-301'?",
        "line 17: delegatons: is not a known key; did you mean 'delegations'?",
    ]


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        (
            "measures: [{id: m, by: USA, on: CHM, status: threatened, goods: {all: true}, add: 25%}]",
            "measures.m.on: is not an economy of icio-2017; found 'CHM'; did you mean 'CHN'?",
        ),
        (
            "measures: [{id: m, by: USA, on: CHN, status: threatened, goods: {sectors: [C1OT12]}, add: 25%}]",
            "measures.m.goods.sectors[0]: is not a sector of icio-2017; found 'C1OT12'; did you mean 'C10T12'?",
        ),
        (
            "measures: [{id: m, by: USA, on: CHN, status: threatened, goods: {sector_rates: {C20T: 25%}}}]",
            "measures.m.goods.sector_rates.C20T: is not a sector of icio-2017; found 'C20T'; did you mean 'C20'?",
        ),
        (
            f"measures: [{{id: m, {MEASURE}, exempt: {{economies: [MXE]}}}}]",
            "measures.m.exempt.economies[0]: is not an economy of icio-2017; found 'MXE'; did you mean 'MEX'?",
        ),
        (
            f"measures: [{{id: m, {MEASURE}}}, {{id: m, {MEASURE}}}]",
            "measures[1].id: is the id of another of the measures: give each its own; found 'm'",
        ),
        (
            f"measures: [{{id: m, {MEASURE}}}]\nresponses: [{{by: USA, to: m, rule: in-kind, match: value}}]",
            "responses[0].by: answers m, which is not on it but on CHN; found 'USA'",
        ),
        (
            f"measures: [{{id: m, {MEASURE}}}]\nresponses: [{{by: CHN, to: m, rule: in-kind, match: value}}, "
            "{by: CHN, to: m, rule: in-kind, match: duty}]",
            "responses[1].to: is answered twice by CHN: keep one response; found 'm'",
        ),
        (
            "demands: [{id: d, by: USA, of: MEX, ask: {withdraw: x}}]",
            "demands.d.of: is not a party of the dispute; found 'MEX'; allowed: USA, CHN",
        ),
        (
            "demands: [{id: d, by: USA, of: USA, ask: {enforcement: {review: quarterly, remedy: r}}}]",
            "demands.d.of: is the party that makes the demand: name the one that is asked; found 'USA'",
        ),
        (
            "demands: [{id: d, by: USA, of: CHN, ask: {withdraw: us-301}}]",
            "demands.d.ask.withdraw: is not the id of a measure; found 'us-301'",
        ),
        (
            "demands: [{id: d, by: USA, of: CHN, ask: {bilateral_balance: {partner: USB, change: -9bn, base: 2018}}}]",
            "demands.d.ask.bilateral_balance.partner: is not an economy of icio-2017; found 'USB'",
        ),
        (
            f"demands: [{{id: d, {DEMAND}, made: 2018-05-04, deadline: 2018-05-03}}]",
            "demands.d.deadline: is before made, 2018-05-04; found '2018-05-03'",
        ),
        (
            f"demands: [{{id: d, {DEMAND}, deadline: soon}}]",
            "demands.d.deadline: 'soon' is not a date: write it as 2018-05-04; allowed: also immediate",
        ),
        (
            "demands: [{id: d, by: USA, of: CHN, ask: {withdrw: us-301}}]",
            "demands.d.ask.withdrw: is not a known key; did you mean 'withdraw'?",
        ),
        (
            "values: {CHN: {x: 60bn..5bn}}",
            "values.CHN.x: '60bn..5bn' falls from its first amount to its second: write the lower one first",
        ),
        ("values: {CHN: {x: 5bn..60bn}}", "values.CHN.x: is not the id of a demand; found 'x'"),
        ("values: {MEX: {}}", "values.MEX: is not a party of the dispute; found 'MEX'; allowed: USA, CHN"),
        (
            "factions: {USA: [{name: f, sectors: [A99]}]}",
            "factions.USA[0].sectors[0]: is not a sector of icio-2017; found 'A99'",
        ),
        ("factions: {USA: [{name: f, weight: .nan}]}", "factions.USA[0].weight: is not a number; found '.nan'"),
        ("factions: {USA: [{name: f, weight: nan}]}", "factions.USA[0].weight: is not a finite number; found 'nan'"),
        (
            "factions: {USA: [{name: f, veto: maybe}]}",
            "factions.USA[0].veto: is neither true nor false; found 'maybe'; allowed: true, false",
        ),
        (
            "factions: {USA: [{name: f}, {name: f}]}",
            "factions.USA[1].name: is the name of another faction of USA; found 'f'",
        ),
        (
            "delegations: {USA: [{name: Liu He}]}\nfactions: {USA: [{name: f, speakers: [Liu Ho]}]}",
            "factions.USA[0].speakers[0]: is not a member of the delegation of USA; found 'Liu Ho'; did you mean "
            "'Liu He'?",
        ),
        (
            "factions: {USA: [{name: f, assumed: [sector]}]}",
            "factions.USA[0]: assumed names sector: allowed are payoffs, sectors, speakers, veto, weight",
        ),
        (
            "outcomes: [{date: 2018-05-20, outcome: trucee}]",
            "outcomes[0].outcome: is not one of the names allowed; found 'trucee'; "
            "allowed: deal, truce, stalemate, escalation, capitulation; did you mean 'truce'?",
        ),
        (
            "forecasts: [{who: W, date: 2018-05-04, outcome: truce, probability: 130%}]",
            "forecasts[0].probability: a probability of 1.3 is not between 0 and 1: write it as 60% or 0.6, or null",
        ),
        (
            "statements: [{who: W, side: CHI, date: 2018-05-04, quote: q}]",
            "statements[0].side: is not a party of the dispute; found 'CHI'; did you mean 'CHN'?",
        ),
        ("settings: {elasticities: CPP}", "settings.elasticities: is not a known set of elasticities; found 'CPP'"),
        (
            "settings: {base_tariffs: simpel}",
            "settings.base_tariffs: is not a rule of the base tariffs of icio-2017; found 'simpel'; "
            "did you mean 'simple'?",
        ),
        ("settings: {households: {USA: many}}", "settings.households.USA: is not a whole number; found 'many'"),
        (
            "documents: {a: {title: A}}\nagreements: [{reported_by: X, topic: t, agreed: true, source: {document: b}}]",
            "agreements[0].source.document: is not a document of the file; found 'b'",
        ),
        (
            "measures: [{id: m, by: USA, on: CHN, status: in-force, from: 2018-07-09, "
            "goods: {table: us-on-china-2018-2020}}]",
            "measures.m.from: is not a date of us-on-china-2018-2020; found '2018-07-09'; did you mean '2018-07-06'?",
        ),
        (
            "measures: [{id: m, by: USA, on: CHN, status: in-force, from: 2018-07-06, goods: {table: us-on-chin}}]",
            "measures.m.goods.table: is not a bundled table; found 'us-on-chin'; did you mean 'us-on-china-2018-2020'?",
        ),
        (
            f"measures: [{{id: baseline, {MEASURE}}}]",
            "measures.baseline.id: is the name of a scenario: give the measure another; found 'baseline'",
        ),
        ("dates: nothing", "dates: is not a list; found 'nothing'"),
        ("parties: []", "parties: is given twice, first on line 5: keep one"),
    ],
)
def test_a_fault_says_what_where_and_what_to_try(block: str, fault: str) -> None:
    line = 6 + (block + fault).count("\n")
    given = faults_of(HEAD + block + "\n")
    assert any(text.startswith(f"line {line}: {fault}") for text in given), given


def test_a_file_with_one_fault_gives_that_one_alone() -> None:
    goods = "goods: {codes: [{hs: 010121, value: 1}]}"
    faults = faults_of(f"{HEAD}measures: [{{id: m, by: USA, on: CHN, status: threatened, {goods}, add: 25%}}]\n")
    assert len(faults) == 1
    assert "has no unit" in faults[0] or "is not an amount of money" in faults[0]


def test_codes_that_json_turned_into_numbers_are_refused() -> None:
    values = Dispute.parse(HEAD).values_as_written()
    codes = [{"hs": 10121}]
    measure = {"id": "m", "by": "USA", "on": "CHN", "status": "threatened", "goods": {"codes": codes}, "add": "25%"}
    with pytest.raises(BadDispute, match=r"measures\.m\.goods\.codes\[0\]\.hs: product code '10121' is a number"):
        Dispute.from_values({**values, "measures": [measure]})


def test_names_are_checked_against_the_world_that_is_given(small_world: object, small_text: str) -> None:
    text = small_text.replace("on: CHN, status: in-force", "on: DEU, status: in-force")
    Dispute.parse(text)
    with pytest.raises(BadDispute, match="is not an economy of icio-2017, aggregated to 5 × 28; found 'DEU'"):
        Dispute.parse(text, world=small_world)  # type: ignore[arg-type]


JUNK = st.recursive(
    st.none() | st.text(max_size=8) | st.sampled_from(["USA", "CHN", "C24A", "2018-05-04", "25%", "50bn", "true", "m"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_whatever_stands_in_a_file_it_is_a_dispute_or_a_list_of_faults(data: st.DataObject) -> None:
    """Any value put in any place of a whole file: never another error, never a file half read."""
    values = json.loads(json.dumps(Dispute.read("us-china-2018").model_dump(mode="json", by_alias=True)))
    node = values
    for depth in range(data.draw(st.integers(0, 5)), -1, -1):
        key = data.draw(st.sampled_from(list(node) if isinstance(node, dict) else list(range(len(node)))))
        if depth == 0 or not isinstance(node[key], dict | list) or not node[key]:
            node[key] = data.draw(JUNK)
            break
        node = node[key]
    with contextlib.suppress(BadDispute):
        assert isinstance(Dispute.from_values(values), Dispute)


def test_a_value_that_a_comma_or_a_colon_cuts_is_to_be_quoted() -> None:
    """Within braces YAML ends a value at a comma; the rest becomes a key without a value."""
    cut = "documents:\n  order: {title: Surtax Order (2025-1), SOR/2025-66, publisher: Canada}\n"
    with pytest.raises(BadDispute) as caught:
        Dispute.parse(HEAD + cut)
    assert 'put the value in quotes, title: "Surtax Order (2025-1), SOR/2025-66"' in str(caught.value)
    with pytest.raises(BadDispute, match="a value with a colon, a comma or a bracket is put in quotes"):
        Dispute.parse(HEAD + cut.replace("Order (2025-1),", "Order: (2025-1)"))
    whole = cut.replace("Surtax Order (2025-1), SOR/2025-66", '"Surtax Order (2025-1), SOR/2025-66"')
    assert Dispute.parse(HEAD + whole).documents["order"].title == "Surtax Order (2025-1), SOR/2025-66"
