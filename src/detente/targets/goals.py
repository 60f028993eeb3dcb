"""What a target asks for: a bilateral balance, or purchases by category, both at border prices and net of tariffs.

The purchase commitments of Phase One (15 January 2020) on a world: categories, what they cover, and how much.

The agreement lists headings by category (Annex 6.1) and amounts over 2017. No trade values by product code are bundled,
so codes weigh as everywhere (`detente.data.products`): industries by what China bought in 2017, codes equally in each.
What that gives for each category is shown beside its published value of 2017. An amount adds to a category's purchases
in the world the part that it adds to the published ones.

Source: Economic and Trade Agreement between the Government of the United States of America and the Government of the
People's Republic of China, Chapter 6 and Annex 6.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal, get_args

import numpy as np
import pandas as pd

from detente.data.exported import Shown
from detente.data.names import HERE
from detente.data.products import NO_SECTOR, code_values
from detente.data.world import World
from detente.errors import BadInput
from detente.inputs import FloatArray, names, number, require
from detente.model.benchmark import Benchmark
from detente.solver.solution import goods as goods

Scope = Literal["goods", "all"]

GOODS: Final = "goods"
"""What the one category of a commitment without categories is called."""


@dataclass(frozen=True)
class Balance(Shown):
    """The imbalance of trade between two economies shall change: the deficit of the one, the surplus of the other.

    Which of the two has the deficit is read from the benchmark, so that neither the order of the names nor a sign can
    turn the goal round: where the United States buys more from China than it sells, ``Balance("USA", "CHN",
    change=-200e3)`` and ``Balance("CHN", "USA", change=-200e3)`` both ask for 200bn less of it.

    Parameters
    ----------
    economy, partner
        Between whom.
    change
        USD million a year, counted from the benchmark; negative for a smaller imbalance, positive for a larger one. A
        fall by more than there is turns the imbalance round.
    scope
        ``all`` counts what `Solution.balance` counts; ``goods`` leaves services out.
    """

    economy: str
    partner: str
    change: float
    scope: Scope = "all"

    def __post_init__(self) -> None:
        _require_two(self.economy, self.partner, "a balance")
        if self.scope not in get_args(Scope):
            raise BadInput(f"scope={self.scope!r} is not known: choose one of {', '.join(get_args(Scope))}")
        if number(self.change, f"the change of the balance of {self.economy} with {self.partner}") == 0:
            raise BadInput(
                f"the imbalance between {self.economy} and {self.partner} is to change by {self.change}: give USD "
                "million a year, not zero; negative for a smaller one"
            )

    @property
    def parties(self) -> tuple[str, str]:
        """The two economies as the goal names them."""
        return self.economy, self.partner

    def counted(self, economy: Benchmark) -> list[int]:
        """Positions of the sectors that the balance counts."""
        return [j for j, name in enumerate(economy.sectors) if self.scope == "all" or name in goods(economy)]

    def level(self, economy: Benchmark) -> float:
        """Exports of the economy named first to the other less its imports from it in the benchmark, USD million."""
        n, i = economy.index(self.economy), economy.index(self.partner)
        counted = self.counted(economy)
        return float((economy.M[i, n, counted] - economy.M[n, i, counted]).sum())

    def sides(self, economy: Benchmark) -> tuple[str, str]:
        """Who is to sell more to the other or buy less from it, and who the other way round. Raises BadInput."""
        level = self.level(economy)
        if level == 0:
            raise BadInput(
                f"trade between {self.economy} and {self.partner} is balanced: there is no deficit to change; ask for "
                "purchases"
            )
        return self.parties if (level < 0) == (self.change < 0) else self.parties[::-1]

    def __str__(self) -> str:
        what = "" if self.scope == "all" else " in goods"
        return (
            f"the imbalance between {self.economy} and {self.partner}{what} changes by {self.change:+,.0f} USD million"
        )


@dataclass(frozen=True)
class Purchases(Shown):
    """The buyer shall buy more from the seller, category by category, each at least so much.

    Parameters
    ----------
    buyer, seller
        Who buys from whom.
    extra
        USD million a year over the benchmark's purchases, at border prices: one number, or category → number.
    sectors
        What each category covers: sectors, or sector → share of the buyer's purchases there that is in the category.
        With one number for `extra`, the sectors themselves. A category that is not named here covers all goods.
    """

    buyer: str
    seller: str
    extra: float | Mapping[str, float]
    sectors: Iterable[str] | Mapping[str, Iterable[str] | Mapping[str, float]] = field(default=())

    def __post_init__(self) -> None:
        _require_two(self.buyer, self.seller, "a purchase commitment")
        require(Iterable, self.sectors, "sectors", "give a list of sectors, or category → sectors")
        if not self.amounts:
            raise BadInput("a purchase commitment names no category: give extra as a number, or category → number")
        for category, amount in self.amounts.items():
            if amount <= 0:
                raise BadInput(
                    f"{self.buyer} is to buy {amount} USD million more of {category} from {self.seller}: give what it "
                    "buys more than in the benchmark, over zero"
                )
        unknown = [name for name in self._coverage() if name not in self.amounts]
        if unknown:
            raise BadInput(f"sectors are given for {unknown[0]!r}, which has no amount: add it to extra")

    def sides(self, economy: Benchmark) -> tuple[str, str]:
        """Who is to sell more, and who is to buy more, in any benchmark."""
        return self.seller, self.buyer

    @property
    def parties(self) -> tuple[str, str]:
        """The two economies as the goal names them."""
        return self.buyer, self.seller

    @property
    def amounts(self) -> dict[str, float]:
        """Category → USD million over the benchmark."""
        if isinstance(self.extra, Mapping):
            return {str(name): number(amount, f"extra of {name}") for name, amount in self.extra.items()}
        return {GOODS: number(self.extra, "extra")}

    def shares(self, economy: Benchmark) -> FloatArray:
        """What part of each cell each category covers (category, sector).

        Raises
        ------
        UnknownSector
            Where a sector is not in the economy.
        BadInput
            Where a share is outside (0, 1], or the categories cover more than the whole of a sector.
        """
        coverage, out = self._coverage(), np.zeros((len(self.amounts), len(economy.sectors)))
        for row, category in enumerate(self.amounts):
            for sector, share in coverage.get(category, dict.fromkeys(goods(economy), 1.0)).items():
                if not 0 < share <= 1:
                    raise BadInput(f"{category} covers {share:g} of {sector}: give a share over 0 and up to 1")
                out[row, economy.sector_index(sector)] = share
        if (total := out.sum(0)).max() > 1 + 1e-9:
            worst = economy.sectors[int(total.argmax())]
            raise BadInput(
                f"the categories cover {total.max():g} of {worst} together: no goods are in two categories, give "
                "shares that sum to at most 1"
            )
        return out

    def _coverage(self) -> dict[str, dict[str, float]]:
        """Category → sector → share, of the categories that name sectors."""
        given: Mapping[str, Iterable[str] | Mapping[str, float]]
        if isinstance(self.extra, Mapping):
            if not isinstance(self.sectors, Mapping):
                if tuple(self.sectors):
                    raise BadInput("extra has categories: give sectors for each, category → sectors")
                return {}
            given = self.sectors
        else:
            given = {GOODS: self.sectors} if isinstance(self.sectors, Mapping) or tuple(self.sectors) else {}
        return {
            name: {str(s): number(share, f"the share of {s}") for s, share in its.items()}
            if isinstance(its, Mapping)
            else dict.fromkeys(names(its, "sectors"), 1.0)
            for name, its in given.items()
        }

    def __str__(self) -> str:
        parts = ", ".join(f"{amount:,.0f} of {category}" for category, amount in self.amounts.items())
        return f"{self.buyer} buys more from {self.seller} by {parts}, USD million a year"


Goal = Balance | Purchases


def _require_two(one: str, other: str, what: str) -> None:
    if one == other:
        raise BadInput(f"{what} is between two economies, not {one} and itself")


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
    rows = code_values(BUYER, SELLER)
    rows = rows[rows["sector"] != NO_SECTOR]
    of = _read("phase-one-codes.csv").set_index("code")["category"]
    fine, heading = rows["hs6"].map(of), rows["hs6"].str[:4].map(of)
    return rows.assign(category=np.where(fine.notna(), fine, heading.fillna(OUTSIDE)))


@cache
def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / "policy" / name, dtype={"code": str})
