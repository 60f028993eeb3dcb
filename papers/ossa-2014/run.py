"""Trade wars and trade talks as in Ossa (2014): optimal, Nash and cooperative tariffs of seven regions.

Run with `make papers`, or `python papers/ossa-2014/run.py`. The model's inputs are not shipped; they are read from the
reference folder (environment variable DETENTE_SHARED, by default `../shared` beside the repository).
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

from replication import digits, publish, table

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("DETENTE_SHARED") or HERE.parents[2] / "shared").resolve()
STARTS = ("nash", "factual", "free_trade")


def load(shared: Path = SHARED) -> dt.Economy:
    """The seven regions of 2005, factual tariffs, trade imbalances removed by the author."""
    with np.load(shared / "reference/ossa-2014.npz") as z:
        return dt.Economy.monopolistic(
            np.moveaxis(z["trade_ijs"], 0, 1),
            np.moveaxis(z["tariff_ijs"], 0, 1),
            z["sigma_s"],
            economies=z["regions"].tolist(),
            sectors=z["labels"].tolist(),
            name="Ossa 2014",
        )


def changes(economy: dt.Economy, after: dt.Solution, before: dt.Solution | None = None) -> pd.DataFrame:
    """Welfare, wages less their mean (numeraire: world factor income) and profits over the wage; percent, by region."""
    ones = np.ones(len(economy.economies))
    W, w, profits = ones, ones, economy.profits
    if before is not None:
        W, w, profits = before.W_hat, before.w_hat, (economy.profit_share * before.Y_cf).sum(1)
    wage = after.w_hat / w
    earned = (economy.profit_share * after.Y_cf).sum(1) / profits
    table = {"welfare": after.W_hat / W - 1, "wage": wage - wage.mean(), "profits": earned / wage - 1}
    return 100 * pd.DataFrame(table, index=list(economy.economies))


def optimal(economy: dt.Economy, regions: Sequence[str] | None = None) -> pd.DataFrame:
    """Table 3a: each region's optimal tariffs in turn, all others' factual; own changes and the mean of the others'."""
    rows = []
    for region in regions or economy.economies:
        answer = dt.best_response(economy, region)
        n, table = economy.index(region), changes(economy, answer.solution)
        own, others = table.loc[region], table.drop(region).mean()
        found = {f"{name}_own": own[name] for name in table} | {f"{name}_others": others[name] for name in table}
        found["optimal_tariff_median"] = 100 * float(np.median(np.delete(answer.tariffs[n], n, 0)))
        rows.append(pd.Series(found, name=region))
    return pd.DataFrame(rows)


def war(economy: dt.Economy) -> tuple[pd.DataFrame, dt.Equilibrium]:
    """Table 4a: Nash tariffs of all seven, and the equilibrium."""
    equilibrium = dt.nash(economy)
    table = changes(economy, equilibrium.solution)
    table["nash_tariff_median"] = 100 * equilibrium.medians().set_index("economy")["median"]
    return table, equilibrium


def talks(economy: dt.Economy, equilibrium: dt.Equilibrium, starts: Sequence[str] = STARTS) -> pd.DataFrame:
    """Table 5a: cooperative tariffs from the war, the factual tariffs and free trade."""
    columns = {}
    free = np.zeros_like(economy.t)
    for start in starts:
        given = {"nash": equilibrium, "factual": None, "free_trade": free}[start]
        before = {"nash": equilibrium.solution, "factual": None, "free_trade": dt.solve(economy, dt.Shock(t_cf=free))}
        deal = dt.cooperate(economy, start=given)
        table = changes(economy, deal.solution, before[start])
        columns |= {f"{name}_from_{start}": table[name] for name in table}
    return pd.DataFrame(columns)


def comparison(found: pd.DataFrame, table: str) -> pd.DataFrame:
    """Every published number of a table beside ours, percent; the row `mean` where every region was computed."""
    published = pd.read_csv(HERE / "published.csv")
    published = published[published["table"] == table]
    full = pd.concat([found, found.mean().rename("mean").to_frame().T]) if len(found) == 7 else found
    rows = published[published["region"].isin(full.index) & published["measure"].isin(full.columns)].copy()
    rows["ours"] = [float(full.loc[row.region, row.measure]) for row in rows.itertuples()]
    rows["gap"] = rows["ours"] - rows["published"]
    return rows.reset_index(drop=True)


def beside(rows: pd.DataFrame, measures: Sequence[str]) -> list[list[str]]:
    """One row a region: published and computed of each measure in turn."""
    by = rows.set_index(["region", "measure"])
    found = []
    for region in rows["region"].unique():
        cells = [str(region)]
        for measure in measures:
            row = by.loc[(region, measure)]
            cells += [f"{row['published']:g}", f"{row['ours']:.3f}"]
        found.append(cells)
    return found


def made(tables: dict[str, pd.DataFrame]) -> dict[str, str]:
    """The tables of the README, from comparisons of the paper's tables."""
    alone = ["welfare_own", "welfare_others", "optimal_tariff_median"]
    together = ["welfare", "wage", "profits", "nash_tariff_median"]
    deals = tables["5a"]
    largest = deals.assign(gap=deals["gap"].abs()).groupby("measure")["gap"].max()
    mean = deals[deals["region"] == "mean"].set_index("measure")
    cooperation = []
    for name, start in (("war", "nash"), ("factual", "factual"), ("free trade", "free_trade")):
        gain = mean.loc[f"welfare_from_{start}"]
        gaps = (f"{largest[f'{what}_from_{start}']:.3f}" for what in ("wage", "profits"))
        cooperation.append([name, f"{gain['published']:g}", f"{gain['ours']:.3f}", *gaps])
    return {
        "3a": table(["", "welfare, own", "", "welfare, others", "", "median tariff", ""], beside(tables["3a"], alone)),
        "4a": table(
            ["", "welfare", "", "wage", "", "profits", "", "median tariff", ""], beside(tables["4a"], together)
        ),
        "5a": table(["from", "gain", "", "wages, largest gap", "profits, largest gap"], cooperation),
    }


def results(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Every published number beside the computed one; all are printed with one decimal, small gains with two."""
    rows = pd.concat([rows.assign(table=f"Table {name}") for name, rows in tables.items()], ignore_index=True)
    return pd.DataFrame(
        {
            "table": rows["table"],
            "what": rows["region"] + " " + rows["measure"].str.replace("_", " "),
            "unit": "percent",
            "published": rows["published"],
            "digits": [max(1, digits(value)) for value in rows["published"]],
            "computed": rows["ours"],
        }
    )


def main() -> int:
    """Write the page and print it."""
    if not SHARED.is_dir():
        print(f"the reference folder {SHARED} is absent: set DETENTE_SHARED to it", file=sys.stderr)
        return 1
    economy = load()
    nash_table, equilibrium = war(economy)
    found = {"3a": optimal(economy), "4a": nash_table, "5a": talks(economy, equilibrium)}
    tables = {name: comparison(rows, name) for name, rows in found.items()}
    publish(HERE, made(tables), results(tables))
    return 0


if __name__ == "__main__":
    sys.exit(main())
