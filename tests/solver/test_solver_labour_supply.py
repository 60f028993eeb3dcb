"""Labour supply that answers to the real wage (9): accounts, closed forms, limits, directions, and broken equations."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import root

import detente as dt
from accounts import lab
from detente.errors import BadEconomy, DetenteWarning
from detente.model import equations as eq
from detente.solver.adjoint import log_welfare
from detente.solver.audit import equilibrium_state, gaps
from detente.solver.equilibrium import given_of
from oracle import toys
from oracle.calibrate import Floats
from oracle.toys import Toy
from solver.labour_lab import HANDED_OUT, RELIEF, USES, accounts_of_labour, economy, welfare_by_own_choice

#: What the audit allows an account, relative.
AUDITED = 1e-9


def war(base: dt.Economy, rate: float = 0.25) -> dt.Shock:
    return dt.Shock(t_cf=lab.both_ways(base, 0, 1, rate))


@pytest.mark.parametrize("labour", USES)
@pytest.mark.parametrize("deficits", ["fixed", "proportional"])
def test_every_account_closes_by_its_definition(labour: dt.Elastic, deficits: str) -> None:
    base = economy(lab.toy(), labour, deficits)
    found = accounts_of_labour(base, labour, dt.solve(base, war(base)))
    assert max(found.values()) < AUDITED, found


@pytest.mark.parametrize("labour", USES)
def test_labour_held_in_its_sector_is_elastic_all_the_same(labour: dt.Elastic) -> None:
    base = economy(lab.toy(), labour)
    s = dt.solve(base, war(base), horizon="short")
    assert max(accounts_of_labour(base, labour, s).values()) < AUDITED
    held = s.wage_hat * s.L_hat[:, None] * base.labour
    lab.same(base.gamma_va * s.Y_cf, held)


def test_nobody_would_rather_work_more_or_less() -> None:
    """Utility is highest at the labour of the equilibrium, by its definition and not by (9)."""
    for labour in USES:
        base = economy(lab.toy(), labour)
        s = dt.solve(base, war(base))
        best = welfare_by_own_choice(base, labour, s, s.L_hat)
        for step in (-1e-3, 1e-3):
            assert (welfare_by_own_choice(base, labour, s, s.L_hat * (1 + step)) < best).all()


@pytest.mark.parametrize("labour", USES)
def test_a_zero_shock_changes_nothing_under_base_tariffs_and_taxes(labour: dt.Elastic) -> None:
    base = economy(lab.toy(), labour)
    still = dt.solve(base, dt.Shock())
    for name in ("w_hat", "L_hat", "W_hat", "U_hat", "welfare_hat"):
        np.testing.assert_allclose(getattr(still, name), 1, rtol=0, atol=1e-9)
    assert still.passes == 1


def test_without_elasticity_it_is_the_same_model_to_the_last_digit() -> None:
    plain = lab.economy(lab.toy())
    one = dt.solve(plain, war(plain))
    for labour in (None, dt.Elastic(0.0, "income-tax", 0.3)):
        base = economy(lab.toy(), labour)
        other = dt.solve(base, war(base))
        for name in ("w_hat", "P_hat", "X_cf", "W_hat", "welfare_hat", "U_hat"):
            np.testing.assert_array_equal(getattr(other, name), getattr(one, name))
        assert other.passes == one.passes
    np.testing.assert_array_equal(one.welfare_hat, one.W_hat)


def test_a_small_elasticity_is_near_none() -> None:
    """The derivative is bounded: a hundredth of the elasticity, a hundredth of the difference."""
    plain = lab.economy(lab.toy())
    one = dt.solve(plain, war(plain)).W_hat
    far = {
        kappa: np.abs(dt.solve(base, war(base)).welfare_hat - one).max()
        for kappa in (1e-2, 1e-4)
        for base in [economy(lab.toy(), replace(RELIEF, kappa=kappa))]
    }
    assert far[1e-4] == pytest.approx(far[1e-2] / 100, rel=0.05)


@pytest.mark.parametrize("labour", USES)
def test_two_economies_with_one_sector_are_four_equations(labour: dt.Elastic) -> None:
    """Prices, labour and spending are explicit in wages and tax relief; balance, (8) and revenue give these."""
    base = economy(lab.toy(seed=5, N=2, J=1, inputs=0.0), labour)
    t_cf = lab.both_ways(base, 0, 1, 0.25)
    pi, theta, tax = base.pi[:, :, 0], float(base.theta[0]), float(np.asarray(labour.tax))
    v, k = 1 / (1 + t_cf[:, :, 0]), ((1 + t_cf) / (1 + base.t))[:, :, 0]

    def state(unknowns: Floats) -> tuple[Floats, ...]:
        w, relief = np.exp(unknowns[:2]), unknowns[2:]
        power = pi * (k * w[None]) ** -theta
        P = power.sum(1) ** (-1 / theta)
        shares = power * P[:, None] ** theta
        L = ((1 + relief / (1 - tax)) * w / P) ** labour.kappa
        earned = w * L * base.wL
        of_spending = (shares * (1 - v)).sum(1)
        I = (earned + base.D) / (1 - of_spending)
        return w, P, L, I, earned, shares, of_spending * I

    def open_accounts(unknowns: Floats) -> Floats:
        _, _, _, I, earned, shares, R = state(unknowns)
        bought = shares * v * I[:, None]
        allowed = R / earned - base.R / base.wL if labour.revenue == "income-tax" else np.zeros(2)
        trade = (bought[0, 1] - bought[1, 0] - base.D[0]) / base.wL[0]
        return np.array([trade, earned.sum() / base.wL.sum() - 1, *(unknowns[2:] - allowed)])

    w, P, L, I, *_ = state(root(open_accounts, np.zeros(4), tol=1e-14).x)
    s = dt.solve(base, dt.Shock(t_cf=t_cf))
    for ours, theirs in ((s.w_hat, w), (s.P_hat[:, 0], P), (s.L_hat, L), (s.I_cf, I)):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)


@pytest.mark.parametrize("labour", USES)
def test_free_trade_among_equals_is_a_formula(labour: dt.Elastic) -> None:
    """Four alike economies drop their tariffs: prices over wages are explicit, and so is labour."""
    home, foreign, t, theta = 60.0, 15.0, 0.3, 4.0
    abroad = ~np.eye(4, dtype=bool)[:, :, None]
    tariffs = np.where(abroad, t, 0.0)
    names = {"economies": tuple("ABCD"), "sectors": ("S",)}
    flows = np.where(abroad, foreign, home)
    base = economy(Toy(flows=flows, tariffs=tariffs, io=np.zeros((4, 1, 1)), theta=np.array([theta]), **names), labour)
    s = dt.solve(base, dt.Shock(t_cf=np.zeros_like(tariffs)))
    own = home / (home + 3 * foreign * (1 + t))
    price = (own + (1 - own) * (1 + t) ** theta) ** (-1 / theta)
    lost = 3 * foreign * t / (home + 3 * foreign) if labour.revenue == "income-tax" else 0.0
    tax = float(np.asarray(labour.tax))
    L = ((1 - tax - lost) / (1 - tax) / price) ** labour.kappa
    np.testing.assert_allclose(s.L_hat, L, rtol=1e-9)
    np.testing.assert_allclose(s.w_hat, 1 / L, rtol=1e-9)  # world factor income is held


def test_a_tariff_works_in_its_direction() -> None:
    """Dearer imports lower the real wage and work; lower income taxes raise work where the tariff is collected."""
    world = replace(lab.toy(), tariffs=np.zeros_like(lab.toy().tariffs))
    found = {}
    for name, labour in (("lump-sum", HANDED_OUT), ("income-tax", replace(HANDED_OUT, revenue="income-tax"))):
        base = economy(world, labour)
        found[name] = dt.solve(base, dt.Shock(t_cf=lab.raised(base, 0, 1, 0.1)))
    given, relief = found["lump-sum"], found["income-tax"]
    assert given.L_hat[1] < 1
    assert relief.L_hat[0] > given.L_hat[0]
    assert relief.welfare_hat[0] > given.welfare_hat[0]  # one distortion pays for another
    assert given.L_hat[0] < 1


def test_order_and_currency_are_no_matter() -> None:
    order = [2, 0, 3, 1]
    first = economy(lab.toy(), RELIEF)
    one = dt.solve(first, war(first))
    second = economy(lab.permuted(lab.toy(), economies=order), RELIEF)
    other = dt.solve(second, dt.Shock(t_cf=war(first).t_cf[np.ix_(order, order)]))
    lab.same(other.L_hat, one.L_hat[order])
    third = economy(lab.in_currency(lab.toy(), 1e-5), RELIEF)
    in_cents = dt.solve(third, war(third))
    lab.same(in_cents.L_hat, one.L_hat)
    lab.same(in_cents.welfare_hat, one.welfare_hat)


def test_an_economy_split_in_two_is_the_economy() -> None:
    first, second = economy(lab.toy(), RELIEF), economy(lab.with_economy_split(lab.toy(), 1, [0.3, 0.7]), RELIEF)
    split = toys.both_ways(lab.both_ways(second, 0, 1, 0.25), 0, 4, 0.25)
    one, other = dt.solve(first, war(first)), dt.solve(second, dt.Shock(t_cf=split))
    lab.same(other.L_hat, one.L_hat[[0, 1, 2, 3, 1]])
    lab.same(other.U_hat, one.U_hat[[0, 1, 2, 3, 1]])


def test_two_steps_are_one() -> None:
    """From the equilibrium of half the shock as the new benchmark, the other half leads to the same."""
    for labour in USES:
        base = economy(lab.toy(), labour)
        half, whole = dt.solve(base, war(base, 0.1)), dt.solve(base, war(base))
        there = base.at(half)
        rest = dt.solve(there, dt.Shock(t_cf=war(base).t_cf))
        lab.same(half.L_hat * rest.L_hat, whole.L_hat)
        lab.same(half.U_hat * rest.U_hat, whole.U_hat)
        gained = (half.welfare_hat - 1) * base.I + (rest.welfare_hat - 1) * base.I * half.W_hat
        lab.same(gained, (whole.welfare_hat - 1) * base.I, 1e-7)  # a difference of levels a hundred times as large


@pytest.mark.slow  # it compiles the pass anew
def test_the_gradient_is_the_slope() -> None:
    """The adjoint against central differences of five points."""
    base = economy(lab.toy(), RELIEF)
    at = war(base).t_cf
    slope = dt.gradient(base, dt.Shock(t_cf=at), log_welfare(base, base.economies[0]))
    h = 0.005
    for cell in ((0, 1, 0), (1, 0, 2)):
        value = {}
        for k in (-2, -1, 1, 2):
            t_cf = np.array(at)
            t_cf[cell] += k * h
            value[k] = float(np.log(dt.solve(base, dt.Shock(t_cf=t_cf)).welfare_hat[0]))
        central = (8 * (value[1] - value[-1]) - (value[2] - value[-2])) / (12 * h)
        assert abs(slope[cell] - central) < 1e-6 * np.abs(slope).max()


@pytest.mark.parametrize("labour", USES)
def test_the_split_has_a_term_for_labour_and_adds_up(labour: dt.Elastic) -> None:
    base = economy(lab.toy(), labour)
    shock = war(base)
    table, s = dt.decompose(base, shock), dt.solve(base, shock)
    np.testing.assert_allclose(table["total"], np.log(s.W_hat), rtol=0, atol=1e-6)
    # to the first order the term is what labour adds to income
    share = base.wL / base.I * np.log(s.L_hat)
    np.testing.assert_allclose(table["labour"], share, rtol=0.05)
    assert (dt.decompose(lab.economy(lab.toy()), shock)["labour"] == 0).all()


def test_the_audit_sees_labour_that_is_not_supplied() -> None:
    """Labour a millionth off what (9) supplies, everything else consistent with it, is an open account."""
    base = economy(lab.toy(), RELIEF)
    s = dt.solve(base, war(base))
    wedges = s.wedges
    given = given_of(base, base.D, "long")
    x = s.unknowns._replace(ln_L=s.unknowns.ln_L + 1e-6)
    off = equilibrium_state(x, given, wedges.K, wedges.v, base.I, "fixed")
    assert gaps(off, given, wedges.K).labour.max() > 1e-7
    assert s.gaps["labour"].max() < AUDITED


BROKEN = {
    "tax_relief": lambda R_cf, wages, R_share: R_cf / wages,
    "net_of_tax_hat": lambda relief, tax: 1 + relief,
    "ln_labour_supply": lambda net_hat, ln_wage, ln_cpi, kappa: kappa * (np.log(net_hat) + ln_wage),
    "effort": lambda wL, tax, kappa: kappa / (1 + kappa) * wL,
    "effort_hat": lambda L_hat, kappa: L_hat ** (1 / kappa),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_equation_broken_is_seen_from_outside(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken in the pass and the audit alike, the solver is content with itself, and the accounts are not."""
    base = economy(lab.toy(), RELIEF)
    monkeypatch.setattr(eq, name, BROKEN[name])
    found = accounts_of_labour(base, RELIEF, dt.solve(base, war(base), throw=False))
    assert max(found.values()) > 1e-6, found


