"""What must hold of every equilibrium: one function a property, each on small worlds that it makes itself.

The tests run them on detente as it is, and `test_accounts_mutants.py` on detente with one equation broken.
"""

from __future__ import annotations

import numpy as np

import detente as dt
from accounts import lab
from detente.solver import adjoint as criteria
from oracle import audit, calibrate, nested
from oracle.calibrate import Floats

#: What the wage step and the audit leave; the oracle stops at 1e-11.
ORACLE = 1e-8


def zero_shock_changes_nothing() -> None:
    """Under both closures that need no solving first."""
    for deficits in ("fixed", "proportional"):
        base = lab.economy(lab.toy(), deficits)
        still = lab.solve(base)
        for name in ("w_hat", "P_hat", "W_hat"):
            lab.same(getattr(still, name), np.ones_like(getattr(still, name)))
        lab.same(still.X_cf, base.X)
        lab.same(still.pi_cf, base.pi)


def every_account_closes() -> None:
    """By an auditor that shares no code with the solver."""
    for deficits in ("fixed", "proportional"):
        base = lab.economy(lab.toy(), deficits)
        shock = lab.both_ways(base, 0, 1, 0.25)
        found = audit.gaps(calibrate.from_economy(base), lab.solve(base, t_cf=shock), t_cf=shock)
        assert max(found.values()) < lab.SAME, found


def every_account_closes_with_labour_held_in_its_sector() -> None:
    """Each sector pays its own labour; nobody moves, and wages differ between sectors."""
    base = lab.economy(lab.toy())
    shock = lab.both_ways(base, 0, 1, 0.25)
    sol = lab.solve(base, horizon="short", t_cf=shock)
    found = audit.gaps(calibrate.from_economy(base), sol, t_cf=shock, wage_hat=sol.wage_hat)
    assert max(found.values()) < lab.SAME, found
    assert np.ptp(sol.wage_hat[0]) > 1e-3


def restrained(base: dt.Economy) -> Floats:
    """The second economy charges the first 30 % on everything, half of that on one good."""
    e_cf = np.zeros_like(base.t)
    e_cf[0, 1] = 0.3
    e_cf[0, 1, 1] = 0.15
    return e_cf


def every_account_closes_with_a_restraint() -> None:
    """Rents are income of the exporter, trade balances at the border, and value added is what factors earn."""
    for deficits, horizon in (("fixed", "long"), ("proportional", "long"), ("fixed", "short")):
        base = lab.economy(lab.toy(), deficits)
        t_cf, e_cf = lab.both_ways(base, 0, 1, 0.1), restrained(base)
        sol = lab.solve(base, horizon=horizon, t_cf=t_cf, e_cf=e_cf)
        wage = sol.wage_hat if horizon == "short" else None
        found = audit.gaps(calibrate.from_economy(base), sol, t_cf=t_cf, e_cf=e_cf, wage_hat=wage)
        assert max(found.values()) < lab.SAME, found
        assert sol.rents_cf[1] > 0
        assert (np.delete(sol.rents_cf, 1) == 0).all()


def a_restraint_is_a_tariff_whose_revenue_is_given_away() -> None:
    """The same wedge as a tariff of the importer, its revenue sent to the exporter as a transfer, is the same world."""
    base = lab.economy(lab.toy())
    e_cf = restrained(base)
    restraint = lab.solve(base, t_cf=lab.raised(base, 0, 1, 0.1), e_cf=e_cf)
    paid = restraint.pi_cf[0, 1] * restraint.X_cf[0]
    received = paid / (1 + lab.raised(base, 0, 1, 0.1)[0, 1]) / (1 + e_cf[0, 1])
    given = float((e_cf[0, 1] * received).sum())
    t_cf = (1 + lab.raised(base, 0, 1, 0.1)) * (1 + e_cf) - 1
    tariff = lab.solve(base, t_cf=t_cf, D_cf=base.D + given * np.array([-1.0, 1.0, 0.0, 0.0]))
    for name in ("W_hat", "w_hat", "P_hat", "X_cf", "Y_cf", "I_cf", "pi_cf"):
        lab.same(getattr(tariff, name), getattr(restraint, name))
    lab.same(tariff.R_cf[0], restraint.R_cf[0] + given)


