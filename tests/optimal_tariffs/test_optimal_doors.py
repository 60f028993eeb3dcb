"""What searches of tariffs begin from and refuse, and what becomes of them where a deficit is fixed."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

import detente as dt
from detente.errors import BadInput, BadShock, NotSolved
from detente.optimal_tariffs.retaliation import RULES
from detente.optimal_tariffs.retaliation.equal_harm import EqualHarm
from detente.optimal_tariffs.retaliation.targeted import Targeted
from detente.optimal_tariffs.retaliation.tit_for_tat import TitForTat


def test_a_search_begins_from_a_shock_from_tariffs_or_from_what_another_found(economy, war):
    for start in (dt.Shock(t_cf=war.tariffs), war.tariffs, war):
        again = dt.nash(economy, start=start, certify=False)
        np.testing.assert_allclose(again.tariffs, war.tariffs, atol=1e-5)
        assert again.rounds <= 2
        best = dt.best_response(economy, "H", start=start)
        assert abs(best.gain) < 1e-9


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"players": 3}, "players is 3: give a list of names"),
        ({"players": "H"}, "players is the text 'H': give a list"),
        ({"players": [None]}, "players holds None"),
        ({"against": [["F"]]}, "against holds of type list"),
        ({"bounds": 3}, "give two fractions"),
        ({"bounds": (0.0, 1.0, 2.0)}, "give two fractions"),
        ({"bounds": ("low", "high")}, "the lower bound holds no numbers"),
        ({"bounds": (0.0, np.nan)}, "give two fractions"),
        ({"weights": "even"}, "political weights holds no numbers"),
        ({"objective": "real income"}, "give a dt.Objective"),
        ({"objective": dt.Objective(revenue=["H"])}, "give a mapping"),
        ({"objective": dt.Objective(revenue={"H": "much"})}, "the weight on revenue of H is 'much'"),
        ({"objective": dt.Objective(balance={("H",): 1.0})}, r"give an economy, or \(economy, partner\)"),
        ({"seed": -1}, "seed is -1: give a whole number, 0 or more"),
        ({"seed": "x"}, "seed is 'x'"),
    ],
)
def test_searches_say_what_they_need(economy, given, says):
    for search in (dt.nash, dt.cooperate):
        with pytest.raises(BadInput, match=says):
            search(economy, **given)


def test_what_is_no_economy_or_no_tariffs_is_refused(economy):
    for search in (dt.nash, dt.cooperate):
        with pytest.raises(BadInput, match="economy is 'icio-2017': give an Economy"):
            search("icio-2017")
        with pytest.raises(BadShock, match="t_cf holds no numbers"):
            search(economy, start="war")
        with pytest.raises(BadShock, match="t_cf has shape"):
            search(economy, start=economy.t[:1])
    with pytest.raises(BadInput, match="extra of H is 'much'"):
        dt.cooperate(economy, extra={"H": "much"})


@pytest.mark.parametrize(
    "make",
    [
        lambda: EqualHarm(factor="x"),
        lambda: EqualHarm(most="x"),
        lambda: Targeted(cost="x"),
        lambda: TitForTat(patience=1.5),
    ],
)
def test_rules_are_made_of_numbers(make):
    with pytest.raises(BadInput, match="give a"):
        make()


def test_a_standoff_and_its_moves_are_of_the_kinds_asked_for(economy):
    world = dt.World(economy.M, economy.t, economies=economy.economies, sectors=economy.sectors)
    stand, still = dt.Standoff(world, economy), RULES["nothing"]()
    rules = {"H": still, "F": still}
    for call, says in (
        (lambda: dt.Standoff("world", economy), "give a World"),
        (lambda: dt.Standoff(world, world), "give the Economy"),
        (lambda: dt.Standoff(world, economy, horizon="soon"), "horizon='soon'"),
        (lambda: dt.Standoff(world, economy, standing=["us-301"]), "give measures"),
        (lambda: dt.play(world, rules), "give a dt.Standoff"),
        (lambda: dt.play(stand, {"H": "nothing", "F": still}), "the rule of H is 'nothing'"),
        (lambda: dt.play(stand, [still, still]), "give a mapping"),
        (lambda: dt.play(stand, rules, ["us-301"]), "give measures"),
        (lambda: dt.play(stand, rules, rounds="two"), "rounds"),
        (lambda: dt.play(stand, rules, start="2018-07-06"), "give a date"),
        (lambda: dt.play(stand, rules, start=datetime.date(2018, 7, 6), every=30), "timedelta"),
    ):
        with pytest.raises(BadInput, match=says):
            call()


def owing(share: float) -> dt.Economy:
    """The first of two economies buys more abroad than it sells, by a share of its output; the account is fixed."""
    sales, sold = np.array([1.0, 2.0]), 0.3
    bought = sold + share
    flows = np.array([[[sales[0] - sold], [bought]], [[sold], [sales[1] - bought]]])
    return dt.calibrate(dt.World(flows, 0 * flows, economies=["H", "F"], sectors=["S"]), [4.0])


def test_a_fixed_deficit_that_others_pay_whatever_is_exported_runs_to_the_bound():
    """The deficit is worth the more, in own goods, the less is sold for it: no tariff is high enough."""
    bound = 3.0
    war = dt.nash(owing(0.25), bounds=(0.0, bound), certify=False)
    assert war.tariffs[0, 1, 0] == pytest.approx(bound)
    assert 0 < war.tariffs[1, 0, 0] < 1
    assert "1 of 2 rates, of H, end at the bound of 300%; the deficit of H is fixed" in war.certificate.note
    assert "deficits='balanced'" in war.certificate.note


def test_without_a_deficit_no_bound_is_spoken_of(economy, war):
    assert "bound" not in war.certificate.note
    capped = dt.nash(economy, bounds=(0.0, 0.05), certify=False)
    assert "2 of 2 rates, of H, F, end at the bound of 5%" in capped.certificate.note
    assert "deficit" not in capped.certificate.note


def test_a_war_in_which_somebody_cannot_pay_a_fixed_surplus_says_so():
    with pytest.raises(NotSolved, match="is fixed, a transfer that others pay"):
        dt.nash(owing(0.65), certify=False)
