"""A dispute that starts from the law of a day of another case."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import detente as dt
from detente.analyses.doors import answered
from detente.analyses.registry import analysis_of
from detente.analyses.run.compute import assumptions
from detente.analyses.run.result import Findings
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.errors import BadDispute, BadInput, DetenteWarning
from detente.report.render import markdown

LAW = """\
dispute: the-law
title: The law of two years
as_of: 2019-01-10
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
stacking:
  - {authority: metals, displaces: [emergency], from: 2018-03-01, source: {document: acts, quote: metals first}}
  - {authority: metals, stacks_with: [old], until: 2017-12-31}
measures:
  - {id: steel, by: USA, on: all, status: in-force, from: 2018-03-23, goods: {sectors: [C24A]}, add: 25%,
     authority: metals, exempt: [{economies: [MEX], until: 2018-05-31}, {economies: [VNM], from: 2018-09-01}],
     source: {document: acts, quote: steel}}
  - {id: everything, by: USA, on: CHN, status: in-force, from: 2018-07-06, until: 2018-12-31, goods: {all: true},
     add: 10%, authority: emergency}
  - {id: pork, by: CHN, on: USA, status: in-force, from: 2018-04-02, goods: {sectors: [A01]}, add: 15%}
  - {id: gone, by: USA, on: CHN, status: withdrawn, from: 2018-01-01, until: 2018-02-01, goods: {all: true}, add: 5%,
     authority: old}
  - {id: to-come, by: USA, on: MEX, status: in-force, from: 2019-01-01, goods: {all: true}, add: 5%}
  - {id: a-threat, by: USA, on: MEX, status: threatened, goods: {all: true}, add: 50%}
documents: {acts: {title: A summary of the acts, date: 2019-01-10}}
"""
OWN = """\
dispute: on-top
title: A threat on top of the law
as_of: 2018-10-01
world: icio-2017
base: {case: law.yaml, on: 2018-10-01}
parties: {USA: {name: United States}, MEX: {name: Mexico}}
measures:
  - {id: threat, by: USA, on: MEX, status: threatened, goods: {all: true}, add: 20%, earliest: 2018-11-01}
responses:
  - {by: MEX, to: threat, rule: in-kind, match: rate}
"""
WRITTEN_OUT = """\
stacking:
  - {authority: metals, displaces: [emergency]}
measures:
  - {id: threat, by: USA, on: MEX, status: threatened, goods: {all: true}, add: 20%, earliest: 2018-11-01}
  - {id: steel, by: USA, on: all, status: in-force, from: 2018-03-23, goods: {sectors: [C24A]}, add: 25%,
     authority: metals, exempt: {economies: [VNM]}}
  - {id: everything, by: USA, on: CHN, status: in-force, from: 2018-07-06, goods: {all: true}, add: 10%,
     authority: emergency}
  - {id: pork, by: CHN, on: USA, status: in-force, from: 2018-04-02, goods: {sectors: [A01]}, add: 15%}
