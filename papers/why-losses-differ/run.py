"""Why published losses differ: one shock under the assumptions by which institutes differ, one at a time.

Run with `make papers`. Needs the reference folder (`DETENTE_SHARED`) for the published figures beside.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import detente as dt
from detente.data.bundled import list_elasticities

sys.path.append(str(Path(__file__).resolve().parents[1]))

from replication import published_from_reference, shared, table
from states import State, raised

HERE = Path(__file__).resolve().parent
COLUMNS = ("USA", "CHN", "world")
KAPPA = 0.5
RULES = {
    "simple": "base tariffs: simple averages of the source",
    "scaled": "base tariffs: scaled to published means",
}


def laid(world: dt.World, *, answered: bool = True) -> State:
    """60 points on China and 10 on others on all goods, with the same in return by each, or unanswered."""
    back = [(code, "USA", 0.6 if code == "CHN" else 0.1) for code in world.economies if code != "USA"]
    rises = [("USA", "CHN", 0.6), ("USA", "*", 0.1), *(back if answered else ())]
    return State(world, dt.Shock(t_cf=raised(world, *rises)))


def theta_of_one(world: dt.World) -> float:
    """The elasticity of one sector: the mean of U4 over goods, weighted by trade."""
    theta, goods = dt.calibrate(world).theta, [world.sector_index(code) for code in world.goods]
    traded = world.flows.sum((0, 1)) - np.einsum("nnj->j", world.flows)
    return float(theta[goods] @ traded[goods] / traded[goods].sum())


def one_sector(world: dt.World, shock: State) -> State:
    """The same rates in a world of one sector: each pair's tariff is the mean over its sectors, weighted by trade."""
    small = world.aggregate(sectors={"all": list(world.sectors)})
    t = (np.asarray(shock.shock.t_cf) * world.flows).sum(2) / np.maximum(world.flows.sum(2), 1e-300)
    return State(small, dt.Shock(t_cf=np.where(world.flows.sum(2) > 0, t, small.tariffs[:, :, 0])[:, :, None]))


def without_inputs(state: State) -> State:
    """The same flows and rates where nothing is an input: value added is output."""
    world = state.world
    bare = dt.World(
        flows=world.flows, tariffs=world.tariffs, economies=world.economies, sectors=world.sectors,
        name=f"{world.name}, no inputs",
    )  # fmt: skip
    return State(bare, state.shock)


def changes(s: dt.Solution) -> list[float]:
    """Real income of the columns, then real GDP of the United States, per cent."""
    rows, weight = s.economies().set_index("economy"), pd.Series(s.base.I, index=s.base.economies)
    world = float(rows["real_income"] @ weight) / float(weight.sum())
    found = [rows.loc["USA", "real_income"], rows.loc["CHN", "real_income"], world, rows.loc["USA", "real_gdp"]]
    return [100 * float(value) for value in found]


def ways() -> Iterator[tuple[str, list[float]]]:
    """Each assumption with what it gives; all else as in the first row."""
    world = dt.load_world("icio-2022")
    shock = laid(world)
    yield "28 sectors with inputs, U4, deficits held, the long run, labour fixed", changes(shock.solved())
    yield "unanswered", changes(laid(world, answered=False).solved())
    yield "workers stay in their sectors", changes(shock.solved(horizon="short"))
    for closure, said in (("balanced", "trade balances"), ("proportional", "deficits in proportion to income")):
        yield said, changes(shock.solved(deficits=closure))
    for rule, said in RULES.items():
        yield said, changes(laid(world.with_tariffs(rule)).solved())
    for name in (str(each) for each in list_elasticities()["name"]):
        if name != "U4":
            try:
                yield f"elasticities {name}", changes(shock.solved(elasticities=name))
            except dt.DetenteError:  # a set of another list of sectors
                continue
    single, theta = one_sector(world, shock), theta_of_one(world)
    yield f"one sector with inputs, elasticity {theta:.2f}", changes(single.solved(elasticities=[theta]))
    yield (
        f"one sector without inputs, elasticity {theta:.2f}",
        changes(without_inputs(single).solved(elasticities=[theta])),
    )
    yield "28 sectors without inputs", changes(without_inputs(shock).solved())


def labour() -> Iterator[list[str]]:
    """Labour supply with an elasticity: one equilibrium counted in four ways, for each use of revenue."""
    shock = laid(dt.load_world("icio-2022"))
    supplies = {
        "labour fixed": None,
        "elasticity 0.5, revenue handed out": dt.Elastic(KAPPA),
        "elasticity 0.5, revenue lowers the income tax": dt.Elastic(KAPPA, revenue="income-tax"),
    }
    for said, supply in supplies.items():
        s = shock.solved(labour=supply)
        row = s.economies().set_index("economy").loc["USA"]
        figures = (row[name] for name in ("real_income", "real_gdp", "employment", "welfare", "welfare_ratio"))
        yield [said, *(f"{100 * float(value):+.3f}" for value in figures)]


@cache
def found() -> tuple[tuple[str, list[float]], ...]:
    """All of `ways`, computed once."""
    return tuple(ways())


def made() -> dict[str, str]:
    """The tables of the README."""
    first = found()[0][1]
    rows = [[said, *(f"{value:+.3f}" for value in values), f"{values[0] - first[0]:+.3f}"] for said, values in found()]
    rows.append(["published by CEPII (MIRAGE)", "–", "–", "–", f"{published():g}", "–"])
    head = ["", "USA", "CHN", "world", "real GDP of the USA", "USA, less the first row"]
    ratio = ["", "real income", "real GDP", "work", "welfare, share of income", "welfare, ratio"]
    return {"ways": table(head, rows), "labour": table(ratio, labour())}


def published() -> float:
    """What CEPII published on US GDP, per cent."""
    rows = pd.read_csv(shared() / "truth" / "published-2025.csv")
    its = rows[rows["scenario"].str.startswith("60 % on China") & (rows["economy"] == "USA")]
    return float(its["value"].item())


def results() -> pd.DataFrame:
    """The published figure of the same shock beside those of each row, GDP of the United States."""
    return pd.DataFrame(
        [("GDP", said, "percent", published(), 1, values[3]) for said, values in found()],
        columns=["table", "what", "unit", "published", "digits", "computed"],
    )


def main() -> int:
    """Write the page and print it; 1 where the reference folder is absent."""
    return published_from_reference(HERE, made, results)


if __name__ == "__main__":
    sys.exit(main())
