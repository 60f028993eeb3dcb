"""Facts of several questions as one story: no probability leads, opposite signs are reconciled, denials left out."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from types import SimpleNamespace

import detente as dt
from detente.analyses.run.report import facts
from detente.dispute.results import Record
from detente.report.blocks import story_of
from detente.report.facts import Fact, denies, edited, looks_contrary

LAW = Fact("run", "real income", "USA", "the United States", "run:answered", "the threats are answered", -0.00063)
NASH = Fact(
    "war", "real income", "USA", "the United States", "Nash", "both charge their Nash tariffs", 0.000072,
    because="at Nash tariffs each government picks its duties",
)  # fmt: skip
CHANCE = Fact("clock", "probability", "deal", "a deal", "clock", "the clock runs out", 0.51, chosen=True)


def test_what_hangs_on_a_choice_does_not_lead_in_whatever_order_it_comes() -> None:
    for order in permutations((LAW, NASH, CHANCE)):
        assert edited(order).told[-1] == CHANCE


def test_opposite_signs_of_different_states_are_reconciled_in_one_sentence_with_both_numbers() -> None:
    story = edited((LAW, NASH, CHANCE))
    assert story.left_out == ()
    (said,) = story.reconciled
    plain = said.replace("\N{NO-BREAK SPACE}", " ")
    assert plain == (
        "The sign for the United States differs, and both are right: −0.063 % of real income if the threats are "
        "answered, +0.0072 % of real income if both charge their Nash tariffs; at Nash tariffs each government picks "
        "its duties."
    )


def test_equal_signs_and_other_subjects_need_no_sentence() -> None:
    assert edited((LAW, replace(NASH, value=-0.0001))).reconciled == ()
    assert edited((LAW, replace(NASH, subject="CHN"))).reconciled == ()
    assert edited((LAW, replace(NASH, question="run"))).reconciled == ()  # a question says itself what its states are
    assert not looks_contrary(LAW, replace(CHANCE, subject="USA"))


def test_equity_and_income_of_opposite_signs_are_told_apart() -> None:
    equity = Fact("markets", "equity", "USA", "the United States", "war", "war becomes certain", 0.0005, chosen=True)
    (said,) = edited((LAW, equity)).reconciled
    assert "on equity if war becomes certain" in said


def test_a_contradiction_is_caught_and_the_later_fact_left_out() -> None:
    wrong = replace(LAW, question="war", value=0.00063)
    story = edited((LAW, wrong, NASH))
    assert denies(wrong, LAW)
    assert story.left_out == (wrong,)
    assert wrong not in story.told
    assert "cannot both be right" in story.reconciled[0]
    assert denies(replace(LAW, value=LAW.value * 1.01), LAW)  # another number of the same thing
    assert not denies(replace(LAW, value=LAW.value * (1 + 1e-6)), LAW)  # the same after rounding


def test_a_contradiction_put_into_a_report_takes_the_sentence_of_its_question_out(
    held: dt.Findings, parts: tuple[Record, ...]
) -> None:
    state = facts(held)[0]
    wrong = replace(state, question="guess", value=-state.value)
    guess = SimpleNamespace(
        presenter=SimpleNamespace(
            name="guess", heading="A guess", brief=lambda result: "It gains.", facts=lambda result: (wrong,)
        )
    )
    briefs, reconciled = story_of(held, [*parts, guess])  # type: ignore[list-item]
    assert "A guess" not in [brief.title for brief in briefs]
    assert len(briefs) == len(parts)
    assert any("left out of the summary" in said for said in reconciled)


def test_the_story_of_a_report_has_what_hangs_on_a_choice_last(held: dt.Findings, parts: tuple[Record, ...]) -> None:
    clock = next(part for part in parts if part.KIND == "clock")
    briefs, _ = story_of(held, [clock, *(part for part in parts if part is not clock)])
    assert briefs[-1].title == clock.presenter.heading
    assert len(briefs) == len(parts)


def test_numbers_of_facts_are_those_of_the_report(held: dt.Findings) -> None:
    shown = held.headline
    for fact in facts(held):
        assert fact.name in shown
        assert fact.value == held.summary().set_index("scenario").loc[held.main.id, fact.subject]
