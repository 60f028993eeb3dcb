"""Every rule of answering, known or new: found by its file, pure, seeded, bounded, and refusing what is no standoff."""

from __future__ import annotations

import ast
from dataclasses import FrozenInstanceError, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from response_lab import EVERY, measure, standoff, world

import detente.optimal_tariffs.retaliation as package
from detente.data.quantities import HIGHEST_RATE
from detente.errors import BadInput, UnknownEconomy
from detente.optimal_tariffs.retaliation import RULES
from detente.optimal_tariffs.retaliation.rule import Rule, Standoff
from detente.policy.schedule import TariffBook
from detente.solver.economy import calibrate

each = pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.name)


@pytest.fixture(scope="module")
def face() -> Standoff:
    return standoff(measure("old", by="CHN", on="USA", goods={"sectors": ["C24A"]}, add=0.05))


def test_every_file_with_a_rule_is_found_and_has_one_alone() -> None:
    in_files = {}
    for path in Path(package.__path__[0]).glob("*.py"):
        classes = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.ClassDef)]
        rules = [c.name for c in classes if any(isinstance(b, ast.Name) and b.id == "Rule" for b in c.bases)]
        assert len(rules) <= 1, path.name
        in_files.update(dict.fromkeys(rules, path.stem))
    assert sorted(in_files) == sorted(rule.__name__ for rule in RULES.values())
    assert all(in_files[rule.__name__] == name.replace("-", "_") for name, rule in RULES.items())


@each
def test_a_rule_says_what_it_is_and_cannot_be_changed(rule: Rule) -> None:
    assert len(type(rule).__doc__ or "") > 60
    assert is_dataclass(rule)
    with pytest.raises(FrozenInstanceError):
        rule.name = "other"  # type: ignore[misc]


@each
def test_the_same_question_has_the_same_answer_and_nothing_given_is_changed(rule: Rule, face: Standoff) -> None:
    threat = measure()
    before = (threat.model_dump_json(), face.world.tariffs.copy(), face.standing)
    first = rule.respond(face, "CHN", "USA", [threat])
    fresh = standoff(*face.standing)
    assert rule.respond(fresh, "CHN", "USA", [threat]) == first
    assert (threat.model_dump_json(), face.standing) == (before[0], before[2])
    assert np.array_equal(face.world.tariffs, before[1])


@each
def test_an_answer_is_law_of_its_side_on_the_other_within_bounds_and_solves(rule: Rule, face: Standoff) -> None:
    threat = measure()
    answer = rule.respond(face, "CHN", "USA", [threat], id="reply")
    assert (answer.rule, answer.by, answer.against) == (rule.name, "CHN", "USA")
    assert all((m.by, m.on) == ("CHN", ("USA",)) for m in answer.measures)
    assert all(m.id.startswith("reply") for m in answer.measures)
    book = TariffBook(face.world, (*face.standing, threat, *answer.measures))
    assert book.rate(book.ids).min() >= 0
    assert book.rate(book.ids).max() <= HIGHEST_RATE + face.world.tariffs.max() + 0.05
    assert face.solve((threat, *answer.measures)).gap < 1e-9


@each
def test_a_side_may_face_no_measure_at_all(rule: Rule, face: Standoff) -> None:
    answer = rule.respond(face, "CHN", "USA")
    assert all((m.by, m.status) == ("CHN", "proposed") for m in answer.measures)


@each
@pytest.mark.parametrize(
    ("by", "against", "measures", "error", "said"),
    [
        ("CHX", "USA", [], UnknownEconomy, "did you mean 'CHN'"),
        ("CHN", "CHN", [], BadInput, "faces itself"),
        ("CHN", "MEX", [measure()], BadInput, "is of USA, not of MEX"),
        ("MEX", "USA", [measure()], BadInput, "not on the goods of MEX"),
    ],
)
def test_what_is_no_standoff_is_refused(rule, face, by, against, measures, error, said) -> None:
    with pytest.raises(error, match=said):
        rule.respond(face, by, against, measures)


def test_an_economy_of_another_world_is_refused() -> None:
    small = world()
    other = replace(calibrate(small, elasticities=np.full(4, 4.0)), t=small.tariffs * 1.1, deficits="fixed")
    with pytest.raises(BadInput, match="not the benchmark of small"):
        Standoff(small, other)
