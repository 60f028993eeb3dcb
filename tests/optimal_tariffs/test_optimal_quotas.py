"""Searches that begin from quotas, duties per unit, charges of parts and bans hold them as they stand there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import detente as dt
import wedge_lab as lab
from detente.optimal_tariffs.game import TariffGame
from detente.optimal_tariffs.governments import Objective, tariff_instruments
from oracle.rows import Limit, Row


@pytest.fixture(scope="module")
def base() -> dt.Economy:
    return lab.economy("balanced", seed=5, N=3, J=2)


def start(base: dt.Economy) -> tuple[list[Row], list[Limit]]:
    """A tariff-rate quota whose rent goes abroad, an export limit, a duty per unit, a charge on a part, and a ban."""
    rows = [
        *lab.cell(base, 0, 1, 1, 0.4, 0.6),
        *lab.cell(base, 2, 1, 1, 0.5, 0.5, e_cf=0.1),
        *lab.cell(base, 1, 0, 0, 0.5, 0.5, closed=True),
        *lab.cell(base, 1, 2, 1, 0.5, 0.5, specific=0.1),
    ]
    traded = [row.s * base.M[row.n, row.i, row.j] for row in rows]
    limits = [
        Limit((0,), 0.4 * traded[0], 0.0, 0.5, holder=1),
        Limit((3,), 0.5 * traded[3], 0.0, np.inf, tariff=False),
    ]
    return rows, limits


def test_a_best_response_keeps_what_is_not_its_own(base: dt.Economy) -> None:
    rows, limits = start(base)
    shock = lab.shock_of(rows, limits)
    before = dt.solve(base, shock)
    player, other = base.economies[0], base.economies[2]
    found = dt.best_response(base, player, against=[other], start=shock)
    assert found.certificate.agrees
    assert "2 quotas and duties per unit of the start held" in found.note
    assert found.gain >= 0
    assert found.solution.parts is None
    np.testing.assert_allclose(found.solution.wedges.T_cf, before.net_imports_cf - before.D_cf)
    np.testing.assert_allclose(found.solution.t_cf[0, 1], before.t_cf[0, 1], rtol=1e-9)
    put = found.tariffs[0, 2]
    again = [row for row in rows if (row.n, row.i) != (0, 2)]
    assert again == rows
    t_cf = base.t.copy()
    t_cf[0, 2] = put
    assert before.parts is not None
    same = dt.solve(base, dt.Shock(t_cf=t_cf, parts=before.parts, T_cf=before.wedges.T_cf))
    assert lab.apart(found.solution, same) <= 1e-9


def test_no_rate_brings_back_what_is_closed_or_takes_off_what_is_charged(base: dt.Economy) -> None:
    """A player sets one rate on all of a cell; what is closed of it stays closed, and exporters keep their charge."""
    rows, _ = start(base)
    found = dt.best_response(base, base.economies[1], against=[base.economies[0]], start=lab.shock_of(rows[4:6]))
    rate = found.tariffs[1, 0, 0]
    t_cf = base.t.copy()
    t_cf[1, 0] = found.tariffs[1, 0]
    closed = [replace(row, t_cf=rate) for row in rows[4:6]]
    assert lab.apart(found.solution, dt.solve(base, lab.shock_of(closed, t_cf=t_cf))) <= 1e-9
    charged = lab.shock_of(rows[2:4])
    found = dt.best_response(base, base.economies[2], against=[base.economies[1]], start=charged)
    assert found.certificate.agrees
    t_cf = base.t.copy()
    t_cf[2, 1] = found.tariffs[2, 1]
    kept = [replace(row, t_cf=t_cf[2, 1, 1]) for row in rows[2:4]]
    assert lab.apart(found.solution, dt.solve(base, lab.shock_of(kept, t_cf=t_cf))) <= 1e-9


def test_nash_and_cooperation_say_what_they_hold(base: dt.Economy) -> None:
    rows, limits = start(base)
    shock = lab.shock_of(rows, limits)
    players = base.economies[1:]
    for found in (
        dt.nash(base, players, start=shock, against=players, rates="one", certify=False),
        dt.cooperate(base, players, start=shock, against=players, rates="one"),
    ):
        assert "held at the rates they have there" in found.note
    assert dt.best_response(base, players[0], against=players[1:]).note == ""


def test_a_target_holds_the_quotas_of_its_start(base: dt.Economy) -> None:
    rows, limits = start(base)
    a, b = base.economies[0], base.economies[2]
    shock = lab.shock_of(rows, limits)
    before = dt.solve(base, shock)
    was, stands = before.balance(a, b)
    sign = np.sign(was)
    change = float(sign * (stands - was)) - 0.02 * base.M[0, 2].sum()  # a smaller imbalance than that of the start
    found = dt.reach(base, dt.Balance(a, b, change), start=shock)
    assert found.met
    assert "held at the rates" in found.note
    np.testing.assert_allclose(found.start.W_hat, before.W_hat, rtol=1e-9)
    np.testing.assert_allclose(found.solution.balance(a, b)[1], was + sign * change, rtol=1e-5)
    assert found.solution.pi_cf[1, 0, 0] < base.pi[1, 0, 0]


def test_a_game_around_wedges_with_quotas_holds_them(base: dt.Economy) -> None:
    """Whoever builds a game from the wedges of a law meets the same rates as who begins from its shock."""
    rows, limits = start(base)
    shock = lab.shock_of(rows, limits)
    set_by = tariff_instruments(base, [base.economies[0]], against=[base.economies[2]])
    game = TariffGame.of(base, set_by, Objective(), shock)
    again = replace(game, rest=shock.wedges(base))
    assert again.rest.varying is None
    np.testing.assert_allclose(again.wedges(game.first()).K, game.wedges(game.first()).K, rtol=1e-9)
    np.testing.assert_allclose(again.at_start(), game.payoffs(dt.solve(base, shock)), rtol=0, atol=1e-10)
