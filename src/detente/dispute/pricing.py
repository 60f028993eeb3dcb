"""What demands cost and are worth in real income: alone, last, over all orders, and where talks have failed.

Money is USD million a year at base-year prices; changes are since the state in force on the day, the truce.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.dispute.ground import Ground
from detente.dispute.no_deal import Failure
from detente.model.shock import Wedges
from detente.talks.margins import margins
from detente.talks.promises import Promise
from detente.talks.states import Outcomes, solve_states

FloatArray = NDArray[np.float64]
Values = Mapping[str, FloatArray]

THIRD: Final = "third countries"
WORLD: Final = "world"


@dataclass(frozen=True, eq=False)
class TradeTable:
    """Every set of the demands that change trade: row p has those whose bit is set, the first demand the highest bit.

    ``outcomes`` are of all states; ``worth`` (2^m, 4) is the change of real income since the truce (row 0) of both
    sides, of third countries together and of the world.
    """

    demands: tuple[str, ...]
    outcomes: Outcomes
    worth: FloatArray
    economies: tuple[str, ...]
    income: FloatArray

    def met(self, row: int) -> tuple[str, ...]:
        """The demands that a row meets."""
        m = len(self.demands)
        return tuple(name for k, name in enumerate(self.demands) if row >> (m - 1 - k) & 1)

    def row(self, met: Sequence[str]) -> int:
        """The row that meets these demands and no others of the table."""
        m = len(self.demands)
        return sum(1 << (m - 1 - k) for k, name in enumerate(self.demands) if name in met)

    def everybody(self, row: int) -> FloatArray:
        """Change of real income (n,) of every economy since the truce, USD million a year."""
        return np.asarray((self.outcomes.W_hat[row] - self.outcomes.W_hat[0]) * self.income)


def trade_table(ground: Ground, progress: Callable[[int, int], None] | None = None) -> TradeTable:
    """All states that deals lead to: what is threatened is on hold, and some demands are met. Raises NotSolved."""
    economy, names = ground.setup.economy, ground.trade
    m = len(names)
    duties = ground.duties(ground.standing)
    sets = [tuple(name for k, name in enumerate(names) if p >> (m - 1 - k) & 1) for p in range(1 << m)]
    rates = [ground.rates(ground.law(met), met) for met in sets]
    pledged = [name for name in names if name in ground.pledges]

    def wedges(p: int, y: FloatArray) -> Wedges:
        return duties.wedges(duties.subsidised(rates[p], dict(zip(pledged, y.tolist(), strict=True))))

    found = solve_states(
        economy,
        wedges,
        [each.tobytes() for each in rates],
        ground.seats,
        pledges=[(1 << (m - 1 - names.index(name)), ground.pledges[name]) for name in pledged],
        horizon=ground.setup.context.horizon,
        progress=progress,
    )
    changes = (found.W_hat - found.W_hat[0]) * economy.I
    return TradeTable(names, found, sums(changes, ground.seats), economy.economies, economy.I)


def sums(changes: FloatArray, seats: Sequence[int]) -> FloatArray:
    """Both sides, third countries and the world (..., 4) from a change of each economy (..., n)."""
    own = changes[..., list(seats)]
    world = changes.sum(-1)
    return np.concatenate([own, (world - own.sum(-1))[..., None], world[..., None]], axis=-1)


def prices_frame(ground: Ground, table: TradeTable, failures: Sequence[Failure], worth: Values) -> pd.DataFrame:
    """One row a demand and side (and third countries, and the world); see `Talks.prices`."""
    who = (*ground.pair, THIRD, WORLD)
    counted = [f for f in failures if f.law is not None and f.name != "status quo"]
    margin = margins(table.worth) if table.demands else None
    income = ground.setup.economy.I[list(ground.seats)]
    rows: list[dict[str, Any]] = []
    for demand in ground.demands:
        promise, value = ground.promises[demand.id], worth.get(demand.id)
        at = {f.name: _at(ground, promise, f) for f in counted} if promise.trade else {}
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


def reasons_frame(ground: Ground, table: TradeTable, failures: Sequence[Failure]) -> pd.DataFrame:
    """Why both sides gain or lose, at no-deal points and where one demand is met; see `Talks.reasons`."""
    before = ground.split(ground.standing)
    states = [
        (f"no deal: {f.name}", ground.split(f.law) - before)
        for f in failures
        if f.law is not None and f.name != "status quo"
    ]
    pledged = [name for name in table.demands if name in ground.pledges]
    for name in table.demands:
        row = table.row((name,))
        if np.abs(table.worth[row]).max() < 1.0:
            continue
        paid = {name: float(table.outcomes.paid[row, pledged.index(name)])} if name in pledged else {}
        states.append((f"demand: {name}", ground.split(ground.law((name,)), (name,), paid) - before))
    rows = [
        {"state": state, "economy": side, "terms": terms, "volume": volume, "total": total}
        for state, found in states
        for side, (terms, volume, total) in zip(ground.pair, found.tolist(), strict=True)
    ]
    return pd.DataFrame(rows, columns=["state", "economy", "terms", "volume", "total"])


def _at(ground: Ground, promise: Promise, failure: Failure) -> FloatArray:
    """What meeting one demand changes where talks have failed (4,): threats carried out, answered or not."""
    met = (promise.demand,)
    law = ground.law(met, carried_out=True, answered=failure.name == "answered")
    after = ground.settle(law, met, failure.solution)
    return sums((after.W_hat - failure.solution.W_hat) * ground.setup.economy.I, ground.seats)
