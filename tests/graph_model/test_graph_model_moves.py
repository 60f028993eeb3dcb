"""Paths to equilibria, what preferences would have to change, and how much it takes to unsettle a state."""

from __future__ import annotations

from itertools import chain, combinations, pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stability_definition import ByDefinition, State
from stability_lab import conflicts, elmira, prisoners_dilemma

from detente.errors import BadInput
from detente.graph_model.conflict import Conflict
from detente.graph_model.stability import CONCEPTS, Path


def test_elmira_goes_from_the_status_quo_to_its_equilibria() -> None:
    """Local insists (1 to 5), by which it gains; 8 takes a further move of the ministry that costs it."""
    conflict, book = elmira()
    mine = {number: state for state, number in book.items() if number != 9}
    quo = conflict.path(mine[1], mine[5], improving=True)
    assert quo == Path((mine[1], mine[5]), ("local",))
    assert str(quo) == f"{mine[1]} local→ {mine[5]}"
    assert conflict.path(mine[5], mine[8], improving=True) is None
    free = conflict.path(mine[5], mine[8])
    assert free is not None
    assert set(free.movers) == {"ministry", "Uniroyal"}
    assert conflict.path(mine[8], mine[5]) is None  # an order that is modified stays so
    routes = conflict.routes(mine[1], "nash").set_index("state")
    assert routes.loc[mine[5], "improving_steps"] == 1
    assert routes.loc[mine[8], "steps"] == 3


def test_a_state_is_reached_from_itself_without_a_move() -> None:
    assert prisoners_dilemma().path(1, 1) == Path((1,), ())


@given(conflicts(), st.data())
def test_paths_are_legal_and_none_is_shorter(pair: tuple[Conflict, ByDefinition], data: st.DataObject) -> None:
    conflict, truth = pair
    start, end = (data.draw(st.integers(1, len(conflict))) for _ in range(2))
    improving = data.draw(st.booleans())
    step = truth.gains if improving else truth.reach
    found = conflict.path(start, end, improving=improving)
    reached = {(truth.states[start - 1], "")}
    seen, steps = set(reached), 0
    while reached and all(state != truth.states[end - 1] for state, _ in reached):
        onward = {(q, j) for s, last in reached for j in truth.players if j != last for q in step(j, s)}
        reached, steps = onward - seen, steps + 1
        seen |= onward
    if found is None:
        assert not reached
        return
    assert len(found.movers) == steps
    assert (found.states[0], found.states[-1]) == (start, end)
    for (s, q), mover in zip(pairwise(found.states), found.movers, strict=True):
        assert truth.states[q - 1] in step(mover, truth.states[s - 1])
    assert all(a != b for a, b in pairwise(found.movers))


def least_change(truth: ByDefinition, concept: str, player: str, s: State) -> int:
    """The fewest tiers passed that make s stable for a player, by trying every rise and every set of lowered states."""
    kept = dict(truth.tier[player])
    best = None
    for rise in range(kept[s] + 1):
        goal = kept[s] - rise
        above = [q for q in truth.states if q != s and kept[q] < goal]
        for lowered in chain.from_iterable(combinations(above, size) for size in range(len(above) + 1)):
            tier = kept | {s: goal} | dict.fromkeys(lowered, goal)
            passed = rise + sum(goal - kept[q] for q in lowered)
            if best is None or passed < best:
                changed = ByDefinition(truth.owners, truth.states, {**truth.tier, player: tier}, truth.one_way)
                if changed.stable(concept, [player], s):
                    best = passed
    assert best is not None
    return best


@settings(max_examples=40)
@given(conflicts(), st.data())
def test_a_wish_is_granted_at_the_least_change(pair: tuple[Conflict, ByDefinition], data: st.DataObject) -> None:
    conflict, truth = pair
    assume(len(conflict) <= 6)
    state = data.draw(st.integers(1, len(conflict)))
    truth = ByDefinition(truth.owners, truth.states, _close(truth), truth.one_way)
    for concept in CONCEPTS:
        wish = conflict.wish(state, concept)
        assert state in wish.conflict.equilibria(concept)
        assert wish.changes.empty == (state in conflict.equilibria(concept))
        assert wish.passed == wish.changes["passed"].sum()
        least = {player: least_change(truth, concept, player, truth.states[state - 1]) for player in truth.players}
        if concept == "seq":  # a change of one may undo what held another back
            assert wish.passed >= sum(least.values())
        else:
            assert wish.changes.groupby("player")["passed"].sum().to_dict() == {p: n for p, n in least.items() if n}


def _close(truth: ByDefinition) -> dict[str, dict[State, int]]:
    """Tiers without gaps, as the package counts them."""
    found = {}
    for player, tier in truth.tier.items():
        levels = sorted(set(tier.values()))
        found[player] = {state: levels.index(level) for state, level in tier.items()}
    return found


@settings(max_examples=40)
@given(conflicts(), st.data())
def test_strength_is_the_tiers_it_takes_to_unsettle(pair: tuple[Conflict, ByDefinition], data: st.DataObject) -> None:
    conflict, truth = pair
    state = data.draw(st.integers(1, len(conflict)))
    s = truth.states[state - 1]
    for concept in CONCEPTS:
        for player, strength in conflict.strength(state, concept).items():
            tier = _close(truth)[player]
            for more in range(max(tier.values()) + 2):
                level = {q: 2 * its for q, its in tier.items()} | {s: 2 * (tier[s] + more) - 1}
                moved = ByDefinition(truth.owners, truth.states, {**truth.tier, player: level}, truth.one_way)
                held = moved.stable(concept, [player], s)
                if more == 0 and tier[s] == 0:
                    assert held
                assert held == (strength is None or more < strength)


def test_cooperation_needs_one_tier_each_in_the_prisoners_dilemma() -> None:
    wish = prisoners_dilemma().wish(4, "nash")
    assert wish.changes.to_dict("records") == [
        {"player": "A", "state": 3, "before": 1, "after": 2, "passed": 1, "beside": 4},
        {"player": "B", "state": 2, "before": 1, "after": 2, "passed": 1, "beside": 4},
    ]
    assert wish.conflict.equilibria("nash") == [1, 4]


def test_a_table_has_every_state_and_notion() -> None:
    table = prisoners_dilemma().table()
    assert len(table) == 16
    assert table[table["concept"] == "seq"].set_index("state")["equilibrium"].to_dict() == {
        1: True, 2: False, 3: False, 4: True,
    }  # fmt: skip


def test_other_preferences_make_another_conflict() -> None:
    game = prisoners_dilemma()
    kind = game.preferring({"A": [4, 3, 1, 2], "B": [4, 2, 1, 3]})
    assert kind.equilibria("nash") == [1, 4]
    assert game.equilibria("nash") == [1]
    with pytest.raises(BadInput, match="leave out"):
        game.preferring({"A": [1]})
