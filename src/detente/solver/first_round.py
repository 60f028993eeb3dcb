"""Consumer prices, three ways, each with its name: first round before and after substitution, and the equilibrium.

First round before substitution: tariffs, export charges and trade costs raise what buyers pay, foreign prices, factor
prices, margins and the prices of competitors held. Domestic producers pass the cost of dearer inputs on in full, and
nobody buys anything else:

    P̂_nj − 1 = π_nnj (k̂_nnj ĉ_nj − 1) + Σ_{i≠n} π_nij (k̂_nij − 1),    ĉ_nj − 1 = Σ_k γ_nkj (P̂_nk − 1),

the Leontief price index at old shares (W. Leontief 1936; with tariffs e.g. the price model of R. E. Miller and P. D.
Blair 2009, chapter 2). Of a cell with parts m, k̂ is Σ_m s_m k̂_m. Final buyers' index is Σ_j α_nj P̂_nj.

After substitution: the same experiment where buyers and firms substitute as the model has them, the exact indexes

    P̂_nj = ( π_nnj K_nnj ĉ_nj^−θ_j + Σ_{i≠n} π_nij K_nij )^(−1/θ_j),    ĉ_nj = Π_k P̂_nk^γ_nkj,

and Π_j P̂_nj^α_nj. Each is a power mean of a lower order than the arithmetic one above, so that it never exceeds it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from detente.errors import NotSolved
from detente.inputs import FloatArray, IntArray
from detente.model.benchmark import Benchmark
from detente.model.shock import Shock
from detente.solver.border_goods import check_same, found_parts
from detente.solver.held_rates import held_at
from detente.solver.noise import without_noise
from detente.solver.solution import Solution

ALL: Final = "all"
"""The row of all sectors together, weighted by what final buyers spend."""
WAYS: Final = ("first_round", "first_round_substituted", "to_wage", "to_world_income")

#: Logs of prices that move by less from one pass to the next have arrived; the map contracts by the share of inputs.
_ARRIVED = 1e-14
_MOST_PASSES = 2000


def prices(solution: Solution, shock: Shock | None = None) -> pd.DataFrame:
    """The change of consumer prices, tariffs included: one row an economy and sector, and one of all of them.

    Parameters
    ----------
    solution, shock
        An equilibrium, and the shock that it is of, with quotas and duties per unit at the rates found; by default the
        shock that the solution knows. Where it knows none there are no first rounds.

    Returns
    -------
    economy, sector
        The sector `ALL` is the index of final buyers.
    weight
        α_nj, the share of the sector in what final buyers spend before; one for `ALL`.
    first_round, first_round_substituted
        First round before and after substitution, changes as fractions; see the module. The first is missing for a
        buyer of goods whose trade ends, which have no price.
    to_wage, to_world_income
        The equilibrium, relative to the own average wage (as ``consumer_prices`` of `Solution.economies`), and to
        world factor income, the numeraire (8). Nothing else is held.

    Raises
    ------
    BadShock
        Where the shock is not that of the solution.
    """
    base = solution.base
    before, after = (np.full_like(base.X, np.nan),) * 2
    shock = solution.shock if shock is None else shock
    if shock is not None:
        check_same(solution, shock)
        before, after = first_round(solution, shock)
    wage = solution.w_hat[:, None]
    levels = np.where(base.market, solution.P_hat, np.nan)
    ways = (before - 1, after - 1, levels / wage - 1, levels - 1)
    of_all = (_laspeyres(base, before), *(_exact(base, hat) for hat in (after, solution.P_hat / wage, solution.P_hat)))
    n, j = base.X.shape
    table = {
        "economy": np.repeat(base.economies, j + 1),
        "sector": np.tile([*base.sectors, ALL], n),
        "weight": np.column_stack([base.alpha, np.ones(n)]).ravel(),
    }
    for name, by_sector, index in zip(WAYS, ways, of_all, strict=True):
        shown = np.where(base.market, by_sector, np.nan)
        table[name] = without_noise(np.column_stack([shown, index - 1]).ravel())
    return pd.DataFrame(table)


def first_round(solution: Solution, shock: Shock) -> tuple[FloatArray, FloatArray]:
    """P̂ (n, j) of the first round, new over old: before and after substitution. One where there is no market."""
    base = solution.base
    fixed, _ = held_at(shock, solution)
    k, K = _mean_factors(base, fixed, solution), fixed.wedges(base).K
    moved = np.flatnonzero((k != 1).any((1, 2)) | (K != 1).any((1, 2)))
    before, after = np.ones_like(base.X), np.ones_like(base.X)
    before[moved], after[moved] = _leontief(base, k, moved), _substituted(base, K, moved)
    return before, after


def _mean_factors(base: Benchmark, shock: Shock, solution: Solution) -> FloatArray:
    """k̂ (n, i, j), what buyers pay over what they paid at old prices; Σ_m s_m k̂_m of a cell with parts."""
    k = np.ones(base.pi.shape) if shock.t_cf is None else (1 + shock.t_cf) / (1 + base.t)
    if (parts := found_parts(solution, shock)) is not None:
        by_part = (1 + parts.t_cf) * (1 + parts.column("e_cf")) / (1 + parts.t)
        by_part = np.where(parts.column("closed") > 0, np.inf, by_part)
        cells, _ = parts.cells
        k[cells] = parts.sums(np.where(parts.s > 0, parts.s * np.where(parts.s > 0, by_part, 1.0), 0.0))
    if shock.d_hat is not None:
        k = k * shock.d_hat
    if shock.e_cf is not None:
        k = k * (1 + shock.e_cf)
    return k


def _leontief(base: Benchmark, k: FloatArray, of: IntArray) -> FloatArray:
    """P̂ of some economies before substitution: P = F + G'P, F what k̂ adds, G own shares times input shares."""
    bought, k = base.pi[of] > 0, k[of]
    dearer = np.where(bought, base.pi[of] * (np.where(bought, k, 1.0) - 1), 0.0).sum(1)
    through = base.pi[of, of] * k[np.arange(len(of)), of]
    system = np.eye(len(base.sectors))[None] - through[:, :, None] * base.gamma_io[of].swapaxes(1, 2)
    ends = ~np.isfinite(dearer).all(1)
    change = np.linalg.solve(system, np.where(ends[:, None], 0.0, dearer)[:, :, None])[:, :, 0]
    return np.where(ends[:, None], np.nan, np.where(base.market[of], 1 + change, 1.0))


