"""NAFTA as in Caliendo & Parro (2015): wage changes, the paper's first-order welfare, and exact real income beside it.

Run with `make papers`, or `python papers/caliendo-parro-2015/run.py`. The model's inputs are not shipped; they are read
from the reference folder (environment variable DETENTE_SHARED, by default `../shared` beside the repository).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd

import detente as dt

sys.path.append(str(Path(__file__).resolve().parents[1]))

from replication import publish, table

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("DETENTE_SHARED") or HERE.parents[2] / "shared").resolve()
BLOC = {"MEX": "Mexico", "CAN": "Canada", "USA": "USA"}
ARRAYS = ("pi", "X", "wL", "gamma_va", "gamma_io", "alpha", "theta", "t", "D")
MONEY = ("X", "wL", "D")
STEPS = (1, 2, 4, 8, 16, 64)


def load(deficits: str, shared: Path = SHARED) -> tuple[dt.Economy, dict[str, np.ndarray]]:
    """The economy of 1993, closed, and the two tariff counterfactuals by name."""
    with np.load(shared / "reference/caliendo-parro-2015.npz") as z:
        arrays = {name: z[name] * (1e-6 if name in MONEY else 1) for name in ARRAYS}  # the file is in USD
        tariffs = {name: z[f"t_{name}_nafta"] for name in ("without", "with")}
        economy = dt.Economy(
            **arrays,
            economies=z["economies"].tolist(),
            sectors=z["sectors"].tolist(),
            deficits=deficits,
            name="Caliendo & Parro 1993",
        )
    return economy.closed(), tariffs


def wages(shared: Path = SHARED) -> pd.DataFrame:
    """Wage changes (rest of world = 1), deficits kept, beside those of two independent implementations."""
    economy, tariffs = load("fixed", shared)
    reference = pd.read_csv(shared / "truth/caliendo-parro-2015-nafta-hats.csv").set_index("region")
    table = reference.loc[list(economy.economies)].reset_index()
    for name, t_cf in tariffs.items():
        w_hat = dt.solve(economy, dt.Shock(t_cf=t_cf)).w_hat
        table[f"{name}_nafta"] = w_hat / w_hat[economy.index("Row")]
        table[f"gap_{name}"] = table[f"{name}_nafta"] - table[f"w_hat_{name}_nafta"]
    return table


def first_order(economy: dt.Economy, solution: dt.Solution) -> pd.DataFrame:
    """The paper's two terms, percent: flows and tariffs of before, changes taken as x_hat − 1."""
    t, before = economy.t, economy.pi * economy.X[:, None, :] / (1 + economy.t)
    after = solution.pi_cf * solution.X_cf[:, None, :] / (1 + solution.t_cf)
    cost = solution.c_hat - 1
    more = np.divide(after, before, out=np.ones_like(before), where=before > 0) - 1
    terms = (before.sum(0) * cost).sum(1) - (before * cost[None]).sum((1, 2))
    volume = (t * before * (more - cost[None])).sum((1, 2))
    table = pd.DataFrame({"terms_of_trade": terms, "volume_of_trade": volume}, index=list(economy.economies))
    return 100 * table.div(economy.I, axis=0).assign(total=lambda x: x.sum(axis=1))


def comparison(shared: Path = SHARED) -> pd.DataFrame:
    """Every published number beside ours: balanced trade, as the paper's Table 2; all in percent."""
    economy, tariffs = load("balanced", shared)
    solution = dt.solve(economy, dt.Shock(t_cf=tariffs["with"]))
    ours = first_order(economy, solution)
    ours["real_wage"] = 100 * (solution.economies().set_index("economy")["real_wage"])
    ours["imports_from_bloc"] = [100 * bloc_imports(solution, name) for name in economy.economies]
    table = pd.read_csv(HERE / "published.csv")
    table["ours"] = [ours.loc[BLOC[row.economy], row.measure] for row in table.itertuples()]
    table["gap"] = table["ours"] - table["published"]
    return table


