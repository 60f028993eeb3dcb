"""What a target asks for: a bilateral balance, or purchases by category, both at border prices and net of tariffs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from detente.errors import BadInput
from detente.model.benchmark import Benchmark
from detente.solve.frames import SERVICES

FloatArray = NDArray[np.float64]
Scope = Literal["goods", "all"]


@dataclass(frozen=True)
class Balance:
    """The trade balance of one economy with another shall change.

    The balance of `economy` with `partner` is its exports to the partner less its imports from it, net of tariffs. So
    ``Balance("USA", "CHN", change=+200e3)`` and ``Balance("CHN", "USA", change=-200e3)`` are the same target: 200bn
    less of a deficit for the United States, of a surplus for China.

    Parameters
    ----------
    economy, partner
        Whose balance, with whom.
    change
        USD million a year, counted from the benchmark; positive for more exports or fewer imports of `economy`.
    scope
        ``goods`` leaves services out of the balance; ``all`` counts them.
    """

    economy: str
    partner: str
    change: float
    scope: Scope = "goods"

    def __post_init__(self) -> None:
        _require_two(self.economy, self.partner, "a balance")
        if self.scope not in get_args(Scope):
            raise BadInput(f"scope={self.scope!r} is not known: choose one of {', '.join(get_args(Scope))}")
        if not np.isfinite(self.change) or self.change == 0:
            raise BadInput(
                f"the balance of {self.economy} with {self.partner} is to change by {self.change}: give USD million a "
                f"year, not zero; positive for a larger balance of {self.economy} (exports − imports)"
            )

    @property
    def sides(self) -> tuple[str, str]:
        """The economy whose balance is to rise, and the one whose balance is to fall."""
        return (self.economy, self.partner) if self.change > 0 else (self.partner, self.economy)

    @property
    def parties(self) -> tuple[str, str]:
        """The two economies as the goal names them."""
        return self.economy, self.partner

    def __str__(self) -> str:
        what = "" if self.scope == "all" else " in goods"
        return f"the balance of {self.economy} with {self.partner}{what} changes by {self.change:+,.0f} USD million"


@dataclass(frozen=True)
class Purchases:
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
        if not self.amounts:
            raise BadInput("a purchase commitment names no category: give extra as a number, or category → number")
        for category, amount in self.amounts.items():
            if not np.isfinite(amount) or amount <= 0:
                raise BadInput(
                    f"{self.buyer} is to buy {amount} USD million more of {category} from {self.seller}: give what it "
                    "buys more than in the benchmark, over zero"
                )
        unknown = [name for name in self._coverage() if name not in self.amounts]
        if unknown:
            raise BadInput(f"sectors are given for {unknown[0]!r}, which has no amount: add it to extra")

    @property
    def sides(self) -> tuple[str, str]:
        """Who is to sell more, and who is to buy more."""
        return self.seller, self.buyer

    @property
    def parties(self) -> tuple[str, str]:
        """The two economies as the goal names them."""
        return self.buyer, self.seller

    @property
    def amounts(self) -> dict[str, float]:
        """Category → USD million over the benchmark."""
        if isinstance(self.extra, Mapping):
            return {str(name): float(amount) for name, amount in self.extra.items()}
        return {"goods": float(self.extra)}

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
            given = {"goods": self.sectors} if isinstance(self.sectors, Mapping) or tuple(self.sectors) else {}
        return {
            name: {str(s): float(share) for s, share in its.items()}
            if isinstance(its, Mapping)
            else dict.fromkeys(_listed(its), 1.0)
            for name, its in given.items()
        }

    def __str__(self) -> str:
        parts = ", ".join(f"{amount:,.0f} of {category}" for category, amount in self.amounts.items())
        return f"{self.buyer} buys more from {self.seller} by {parts}, USD million a year"


Goal = Balance | Purchases


def goods(economy: Benchmark) -> tuple[str, ...]:
    """Every sector but services."""
    return tuple(sector for sector in economy.sectors if sector != SERVICES)


def _listed(sectors: Iterable[str]) -> tuple[str, ...]:
    if isinstance(sectors, str):
        raise BadInput(f"sectors={sectors!r} is one name: give a list, [{sectors!r}]")
    listed: Sequence[str] = tuple(sectors)
    return tuple(listed)


def _require_two(one: str, other: str, what: str) -> None:
    if one == other:
        raise BadInput(f"{what} is between two economies, not {one} and itself")
