"""Every rule finds its own examples, and nothing in what it is said not to fit."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from detente.article.coreference import Discourse
from detente.article.curbs import curbs
from detente.article.demands import demands
from detente.article.duties import duties_in, role_of
from detente.article.entries import sectors_of
from detente.article.items import FoundMeasure
from detente.article.language import RULES, load_language, load_rules, load_trees, load_words
from detente.article.lexicon import introductions
from detente.article.lifecycle import NO_MEASURE, life_of
from detente.article.numeric_expressions import amounts_in, dates_in, rates_in
from detente.article.reading import matches_in
from detente.article.statements import forecast_of, probability_in, stance_of

FRIDAY = date(2018, 5, 4)
TREES = [(name, rule) for name in ("speech", "demands") for rule in load_rules(name)]
PAST = re.compile(r"\b(said|took|since)\b")


def names(pairs: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [f"{name}-{rule['id']}" for name, rule in pairs]


@pytest.mark.parametrize(("name", "rule"), TREES, ids=names(TREES))
def test_a_tree_finds_its_examples(name: str, rule: dict[str, Any]) -> None:
    for example in rule["examples"]:
        frames = load_trees(name).find(load_language()(example["text"]), only=rule["id"])
        found = [{token: frame[token].text for token in frame.tokens} for frame in frames]
        if example["finds"] == "null":
            assert found == [], example
        else:
            assert example["finds"] in found, example


def test_every_tree_has_an_example_that_it_must_not_find() -> None:
    assert [rule["id"] for _, rule in TREES if not any(e["finds"] == "null" for e in rule["examples"])] == []


@pytest.mark.parametrize("rule", load_rules("people"), ids=lambda rule: str(rule["id"]))
def test_people_are_introduced_as_in_the_examples(rule: dict[str, Any]) -> None:
    for example in rule["examples"]:
        groups = [(name, match.groupdict()) for name, match in introductions(example["text"])]
        found = [{key: value for key, value in of.items() if value} for name, of in groups if name == rule["id"]]
        assert found == ([] if example["finds"] == "null" else [example["finds"]]), example


@pytest.mark.parametrize("rule", load_rules("dates"), ids=lambda rule: str(rule["id"]))
def test_days_are_read_as_in_the_examples(rule: dict[str, Any]) -> None:
    for words, day in rule["examples"].items():
        found = list(dates_in(words, 0, FRIDAY, "past" if PAST.search(words) else "future"))
        assert [(f.rule, f.day.isoformat()) for f in found] == [(rule["id"], day)], words


@pytest.mark.parametrize("rule", load_rules("amounts"), ids=lambda rule: str(rule["id"]))
def test_money_is_read_as_in_the_examples(rule: dict[str, Any]) -> None:
    for words, amount in rule["examples"].items():
        assert [f"{a.money} {a.currency}" for a in amounts_in(words)] == [amount], words


def test_rates_are_percentages_and_not_points() -> None:
    words = "25 percent, 12 per cent, 37.6%, a 20-percent tariff, by 3 percentage points, 5000 percent"
    assert [rate.rate for rate in rates_in(words)] == ["25%", "12%", "37.6%", "20%"]


@pytest.mark.parametrize(
    ("words", "rates"),
    [
        ("tariffs of up to 1,000% on", ["1000%"]),
        ("a 2,500% duty", []),
        ("a duty of 7,5% on", []),
        ("from 10% to 12.5 percent", ["10%", "12.5%"]),
        ("10-25%", ["25%"]),
        ("imports of $1,000 at 25%", ["25%"]),
    ],
)
def test_a_rate_is_a_whole_number_and_never_its_end(words: str, rates: list[str]) -> None:
    assert [rate.rate for rate in rates_in(words)] == rates


@pytest.mark.parametrize("rule", load_rules("asks"), ids=lambda rule: str(rule["id"]))
def test_what_is_asked_for_has_its_kind(rule: dict[str, Any]) -> None:
    faced = rule.get("measure") == "true"
    assert [kind_of(words, faced=faced) for words in rule["examples"]] == [rule["id"]] * len(rule["examples"])
    assert all(kind_of(words, faced=faced) != rule["id"] for words in rule["not_these"])


def kind_of(words: str, *, faced: bool) -> str | None:
    measure = FoundMeasure("CHN", ("BRA",), "in-force", (0, 1))
    text = f"Brazil wants China to {words}."
    found = demands(Discourse(load_language()(text)), [measure] if faced else [], FRIDAY)
    return found[0].rule if found else None


@pytest.mark.parametrize("rule", load_rules("goods"), ids=lambda rule: str(rule["id"]))
def test_goods_have_their_sectors(rule: dict[str, Any]) -> None:
    assert all(set(rule["sectors"]) <= set(sectors_of(words)) for words in rule["examples"])
    assert not any(set(rule["sectors"]) & set(sectors_of(words)) for words in rule["not_these"])


@pytest.mark.parametrize("rule", load_rules("stances"), ids=lambda rule: str(rule["id"]))
def test_words_sound_as_in_the_examples(rule: dict[str, Any]) -> None:
    assert {stance_of(words) for words in rule["examples"]} == {rule["stance"]}
    assert rule["stance"] not in {stance_of(words) for words in rule["not_these"]}


@pytest.mark.parametrize("rule", load_rules("forecasts"), ids=lambda rule: str(rule["id"]))
def test_forecasts_are_of_their_outcome(rule: dict[str, Any]) -> None:
    assert {forecast_of(words) for words in rule["examples"]} == {(rule["id"], rule["outcome"])}
    assert all((forecast_of(words) or ("", ""))[0] != rule["id"] for words in rule["not_these"])


@pytest.mark.parametrize("rule", load_rules("agreements"), ids=lambda rule: str(rule["id"]))
def test_agreements_have_their_topic(rule: dict[str, Any]) -> None:
    for words, topic in rule["examples"].items():
        groups = [(agreed, match.groupdict()) for agreed, match in matches_in(words)]
        found = [(agreed, of.get("topic") or of.get("matter")) for agreed, of in groups]
        assert (rule["agreed"], topic) in found, words
    pattern = next(each.pattern for each in load_words("agreements") if each.id == rule["id"])
    for words in rule["not_these"]:
        assert not any(match.re is pattern for _, match in matches_in(words)), words


def lives_of(words: str) -> list[str | None]:
    doc = load_language()(words)
    return [life_of(duty) for sentence in doc.sents for duty in duties_in(sentence)]


@pytest.mark.parametrize("rule", load_rules("lifecycle"), ids=lambda rule: str(rule["id"]))
def test_words_tell_the_life_of_a_duty(rule: dict[str, Any]) -> None:
    life = None if rule["life"] == "open" else rule["life"]
    assert {words: lives_of(words)[-1:] for words in rule["examples"]} == {words: [life] for words in rule["examples"]}
    assert all(life not in lives_of(words) for words in rule["not_these"])


def test_every_life_has_a_rule() -> None:
    lives = {"in-force", "denied", "conditional", "hypothetical", "ended", "suspended", "struck-down", "averted",
             "agreed", "asked-for", "threatened", "proposed"}  # fmt: skip
    assert lives <= {rule["life"] for rule in load_rules("lifecycle")} == lives | NO_MEASURE | {"open"}


@pytest.mark.parametrize("rule", load_rules("rates"), ids=lambda rule: str(rule["id"]))
def test_percentages_that_are_no_rate_of_a_duty(rule: dict[str, Any]) -> None:
    for words in rule["examples"]:
        assert role_of(words, list(rates_in(words))[-1]) == rule["id"], words


def test_no_expression_is_longer_than_a_reader_can_follow() -> None:
    lifecycle = [rule[name] for rule in load_rules("lifecycle") for name in ("words", "not") if name in rule]
    roles = [rule[name] for rule in load_rules("rates") for name in ("before", "after") if name in rule]
    phrases = [words for name, words in load_rules("phrases").items()]
    assert [words for words in (*lifecycle, *roles, *phrases) if len(words) > 200] == []


@pytest.mark.parametrize("rule", load_words("requests"), ids=lambda rule: str(rule.id))
def test_requests_begin_as_in_the_examples(rule: Any) -> None:
    assert all(rule.pattern.search(f"{words}X") for words in rule.says["examples"])
    assert not any(rule.pattern.search(words) for words in rule.says["not_these"])


@pytest.mark.parametrize("rule", load_words("removals"), ids=lambda rule: str(rule.id))
def test_removals_are_asked_for_as_in_the_examples(rule: Any) -> None:
    for words, what in rule.says["examples"].items():
        found = [match["what"] for match in rule.pattern.finditer(words)]
        assert found == [what], words
    assert not any(rule.pattern.search(words) for words in rule.says["not_these"])


@pytest.mark.parametrize("rule", load_words("odds"), ids=lambda rule: str(rule.id))
def test_probabilities_are_read_as_in_the_examples(rule: Any) -> None:
    for words, probability in rule.says["examples"].items():
        assert probability_in(words) == probability
    assert [probability_in(words) for words in rule.says["not_these"]] == [None] * len(rule.says["not_these"])


@pytest.mark.parametrize("rule", load_words("curbs"), ids=lambda rule: str(rule.id))
def test_measures_that_are_no_tariff_are_named_as_in_the_examples(rule: Any) -> None:
    def forms(words: str) -> list[str]:
        return [curb.form for curb in curbs(Discourse(load_language()(words)))]

    assert [forms(words) for words in rule.says["examples"]] == [[rule.says["what"]]] * len(rule.says["examples"])
    assert not any(forms(words) for words in rule.says["not_these"])


def test_every_rule_file_is_tested_here() -> None:
    lists_of_words = {"nouns", "offices", "duties", "phrases", "words"}
    tested = {"speech", "demands", "people", "dates", "amounts", "asks", "goods", "stances", "forecasts",
              "agreements", "lifecycle", "rates", "requests", "removals", "odds", "curbs"}  # fmt: skip
    assert {path.stem for path in RULES.glob("*.yaml")} == tested | lists_of_words