def the_oracle_agrees() -> None:
    """Three nested loops in NumPy on their own calibration of the same raw accounts."""
    world = lab.toy()
    b = world.benchmark()
    for deficits in ("fixed", "proportional"):
        base = lab.economy(world, deficits)
        shock = lab.both_ways(base, 0, 1, 0.25)
        ours, theirs = lab.solve(base, t_cf=shock), nested.solve(b, t_cf=shock, deficits=deficits)
        for name in ("w_hat", "W_hat", "X_cf", "pi_cf", "R_cf", "I_cf"):
            lab.same(getattr(ours, name), getattr(theirs, name), ORACLE)


def a_tariff_works_in_its_direction() -> None:
    """It cuts the trade it taxes, raises prices where it is levied, hurts who is taxed and diverts to third sellers."""
    base = lab.economy(lab.toy())
    sol = lab.solve(base, t_cf=lab.raised(base, 0, 1, 0.25))
    before = base.pi * base.X[:, None, :] / (1 + base.t)
    after = sol.pi_cf * sol.X_cf[:, None, :] / (1 + sol.t_cf)
    sold = before[0, 1] > 0
    assert (after[0, 1] < before[0, 1])[sold].all()
    assert sol.W_hat[1] < 1
    assert sol.w_hat[0] > sol.w_hat[1]
    third = after[0, 2:].sum() / before[0, 2:].sum()
    assert third > 1 > after[0, 1].sum() / before[0, 1].sum()
    assert (np.log(sol.P_hat[0] / sol.w_hat[0]) * base.alpha[0]).sum() > 0


def a_small_tariff_pays_and_a_barrier_does_not() -> None:
    """From free trade a small tariff improves the terms of trade; a cost of the same size is only a cost."""
    world = lab.toy(seed=3)
    base = lab.economy(lab.replace(world, tariffs=np.zeros_like(world.tariffs)))
    tariff = lab.solve(base, t_cf=lab.raised(base, 0, 1, 0.01))
    barrier = np.ones_like(base.t)
    barrier[0, 1] = 1.01
    cost = lab.solve(base, d_hat=barrier)
    assert tariff.W_hat[0] > 1 > tariff.W_hat[1]
    assert cost.W_hat[0] < 1
    assert cost.W_hat[1] < 1


def the_order_of_economies_is_no_matter() -> None:
    order = [2, 0, 3, 1]
    first, second = lab.economy(lab.toy()), lab.economy(lab.permuted(lab.toy(), economies=order))
    shock = lab.both_ways(first, 0, 1, 0.25)
    one, other = lab.solve(first, t_cf=shock), lab.solve(second, t_cf=shock[np.ix_(order, order)])
    for name in ("w_hat", "W_hat", "X_cf", "R_cf"):
        lab.same(getattr(other, name), getattr(one, name)[order])
    lab.same(other.pi_cf, one.pi_cf[np.ix_(order, order)])


def the_order_of_sectors_is_no_matter() -> None:
    order = [1, 0, 2]  # not a rotation, which leaves every sector its neighbour
    first, second = lab.economy(lab.toy()), lab.economy(lab.permuted(lab.toy(), sectors=order))
    shock = lab.both_ways(first, 0, 1, 0.25)
    shock[0, 1, 0] += 0.3  # sectors differ in what befalls them, not only in what they are
    one, other = lab.solve(first, t_cf=shock), lab.solve(second, t_cf=shock[:, :, order])
    lab.same(other.w_hat, one.w_hat)
    lab.same(other.W_hat, one.W_hat)
    for name in ("P_hat", "X_cf", "pi_cf"):
        lab.same(getattr(other, name), getattr(one, name)[..., order])