"""


Reader = Callable[..., Dispute]


@pytest.fixture
def read(tmp_path: Path, small_world: World) -> Reader:
    """Reads the file, some of its words replaced, beside the law."""

    def made(*replaced: tuple[str, str], law: str = LAW, own: str = OWN) -> Dispute:
        for before, after in replaced:
            assert before in own, before
            own = own.replace(before, after)
        (tmp_path / "law.yaml").write_text(law)
        (tmp_path / "own.yaml").write_text(own)
        return Dispute.read(tmp_path / "own.yaml", world=small_world)

    return made


def said(read: Reader, *replaced: tuple[str, str], **files: str) -> str:
    with pytest.raises(BadDispute) as refused:
        read(*replaced, **files)
    return str(refused.value)


def test_the_law_of_the_day_is_underneath_as_it_stood_on_it(read: Reader) -> None:
    found = read()
    assert [measure.id for measure in found.measures] == ["threat", "steel", "everything", "pork"]
    steel, everything = found.measure("steel"), found.measure("everything")
    assert steel.exempted is not None
    assert steel.exempted.economies == ("VNM",)
    assert everything.until is None, "the law of the day is taken to stay"
    assert [rule.authority for rule in found.stacking] == ["metals"]
    assert found.base is not None
    assert found.base.measures == ("steel", "everything", "pork")
    assert str(found.base.known_until) == "2019-01-10"
    assert found.base.note in found.notes


def test_numbers_are_those_of_the_law_written_out(read: Reader, small_world: World) -> None:
    before, after = OWN.index("measures:"), OWN.index("responses:")
    text = OWN[:before].replace("base: {case: law.yaml, on: 2018-10-01}\n", "") + WRITTEN_OUT + OWN[after:]
    text = text.replace("parties: {", "parties: {CHN: {name: China}, ")
    by_hand = dt.run(Dispute.parse(text, world=small_world), world=small_world)
    based = dt.run(read(), world=small_world)
    for name in ("baseline", "threat", "threat-answered", "removal"):
        own, its = (found[name].tables["economies"]["real_income"].to_numpy() for found in (based, by_hand))
        assert np.abs(own - its).max() < 1e-12, name  # the same states through the same solver
    assert not [its.id for its in based.states if its.kind == "step"], "no law is known of earlier days"
    assert [its.id for its in by_hand.states if its.kind == "step"]


@pytest.fixture
def based(read: Reader, small_world: World) -> Session:
    return Session.of(read(), world=small_world)


def test_results_say_case_day_and_digest(read: Reader, small_world: World, based: Session) -> None:
    base = based.dispute.base
    assert base is not None
    law = based.settings.provenance["law"]
    assert law == {"case": "law.yaml", "on": "2018-10-01", "digest": base.digest, "known_until": "2019-01-10"}
    found = dt.run(based)
    assert "1 October 2018 (the law of law.yaml)" in found.headline
    assert f"under the law of law.yaml on 2018-10-01 (digest {base.digest})" in markdown(
        analysis_of("run").document(found)
    )
    assert Findings.from_json(found.to_json()) == found
    moved = Session.of(read(law=LAW.replace("add: 15%", "add: 16%")), world=small_world)
    assert moved.settings.provenance["law"]["digest"] != base.digest
    assert read(law=LAW + "# a comment\n").base == base


def test_other_questions_start_from_it_too(based: Session) -> None:
    assert [law.id for law in based.standing] == ["steel", "everything", "pork"]
    assert based.under(base_tariffs="simple").settings.provenance["law"] == based.settings.provenance["law"]


@pytest.mark.slow  # a war and what rests on it take half a minute
@pytest.mark.parametrize("name", ["war", "hold", "clock", "markets", "talks"])
def test_every_report_says_whose_law_is_underneath(read: Reader, small_world: World, name: str) -> None:
    ask = "demands:\n  - {id: end, by: MEX, of: USA, ask: {withdraw: threat}}\n"
    dispute = read(("responses:", f"{ask}responses:"))
    entry = analysis_of(name)
    found = answered(entry, Session.of(dispute, world=small_world), {})
    assert "under the law of law.yaml on 2018-10-01" in markdown(entry.document(found))


@pytest.mark.slow  # compiles an ensemble
def test_bands_draw_over_the_law_underneath(read: Reader, small_world: World) -> None:
    """Draws at the elasticities and the closure of the file are the run itself, and the report says whose law it is."""
    dispute = read()
    over = dt.Over(elasticities=("U4",), deficits=("fixed",), spread=0.0)
    drawn = dt.bands(dispute, over=over, draws=2, seed=1, world=small_world)
    table, run = drawn.bands, dt.run(dispute, world=small_world)
    assert drawn.settings.provenance["law"]["case"] == "law.yaml"
    for state in ("threat", "threat-answered"):
        its = table[(table["scenario"] == state) & (table["quantity"] == "real_income")].set_index("economy")
        income = run[state].tables["economies"].set_index("economy")["real_income"]
        for party in ("USA", "MEX"):
            assert its.loc[party, "median"] == pytest.approx(income[party], abs=1e-8), (state, party)
    assert "under the law of law.yaml on 2018-10-01" in markdown(analysis_of("bands").document(drawn))


def test_a_later_day_and_a_day_after_the_file_are_refused(read: Reader) -> None:
    later = (("on: 2018-10-01", "on: 2019-01-11"), ("as_of: 2018-10-01", "as_of: 2019-02-01"))
    assert "line 5: base.on: is after the last day that law.yaml knows: it does not know the law after 2019-01-10" in (
        said(read, *later)
    )
    assert "is after the day of this file, 2018-10-01" in said(read, ("on: 2018-10-01}", "on: 2018-10-02}"))
    on_the_last = read(("on: 2018-10-01", "on: 2019-01-10"), ("as_of: 2018-10-01", "as_of: 2019-02-01"))
    assert {"to-come", "pork"} < {measure.id for measure in on_the_last.measures}


def test_other_faults_of_a_base_say_what_to_do(read: Reader, tmp_path: Path, small_world: World) -> None:
    assert "is no bundled case and no file beside this one: did you mean law.yaml?" in said(
        read, ("law.yaml", "laws.yaml")
    )
    assert "cannot be read on" in said(read, law=LAW.replace("on: MEX", "on: ATLANTIS"))
    assert "starts from the law of another file itself" in said(read, law=OWN)
    assert "has a measure 'pork' too" in said(read, ("id: threat", "id: pork"), ("to: threat", "to: pork"))
    other = ("on: 2018-10-01}", "on: 2018-10-01, digest: 0123456789abcdef}")
    assert "is that of another state of law.yaml" in said(read, other)
    with pytest.raises(BadDispute, match=r"is no bundled case: there are|did you mean"):
        Dispute.parse(OWN, world=small_world)


def test_a_dispute_may_use_what_the_law_has(read: Reader) -> None:
    uses = (
        ("{by: MEX, to: threat, rule: in-kind, match: rate}", "{by: MEX, to: steel, rule: in-kind, match: rate}"),
        ("responses:", "demands:\n  - {id: end, by: MEX, of: USA, ask: {withdraw: steel}}\nresponses:"),
        ("add: 20%", "add: 20%, authority: emergency, source: {document: ours}"),
        ("measures:", "documents: {ours: {title: Ours}}\nmeasures:"),
    )
    dispute = read(*uses)
    assert set(dispute.documents) == {"ours", "law.yaml: acts"}
    assert dispute.documents["law.yaml: acts"].date is None
    assert dispute.stacking[0].displaces == ("emergency",)


def test_the_text_that_is_written_reads_back(read: Reader, small_world: World) -> None:
    dispute = read()
    text = dispute.to_yaml()
    assert Dispute.parse(text, world=small_world) == dispute, "the law of a file of one's own stands in the text"
    assert Dispute.parse(text, world=small_world).to_yaml() == text
    plain = json.loads(dispute.model_dump_json(by_alias=True, exclude_defaults=True))
    assert Dispute.from_values(plain, world=small_world) == dispute


def test_the_law_of_a_bundled_case_is_not_written_again(small_world: World) -> None:
    base = "base: {case: us-china-2018-2020, on: 2019-07-01}"
    text = OWN.replace("base: {case: law.yaml, on: 2018-10-01}", base).replace("2018-10", "2019-10")
    dispute = Dispute.parse(text.replace("2018-11", "2019-11"), world=small_world)
    assert dispute.base is not None
    assert dispute.base.measures
    written = dispute.to_yaml()
    assert "digest" in written
    assert f"id: {dispute.base.measures[0]}" not in written
    assert Dispute.parse(written, world=small_world) == dispute


def test_ten_lines_on_the_law_of_today_say_what_that_assumes(root: Path) -> None:
    """The European Union as one party, on the law of a case whose measures name its members."""
    file = root / "docs/examples/eu-30-percent-2026.yaml"
    assert len(file.read_text("utf-8").splitlines()) == 10
    with pytest.warns(DetenteWarning, match="EU is read as the 27 members"):
        dispute = Dispute.read(file)
    assert [measure.id for measure in dispute.own_measures] == ["us-30"]
    assert len(dispute.measures) > 40
    law = [measure for measure in dispute.measures if measure.assumed]
    assert law
    assert {text.partition(":")[0] for text in assumptions(dispute)} == {measure.id for measure in law}


def test_a_schedule_knows_no_earlier_law(read: Reader, small_world: World) -> None:
    dispute = read()
    found = dt.schedule(dispute, on="2018-11-01", world=small_world)
    assert found.known_until == dispute.as_of
    assert dispute.base is not None
    assert dispute.base.note in found.notes
    whole = dt.schedule(Dispute.parse(LAW, world=small_world), on="2018-10-01", world=small_world)
    on_the_day = dt.schedule(dispute, on="2018-10-01", world=small_world)
    assert on_the_day.total("USA") == pytest.approx(whole.total("USA"), abs=1e-15)
    with pytest.raises(BadInput, match=r"knows none before it: ask law\.yaml for 2018-09-30"):
        dt.schedule(dispute, on="2018-09-30", world=small_world)


def test_a_bloc_of_the_file_stands_in_for_its_members(read: Reader) -> None:
    pair = ("MEX: {name: Mexico}}", "MVN: {name: Two, members: [MEX, VNM]}}")
    both = (pair, ("on: MEX", "on: MVN"), ("by: MEX", "by: MVN"))
    law = LAW.replace("from: 2018-09-01", "until: 2018-10-02")
    law = law.replace("until: 2018-05-31", "until: 2018-10-02")
    found = read(*both, law=law)
    steel = found.measure("steel")
    assert steel.exempted is not None
    assert steel.exempted.economies == ("MVN",)
    message = said(read, *both)
    assert "measure 'steel' of law.yaml spares VNM and not MEX, which enter the world as one, MVN" in message


def test_members_that_levy_the_same_are_one_bloc(read: Reader) -> None:
    pair = ("MEX: {name: Mexico}}", "MVN: {name: Two, members: [MEX, VNM]}}")
    both = (pair, ("on: MEX", "on: MVN"), ("by: MEX", "by: MVN"))
    each = "".join(
        f"  - {{id: answer-{code}, by: {code}, on: USA, status: in-force, from: 2018-06-01, "
        "goods: {all: true}, add: 7%}\n"
        for code in ("MEX", "VNM")
    )
    law = LAW.replace("documents:", f"{each}documents:").replace("from: 2018-09-01", "until: 2018-09-01")
    law = law.replace("parties: {", "parties: {MEX: {name: Mexico}, VNM: {name: Viet Nam}, ")
    found = read(*both, law=law)
    answers = [measure for measure in found.measures if measure.id.startswith("answer")]
    assert [(its.by, its.on, its.add) for its in answers] == [("MVN", ("USA",), 0.07)]