def test_governments_want_welfare() -> None:
    """The best tariff beats its neighbours in welfare, and is not that of real income."""
    base = economy(lab.toy(), RELIEF)
    best = dt.best_response(base, base.economies[0])
    assert best.gain == pytest.approx(float(np.log(best.solution.welfare_hat[0])), abs=1e-9)
    for step in (-0.02, 0.02):
        t_cf = best.tariffs.copy()
        t_cf[0, 1:] += step
        assert dt.solve(base, dt.Shock(t_cf=t_cf)).welfare_hat[0] < best.solution.welfare_hat[0]


def test_utility_that_ends_is_refused_in_words() -> None:
    """A lender that spends little beside its work: the tariff takes more than work is worth."""
    base = economy(lab.toy(seed=3), HANDED_OUT)
    with pytest.raises(dt.NotSolved, match=r"the utility C − v\(L\) of E01 would fall .* try a lower kappa"):
        dt.solve(base, dt.Shock(t_cf=lab.raised(base, 0, 1, 0.1)))


def test_what_does_not_fit_is_refused() -> None:
    base = lab.economy(lab.toy())
    with pytest.raises(dt.BadInput, match="kappa is -1"):
        dt.Elastic(-1)
    with pytest.raises(dt.BadInput, match="tax holds 25"):
        dt.Elastic(0.5, tax=25)
    with pytest.raises(dt.BadInput, match="lump-sum"):
        dt.Elastic(0.5, tax="replaced")
    with pytest.raises(BadEconomy, match="without tariff revenue"):
        economy(lab.toy(), dt.Elastic(0.5, "income-tax", "replaced"))
    with pytest.raises(BadEconomy, match="tax has shape"):
        economy(lab.toy(), dt.Elastic(0.5, tax=[0.2, 0.3]))
    lends = replace(base, D=np.zeros(4)).closed()
    with pytest.raises(BadEconomy, match=r"utility C − v\(L\)"):
        replace(
            lends,
            D=np.array([-0.6, 0.6, 0, 0]) * lends.wL[0],
            labour_market=economy(lab.toy(), dt.Elastic(9, tax=0)).labour_market,
        )


