"""Trade by amount as tables: by which instrument it is reached and who pays, and what it is category by category."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.dispute.talks.commitments import Commitment
from detente.dispute.talks.ground import Ground
from detente.talks.targets import goals
from detente.talks.targets.door import By, reach
from detente.talks.targets.target import Target

COLUMNS: Final = (
    "demand", "instrument", "until", "by", "asked", "basis", "ratio", "asked_here", "reached", "met", "rate", "asker",
    "giver", "third", "world", "treasury", "diverted",
)  # fmt: skip
"""Of the table of targets; see `Talks`."""

CATEGORIES: Final = ("demand", "until", "category", "asked", "ratio", "asked_here", "reached", "rate")
"""Of the table of categories; see `Talks`."""


def targets_frame(ground: Ground, found: Mapping[str, Commitment], *, mix: bool = False) -> pd.DataFrame:
    """Every commitment by every instrument: rates, what is reached, who gains and who pays."""
    setup, start = ground.setup, ground.standoff.shock()
    rows: list[dict[str, Any]] = []
    for commitment in found.values():
        for k, stage in enumerate(commitment.stages):
            rows.append(_row(commitment, k, f"purchases of {commitment.trades[0]}", stage.target))
        for name, by, of in _instruments(commitment, mix):
            target = reach(setup.economy, commitment.goal, by=by, of=of, start=start, horizon=setup.context.horizon)
            rows.append(_row(commitment, -1, name, target))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def categories_frame(found: Mapping[str, Commitment]) -> pd.DataFrame:
    """Commitments that have categories: amounts in both figures and the subsidy of each, until each date."""
    rows: list[dict[str, Any]] = []
    for name, commitment in found.items():
        purchases = commitment.demand.ask.purchases
        if purchases is None or not purchases.categories:
            continue
        for stage in commitment.stages:
            levels = stage.target.levels.to_dict("records")
            rates = stage.target.rates["rate"].tolist()
            for (category, asked), level, rate in zip(stage.asked.items(), levels, rates, strict=True):
                rows.append(
                    {
                        "demand": name,
                        "until": stage.until,
                        "category": category,
                        "asked": asked,
                        "ratio": commitment.ratios[category],
                        "asked_here": level["asked"] - level["benchmark"],
                        "reached": level["after"] - level["benchmark"],
                        "rate": rate,
                    }
                )
    return pd.DataFrame(rows, columns=list(CATEGORIES))


def _instruments(commitment: Commitment, mix: bool) -> Iterator[tuple[str, By, str | None]]:
    """Name, instrument and whose, of every way to a goal; the least costly mix is a search, and takes long."""
    demand = commitment.demand
    if isinstance(commitment.goal, goals.Balance):
        yield f"tariff of {demand.by}", "tariff", None
        yield f"tariff cut of {demand.of}", "tariff", demand.of
        yield f"export restraint of {demand.of}", "restraint", None
        if mix:
            yield "a mix, least costly to both", "mix", None
    else:
        yield f"tariff cut of {demand.of}", "tariff", None


def _row(commitment: Commitment, k: int, name: str, target: Target) -> dict[str, Any]:
    demand, stage = commitment.demand, commitment.stages[k]
    paid = target.payments().set_index("economy")
    gain, levels = paid["real_income_usd"], target.levels
    asked, here = sum(stage.asked.values()), float((levels["asked"] - levels["benchmark"]).sum())
    return {
        "demand": demand.id,
        "instrument": name,
        "until": stage.until if len(commitment.stages) > 1 else "",
        "by": ", ".join(dict.fromkeys(target.rates["set_by"])),
        "asked": asked,
        "basis": commitment.basis,
        "ratio": here / asked,
        "asked_here": here,
        "reached": float((levels["after"] - levels["benchmark"]).sum()),
        "met": target.met,
        "rate": float(target.rates["rate"].iloc[0]) if len(target.rates) == 1 else np.nan,
        "asker": float(gain[demand.by]),
        "giver": float(gain[demand.of]),
        "third": float(gain["third countries"]),
        "world": float(gain["world"]),
        "treasury": float(paid["subsidies"]["world"]),
        "diverted": target.diverted[demand.of],
    }
