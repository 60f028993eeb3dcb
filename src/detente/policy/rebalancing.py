"""Rebalancing: an answer that withdraws substantially equivalent concessions, over the answering side's own list.

Article 8.2 of the Agreement on Safeguards and Article 22.4 of the Dispute Settlement Understanding let a side answer by
as much as it lost. Both sides are counted on base-year trade, in customs figures where both directions have them:

- duty: the answer collects what the measure collects on the side's goods, rate · share · list = duty. Of the two
  unknowns one is given: with a rate (`add`, or rates of the codes) the share of the list is found; without one the rate
  on all of the list.
- trade: the answer covers as much trade as the measure covers, at the rate given, else at the measure's average.

A list is worth what is bought of it: where it is too short at its rate, all of it is covered and the shortfall is said.
An answer in kind (`retaliate`) has the measure's own goods or any goods, and needs no list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from detente.data.quantities import HIGHEST_RATE, format_money, format_rate, stated
from detente.data.world import World
from detente.errors import BadMeasure
from detente.inputs import number, one_of, require
from detente.policy.measure import Goods, Measure, rates_of
from detente.policy.reach import BaseImports, partners
from detente.policy.retaliation import said, trade_both_ways, trade_hit
from detente.policy.schedule import Schedules

Equal = Literal["duty", "trade"]
EQUALS: Final[tuple[Equal, ...]] = ("duty", "trade")
_TINY: Final = 1e-9
"""Share of what was asked below which a shortfall is rounding."""
_STEPS: Final = 20
"""Steps towards the part of a list: each leaves about a hundredth of what was missing."""


@dataclass(frozen=True)
class Rebalancing:
    """A rebalancing answer: the measure, and both sides of the account. USD million of base-year trade, in `basis`.

    trade, duty: what the original covers and collects; listed: what is bought of the list; share: the part of the list
    that the answer covers; rate: its average duty on top, a fraction; covered, collected: what the answer covers and
    collects; cap: the most that the whole list gives of what is to be equal, at its rate; shortfall: what is missing of
    it. notes: sentences for the reader, the account first.
    """

    measure: Measure
    match: Equal
    trade: float
    duty: float
    listed: float
    share: float
    rate: float
    covered: float
    collected: float
    cap: float
    shortfall: float
    basis: str
    notes: tuple[str, ...]

    @property
    def taken(self) -> float:
        """What it leaves no more for other answers, USD million: duties on a list come on top of theirs."""
        return self.covered if self.measure.goods.by_value else 0.0


def rebalance(
    world: World,
    measure: Measure,
    *,
    by: str,
    match: Equal,
    goods: Goods | None = None,
    add: float | None = None,
    taken: float = 0.0,
    name: str | None = None,
    schedules: Schedules | None = None,
) -> Rebalancing:
    """The rebalancing answer of `by` to a measure on its goods.

    Parameters
    ----------
    match
        What is equal: the duty collected, or the trade covered.
    goods
        The list of the answering side: codes, sectors, a value or all goods, which are the default.
    add
        The rate of the answer, a fraction; None where codes have their own, or it is to be found.
    taken
        What earlier answers of `by` cover already by value, USD million: where all goods are the list, a share of it is
        of other goods.
    name
        The id of the answer, by default that of the measure with `-rebalanced`.
    schedules
        Books of the world that are laid already.

    Raises
    ------
    BadMeasure
        Where the measure is not on `by` or adds no duty, nothing is bought of the list, it has a form that is no list
        of goods, or a rate over 1000 % would be needed.
    """
    require(World, world, "world", "give a World: dt.load_world('icio-2017'), or dt.World(...)")
    require(Measure, measure, "measure", "give a measure, dt.Measure(...)")
    one_of(match, "match", EQUALS)
    books = schedules or Schedules(world)
    if by not in partners(world, measure):
        raise BadMeasure(f"measure {measure.id!r} is not on the goods of {by}, so {by} has nothing to rebalance")
    sold, bought = trade_both_ways(world, measure, by)
    trade, duty = trade_hit(books, measure, by, sold)
    if duty <= 0:
        raise BadMeasure(f"measure {measure.id!r} adds no duty to the goods of {by}: there is nothing to rebalance")
    offer = _Offer(books, measure, by, goods or Goods(all=True), add, bought, name or f"{measure.id}-rebalanced")
    listed, given = offer.whole()
    rate = given if given is not None else duty / (listed if match == "duty" else trade)
    if rate > HIGHEST_RATE:
        raise BadMeasure(
            f"to collect {said(duty)} on the {said(listed)} that {by} buys of its list it would need a rate of "
            f"{rate:.0%}, over {HIGHEST_RATE:.0%}: name more goods, or match trade"
        )
    asked, cap = (duty, rate * listed) if match == "duty" else (trade, listed)
    share = 1.0
    if given is not None or match == "trade":
        share = min(asked / cap, offer.room(listed, number(taken, "taken")))
    made, covered, collected = offer.part(share, listed, rate, match)
    share = covered / listed if share < 1.0 else share
    missing = asked - (collected if match == "duty" else covered)
    shortfall = missing if missing > _TINY * asked else 0.0
    found = Rebalancing(
        made, match, trade, duty, listed, share, rate, covered, collected, cap, shortfall, sold.basis, ()
    )
    notes = [_account(found, measure, by, goods is None), *(its.note for its in (sold, bought) if its.note is not None)]
    return Rebalancing(**{**vars(found), "notes": tuple(notes)})


@dataclass(frozen=True)
class _Offer:
    """The list of the answering side and its rates."""

    books: Schedules
    original: Measure
    by: str
    goods: Goods
    add: float | None
    bought: BaseImports
    name: str

    def __post_init__(self) -> None:
        if self.goods.table is not None or self.goods.sector_rates is not None:
            raise BadMeasure(f"the list of {self.by} is {self.goods}: name codes, sectors, a value or all goods")
        if self.own_rates and self.add is not None:
            raise BadMeasure(f"every code of the list of {self.by} has its own rate: leave add out")

    @property
    def own_rates(self) -> bool:
        """Whether every code of the list has a rate of its own."""
        lines = self.goods.codes or ()
        return bool(lines) and all(map(rates_of, lines))

    def whole(self) -> tuple[float, float | None]:
        """What is bought of the list, USD million, and its average rate; None where the rate is to be found."""
        rate = None if self.own_rates else self.add if self.add is not None else 1.0
        value, duty = trade_hit(self.books, self.of(None, rate), self.original.by, self.bought)
        if value <= 0 or duty <= 0:
            raise BadMeasure(
                f"{self.by} buys nothing of its list from {self.original.by} in the base year, or adds no duty to it: "
                "name other goods, and a rate above zero"
            )
        return value, None if self.add is None and not self.own_rates else duty / value

    def room(self, listed: float, taken: float) -> float:
        """The part of the list that other answers leave: measures by value on all goods are of different goods."""
        left = 1.0 - taken / listed if self.goods.all else 1.0
        if left <= 0:
            raise BadMeasure(
                f"other answers of {self.by} cover {said(taken)}, all that it buys from {self.original.by}: leave add "
                "out, so that the rate is found, or name a list"
            )
        return left

    def part(self, share: float, listed: float, rate: float, match: Equal) -> tuple[Measure, float, float]:
        """The answer on a share of the list, and the trade that it covers and the duty that it collects, USD million.

        Lists that are scaled to a value keep their sectors' proportions only nearly, so that where codes have rates of
        their own the value is found by steps, each of the size of what is missing.
        """
        value, wanted = share * listed, share * listed * (rate if match == "duty" else 1.0)
        for _ in range(_STEPS):
            made = self.of(value if share < 1.0 else None, None if self.own_rates else rate)
            covered, collected = trade_hit(self.books, made, self.original.by, self.bought)
            got = collected if match == "duty" else covered
            if share >= 1.0 or abs(got / wanted - 1) <= _TINY:
                return made, covered, collected
            value *= wanted / got
        raise BadMeasure(
            f"no part of the list of {self.by} gives {said(wanted)} of {match}: it is off by "
            f"{abs(got / wanted - 1):.2g}; give all codes one rate, or name more goods"
        )

    def of(self, value: float | None, rate: float | None) -> Measure:
        """The answer on goods of the list worth so much, or on all of it."""
        first = self.original
        goods = self.goods
        if value is not None:
            part = {"all": None, "value": format_money(round(value, 6)), "basis": self.bought.basis}
            goods = Goods.model_validate({**goods.model_dump(exclude_none=True), **part})
        return Measure(
            id=self.name,
            title=f"{self.by} rebalances {first.id}",
            by=self.by,
            on=(first.by,),
            status=first.status,
            goods=goods,
            add=stated(rate),
            from_=first.from_,
            until=first.until,
            earliest=first.earliest,
            suspended=first.suspended,
        )


def _account(found: Rebalancing, measure: Measure, by: str, every: bool) -> str:
    """The account in words: both duties, both values, the cap of the list, and what is missing."""
    whole = f"what it buys from {measure.by} is" if every else "its list is"
    lines = found.measure.goods.codes or ()
    rate = format_rate(round(found.rate, 4)) + (" on average" if any(map(rates_of, lines)) else "")
    part = "all" if found.share >= 1.0 else f"{found.share:.4%}"
    cap = f"at {rate} it gives at most {said(found.cap)} of duty" if found.match == "duty" else "that is the cap"
    end = f"; {said(found.shortfall)} of {found.match} is missing: name more goods" if found.shortfall else ""
    return (
        f"{by} rebalances {measure.id!r} by equal {found.match}: {measure.by} collects {said(found.duty)} on "
        f"{said(found.trade)} of goods of {by}; {whole} worth {said(found.listed)} of imports "
        f"({found.basis} figures), and {cap}; {rate} on {part} of it covers {said(found.covered)} and collects "
        f"{said(found.collected)}{end}"
    )
