"""Workers who differ (10), and wages that do not fall (11): accounts by their definitions, limits, broken equations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import detente as dt
from accounts import lab
from detente.errors import BadEconomy
from detente.model import equations as eq
from detente.solver.adjoint import log_real_income
from solver.labour_lab import RELIEF, economy

#: What the audit allows an account, relative.
AUDITED = 1e-9


def war(base: dt.Economy, rate: float = 0.25) -> dt.Shock:
    return dt.Shock(t_cf=lab.both_ways(base, 0, 1, rate))


def accounts(
    base: dt.Economy, m: float, s: dt.Solution, floor: float | None = None, unit: float = 1.0
) -> dict[str, float]:
    """The largest gaps of (7), (8), (10) and (11), from the bills that sectors pay and the wages of the solution."""
    paid, share, wage_hat = base.gamma_va * s.Y_cf, base.labour / base.wL[:, None], s.wage_hat
    if np.isinf(m):  # workers are alike: an economy is one labour market
        paid, share, wage_hat, m = paid.sum(1, keepdims=True), np.ones((len(base.wL), 1)), s.wage_hat[:, :1], 1.0
    supplied_to = share * wage_hat**m
    supplied_to /= supplied_to.sum(1, keepdims=True)
    index = (share * wage_hat**m).sum(1) ** (1 / m)
    supply = s.L_hat / (1 - s.unemployment)
    full = supplied_to * (index * supply * base.wL)[:, None]
    live = share > 0
    employed = np.where(live, paid / np.where(live, full, 1.0), 1.0)
    gaps = {
        "world factor income": abs(paid.sum() / base.wL.sum() - 1),
        "the wage of the economy": np.abs(s.w_hat / index - 1).max(),
        "employment": np.abs(paid.sum(1) / full.sum(1) - (1 - s.unemployment)).max(),
        "nobody works more than is supplied": max(0.0, employed.max() - 1),
    }
    if floor is None:
        gaps["every sector employs what is supplied to it"] = np.abs(employed - 1).max()
    else:
        over = wage_hat / (floor * unit) - 1
        gaps["wages are not under the floor"] = max(0.0, -over.min())
        gaps["one of the two"] = np.minimum(over, 1 - employed)[live].max()
    return {name: float(gap) for name, gap in gaps.items()}


@pytest.mark.parametrize("labour", [None, RELIEF])
@pytest.mark.parametrize("m", [1.5, 10.0])
def test_every_sector_pays_what_its_workers_earn(labour: dt.Elastic | None, m: float) -> None:
    base = economy(lab.toy(), labour, mobility=m)
    s = dt.solve(base, war(base))
    found = accounts(base, m, s)
    assert max(found.values()) < AUDITED, found
    assert s.unemployment.max() == 0
    assert np.ptp(s.wage_hat[0]) > 1e-4


@pytest.mark.parametrize("labour", [None, RELIEF])
def test_mobility_lies_between_the_short_and_the_long_run(labour: dt.Elastic | None) -> None:
    plain = economy(lab.toy(), labour)
    short, long = (dt.solve(plain, war(plain), horizon=horizon) for horizon in ("short", "long"))
    held = economy(lab.toy(), labour, mobility=1)
    at_one = dt.solve(held, war(held))
    for name in ("W_hat", "wage_hat", "P_hat", "L_hat"):
        np.testing.assert_allclose(getattr(at_one, name), getattr(short, name), rtol=0, atol=1e-9)
    alike = economy(lab.toy(), labour, mobility=np.inf)
    np.testing.assert_array_equal(dt.solve(alike, war(alike)).W_hat, long.W_hat)
    off = {
        m: np.abs(dt.solve(base, war(base)).W_hat - long.W_hat).max()
        for m in (25.0, 100.0)
        for base in [economy(lab.toy(), labour, mobility=m)]
    }
    assert off[25.0] / off[100.0] == pytest.approx(4, rel=0.1)  # of the order of 1/m


@pytest.mark.parametrize("labour", [None, RELIEF])
@pytest.mark.parametrize("m", [np.inf, 1.0, 3.0])
def test_wages_are_at_the_floor_or_everybody_works(labour: dt.Elastic | None, m: float) -> None:
    base = economy(lab.toy(), labour, mobility=m, wages=dt.Sticky(floor=0.98))
    s = dt.solve(base, war(base))
    found = accounts(base, m, s, floor=0.98)
    assert max(found.values()) < AUDITED, found
    assert s.unemployment[0] > 0.05
    assert s.economies()["unemployment"].max() == pytest.approx(s.unemployment.max())


def test_a_floor_that_does_not_bind_is_none() -> None:
    plain = economy(lab.toy(), RELIEF)
    base = economy(lab.toy(), RELIEF, wages=dt.Sticky(floor=0.5))
    one, other = dt.solve(base, war(base)), dt.solve(plain, war(plain))
    np.testing.assert_allclose(one.W_hat, other.W_hat, rtol=0, atol=1e-9)
    assert (one.unemployment == 0).all()


def test_who_levies_a_tariff_unanswered_has_no_unemployment_by_construction() -> None:
    """With world factor income held the tariff raises its own wage; it is the partner's that would fall."""
    base = economy(lab.toy(), None, wages=dt.Sticky(floor=1.0))
    s = dt.solve(base, dt.Shock(t_cf=lab.raised(base, 0, 1, 0.25)))
    assert s.w_hat[0] > 1
    assert s.unemployment[0] == 0
    assert s.unemployment[1] > 0