def _substituted(base: Benchmark, K: FloatArray, of: IntArray) -> FloatArray:
    """P̂ of some economies after substitution, by iteration from one; K = Σ_m s_m k_m^−θ of each cell."""
    weight, market, gamma_io = base.pi[of] * K[of], base.market[of], base.gamma_io[of]
    domestic = weight[np.arange(len(of)), of]
    foreign = weight.sum(1) - domestic
    ln_P = np.zeros_like(domestic)
    for _ in range(_MOST_PASSES):
        ln_c = np.matmul(ln_P[:, None, :], gamma_io)[:, 0, :]
        total = np.where(market, foreign + domestic * np.exp(-base.theta * ln_c), 1.0)
        last, ln_P = ln_P, -np.log(total) / base.theta
        if np.abs(ln_P - last).max(initial=0.0) <= _ARRIVED:
            return np.asarray(np.exp(ln_P))
    raise NotSolved(
        f"{base.name}: first-round prices still move by {np.abs(ln_P - last).max():.3g} after {_MOST_PASSES} passes: "
        "an economy makes nearly everything of its own goods; try a smaller shock"
    )


def _laspeyres(base: Benchmark, hat: FloatArray) -> FloatArray:
    """Σ_j α_nj P̂_nj (n,)."""
    return np.asarray((base.alpha * hat).sum(1))


def _exact(base: Benchmark, hat: FloatArray) -> FloatArray:
    """Π_j P̂_nj^α_nj (n,)."""
    return np.asarray(np.exp((base.alpha * np.log(hat)).sum(1)))
