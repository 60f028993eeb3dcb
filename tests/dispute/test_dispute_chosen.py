"""Answers by harm and at their best are scenarios like any other."""

from __future__ import annotations

import pytest

from detente import run
from detente.analyses.run.result import Findings, Scenario
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.solver.solution import Solution


def answered_by(small_text: str, small_world: World, match: str) -> Findings:
    text = small_text.replace("to: first, rule: in-kind, match: value", f"to: first, rule: in-kind, match: {match}")
    return run(Dispute.parse(text, world=small_world), world=small_world)


@pytest.fixture(scope="module")
def by_harm(small_text: str, small_world: World) -> Findings:
    return answered_by(small_text, small_world, "harm")


@pytest.fixture(scope="module")
def by_best(small_text: str, small_world: World) -> Findings:
    return answered_by(small_text, small_world, "best")


def solution(scenario: Scenario) -> Solution:
    assert scenario.solution is not None
    return scenario.solution


def loss(scenario: Scenario, code: str) -> float:
    """Fall in real income since the baseline, USD million."""
    its = solution(scenario)
    n = its.base.index(code)
    return float((1 - its.W_hat[n]) * its.base.I[n])


def test_harm_done_is_harm_suffered(by_harm: Findings) -> None:
    alone, both = by_harm["first"], by_harm["first-answered"]
    assert loss(both, "USA") - loss(alone, "USA") == pytest.approx(loss(alone, "CHN"), rel=1e-3)
    assert both.responses == ("chn-answers-first",)
    assert any("costs USA" in note for note in both.notes)
    assert both.residual < 1e-9


def test_the_best_answer_is_better_than_the_others(by_best: Findings, by_harm: Findings, found: Findings) -> None:
    best = loss(by_best["first-answered"], "CHN")
    assert best < loss(by_best["first"], "CHN")
    assert best < loss(by_harm["first-answered"], "CHN")
    assert best < loss(found["first-answered"], "CHN")
    table = by_best["first-answered"].tables["tariffs"]
    assert set(table[(table["before"] != table["after"]) & (table["importer"] == "CHN")]["exporter"]) == {"USA"}


def test_a_chosen_answer_stands_beside_one_in_kind(by_harm: Findings) -> None:
    together = by_harm["all-threats-answered"]
    assert together.responses == ("chn-answers-second", "chn-answers-first")


def test_an_answer_to_law_is_chosen_against_the_state_without_it(small_text: str, small_world: World) -> None:
    text = small_text.replace("responses:\n", "responses:\n  - {by: CHN, to: steel, rule: in-kind, match: harm}\n")
    findings = run(Dispute.parse(text, world=small_world), world=small_world)
    assert "chn-answers-steel" in findings["steel-answered"].responses
    assert loss(findings["steel-answered"], "USA") > 0


def test_findings_with_chosen_answers_survive_json(by_best: Findings) -> None:
    assert Findings.from_json(by_best.to_json()) == by_best
