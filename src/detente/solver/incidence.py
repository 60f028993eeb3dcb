"""Who pays for the measures of a shock: pass-through at the border, and a waterfall whose bars sum.

Both are about the goods of an importer on which a duty or an export charge changes, part by part of a cell
(`detente.solver.border_goods`), in the equilibrium and relative to the importer's own average wage.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from detente.inputs import BoolArray, FloatArray
from detente.model.shock import Shock
from detente.solver.border_goods import BorderGoods, border_goods, shock_of
from detente.solver.solution import Solution

EVERYBODY: Final = "all"
"""The row of all exporters of an importer together."""
BARS: Final = ("foreign_sellers", "consumers", "firms", "treasury", "trade_costs", "lost_trade")

#: Raises and cuts that cancel to less than this part of themselves have no pass-through.
_CANCELS = 1e-6


def pass_through(solution: Solution, shock: Shock | None = None) -> pd.DataFrame:
    """How much of the changes of duty reaches the buyers' price at the border: one row an importer and exporter.

    Over the goods m whose duty moves and that are still bought, weighted by base trade M at the border,

        Σ M [ b̂ (1+t')/(1+t) − 1 ] / Σ M [ (1+t')/(1+t) − 1 ],

    with b̂ the change of the price at the border, duties left out, in the equilibrium: the buyers' price includes the
    duty, and foreign sellers bear the rest. One where foreign prices stay. It depends on the unit in which prices are
    counted, so that both are shown.

    Returns
    -------
    importer, exporter
        The exporter `EVERYBODY` stands for all of them.
    base_trade
        USD million a year of the goods whose duty moves, at the border before the shock.
    duty_before, duty_after
        Averages over the same goods by base trade, fractions.
    to_wage, to_world_income
        Pass-through with prices relative to the importer's average wage, and to world factor income; missing where
        raises and cuts cancel.
    foreign_sellers
        1 − ``to_wage``.

    The shock is that of the solution where it is left out.

    Raises
    ------
    BadInput
        Where a shock is left out that the solution does not know.
    BadShock
        Where the shock is not that of the solution.
    """
    goods = border_goods(solution, shock_of(solution, shock))
    kept = goods.t_cf != goods.t
    kept &= np.isfinite(goods.price) & (goods.before > 0)
    shape = solution.base.pi.shape[:2]
    duty = (1 + goods.t_cf) / (1 + goods.t)
    weight = np.where(kept, goods.before, 0.0)
    price = np.where(kept, goods.price, 1.0)

    def sums(values: FloatArray) -> FloatArray:
        """By importer and exporter, with a last column for all exporters."""
        pairs = np.zeros(shape)
        np.add.at(pairs, (goods.n, goods.i), weight * values)
        return np.column_stack([pairs, pairs.sum(1)])

    trade = sums(np.ones_like(duty))
    n, i = np.nonzero(trade > 0)
    raised, sizes = sums(duty - 1)[n, i], sums(np.abs(duty - 1))[n, i]
    defined = np.abs(raised) > _CANCELS * sizes

    def passed(wage: FloatArray) -> FloatArray:
        change = sums(price / wage[goods.n] * duty - 1)[n, i]
        return np.where(defined, change / np.where(defined, raised, 1.0), np.nan)

    economies = np.array([*solution.base.economies, EVERYBODY], dtype=object)
    to_wage = passed(solution.w_hat)
    return pd.DataFrame(
        {
            "importer": economies[n],
            "exporter": economies[i],
            "base_trade": trade[n, i],
            "duty_before": sums(goods.t)[n, i] / trade[n, i],
            "duty_after": sums(goods.t_cf)[n, i] / trade[n, i],
            "to_wage": to_wage,
            "to_world_income": passed(np.ones_like(solution.w_hat)),
            "foreign_sellers": 1 - to_wage,
        }
    )


def who_pays(solution: Solution, shock: Shock | None = None) -> pd.DataFrame:
    """The waterfall: one row an importer on whose imports a duty or a charge changes; USD million a year.

    Of each good, M is base trade and V' new trade at the border, duties left out; b = d̂ p its price at the border,
    new over old, p = ĉ (1+e') what foreign sellers ask and d̂ trade costs; Q = V'/b what is still bought. Everything is
    at base prices, relative to the importer's average wage. Then

        foreign_sellers = Σ Q (1 − p)                       they receive less for what is still bought
        buyers          = Σ L(M(1+t), V'(1+t')) ln[ b (1+t')/(1+t) ]
        treasury        = Σ t' V' − t M                     duties after less duties before
        trade_costs     = Σ Q p (d̂ − 1)
        lost_trade      = buyers − Σ Q [b (1+t') − (1+t)] + Σ t (M − Q)

    with L the logarithmic mean, (x − y)/ln(x/y). Buyers lose the area to the left of their demand between the two
    prices, for a demand of constant elasticity through both equilibria (the price term of J. K. Montgomery 1937):
    what they pay more for what is still bought, and what the trade that is lost was worth to them beyond its price.
    ``lost_trade`` is that second piece and the old duties on lost trade: the excess burden, which nobody receives. By
    construction

        foreign_sellers + consumers + firms = treasury + trade_costs + lost_trade.

    ``consumers`` and ``firms`` share the buyers' bar by the parts of final and intermediate use in what the sector
    sells after the shock, as the accounts have no other split. A good whose trade ends has no new price: of it only
    the old duty counts, and ``trade_ended`` says how much trade that was. Duties include the rents of tariff-rate
    quotas, whoever holds the licences. Foreign sellers include the treasuries that levy export charges.

    Returns
    -------
    importer, base_trade, the `BARS`; memo: trade_ended, and duties_elsewhere, the change of duties on all other goods,
    with which ``treasury`` adds up to the change in tariff revenue over the wage where no quota earns rents.

    The shock is that of the solution where it is left out.

    Raises
    ------
    BadInput
        Where a shock is left out that the solution does not know.
    BadShock
        Where the shock is not that of the solution.
    """
    shock = shock_of(solution, shock)
    goods = border_goods(solution, shock)
    base = solution.base
    bars = _bars(goods, solution, shock)
    final = _final_share(solution)[goods.n, goods.j]
    bars["consumers"], bars["firms"] = final * bars["buyers"], (1 - final) * bars["buyers"]
    count = len(base.economies)

    def sums(values: FloatArray, kept: BoolArray) -> FloatArray:
        return np.bincount(goods.n[kept], weights=values[kept], minlength=count).astype(np.float64)

    trade = sums(goods.before, goods.moved)
    n = np.flatnonzero(trade > 0)
    columns = {"importer": np.array(base.economies, dtype=object)[n], "base_trade": trade[n]}
    columns |= {name: sums(bars[name], goods.moved)[n] for name in BARS}
    columns["trade_ended"] = sums(np.where(np.isfinite(goods.price), 0.0, goods.before), goods.moved)[n]
    columns["duties_elsewhere"] = (sums(bars["treasury"], ~goods.moved) + _duties_at_home(solution))[n]
    return pd.DataFrame(columns)


def _bars(goods: BorderGoods, solution: Solution, shock: Shock) -> dict[str, FloatArray]:
    """The bars of every good."""
    d = np.ones_like(goods.price) if shock.d_hat is None else shock.d_hat[goods.n, goods.i, goods.j]
    goes_on = np.isfinite(goods.price) & (goods.before > 0) & (goods.after > 0)
    wage = solution.w_hat[goods.n]
    d, b = (np.where(goes_on, array, 1.0) for array in (d, goods.price / wage))
    M, V = goods.before, np.where(goes_on, goods.after / wage, 0.0)
    Q, p = V / b, b / d
    old, new = 1 + goods.t, b * (1 + goods.t_cf)
    growth = np.log(np.where(goes_on, V * (1 + goods.t_cf), 1.0) / np.where(goes_on, M * old, 1.0))
    flat = np.abs(growth) < 1e-12
    mean = M * old * np.where(flat, 1.0, np.expm1(growth) / np.where(flat, 1.0, growth))
    buyers = np.where(goes_on, mean * np.log(new / old), 0.0)
    return {
        "foreign_sellers": Q * (1 - p),
        "buyers": buyers,
        "treasury": goods.t_cf * V - goods.t * M,
        "trade_costs": Q * p * (d - 1),
        "lost_trade": buyers - Q * (new - old) + goods.t * (M - Q),
    }


def _duties_at_home(solution: Solution) -> FloatArray:
    """The change of duties inside merged economies (n,), whose members' trade is own sales that keep their duty."""
    base, own = solution.base, np.arange(len(solution.base.economies))
    v, v_cf, pi, pi_cf = (array[own, own] for array in (base.v, solution.wedges.v, base.pi, solution.pi_cf))
    before, after = ((1 - v) * pi * base.X).sum(1), ((1 - v_cf) * pi_cf * solution.X_cf).sum(1)
    return np.asarray(after / solution.w_hat - before)


def _final_share(solution: Solution) -> FloatArray:
    """The part of final use in what each market (n, j) buys after the shock; one where nothing is bought."""
    final = solution.base.alpha * solution.I_cf[:, None]
    bought = solution.X_cf > 0
    return np.where(bought, final / np.where(bought, solution.X_cf, 1.0), 1.0)
