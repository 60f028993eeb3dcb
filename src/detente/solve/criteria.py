"""Scalar criteria of an equilibrium, as `gradient` takes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from numpy.typing import NDArray

from detente.model.benchmark import Benchmark
from detente.solve.audit import State


@dataclass(frozen=True, eq=False)
class Criterion:
    """A scalar of the state. ``function(state, parameters)`` is compiled once; parameters differ between economies."""

    name: str
    function: Callable[[State, Array], Array]
    parameters: NDArray[np.float64]


def _log_real_income(s: State, weight: Float[Array, " n"]) -> Float[Array, ""]:
    return (weight * jnp.log(s.W_hat)).sum()


def _revenue(s: State, weight: Float[Array, " n"]) -> Float[Array, ""]:
    return (weight * s.R_cf).sum()


def _real_income_usd(s: State, income: Float[Array, " n"]) -> Float[Array, ""]:
    return (income * (s.W_hat - 1.0)).sum()


def _trade(s: State, weight: Float[Array, "n i j"]) -> Float[Array, ""]:
    return jnp.einsum("nij,nij,nij,nj->", weight, s.pi_cf, s.v, s.X_cf)


def _spending(s: State, weight: Float[Array, "n i j"]) -> Float[Array, ""]:
    return jnp.einsum("nij,nij,nj->", weight, s.pi_cf, s.X_cf)


def log_real_income(economy: Benchmark, code: str) -> Criterion:
    """ln Ŵ of one economy. Raises UnknownEconomy."""
    return Criterion(f"real income of {code}", _log_real_income, _one(economy, code))


def tariff_revenue(economy: Benchmark, code: str) -> Criterion:
    """R' of one economy, USD million in the numeraire. Raises UnknownEconomy."""
    return Criterion(f"tariff revenue of {code}", _revenue, _one(economy, code))


def real_income_usd(economy: Benchmark, codes: Sequence[str]) -> Criterion:
    """The change of real income of some economies together, Σ (Ŵ − 1)·I at base prices, USD million.

    Raises UnknownEconomy.
    """
    counted = np.zeros(len(economy.economies))
    counted[[economy.index(code) for code in codes]] = 1.0
    return Criterion(f"real income of {', '.join(codes)}", _real_income_usd, counted * economy.I)


def bilateral_balance(economy: Benchmark, code: str, partner: str) -> Criterion:
    """Exports − imports of one economy with another, net of tariffs, USD million. Raises UnknownEconomy."""
    n, i = economy.index(code), economy.index(partner)
    weight = np.zeros(economy.pi.shape)
    weight[i, n] += 1.0
    weight[n, i] -= 1.0
    return Criterion(f"balance of {code} with {partner}", _trade, weight)


def spending(name: str, weight: NDArray[np.float64]) -> Criterion:
    """Σ weight · π' X', what buyers pay for chosen flows, weights (n, i, j) as given; USD million."""
    return Criterion(name, _spending, weight)


def _one(economy: Benchmark, code: str) -> NDArray[np.float64]:
    weight = np.zeros(len(economy.economies))
    weight[economy.index(code)] = 1.0
    return weight
