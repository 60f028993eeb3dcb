"""A threat: the reference values, every regime of the closed form, a check by deviations, and pygambit where it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import BadInput
from detente.timing.brinkmanship import brinkmanship, showdown
from detente.timing.prior import Resolve

TREE = {"deal": (3.0, -2.0), "war_tough": (1.0, -4.0), "war_soft": (-2.0, -3.0), "back_down": (-1.0, 1.0)}


def test_the_reference_tree(shared: Path) -> None:
    truth = json.loads((shared / "truth" / "closed-forms.json").read_text("utf-8"))
    name = next(key for key in truth if key.startswith("brinkmanship"))
    found = brinkmanship(0.4, **TREE)
    assert found.soft_threatens == pytest.approx(truth[name]["P(soft threatens)"], abs=1e-12)
    assert found.concede == pytest.approx(truth[name]["P(concede)"], abs=1e-12)
    assert found.payoffs == pytest.approx(truth[name]["payoffs"], abs=1e-12)
    assert found.tough_threatens == 1.0


def test_pygambit_finds_the_same() -> None:
    gambit = pytest.importorskip("pygambit", reason="pygambit (GPL) is no dependency: the extra gambit has it")
    game = gambit.Game.new_tree(players=["threatener", "other"])
    game.append_move(game.root, game.players.chance, ["tough", "soft"])
    game.set_chance_probs(game.root.infoset, [gambit.Rational(2, 5), gambit.Rational(3, 5)])
    ends = {"tough": TREE["war_tough"], "soft": TREE["war_soft"]}
    resisted = []
    for kind in ("tough", "soft"):
        node = game.root.children[kind]
        game.append_move(node, "threatener", ["threaten", "nothing"])
        game.set_outcome(node.children["nothing"], game.add_outcome(f"nothing {kind}", [0, 0]))
        resisted.append(node.children["threaten"])
    game.append_move(resisted, "other", ["concede", "resist"])
    for kind, node in zip(("tough", "soft"), resisted, strict=True):
        game.set_outcome(node.children["concede"], game.add_outcome(f"deal {kind}", [3, -2]))
        game.append_move(node.children["resist"], "threatener", ["war", "back down"])
        last = node.children["resist"]
        game.set_outcome(last.children["war"], game.add_outcome(f"war {kind}", [int(v) for v in ends[kind]]))
        game.set_outcome(last.children["back down"], game.add_outcome(f"back down {kind}", [-1, 1]))
    result = gambit.nash.lcp_solve(game, rational=False)
    found = brinkmanship(0.4, **TREE)
    profile = result.equilibria[0]
    soft = game.root.children["soft"].infoset
    assert profile[soft.actions["threaten"]] == pytest.approx(found.soft_threatens, abs=1e-9)
    assert profile[resisted[0].infoset.actions["concede"]] == pytest.approx(found.concede, abs=1e-9)
    assert [profile.payoff(p) for p in game.players] == pytest.approx(found.payoffs, abs=1e-9)


@given(
    tough=st.floats(0.01, 0.99),
    deal=st.tuples(st.floats(0.1, 5), st.floats(-5, 2)),
    war=st.floats(-3, 3),
    fury=st.floats(-6, -0.1),
    back=st.tuples(st.floats(-3, -0.01), st.floats(0, 2)),
)
def test_nobody_gains_by_another_move(
    tough: float, deal: tuple[float, float], war: float, fury: float, back: tuple[float, float]
) -> None:
    war = max(war, back[0])
    found = brinkmanship(tough, deal=deal, war_tough=(war, fury), war_soft=(back[0] - 1, fury), back_down=back)
    c = found.concede
    threat = {"tough": c * deal[0] + (1 - c) * war, "soft": c * deal[0] + (1 - c) * back[0]}
    for kind, chance in (("tough", found.tough_threatens), ("soft", found.soft_threatens)):
        assert chance * threat[kind] >= max(threat[kind], 0.0) - 1e-9
    made = tough * found.tough_threatens + (1 - tough) * found.soft_threatens
    if made > 0:
        assert found.posterior == pytest.approx(tough * found.tough_threatens / made)
        resist = found.posterior * fury + (1 - found.posterior) * back[1]
        assert c * deal[1] + (1 - c) * resist >= max(deal[1], resist) - 1e-9
    assert sum(found.outcomes.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("tough", "deal", "back", "expected"),
    [
        (0.7, (3.0, -2.0), (-1.0, 1.0), (1.0, 1.0, 1.0)),  # mostly tough: every threat is believed
        (0.4, (3.0, -6.0), (-1.0, 1.0), (1.0, 0.0, 0.0)),  # giving way is worse than war
        (0.1, (3.0, -2.0), (0.5, 1.0), (1.0, 1.0, 0.0)),  # bluffing costs nothing: everybody threatens, nobody believes
        (0.0, (3.0, -2.0), (-1.0, 1.0), (0.0, 0.0, 0.0)),  # nobody is tough
    ],
)
def test_other_regimes(
    tough: float, deal: tuple[float, float], back: tuple[float, float], expected: tuple[float, float, float]
) -> None:
    found = brinkmanship(tough, **{**TREE, "deal": deal, "back_down": back})
    assert (found.tough_threatens, found.soft_threatens, found.concede) == expected


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"deal": (-1.0, -2.0)}, "no use of a threat"),
        ({"war_soft": (0.0, -3.0)}, "the tough type is the one that prefers war"),
        ({"war_tough": (1.0, 2.0)}, "no threat to it"),
        ({"deal": (float("nan"), 0.0)}, "not a finite number"),
    ],
)
def test_what_is_no_threat_is_refused(change: dict[str, tuple[float, float]], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        brinkmanship(0.4, **{**TREE, **change})
    with pytest.raises(BadInput, match="is not a probability"):
        brinkmanship(1.4, **TREE)


@given(
    losses=st.tuples(st.floats(-5, 40), st.floats(-5, 40)),
    medians=st.tuples(st.floats(1, 30), st.floats(1, 30)),
    audience=st.floats(0.05, 3),
)
def test_a_showdown_is_an_equilibrium(
    losses: tuple[float, float], medians: tuple[float, float], audience: float
) -> None:
    own, other = Resolve(medians[0], 1.0), Resolve(medians[1], 0.7)
    found = showdown(losses, (own, other), audience)
    assert found.deal + found.carried_out + found.held == pytest.approx(1)
    c = found.concede
    soft = c - (1 - c) * audience  # of insisting, per unit of resolve
    if found.bluffs == 0:
        assert soft <= 1e-9
    elif found.bluffs < 1:
        assert soft == pytest.approx(0, abs=1e-6)
    else:
        assert soft >= -1e-9
    if 0 < found.threshold < float("inf"):  # the least tough would rather carry out, and gains by insisting
        z = found.threshold
        assert audience * z >= losses[0] - 1e-9
        assert c * z - (1 - c) * losses[0] >= -1e-6 * z
    if losses[1] > 0:
        assert float(other.below(found.belief * losses[1])) == pytest.approx(c, abs=1e-9)
    made = found.tough + (1 - found.tough) * found.bluffs
    if made > 0 and found.bluffs > 0:
        assert found.belief == pytest.approx(found.tough / made)


def test_where_no_bluff_pays_the_least_tough_gains_nothing_by_insisting() -> None:
    """The other gives way with c = 16 %, and a bluff needs half: c z = (1 - c) · loss at the threshold."""
    own, other = Resolve(10, 1), Resolve(10, 0.7)
    found = showdown((3.0, 5.0), (own, other), 1.0)
    c = float(other.below(5.0))
    assert (found.bluffs, found.concede) == (0.0, c)
    assert 0.1 < c < 0.2
    assert found.threshold == pytest.approx(3.0 * (1 - c) / c, rel=1e-12)
    assert found.threshold > 3.0  # where backing down and carrying out cost it the same
    assert found.tough == found.if_resisted == float(own.above(found.threshold))


def test_a_showdown_with_a_gain_is_always_carried_out() -> None:
    found = showdown((-1.0, 5.0), (Resolve(5, 1), Resolve(5, 1)), 0.3)
    assert (found.tough, found.concede) == (1.0, 0.5)
    assert found.deal == found.carried_out == 0.5
    assert showdown((-1.0, -5.0), (Resolve(5, 1), Resolve(5, 1)), 0.3).carried_out == 1.0
    with pytest.raises(BadInput, match="cost of backing down"):
        showdown((1.0, 1.0), (Resolve(5, 1), Resolve(5, 1)), 0.0)
    with pytest.raises(BadInput, match="not finite"):
        showdown((float("nan"), 1.0), (Resolve(5, 1), Resolve(5, 1)), 0.5)
