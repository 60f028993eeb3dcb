"""The rates that are found with the equilibrium: duties per unit at the new price, and the rates of quotas.

A quota's rate r is an unknown of the joint pass, as ln(1+r). Each pass moves it by the log of flow over limit, divided
by the elasticity of the flow over 1+r at given costs and expenditure, and keeps it between the quota's two rates: the
fixed point is complementarity. Of a flow F and a limit L, min(F, L) pays (r − low) as a rent to the holder; what passes
the limit pays all of r to who levies it. A rent that crosses a border is paid beside the price of the goods.

Arrays are NumPy's or JAX's (`detente.model.arrays`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from detente.model.arrays import Array, namespace, summed
from detente.model.varying import VaryingRows

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

#: The widest move of ln(1+r) in one pass.
_WIDEST = 1.0
#: The least elasticity that a move is made for: a sole supplier's sales by value do not fall with its own charge.
_STIFFEST = 0.05
#: Flows and limits under it count as it; trade that has ended has no log.
_NOTHING = 1e-200


class RowRates(NamedTuple):
    """Tariff and charge of each row, its border price new over old, and ln of its factor k with trade costs; all (m,).

    rate is r of each quota (q,).
    """

    t: Float[Array, " m"]
    e: Float[Array, " m"]
    price: Float[Array, " m"]
    ln_k: Float[Array, " m"]
    rate: Float[Array, " q"]


class RowAccounts(NamedTuple):
    """What the rows pay: at the border and to producers (m,), USD million.

    Of quotas (q,): flow as it is measured and rent. By economy (n,): rents that are taken out of tariff revenue, out of
    export charges, and what holders earn.
    """

    border: Float[Array, " m"]
    received: Float[Array, " m"]
    flow: Float[Array, " q"]
    rent: Float[Array, " q"]
    of_revenue: Float[Array, " n"]
    of_charges: Float[Array, " n"]
    earned: Float[Array, " n"]

    @property
    def across(self) -> Float[Array, " n"]:
        """Rents from abroad less those paid abroad (n,)."""
        return self.earned - self.of_revenue - self.of_charges


def bounded(ln_r: Float[Array, " q"], rows: VaryingRows) -> Float[Array, " q"]:
    """ln(1+r) within the two rates of each quota."""
    xp = namespace(ln_r)
    return xp.clip(ln_r, xp.log1p(rows.low), xp.log1p(rows.high))


def row_rates(rows: VaryingRows, ln_r: Float[Array, " q"], ln_c: Float[Array, "i j"]) -> RowRates:
    """The rates of the rows at rates of quotas and cost changes."""
    xp = namespace(ln_r)
    rate = xp.expm1(bounded(ln_r, rows))
    size, tariff, each = rows.s.shape[0], rows.tariff[rows.of], rate[rows.of]
    e = rows.e_cf + summed(xp.where(tariff, 0.0, each), rows.row, size)
    price = rows.d_hat * xp.exp(ln_c[rows.i, rows.j]) / rows.c_base * (1.0 + e)
    t = rows.t_cf + rows.specific / price + summed(xp.where(tariff, each, 0.0), rows.row, size)
    ln_k = xp.log1p(t) - xp.log1p(rows.t) + xp.log1p(e) + xp.log(rows.d_hat)
    return RowRates(t, e, price, ln_k, rate)


def row_accounts(rows: VaryingRows, rates: RowRates, gross: Float[Array, " m"], economies: int) -> RowAccounts:
    """Who receives what buyers spend on each row, ``gross`` (m,), USD million."""
    xp = namespace(gross)
    border = gross / (1.0 + rates.t)
    received = border / (1.0 + rates.e)
    quotas, tariff = rows.limit.shape[0], rows.tariff[rows.of]
    flow = summed(_measured(rows, rates, border), rows.of, quotas)
    within = xp.where(flow > rows.limit, rows.limit / xp.maximum(flow, _NOTHING), 1.0)
    levied = xp.where(tariff, border[rows.row], received[rows.row])
    rents = ((rates.rate - rows.low) * within)[rows.of] * levied
    levies = xp.where(tariff, rows.n[rows.row], rows.i[rows.row])
    holder = xp.where(rows.holder[rows.of] < 0, levies, rows.holder[rows.of])
    return RowAccounts(
        border,
        received,
        flow,
        rent=summed(rents, rows.of, quotas),
        of_revenue=summed(xp.where(tariff, rents, 0.0), levies, economies),
        of_charges=summed(xp.where(tariff, 0.0, rents), levies, economies),
        earned=summed(rents, holder, economies),
    )


def _measured(rows: VaryingRows, rates: RowRates, border: Float[Array, " m"]) -> Float[Array, " e"]:
    """What each row adds to each quota, by volume or value."""
    return namespace(border).where(rows.volume[rows.of], (border / rates.price)[rows.row], border[rows.row])


def moved(
    ln_r: Float[Array, " q"],
    rows: VaryingRows,
    rates: RowRates,
    accounts: RowAccounts,
    share: Float[Array, " m"],
    theta: Float[Array, " j"],
) -> Float[Array, " q"]:
    """Where a pass moves ln(1+r), ``share`` the part of its market that each row has.

    At given costs and expenditure a row's sales fall by θ(1 − share) for each point on the price, and its border value
    by one more if the point is a tariff; a volume falls by as much under a charge.
    """
    xp = namespace(share)
    tariff, volume = rows.tariff[rows.of], rows.volume[rows.of]
    elasticity = (theta[rows.j] * (1.0 - share))[rows.row] + xp.where(tariff | volume, 1.0, 0.0)
    per = xp.where(tariff, 1.0 + rates.t[rows.row], 1.0 + rates.e[rows.row])
    flow = _measured(rows, rates, accounts.border)
    weight = flow * elasticity * (1.0 + rates.rate)[rows.of] / per
    total = accounts.flow
    falls = summed(weight, rows.of, total.shape[0]) / xp.maximum(total, _NOTHING)
    gap = xp.log(xp.maximum(total, _NOTHING)) - xp.log(xp.maximum(rows.limit, _NOTHING))
    step = gap / xp.maximum(falls, _STIFFEST)
    return bounded(bounded(ln_r, rows) + xp.clip(step, -_WIDEST, _WIDEST), rows)


def off_complementarity(rows: VaryingRows, rates: RowRates, flow: Float[Array, " q"]) -> Float[Array, " q"]:
    """How far each quota is from its regime: below (r low), at (the flow is the limit), or above (r high).

    The flow's distance from the limit, relative to the limit, or r's from the rate of the side that the flow is on,
    whichever is less.
    """
    xp = namespace(flow)
    full = flow / xp.maximum(rows.limit, _NOTHING)
    below = full < 1.0
    bound = xp.where(below, rows.low, rows.high)
    rate = xp.abs(rates.rate - bound) / (1.0 + rows.low)
    return xp.minimum(xp.abs(full - 1.0), rate)


def by_importer(rows: VaryingRows, off: Float[Array, " q"], economies: int) -> Float[Array, " n"]:
    """The largest of values of quotas, of each importer whose purchases they limit."""
    xp = namespace(off)
    mine: Bool[Array, "n e"] = rows.n[rows.row][None] == xp.arange(economies)[:, None]
    return xp.where(mine, off[rows.of][None], 0.0).max(1, initial=0.0)


class Realised(NamedTuple):
    """K, v and h (n, i, j) with the varying rows in them, their rates, and their shares of their cells (m,)."""

    K: Float[Array, "n i j"]
    v: Float[Array, "n i j"]
    h: Float[Array, "n i j"]
    rates: RowRates
    share: Float[Array, " m"]


def realised(
    rows: VaryingRows,
    rates: RowRates,
    theta: Float[Array, " j"],
    K: Float[Array, "n i j"],
    v: Float[Array, "n i j"],
    h: Float[Array, "n i j"] | None,
) -> Realised:
    """The arrays of an equilibrium from those of the parts that do not vary.

    In a cell whose trade has ended v and h are those of the base shares.
    """
    xp = namespace(K)
    flat = (rows.n * K.shape[1] + rows.i) * K.shape[2] + rows.j
    factor = rows.s * xp.exp(-theta[rows.j] * rates.ln_k)

    def mean(rest: Array, total: Array, weight: Array, of: Array) -> Array:
        added = summed(weight * of, flat, K.size)
        return (rest + added.reshape(K.shape)) / xp.where(total > 0, total, 1.0)

    whole = K + summed(factor, flat, K.size).reshape(K.shape)
    base = summed(rows.s, flat, K.size).reshape(K.shape)
    at_border, received = 1.0 / (1.0 + rates.t), 1.0 / ((1.0 + rates.t) * (1.0 + rates.e))
    net = v if h is None else v * h
    ended = (whole == 0) & (base > 0)
    v_all = xp.where(ended, mean(0.0, base, rows.s, at_border), mean(K * v, whole, factor, at_border))
    net_all = xp.where(ended, mean(0.0, base, rows.s, received), mean(K * net, whole, factor, received))
    touched = summed(xp.ones_like(rows.s), flat, K.size).reshape(K.shape) > 0
    v_all, net_all = xp.where(touched & (v_all > 0), v_all, v), xp.where(touched & (net_all > 0), net_all, net)
    there = whole.reshape(-1)[flat]
    share = factor / xp.where(there > 0, there, 1.0)
    return Realised(whole, v_all, net_all / v_all, rates, share)
