"""How much of each cell measures cover, and what one average duty a cell would have given."""

from __future__ import annotations

import numpy as np
import pandas as pd

from detente.inputs import BoolArray, FloatArray
from detente.model.benchmark import Benchmark
from detente.model.parts import Parts
from detente.model.shock import Shock
from detente.solver.economy import Economy
from detente.solver.equilibrium import solve
from detente.solver.noise import without_noise
from detente.solver.solution import Solution


def coverage(economy: Benchmark, parts: Parts | None) -> pd.DataFrame:
    """One row a cell of which measures change the duty on some goods and not on others, or by different rates.

    importer, exporter, sector; covered: the share of the cell's expenditure whose duty changes; before, after: the
    average duty on that share, and average_before, average_after: on the whole cell, all weighted by trade net of
    duty in the reference (fractions). A cell whose goods are all treated alike is covered whole and has no row.
    """
    columns = ["importer", "exporter", "sector", "covered", "before", "after", "average_before", "average_after"]
    if parts is None or not len(parts):
        return pd.DataFrame({name: np.array([], dtype=object if name in columns[:3] else float) for name in columns})
    cells, row = np.unique(np.ravel_multi_index((parts.n, parts.i, parts.j), economy.pi.shape), return_inverse=True)
    changed = (parts.t != parts.t_cf).astype(np.float64)
    net = parts.s / (1 + parts.t)

    def total(values: FloatArray) -> FloatArray:
        return np.bincount(row, weights=values, minlength=len(cells)).astype(np.float64)

    touched = (total(net * changed) > 0) & (total(_mixed(parts).astype(np.float64)) > 0)
    n, i, j = (axis[touched] for axis in np.unravel_index(cells, economy.pi.shape))

    def mean(values: FloatArray, weight: FloatArray) -> FloatArray:
        return total(values * weight)[touched] / total(weight)[touched]

    economies, sectors = np.asarray(economy.economies), np.asarray(economy.sectors)
    return pd.DataFrame(
        {
            "importer": economies[n],
            "exporter": economies[i],
            "sector": sectors[j],
            "covered": total(parts.s * changed)[touched],
            "before": mean(parts.t, net * changed),
            "after": mean(parts.t_cf, net * changed),
            "average_before": mean(parts.t, net),
            "average_after": mean(parts.t_cf, net),
        }
    )


def averaged(economy: Economy, parts: Parts) -> Shock:
    """The shock that averaging would have made: one duty a cell, the average over its parts by trade net of duty."""
    net = parts.s / (1 + parts.t)
    total, paid = np.zeros(economy.pi.shape), np.zeros(economy.pi.shape)
    cell = (parts.n, parts.i, parts.j)
    np.add.at(total, cell, net)
    np.add.at(paid, cell, net * parts.t_cf)
    t_cf = np.where(total > 0, paid / np.where(total > 0, total, 1.0), economy.t)
    return Shock(t_cf=t_cf)


def averaging(economy: Economy, shock: Shock, solution: Solution) -> pd.DataFrame:
    """One row an economy: the change in real income, and the one that averaged duties would have given (fractions)."""
    parts = shock.parts
    other = solution
    if parts is not None and _mixed(parts).any():
        other = solve(economy, averaged(economy, parts), horizon=solution.horizon, start=solution)
    return pd.DataFrame(
        {
            "economy": economy.economies,
            "real_income": without_noise(solution.W_hat - 1),
            "real_income_if_averaged": without_noise(other.W_hat - 1),
            "error_of_averaging": without_noise(other.W_hat - solution.W_hat),
        }
    )


def _mixed(parts: Parts) -> BoolArray:
    """The parts of cells whose goods are not all treated alike; a book may separate goods that are treated alike."""
    shape = tuple(int(axis.max(initial=0)) + 1 for axis in (parts.n, parts.i, parts.j))
    flat = np.ravel_multi_index((parts.n, parts.i, parts.j), shape)
    cells = np.unique(flat, return_inverse=True)[1].ravel()
    mixed = np.zeros(cells.max(initial=-1) + 1, dtype=bool)
    for rates in (parts.t, parts.t_cf):
        low, high = np.full(len(mixed), np.inf), np.full(len(mixed), -np.inf)
        np.minimum.at(low, cells, rates)
        np.maximum.at(high, cells, rates)
        mixed |= low < high
    return mixed[cells]
