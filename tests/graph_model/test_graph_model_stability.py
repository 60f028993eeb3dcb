"""Nash, GMR, SMR and SEQ: conflicts of the literature, and every random conflict against the definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from stability_definition import ByDefinition
from stability_lab import chicken, coalitions, conflicts, cuba, elmira, garrison, prisoners_dilemma

from detente.errors import UnknownName
from detente.graph_model.conflict import Conflict
from detente.graph_model.stability import CONCEPTS, StabilityConcept


def test_prisoners_dilemma_rests_at_defection_and_by_foresight_at_cooperation() -> None:
    game = prisoners_dilemma()
    assert game.stable("nash") == {"A": [1, 3], "B": [1, 2]}
    assert game.equilibria("nash") == [1]
    for concept in ("gmr", "smr", "seq"):
        assert game.equilibria(concept) == [1, 4]


def test_chicken_rests_where_one_swerves_and_by_threats_where_both_do() -> None:
    game = chicken()
    assert game.equilibria("nash") == [2, 3]
    assert game.equilibria("seq") == [2, 3]
    assert game.equilibria("gmr") == [2, 3, 4]
    assert game.equilibria("smr") == [2, 3, 4]


def test_elmira_rests_where_the_literature_says() -> None:
    """Fang, Hipel & Kilgour (1993): 5, 8 and 9 by every notion, 1 and 4 by GMR and SMR alone."""
    conflict, book = elmira()
    found = {concept: {book[state] for state in conflict.equilibria(concept)} for concept in CONCEPTS}
    assert found == {"nash": {5, 8, 9}, "gmr": {1, 4, 5, 8, 9}, "smr": {1, 4, 5, 8, 9}, "seq": {5, 8, 9}}


def test_elmira_is_left_by_the_ministry_and_uniroyal_together() -> None:
    """Kilgour, Hipel, Fang & Peng (2001): from 5 both gain by going to 8, which neither reaches alone."""
    conflict, book = elmira()
    together = {book[state] for state in conflict.coalition_stable("nash", ["ministry", "Uniroyal"])}
    assert 5 not in together
    assert {8, 9} <= together
    assert {book[state] for state in conflict.strong_equilibria("nash")} == {8, 9}


def test_cuba_rests_by_credible_answers_where_the_missiles_are_withdrawn() -> None:
    """Fraser & Hipel (1984): withdrawal, without anything more (4) or under a blockade (6)."""
    game = cuba()
    assert [state - 1 for state in game.equilibria("seq")] == [4, 6]
    assert game.equilibria("nash") == []


def test_garrison_rests_where_another_implementation_says_and_by_sequences_of_answers_in_more_states() -> None:
    """gmcr-py gives the same for Nash and SEQ. It lets one opponent answer by one move: legal sequences of the others
    hold three states more by GMR and SMR, and the definitions say the same of all."""
    game = garrison()
    assert len(game) == 23
    rest = [2, 3, 11, 17, 18, 21, 22]
    assert game.equilibria("nash") == game.equilibria("seq") == rest
    by_one_move = {2, 3, 8, 11, 13, 14, 15, 17, 18, 19, 21, 22}
    for concept in ("gmr", "smr"):
        assert set(game.equilibria(concept)) == by_one_move | {4, 6, 10}
    states = [tuple(map(int, game.pattern(state))) for state in range(1, 24)]
    owners = [option.player for option in game.listed]
    tier = {p: dict(zip(states, game.states[f"tier of {p}"], strict=True)) for p in game.players}
    truth = ByDefinition(owners, states, tier)
    for concept in CONCEPTS:
        for player, found in game.stable(concept).items():
            assert found == [k + 1 for k, s in enumerate(states) if truth.stable(concept, [player], s)]


def test_a_sanction_can_take_two_movers_in_turn() -> None:
    """B and C must both act to hurt A: neither alone can, and a mover does not go twice in succession."""
    options = {"A": ["a"], "B": ["b"], "C": ["c"]}
    # codes: a + 2b + 4c; A gains by 0 → 1 and loses only at 7, where both have answered
    tiers = {"A": [[2, 4, 6], [1, 3, 5, 7], [8]], "B": [list(range(1, 9))], "C": [list(range(1, 9))]}
    conflict = Conflict(list(options), options, ["---"], tiers)
    assert 1 not in conflict.stable("nash")["A"]
    assert 1 in conflict.stable("gmr")["A"]
    assert 1 in conflict.stable("smr")["A"]  # from 8 A can only go to 7, which is as good as the start, not over it
    better = [[2, 4, 6, 7], [1, 3, 5], [8]]
    assert 1 not in conflict.preferring({"A": better}).stable("smr")["A"]  # and now 7 is an escape
    alone = Conflict(list(options), options, ["--0"], {name: [[2, 4], [1, 3]] for name in options})
    assert 1 not in alone.stable("gmr")["A"]


@settings(max_examples=120)
@given(conflicts())
def test_every_notion_is_its_definition(pair: tuple[Conflict, ByDefinition]) -> None:
    conflict, truth = pair
    for concept in CONCEPTS:
        for player, found in conflict.stable(concept).items():
            expected = [k + 1 for k, s in enumerate(truth.states) if truth.stable(concept, [player], s)]
            assert found == expected, (concept, player)
        everybody = [set(states) for states in conflict.stable(concept).values()]
        assert conflict.equilibria(concept) == sorted(set.intersection(*everybody))


@settings(max_examples=40)
@given(conflicts())
def test_every_coalition_is_its_definition(pair: tuple[Conflict, ByDefinition]) -> None:
    conflict, truth = pair
    for concept in CONCEPTS:
        strong = set(range(1, len(conflict) + 1))
        for coalition in coalitions(truth.players):
            expected = [k + 1 for k, s in enumerate(truth.states) if truth.stable(concept, coalition, s)]
            assert conflict.coalition_stable(concept, coalition) == expected, (concept, coalition)
            strong &= set(expected)
        assert conflict.strong_equilibria(concept) == sorted(strong)


@given(conflicts())
def test_notions_hold_each_other_as_they_must(pair: tuple[Conflict, ByDefinition]) -> None:
    """Nash implies SMR and SEQ, and each of them GMR (Fang, Hipel & Kilgour 1993, theorems of chapter 5)."""
    conflict, _ = pair
    found = {concept: conflict.stable(concept) for concept in CONCEPTS}
    for player in conflict.players:
        nash, gmr, smr, seq = (set(found[concept][player]) for concept in CONCEPTS)
        assert nash <= smr <= gmr
        assert nash <= seq <= gmr
    assert conflict.equilibria("gmr"), "a finite conflict has a GMR equilibrium"


@given(conflicts())
def test_the_order_of_players_changes_nothing(pair: tuple[Conflict, ByDefinition]) -> None:
    conflict, _ = pair
    turned = Conflict(
        conflict.players[::-1], conflict.options, conflict.feasible, conflict.preferences, conflict.irreversible
    )
    for concept in CONCEPTS:
        assert turned.stable(concept) == conflict.stable(concept)


def test_a_thousand_states_are_analysed() -> None:
    """Ten options: what a random subset of states says by its definition, the matrices say."""
    players = ["A", "B", "C"]
    options = {"A": [f"a{k}" for k in range(4)], "B": [f"b{k}" for k in range(4)], "C": ["c0", "c1"]}
    level = np.random.default_rng(5).integers(0, 40, size=(3, 2**10))
    payoffs = {player: -level[k].astype(float) for k, player in enumerate(players)}
    conflict = Conflict.from_payoffs(players, options, ["-" * 10], payoffs)
    owners = [player for player, names in options.items() for _ in names]
    states = [tuple(code >> bit & 1 for bit in range(10)) for code in range(2**10)]
    tier = {player: dict(zip(states, level[k].tolist(), strict=True)) for k, player in enumerate(players)}
    truth = ByDefinition(owners, states, tier)
    found = conflict.stable("nash")
    for player in players:
        for row in range(0, 2**10, 97):
            assert (row + 1 in found[player]) == truth.stable("nash", [player], states[row])
    assert set(found["A"]) <= set(conflict.stable("gmr")["A"])


@pytest.mark.parametrize("wrong", ["Nash", "core", ""])
def test_another_notion_is_refused_with_the_nearest(wrong: str) -> None:
    concept: StabilityConcept = wrong  # type: ignore[assignment]
    with pytest.raises(UnknownName, match="the notion of stability names"):
        prisoners_dilemma().stable(concept)
    with pytest.raises(UnknownName, match="the notion of stability names"):
        prisoners_dilemma().equilibria(concept)
