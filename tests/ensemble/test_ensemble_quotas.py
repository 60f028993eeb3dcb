"""States with charges, bans, duties per unit, quotas and transfers, in a batch as by the front door."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import detente as dt
import wedge_lab as lab
from detente.ensemble.batch import StateBatch, StateResults, solve_again, solve_draws
from detente.ensemble.draws import Draw
from detente.ensemble.padded import padded_states
from detente.errors import BadShock
from detente.solver.solution import consumer_prices
from oracle.rows import Limit


def batch() -> StateBatch:
    """Nothing; a tariff on a part; quotas beside a duty per unit, a charge and bans; one quota and a transfer."""
    base = lab.economy()
    t = float(base.t[0, 1, 1])
    plain = lab.cell(base, 0, 1, 1, 0.4, 0.6, t_cf=t + 0.2)
    many = [
        *lab.cell(base, 0, 1, 1, 0.4, 0.6),
        *lab.cell(base, 0, 2, 1, 0.5, 0.5, specific=0.2),
        *lab.cell(base, 2, 1, 2, 0.6, 0.4, e_cf=0.1),
        *lab.cell(base, 1, 0, 1, 0.5, 0.5, closed=True),
        *lab.cell(base, 1, 0, 2, 1.0, closed=True),
    ]
    M = [row.s * base.M[row.n, row.i, row.j] for row in many]
    limits = [
        Limit((0, 3), 0.6 * (M[0] + M[3]), 0.0, np.inf, holder=2),
        Limit((5,), 0.5 * M[5], 0.0, np.inf, tariff=False, volume=False),
    ]
    T = 0.02 * base.wL.min() * np.array([1.0, -1.0, 0.5, -0.5])
    shocks = (
        dt.Shock(),
        lab.shock_of(plain),
        lab.shock_of(many, limits),
        lab.shock_of(many[:2], [Limit((1,), 0.5 * M[1], 0.05, 0.3)], T_cf=T),
    )
    goods = np.ones(len(base.sectors), dtype=bool)
    return StateBatch(base, goods, shocks, pd.DataFrame(), lambda found: found.W_hat.ravel(), ())


#: Each setting compiles a batch of its own, for seconds: one is tried here, the others by `make acceptance`.
SETTINGS = [pytest.param(*pair, marks=() if pair == ("fixed", "long") else pytest.mark.slow) for pair in lab.EVERY]


@pytest.mark.parametrize(("deficits", "horizon"), SETTINGS)
def test_a_state_is_what_the_front_door_gives(deficits: Any, horizon: Any) -> None:
    states = batch()
    theta = states.economy.theta * np.linspace(0.8, 1.3, 3)
    draw = Draw(0, "toy", "given", deficits, horizon, theta, np.zeros(3), {})
    [(_, found, end)] = solve_draws(states, [draw])
    assert end == "SOLVED"
    for u, shock in enumerate(states.shocks):
        first, solution = solve_again(states, draw, shock)
        its = StateResults(*(field[u] for field in found))
        np.testing.assert_allclose(its.W_hat, first.W_hat * solution.W_hat, rtol=1e-10)
        np.testing.assert_allclose(its.I_cf, solution.I_cf, rtol=1e-10)
        np.testing.assert_allclose(its.R_cf, solution.R_cf, rtol=1e-8)
        np.testing.assert_allclose(its.trade, solution.M_cf.sum(2), rtol=1e-8)
        prices = consumer_prices(first) * consumer_prices(solution)
        np.testing.assert_allclose(its.consumer_prices, prices, rtol=1e-10)


def test_states_of_other_kinds_are_refused() -> None:
    base = lab.economy()
    with pytest.raises(BadShock, match="parts, quotas and transfers alone"):
        padded_states(base, [dt.Shock(e_cf=np.zeros(base.t.shape))])