def the_currency_is_no_matter() -> None:
    first, second = lab.economy(lab.toy()), lab.economy(lab.in_currency(lab.toy(), 1e-5))
    shock = lab.both_ways(first, 0, 1, 0.25)
    one, other = lab.solve(first, t_cf=shock), lab.solve(second, t_cf=shock)
    for name in ("w_hat", "P_hat", "W_hat", "pi_cf"):
        lab.same(getattr(other, name), getattr(one, name))
    for name in ("X_cf", "R_cf", "I_cf"):
        lab.same(getattr(other, name), 1e-5 * getattr(one, name))


def a_sector_in_two_halves_is_the_sector() -> None:
    first, second = lab.economy(lab.toy()), lab.economy(lab.with_sector_in_halves(lab.toy(), 1))
    shock = lab.both_ways(first, 0, 1, 0.25)
    one, other = lab.solve(first, t_cf=shock), lab.solve(second, t_cf=lab.both_ways(second, 0, 1, 0.25))
    lab.same(other.w_hat, one.w_hat)
    lab.same(other.W_hat, one.W_hat)
    lab.same(other.P_hat, one.P_hat[:, [0, 1, 2, 1]])
    lab.same(other.X_cf[:, 1] + other.X_cf[:, 3], one.X_cf[:, 1])


def an_economy_split_in_two_is_the_economy() -> None:
    first, second = lab.economy(lab.toy()), lab.economy(lab.with_economy_split(lab.toy(), 1, [0.3, 0.7]))
    shock = lab.both_ways(first, 0, 1, 0.25)
    split = lab.both_ways(second, 0, 1, 0.25)
    split = lab.toys.both_ways(split, 0, 4, 0.25)
    one, other = lab.solve(first, t_cf=shock), lab.solve(second, t_cf=split)
    same_as = [0, 1, 2, 3, 1]
    for name in ("w_hat", "W_hat", "P_hat"):
        lab.same(getattr(other, name), getattr(one, name)[same_as])
    lab.same(other.R_cf[1] + other.R_cf[4], one.R_cf[1])


def costs_of_all_trade_scale_prices_alone() -> None:
    """Without input links: all delivery, home sales included, costs 10 % more; prices rise by that, nothing moves."""
    base = lab.economy(lab.toy(inputs=0.0))
    sol = lab.solve(base, d_hat=np.full_like(base.t, 1.1))
    lab.same(sol.w_hat, np.ones_like(sol.w_hat))
    lab.same(sol.pi_cf, base.pi)
    lab.same(sol.X_cf, base.X)
    lab.same(sol.P_hat, np.full_like(sol.P_hat, 1.1))
    lab.same(sol.W_hat, np.full_like(sol.W_hat, 1 / 1.1))


def a_part_is_not_its_average() -> None:
    """A measure on 30 % of a cell drives those goods out: less revenue and more harm than its average rate on all."""
    world = lab.toy(seed=3)
    base = lab.economy(lab.replace(world, tariffs=np.zeros_like(world.tariffs)))
    covered = np.zeros_like(base.t)
    covered[0, 1] = 0.3
    parts = [(1 - covered, base.t, base.t), (covered, base.t, base.t + 0.25)]
    in_part, averaged = lab.solve(base, parts=parts), lab.solve(base, t_cf=base.t + 0.25 * covered)
    assert in_part.W_hat[0] < averaged.W_hat[0]
    assert in_part.R_cf[0] < averaged.R_cf[0]
    assert in_part.w_hat[1] > averaged.w_hat[1]  # and the partner less: the other 70 % enter as before
    lab.same(in_part.W_hat, nested.solve(world_without_tariffs(world), parts=parts).W_hat, ORACLE)


def world_without_tariffs(world: lab.Toy) -> calibrate.Benchmark:
    """The oracle's benchmark of a toy world under free trade."""
    return lab.replace(world, tariffs=np.zeros_like(world.tariffs)).benchmark()


