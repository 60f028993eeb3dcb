"""How a conflict is given: numbers of states, patterns, one-way options, tiers, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stability_lab import prisoners_dilemma

from detente.errors import BadInput, UnknownName
from detente.graph_model.conflict import Conflict
from detente.graph_model.structure import tiers_of

OPTIONS = {"A": ["a", "b"], "B": ["c"]}


def conflict(**changed: Any) -> Conflict:
    states = changed.pop("states", 8)
    given: dict[str, Any] = {
        "players": ["A", "B"],
        "options": OPTIONS,
        "feasible": ["---"],
        "preferences": {name: [list(range(1, states + 1))] for name in ("A", "B")},
    }
    return Conflict(**(given | changed))


def test_states_are_numbered_by_value_with_the_first_option_lowest() -> None:
    found = conflict(feasible=["11-", "0-1", "100"], states=5).states
    assert found["pattern"].tolist() == ["100", "110", "001", "011", "111"]
    assert found["code"].tolist() == [1, 3, 4, 6, 7]
    assert found["state"].tolist() == [1, 2, 3, 4, 5]
    assert found["A: b"].tolist() == [False, True, False, True, True]


def test_patterns_may_be_sequences_and_may_overlap() -> None:
    as_text = conflict(feasible=["1-0", "-10"], states=3)
    as_lists = conflict(feasible=[[1, "-", 0], ("-", "1", "0")], states=3)
    assert as_text.states.equals(as_lists.states)
    assert len(as_text) == 3


def test_a_player_changes_any_of_its_options_at_once() -> None:
    moves = conflict().moves("A")
    assert np.flatnonzero(moves[0]).tolist() == [1, 2, 3]
    assert np.flatnonzero(conflict().moves("B")[0]).tolist() == [4]


def test_an_option_of_one_way_is_never_taken_back() -> None:
    there = conflict(irreversible=[("c", 0, 1)])
    assert there.moves("B")[0, 4]
    assert not there.moves("B")[4, 0]
    back = conflict(irreversible=[("c", 1, 0)])
    assert not back.moves("B")[0, 4]
    assert back.moves("B")[4, 0]
    # it goes with the player's other options: b can be taken only together with keeping a
    both = conflict(irreversible=[("a", 0, 1)]).moves("A")
    assert both[1, 3]
    assert not both[1, 2]


def test_a_name_that_two_players_share_is_written_with_its_player() -> None:
    tiers = {name: [[1, 2, 3, 4]] for name in ("A", "B")}
    shared = {"A": ["swerve"], "B": ["swerve"]}
    found = Conflict(["A", "B"], shared, ["--"], tiers, [(("B", "swerve"), 0, 1)])
    assert not found.moves("B")[2, 0]
    assert found.moves("A")[1, 0]
    with pytest.raises(BadInput, match=r"option 'swerve' is one of A and B: write \(player, option\)"):
        Conflict(["A", "B"], shared, ["--"], tiers, [("swerve", 0, 1)])


def test_signs_of_one_way_options_are_those_of_patterns() -> None:
    as_numbers = conflict(irreversible=[("a", 0, 1), ("c", 1, 0)])
    as_text = conflict(irreversible=[("a", "0", "1"), (["B", "c"], "1", "0")])
    for player in ("A", "B"):
        assert (as_text.moves(player) == as_numbers.moves(player)).all()


def test_a_tier_is_a_number_or_several() -> None:
    assert prisoners_dilemma().preferences["A"] == ((3,), (4,), (1,), (2,))
    assert conflict(preferences={"A": [1, {2, 3}, (4, 5, 6, 7, 8)], "B": [range(1, 9)]}).over["A"][3, 0]


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=12))
def test_tiers_of_payoffs_order_as_the_payoffs_do(payoffs: list[int]) -> None:
    tiers = tiers_of(payoffs)
    rank = {state: k for k, tier in enumerate(tiers) for state in tier}
    assert sorted(rank) == list(range(1, len(payoffs) + 1))
    for s, mine in enumerate(payoffs):
        for q, its in enumerate(payoffs):
            assert (rank[s + 1] < rank[q + 1]) == (mine > its)


def test_payoffs_within_a_tie_are_one_tier() -> None:
    assert tiers_of([1.0, 3.0, 1.05, 0.0], tie=0.1) == [[2], [1, 3], [4]]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"feasible": []}, "no state is feasible"),
    ({"feasible": "---"}, "is one pattern: give a list"),
    ({"feasible": ["--"]}, r"pattern 1, '--', has 2 signs, but there are 3 options \(a, b, c\)"),
    ({"feasible": ["---", "1x0"]}, "pattern 2, '1x0', has the sign 'x'"),
    ({"players": []}, "at least one player"),
    ({"players": "AB"}, "is one name"),
    ({"players": ["A", "B", "A"]}, "player 'A' is named twice"),
    ({"players": ["A", "B", "C"]}, "options say nothing of player 'C'"),
    ({"options": {"A": ["a", "a"], "B": ["c"]}}, "has option 'a' twice"),
    ({"options": {"A": "ab", "B": ["c"]}}, "are one text"),
    ({"options": {"A": [], "B": []}, "feasible": [""]}, "no player has an option"),
    ({"preferences": {"A": [list(range(1, 9))]}}, "preferences say nothing of player 'B'"),
    (
        {"preferences": {"A": [1, 2, 1], "B": [[1]]}},
        "state 1 in tier 1 and in tier 3, so that it is over and under.*cyclic",
    ),
    ({"preferences": {"A": [[1, 2, 1]], "B": [[1]]}}, "state 1 twice in tier 1; name it once"),
    ({"preferences": {"A": [1, 2, 3], "B": [[1]]}}, "leave out states 4, 5, 6, 7, 8 of 1 to 8"),
    ({"preferences": {"A": [9], "B": [[1]]}}, "name state 9, but states are 1 to 8"),
    ({"preferences": {"A": [0], "B": [[1]]}}, "name state 0, but states are 1 to 8"),
    ({"preferences": {"A": [1, []], "B": [[1]]}}, "tier 2 .* is empty"),
    ({"preferences": {"A": ["12"], "B": [[1]]}}, "a tier is the text '12'"),
    ({"preferences": {"A": [1, 2.5], "B": [[1]]}}, r"name state 2\.5: give whole numbers"),
    ({"preferences": {"A": [[1, 2.0]], "B": [[1]]}}, r"name state 2\.0: give whole numbers"),
    ({"preferences": {"A": [[1, "2"]], "B": [[1]]}}, "name state '2': give whole numbers"),
    ({"preferences": {"A": [True], "B": [[1]]}}, "name state True: give whole numbers"),
    ({"preferences": {"A": "1234", "B": [[1]]}}, "are '1234': give a list of tiers"),
    ({"preferences": {"A": 3, "B": [[1]]}}, "are 3: give a list of tiers"),
    ({"feasible": [101]}, "pattern 1 is 101: give text such as '01-'"),
    ({"irreversible": [5]}, r"holds 5: give \(option, from, to\)"),
    ({"irreversible": [("a", "N", "Y")]}, "cannot go one way from N to Y"),
    ({"irreversible": [("a", 0.5, 1)]}, r"cannot go one way from 0\.5 to 1"),
    ({"irreversible": [("a", 0)]}, r"give \(option, from, to\)"),
    ({"irreversible": [("a", 1, 1)]}, "cannot go one way from 1 to 1"),
    ({"irreversible": [("a", 0, 1), ("a", 1, 0)]}, "from 0 to 1 and from 1 to 0"),
    ({"options": {"A": [f"a{k}" for k in range(13)], "B": []}, "feasible": ["-" * 13]}, "fits 8192 states; 4096"),
    ({"options": {"A": [f"a{k}" for k in range(63)], "B": []}, "feasible": ["0" * 63]}, "63 options are more than"),
]


@pytest.mark.parametrize(("changed", "message"), REFUSED, ids=[message[:30] for _, message in REFUSED])
def test_what_cannot_be_a_conflict_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        conflict(**changed)


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="preferences names 'C', not a known name"):
        conflict(preferences={"A": [list(range(1, 9))], "C": [list(range(1, 9))]})
    with pytest.raises(UnknownName, match=r"options names 'Bb'.*did you mean 'B'"):
        conflict(options={"A": ["a", "b"], "Bb": ["c"]})
    with pytest.raises(UnknownName, match="irreversible names 'modify'"):
        conflict(irreversible=[("modify", 0, 1)])
    with pytest.raises(UnknownName, match="the coalition names 'D'"):
        conflict().coalition_stable("nash", ["A", "D"])
    with pytest.raises(BadInput, match="there is no state 9: the feasible ones are 1 to 8"):
        conflict().path(9, 1)


def test_payoffs_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(BadInput, match="not all numbers"):
        tiers_of([1.0, float("nan")])
    with pytest.raises(BadInput, match="not negative"):
        tiers_of([1.0], tie=-1)