def bloc_imports(solution: dt.Solution, importer: str) -> float:
    """Growth of imports from the two partners, at prices net of tariffs; zero for economies outside the bloc."""
    if importer not in BLOC.values():
        return 0.0
    trade = solution.trade()
    mine = trade[(trade["importer"] == importer) & trade["exporter"].isin(set(BLOC.values()) - {importer})]
    return float(mine["after"].sum() / mine["before"].sum() - 1)


def exact(shared: Path = SHARED) -> pd.DataFrame:
    """Exact real income of the three, percent, under each treatment of deficits, and its split along the path."""
    rows = []
    for deficits in ("balanced", "fixed", "proportional"):
        economy, tariffs = load(deficits, shared)
        shock = dt.Shock(t_cf=tariffs["with"])
        split = dt.decompose(economy, shock).set_index("economy")
        W_hat = dt.solve(economy, shock).W_hat
        for code, name in BLOC.items():
            parts = 100 * split.loc[name, ["terms_of_trade", "volume_of_trade", "transfers", "total"]]
            rows.append(
                {"deficits": deficits, "economy": code, "exact": 100 * (W_hat[economy.index(name)] - 1), **parts}
            )
    return pd.DataFrame(rows)


def in_steps(shared: Path = SHARED) -> pd.DataFrame:
    """The paper's first-order total, summed over k equal steps of ln(1+t), each from the equilibrium before it."""
    start, tariffs = load("balanced", shared)
    path = np.log1p(start.t), np.log1p(tariffs["with"])
    rows = []
    for k in STEPS:
        economy, total = start, 0.0
        for step in range(1, k + 1):
            t_cf = np.expm1(path[0] + (path[1] - path[0]) * step / k)
            solution = dt.solve(economy, dt.Shock(t_cf=t_cf))
            total = total + first_order(economy, solution)["total"]
            economy = economy.at(solution)
        rows.append({"steps": k, **{code: total[name] for code, name in BLOC.items()}})
    return pd.DataFrame(rows)


def made(shared: Path = SHARED) -> dict[str, str]:
    """The tables of the README."""
    gaps = wages(shared)
    largest = gaps[["gap_without", "gap_with"]].abs().max().max()
    beside = [
        [f"{row.economy} {row.measure.replace('_', ' ')}", f"{row.published:g}", f"{row.ours:.4f}", f"{row.gap:.4f}"]
        for row in comparison(shared).itertuples()
    ]
    split = [[row[0], row[1], *map(four, row[2:])] for row in exact(shared).itertuples(index=False)]
    steps = [[f"{row[0]:g}", *map(four, row[1:])] for row in in_steps(shared).itertuples(index=False)]
    head = ["deficits", "", "exact", "terms of trade", "volume of trade", "transfers", "total"]
    return {
        "wages": f"**{len(gaps)} economies, largest gap under {10 ** np.ceil(np.log10(largest)):.0e}**".replace(
            "e-0", "e-"
        ),
        "published": table(["", "published", "ours", "gap"], beside),
        "exact": table(head, split),
        "steps": table(["k", *BLOC], steps),
    }


def four(value: float) -> str:
    """Four decimals, without the sign of a zero."""
    return f"{value:.4f}".replace("-0.0000", "0.0000")


def results(shared: Path = SHARED) -> pd.DataFrame:
    """Every published number beside the computed one."""
    found = comparison(shared)
    return pd.DataFrame(
        {
            "table": found["printed_in"],
            "what": found["economy"] + " " + found["measure"].str.replace("_", " "),
            "unit": "percent",
            "published": found["published"],
            "digits": [0 if measure == "imports_from_bloc" else 2 for measure in found["measure"]],
            "computed": found["ours"],
        }
    )


def main() -> int:
    """Write the page and print it."""
    if not SHARED.is_dir():
        print(f"the reference folder {SHARED} is absent: set DETENTE_SHARED to it", file=sys.stderr)
        return 1
    publish(HERE, made(), results())
    return 0


if __name__ == "__main__":
    sys.exit(main())
