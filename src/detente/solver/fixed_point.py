"""The fixed point of the model: the joint pass over (ln w, ln P, ln X).

Each pass applies (1)-(8) once and reads the trade shares once. Published codes nest three loops: wages, prices to
convergence, a linear system for X. Here the three move together, and acceleration (`detente.solver.anderson`) does the
rest, for the equilibrium and for its adjoint alike. Arrays are NumPy's or JAX's (`detente.model.arrays`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np

from detente.model import equations as eq
from detente.model.arrays import Array, by_sector, namespace, summed
from detente.model.benchmark import Deficits, proportional_deficits
from detente.model.labour import LabourSupply
from detente.model.varying import VaryingRows
from detente.solver.varying_rates import RowRates, moved, row_accounts, row_rates

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

#: Step of ln w on the trade gap over trade. Exports fall with the wage by more than one for one, the more the higher θ;
#: a step well under one keeps the plain pass from overshooting, and acceleration does the rest.
WAGE_STEP = 0.2
#: USD million of spending under which a market counts as emptied by the shock: its only buyers sell nothing any more.
VANISHED = 1e-200

Horizon = Literal["long", "short"]
HORIZONS: tuple[Horizon, ...] = get_args(Horizon)


class Given(NamedTuple):
    """The inputs of the pass: the benchmark's arrays, as `detente.model.Benchmark` names them.

    ``labour`` is wage income by the wage it earns: one column an economy, or one a sector where labour is held in its
    sector (axis s). ``d`` is D/I. ``market`` is true where the economy buys in the sector at all. ``T`` are transfers
    beside the deficits, None for none, and ``supply`` is that of labour, None where it is fixed.
    """

    pi: Float[Array, "n i j"]
    gamma_va: Float[Array, "n j"]
    gamma_io: Float[Array, "n k j"]
    alpha: Float[Array, "n j"]
    theta: Float[Array, " j"]
    profit_share: Float[Array, " j"]
    D: Float[Array, " n"]
    d: Float[Array, " n"]
    labour: Float[Array, "n s"]
    market: Bool[Array, "n j"]
    T: Float[Array, " n"] | None = None
    supply: LabourSupply | None = None


#: There are no quotas in most shocks.
NO_RATES = np.zeros(0)
#: Labour supply is fixed, and wages have no floor, unless asked for.
NO_LABOUR = np.zeros(0)


class Unknowns(NamedTuple):
    """Log changes of wages and prices, and log expenditure; zero where there is no market or no sector.

    ln_r is ln(1+r) of each quota. ln_L is the log change of labour supply, of no length where the labour market is that
    of (1)-(8); ln_a that of the unit in which wages have a floor, of no length where they have none. A wage under its
    floor stands for employment that is short.
    """

    ln_w: Float[Array, "n s"]
    ln_P: Float[Array, "n j"]
    ln_X: Float[Array, "n j"]
    ln_r: Float[Array, " q"] = NO_RATES
    ln_L: Float[Array, " l"] = NO_LABOUR
    ln_a: Float[Array, " a"] = NO_LABOUR

    def stacked(self) -> Float[Array, " x"]:
        """All of them in one vector, in the order of the fields."""
        return namespace(self.ln_w).concatenate([part.ravel() for part in self])

    def unstacked(self, x: Float[Array, " x"]) -> Unknowns:
        """The unknowns of this size that a vector stands for."""
        n, s = self.ln_w.shape
        j = self.ln_P.shape[1]
        prices = n * (s + j)
        levels = prices + n * j
        end = levels + self.ln_r.shape[0]
        last = end + self.ln_L.shape[0]
        wages, rates, labour = x[: n * s].reshape(n, s), x[levels:end], x[end:last]
        return Unknowns(wages, x[n * s : prices].reshape(n, j), x[prices:levels].reshape(n, j), rates, labour, x[last:])


class VaryingWeights(NamedTuple):
    """The rows whose rates vary, and their share of their market in the base, π s."""

    rows: VaryingRows
    base: Float[Array, " m"]


class Weights(NamedTuple):
    """π·K, and π·K·v of foreign goods (own cells zero) and of own sales apart; sector first, one batched product each.

    Own sales are kept apart so that trade is a sum and never a difference: where little is traded it would be rounding.
    ``received`` is π·K·v·h, what producers get of ``net``; None where exporters charge nothing and both are the same.
    ``ln_scale`` is taken off ln ĉ before the power −θ, which leaves the range of floating point where θ is 80 and wages
    fall to a thousandth; None for zero. ``varying`` are the parts that the arrays leave out, None for none.
    """

    cost: Float[Array, "j n i"]
    net: Float[Array, "j n i"]
    own: Float[Array, "n j"]
    received: Float[Array, "j n i"] | None = None
    ln_scale: Float[Array, " j"] | None = None
    varying: VaryingWeights | None = None


class Flows(NamedTuple):
    """The intermediate values of a pass; at the fixed point, the equilibrium in sums over partners.

    ``between`` is what n buys from i at the border, over all sectors, own sales apart; None where exporters charge
    nothing and nobody asked for it. ``exports`` are what producers receive, ``charges`` what is charged on top, and
    ``rents`` the charges with what quotas move to their holders; ``ln_r`` is where the pass moves the rates of quotas.
    ``transfers`` are D' + T', and ``net_imports`` what an economy may buy abroad over what it sells. ``wages`` is what
    labour earns.
    """

    c_power: Float[Array, "i j"]
    total: Float[Array, "n j"]
    Q: Float[Array, "n j"]
    imports: Float[Array, "n j"]
    exports: Float[Array, "i j"]
    own: Float[Array, "n j"]
    between: Float[Array, "n i"]
    Y: Float[Array, "n j"]
    R: Float[Array, " n"]
    rents: Float[Array, " n"]
    D: Float[Array, " n"]
    I: Float[Array, " n"]
    transfers: Float[Array, " n"]
    net_imports: Float[Array, " n"]
    charges: Float[Array, " n"]
    ln_r: Float[Array, " q"]
    wages: Float[Array, " n"]


def weights(
    given: Given,
    K: Float[Array, "n i j"],
    v: Float[Array, "n i j"],
    h: Float[Array, "n i j"] | None = None,
    ln_scale: Float[Array, " j"] | None = None,
    rows: VaryingRows | None = None,
) -> Weights:
    """The arrays that stay the same in every pass of one solve; K, v and h are without the rows that vary."""
    xp = namespace(given.pi)
    # each array is written once and then in place: fresh memory costs more than the products
    cost = by_sector(given.pi)
    cost *= xp.transpose(K, (2, 0, 1))
    net = by_sector(v)
    net *= cost
    own = xp.copy(xp.diagonal(net, axis1=1, axis2=2).T)
    net *= 1.0 - xp.eye(net.shape[1])
    received = None
    if h is not None:
        received = by_sector(h)
        received *= net
    varying = None if rows is None else VaryingWeights(rows, given.pi[rows.n, rows.i, rows.j] * rows.s)
    return Weights(cost, net, own, received, ln_scale, varying)


def log_where(where: Bool[Array, "n j"], values: Float[Array, "n j"]) -> Float[Array, "n j"]:
    """ln of the values where they exist, zero elsewhere; what a shock empties has no log, and is held at VANISHED."""
    xp = namespace(values)
    return xp.log(xp.where(where, xp.maximum(values, VANISHED), 1.0))


def deficits_cf(given: Given, own_income: Float[Array, " n"], closure: Deficits) -> Float[Array, " n"]:
    """D' under the closure; ``fixed`` and ``balanced`` hold the D given, which is zero for ``balanced``."""
    return proportional_deficits(own_income, given.d)[0] if closure == "proportional" else given.D