def a_part_is_a_variety_of_its_own() -> None:
    """A third of a cell covered is both economies split in three, and a tariff on one seller in three of each buyer.

    The three sellers are then alike, as the parts of a cell are made by the same workers.
    """
    world = lab.toy()
    base = lab.economy(world)
    covered = np.zeros_like(base.t)
    covered[0, 1] = 1 / 3
    parts = [(1 - covered, base.t, base.t), (covered, base.t, base.t + 0.25)]
    in_part = lab.solve(base, parts=parts)
    thirds = lab.with_economy_split(lab.with_economy_split(world, 0, [1 / 3] * 3), 1, [1 / 3] * 3)
    split = lab.economy(thirds)
    t_cf = np.array(split.t)
    for buyer, seller in zip((0, 4, 5), (1, 6, 7), strict=True):
        t_cf[buyer, seller] += 0.25
    apart = lab.solve(split, t_cf=t_cf)
    lab.same(apart.W_hat[[0, 1, 2, 3]], in_part.W_hat)
    lab.same(apart.W_hat[[4, 5, 6, 7]], in_part.W_hat[[0, 0, 1, 1]])
    lab.same(apart.R_cf[[0, 4, 5]].sum(), in_part.R_cf[0])


def empty_markets_stay_empty() -> None:
    """An economy-sector that sells nothing and a market where nothing is bought are exact zeros, never divided by."""
    world = lab.toy()
    flows, io = np.array(world.flows), np.array(world.io)
    flows[2, :, 1], io[2, 1, :] = 0.0, 0.0
    flows[:, 2, 1], io[2, :, 1] = 0.0, 0.0
    base = lab.economy(lab.replace(world, flows=flows, io=io))
    sol = lab.solve(base, t_cf=lab.both_ways(base, 0, 1, 0.25))
    assert np.isfinite(sol.W_hat).all()
    assert sol.X_cf[2, 1] == 0
    assert (sol.pi_cf[2, :, 1] == 0).all()
    assert sol.Y_cf[2, 1] == 0
    assert sol.Y_cf[3, 0] == 0
    assert sol.P_hat[2, 1] == 1


def the_gradient_is_the_slope() -> None:
    """The adjoint against central differences of solved equilibria (five points, step 0.005), to 1e-6 relative."""
    base = lab.economy(lab.toy())
    at = lab.both_ways(base, 0, 1, 0.25)
    outcome = criteria.log_real_income(base, base.economies[0])
    slope = dt.gradient(base, dt.Shock(t_cf=at), outcome)
    h, biggest = 0.005, np.abs(slope).max()
    for cell in ((0, 1, 0), (0, 2, 1), (1, 0, 2), (3, 1, 1)):
        value = {}
        for k in (-2, -1, 1, 2):
            t_cf = np.array(at)
            t_cf[cell] += k * h
            value[k] = float(np.log(lab.solve(base, t_cf=t_cf).W_hat[0]))
        central = (8 * (value[1] - value[-1]) - (value[2] - value[-2])) / (12 * h)
        assert abs(slope[cell] - central) < 1e-6 * biggest, (cell, slope[cell], central)


CHECKS = (
    zero_shock_changes_nothing,
    every_account_closes,
    every_account_closes_with_labour_held_in_its_sector,
    every_account_closes_with_a_restraint,
    a_restraint_is_a_tariff_whose_revenue_is_given_away,
    the_oracle_agrees,
    a_tariff_works_in_its_direction,
    a_small_tariff_pays_and_a_barrier_does_not,
    the_order_of_economies_is_no_matter,
    the_order_of_sectors_is_no_matter,
    the_currency_is_no_matter,
    a_sector_in_two_halves_is_the_sector,
    an_economy_split_in_two_is_the_economy,
    costs_of_all_trade_scale_prices_alone,
    a_part_is_not_its_average,
    a_part_is_a_variety_of_its_own,
    empty_markets_stay_empty,
    the_gradient_is_the_slope,
)