def one_sector(shared: Path, base_rate: float, deficits: str, labour: dt.Elastic | None) -> tuple[dt.Economy, dt.Shock]:
    """The world of Ignatenko et al. (2025), and the rates of the US Trade Representative on it, unanswered."""
    with np.load(shared / "reference/ignatenko-2025.npz") as z:
        flows, ustr, codes = z["trade"].T[:, :, None] / 1e3, z["ustr"], [str(code) for code in z["economies"]]
    t = np.full(flows.shape, base_rate)
    np.einsum("nnj->nj", t)[:] = 0.0
    with warnings.catch_warnings():  # some economies sell almost nothing at home, and others almost nothing abroad
        warnings.simplefilter("ignore", DetenteWarning)
        world = dt.World(flows=flows, tariffs=t, economies=codes, sectors=["all"])
    economy_ = dt.calibrate(world, [4.0], deficits=deficits, labour=labour)  # type: ignore[arg-type]
    t_cf, usa = t.copy(), codes.index("USA")
    t_cf[usa, :, 0] = np.maximum(ustr, base_rate)
    t_cf[usa, usa] = 0.0
    return economy_, dt.Shock(t_cf=t_cf)


#: The cases of the file that between them have every closure, use of revenue and kind of tax.
CASES = (
    "ustr/balanced/kappa=0.5/lump-sum",
    "ustr/fixed/kappa=0.5/income-tax/paper",
    "ustr/fixed/base=5%/kappa=0.5/income-tax/tax=0.25",
    "ustr/fixed/base=5%/kappa=0.5/lump-sum/tax=0.25",
)


