"""Bands over the rules of the base tariffs: draws, shares of the variance, words, and refusals."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

import detente as dt
from detente import bands
from detente.analyses.bands.report import document, drawn_by_command
from detente.analyses.bands.result import Bands
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.ensemble.draws import Over, draws
from detente.ensemble.summary import KEYS
from detente.errors import BadInput, UnknownTariffs
from detente.report.render import markdown

BOTH = ("usual", "low")


@pytest.fixture(scope="module")
def two_rules(world: World) -> World:
    w = world
    return World(
        w.flows, w.tariffs, w.io, w.value_added, w.economies, w.sectors, "two-rules", w.year, services=w.services,
        tariff_sources={"usual": w.tariffs, "low": w.tariffs / 2}, tariff_source="usual",
    )  # fmt: skip


@pytest.fixture(scope="module")
def by_rule(dispute: Dispute, two_rules: World) -> Bands:
    over = Over(elasticities=("U4",), deficits=("fixed",), spread=0, base_tariffs=BOTH)
    return bands(dispute, over=over, draws=8, world=two_rules)


def incomes(found: Bands, rows: Iterable[bool]) -> np.ndarray:
    return found.values[np.asarray(list(rows))]


def test_a_draw_of_a_rule_is_the_run_on_that_rule(by_rule: Bands, dispute: Dispute, two_rules: World) -> None:
    assert by_rule.draws is not None
    assert set(by_rule.draws["base_tariffs"]) == set(BOTH)
    wanted = by_rule.bands[list(KEYS[:3])] == ["first-answered", "real_income", "USA"]
    column = int(np.flatnonzero(wanted.all(axis=1))[0])
    for rule in BOTH:
        run = dt.run(dispute, world=two_rules, base_tariffs=rule)["first-answered"]
        income = run.tables["economies"].set_index("economy")["real_income"]["USA"]
        drawn = incomes(by_rule, by_rule.draws["base_tariffs"] == rule)[:, column]
        np.testing.assert_allclose(drawn, income, rtol=0, atol=1e-8)  # measured in one step here, in two there
    assert by_rule.band("first-answered", "USA")["run"] == pytest.approx(
        incomes(by_rule, by_rule.draws["base_tariffs"] == "usual")[0, column], abs=1e-9
    )


def test_what_alone_is_varied_makes_the_variance(by_rule: Bands) -> None:
    driver = by_rule.driver("first-answered", "USA")
    assert driver is not None
    assert driver["assumption"] == "base_tariffs"
    assert driver["share"] == pytest.approx(1.0)
    text = markdown(document(by_rule))
    assert "base tariffs usual, low" in text
    assert "Rule of the base tariffs" in text
    assert not drawn_by_command(by_rule)
    assert Bands.from_json(by_rule.to_json()).over == by_rule.over


def test_draws_of_one_rule_are_those_without_any(two_rules: World) -> None:
    """The coordinate of the rule comes last, and only where rules are varied."""
    plain = {"worlds": (two_rules.name,), "horizons": ("long",)}
    sectors = {two_rules.name: two_rules.sectors}
    one, none = (draws(Over(**plain, base_tariffs=its), sectors, 0, 0, 16) for its in (("low",), None))
    for drawn, before in zip(one, none, strict=True):
        np.testing.assert_array_equal(drawn.theta, before.theta)
        assert drawn.base_tariffs == "low"
    varied = draws(Over(**plain, base_tariffs=BOTH), sectors, 0, 0, 16)
    assert [draw.base_tariffs for draw in varied].count("low") == 8


def test_few_draws_do_not_lose_the_drivers_to_the_rules(dispute: Dispute, two_rules: World) -> None:
    """Sixteen draws are enough for the four cells of elasticities and closures, not for eight."""
    over = Over(elasticities=("U4", "CP"), deficits=("fixed", "balanced"), spread=0, base_tariffs=BOTH)
    for count in (8, 16):
        found = bands(dispute, over=over, draws=count, world=two_rules)
        shares = found.drivers[(found.drivers["scenario"] == "first-answered") & (found.drivers["economy"] == "USA")]
        assert not shares["share"].isna().any()
        assert set(shares["assumption"]) >= {"elasticities", "deficits", "base_tariffs"}


def test_a_question_and_a_function_are_drawn_by_rule(two_rules: World) -> None:
    over = Over(elasticities=("U4",), deficits=("fixed",), spread=0, base_tariffs=BOTH)
    found = bands(lambda economy: {"revenue": float(economy.R.sum())}, over=over, draws=8, world=two_rules)
    assert found.band("", "", "revenue")["least"] == pytest.approx(found.band("", "", "revenue")["most"] / 2)
    assert found.settings.base_tariffs is None
    low = bands(
        lambda economy: {"revenue": float(economy.R.sum())}, sets=["U4"], closures=["fixed"], spread=0, draws=2,
        world=two_rules, base_tariffs="low",
    )  # fmt: skip
    assert low.over.base_tariffs == BOTH  # by default all rules are varied, whatever that of the run
    assert low.band("", "", "revenue")["run"] == pytest.approx(found.band("", "", "revenue")["least"])


def test_unknown_rules_are_refused_by_name(dispute: Dispute, two_rules: World) -> None:
    with pytest.raises(UnknownTariffs, match="two-rules names 'lov'"):
        bands(dispute, rules=["usual", "lov"], draws=2, world=two_rules)
    with pytest.raises(BadInput, match="base_tariffs names 'low' twice"):
        Over(base_tariffs=("low", "low"))
    with pytest.raises(BadInput, match="one rule of base tariffs"):
        Over(base_tariffs=())
