"""Writes the three economies and shocks for every code that is compared, with detente's answer to each.

    python export.py FOLDER PAPERS

PAPERS is the folder of replications. A folder a case: `economy.npz` has the arrays under detente's names and the
tariffs of the shock, `cp2015-jax.npz` the same under the names of cp2015-jax, and the CSV files long tables. There
economies are called r01, r02, … and sectors s01, s02, …, so that sorting by name keeps the order.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd

import detente as dt

ARRAYS = ("pi", "X", "wL", "gamma_va", "gamma_io", "alpha", "theta", "t", "D")
TINY = 1e-9
"""Output of a sector that produces nothing, USD million: its cost shares would be 0 / 0 where a code divides by it."""


def nafta(papers: Path) -> tuple[dt.Economy, np.ndarray]:
    """Caliendo & Parro's 31 × 40, closed, deficits kept; tariffs among the three as in 2005."""
    sys.path[:0] = [str(papers), str(papers / "caliendo-parro-2015")]
    economy, tariffs = import_module("run").load("fixed")
    return economy, tariffs["with"]


def both_ways(elasticities: str) -> tuple[dt.Economy, np.ndarray]:
    """icio-2017, 81 × 28; 25 % more on everything between the United States and China."""
    economy = dt.calibrate(dt.load_world("icio-2017"), elasticities)
    t_cf = np.array(economy.t)
    us, china = economy.index("USA"), economy.index("CHN")
    t_cf[us, china] += 0.25
    t_cf[china, us] += 0.25
    return economy, t_cf


def export(folder: Path, economy: dt.Economy, t_cf: np.ndarray) -> None:
    """Write one case."""
    folder.mkdir(parents=True, exist_ok=True)
    a = {name: np.array(getattr(economy, name)) for name in ARRAYS}
    solution = dt.solve(economy, dt.Shock(t_cf=t_cf))
    labels = {"economies": np.array(economy.economies), "sectors": np.array(economy.sectors)}
    np.savez(folder / "economy.npz", t_cf=t_cf, **labels, **a)
    np.savez(
        folder / "cp2015-jax.npz",
        **{"regions": labels["economies"], "sectors": labels["sectors"], "X_nj": a["X"], "D_n": a["D"]},
        **{"wL_n": a["wL"], "pi_nij": a["pi"], "tau_nij": a["t"], "tau_nij_bln": a["t"], "tau_nij_cfl": t_cf},
        **{"theta_j": a["theta"], "gamma_nkj": a["gamma_io"], "gamma_nj": a["gamma_va"], "alpha_nj": a["alpha"]},
    )
    regions, sectors = ([f"{letter}{k + 1:02}" for k in range(n)] for letter, n in zip("rs", a["X"].shape, strict=True))
    flows = a["pi"] * a["X"][:, None] / (1 + a["t"])
    output = np.maximum(flows.sum(0), TINY)
    tables = {
        "trade": (
            {"importer": regions, "exporter": regions, "sector": sectors},
            {"value": flows, "share": a["pi"], "tariff": a["t"], "tariff_cfl": t_cf},
        ),
        "inputs": (
            {"region": regions, "input": sectors, "sector": sectors},
            {"value": a["gamma_io"] * output[:, None], "cost_share": a["gamma_io"]},
        ),
        "sectors": (
            {"region": regions, "sector": sectors},
            {"value_added": a["gamma_va"] * output, "final": a["alpha"] * np.array(economy.I)[:, None]}
            | {"gamma_va": a["gamma_va"], "alpha": a["alpha"]},
        ),
        "regions": ({"region": regions}, {"wL": a["wL"], "D": a["D"], "I": np.array(economy.I)}),
        "theta": ({"sector": sectors}, {"value": a["theta"]}),
        "truth": ({"region": regions}, {"w_hat": np.array(solution.w_hat), "W_hat": np.array(solution.W_hat)}),
    }
    for name, (axes, columns) in tables.items():
        rows = pd.MultiIndex.from_product(list(axes.values()), names=list(axes))
        table = pd.DataFrame({column: values.ravel() for column, values in columns.items()}, index=rows)
        table.reset_index().to_csv(folder / f"{name}.csv", index=False, float_format="%.17g")


def main(to: Path, papers: Path) -> None:
    """Write every case."""
    export(to / "nafta", *nafta(papers))
    for elasticities in ("U4", "CP"):
        export(to / elasticities, *both_ways(elasticities))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
