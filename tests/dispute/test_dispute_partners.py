"""Partners by bloc and by day, exemptions and suspensions in a dispute: what a file says, its steps and its report."""

from __future__ import annotations

from datetime import date

import pytest

import detente as dt
from detente.analyses.doors import session_of
from detente.analyses.run.batch import states
from detente.analyses.run.measure_words import what_of, when_of
from detente.analyses.run.options import RunOptions
from detente.analyses.tariffs_on_a_day import tariffs_on
from detente.data.products.weights import weight_note
from detente.dispute.scenarios import prepare
from detente.dispute.schema import Dispute
from detente.dispute.vintage import known_on
from detente.errors import BadDispute, DetenteWarning
from detente.report.numbers import Names

FILE = """\
dispute: partners
title: Duties by partner and day
as_of: {as_of}
world: icio-2017
parties: {{USA: {{name: United States}}, {party}}}
measures:
"""
LINE = "  - {{id: m, by: {by}, status: in-force, from: {since}, goods: {{sectors: [C24A]}}, add: 25%, {more}}}\n"


def parse(more, by="USA", since="2018-03-23", as_of="2025-12-01", party="CHN: {name: China}"):
    text = FILE.format(as_of=as_of, party=party) + LINE.format(by=by, since=since, more=more)
    with pytest.MonkeyPatch.context() as patch:
        said: list[str] = []
        patch.setattr("detente.dispute.naming.warn", said.append)
        return Dispute.parse(text)


@pytest.mark.parametrize(
    ("name", "since", "count", "has", "lacks"),
    [
        ("EU", "2018-03-23", 28, "GBR", "USA"),
        ("EU", "2025-03-12", 27, "HRV", "GBR"),
        ("EU27", "2018-03-23", 27, "HRV", "GBR"),
        ("USMCA", "2025-03-04", 2, "MEX", "USA"),
        ("CPTPP", "2024-12-14", 11, "VNM", "GBR"),
        ("CPTPP", "2025-03-12", 12, "GBR", "USA"),
        ("[Germany, South Korea, UK]", "2025-03-12", 3, "KOR", "FRA"),
    ],
)
def test_a_bloc_is_the_list_of_its_members_on_the_day_of_the_measure(name, since, count, has, lacks):
    its = parse(f"on: {name}", since=since).measures[0]
    assert len(its.on) == count
    assert has in its.on
    assert lacks not in its.on
    assert parse(f"on: [{', '.join(its.on)}]", since=since).measures[0] == its


def test_members_without_accounts_are_named():
    with pytest.warns(DetenteWarning, match=r"on 2018-03-23; left out as parts of ROW: .*QAT \(Qatar\)"):
        Dispute.parse(
            FILE.format(as_of="2018-05-04", party="CHN: {name: China}")
            + LINE.format(by="USA", since="2018-03-23", more="on: GCC")
        )


def test_everybody_but_some_and_exemptions_by_bloc_on_their_own_days():
    its = parse("on: {all_but: [Canada, Mexico]}", since="2025-03-12").measures[0]
    assert its.on == ("all",)
    assert its.exempt.economies == ("CAN", "MEX")
    blocks = "[{economies: USMCA}, {economies: EU, until: 2018-05-31}, {economies: EU, from: 2022-01-01}]"
    usmca, early, late = parse(f"on: all, exempt: {blocks}").measures[0].exempt
    assert usmca.economies == ("CAN", "MEX")
    assert set(early.economies) - set(late.economies) == {"GBR"}
    part = parse("on: [CAN, CHN], exempt: {economies: USMCA, from: 2019-05-20}").measures[0]
    assert part.exempt.economies == ("CAN",)


