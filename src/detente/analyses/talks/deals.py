"""Packages of demands as deals: which both would sign, which concepts pick, how far apart the sides are.

What demands without a price would have to be worth, which could be traded, and who would have to give up what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from detente.analyses.talks.demand_prices import TradeTable
from detente.bargaining.bargain import Bargain, Pick
from detente.bargaining.implied_values import implied_prices, least_concessions, logrolling
from detente.bargaining.packages import Packages, RedLines, UnknownDemand
from detente.bargaining.unknowns import Refusal, StructuralDemand
from detente.dispute.negotiation import DisagreementPoint, Negotiation, NoDeal
from detente.errors import BadInput, enumerate_names
from detente.inputs import FloatArray, names

Ends = Literal["middle", "cautious", "generous"]
"""Which ends of the file's ranges of values count. cautious: a demand is worth the least it may be to who asks and
costs the most to who gives. generous: the other way round. middle: the middle of each range."""

Among = Literal["no deal", "truce", "red lines", "all"]
AMONG: Final[dict[Among, tuple[bool, bool]]] = {
    "no deal": (False, False),
    "truce": (True, False),
    "red lines": (False, True),
    "all": (True, True),
}
"""Which packages: those that both prefer to no deal; of these, those that both also prefer to the truce (first flag);
those that meet every red line (second flag); those that do both."""

LISTED: Final = 4096
"""Packages that are listed one by one; of more, those that nothing dominates."""


def values_of(negotiation: Negotiation, ends: Ends = "middle") -> dict[str, FloatArray]:
    """The file's values of demands for both sides (2,), beside the model's payoffs, USD million a year.

    Positive for the side that asks, negative for the side that gives; a side without a value has zero.
    """
    written = negotiation.session.known.values
    found: dict[str, FloatArray] = {}
    for demand in negotiation.demands:
        value = np.zeros(2)
        for w, side in enumerate(negotiation.pair):
            low, high = written.get(side, {}).get(demand.id, (np.nan, np.nan))
            if np.isnan(low):
                continue
            asks = side == demand.by
            least = low if asks == (ends == "cautious") else high
            amount = 0.5 * (low + high) if ends == "middle" else least
            value[w] = amount if asks else -amount
            found[demand.id] = value
    return found


def values_of_met(negotiation: Negotiation, met: Sequence[str]) -> np.ndarray:
    """The values of demands for both sides (2,) together. Raises UnknownDemand, BadInput."""
    known, values = {demand.id for demand in negotiation.demands}, values_of(negotiation)
    for name in names(met, "met"):
        if name not in known:
            raise UnknownDemand(name, sorted(known), "met")
        if name in negotiation.trade:
            raise BadInput(
                f"{name!r} changes trade, and duties are what is bargained over here: leave it out, or see `talks`"
            )
        if name not in values:
            priced = enumerate_names(sorted(set(values) - set(negotiation.trade))) or "none"
            raise BadInput(f"{name!r} has no value in the file; demands with one: {priced}")
    return np.sum([values[name] for name in dict.fromkeys(met)], axis=0) if met else np.zeros(2)


@dataclass(frozen=True, eq=False)
class Deals:
    """All packages of the demands that have a price, and the bargain over them for every no-deal point.

    Payoffs are changes of real income since the truce plus the file's values, USD million a year.
    """

    negotiation: Negotiation
    table: TradeTable
    packages: Packages
    red_lines: tuple[str, ...]
    failures: Mapping[str, FloatArray]
    bargains: Mapping[str, Bargain]
    worth: Mapping[str, FloatArray]

    @classmethod
    def of(
        cls,
        negotiation: Negotiation,
        table: TradeTable,
        failures: Sequence[DisagreementPoint],
        worth: Mapping[str, FloatArray],
    ) -> Deals:
        """From the states of the demands that change trade, where failed talks lead, and values."""
        points: dict[str, FloatArray] = {f.name: payoffs_of(negotiation, f, failures[0]) for f in failures}
        return cls.priced(negotiation, table, points, worth)

    @classmethod
    def priced(
        cls,
        negotiation: Negotiation,
        table: TradeTable,
        points: Mapping[str, FloatArray],
        worth: Mapping[str, FloatArray],
    ) -> Deals:
        """The same from payoffs (2,) of no-deal points."""
        added = np.array([worth.get(name, np.zeros(2)) for name in table.demands]).reshape(-1, 2)
        rows = table.worth[:, :2] + table.shares @ added
        plain = {name: value for name, value in worth.items() if name not in table.demands}
        packages = table.packages(rows, plain)
        lines = tuple(
            RedLines(low={name: level for name, level in packages.most().items() if name in insisted})
            for insisted in ({d.id for d in negotiation.demands if _insists(d, side)} for side in negotiation.pair)
        )
        truce = np.zeros(2)
        bargains = {
            name: packages.bargain(point, truce, red_lines=(lines[0], lines[1]), sides=negotiation.pair)
            for name, point in points.items()
        }
        asked = tuple(d.id for d in negotiation.demands if d.stance == "red-line")
        return cls(negotiation, table, packages, asked, dict(points), bargains, worth)

    def row(self, package: int) -> int:
        """The state of trade that a package leads to."""
        return int(package) // (self.packages.size // len(self.table.worth))

    def met(self, package: int) -> str:
        """The demands that a package meets, as one text, such as ``surplus=50% + status``; empty for the truce."""
        names = dict(zip(self.table.demands, self.table.parts, strict=True))
        levels = zip(self.packages.demands, self.packages.levels_of(int(package)).tolist(), strict=True)
        return " + ".join(names.get(name, (name,))[level - 1] for name, level in levels if level)

    def money_alone(self, demand: str) -> tuple[float, float]:
        """The payoffs of both sides if one priced demand alone is met."""
        levels = [most if name == demand else 0 for name, most in self.packages.most().items()]
        first, second = self.packages.at(self.packages.index(levels)).tolist()
        return first, second

    def money(self, package: int) -> dict[str, float]:
        """The payoffs of a package for both sides, and its change of real income elsewhere."""
        first, second = self.packages.at(int(package)).tolist()
        third, world = self.table.worth[self.row(package), 2:].tolist()
        return {"first": first, "second": second, "third": third, "world": world}


def _insists(demand: Any, side: str) -> bool:
    return bool(demand.stance == "red-line" and demand.by == side)


def payoffs_of(negotiation: Negotiation, failure: DisagreementPoint, truce: DisagreementPoint) -> FloatArray:
    """The payoffs of failed talks for both sides over the truce (2,), USD million a year."""
    changes = (failure.solution.welfare_hat - truce.solution.welfare_hat) * negotiation.session.economy.I
    return np.asarray(changes[list(negotiation.seats)])


def packages_frame(deals: Deals, no_deal: str) -> pd.DataFrame:
    """One row a package, or one an undominated package where they are many; see `Talks.packages`."""
    bargain = deals.bargains[no_deal]
    rows = np.arange(len(bargain.packages))
    edges = {name: bargain.frontier(red_lines=lines) for name, lines in (("all", False), ("lines", True))}
    if len(rows) > LISTED:
        rows = np.union1d(edges["all"], edges["lines"])
    zones = {name: bargain.zone(truce=truce, red_lines=lines) for name, (truce, lines) in AMONG.items()}
    found = []
    for row in rows.tolist():
        package = int(bargain.packages[row])
        found.append(
            {
                "package": package,
                "demands": deals.met(package),
                **deals.money(package),
                **{f"keeps_{w}": bool(bargain.honours[row, k]) for k, w in enumerate(("first", "second"))},
                "frontier": row in edges["all"],
                **{f"in_{name.replace(' ', '_')}": row in zone for name, zone in zones.items()},
            }
        )
    return pd.DataFrame(found)


def deals_frame(deals: Deals, no_deal: str, weights: tuple[float, float]) -> pd.DataFrame:
    """One row a pick and the packages it mixes; see `Talks.deals`."""
    return pd.DataFrame(list(_picks(deals, no_deal, weights)), columns=list(_COLUMNS))


_COLUMNS: Final = (
    "among", "concept", "over", "tie", "chance", "package", "demands",
    "first", "second", "gain_first", "gain_second", "third", "world",
)  # fmt: skip


def _picks(deals: Deals, no_deal: str, weights: tuple[float, float]) -> Iterator[dict[str, Any]]:
    bargain, point = deals.bargains[no_deal], deals.failures[no_deal]
    yield _deal(deals, point, "", "truce", "packages", 0, 1.0, 0)
    for among, (truce, lines) in AMONG.items():
        for over in ("packages", "lotteries"):
            found = bargain.picks(over=over, weights=weights, truce=truce, red_lines=lines)
            for concept, pick in found.items():
                yield from () if pick is None else _pick(deals, point, among, concept, pick)


def _pick(deals: Deals, point: FloatArray, among: str, concept: str, pick: Pick) -> Iterator[dict[str, Any]]:
    mixed = pick.over == "lotteries"
    for k, (package, chance) in enumerate(zip(pick.packages.tolist(), pick.chances.tolist(), strict=True)):
        yield _deal(deals, point, among, concept, pick.over, 0 if mixed else k, chance, package)


def _deal(
    deals: Deals, point: FloatArray, among: str, concept: str, over: str, tie: int, chance: float, package: int
) -> dict[str, Any]:
    money = deals.money(package)
    return {
        "among": among,
        "concept": concept,
        "over": over,
        "tie": tie,
        "chance": chance,
        "package": package,
        "demands": deals.met(package),
        **money,
        "gain_first": money["first"] - float(point[0]),
        "gain_second": money["second"] - float(point[1]),
    }


IMPLIED: Final = (
    "demand", "asker", "giver", "makes_deal", "least_value", "least_value_low", "least_value_high", "signed",
    "most_cost", "value_low", "value_high", "cost_low", "cost_high", "norm_value", "norm_cost", "contradicted",
)  # fmt: skip
CONCESSIONS: Final = ("side", "by", "moves", "cost", "gives", "takes", "demands")


def implied_frame(deals: Deals, chosen: NoDeal) -> pd.DataFrame:
    """One row a demand that the model does not price; see `Talks.implied`."""
    asked = _structural(deals)
    if not asked:
        return pd.DataFrame(columns=list(IMPLIED))
    negotiation, table = deals.negotiation, deals.packages
    trade = deals.table.packages(table.table[: len(deals.table.worth)])
    within = trade.within({name: most for name, most in trade.most().items() if name in deals.red_lines})
    found = implied_prices(
        within, asked, deals.failures[chosen], np.zeros(2), refusals=refusals_of(deals), sides=negotiation.pair
    )
    norm = found.least_norm.set_index("demand") if found.least_norm is not None else None
    made: list[dict[str, Any]] = []
    for row in found.table.to_dict("records"):
        name = row["demand"]
        least = {key: float(row[key]) for key in ("least_value", "least_value_low", "least_value_high")}
        here = norm is not None and name in norm.index
        made.append(
            {
                "demand": name,
                "asker": row["asker"],
                "giver": row["giver"],
                "makes_deal": bool(np.isfinite(least["least_value"])),
                **{key: _finite(value) for key, value in least.items()},
                "signed": bool(row["most_cost"] > -np.inf),
                **{key: _finite(row[key]) for key in ("most_cost", "value_low", "value_high", "cost_low", "cost_high")},
                "norm_value": float(norm["value"][name]) if norm is not None and here else np.nan,
                "norm_cost": float(norm["cost"][name]) if norm is not None and here else np.nan,
                "contradicted": bool(found.contradiction),
            }
        )
    return pd.DataFrame(made, columns=list(IMPLIED))


def _finite(value: float) -> float:
    return float(value) if np.isfinite(value) else np.nan


def _structural(deals: Deals) -> list[StructuralDemand]:
    """Demands that change no trade, with what the file says of them."""
    negotiation = deals.negotiation
    written = negotiation.session.known.values
    return [
        StructuralDemand(
            demand.id,
            negotiation.pair.index(demand.by),
            value=written.get(demand.by, {}).get(demand.id),
            cost=written.get(demand.of, {}).get(demand.id),
            level=1 if demand.stance == "red-line" else None,
        )
        for demand in negotiation.demands
        if not negotiation.promises[demand.id].trade
    ]


def refusals_of(deals: Deals) -> tuple[Refusal, ...]:
    """The refusals: if talks held so far ended without a deal, each side refused the other's whole list."""
    known, negotiation = deals.negotiation.session.known, deals.negotiation
    if not known.outcomes or max(known.outcomes, key=lambda event: event.date).outcome == "deal":
        return ()
    lists = [tuple(d.id for d in negotiation.demands if d.by == other) for other in negotiation.pair[::-1]]
    return tuple(Refusal(side, met) for side, met in enumerate(lists) if met)


