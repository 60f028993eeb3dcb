"""The purchase commitments of Phase One (15 January 2020) on a world: categories, what they cover, and how much.

The agreement lists headings by category (Annex 6.1) and amounts over 2017. No trade values by product code are bundled,
so codes weigh as everywhere (`detente.data.products`): industries by what China bought in 2017, codes equally in each.
What that gives for each category is shown beside its published value of 2017. An amount adds to a category's purchases
in the world the part that it adds to the published ones.

Source: Economic and Trade Agreement between the Government of the United States of America and the Government of the
People's Republic of China, Chapter 6 and Annex 6.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from detente.data.codes import HERE
from detente.data.products.concordance import NO_SECTOR
from detente.data.products.weights import code_weights
from detente.data.world import World
from detente.errors import BadInput
from detente.solver.solution import goods as goods
from detente.targets.target import Purchases

BUYER: Final = "CHN"


SELLER: Final = "USA"


OUTSIDE: Final = "not in the agreement"


@dataclass(frozen=True, eq=False)
class PhaseOne:
    """The commitments of goods for 2020 on a world.

    ``goal`` is what `reach` takes. ``categories``: one row a category, USD million: base and extra as published (2017,
    and 2020 over it), by_codes (what the weights of codes give for 2017), world_base and world_extra (in the world).
    ``shares`` (category × sector): what part of China's purchases from the United States is in a category.
    """

    goal: Purchases
    categories: pd.DataFrame
    shares: pd.DataFrame
    notes: tuple[str, ...]

    def _repr_html_(self) -> str:
        return self.categories.to_html(index=False, float_format="{:,.0f}".format)


def phase_one(world: World) -> PhaseOne:
    """The purchase commitments of Phase One for goods in 2020, as a goal on a world.

    Raises
    ------
    BadInput
        Where the world lacks China, the United States, or the goods sectors of the bundled worlds.
    """
    missing = [code for code in (BUYER, SELLER) if code not in world.economies]
    by_code = _by_code()
    missing += sorted(set(by_code["sector"]) - set(world.sectors))
    if missing:
        raise BadInput(
            f"Phase One needs {', '.join(missing[:5])}, which {world.name} lacks: take a bundled world, not aggregated"
        )
    goals = _read("phase-one-goals.csv")
    asked = goals[goals["category"] != OUTSIDE]
    values = by_code.pivot_table(index="category", columns="sector", values="value", aggfunc="sum", fill_value=0.0)
    shares = (values / values.sum(axis=0)).reindex(index=asked["category"])
    bought = pd.Series(world.flows[world.index(BUYER), world.index(SELLER)], index=list(world.sectors))
    world_base = shares @ bought[shares.columns]
    table = asked.assign(
        by_codes=by_code.groupby("category")["value"].sum().reindex(asked["category"]).to_numpy(),
        world_base=world_base.to_numpy(),
        world_extra=(asked["extra"] / asked["base"]).to_numpy() * world_base.to_numpy(),
    )
    goal = Purchases(
        BUYER,
        SELLER,
        {str(name): float(extra) for name, extra in table.set_index("category")["world_extra"].items()},
        {str(name): {str(j): float(part) for j, part in row[row > 0].items()} for name, row in shares.iterrows()},
    )
    return PhaseOne(goal, table.reset_index(drop=True), shares, _notes(table, world))


def _notes(table: pd.DataFrame, world: World) -> tuple[str, ...]:
    off = table.set_index("category")["by_codes"] / table.set_index("category")["base"] - 1
    given = ", ".join(f"{category} {gap:+.0%}" for category, gap in off.to_dict().items())
    part = float(table["world_base"].sum() / table["base"].sum())
    return (
        f"no trade values by product code: against the published values of 2017 the weights of codes give {given}",
        f"{world.name} holds {part:.0%} of the published base; an amount adds the published part to a category's base",
        "goods alone, and 2020 alone: services and 2021 are left out",
        "lines of eight digits count with their code of six; codes of scrap and used goods are in no sector",
    )


@cache
def _by_code() -> pd.DataFrame:
    """hs6, sector, value, category of everything that China bought in goods sectors, USD million of 2017."""
    rows = code_weights(BUYER, SELLER)
    rows = rows[rows["sector"] != NO_SECTOR]
    of = _read("phase-one-codes.csv").set_index("code")["category"]
    fine, heading = rows["hs6"].map(of), rows["hs6"].str[:4].map(of)
    return rows.assign(category=np.where(fine.notna(), fine, heading.fillna(OUTSIDE)))


@cache
def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / "policy" / name, dtype={"code": str})
