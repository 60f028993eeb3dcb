"""Authorities, rules of stacking, totals and claims in a dispute file: laid, dated, and refused with the right form."""

from __future__ import annotations

import pytest

from detente.data.bundled import load_world
from detente.dispute.scenarios import prepare
from detente.dispute.schema import Dispute
from detente.dispute.vintage import known_on
from detente.errors import BadDispute

HEAD = """\
dispute: law
title: Chinese steel
as_of: 2025-08-01
world: icio-2022
parties: {USA: {name: United States}, CHN: {name: China}}
"""
METALS = (
    "{id: metals, by: USA, on: CHN, status: in-force, from: 2025-03-12, goods: {sectors: [C24A]}, add: 25%, "
    "authority: section-232"
)
LAW = f"""\
measures:
  - {METALS}}}
  - {{id: reciprocal, by: USA, on: CHN, status: in-force, from: 2025-04-05, goods: {{all: true}}, add: 34%,
      authority: ieepa-reciprocal}}
  - {{id: fentanyl, by: USA, on: CHN, status: in-force, from: 2025-03-04, goods: {{all: true}}, add: 20%,
      authority: ieepa-fentanyl}}
"""
RULE = "{authority: section-232, displaces: [ieepa-reciprocal], stacks_with: [ieepa-fentanyl]"
SETTLED = f"stacking:\n  - {RULE}}}\n"


def faults_of(text):
    with pytest.raises(BadDispute) as problem:
        Dispute.parse(text)
    return [str(fault) for fault in problem.value.faults]


def steel(dispute, on=None):
    """The duty on Chinese steel beyond the ordinary one, where the law of the file's day holds."""
    prepared = prepare(dispute, load_world("icio-2022"))
    book = prepared.schedules.book(prepared.plans[0].measures)
    cells = book.effective(book.ids, on=on).set_index("sector").loc["C24A"]
    return cells["after"] - cells["before"]


def test_chinese_steel_keeps_its_fentanyl_duty_and_loses_the_reciprocal_one():
    assert steel(Dispute.parse(HEAD + LAW + SETTLED)) == pytest.approx(0.45, abs=1e-12)


def test_the_file_says_what_it_read_and_reads_what_it_says():
    read = Dispute.parse(HEAD + LAW + SETTLED)
    assert Dispute.parse(read.to_yaml()) == read
    assert read.stacking[0].displaces == ("ieepa-reciprocal",)
    one = SETTLED.replace("[ieepa-reciprocal]", "IEEPA reciprocal").replace("section-232", "Section 232")
    assert Dispute.parse(HEAD + LAW + one) == read


def test_a_note_says_which_authorities_no_rule_settles():
    notes = prepare(Dispute.parse(HEAD + LAW), load_world("icio-2022")).notes
    told = [note for note in notes if note.startswith("no rule of stacking says")]
    assert len(told) == 3
    assert any("ieepa-reciprocal, section-232" in note for note in told)
    settled = prepare(Dispute.parse(HEAD + LAW + SETTLED), load_world("icio-2022")).notes
    assert [note for note in settled if note.startswith("no rule of stacking says")] == [
        "no rule of stacking says how ieepa-fentanyl, ieepa-reciprocal go together: their duties on the same goods are "
        "added up (such as reciprocal, fentanyl)"
    ]


def test_a_rule_changes_the_law_on_its_first_day_and_is_a_step_of_its_own():
    dated = Dispute.parse(HEAD + LAW + f"stacking:\n  - {RULE}, from: 2025-06-04}}\n")
    plans = {plan.id: plan for plan in prepare(dated, load_world("icio-2022")).plans}
    before, after = plans["step-2025-04-05"], plans["step-2025-06-04"]
    assert before.measures == after.measures
    book = prepare(dated, load_world("icio-2022")).schedules.book(after.measures)
    for plan, wanted in ((before, 0.79), (after, 0.45)):
        cells = book.effective(plan.ids, on=plan.on).set_index("sector").loc["C24A"]
        assert cells["after"] - cells["before"] == pytest.approx(wanted, abs=1e-12)


def test_a_rule_of_later_is_not_known_unless_its_document_is():
    later = f"stacking:\n  - {RULE}, from: 2025-09-01}}\n"
    known, left = known_on(Dispute.parse(HEAD + LAW + later))
    assert known.stacking == ()
    assert [str(fact.block) for fact in left] == ["stacking"]
    told = f"stacking:\n  - {RULE}, from: 2025-09-01, source: {{document: order}}}}\n"
    documents = "documents: {order: {title: An order, date: 2025-07-01}}\n"
    known, left = known_on(Dispute.parse(HEAD + LAW + told + documents))
    assert len(known.stacking) == 1


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            SETTLED.replace("ieepa-fentanyl", "ieepa-fentanil"),
            "line 13: stacking[0].stacks_with[0]: is the authority of no measure; found 'ieepa-fentanil'; did you mean "
            "'ieepa-fentanyl'?",
        ),
        (
            "stacking:\n  - {authority: section-232, displace: [ieepa-reciprocal]}\n",
            "line 13: stacking[0].displace: is not a known key; did you mean 'displaces'?",
        ),
        (
            SETTLED + "  - {authority: ieepa-reciprocal, displaces: [section-232]}\n",
            "line 14: stacking[1]: section-232 displaces ieepa-reciprocal displaces section-232: duties cannot "
            "displace each other in a circle; take one of these out",
        ),
        (
            SETTLED + "  - {authority: ieepa-fentanyl, displaces: [section-232]}\n",
            "line 14: stacking[1]: one rule says that ieepa-fentanyl and section-232 stack, another that one displaces "
            "the other: keep one of the two",
        ),
        (
            "stacking:\n  - {authority: section-232, displaces: [section-232]}\n",
            "line 13: stacking[0]: the rule of section-232 names section-232 itself: how measures of one authority go "
            "together is said by their own stacking: add, max or replace",
        ),
    ],
)
def test_a_wrong_rule_is_refused_with_the_nearest_right_one(text, fault):
    assert faults_of(HEAD + LAW + text) == [fault]


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("share: 38%", "trade outside a measure is written claims: {preference: USMCA, share: 38%}"),
        ("displaces: [ieepa-reciprocal]", "is not a known key: the file has rules for authorities"),
        ("floor: 15%", "is not a known key: a floor for ordinary duty and measure together is written total: 15%"),
        ("claims: 38%", "does not say which preference: write claims: {preference: USMCA, share: 38%}"),
        ("claims: {preference: USMCA, share: 38}", "'38' without a per cent sign"),
        ("claims: {preference: USMCA, share: {CHM: 40%}}", "claims of CHM, which it is not on"),
        ("of: 40", "without a per cent sign"),
        ("of: metals-content", "did you mean metal-content?"),
        ("total: 15%", "has both add and total"),
    ],
)
def test_a_wrong_key_of_a_measure_is_refused_with_the_right_form(more, fault):
    found = faults_of(f"{HEAD}measures:\n  - {METALS}, {more}}}\n")
    assert any(fault in said for said in found), found


def test_a_measure_has_one_authority():
    text = METALS.replace("authority: section-232", "authority: [section-232, section-301]")
    assert any("a measure has one authority" in said for said in faults_of(f"{HEAD}measures:\n  - {text}}}\n"))


def test_usual_names_are_read_in_claims_by_partner():
    text = METALS.replace("on: CHN", "on: [CHN, CAN]")
    read = Dispute.parse(f"{HEAD}measures:\n  - {text}, claims: {{preference: USMCA, share: {{Canada: 60%}}}}}}\n")
    assert read.measures[0].claims.share == {"CAN": 0.6}
