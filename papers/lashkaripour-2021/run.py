"""The cost of a global tariff war as in Lashkaripour (2021): one Nash tariff a country, 2014, baseline model.

Run with `make papers`, or `python papers/lashkaripour-2021/run.py`. The model's inputs are not shipped; they are read
from the reference folder (environment variable DETENTE_SHARED, by default `../shared` beside the repository).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

import detente as dt

sys.path.append(str(Path(__file__).resolve().parents[1]))

from replication import publish, table

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("DETENTE_SHARED") or HERE.parents[2] / "shared").resolve()
#: The published Table 2 takes 10 for services; the file holds 5.
SERVICES = 10.0
LARGEST = ("USA", "CHN", "JPN", "DEU", "LUX")


def load(shared: Path = SHARED, services: float = SERVICES) -> dt.Economy:
    """44 economies × 16 sectors, no input links, factual tariffs, solved without deficits."""
    with np.load(shared / "reference/lashkaripour-2021-wiod-2014.npz") as z:
        gross, tariffs = (np.moveaxis(z[name].astype(float), 0, 1) for name in ("flows_ijk", "tariff_ijk"))
        theta = z["sigma_k"] - 1
        theta[-1] = services
        world = dt.World(
            gross / (1 + tariffs),
            tariffs,
            economies=z["countries"].tolist(),
            sectors=z["sectors"].tolist(),
            name="Lashkaripour 2021, WIOD 2014",
            year=2014,
        )
    return dt.calibrate(world, elasticities=theta, deficits="balanced")


def wars(economy: dt.Economy) -> tuple[pd.DataFrame, pd.DataFrame, dt.Equilibrium]:
    """Tariffs and welfare, percent: by the paper's formula, and at true best answers; and the Nash equilibrium."""
    equilibrium = dt.nash(economy, uniform=True)
    paper = equilibrium.formula
    assert paper is not None  # one rate for everybody, no input links
    formula = pd.DataFrame(
        {"tariff": 100 * paper.rates, "welfare": 100 * (paper.solution.W_hat - 1)}, index=list(economy.economies)
    )
    best = 100 * equilibrium.medians().set_index("economy")[["median", "real_income"]]
    return formula, best.rename(columns={"median": "tariff", "real_income": "welfare"}), equilibrium


def leaving(economy: dt.Economy, equilibrium: dt.Equilibrium, countries: Sequence[str] = LARGEST) -> pd.DataFrame:
    """Where all follow the formula: a country's true best rate against it, percent, and what it gains by it."""
    paper = equilibrium.formula
    assert paper is not None
    rows = {}
    for country in countries:
        answer = dt.best_response(economy, country, start=dt.Shock(t_cf=paper.solution.t_cf), rates="one")
        n = economy.index(country)
        best = float(np.delete(answer.tariffs[n], n, 0)[0, 0])
        rows[country] = {"formula": 100 * paper.rates[n], "best": 100 * best, "gain": 100 * np.expm1(answer.gain)}
    return pd.DataFrame(rows).T


def comparison(formula: pd.DataFrame, best: pd.DataFrame) -> pd.DataFrame:
    """One row a published country: tariff and welfare, percent; published, by the formula, and at true best answers."""
    published = pd.read_csv(HERE / "published.csv").set_index("country")
    columns = {}
    for what, name in (("tariff", "nash_tariff_percent"), ("welfare", "welfare_percent")):
        columns[f"{what}_published"] = published[name]
        columns[f"{what}_formula"] = formula.loc[published.index, what]
        columns[f"{what}_nash"] = best.loc[published.index, what]
    return pd.DataFrame(columns)


def gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Mean and median of the absolute gaps to the published numbers, and of the formula to the true best answers."""
    rows = {}
    for label, a, b in (
        ("formula and published", "formula", "published"),
        ("best answers and published", "nash", "published"),
        ("formula and best answers", "formula", "nash"),
    ):
        tariff = (table[f"tariff_{a}"] - table[f"tariff_{b}"]).abs()
        welfare = (table[f"welfare_{a}"] - table[f"welfare_{b}"]).abs()
        rows[label] = {
            "tariff, mean": tariff.mean(),
            "tariff, median": tariff.median(),
            "welfare, mean": welfare.mean(),
            "welfare, median": welfare.median(),
        }
    return pd.DataFrame(rows).T


def made(economy: dt.Economy, found: pd.DataFrame, equilibrium: dt.Equilibrium) -> dict[str, str]:
    """The tables of the README."""
    far = [[label, *(f"{value:.3f}" for value in row)] for label, row in gaps(found).iterrows()]
    left = [
        [code, f"{row.formula:.2f}", f"{row.best:.2f}", f"{row.gain:.4f}"]
        for code, row in leaving(economy, equilibrium).iterrows()
    ]
    countries = []
    for code, row in found.iterrows():
        cells = [str(code)]
        for what in ("tariff", "welfare"):
            cells += [f"{row[f'{what}_published']:g}", *(f"{row[f'{what}_{k}']:.2f}" for k in ("formula", "nash"))]
        countries.append(cells)
    return {
        "gaps": table(["", *gaps(found).columns], far),
        "leaving": table(["", "formula", "best", "gain"], left),
        "countries": table(["", "tariff", "formula", "Nash", "welfare", "formula", "Nash"], countries),
    }


def results(found: pd.DataFrame) -> pd.DataFrame:
    """Every published number beside that of the paper's formula."""
    parts = [
        pd.DataFrame(
            {
                "table": "Table 2",
                "what": [f"{code} {what}" for code in found.index],
                "unit": "percent",
                "published": found[f"{what}_published"],
                "digits": places,
                "computed": found[f"{what}_formula"],
            }
        )
        for what, places in (("tariff", 1), ("welfare", 2))
    ]
    return pd.concat(parts, ignore_index=True)


def main() -> int:
    """Write the page and print it."""
    if not SHARED.is_dir():
        print(f"the reference folder {SHARED} is absent: set DETENTE_SHARED to it", file=sys.stderr)
        return 1
    economy = load()
    formula, best, equilibrium = wars(economy)
    found = comparison(formula, best)
    publish(HERE, made(economy, found, equilibrium), results(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
