"""What a government wants: real income, with political weights on sectors if it has them, and what it adds to that.

Real income with sector weights is Ossa's (2014) G_n = Σ_j λ_nj W_nj: W_nj is the real income of sector j, its wages and
profits plus the share of tariff revenue and transfers that goes with its labour. Weights are one on average, so weights
of one are real income itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from numpy.typing import ArrayLike, NDArray

from detente.data.exported import Shown
from detente.errors import BadInput
from detente.inputs import floats, mapping, names, number
from detente.model import equations as eq
from detente.model.benchmark import Benchmark
from detente.solve.joint import Flows, Given, Unknowns

#: Weights are given to a few digits.
_MEAN_TOLERANCE = 1e-3


class Parameters(NamedTuple):
    """An objective in arrays: sector weights, the benchmark's income, weights on revenue and on balances with i."""

    weights: Float[Array, "n j"]
    income: Float[Array, " n"]
    revenue: Float[Array, " n"]
    balance: Float[Array, "n i"]


@dataclass(frozen=True, eq=False)
class Objective(Shown):
    """ln G plus weights on tariff revenue and on trade balances, both over benchmark income.

    Revenue and balances are in the numeraire (8), world factor income.

    Parameters
    ----------
    weights
        Political weights (n, j), not negative, one on average over sectors; None for one everywhere.
    revenue
        What a government adds for revenue: economy → weight on R'/I.
    balance
        What it adds for its trade balance, net of tariffs, all sectors: economy, or (economy, partner) → weight on
        (exports − imports)/I with the world, or with that partner.
    """

    weights: ArrayLike | None = None
    revenue: Mapping[str, float] = field(default_factory=dict)
    balance: Mapping[str | tuple[str, str], float] = field(default_factory=dict)

    def __str__(self) -> str:
        words = ["real income" if self.weights is None else "real income with political weights on sectors"]
        words += [f"{weight:g} × revenue of {code}" for code, weight in self.revenue.items()]
        for key, weight in self.balance.items():
            pair = key if isinstance(key, str) else " with ".join(key)
            words.append(f"{weight:g} × trade balance of {pair}")
        return " + ".join(words)

    def parameters(self, economy: Benchmark) -> Parameters:
        """The objective on an economy.

        Raises
        ------
        BadInput
            Where weights are negative, do not average one over sectors, or have another shape, or a weight on revenue
            or a balance is not a number.
        UnknownEconomy
            Where an economy is not there.
        """
        shape = economy.X.shape
        weights = np.ones(shape) if self.weights is None else checked_weights(self.weights, economy)
        n = len(economy.economies)
        revenue, balance = np.zeros(n), np.zeros((n, n))
        for code, weight in mapping(self.revenue, "the revenue of an objective").items():
            revenue[economy.index(code)] = number(weight, f"the weight on revenue of {code}")
        for key, weight in mapping(self.balance, "the balance of an objective").items():
            pair = (key,) if isinstance(key, str) else names(key, "a key of an objective's balance")
            if len(pair) != (1 if isinstance(key, str) else 2):
                raise BadInput(f"an objective has the balance of {key!r}: give an economy, or (economy, partner)")
            partners = economy.index(pair[1]) if len(pair) == 2 else slice(None)
            balance[economy.index(pair[0]), partners] += number(weight, f"the weight on the balance of {key}")
        return Parameters(*map(jnp.asarray, (weights, economy.I, revenue, balance)))


def payoffs(x: Unknowns, f: Flows, given: Given, p: Parameters) -> Float[Array, " n"]:
    """The objective of every government (n,) at an equilibrium."""
    labour = eq.labour_demand(f.Y, given.gamma_va, given.profit_share)
    profit = given.profit_share * given.gamma_va * f.Y
    shared = 1.0 + (f.R + f.rents + f.D) / labour.sum(1)
    ln_cpi = (given.alpha * x.ln_P).sum(1)
    G = (p.weights * (labour * shared[:, None] + profit)).sum(1)
    balances = (p.balance * (f.between.T - f.between)).sum(1)
    return jnp.log(G) - ln_cpi + (p.revenue * f.R + balances) / p.income


def checked_weights(weights: ArrayLike, economy: Benchmark) -> NDArray[np.float64]:
    """Political weights as an array (n, j). Raises BadInput."""
    array = floats(weights, "political weights")
    if array.shape != economy.X.shape:
        raise BadInput(
            f"political weights have shape {array.shape}, but {economy.name} is {economy.X.shape}: one a sector"
        )
    if not np.isfinite(array).all() or (array < 0).any():
        n, j = (int(a) for a in np.argwhere(~np.isfinite(array) | (array < 0))[0])
        raise BadInput(
            f"the political weight of {economy.economies[n]} on {economy.sectors[j]} is {array[n, j]:g}: not negative"
        )
    mean = array.mean(1)
    if np.abs(mean - 1).max() > _MEAN_TOLERANCE:
        n = int(np.abs(mean - 1).argmax())
        raise BadInput(
            f"political weights of {economy.economies[n]} average {mean[n]:.4g}, not 1: divide them by their mean"
        )
    return array
