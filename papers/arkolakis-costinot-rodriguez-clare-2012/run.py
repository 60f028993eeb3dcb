"""The gains from trade of one sector: the formula of Arkolakis, Costinot and Rodríguez-Clare (2012), and solving.

Run with `make papers`, or `python papers/arkolakis-costinot-rodriguez-clare-2012/run.py`. Needs only the package.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import detente as dt

sys.path.append(str(Path(__file__).resolve().parents[1]))

from replication import digits, publish, table

HERE = Path(__file__).resolve().parent
EPSILON = (-10.0, -5.0)
SHOWN = ("USA", "CHN", "JPN", "DEU", "MEX", "LUX")


def formula(own_share: NDArray[np.float64] | float, epsilon: float) -> NDArray[np.float64]:
    """1 − λ^(−1/ε), the part of real income that autarky would take, a fraction; equation (1) with λ' = 1."""
    return np.asarray(1 - np.asarray(own_share) ** (-1 / epsilon))


def two_alike(own_share: float, epsilon: float) -> dt.Economy:
    """Two economies of one sector that each spend `own_share` on their own goods."""
    flows = np.array([[own_share, 1 - own_share], [1 - own_share, own_share]])[:, :, None] * 1e6
    world = dt.World(
        flows, np.zeros_like(flows), economies=["USA", "ROW"], sectors=["ALL"], name="two alike", year=2000
    )
    return dt.calibrate(world, elasticities=[-epsilon])


def one_sector(epsilon: float, name: str = "icio-2017") -> dt.Economy:
    """A bundled world as one sector: no input links, no tariffs, trade balanced first, as the formula asks."""
    whole = dt.load_world(name)
    flows = whole.flows.sum(2, keepdims=True)
    world = dt.World(
        flows,
        np.zeros_like(flows),
        economies=whole.economies,
        sectors=["ALL"],
        name=f"{name}, one sector",
        year=whole.year,
    )
    return dt.calibrate(world, elasticities=[-epsilon], deficits="balanced")


def to_autarky(economy: dt.Economy) -> NDArray[np.float64]:
    """1 − Ŵ (n,) when nothing crosses a border any more, by solving."""
    n = len(economy.economies)
    closed = np.where(np.eye(n, dtype=bool)[:, :, None], 1.0, np.inf)
    return np.asarray(1 - dt.solve(economy, dt.Shock(d_hat=closed)).W_hat)


def own(economy: dt.Economy) -> NDArray[np.float64]:
    """λ (n,)."""
    return np.asarray(np.einsum("nnj->n", economy.pi))


def published() -> pd.DataFrame:
    """The paper's figures for the United States beside the formula and the solver, percent."""
    rows = pd.read_csv(HERE / "published.csv")
    pairs = list(zip(rows["lambda"], rows["epsilon"], strict=True))
    return pd.DataFrame(
        {
            "lambda": rows["lambda"],
            "epsilon": rows["epsilon"],
            "published": rows["published"],
            "formula": [100 * float(formula(share, epsilon)) for share, epsilon in pairs],
            "solved": [100 * float(to_autarky(two_alike(share, epsilon))[0]) for share, epsilon in pairs],
        }
    )


def whole_world(epsilon: float) -> pd.DataFrame:
    """Every economy of icio-2017 as one sector: λ, and the gains by formula and by solving, percent."""
    economy = one_sector(epsilon)
    share = own(economy)
    frame = {"lambda": share, "formula": 100 * formula(share, epsilon), "solved": 100 * to_autarky(economy)}
    return pd.DataFrame(frame, index=list(economy.economies))


def made() -> dict[str, str]:
    """The tables of the README."""
    few = [[f"{r[0]:g}", f"{r[1]:g}", f"{r[2]:g}", f"{r[3]:.4f}", f"{r[4]:.4f}"] for r in published().to_numpy()]
    tables = {"United States": table(["lambda", "epsilon", "published", "formula", "solved"], few)}
    for epsilon in EPSILON:
        whole = whole_world(epsilon).loc[list(SHOWN)]
        rows = [
            [code, *(f"{value:.4f}" for value in row)] for code, row in zip(whole.index, whole.to_numpy(), strict=True)
        ]
        tables[f"epsilon {epsilon:g}"] = table([f"epsilon {epsilon:g}", "lambda", "formula", "solved"], rows)
    return tables


def results() -> pd.DataFrame:
    """Every published number beside the computed one."""
    found = published()
    return pd.DataFrame(
        {
            "table": "Introduction",
            "what": [f"gains from trade, epsilon {epsilon:g}" for epsilon in found["epsilon"]],
            "unit": "percent",
            "published": found["published"],
            "digits": found["published"].map(digits),
            "computed": found["solved"],
        }
    )


def main() -> int:
    """Write the page and print it."""
    publish(HERE, made(), results())
    return 0


if __name__ == "__main__":
    sys.exit(main())
