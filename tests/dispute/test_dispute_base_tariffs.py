"""The rule of the base tariffs: chosen by file, option or world, refused by name, and the same through every door."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.analyses.doors import answered
from detente.analyses.registry import REGISTRY
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.errors import UnknownTariffs

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
