"""What demands without a price would have to be worth, which could be traded, and who would have to give up what."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from detente.dispute.talks.deals import Deals
from detente.dispute.talks.no_deal import NoDeal
from detente.talks.concessions import least_concessions
from detente.talks.implied import implied_prices
from detente.talks.logrolling import logrolling
from detente.talks.unknowns import Refusal, Structural

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
    ground, table = deals.ground, deals.packages
    rows = len(deals.table.worth)
    trade = deals.table.packages(table.table[:rows])
    within = trade.within({name: most for name, most in trade.most().items() if name in deals.red_lines})
    found = implied_prices(
        within, asked, deals.failures[chosen], np.zeros(2), refusals=refusals_of(deals), sides=ground.pair
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


def _structural(deals: Deals) -> list[Structural]:
    """Demands that change no trade, with what the file says of them."""
    ground = deals.ground
    written = ground.setup.prepared.known.values
    return [
        Structural(
            demand.id,
            ground.pair.index(demand.by),
            value=written.get(demand.by, {}).get(demand.id),
            cost=written.get(demand.of, {}).get(demand.id),
            level=1 if demand.stance == "red-line" else None,
        )
        for demand in ground.demands
        if not ground.promises[demand.id].trade
    ]


def refusals_of(deals: Deals) -> tuple[Refusal, ...]:
    """What was refused: where talks held so far ended without a deal, each side refused the other's whole list."""
    known, ground = deals.ground.setup.prepared.known, deals.ground
    if not known.outcomes or max(known.outcomes, key=lambda event: event.date).outcome == "deal":
        return ()
    lists = [tuple(d.id for d in ground.demands if d.by == other) for other in ground.pair[::-1]]
    return tuple(Refusal(side, met) for side, met in enumerate(lists) if met)


def trades_frame(deals: Deals) -> pd.DataFrame:
    """Pairs of demands, one of each side, that both gain by exchanging; see `Talks.trades`."""
    asks = {demand.id: deals.ground.pair.index(demand.by) for demand in deals.ground.demands}
    return logrolling(deals.packages, [asks[name] for name in deals.packages.demands])


def concessions_frame(deals: Deals, chosen: NoDeal) -> pd.DataFrame:
    """What each side would have to give up of its list; see `Talks.concessions`."""
    packages = deals.packages
    if not packages.demands:
        return pd.DataFrame(columns=list(CONCESSIONS))
    asks = {demand.id: demand.by for demand in deals.ground.demands}
    most = packages.most()
    positions = [[level if asks[name] == side else 0 for name, level in most.items()] for side in deals.ground.pair]
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