def flows(x: Unknowns, given: Given, weight: Weights, closure: Deficits, *, pairs: bool = False) -> Flows:
    """(1), (2), (4) and (6) at the unknowns. (3) enters as Q = X'/Σ_i weight, so that the shares are never formed.

    ``pairs`` asks for ``between`` where no exporter charges anything and no equation needs it.
    """
    xp = namespace(x.ln_w)
    paid = pay(x, given)
    ln_c = eq.ln_cost_hat(paid.ln_w, x.ln_P, given.gamma_va, given.gamma_io)
    c_power = xp.exp(-given.theta * (ln_c if weight.ln_scale is None else ln_c - weight.ln_scale))
    bought, rates = _over_exporters(weight.cost, c_power), None
    if weight.varying is not None:
        rates = row_rates(weight.varying.rows, x.ln_r, ln_c)
        by_row = _of_rows(weight.varying, rates, c_power, given.theta)
        bought = bought + _by_market(by_row, weight.varying.rows, bought)
    total = xp.where(given.market, bought, 1.0)
    Q = xp.where(given.market, xp.exp(x.ln_X), 0.0) / total
    imports = Q * _over_exporters(weight.net, c_power)
    received = weight.net if weight.received is None else weight.received
    exports = c_power * _over_importers(received, Q)
    own = Q * weight.own * c_power
    between: Array = None
    if pairs or weight.received is not None:
        between = xp.einsum("jni,nj,ij->ni", weight.net, Q, c_power)
    charges: Array = None if weight.received is None else between.sum(0) - exports.sum(1)
    its, ln_r = None, x.ln_r
    if weight.varying is not None and rates is not None:
        rows = weight.varying.rows
        its = row_accounts(rows, rates, Q[rows.n, rows.j] * by_row, len(Q))
        ln_r = moved(x.ln_r, rows, rates, its, by_row / total[rows.n, rows.j], given.theta)
        imports = imports + _by_market(its.border, rows, imports)
        exports = exports + summed(its.received, rows.i * Q.shape[1] + rows.j, Q.size).reshape(Q.shape)
        more = summed(its.border - its.received, rows.i, len(Q))
        charges = more if charges is None else charges + more
        if between is not None:
            between = between + summed(its.border, rows.n * len(Q) + rows.i, between.size).reshape(between.shape)
    Y = exports + own
    R = (Q * total - imports - own).sum(1)
    wages = paid.earned.sum(1)
    profits = eq.profits(Y, given.gamma_va, given.profit_share)
    charges = xp.zeros_like(R) if charges is None else charges
    D, rents = deficits_cf(given, wages + profits + R + charges, closure), charges
    if its is not None:  # a rent that crosses a border is no income that deficits are a share of
        R, rents = R - its.of_revenue, charges - its.of_charges + its.earned
    transfers = D if given.T is None else D + given.T
    I = eq.income(wages, profits, R, rents, transfers)
    abroad = transfers if its is None else transfers + its.across
    return Flows(
        c_power, total, Q, imports, exports, own, between, Y, R, rents, D, I, transfers, abroad, charges, ln_r, wages
    )


