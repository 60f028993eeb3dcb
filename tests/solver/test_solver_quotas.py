"""Quotas and duties per unit against solves that know neither, and against the auditor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

import detente as dt
import wedge_lab as lab
from detente.errors import BadShock, NotSolved
from detente.solver import equilibrium
from detente.solver.adjoint import log_real_income
from detente.solver.equilibrium import in_numpy
from detente.solver.held_rates import held_at
from jax_lab import solved_in_jax
from oracle.rows import Limit, Row

#: In-quota and over-quota rates of the tests, and limits as parts of the base flow for each regime.
LOW, HIGH = 0.05, 0.4
REGIMES = {"below": 1.5, "at": 0.4, "above": 0.05}


def flow(base: dt.Economy, *rows: Row) -> float:
    """What the rows trade in the base, net of tariffs."""
    return float(sum(row.s * base.pi[row.n, row.i, row.j] * base.X[row.n, row.j] / (1 + row.t) for row in rows))


def audited(base: dt.Economy, rows: list[Row], limits: list[Limit], horizon: Any = "long", **more: Any) -> dt.Solution:
    """The solution, in which the auditor finds every account closed."""
    solution = dt.solve(base, lab.shock_of(rows, limits, **more), horizon=horizon)
    gap, account = lab.worst(base, solution, rows, limits, **more)
    assert gap <= lab.CLOSES, account
    return solution


def same_without_quota(base: dt.Economy, rows: list[Row], found: dt.Solution, T: Any, horizon: Any) -> None:
    """The solve of rows at their marginal rates, with rents as a transfer, is the same equilibrium."""
    other = dt.solve(base, lab.shock_of(rows, T_cf=T), horizon=horizon)
    assert lab.apart(found, other) <= 1e-9
    moved = found.R_cf + found.rents_cf + found.T_cf - (other.R_cf + other.rents_cf + other.T_cf)
    assert np.abs(moved / other.I_cf).max() <= 1e-9


@pytest.mark.parametrize(("deficits", "horizon"), lab.EVERY)
@pytest.mark.parametrize("volume", [True, False])
@pytest.mark.parametrize("holder", [None, 1, 3])
@pytest.mark.parametrize("regime", REGIMES)
def test_a_quota_is_its_marginal_rate_and_a_rent(
    regime: str, holder: int | None, volume: bool, deficits: str, horizon: Any
) -> None:
    base = lab.economy(deficits)
    rows = lab.cell(base, 0, 1, 1, 0.4, 0.6, t_cf=0.02)
    limit = Limit((0,), REGIMES[regime] * flow(base, rows[0]), LOW, HIGH, volume=volume, holder=holder)
    found = audited(base, rows, [limit], horizon)
    row = found.quotas().loc[0]
    assert row["regime"] == regime
    if regime != "at":
        assert row["rate"] == {"below": LOW, "above": HIGH}[regime]
    assert row["holder"] == base.economies[0 if holder is None else holder]
    T = np.zeros(4)
    T[0 if holder is None else holder] += row["rent"]
    T[0] -= row["rent"]
    same_without_quota(base, [replace(rows[0], t_cf=0.02 + row["rate"]), rows[1]], found, T, horizon)
    assert row["rent"] == (0 if regime == "below" else pytest.approx(found.rents_cf[0 if holder is None else holder]))


@pytest.mark.parametrize(("deficits", "horizon"), lab.EVERY)
@pytest.mark.parametrize("volume", [True, False])
def test_an_export_limit_of_half_is_the_tax_that_gives_it(volume: bool, deficits: str, horizon: Any) -> None:
    base = lab.economy(deficits)
    rows = lab.cell(base, 0, 1, 1, 0.4, 0.6)
    half = 0.5 * flow(base, rows[0])
    found = audited(base, rows, [Limit((0,), half, 0.0, np.inf, tariff=False, volume=volume)], horizon)
    row = found.quotas().loc[0]
    assert row["regime"] == "at"

    def over(e_cf: float) -> float:
        taxed = [replace(rows[0], e_cf=e_cf), rows[1]]
        other = dt.solve(base, lab.shock_of(taxed), horizon=horizon)
        share = lab.parts_of(taxed).shares(base.theta)[0]
        border = share * other.pi_cf[0, 1, 1] * other.X_cf[0, 1] / (1 + rows[0].t_cf)
        return float(np.log((border / (other.c_hat[1, 1] * (1 + e_cf)) if volume else border) / half))

    tax = brentq(over, 0.0, 5.0, xtol=1e-13, rtol=1e-13)
    np.testing.assert_allclose(row["rate"], tax, rtol=1e-9)
    same_without_quota(base, [replace(rows[0], e_cf=tax), rows[1]], found, np.zeros(4), horizon)
    assert row["holder"] == base.economies[1]
    np.testing.assert_allclose(found.rents_cf[1], row["rent"], rtol=1e-9)


@pytest.mark.parametrize(("deficits", "horizon"), lab.EVERY)
def test_a_duty_per_unit_is_its_equivalent_at_the_new_price(deficits: str, horizon: Any) -> None:
    base = lab.economy(deficits)
    rows = lab.cell(base, 0, 1, 1, 0.4, 0.6, t_cf=0.02, e_cf=0.1, specific=0.3)
    d_hat = np.ones(base.t.shape)
    d_hat[0, 1, 1] = 1.2
    found = audited(base, rows, [], horizon, d_hat=d_hat)
    equivalent = 0.02 + 0.3 / (1.2 * found.c_hat[1, 1] * 1.1)
    assert found.parts is not None
    np.testing.assert_allclose(found.parts.t_cf[0], equivalent, rtol=1e-12)
    again = dt.solve(
        base, lab.shock_of([replace(rows[0], t_cf=equivalent, specific=0.0), rows[1]], d_hat=d_hat), horizon=horizon
    )
    assert lab.apart(found, again) <= 1e-9
    np.testing.assert_allclose(found.R_cf, again.R_cf, rtol=1e-9)


def many(base: dt.Economy) -> tuple[list[Row], list[Limit]]:
    """Three quotas in one cell, a pool over partners and sectors, an export limit and a duty per unit."""
    rows = [
        *lab.cell(base, 0, 1, 1, 0.2, 0.3, 0.4, 0.1),
        *lab.cell(base, 0, 2, 1, 0.5, 0.5),
        *lab.cell(base, 0, 3, 2, 0.5, 0.5, specific=0.2),
        *lab.cell(base, 2, 1, 2, 0.6, 0.4),
    ]
    limits = [
        Limit((0,), 0.01 * flow(base, rows[0]), 0.0, 0.1),
        Limit((1,), 0.5 * flow(base, rows[1]), 0.1, np.inf, holder=1),
        Limit((2,), 3.0 * flow(base, rows[2]), 0.02, 0.5, volume=False),
        Limit((4, 6), 0.6 * flow(base, rows[4], rows[6]), 0.0, 0.6, holder=2),
        Limit((8,), 0.5 * flow(base, rows[8]), 0.0, np.inf, tariff=False),
        Limit((0, 1, 2), 0.5 * flow(base, *rows[:3]), 0.0, 0.25, volume=False),
    ]
    return rows, limits


@pytest.mark.parametrize(("deficits", "horizon"), lab.EVERY)
def test_several_quotas_in_one_cell_and_one_over_several(deficits: str, horizon: Any) -> None:
    base = lab.economy(deficits)
    rows, limits = many(base)
    found = audited(base, rows, limits, horizon)
    assert set(found.quotas()["regime"]) == {"below", "at", "above"}


def test_the_order_of_rows_and_quotas_changes_nothing() -> None:
    base = lab.economy()
    rows, limits = many(base)
    found = dt.solve(base, lab.shock_of(rows, limits))
    rng = np.random.default_rng(3)
    order, turned = rng.permutation(len(rows)), rng.permutation(len(limits))
    place = {int(old): new for new, old in enumerate(order)}
    moved = [replace(limits[q], rows=tuple(place[m] for m in limits[q].rows)) for q in turned]
    other = dt.solve(base, lab.shock_of([rows[m] for m in order], moved))
    assert lab.apart(found, other) <= 1e-9
    np.testing.assert_allclose(other.quotas()["rate"], found.quotas()["rate"].to_numpy()[turned], rtol=1e-8, atol=1e-10)


def test_the_currency_changes_nothing() -> None:
    toy = lab.lab.toy()
    base, other = (lab.lab.economy(world) for world in (toy, lab.lab.in_currency(toy, 7.3)))
    (rows, limits), (_, scaled) = many(base), many(other)
    found, again = (dt.solve(e, lab.shock_of(rows, its)) for e, its in ((base, limits), (other, scaled)))
    np.testing.assert_allclose(again.W_hat, found.W_hat, rtol=1e-9)
    np.testing.assert_allclose(again.quotas()["rent"], 7.3 * found.quotas()["rent"], rtol=1e-7)


def test_duties_per_unit_of_the_base_change_nothing() -> None:
    base = lab.economy()
    t = float(base.t[0, 1, 1])
    rows = lab.cell(base, 0, 1, 1, 0.4, 0.6, t_cf=0.25 * t, specific=0.75 * t)
    found = audited(base, rows, [])
    np.testing.assert_allclose(found.W_hat, 1, atol=1e-10)
    np.testing.assert_allclose(found.R_cf, base.R, rtol=1e-9)


def test_trade_that_has_ended_fills_no_quota() -> None:
    base = lab.economy()
    empty = next((n, i, j) for n, i, j in np.argwhere(base.pi == 0) if n != i)
    d_hat = np.ones(base.t.shape)
    d_hat[0, 1, 1] = np.inf
    rows = [*lab.cell(base, 0, 1, 1, 0.4, 0.6, specific=0.1), *lab.cell(base, *map(int, empty), 1.0, specific=0.1)]
    rows += lab.cell(base, 1, 0, 1, 0.5, 0.5, closed=True)
    limits = [Limit((0,), 10.0, 0.0, 0.3), Limit((2,), 10.0, 0.0, np.inf), Limit((3,), 0.0, 0.0, 0.3)]
    found = audited(base, rows, limits, d_hat=d_hat)
    assert (found.quotas()["flow"] == 0).all()
    assert np.isfinite(found.t_cf).all()


def test_a_limit_of_nothing_is_the_high_rate_on_all() -> None:
    base = lab.economy()
    rows = lab.cell(base, 0, 1, 1, 0.4, 0.6)
    found = audited(base, rows, [Limit((0,), 0.0, 0.0, 0.3)])
    row = found.quotas().loc[0]
    assert (row["regime"], row["rate"], row["rent"]) == ("above", 0.3, 0.0)


@given(part=st.floats(0.02, 1.5), more=st.floats(1.01, 3.0), high=st.floats(0.05, 3.0), volume=st.booleans())
def test_a_higher_limit_never_raises_the_rate(part: float, more: float, high: float, volume: bool) -> None:
    base = lab.economy(seed=5, N=3, J=2)
    rows = lab.cell(base, 0, 1, 1, 0.4, 0.6)
    whole = flow(base, rows[0])
    low, up = (
        dt.solve(base, lab.shock_of(rows, [Limit((0,), limit * whole, 0.0, high, volume=volume)])).quotas().loc[0]
        for limit in (part, part * more)
    )
    assert up["rate"] <= low["rate"] + 1e-10
    assert up["flow"] >= low["flow"] * (1 - 1e-9)


@pytest.mark.parametrize(("deficits", "horizon"), lab.EVERY)
def test_steps_reach_the_quotas_that_one_leap_reaches(deficits: str, horizon: Any, monkeypatch: Any) -> None:
    """Where the leap does not arrive, limits fall and rates rise from those of the base."""
    base = lab.economy(deficits)
    rows, limits = many(base)
    shock = lab.shock_of(rows, limits)
    found = dt.solve(base, shock, horizon=horizon)
    calls = []

    def without_the_leap(*given: Any) -> Any:
        calls.append(1)
        raw = in_numpy(*given)
        return (
            raw._replace(residual=np.nan, gaps=raw.gaps._replace(goods=raw.gaps.goods + np.nan))
            if len(calls) == 1
            else raw
        )

    monkeypatch.setattr(equilibrium, "in_numpy", without_the_leap)
    in_steps = dt.solve(base, shock, horizon=horizon)
    assert len(calls) > 2
    assert lab.apart(in_steps, found) <= 1e-9
    np.testing.assert_allclose(in_steps.quotas()["rate"], found.quotas()["rate"], rtol=1e-8, atol=1e-10)


def test_no_equilibrium_with_quotas_is_a_refusal_in_words() -> None:
    base = lab.economy()
    rows, limits = many(base)
    far = [replace(row, t_cf=-0.9) for row in rows]
    with pytest.raises(NotSolved, match="toy"):
        dt.solve(base, lab.shock_of(far, limits))
    failed = dt.solve(base, lab.shock_of(far, limits), throw=False)
    assert failed.cause
    assert failed.parts is None


def test_the_solution_holds_the_rates_that_were_found() -> None:
    """Its wedges are the same equilibrium without quotas, and so are its parts with rents as transfers."""
    base = lab.economy("proportional")
    rows, limits = many(base)
    found = dt.solve(base, lab.shock_of(rows, limits))
    T = found.net_imports_cf - found.D_cf
    np.testing.assert_array_equal(found.wedges.T_cf, T)
    assert lab.apart(found, dt.solve(base, dt.Shock(parts=found.parts, T_cf=T))) <= 1e-9
    assert dt.solve(base, dt.Shock()).quotas().empty


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: dt.Quota([], 1.0, (0, 1)), "name at least one row"),
        (lambda: dt.Quota([1, 1], 1.0, (0, 1)), "each once"),
        (lambda: dt.Quota([0.5], 1.0, (0, 1)), "not a whole number"),
        (lambda: dt.Quota([0], -1.0, (0, 1)), "limit is -1: give USD million a year, not negative"),
        (lambda: dt.Quota([0], np.nan, (0, 1)), "give a finite number"),
        (lambda: dt.Quota([0], 1.0, (0.5, 0.2)), "in order"),
        (lambda: dt.Quota([0], 1.0, (-1.0, 0.2)), "over −1"),
        (lambda: dt.Quota([0], 1.0, (np.inf, np.inf)), "over −1"),
        (lambda: dt.Quota([0], 0.0, (0.0, np.inf)), "with `closed`"),
        (lambda: dt.Quota([0], 1.0, (0, 1), instrument="tax"), "instrument='tax' is not known"),
        (lambda: dt.Quota([0], 1.0, (0, 1), by="weight"), "by='weight' is not known"),
        (lambda: dt.Quota([0], 1.0, (0, 1), holder=-1), "position of an economy"),
        (lambda: dt.Shock(quotas=[dt.Quota([0], 1.0, (0, 1))]), "row 0 of the parts, but there are none"),
        (lambda: dt.Shock(quotas=["x"]), "give Quota"),
    ],
)
def test_quotas_refused(make: Any, words: str) -> None:
    with pytest.raises(BadShock, match=words):
        make()


def test_quotas_refused_on_an_economy() -> None:
    base = lab.economy()
    rows = [*lab.cell(base, 0, 1, 1, 0.4, 0.6), *lab.cell(base, 2, 2, 1, 1.0)]
    with pytest.raises(BadShock, match="there are 3"):
        lab.shock_of(rows, [Limit((5,), 1.0, 0.0, 1.0)])
    with pytest.raises(BadShock, match="economy 2 sells to itself"):
        lab.shock_of(rows, [Limit((2,), 1.0, 0.0, 1.0)])
    with pytest.raises(BadShock, match="make the tariff on row 0 of the parts"):
        lab.shock_of(lab.cell(base, 0, 1, 1, 1.0, t_cf=-0.6), [Limit((0,), 1.0, -0.5, 1.0)])
    with pytest.raises(BadShock, match="goes to economy 9, but toy has 4"):
        lab.shock_of(rows, [Limit((0,), 1.0, 0.0, 1.0, holder=9)]).wedges(base)


@pytest.mark.parametrize(("deficits", "horizon"), lab.EVERY)
def test_the_split_of_real_income_adds_up_at_the_rates_found(deficits: str, horizon: Any) -> None:
    """A rent that goes abroad is a transfer; what an export limit charges is terms of trade."""
    base = lab.economy(deficits)
    rows, limits = many(base)
    e_cf = np.zeros(base.t.shape)
    e_cf[2, 1, 2] = e_cf[3, 0, 1] = 0.05
    shock = lab.shock_of(rows, limits, e_cf=e_cf)
    found = dt.solve(base, shock, horizon=horizon)
    table = dt.decompose(base, shock, horizon=horizon, solution=found)
    np.testing.assert_allclose(table["total"], table["exact"], atol=1e-6)
    if deficits == "balanced":
        paid = found.net_imports_cf / base.I
        np.testing.assert_array_equal(np.sign(table["transfers"].round(9)), np.sign(paid.round(9)))
    alone = lab.cell(base, 0, 1, 1, 0.4, 0.6)
    tight = [Limit((0,), 0.5 * flow(base, alone[0]), 0.0, np.inf, tariff=False)]
    terms = dt.decompose(base, lab.shock_of(alone, tight), horizon=horizon)["terms_of_trade"]
    assert terms[1] > 0 > terms[0]


def test_the_split_of_real_income_has_no_path_to_a_ban() -> None:
    base = lab.economy()
    with pytest.raises(BadShock, match="no path exists"):
        dt.decompose(base, lab.shock_of(lab.cell(base, 0, 1, 1, 0.4, 0.6, closed=True)))


#: Each compiles for seconds: two have every horizon and the closures that differ most, the others are slow.
COMPILED = [
    pytest.param(*pair, marks=() if pair in {("fixed", "long"), ("proportional", "short")} else pytest.mark.slow)
    for pair in lab.EVERY
]


@pytest.mark.parametrize(("deficits", "horizon"), COMPILED)
def test_jax_and_numpy_find_the_same_rates(deficits: str, horizon: Any) -> None:
    base = lab.economy(deficits)
    rows, limits = many(base)
    shock = lab.shock_of(rows, limits)
    with solved_in_jax():
        compiled = dt.solve(base, shock, horizon=horizon)
    found = dt.solve(base, shock, horizon=horizon, start=compiled)
    assert lab.apart(compiled, found) <= 1e-11
    np.testing.assert_allclose(compiled.quotas()["rate"], found.quotas()["rate"], rtol=1e-9)
    np.testing.assert_allclose(compiled.wedges.K, found.wedges.K, rtol=1e-9)
    np.testing.assert_allclose(compiled.R_cf, found.R_cf, rtol=1e-10)


def test_twenty_quotas_take_no_more_passes_than_four_solves() -> None:
    """The twenty largest purchases of goods of the United States, at the base flow and at 70 and 30 % of it."""
    world = dt.load_world("icio-2017")
    base = dt.calibrate(world)
    n = base.index("USA")
    bought = base.M[n].copy()
    bought[n] = 0.0
    bought[:, [j for j, code in enumerate(base.sectors) if code not in world.goods]] = 0.0
    i, j = np.unravel_index(np.argsort(-bought, axis=None)[:20], bought.shape)
    t = base.t[n, i, j]
    parts = dt.Parts(np.full(20, n), i, j, np.ones(20), t, t)
    for part in (1.0, 0.7, 0.3):
        quotas = [dt.Quota([m], part * bought[i[m], j[m]], (0.0, 0.25)) for m in range(20)]
        found = dt.solve(base, dt.Shock(parts=parts, quotas=quotas))
        assert found.parts is not None
        without = dt.solve(base, dt.Shock(parts=found.parts))
        assert found.passes <= 4 * without.passes
        assert lab.apart(found, without) <= 1e-9


def test_slopes_hold_the_rates_that_were_found() -> None:
    base = lab.economy()
    rows, limits = many(base)
    shock = lab.shock_of(rows, limits)
    found = dt.solve(base, shock)
    outcome = log_real_income(base, base.economies[0])
    held, note = held_at(shock, found)
    assert "6 quotas and duties per unit of the start held" in note
    slopes = dt.gradient(base, shock, outcome, solution=found)
    np.testing.assert_allclose(slopes, dt.gradient(base, held, outcome), rtol=1e-7, atol=1e-9)
    assert np.abs(slopes[0, 1, 1]) > 1e-4