def dollars(floor: float, m: float = np.inf) -> dt.Economy:
    """A world whose first economy is the United States."""
    world = replace(lab.toy(), economies=("USA", *lab.toy().economies[1:]))
    return economy(world, None, mobility=m, wages=dt.Sticky(floor=floor, anchor="usd"))


@pytest.mark.parametrize("m", [np.inf, 3.0])
def test_the_floor_may_be_in_dollars(m: float) -> None:
    """US factor income is held: the floor moves with it in the numeraire, and one US wage is never at it."""
    base = dollars(1.0, m)
    s = dt.solve(base, dt.Shock(t_cf=lab.raised(base, 0, 1, 0.25)))
    unit = float(s.w_hat[0] * s.L_hat[0])
    found = accounts(base, m, s, floor=1.0, unit=unit)
    assert max(found.values()) < AUDITED, found
    assert abs(unit - 1) > 1e-4
    assert s.unemployment[1:].max() > 0
    if np.isinf(m):
        assert s.unemployment[0] == 0  # its wage in dollars times its employment is one


def test_zero_shocks_change_nothing() -> None:
    for base in (economy(lab.toy(), RELIEF, mobility=2.5, wages=dt.Sticky(1.0)), dollars(1.0)):
        still = dt.solve(base, dt.Shock())
        for name in ("w_hat", "W_hat", "L_hat", "U_hat"):
            np.testing.assert_allclose(getattr(still, name), 1, rtol=0, atol=1e-9)
        np.testing.assert_allclose(still.unemployment, 0, atol=1e-9)


def test_the_split_adds_up_where_workers_differ() -> None:
    base = economy(lab.toy(), RELIEF, mobility=3.0)
    table = dt.decompose(base, war(base))
    np.testing.assert_allclose(table["total"], table["exact"], rtol=0, atol=1e-6)


@pytest.mark.slow  # it compiles the pass anew
def test_the_gradient_is_the_slope_where_workers_differ() -> None:
    base = economy(lab.toy(), None, mobility=3.0)
    at, cell, h, value = war(base).t_cf, (0, 1, 0), 0.005, {}
    slope = dt.gradient(base, dt.Shock(t_cf=at), log_real_income(base, base.economies[0]))
    for k in (-2, -1, 1, 2):
        t_cf = np.array(at)
        t_cf[cell] += k * h
        value[k] = float(np.log(dt.solve(base, dt.Shock(t_cf=t_cf)).W_hat[0]))
    central = (8 * (value[1] - value[-1]) - (value[2] - value[-2])) / (12 * h)
    assert abs(slope[cell] - central) < 1e-6 * np.abs(slope).max()


right_earnings, right_floored = eq.sector_earnings, eq.floored
BROKEN = {
    "workers of a sector without their wage": (
        "sector_earnings",
        lambda w, labour, m: right_earnings(w, labour, m - 1),
    ),
    "a bill of plain means": ("sector_earnings", lambda w, labour, m: labour * np.exp(m * w)),
    "a floor of nothing": ("floored", lambda w, floor, ease: (w, 0.0 * w)),
    "employment that is never short": ("floored", lambda w, floor, ease: (right_floored(w, floor, ease)[0], 0.0 * w)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_equation_broken_is_seen_from_outside(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    base = economy(lab.toy(), None, mobility=3.0, wages=dt.Sticky(0.98))
    monkeypatch.setattr(eq, *BROKEN[name])
    found = accounts(base, 3.0, dt.solve(base, war(base), throw=False), floor=0.98)
    assert not max(found.values()) <= 1e-6, found  # no number is no account either


def test_what_does_not_fit_is_refused() -> None:
    for given, words in ((0.5, "mobility is 0.5"), (1e3, "mobility is 1000")):
        with pytest.raises(dt.BadInput, match=words):
            economy(lab.toy(), None, mobility=given)
    for floor in (0.0, 1.2):
        with pytest.raises(dt.BadInput, match="floor is"):
            dt.Sticky(floor)
    with pytest.raises(dt.BadInput, match="anchor='euro' is not known"):
        dt.Sticky(0.9, "euro")  # type: ignore[arg-type]
    with pytest.raises(BadEconomy, match="no such economy"):
        economy(lab.toy(), None, wages=dt.Sticky(0.9, "usd"))
    differ = economy(lab.toy(), None, mobility=2)
    with pytest.raises(dt.BadInput, match="mobility=1 is the short run"):
        dt.solve(differ, war(differ), horizon="short")
    with pytest.raises(dt.BadInput, match=r"workers differ \(mobility\): leave it out"):
        dt.nash(differ, differ.economies[:2])
    stuck = economy(lab.toy(), None, wages=dt.Sticky(1.0))
    with pytest.raises(BadEconomy, match="without work, which no benchmark has"):
        stuck.at(dt.solve(stuck, war(stuck)))
