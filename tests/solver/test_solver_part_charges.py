"""Charges on parts of cells, bans, and transfers beside deficits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import detente as dt
import wedge_lab as lab
from detente.errors import BadEconomy, BadShock
from detente.solver.adjoint import log_real_income, log_slopes
from oracle.rows import Row


def charged_rows(base: dt.Economy) -> list[Row]:
    """Charges on parts of two cells, one of which is taxed too, and a ban on part of a third."""
    t = float(base.t[0, 1, 1])
    return [
        *lab.cell(base, 0, 1, 1, 0.4, 0.6, e_cf=0.3, t_cf=t + 0.2),
        *lab.cell(base, 2, 3, 2, 0.7, 0.3, e_cf=-0.05),
        *lab.cell(base, 1, 0, 1, 0.5, 0.5, closed=True),
    ]


@pytest.mark.parametrize(("deficits", "horizon"), lab.EVERY)
def test_charges_and_bans_of_parts_close_every_account(deficits: str, horizon: Any) -> None:
    base = lab.economy(deficits)
    rows = charged_rows(base)
    solution = dt.solve(base, lab.shock_of(rows), horizon=horizon)
    gap, account = lab.worst(base, solution, rows)
    assert gap <= lab.CLOSES, account
    assert solution.rents_cf[1] > 0 > solution.rents_cf[3]


@pytest.mark.parametrize(("deficits", "horizon"), lab.EVERY)
def test_a_charge_on_all_parts_is_a_charge_on_the_cell(deficits: str, horizon: Any) -> None:
    base = lab.economy(deficits)
    e_cf = np.zeros(base.t.shape)
    e_cf[0, 1, 1] = 0.3
    rows = [replace(row, e_cf=0.3) for row in lab.cell(base, 0, 1, 1, 0.4, 0.6)]
    by_parts = dt.solve(base, lab.shock_of(rows), horizon=horizon)
    assert lab.apart(by_parts, dt.solve(base, dt.Shock(e_cf=e_cf), horizon=horizon)) <= 1e-9
    half = [replace(row, e_cf=1.3**0.5 - 1) for row in rows]
    e_cf[0, 1, 1] = 1.3**0.5 - 1
    both = dt.solve(base, lab.shock_of(half, e_cf=e_cf), horizon=horizon)
    assert lab.apart(by_parts, both) <= 1e-9


@pytest.mark.parametrize(("deficits", "horizon"), lab.EVERY)
def test_an_export_ban_is_the_limit_of_a_rising_export_tax(deficits: str, horizon: Any) -> None:
    base = lab.economy(deficits)
    ban = dt.solve(base, lab.shock_of(lab.cell(base, 0, 1, 1, 0.4, 0.6, closed=True)), horizon=horizon)
    far = []
    for e_cf in (0.5, 2.0, 1e9):  # what is left of trade falls with the power −θ
        rows = lab.cell(base, 0, 1, 1, 0.4, 0.6, e_cf=e_cf)
        far.append(lab.apart(dt.solve(base, lab.shock_of(rows), horizon=horizon), ban))
    assert far[0] > 3 * far[1] > 0
    assert far[2] <= 1e-9


def test_a_ban_on_all_of_a_cell_is_a_closed_cell() -> None:
    base = lab.economy()
    d_hat = np.ones(base.t.shape)
    d_hat[0, 1, 1] = np.inf
    parts = lab.parts_of([replace(row, closed=True) for row in lab.cell(base, 0, 1, 1, 0.4, 0.6)])
    banned = dt.solve(base, dt.Shock(parts=parts))
    assert lab.apart(banned, dt.solve(base, dt.Shock(d_hat=d_hat))) <= 1e-9
    np.testing.assert_array_equal(parts.shares(base.theta), parts.s)
    np.testing.assert_allclose(banned.t_cf[0, 1, 1], base.t[0, 1, 1], rtol=1e-12)


def test_parts_that_are_charged_or_closed_move() -> None:
    base = lab.economy()
    rows = [*charged_rows(base), *lab.cell(base, 3, 0, 1, 0.5, 0.5)]
    parts = lab.parts_of(rows)
    assert len(parts.moving) == len(rows) - 2
    after = parts.at(base.theta)
    assert after.s[4] == 0
    assert after.e_cf is after.closed is after.specific is None
    zeros = np.zeros(len(parts))
    assert replace(parts, e_cf=zeros, closed=zeros > 0, specific=zeros).e_cf is None


@pytest.mark.parametrize(("deficits", "horizon"), lab.EVERY)
def test_transfers_stand_beside_deficits(deficits: str, horizon: Any) -> None:
    base = lab.economy(deficits)
    T = 0.05 * base.wL.min() * np.array([1.0, -1.5, 0.5, 0.0])
    rows = charged_rows(base)
    solution = dt.solve(base, lab.shock_of(rows, T_cf=T), horizon=horizon)
    gap, account = lab.worst(base, solution, rows, T_cf=T)
    assert gap <= lab.CLOSES, account
    np.testing.assert_array_equal(solution.T_cf, T)
    np.testing.assert_allclose(solution.net_imports_cf, solution.D_cf + T)
    table = solution.economies()
    sources = ["revenue_after", "rents_after", "deficit_after", "transfers_after"]
    np.testing.assert_allclose(table["income_after"], table[sources].sum(axis=1) + solution.w_hat * base.wL)


def test_a_transfer_under_fixed_deficits_is_a_deficit() -> None:
    base = lab.economy()
    T = 0.05 * base.wL.min() * np.array([1.0, -1.5, 0.5, 0.0])
    one, other = dt.solve(base, dt.Shock(T_cf=T)), dt.solve(base, dt.Shock(D_cf=base.D + T))
    assert lab.apart(one, other) <= 1e-9
    np.testing.assert_allclose(base.at(one).D, base.D + T)
    balanced = lab.economy("balanced")
    with pytest.raises(BadEconomy, match="transfers beside its deficits"):
        balanced.at(dt.solve(balanced, dt.Shock(T_cf=T)))


def test_a_transfer_between_two_economies_by_hand() -> None:
    """Alike tastes and no tariffs: a transfer moves no price, and real income by the part of income that it is."""
    flows = np.array([[[60.0], [30.0]], [[20.0], [10.0]]])  # each buys three quarters from the first
    world = dt.World(
        flows=flows, tariffs=np.zeros_like(flows), economies=["AAA", "BBB"], sectors=["S"], io=np.zeros((2, 1, 1)),
        value_added=flows.sum(0), name="by hand",
    )  # fmt: skip
    base = dt.calibrate(world, [4.0], deficits="proportional")
    solution = dt.solve(base, dt.Shock(T_cf=[5.0, -5.0]))
    np.testing.assert_allclose(solution.P_hat, 1, rtol=1e-10)
    np.testing.assert_allclose(solution.I_cf - base.I, solution.D_cf - base.D + [5.0, -5.0], rtol=1e-9)
    np.testing.assert_allclose(solution.D_cf, base.D, rtol=1e-9)
    np.testing.assert_allclose(solution.W_hat, 1 + np.array([5.0, -5.0]) / base.I, rtol=1e-9)


def test_slopes_over_parts_under_charges_are_those_of_whole_solves() -> None:
    base = lab.economy()
    rows = charged_rows(base)
    e_cf = np.zeros(base.t.shape)
    e_cf[0, 1, 1] = 0.1
    T = 0.05 * base.wL.min() * np.array([1.0, -1.5, 0.5, 0.0])

    def ln_W(m: int, step: float) -> float:
        moved = [replace(row, t_cf=(1 + row.t_cf) * np.exp(step) - 1) if k == m else row for k, row in enumerate(rows)]
        return float(np.log(dt.solve(base, lab.shock_of(moved, e_cf=e_cf, T_cf=T)).W_hat[1]))

    shock = lab.shock_of(rows, e_cf=e_cf, T_cf=T)
    found = log_slopes(base, shock, log_real_income(base, base.economies[1]), dt.solve(base, shock))
    for m in (0, 1, 2):
        values = {k: ln_W(m, 1e-3 * k) for k in (-2, -1, 1, 2)}
        expected = (8 * (values[1] - values[-1]) - (values[2] - values[-2])) / 12e-3
        np.testing.assert_allclose(found.parts[m], expected, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda b: dt.Parts([0], [0], [1], [1.0], [0.0], [0.0], e_cf=[0.1]), "sells to itself in sector 1"),
        (lambda b: dt.Parts([0], [1], [1], [1.0], [0.0], [0.0], e_cf=[-2.0]), "e_cf holds -2"),
        (lambda b: dt.Parts([0], [1], [1], [1.0], [0.0], [0.0], closed=[2.0]), "true and false"),
        (lambda b: dt.Parts([0], [1], [1], [1.0], [0.0], [0.0], specific=[-0.1]), "not negative"),
        (lambda b: dt.Parts([0], [1], [1], [1.0], [0.0], [0.0], specific=[0.1, 0.2]), "one row a part"),
        (lambda b: dt.Shock(T_cf=[np.nan, 0, 0, 0]), "T_cf holds a value that is not a number"),
        (lambda b: dt.Shock(T_cf=[100.0, 0, 0, 0]).wedges(b), "T_cf sums to 100"),
        (lambda b: dt.Shock(T_cf=[1.0, -1.0]).wedges(b), "T_cf has shape"),
    ],
)
def test_refusals(make: Any, words: str) -> None:
    with pytest.raises(BadShock, match=words):
        make(lab.economy())
