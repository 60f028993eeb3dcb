"""What a target asks for: a bilateral balance, or purchases by category, both at border prices and net of tariffs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from detente.data.exported import Shown
from detente.errors import BadInput
from detente.inputs import names, number, require
from detente.model.benchmark import Benchmark
from detente.solve.frames import goods as goods

FloatArray = NDArray[np.float64]
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
