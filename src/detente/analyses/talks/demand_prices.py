"""Prices of demands in real income: alone, last, over all orders, and after talks have failed.

Money is USD million a year at base-year prices; changes are since the state in force on the day, the truce.

What would close the gap: how much of a commitment would do, and whether a tariff cut for all does the world good.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from detente.analyses.talks.commitments import Commitment
from detente.bargaining.implied_values import marginal_contributions
from detente.bargaining.packages import Packages
from detente.dispute.negotiation import DisagreementPoint, Negotiation
from detente.dispute.pledges import Outcomes, Solved, solve_states
from detente.dispute.promises import Promise
from detente.inputs import FloatArray, IntArray

Values = Mapping[str, FloatArray]

THIRD: Final = "third countries"
WORLD: Final = "world"


@dataclass(frozen=True, eq=False)
class TradeTable:
    """Every package of the demands that change trade, the first demand slowest; row 0 meets none.

    ``parts`` are the names of each demand's levels, the whole demand last; ``levels`` (p, m) says which each row has, 0
    for none. ``outcomes`` are of all states; ``worth`` (p, 4) is the change of real income since the truce (row 0) of
    both sides, of third countries together and of the world. ``pledges`` are (promise, cover) of each column of what
    outcomes say is paid.
    """

    demands: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    levels: IntArray
    shares: FloatArray
    outcomes: Outcomes
    worth: FloatArray
    pledges: tuple[tuple[str, str], ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """The number of levels of each demand, the level of not being met included."""
        return tuple(len(names) + 1 for names in self.parts)

    @property
    def whole(self) -> IntArray:
        """Rows (2^m,) that meet each demand in whole or not at all, the first demand the highest bit."""
        most = np.array(self.counts, dtype=np.int64) - 1
        return np.flatnonzero(((self.levels == 0) | (self.levels == most)).all(axis=1))

    def met(self, row: int) -> tuple[str, ...]:
        """The demands that a row meets, by name."""
        return _names(self.parts, self.levels[row].tolist())

    def row(self, met: Sequence[str]) -> int:
        """The row that meets these and nothing else of the table; names of other demands are passed over."""
        wanted = [next((k for k, name in enumerate(names, 1) if name in met), 0) for names in self.parts]
        return int(np.ravel_multi_index(wanted, self.counts)) if wanted else 0

    def packages(self, payoffs: FloatArray, structural: Mapping[str, FloatArray] | None = None) -> Packages:
        """Packages of these demands, with payoffs (p, 2) of every row, and of others by what they add."""
        return Packages.of(self.demands, payoffs, structural, levels=dict(zip(self.demands, self.counts, strict=True)))

    def paid(self, row: int) -> dict[str, float]:
        """The payments in a row: cover → y."""
        columns = zip(self.pledges, self.outcomes.paid[row].tolist(), strict=True)
        met = self.met(row)
        return {cover: y for (name, cover), y in columns if name in met}


def _names(parts: Sequence[Sequence[str]], levels: Sequence[int]) -> tuple[str, ...]:
    return tuple(names[level - 1] for names, level in zip(parts, levels, strict=True) if level)


def trade_table(negotiation: Negotiation, progress: Callable[[int, int], None] | None = None) -> TradeTable:
    """All states that deals lead to: what is threatened is on hold, and some demands are met. Raises NotSolved."""
    economy, names = negotiation.session.economy, negotiation.trade
    parts = tuple(negotiation.parts[name] for name in names)
    rows = list(np.ndindex(*(len(each) + 1 for each in parts)))
    levels = np.array(rows, dtype=np.int64).reshape(len(rows), len(parts))
    duties = negotiation.duties(negotiation.standing)
    sets = [_names(parts, row) for row in levels.tolist()]
    rates = [negotiation.rates(negotiation.law(met), met) for met in sets]
    pledges = [
        (k, level, name, pledge)
        for k, each in enumerate(parts)
        for level, name in enumerate(each, 1)
        for pledge in negotiation.pledges.get(name, ())
    ]
    own = [pledge for *_, pledge in pledges]
    found = solve_states(
        economy,
        lambda p, y: negotiation.state(duties, rates[p], own, y),
        levels,
        [each.tobytes() for each in rates],
        negotiation.seats,
        pledges=[(k, level, pledge) for k, level, _, pledge in pledges],
        horizon=negotiation.session.horizon,
        progress=progress,
    )
    return TradeTable(
        names,
        parts,
        levels,
        np.array([[_share(negotiation, each, level) for each, level in zip(parts, row, strict=True)] for row in rows]),
        found,
        sums((found.welfare_hat - found.welfare_hat[0]) * economy.I, negotiation.seats),
        tuple((name, pledge.cover) for *_, name, pledge in pledges),
    )


def _share(negotiation: Negotiation, names: Sequence[str], level: int) -> float:
    return negotiation.promises[names[level - 1]].part if level else 0.0


def sums(changes: FloatArray, seats: Sequence[int]) -> FloatArray:
    """Both sides, third countries and the world (..., 4) from a change of each economy (..., n)."""
    own = changes[..., list(seats)]
    world = changes.sum(-1)
    return np.concatenate([own, (world - own.sum(-1))[..., None], world[..., None]], axis=-1)


def prices_frame(
    negotiation: Negotiation, table: TradeTable, failures: Sequence[DisagreementPoint], worth: Values
) -> pd.DataFrame:
    """One row a demand and side (and third countries, and the world); see `Talks.prices`."""
    who = (*negotiation.pair, THIRD, WORLD)
    counted = [f for f in failures if f.law is not None and f.name != "status quo"]
    margin = marginal_contributions(table.worth[table.whole]) if table.demands else None
    income = negotiation.session.economy.I[list(negotiation.seats)]
    rows: list[dict[str, Any]] = []
    for demand in negotiation.demands:
        promise, value = negotiation.promises[demand.id], worth.get(demand.id)
        at = {f.name: _at(negotiation, promise, f) for f in counted} if promise.trade else {}
        for w, name in enumerate(who):
            added = float(value[w]) if value is not None and w < 2 else 0.0
            row: dict[str, Any] = {"demand": demand.id, "who": name, "priced": promise.trade or value is not None}
            if promise.trade and margin is not None:
                k = table.demands.index(demand.id)
                for column in ("alone", "last", "lowest", "highest", "shapley"):
                    row[column] = float(getattr(margin, column)[k, w]) + added
                for failure in counted:
                    row[f"at_{failure.name}"] = float(at[failure.name][w]) + added
            elif value is not None and w < 2:
                row |= dict.fromkeys(("alone", "last", "lowest", "highest", "shapley"), added)
                row |= {f"at_{f.name}": added for f in counted}
            row["alone_share"] = row["alone"] / float(income[w]) if w < 2 and "alone" in row else np.nan
            rows.append(row)
    columns = ["demand", "who", "priced", "alone", "alone_share", "last", "lowest", "highest", "shapley"]
    frame = pd.DataFrame(rows, columns=[*columns, "at_threat", "at_answered"])
    numbers = [name for name in frame.columns if name not in ("demand", "who", "priced")]
    return frame.astype(dict.fromkeys(numbers, np.float64))


def reasons_frame(negotiation: Negotiation, table: TradeTable, failures: Sequence[DisagreementPoint]) -> pd.DataFrame:
    """Why both sides gain or lose, at no-deal points and where one demand is met; see `Talks.reasons`.

    States to which no path of finite costs leads, such as those with a ban, have no row.
    """
    before = negotiation.split(negotiation.standing)
    states = [
        (f"no deal: {f.name}", negotiation.split(f.law) - before)
        for f in failures
        if f.law is not None and f.name != "status quo"
    ]
    for name in table.demands:
        row = table.row((name,))
        if np.abs(table.worth[row]).max() < 1.0:
            continue
        states.append(
            (f"demand: {name}", negotiation.split(negotiation.law((name,)), (name,), table.paid(row)) - before)
        )
    rows = [
        {"state": state, "economy": side, "terms": terms, "volume": volume, "total": total}
        for state, found in states
        if np.isfinite(found).all()
        for side, (terms, volume, total) in zip(negotiation.pair, found.tolist(), strict=True)
    ]
    return pd.DataFrame(rows, columns=["state", "economy", "terms", "volume", "total"])


def _at(negotiation: Negotiation, promise: Promise, failure: DisagreementPoint) -> FloatArray:
    """The effect of meeting one demand after talks have failed (4,): threats carried out, answered or not."""
    met = (promise.demand,)
    law = negotiation.law(met, carried_out=True, answered=failure.name == "answered")
    after = negotiation.settle(law, met, failure.solution)
    return sums((after.welfare_hat - failure.solution.welfare_hat) * negotiation.session.economy.I, negotiation.seats)


#: Parts of a commitment are told to this.
_PART: Final = 1e-3

CLOSING: Final = ("no_deal", "demand", "giver", "part", "amount", "asker_worth", "giver_worth", "giver_no_deal")
OPENING: Final = ("demand", "to", "first", "second", "third", "world")


def closing_frame(
    negotiation: Negotiation,
    found: Mapping[str, Commitment],
    failures: Mapping[str, FloatArray],
    before: DisagreementPoint,
) -> pd.DataFrame:
    """For each commitment and no-deal point the largest part that its giver likes no less than no deal; see `Talks`."""
    rows: list[dict[str, Any]] = []
    income = negotiation.session.economy.I
    for name, commitment in found.items():
        giver = negotiation.pair.index(commitment.demand.of)

        near: Solved = before.solution

        def worth(part: float, name: str = name) -> FloatArray:
            nonlocal near
            if part <= 0:
                return np.zeros(2)
            pledges = tuple(pledge.part(part) for pledge in negotiation.pledges[name])
            some = negotiation.pledging({name: pledges}, negotiation.covers)
            near = some.settle(negotiation.standing, (name,), near)
            return sums((near.welfare_hat - before.solution.welfare_hat) * income, negotiation.seats)[:2]

        whole = worth(1.0)
        for point, payoffs in failures.items():
            part = _largest(
                lambda p, giver=giver, floor=payoffs[giver]: worth(p)[giver] - floor, whole[giver] - payoffs[giver]
            )
            money = whole if part == 1.0 else worth(part)
            rows.append(
                {
                    "no_deal": point,
                    "demand": name,
                    "giver": negotiation.pair[giver],
                    "part": part,
                    "amount": part * commitment.asked,
                    "asker_worth": float(money[1 - giver]),
                    "giver_worth": float(money[giver]),
                    "giver_no_deal": float(payoffs[giver]),
                }
            )
    return pd.DataFrame(rows, columns=list(CLOSING))


def _largest(gain: Any, whole: float) -> float:
    """The largest part with a gain of nothing or more; costs of a commitment rise with its size."""
    if whole >= 0:
        return 1.0
    if gain(0.0) <= 0:
        return 0.0
    return float(brentq(gain, 0.0, 1.0, xtol=_PART))


def opening_frame(negotiation: Negotiation, before: DisagreementPoint) -> pd.DataFrame:
    """Every tariff cut for the side that asks and for everybody who sells the same; see `Talks.opening`."""
    cuts = [
        d.id
        for d in negotiation.demands
        if not d.ask.mfn and (cut := negotiation.promises[d.id].cut) is not None and len(cut)
    ]
    if not cuts:
        return pd.DataFrame(columns=list(OPENING))
    rows: list[dict[str, Any]] = []
    for to, mfn in (("the side that asks", False), ("everybody", True)):
        reached = Negotiation.of(negotiation.session, negotiation.pair, only=cuts, mfn=mfn)
        for name in cuts:
            row = reached.settle(reached.standing, (name,), before.solution)
            money = sums(
                (row.welfare_hat - before.solution.welfare_hat) * negotiation.session.economy.I, negotiation.seats
            ).tolist()
            rows.append(
                {"demand": name, "to": to, **dict(zip(("first", "second", "third", "world"), money, strict=True))}
            )
    return pd.DataFrame(rows, columns=list(OPENING))
