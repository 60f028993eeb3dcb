"""The equilibrium that unknowns stand for, in full, and its audit: every account recomputed from the definitions.

Arrays are NumPy's or JAX's (`detente.model.arrays`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from detente.model import equations as eq
from detente.model.arrays import Array, namespace
from detente.model.benchmark import Deficits
from detente.model.labour import LabourSupply
from detente.model.varying import VaryingRows
from detente.solver.fixed_point import (
    NO_RATES,
    VANISHED,
    Given,
    Unknowns,
    deficits_cf,
    full_earnings,
    ln_average_wage,
    ln_supply,
    ln_unit,
    pay,
)
from detente.solver.varying_rates import RowRates, by_importer, off_complementarity, row_accounts

if TYPE_CHECKING:
    from jaxtyping import Float


class EquilibriumState(NamedTuple):
    """An equilibrium in full; what outcomes, tables and gradients are computed from.

    flow and rent are those of quotas, and off is how far each is from its regime. wages is what labour earns; employed,
    the part of it that works, is None where all do.
    """

    wage_hat: Float[Array, "n s"]
    w_hat: Float[Array, " n"]
    P_hat: Float[Array, "n j"]
    c_hat: Float[Array, "i j"]
    pi_cf: Float[Array, "n i j"]
    X_cf: Float[Array, "n j"]
    Y_cf: Float[Array, "n j"]
    I_cf: Float[Array, " n"]
    R_cf: Float[Array, " n"]
    rents_cf: Float[Array, " n"]
    D_cf: Float[Array, " n"]
    W_hat: Float[Array, " n"]
    v: Float[Array, "n i j"]
    transfers_cf: Float[Array, " n"]
    net_imports_cf: Float[Array, " n"]
    flow: Float[Array, " q"]
    rent: Float[Array, " q"]
    off: Float[Array, " q"]
    wages: Float[Array, " n"]
    L_hat: Float[Array, " n"]
    welfare_hat: Float[Array, " n"]
    U_hat: Float[Array, " n"]
    unemployment: Float[Array, " n"]
    employed: Float[Array, "n s"] | None


class RowsAtEquilibrium(NamedTuple):
    """The rows whose rates vary, with those rates and their shares of their cells."""

    rows: VaryingRows
    rates: RowRates
    share: Float[Array, " m"]


class Gaps(NamedTuple):
    """Relative gaps, one an economy, the largest over its sectors."""

    goods: Float[Array, " n"]
    price: Float[Array, " n"]
    factor: Float[Array, " n"]
    trade: Float[Array, " n"]
    transfers: Float[Array, " n"]
    numeraire: Float[Array, " n"]
    quotas: Float[Array, " n"]
    labour: Float[Array, " n"]


def equilibrium_state(
    x: Unknowns,
    given: Given,
    K: Float[Array, "n i j"],
    v: Float[Array, "n i j"],
    I: Float[Array, " n"],
    closure: Deficits,
    h: Float[Array, "n i j"] | None = None,
    rows: RowsAtEquilibrium | None = None,
) -> EquilibriumState:
    """The equilibrium that the unknowns stand for, by (1)-(6) and the definitions of real income and welfare.

    K, v and h have the rows in them whose rates vary.
    """
    xp = namespace(x.ln_w)
    paid = pay(x, given)
    wage_hat = xp.exp(paid.ln_w)
    P_hat = xp.exp(x.ln_P)
    X_cf = xp.where(given.market, xp.exp(x.ln_X), 0.0)
    c_hat = xp.exp(eq.ln_cost_hat(paid.ln_w, x.ln_P, given.gamma_va, given.gamma_io))
    pi_cf = eq.trade_shares(given.pi, K, c_hat, given.theta, given.market)
    Y_cf = eq.sales(pi_cf, v if h is None else v * h, X_cf)
    R_cf = eq.revenue(pi_cf, v, X_cf)
    wages = paid.earned.sum(1)
    profits = eq.profits(Y_cf, given.gamma_va, given.profit_share)
    rents_cf = xp.zeros_like(R_cf) if h is None else eq.rents(pi_cf, v, h, X_cf)
    its = None
    if rows is not None:
        cells = rows.rows.n, rows.rows.i, rows.rows.j
        gross = rows.share * pi_cf[cells] * X_cf[cells[0], cells[2]]
        its = row_accounts(rows.rows, rows.rates, gross, len(X_cf))
    D_cf = deficits_cf(given, wages + profits + R_cf + rents_cf, closure)
    if its is not None:
        R_cf, rents_cf = R_cf - its.of_revenue, rents_cf - its.of_charges + its.earned
    transfers = D_cf if given.T is None else D_cf + given.T
    I_cf = eq.income(wages, profits, R_cf, rents_cf, transfers)
    w_hat = wages / given.labour.sum(1)
    W_hat = eq.real_income_hat(I, I_cf, P_hat, given.alpha)
    L_hat, welfare_hat, U_hat, unemployment = xp.ones_like(W_hat), W_hat, W_hat, xp.zeros_like(W_hat)
    if (supply := given.supply) is not None:
        ln_wage = ln_average_wage(paid.full, x.ln_L, given)
        w_hat = xp.exp(ln_wage)
        at_work = wages / paid.full.sum(1)
        L_hat, unemployment = xp.exp(x.ln_L) * at_work, 1.0 - at_work
        _, _, tax = ln_supply(given, supply, R_cf, wages, ln_wage, x.ln_P)
        effort = eq.effort(given.labour.sum(1), tax, supply.kappa)
        gained = I * (W_hat - 1.0) - effort * (eq.effort_hat(L_hat, supply.kappa) - 1.0)
        welfare_hat, U_hat = 1.0 + gained / I, 1.0 + gained / (I - effort)
    return EquilibriumState(
        wage_hat=wage_hat,
        w_hat=w_hat,
        P_hat=P_hat,
        c_hat=c_hat,
        pi_cf=pi_cf,
        X_cf=X_cf,
        Y_cf=Y_cf,
        I_cf=I_cf,
        R_cf=R_cf,
        rents_cf=rents_cf,
        D_cf=D_cf,
        W_hat=W_hat,
        v=v,
        transfers_cf=transfers,
        net_imports_cf=transfers if its is None else transfers + its.across,
        flow=NO_RATES if its is None else its.flow,
        rent=NO_RATES if its is None else its.rent,
        off=NO_RATES if its is None or rows is None else off_complementarity(rows.rows, rows.rates, its.flow),
        wages=wages,
        L_hat=L_hat,
        welfare_hat=welfare_hat,
        U_hat=U_hat,
        unemployment=unemployment,
        employed=paid.employed,
    )


def gaps(s: EquilibriumState, given: Given, K: Float[Array, "n i j"], rows: RowsAtEquilibrium | None = None) -> Gaps:
    """The gaps of the accounts, each relative to the account itself, and how far quotas are from their regimes."""
    demand = eq.expenditure(s.Y_cf, s.I_cf, given.gamma_io, given.alpha)
    price = eq.price_hat(given.pi, K, s.c_hat, given.theta, given.market)
    paid = eq.labour_demand(s.Y_cf, given.gamma_va, given.profit_share)
    if s.wage_hat.shape[1] == 1:
        paid = paid.sum(1, keepdims=True)
    xp = namespace(s.X_cf)
    earned = s.wage_hat * given.labour
    if given.supply is not None:
        ln_supplied = xp.log(s.L_hat / (1.0 - s.unemployment))
        earned = full_earnings(xp.log(s.wage_hat), ln_supplied, given, given.supply)
        earned = earned if s.employed is None else earned * s.employed
    bought = xp.einsum("nij,nij,nj->ni", s.pi_cf, s.v, s.X_cf)
    bought = bought * (1.0 - xp.eye(len(bought)))  # own sales would hide a gap where little is traded
    imports, exports = bought.sum(1), bought.sum(0)
    traded = imports + exports + xp.abs(s.net_imports_cf)
    world = given.labour.sum()
    everyone = xp.ones_like(imports)
    return Gaps(
        goods=_relative(s.X_cf, demand).max(1),
        price=_relative(s.P_hat, price).max(1),
        factor=_relative(paid, earned).max(1),
        trade=xp.abs(imports - exports - s.net_imports_cf) / xp.where(traded > VANISHED, traded, 1.0),
        transfers=xp.abs(s.net_imports_cf.sum()) / world * everyone,
        numeraire=xp.abs(earned.sum() / world - 1.0) * everyone,
        quotas=0.0 * everyone if rows is None else by_importer(rows.rows, s.off, len(everyone)),
        labour=0.0 * everyone if given.supply is None else _off_supply(s, given, given.supply, earned),
    )


def _off_supply(
    s: EquilibriumState, given: Given, supply: LabourSupply, earned: Float[Array, "n s"]
) -> Float[Array, " n"]:
    """How far labour is from what (9) supplies at the wages, prices and revenue of the equilibrium, and from (11)."""
    xp = namespace(earned)
    ln_supplied = xp.log(s.L_hat / (1.0 - s.unemployment))
    ln_L, _, _ = ln_supply(given, supply, s.R_cf, earned.sum(1), xp.log(s.w_hat), xp.log(s.P_hat))
    off = xp.abs(xp.expm1(ln_L - ln_supplied))
    if s.employed is None:
        return off
    floor = xp.exp(supply.ln_floor + ln_unit(earned, supply)[0])
    return xp.maximum(off, eq.off_floor(s.wage_hat, s.employed, floor))


def _relative(a: Float[Array, "n j"], b: Float[Array, "n j"]) -> Float[Array, "n j"]:
    """|a − b| over the larger; two levels that both vanished agree."""
    xp = namespace(a)
    size = xp.maximum(xp.abs(a), xp.abs(b))
    return xp.where(size > VANISHED, xp.abs(a - b) / xp.maximum(size, VANISHED), 0.0)