def test_a_union_among_the_parties_charges_and_is_charged():
    its = parse("on: United States", by="EU", since="2025-04-15", party="EU: {name: European Union}").measures[0]
    assert (its.by, its.on) == ("EU", ("USA",))
    on = parse("on: European Union", party="EUN: {name: European Union}").measures[0]
    assert on.on == ("EUN",)
    but = parse("on: {all_but: EU27}", party="EUN: {name: European Union}").measures[0]
    assert but.exempt.economies == ("EUN",)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("on: all but CAN", r"measures.m.on: is not an economy: write \{all_but: \[CAN\]\}"),
        ("on: everybody except Canada", r"write \{all_but: \[Canada\]\}"),
        ("on: {all_except: [CAN]}", r"on has all_except: write all, a list of economies, or \{all_but: \[CAN, MEX\]\}"),
        ("on: {all_but: [CANN]}", r"measures.m.on.all_but\[0\]: is not an economy.*'CAN'"),
        ("on: all, all_but: [CAN]", r"m.all_but: is not a known key: write on: \{all_but: \[CAN, MEX\]\}"),
        ("on: all, except: [CAN]", r"m.except: is not a known key: write exempt: \{economies: \[CAN, MEX\]\}"),
        ("on: all, exemption: {economies: [CAN]}", "m.exemption: is not a known key; did you mean 'exempt'"),
        ("on: all, exempt_until: 2025-06-01", r"m.exempt_until: .* write exempt: \{economies: \[CAN\], from: .*until:"),
        ("on: all, suspend: {from: 2025-04-10}", r"m.suspend: .* write suspended: \[\{from: 2025-04-10, until:"),
        ("on: all, paused: 2025-04-10", r"m.paused: .* write suspended:"),
        ("on: all, suspended: [{from: 2025-04-10, to: 2025-05-01}]", r"suspended\[0\].to: .* write until"),
        ("on: all, exempt: [{economies: [CAN]}, {economy: MEX}]", r"exempt\[1\].economy: .* did you mean 'economies'"),
        ("on: all, exempt: CAN", "m.exempt: is not a set of keys with values; found 'CAN'"),
        ("on: all, suspended: [{until: 2025-04-10}]", r"m.suspended\[0\].from: is required"),
    ],
)
def test_wrong_forms_are_told_the_right_one(more, says):
    with pytest.raises(BadDispute, match=says) as refused:
        parse(more)
    assert "line 7" in str(refused.value)
    assert len(refused.value.faults) == 1


PAUSED = "on: all, exempt: [{economies: [MEX], until: 2018-05-31}], suspended: [{from: 2018-07-01, until: 2018-08-31}]"


def test_each_change_of_law_is_a_step():
    dispute = parse(PAUSED, as_of="2018-12-01")
    steps = [state for state in prepare(dispute, dt.load_world("icio-2017")).plans if state.kind == "step"]
    assert [(str(state.on), len(state.measures)) for state in steps] == [
        ("2018-03-23", 1),
        ("2018-06-01", 1),
        ("2018-07-01", 0),
        ("2018-09-01", 1),
    ]
    assert [state.title.partition(": ")[2] for state in steps][1:] == [
        "USA on all: C24A with other exemptions",
        "USA on all: C24A suspended",
        "USA on all: C24A",
    ]
    assert steps[0].measures[0].exempted.economies == ("MEX",)
    assert steps[3].measures[0].exempted is None


@pytest.mark.parametrize(("day", "law"), [("2018-06-30", 1), ("2018-07-01", 0), ("2018-08-31", 0), ("2018-09-01", 1)])
def test_a_suspended_measure_is_not_law_and_a_run_and_tariffs_say_so(day, law):
    dispute = parse(PAUSED, as_of=day)
    prepared = prepare(dispute, dt.load_world("icio-2017"))
    assert len(prepared.plans[0].measures) == law
    found = tariffs_on(dispute, day, None)
    assert len(found.in_force) == law
    moved = found.every_average.query("importer == 'USA' and exporter == 'CHN' and weights == 'imports'").iloc[0]
    assert (moved["after"] > moved["before"]) == bool(law)
    turned = date(2018, 6 if day < "2018-07" else 7 if day < "2018-09" else 9, 1)
    assert (found.every_average["last_change"] == turned).all()


def test_an_exemption_ends_in_tariffs_of_the_day():
    dispute = parse(PAUSED, as_of="2018-12-01")
    for day, spared in (("2018-05-31", True), ("2018-06-01", False)):
        on_mexico = tariffs_on(dispute, day, None).every_average.query("exporter == 'MEX'")
        assert (on_mexico["after"] == on_mexico["before"]).all() == spared


