"""The result of talks between two sides: prices of demands, deals, the frontier, distance, disagreement points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Final, Self

import pandas as pd

from detente.dispute.priced_obligations import PricedObligation, obligations_frame, obligations_of
from detente.dispute.results import Record
from detente.ensemble.summary import NumberKey, TableNumbers, numbers_in

TABLES: Final = (
    "demands", "prices", "reasons", "no_deals", "zones", "deals", "packages", "economies", "balances", "targets",
    "categories", "closing", "opening", "implied", "trades", "concessions", "stability",
    "tariff_deal", "duties",
)  # fmt: skip
"""The tables of talks, in the order in which they are written."""


@dataclass(frozen=True, eq=False)
class Talks(Record):
    """Talks of two sides, measured from the state in force on the day of the dispute: the truce.

    Money is USD million a year at base-year prices: changes of real income since the truce, and the file's values
    beside them. ``first`` and ``second`` are the sides in the order of ``players``.

    Attributes
    ----------
    no_deal
        Where talks that fail lead, in what follows: ``status quo``, ``threat``, ``answered`` or ``nash``.
    demands
        One row a demand: demand, by, of, what, kind, stance, deadline, sourcing, trade (changes what the model has),
        priced, board (agreed, red line, tradable, costs nothing, worth its cost, costs more than it is worth, or
        implied price where nothing prices it), and asker_least, asker_most, giver_least, giver_most: the ends of the
        file's values.
    prices
        One row a demand and side (and third countries, and the world): alone; alone_share (of the side's income); last,
        after all others; lowest, highest and shapley over all orders; at_threat and at_answered: alone where talks have
        failed and what is threatened is carried out, unanswered or answered.
    reasons
        One row a state (a no-deal point with measures, or a demand met alone) and side: why its real income changes
        since the truce, in log points: terms (of trade, with transfers), volume (of trade) and total.
    no_deals
        One row a no-deal point: no_deal, title, first, second, third, world, pays_first, pays_second (war pays: better
        than the truce).
    zones
        One row a no-deal point and set of packages (``no deal``: both prefer them to no deal; ``truce``: to the truce
        too; ``red lines``: to no deal, and every red line is met; ``all``: all of it): packages (how many), apart (the
        least that payoffs must rise by for one to leave both at their floor), short_first, short_second (at that
        package, nearest), nash (the demands of the Nash pick), short_of_payments (what would still be missing if they
        could pay each other), payer and paid_for, payment (a transfer through the model, at which the
        other side is at its floor, terms of trade included), lump_sum (the same if it moved no prices), first_then and
        second_then (what each has with it, values and all, since the truce), closes (the payer is at its floor too).
    deals
        One row a pick: among, concept, over (packages or lotteries), tie, chance, package, demands, first, second,
        gain_first, gain_second (over no deal), third, world. The truce is the first row.
    packages
        One row a package, or an undominated one where there are many: package, demands, first, second, third, world,
        keeps_first, keeps_second (red lines), frontier, in_no_deal, in_truce, in_red_lines, in_all.
    economies
        One row a state and economy: state, economy, real_income, real_income_usd (both of welfare where labour supply
        is elastic, and a note says so). States are no-deal points, demands met alone, and deals.
    balances
        One row a state and side: state, economy, partner, goods_before, goods_after (balance with the other in goods),
        total_before, total_after (with everybody), and how the total comes about: computed, or held by assumption.
    targets
        One row a demand of trade by amount and instrument, and for the buyer's subsidy each level of its schedule:
        until (the date of the level, where there are several), asked (figures of `basis`), ratio to the world's,
        asked_here, reached, met, rate (missing where there are several), lowest and highest rate, and the change of
        real income of asker, giver, third and world; treasury: what is paid for imports; diverted: part of the giver's
        bilateral change that is undone with others; warnings: caps that bind, and whose sign is another with one rate
        than with rates by sector.
    categories
        One row a category and date of purchases that have categories: until, category, asked (figures of the file),
        ratio, asked_here, reached, and the rate of its subsidy.
    closing
        One row a no-deal point and demand of trade by amount: the largest part that the giver likes no less than no
        deal, the amount that is (figures of the file), and what it is worth.
    opening
        One row a tariff cut, for the side that asks and for everybody: demand, to, first, second, third, world.
    implied
        One row a demand that the model does not price: what it would have to be worth for a deal that both prefer to
        no deal and the truce, with every red line met. least_value, with the others as stated (unstated ones count as
        nothing), and low and high over the stated ranges; makes_deal (false: no value is enough). most_cost: the most
        that the giver could bear in a deal that meets it; signed (false: the asker would sign none). value_low,
        value_high, cost_low, cost_high: what refusals leave (missing: unbounded), contradicted where they cannot all
        be true. norm_value, norm_cost: the smallest values and costs of all unknowns together that make a deal.
    trades
        Pairs of demands that both gain by exchanging: first_gets, second_gets, first_gain, second_gain, and what
        granting the other's alone costs: first_pays, second_pays.
    concessions
        What each side would have to give up of its list, the other meeting it at its floor: side, by (moves or money),
        moves, cost, gives (demands it grants), takes (its own that it drops), demands.
    stability
        One row a setting (elasticities, deficits, values): payoffs of no deal, distances, and whether the finding is
        the same.
    tariff_deal, duties
        The duties on each other's goods that the product of gains picks, and what they are worth: the tables of
        `TariffDeal`. Empty unless asked for.
    verdict
        The finding in a sentence, with codes for names.
    obligations
        What deals bind the two sides to already, each with its price where it has one; None where there is none.
    residual, solved
        The largest gap of any audit, and how many states of deals were solved.
    """

    KIND: ClassVar[str] = "talks"
    SCHEMA: ClassVar[int] = 3
    TABLES: ClassVar[tuple[str, ...]] = TABLES

    no_deal: str
    weights: tuple[float, float]
    mfn: bool
    verdict: str
    red_lines: tuple[str, ...]
    notes: tuple[str, ...]
    residual: float
    solved: int
    demands: pd.DataFrame
    prices: pd.DataFrame
    reasons: pd.DataFrame
    no_deals: pd.DataFrame
    zones: pd.DataFrame
    deals: pd.DataFrame
    packages: pd.DataFrame
    economies: pd.DataFrame
    balances: pd.DataFrame
    targets: pd.DataFrame
    categories: pd.DataFrame
    closing: pd.DataFrame
    opening: pd.DataFrame
    implied: pd.DataFrame
    trades: pd.DataFrame
    concessions: pd.DataFrame
    stability: pd.DataFrame
    tariff_deal: pd.DataFrame
    duties: pd.DataFrame
    obligations: tuple[PricedObligation, ...] | None = None

    def written(self) -> dict[str, pd.DataFrame]:
        """The tables that `write` writes: those of talks, and obligations where there are any."""
        return self.tables() | (
            {} if self.obligations is None else {"obligations": obligations_frame(self.obligations)}
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; numbers as they are."""
        plain = {name: value for name, value in super().as_dict().items() if name != "obligations"}
        kept = {} if self.obligations is None else {"obligations": [asdict(each) for each in self.obligations]}
        return plain | kept

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """The talks that `as_dict` wrote. Raises BadTable where it is something else."""
        return replace(super().from_dict({**given, "obligations": None}), obligations=obligations_of(given))

    def __repr__(self) -> str:
        return f"<Talks of {' and '.join(self.players)} in {self.dispute}: {self.verdict}>"

    def _repr_html_(self) -> str:
        shown = (self.demands, self.no_deals, self.zones, self.deals)
        return f"<p>{self.verdict}</p>" + "".join(t.to_html(index=False, float_format="{:,.6g}".format) for t in shown)

    @property
    def frontier(self) -> pd.DataFrame:
        """The packages that no other is at least as good as for both, the first side's best first."""
        return self.packages[self.packages["frontier"]].sort_values("first", ascending=False, ignore_index=True)

    @property
    def solutions(self) -> pd.DataFrame:
        """The picks of every concept; rows of `deals` without the truce."""
        return self.deals[self.deals["concept"] != "truce"].reset_index(drop=True)

    def zone(self, among: str = "all", no_deal: str | None = None) -> pd.Series[Any]:
        """The row of `zones` for a set of packages, at the no-deal point chosen or at another one.

        Raises KeyError where there is no such row.
        """
        point = self.no_deal if no_deal is None else no_deal
        rows = self.zones[(self.zones["among"] == among) & (self.zones["no_deal"] == point)]
        if rows.empty:
            raise KeyError((among, point))
        return rows.iloc[0]


NUMBERS: Final = (
    TableNumbers("no_deals", ("first", "second", "third", "world"), ("no_deal",)),
    TableNumbers("prices", ("alone", "last", "shapley", "at_threat", "at_answered"), ("demand",), "who"),
    TableNumbers("zones", ("packages", "apart", "short_of_payments"), ("no_deal", "among")),
)
"""The numbers of talks: what no deal is worth, the price of every demand, and the distance to a deal."""


def numbers(result: Talks) -> dict[NumberKey, float]:
    """The numbers of talks that an ensemble draws, by key."""
    return numbers_in(result, NUMBERS)