def labour_of(tags: list[str]) -> dt.Elastic | None:
    if "kappa=0.5" not in tags:
        return None
    tax = "replaced" if "paper" in tags else 0.25 if "tax=0.25" in tags else 0.0
    return dt.Elastic(0.5, "income-tax" if "income-tax" in tags else "lump-sum", tax)  # type: ignore[arg-type]


def agrees(shared: Path, case: str) -> None:
    """Every number of a case within 1e-6 points, in per cent."""
    kept = json.loads((shared / "truth/elastic-labour-one-sector.json").read_text("utf-8"))["cases"][case]
    tags = case.split("/")
    base, shock = one_sector(
        shared, 0.05 if "base=5%" in tags else 0.0, "balanced" if "balanced" in tags else "fixed", labour_of(tags)
    )
    s = dt.solve(base, dt.Shock() if "zero" in tags else shock)
    frame = s.economies().set_index("economy")
    for code in ("USA", "CHN"):
        n, row = base.index(code), frame.loc[code]
        earned = s.w_hat[n] * s.L_hat[n]
        ours = {
            "welfare_ratio": s.U_hat[n] - 1,
            "welfare_income": s.welfare_hat[n] - 1,
            "real_expenditure": s.W_hat[n] - 1,
            "employment": s.L_hat[n] - 1,
            "price_relative_to_wage": s.P_hat[n, 0] / s.w_hat[n] - 1,
            "exports_to_gdp": row["exports_after"] / row["exports_before"] / earned - 1,
            "imports_to_gdp": row["imports_after"] / row["imports_before"] / earned - 1,
            "revenue_to_gdp": s.R_cf[n] / (earned * base.wL[n]),
        }
        for name, value in kept[code.lower()].items():
            assert 100 * ours[name] == pytest.approx(value, abs=1e-6), (case, code, name)


@pytest.mark.parametrize("case", CASES)
def test_an_independent_solver_agrees(shared: Path, case: str) -> None:
    agrees(shared, case)


@pytest.mark.slow
def test_an_independent_solver_agrees_on_every_case(shared: Path) -> None:
    kept = json.loads((shared / "truth/elastic-labour-one-sector.json").read_text("utf-8"))["cases"]
    for case in kept:
        agrees(shared, case)
