"""The rule of the base tariffs: chosen by file, option or world, refused by name, and the same through every door."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import detente as dt
from detente.analyses.doors import answered
from detente.analyses.registry import REGISTRY
from detente.analyses.run.base_sentences import revenue
from detente.analyses.run.report import document
from detente.analyses.run.result import Findings, OtherRule
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.errors import UnknownTariffs
from detente.report.numbers import Names

LOW = "low"


@pytest.fixture(scope="module")
def two_rules(small_world: World) -> World:
    """The small world with a second rule, under which every base tariff is half as high."""
    rules = {"usual": small_world.tariffs, LOW: small_world.tariffs / 2}
    w = small_world
    return World(
        w.flows, w.tariffs, w.io, w.value_added, w.economies, w.sectors, "two-rules", w.year, services=w.services,
        tariff_sources=rules, tariff_source="usual",
    )  # fmt: skip


@pytest.fixture(scope="module")
def session(small: Dispute, two_rules: World) -> Session:
    return Session.of(small, world=two_rules)


def test_another_rule_gives_what_its_world_gives(small: Dispute, two_rules: World, session: Session) -> None:
    other = session.under(base_tariffs=LOW)
    alone = Session.of(small, world=two_rules.with_tariffs(LOW))
    np.testing.assert_array_equal(other.economy.t, alone.economy.t)
    np.testing.assert_array_equal(other.before.W_hat, alone.before.W_hat)
    assert not np.array_equal(other.before.W_hat, session.before.W_hat)
    assert other.settings.world_sha256 == alone.settings.world_sha256 != session.settings.world_sha256


def test_the_session_of_a_rule_is_kept_and_shares_what_is_laid(session: Session) -> None:
    assert session.under(base_tariffs="usual") is session
    other = session.under(base_tariffs=LOW)
    assert session.under(base_tariffs=LOW) is other
    assert other.schedules._laid is session.schedules._laid
    assert other.under(deficits="balanced").settings.deficits == "balanced"
    assert other.under(deficits="balanced").world.tariff_source == LOW


def test_answers_are_made_anew_only_where_they_hang_on_tariffs(
    small_text: str, two_rules: World, session: Session
) -> None:
    """A duty that is added is the same whatever the base; one that is set adds less to a higher one."""
    assert session.under(base_tariffs=LOW).prepared.plans is session.prepared.plans
    goods = "goods: {value: 50bn, basis: customs}, "
    text = small_text.replace(f"{goods}add: 25%}}", f"{goods}set: 25%}}")
    assert text != small_text
    dispute = Dispute.parse(text, world=two_rules)
    own = Session.of(dispute, world=two_rules)
    other = own.under(base_tariffs=LOW)
    alone = Session.of(dispute, world=two_rules.with_tariffs(LOW))
    assert other.prepared.plans == alone.prepared.plans != own.prepared.plans


def test_a_rule_is_found_anew_under_other_elasticities(small: Dispute, two_rules: World, session: Session) -> None:
    session.under(base_tariffs=LOW)
    other = session.under(elasticities="CP").under(base_tariffs=LOW)
    alone = Session.of(small, world=two_rules, base_tariffs=LOW, elasticities="CP")
    assert other.settings.elasticities == "CP"
    np.testing.assert_array_equal(other.economy.theta, alone.economy.theta)
    np.testing.assert_array_equal(other.before.W_hat, alone.before.W_hat)


def test_the_rule_is_chosen_by_option_and_by_world_alike(small: Dispute, two_rules: World, session: Session) -> None:
    by_option = dt.run(small, world=two_rules, base_tariffs=LOW)
    by_world = dt.run(small, world=two_rules.with_tariffs(LOW))
    of_session = answered(REGISTRY["run"], session, {"base_tariffs": LOW})
    for found in (by_world, of_session):
        assert found.summary().equals(by_option.summary())
        assert found.settings.world_sha256 == by_option.settings.world_sha256


def test_a_file_names_the_rule_of_its_world(small_text: str) -> None:
    text = small_text.replace("settings: {", "settings: {base_tariffs: simple, ")
    dispute = Dispute.parse(text)
    session = Session.of(dispute)
    assert session.world.tariff_source == "simple"
    assert session.settings.on == "icio-2017 with simple base tariffs"
    assert Dispute.parse(dispute.to_yaml()).settings.base_tariffs == "simple"
    chosen = Session.of(dispute, base_tariffs="collected")  # an option comes before the file
    assert (chosen.settings.base_tariffs, chosen.settings.on) == (None, "icio-2017")
    own = Session.of(dispute, world=dt.load_world("icio-2017"))  # and so does a world that is given
    assert own.world.tariff_source == "collected"


def test_a_rule_that_the_world_does_not_have_is_refused_by_name(small: Dispute, two_rules: World) -> None:
    with pytest.raises(UnknownTariffs, match="two-rules names 'lov', not a known rule of base tariffs; did you mean"):
        dt.run(small, world=two_rules, base_tariffs="lov")
    with pytest.raises(UnknownTariffs, match="there are: usual, low"):
        dt.run(small, world=two_rules, base_tariffs="simple")


def test_every_question_takes_the_rule() -> None:
    for entry in REGISTRY.values():
        names = [each.name for each in entry.options.every()]
        assert "base_tariffs" in names, entry.name


@pytest.fixture(scope="module")
def findings(small: Dispute, two_rules: World) -> Findings:
    return dt.run(small, world=two_rules)


def test_findings_hold_the_headline_under_other_rules(small: Dispute, two_rules: World, findings: Findings) -> None:
    assert [other.rule for other in findings.other_rules or ()] == [LOW]
    alone = dt.run(small, world=two_rules, base_tariffs=LOW)
    changes = alone.economies().set_index("economy")["real_income"]
    for other in findings.other_rules or ():
        for party in small.parties:
            assert other.real_income[party] == pytest.approx(changes[party], abs=1e-9)  # the bound of the audit
    assert [other.rule for other in alone.other_rules or ()] == ["usual"]
    assert Findings.from_json(findings.to_json()) == findings


def test_findings_of_before_have_no_other_rules(findings: Findings) -> None:
    plain = {key: value for key, value in findings.as_dict().items() if key not in ("base_revenue", "other_rules")}
    read = Findings.from_dict(plain)
    assert (read.base_revenue, read.other_rules) == (None, None)
    assert "Base tariffs" not in [section.title for section in document(read).sections]


def test_a_sign_that_hangs_on_the_base_tariffs_is_said_in_the_headline(findings: Findings) -> None:
    own = findings.economies().set_index("economy")["real_income"]
    assert own["USA"] < 0
    assert own["CHN"] < 0
    assert "base tariffs" not in findings.headline
    turned = replace(findings, other_rules=(OtherRule(LOW, {"USA": 0.0012, "CHN": -0.002}),))
    hangs = "The sign hangs on the base tariffs: with low ones the United States would gain 0.12\N{NO-BREAK SPACE}%."
    assert hangs in turned.headline
    unsolved = replace(findings, other_rules=(OtherRule(LOW, {}),))
    assert unsolved.headline == findings.headline
    assert "low –" in "\n".join(map(str, _table(unsolved)))


def _table(findings: Findings) -> list[str]:
    section = next(section for section in document(findings).sections if section.title == "Base tariffs")
    return [" ".join(row.cells) for block in section.blocks for row in getattr(block, "rows", ())]


def test_reports_say_base_revenue_beside_what_was_collected(findings: Findings) -> None:
    names = Names(findings.dispute.called)
    (own, _) = findings.base_revenue or ()
    world = dt.load_world("icio-2017")
    goods, usa = [world.sector_index(code) for code in world.goods], world.index("USA")
    abroad = np.arange(len(world.economies)) != usa
    levied = (world.flows[usa] * world.tariffs[usa])[abroad][:, goods].sum()
    assert own.revenue == pytest.approx(levied, rel=1e-9)  # the small world merges economies, and revenue stays
    text = revenue(own, names)
    assert "No collected figure of the United States is at hand" in text
    known = replace(
        own, revenue=30e3, imports=1.8e6, rate=1 / 60, year=2017, source="customs", collected=32.9e3,
        customs_imports=2327e3, collected_rate=0.0142, imports_ratio=0.77, coverage=-0.001, composition=0.0035,
    )  # fmt: skip
    text = revenue(known, names).replace("\N{NO-BREAK SPACE}", " ")
    assert "tariffs bring the United States $30.0bn a year on $1.80tn of imported goods, 1.67 %." in text
    assert "Customs collected $32.9bn on $2.33tn in 2017, 1.42 % (customs). The world holds 0.77 times" in text
    assert "−0.10 from goods without a sector and +0.35 from other weights of partners and sectors" in text
    mean = replace(known, collected=None, customs_imports=None, imports_ratio=None, coverage=None, composition=None)
    assert "The mean of applied rates, weighted by trade, was 1.42" in revenue(mean, names)
