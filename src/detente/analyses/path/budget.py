"""Revenue of a path of years by three definitions, and its sums.

Per year and economy, USD million, as changes from the calibrated world:

    static         Σ t' M − R: the new rates on the trade of before.
    conventional   Σ t' M° − R, M° = π° X / (1+t') with π° ∝ π k̂^−θ: buyers turn from what became dear, at the costs and
                   the expenditure of before. Incomes, wages and exporters' prices are held, as in the conventional
                   estimates of budget offices.
    offset         −τ · conventional: a dollar of indirect tax lowers what income and payroll taxes yield by τ (CBO
                   2009, 2022; `detente.model.labour.USUAL_TAX`).
    equilibrium    R'/ŵ − R: duties of the new equilibrium over own wages, as the ledger of a run counts them.
    income_effect  τ · GDP · (change of real GDP): income and payroll taxes on the GDP that is lost or gained.
    conventional_net = conventional + offset − refunds
    dynamic_net      = (1 − τ) · equilibrium + income_effect − refunds

The offset is in both, once. Refunds are paid back in full. `static` has statutory rates, of a quota that beyond it.
`conventional` is missing for an importer some of whose quotas earn rents, whose rates are those of an equilibrium;
`income_effect` and `dynamic_net` are missing where real GDP is, for trade of some goods ends. A sum with a missing year
is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import pandas as pd

from detente.inputs import FloatArray
from detente.solver.noise import NOISE, without_noise
from detente.solver.solution import Solution

AMOUNTS: Final = (
    "static", "conventional", "offset", "refunds", "conventional_net", "equilibrium", "income_effect", "dynamic_net",
)  # fmt: skip
"""The columns of revenue, USD million."""


@dataclass(frozen=True)
class Revenues:
    """Changes of tariff revenue (n,) of one state, or the mean of several: USD million a year."""

    static: FloatArray
    conventional: FloatArray
    equilibrium: FloatArray

    @classmethod
    def mean(cls, states: Sequence[Revenues], weights: FloatArray) -> Revenues:
        """The mean of states by weights (s,)."""
        names = [its.name for its in fields(cls)]
        return cls(*(np.tensordot(weights, np.stack([getattr(s, name) for s in states]), 1) for name in names))


def revenues_of(s: Solution, static: FloatArray) -> Revenues:
    """Revenue of one state; `static` (n,) is the revenue of the new rates on the trade of before."""
    b = s.base
    bought = b.pi * s.wedges.K
    total = bought.sum(1, keepdims=True)
    shares = bought / np.where(total > 0, total, 1.0)
    charged = ((1 - s.wedges.v) * shares * b.X[:, None, :]).sum((1, 2))
    rents = ((1 - s.wedges.v) * s.pi_cf * s.X_cf[:, None, :]).sum((1, 2)) - s.R_cf
    conventional = np.where(np.abs(rents) > NOISE * b.I, np.nan, charged) - b.R
    found = (static - b.R, conventional, s.R_cf / s.w_hat - b.R)
    return Revenues(*(without_noise(change, of=b.I) for change in found))


def revenue_frame(
    economies: Sequence[str],
    span: range,
    revenues: Sequence[Revenues],
    years: Sequence[pd.DataFrame],
    sizes: FloatArray,
    refunds: Mapping[tuple[str, int], float],
    offset: float,
) -> pd.DataFrame:
    """One row a year and economy: `AMOUNTS`, at the size that amounts have in the year."""
    frames = []
    for year, its, frame, size in zip(span, revenues, years, sizes.tolist(), strict=True):
        paid = np.array([refunds.get((code, year), 0.0) for code in economies])
        conventional, equilibrium = its.conventional * size, its.equilibrium * size
        income = offset * size * frame["real_gdp_usd"].to_numpy()
        frames.append(
            pd.DataFrame(
                {
                    "year": year,
                    "economy": list(economies),
                    "static": its.static * size,
                    "conventional": conventional,
                    "offset": -offset * conventional,
                    "refunds": -paid,
                    "conventional_net": (1 - offset) * conventional - paid,
                    "equilibrium": equilibrium,
                    "income_effect": income,
                    "dynamic_net": (1 - offset) * equilibrium + income - paid,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def sums_frame(revenue: pd.DataFrame, rate: float) -> pd.DataFrame:
    """One row an economy and item of `AMOUNTS`: the sum over the years, and discounted to the first of them."""
    factor = (1 + rate) ** -(revenue["year"] - revenue["year"].min()).to_numpy(dtype=np.float64)
    years = int(revenue["year"].nunique())
    plain = revenue.groupby("economy", sort=False)[list(AMOUNTS)].sum(min_count=years)
    now = revenue[list(AMOUNTS)].mul(factor, axis=0)
    discounted = now.groupby(revenue["economy"], sort=False).sum(min_count=years)
    return pd.DataFrame(
        {
            "economy": np.repeat(plain.index.to_numpy(dtype=str), len(AMOUNTS)),
            "item": np.tile(np.array(AMOUNTS), len(plain)),
            "total": plain.to_numpy().ravel(),
            "discounted": discounted.to_numpy().ravel(),
        }
    )