class Pay(NamedTuple):
    """The log of wages, what labour would earn if all of it worked, what it earns, and the part that works."""

    ln_w: Float[Array, "n s"]
    full: Float[Array, "n s"]
    earned: Float[Array, "n s"]
    employed: Float[Array, "n s"] | None


def pay(x: Unknowns, given: Given) -> Pay:
    """Wages and what labour earns by the wage it earns: ŵ L̂ wL."""
    xp, supply = namespace(x.ln_w), given.supply
    if supply is None:
        earned = xp.exp(x.ln_w) * given.labour
        return Pay(x.ln_w, earned, earned, None)
    if supply.ln_floor is None:
        full = full_earnings(x.ln_w, x.ln_L, given, supply)
        return Pay(x.ln_w, full, full, None)
    ln_w, short = eq.floored(x.ln_w, supply.ln_floor + x.ln_a[0], supply.ease)
    full, employed = full_earnings(ln_w, x.ln_L, given, supply), xp.exp(short)
    return Pay(ln_w, full, full * employed, employed)


def full_earnings(
    ln_w: Float[Array, "n s"], ln_L: Float[Array, " n"], given: Given, supply: LabourSupply
) -> Float[Array, "n s"]:
    """What labour would earn at these wages if all that is supplied worked."""
    xp = namespace(ln_w)
    if supply.mobility is None:
        alike = xp.exp(ln_w) * given.labour
    else:
        alike = eq.sector_earnings(ln_w, given.labour, supply.mobility)
    return alike * xp.exp(ln_L)[:, None]


def ln_supply(
    given: Given,
    supply: LabourSupply,
    R_cf: Float[Array, " n"],
    wages: Float[Array, " n"],
    ln_wage: Float[Array, " n"],
    ln_P: Float[Array, "n j"],
) -> tuple[Float[Array, " n"], Float[Array, " n"], Float[Array, " n"]]:
    """ln L̂ by (9), with what is kept of the wage, new over old, and the income tax of the benchmark."""
    relief = supply.relieves * eq.tax_relief(R_cf, wages, supply.R_share)
    tax = namespace(relief).where(supply.replaced, relief, supply.tax)
    net_hat = eq.net_of_tax_hat(relief, tax)
    return eq.ln_labour_supply(net_hat, ln_wage, (given.alpha * ln_P).sum(1), supply.kappa), net_hat, tax


def ln_average_wage(full: Float[Array, "n s"], ln_L: Float[Array, " l"], given: Given) -> Float[Array, " n"]:
    """ln ŵ of an economy, from what its labour would earn if all of it worked; (10) has it as Φ."""
    ln_wage = namespace(full).log(full.sum(1) / given.labour.sum(1))
    return ln_wage if given.supply is None else ln_wage - ln_L