def test_what_begins_later_is_not_known():
    dispute = parse(PAUSED, as_of="2018-06-15")
    known, later = known_on(dispute)
    assert known.measures[0].suspended == ()
    assert "measures m (suspension) of 2018-07-01" in map(str, later)
    known, later = known_on(parse(PAUSED, as_of="2018-07-15"))
    assert known.measures[0].suspended != ()
    assert not later


def test_the_report_says_what_is_spared_and_when():
    its = parse(PAUSED).measures[0]
    assert ", except Mexico (until 31 May 2018): +25% on" in what_of(its, Names({"USA": "United States"}))
    assert when_of(its) == "from 23 March 2018; suspended from 1 July 2018 until 31 August 2018"


def test_an_answer_is_possible_to_who_is_no_longer_spared():
    more = "on: all, exempt: {economies: [CHN], until: 2018-05-31}"
    text = FILE.format(as_of="2018-06-15", party="CHN: {name: China}") + LINE.format(
        by="USA", since="2018-03-23", more=more
    )
    answered = Dispute.parse(text + "responses:\n  - {by: CHN, to: m, rule: in-kind, match: duty}\n")
    plans = prepare(answered, dt.load_world("icio-2017")).plans
    assert any(plan.id == "m-answered" for plan in plans)


LATER = """\
dispute: later
title: Exemptions and rules that come while a measure stays
as_of: 2019-12-01
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: all, by: USA, on: CHN, status: in-force, from: 2018-03-23, goods: {sectors: [C24A, C26]}, add: 25%,
      authority: a, exempt: {sectors: [C24A], from: 2018-09-01}}
  - {id: chips, by: USA, on: CHN, status: in-force, from: 2018-03-23, goods: {sectors: [C26]}, add: 10%, authority: b}
  - {id: short, by: USA, on: CHN, status: in-force, from: 2018-03-23, until: 2019-08-31, add: 5%,
      goods: {sectors: [C13T15]}}
stacking: [{authority: b, displaces: a, from: 2019-01-01}]
"""


def income_of(scenario):
    return scenario.tables["economies"].set_index("economy")["real_income"]["USA"]


def test_a_state_is_solved_again_where_exemptions_or_rules_change_and_measures_do_not():
    findings = dt.run(Dispute.parse(LATER))
    days = ("2018-03-23", "2018-09-01", "2019-01-01", "2019-09-01")
    found = [income_of(findings[f"step-{day}"]) for day in days]
    assert len({round(its, 9) for its in found}) == len(days)
    alone = [income_of(dt.run(Dispute.parse(LATER.replace("2019-12-01", day))).baseline) for day in days]
    assert found == pytest.approx(alone, abs=1e-9)
    assert findings["step-2019-01-01"].title == "In force from 2019-01-01: other rules of stacking"
    assert findings["step-2019-09-01"].title == "From 2019-09-01: USA on CHN: C13T15 ended"
    pairs = states(session_of(Dispute.parse(LATER), RunOptions())).numbers.pairs
    assert len({pair.after for pair in pairs if pair.scenario.startswith("step")}) == len(days)


@pytest.mark.parametrize("code", ["EU", "EUN"])
def test_the_union_as_a_party_has_its_own_lines(code):
    assert weight_note("USA", code, None) == weight_note("USA", "DEU", None)
    line = LINE.format(by="USA", since="2025-06-04", more="on: EU, authority: section-232")
    parties = f"{code}: {{name: European Union}}", "DEU: {name: Germany}"
    with pytest.warns(DetenteWarning, match="is read as the 27 members"):
        texts = [Dispute.parse(FILE.format(as_of="2025-12-01", party=its) + line) for its in parties]
    whole, members = (dt.schedule(its, on="2025-09-01", world="icio-2022") for its in texts)
    additional = whole.partners("USA").loc["EUN", "additional"]
    assert additional > 0
    assert additional == pytest.approx(members.partners("USA").loc["EUN", "additional"], rel=1e-9)