def trades_frame(deals: Deals) -> pd.DataFrame:
    """Pairs of demands, one of each side, that both gain by exchanging; see `Talks.trades`."""
    asks = {demand.id: deals.negotiation.pair.index(demand.by) for demand in deals.negotiation.demands}
    return logrolling(deals.packages, [asks[name] for name in deals.packages.demands])


def concessions_frame(deals: Deals, chosen: NoDeal) -> pd.DataFrame:
    """The concessions that each side would have to make; see `Talks.concessions`."""
    packages = deals.packages
    if not packages.demands:
        return pd.DataFrame(columns=list(CONCESSIONS))
    asks = {demand.id: demand.by for demand in deals.negotiation.demands}
    most = packages.most()
    positions = [
        [level if asks[name] == side else 0 for name, level in most.items()] for side in deals.negotiation.pair
    ]
    within = packages.within({name: level for name, level in most.items() if name in deals.red_lines})
    found = least_concessions(within, deals.bargains[chosen], positions)
    return pd.DataFrame(
        [
            {
                "side": each.side,
                "by": each.by,
                "moves": each.moves,
                "cost": each.cost,
                "gives": " + ".join(name for name, before, after in each.changes if after > before),
                "takes": " + ".join(name for name, before, after in each.changes if after < before),
                "demands": deals.met(each.package),
            }
            for each in found
        ],
        columns=list(CONCESSIONS),
    )
