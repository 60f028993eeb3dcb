"""The change of real income, split along the path of the shock so that the terms add up to it.

With E sales and M purchases at exporters' prices net of tariffs, own sales in both,

    I dln W = Σ E dln c − Σ M dln c   (terms of trade)
            + Σ t M (dln M − dln c)   (volume of trade)
            + Σ ψ Y (dln Y − dln c)   (profit shifting, where sales carry a markup)
            + dD                      (transfers)
            − Σ (1+t) M dln d         (trade costs).

Where exporters charge e on their goods, E and M are counted at the border, where the price is (1+e) c and not c, and
what is exported adds Σ e M/(1+e) (dln M − dln(1+e) − dln c) to the volume term. It follows from I = wL + R + H + D, the
envelope of (2), and the accounts (4)-(7): the tariff itself drops out, since what buyers pay of it is what the
government receives. Along the straight line in ln(1+t), and in ln d, ln(1+e) and D, the integral is exact; taken in one
step at the old tariffs it is the first-order form that Caliendo & Parro (2015) print. Of the labour term the part τ' is
a gain of welfare as well; the rest pays for the work.

Quotas and duties per unit are taken at the rates of the equilibrium, to which the line in ln(1+t) and ln(1+e) leads:
what they keep out is volume, and a rent that goes abroad is a transfer.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from detente.inputs import FloatArray, require
from detente.model.benchmark import Benchmark
from detente.model.shock import Shock
from detente.solver.along_path import REAL_GDP, TERMS
from detente.solver.equilibrium import require_alike, require_closed, solve, split_of
from detente.solver.fixed_point import Horizon
from detente.solver.solution import Solution


def decompose(
    economy: Benchmark, shock: Shock, *, horizon: Horizon = "long", solution: Solution | None = None
) -> pd.DataFrame:
    """One row an economy: the terms and their ``total`` in log points, the ``exact`` ln Ŵ, and memo lines.

    ``terms_of_trade_and_transfers`` is their sum: with D ≠ 0 each depends on the numeraire, the sum does not.
    ``revenue`` is the memo (R' − R)/I, never a further term, and ``real_gdp`` ln of real GDP at base prices.
    ``solution`` is that of the shock, where it is at hand.

    Raises
    ------
    BadInput
        Where the solution is of another economy.
    BadShock
        Where the shock closes a cell or a part of one: no path of finite trade costs leads there.
    NotSolved
        Where the terms do not add up to 1e-6 on the finest path.
    """
    require(Shock, shock, "shock", "give a Shock, such as dt.Shock(t_cf=tariffs)")
    if solution is not None:
        require_closed(economy)
        require_alike(economy, solution, "solution")
    last = solve(economy, shock, horizon=horizon) if solution is None else solution
    if last.shock is shock and last.base is economy:
        return _table(last.split, last)  # which it may have already
    return _table(split_of(shock, last), last)


def first_order(economy: Benchmark, solution: Solution) -> pd.DataFrame:
    """The one-step form at the old tariffs, in log points, to compare with papers only.

    Terms of trade Σ (E dln c − M dln c)/I and volume Σ t M (dln M − dln c)/I with log changes between the two
    equilibria (Caliendo & Parro 2015, equation 15).
    """
    b = economy
    ln_c = np.log(solution.c_hat)
    traded = (b.M > 0) & (solution.M_cf > 0)
    ln_M = np.log(np.where(traded, solution.M_cf, 1.0) / np.where(traded, b.M, 1.0))
    terms = (b.Y * ln_c).sum(1) - (b.M * ln_c[None]).sum((1, 2))
    volume = (b.t * b.M * (ln_M - ln_c[None])).sum((1, 2))
    return pd.DataFrame({"economy": b.economies, "terms_of_trade": terms / b.I, "volume_of_trade": volume / b.I})


def _table(found: Mapping[str, FloatArray], last: Solution) -> pd.DataFrame:
    b = last.base
    terms = {name: found[name] for name in TERMS}
    total = sum(terms.values(), start=np.zeros(len(b.economies)))
    return pd.DataFrame(
        {
            "economy": b.economies,
            **terms,
            "terms_of_trade_and_transfers": terms["terms_of_trade"] + terms["transfers"],
            "total": total,
            "exact": np.log(last.W_hat),
            "revenue": (last.R_cf - b.R) / b.I,
            "real_gdp": found[REAL_GDP],
        }
    )
