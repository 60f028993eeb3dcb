"""Probabilities that moves imply: by hand, there and back, and where there is none. Exposures that add up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import detente as dt
from detente.data.bundled import toy_world
from detente.errors import BadInput
from detente.markets.implied import equity_value, expected_move, exposure, implied_probability


def test_by_hand() -> None:
    found = implied_probability(-0.02, probability=0.2, war=0.9, peace=1.0)
    assert found.change == pytest.approx(0.02 * 0.98 / 0.1)
    assert found.after == pytest.approx(0.2 + 0.196)
    assert expected_move(0.2, war=0.9) == pytest.approx((-0.08 / 0.98, 0.02 / 0.98))
    assert "from 20.0% to 39.6%" in found.statement


@given(before=st.floats(0, 1), after=st.floats(0, 1), war=st.floats(0.3, 2), peace=st.floats(0.3, 2))
def test_there_and_back(before: float, after: float, war: float, peace: float) -> None:
    if abs(war - peace) < 1e-3:
        return
    price = [p * war + (1 - p) * peace for p in (before, after)]
    found = implied_probability(price[1] / price[0] - 1, probability=before, war=war, peace=peace)
    if found.after is None:  # an end of the interval, missed by rounding
        assert min(after, 1 - after) < 1e-9
        # the ratio is of this move, and prices of order one are rounded
        largest = abs(after - before) * abs(war - peace)
        assert abs(found.ratio - 1) * largest < 1e-14
    else:
        assert found.after == pytest.approx(after, abs=1e-9)


def test_a_move_too_large_is_said_with_its_ratio() -> None:
    found = implied_probability(-0.025, probability=0.1, war=1 - 0.0006)
    assert found.after is None
    assert found.change is None
    assert found.ratio == pytest.approx(-0.025 / expected_move(0.1, war=1 - 0.0006)[0])
    assert found.statement.startswith("no change in probability explains this move: it is 46.3 times")
    up = implied_probability(0.01, probability=0.1, war=0.9)
    assert up.after == pytest.approx(0.1 - 0.01 * 0.99 / 0.1)
    assert implied_probability(0.02, probability=0.1, war=0.9).after is None


def test_outcomes_alike_explain_nothing_and_no_move_says_nothing() -> None:
    assert implied_probability(-0.01, probability=0.3, war=1.0).ratio == math.inf
    assert "without limit" in implied_probability(-0.01, probability=0.3, war=1.0).statement
    assert implied_probability(0.0, probability=0.3, war=1.0).change == 0
    assert implied_probability(0.01, probability=0.0, war=0.9).ratio == math.inf


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"probability": 1.2}, "not between 0 and 1"),
        ({"war": -1.0}, "value of equity in war"),
        ({"peace": math.nan}, "value of equity in peace"),
        ({"move": -1.5}, "finite fraction over -1"),
        ({"move": "x"}, "the move of the price is 'x': give a finite number"),
        ({"probability": None}, "the probability of war is None: give a finite number"),
        ({"war": [0.9]}, "the value of equity in war is of type list: give a finite number"),
    ],
)
def test_bad_values_are_refused(given_: dict[str, float], said: str) -> None:
    asked = {"move": -0.01, "probability": 0.3, "war": 0.9, **given_}
    with pytest.raises(BadInput, match=said):
        implied_probability(asked.pop("move"), **asked)


def test_equity_values_by_a_multiplier() -> None:
    assert equity_value(-0.001, 3.0) == pytest.approx(0.997)
    with pytest.raises(BadInput, match="positive number"):
        equity_value(-0.001, 0.0)
    with pytest.raises(BadInput, match="leaves no equity"):
        equity_value(-0.5, 3.0)
    with pytest.raises(BadInput, match="the change of real income is nan"):
        equity_value(math.nan, 3.0)


def test_exposures_add_up_to_the_value_added_of_the_economy() -> None:
    world = toy_world(3)
    economy = dt.calibrate(world, elasticities=np.full(len(world.sectors), 4.0))
    before = dt.solve(economy, dt.Shock())
    t = economy.t.copy()
    t[0, 1] += 0.3
    after = dt.solve(economy, dt.Shock(t_cf=t))
    table = exposure(before, after, "war")
    assert len(table) == len(economy.economies) * len(economy.sectors)
    real = dict(zip(economy.economies, after.economies()["real_wage"], strict=True))
    for code, rows in table.groupby("economy"):
        # value added is what factors earn, so its whole moves with the real wage
        assert rows["part"].sum() == pytest.approx(real[str(code)], abs=1e-8)
    assert exposure(before, before, "none")["change"].abs().max() <= 1e-12
    other = dt.calibrate(toy_world(4), elasticities=np.full(len(world.sectors), 4.0))
    with pytest.raises(BadInput, match="same benchmark"):
        exposure(before, dt.solve(other, dt.Shock()), "war")