def _of_rows(
    varying: VaryingWeights, rates: RowRates, c_power: Float[Array, "i j"], theta: Float[Array, " j"]
) -> Float[Array, " m"]:
    """π s k^−θ ĉ^−θ of each row."""
    rows = varying.rows
    return varying.base * namespace(c_power).exp(-theta[rows.j] * rates.ln_k) * c_power[rows.i, rows.j]


def _by_market(values: Float[Array, " m"], rows: VaryingRows, like: Float[Array, "n j"]) -> Float[Array, "n j"]:
    """Values of rows summed by importer and sector."""
    return summed(values, rows.n * like.shape[1] + rows.j, like.size).reshape(like.shape)


def _over_exporters(weight: Float[Array, "j n i"], values: Float[Array, "i j"]) -> Float[Array, "n j"]:
    """Σ_i weight_jni values_ij."""
    return namespace(weight).matmul(weight, values.T[:, :, None])[:, :, 0].T


def _over_importers(weight: Float[Array, "j n i"], values: Float[Array, "n j"]) -> Float[Array, "i j"]:
    """Σ_n weight_jni values_nj."""
    return namespace(weight).matmul(values.T[:, None, :], weight)[:, 0, :].T


def joint_pass(x: Unknowns, given: Given, weight: Weights, closure: Deficits, horizon: Horizon) -> Unknowns:
    """One pass: where wages, prices and expenditure go from x."""
    f = flows(x, given, weight, closure)
    X = eq.expenditure(f.Y, f.I, given.gamma_io, given.alpha)
    step = _towards_balance(f)[:, None]
    mobility = 1.0 if given.supply is None or given.supply.mobility is None else given.supply.mobility
    if horizon == "short" or given.labour.shape[1] > 1:
        step = step + _between_sectors(x, f, given, mobility)
    ln_w = x.ln_w + step
    xp = namespace(ln_w)
    level = pay(x._replace(ln_w=ln_w), given).earned.sum() / given.labour.sum()  # (8)
    ln_P = -xp.log(f.total) / given.theta
    if weight.ln_scale is not None:
        ln_P = xp.where(given.market, ln_P + weight.ln_scale, 0.0)
    there = Unknowns(ln_w - xp.log(level), ln_P, log_where(given.market, X), f.ln_r, x.ln_L, x.ln_a)
    return there if given.supply is None else _labour_moved(there, f, given, given.supply)


def _labour_moved(there: Unknowns, f: Flows, given: Given, supply: LabourSupply) -> Unknowns:
    """Where labour supply goes at the new wages and prices, which is sooner there than from the old ones; and the unit
    of the floor."""
    paid = pay(there, given)
    ln_wage = ln_average_wage(paid.full, there.ln_L, given)
    ln_L, _, _ = ln_supply(given, supply, f.R, f.wages, ln_wage, there.ln_P)
    ln_a = there.ln_a if supply.anchor is None else ln_unit(paid.earned, supply)
    return there._replace(ln_L=ln_L, ln_a=ln_a)


def ln_unit(earned: Float[Array, "n s"], supply: LabourSupply) -> Float[Array, " a"]:
    """The log change of the unit in which wages have a floor, in the numeraire."""
    return namespace(earned).log((supply.anchor * earned.sum(1)).sum(keepdims=True))


def _towards_balance(f: Flows) -> Float[Array, " n"]:
    """The move of ln w that closes the trade balance, from which (7) follows; the audit checks that it does.

    The gap is taken relative to trade, not to income: an economy that hardly trades must move its wage as far as any.
    """
    exports, imports = f.exports.sum(1) + f.charges, f.imports.sum(1)
    xp = namespace(exports)
    size = exports + imports + xp.abs(f.net_imports)
    trades = size > 0  # an economy closed altogether has no terms of trade, and keeps its wage
    return xp.where(trades, WAGE_STEP * (exports + f.net_imports - imports) / xp.where(trades, size, 1.0), 0.0)


def _between_sectors(x: Unknowns, f: Flows, given: Given, mobility: Array | float) -> Float[Array, "n j"]:
    """The moves of ln w that close the labour market of each sector, relative to the others of its economy.

    How far all wages of an economy move is left to its balance of trade, which their sum cannot see where little is
    traded.
    """
    xp = namespace(x.ln_w)
    employs = given.labour > 0
    earned = pay(x, given).earned
    paid = eq.labour_demand(f.Y, given.gamma_va, given.profit_share)
    gap = log_where(employs, paid) - log_where(employs, earned)
    common = (gap * earned).sum(1) / earned.sum(1)
    relative = xp.where(employs, gap - common[:, None], 0.0)
    # with its wage demand for labour falls, and what a sector earns rises
    return relative / (mobility + given.theta * given.gamma_va)
