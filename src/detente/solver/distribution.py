"""What dearer goods cost groups of households, and what is left of it where revenue is handed back.

Final spending on sector j of economy n is α_nj I_n; group d has the part s_dj of it, so that groups add up to the
economy exactly: x_dj = s_dj α_nj I_n. What its old basket costs more is Σ_j x_dj (P̂_j − 1), a Laspeyres sum, which
adds up over goods and groups. Prices are those of the first round before substitution, or of the equilibrium relative
to the own average wage, of `detente.solver.first_round`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from detente.data.household_groups import HouseholdGroups
from detente.errors import BadInput
from detente.model.shock import Shock
from detente.solver.border_goods import shock_of
from detente.solver.first_round import first_round
from detente.solver.solution import Solution

REVENUE: Final = ("none", "equal", "by_income")
"""Who gets the change in tariff revenue: nobody, every group the same, or each in proportion to its spending, which is
its income in the model."""
PRICES: Final = ("first_round", "to_wage")
COLUMNS: Final = {
    **dict.fromkeys(("economy", "group", "prices"), "str"),
    **dict.fromkeys(("spending", "cost", "cost_share"), "float64"),
    **dict.fromkeys((*(f"loss_{who}" for who in REVENUE), *(f"loss_{who}_share" for who in REVENUE)), "float64"),
    **dict.fromkeys(("consumption", "consumption_cost"), "float64"),
}
"""The columns of `household_losses`, with their kinds."""


def household_losses(solution: Solution, shock: Shock | None, groups: HouseholdGroups) -> pd.DataFrame:
    """The loss of each group of households: one row a group and way of counting prices; positive is a loss.

    Without a shock that of the solution is taken.

    Returns
    -------
    economy, group, prices
        ``first_round`` (before substitution) or ``to_wage`` (the equilibrium), as the columns of `prices`.
    spending
        Final spending Σ_j x_dj at base prices, USD million a year.
    cost, cost_share
        Σ_j x_dj (P̂_j − 1), USD million a year, and the same over spending.
    loss_none, loss_equal, loss_by_income
        ``cost`` less the group's part of the change in tariff revenue, by who gets it: see `REVENUE`; USD million a
        year. The revenue is that of the equilibrium over the wage, also beside prices of the first round.
    loss_none_share, loss_equal_share, loss_by_income_share
        The same over spending.
    consumption, consumption_cost
        What the group itself consumes in the source of the groups, Σ_j c_dj, and Σ_j c_dj (P̂_j − 1), USD million a
        year: investment and government are left out. Missing where the source has shares alone.

    Raises
    ------
    BadInput
        Where the groups are of other sectors.
    BadShock
        Where the shock is not that of the solution.
    UnknownEconomy
        Where the groups' economy is not in the solution.
    """
    base = solution.base
    n = base.index(groups.economy)
    if groups.sectors != tuple(base.sectors):
        raise BadInput(
            f"the groups of {groups.economy} are by {len(groups.sectors)} sectors that are not those of {base.name}: "
            "read them with its sectors"
        )
    before, _ = first_round(solution, shock_of(solution, shock))
    spent = groups.shares * (base.alpha[n] * base.I[n])
    spending = spent.sum(1)
    revenue = solution.R_cf[n] / solution.w_hat[n] - base.R[n]
    part = {
        "none": np.zeros(len(groups.groups)),
        "equal": np.full(len(groups.groups), 1 / len(groups.groups)),
        "by_income": spending / spending.sum(),
    }
    consumed = np.full(groups.shares.shape, np.nan) if groups.amounts is None else groups.amounts
    frames = []
    for name, hat in zip(PRICES, (before[n], solution.P_hat[n] / solution.w_hat[n]), strict=True):
        rise = np.where(base.alpha[n] > 0, hat - 1, 0.0)
        cost = (spent * rise).sum(1)
        losses = {f"loss_{who}": cost - revenue * part[who] for who in REVENUE}
        frames.append(
            pd.DataFrame(
                {
                    "economy": groups.economy,
                    "group": groups.groups,
                    "prices": name,
                    "spending": spending,
                    "cost": cost,
                    "cost_share": cost / spending,
                    **losses,
                    **{f"{what}_share": loss / spending for what, loss in losses.items()},
                    "consumption": consumed.sum(1),
                    "consumption_cost": (consumed * rise).sum(1),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)
