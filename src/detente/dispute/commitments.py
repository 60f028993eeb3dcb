"""Demands for trade by amount: what they come to in the world at hand, what keeps them, by which instrument, who pays.

In a package a commitment is kept by the buyer's import subsidy, as large as that package needs: who also cuts tariffs
pays less of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.dispute.ground import Ground
from detente.policy.amounts import bases
from detente.talks.asks import BilateralBalance, Purchases
from detente.talks.duties import Cells
from detente.talks.pledges import Pledge
from detente.talks.schema import Demand
from detente.talks.targets import goals
from detente.talks.targets.door import By, reach
from detente.talks.targets.target import Target

COLUMNS: Final = (
    "demand", "instrument", "by", "asked", "basis", "ratio", "asked_here", "reached", "met", "rate", "asker", "giver",
    "third", "world", "treasury", "diverted",
)  # fmt: skip
"""Of the table of targets; see `Talks`."""


@dataclass(frozen=True, eq=False)
class Commitment:
    """A demand for trade by amount as the model takes it.

    ``asked`` is in the file's figures and ``here`` in those of the world, ``ratio`` of them, USD million a year; the
    goal is counted from the world as calibrated. ``target`` is what keeps it by the buyer's subsidy.
    """

    demand: Demand
    goal: goals.Goal
    asked: float
    basis: str
    ratio: float
    target: Target
    notes: tuple[str, ...]

    @property
    def covers(self) -> Cells:
        """The goods that are paid for: those it names, else all that the buyer buys from the seller."""
        buyer, seller = _trades(self.goal)
        economy = self.target.economy
        codes = self.demand.ask.sectors() or goals.goods(economy)
        j = np.array([economy.sector_index(code) for code in codes], dtype=np.int64)
        ones = np.ones(len(j), dtype=np.int64)
        return Cells(ones * economy.index(buyer), ones * economy.index(seller), j)

    def pledge(self, pair: tuple[str, str]) -> Pledge:
        """The level of trade between the two sides that is promised."""
        economy, (buyer, seller) = self.target.economy, _trades(self.goal)
        n, i = pair.index(buyer), pair.index(seller)
        weights = np.zeros((2, 2, len(economy.sectors)))
        if isinstance(self.goal, goals.Balance):
            counted = list(range(len(economy.sectors)))
            if self.goal.scope == "goods":
                counted = [economy.sector_index(code) for code in goals.goods(economy)]
            weights[n, i, counted], weights[i, n, counted] = 1.0, -1.0
        else:
            weights[n, i, self.covers.j] = 1.0
        seats = [economy.index(code) for code in pair]
        level = float((weights * economy.M[np.ix_(seats, seats)]).sum())
        size = abs(self.asked * self.ratio)
        return Pledge(weights, level + size, size, -float(np.log1p(-self.target.rates["rate"].iloc[0])))


def _trades(goal: goals.Goal) -> tuple[str, str]:
    """Who is to buy more, and from whom."""
    if isinstance(goal, goals.Balance):
        return goal.sides[1], goal.sides[0]
    return goal.buyer, goal.seller


def commitments(ground: Ground) -> dict[str, Commitment]:
    """Every commitment to trade by amount, kept from the state in force on the day."""
    return {d.id: _commitment(ground, d) for d in ground.demands if ground.promises[d.id].discriminates}


def _commitment(ground: Ground, demand: Demand) -> Commitment:
    balance, purchases = demand.ask.bilateral_balance, demand.ask.purchases
    goal: goals.Goal
    if balance is not None:
        asked, basis, ratio, notes = _of_balance(ground, demand, balance)
        goal = goals.Balance(demand.of, balance.partner, asked * ratio, balance.scope)
    else:
        assert purchases is not None
        asked, basis, ratio, notes = _of_purchases(ground, demand, purchases)
        goal = goals.Purchases(demand.of, purchases.seller, asked * ratio, purchases.sectors)
    setup = ground.setup
    target = reach(setup.economy, goal, by="purchases", start=ground.standoff.shock(), horizon=setup.context.horizon)
    if not target.met:
        notes = (
            *notes,
            f"{demand.id} is out of reach by purchases; the nearest is taken ({target.note or 'at its bound'})",
        )
    return Commitment(demand, goal, asked, basis, ratio, target, notes)


def _of_balance(ground: Ground, demand: Demand, ask: BilateralBalance) -> tuple[float, str, float, tuple[str, ...]]:
    """Change asked, whose figures, their ratio to the world's, and notes."""
    world = ground.setup.world
    notes = []
    if ask.base != world.year:
        notes.append(
            f"{demand.id} counts from {ask.base}; the model counts from the year of {world.name}, {world.year}"
        )
    if ask.basis == "world":
        return ask.change, "world", 1.0, tuple(notes)
    table = bases(world, [(demand.of, ask.partner), (ask.partner, demand.of)])
    if table["customs"].isna().any():
        notes.append(
            f"{demand.id}: no customs figures for this pair in {world.year}; its amount is taken as the world's"
        )
        return ask.change, "world", 1.0, tuple(notes)
    ratio = float(
        (table["world"].iloc[1] - table["world"].iloc[0]) / (table["customs"].iloc[1] - table["customs"].iloc[0])
    )
    return ask.change, "customs", ratio, tuple(notes)


def _of_purchases(ground: Ground, demand: Demand, ask: Purchases) -> tuple[float, str, float, tuple[str, ...]]:
    """What is bought more once the schedule has run, whose figures, their ratio to the world's, and notes.

    A step with a share is a part of a growing total, so that such steps add up; others are levels over the base year.
    """
    world, steps = ground.setup.world, ask.schedule
    grows = all(step.share is not None for step in steps)
    asked = sum(step.extra for step in steps) if grows else steps[-1].extra
    notes = []
    if grows and len(steps) > 1:
        notes.append(
            f"{demand.id}: its {len(steps)} steps are parts of a growing total and add up to ${asked / 1e3:g}bn a year"
        )
    table = bases(world, [(demand.of, ask.seller)])
    if table["customs"].isna().any():
        notes.append(
            f"{demand.id}: no customs figures for this pair in {world.year}; its amount is taken as the world's"
        )
        return asked, "world", 1.0, tuple(notes)
    return asked, "customs", float(table["ratio"].iloc[0]), tuple(notes)


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


def targets_frame(ground: Ground, found: Mapping[str, Commitment], *, mix: bool = False) -> pd.DataFrame:
    """Every commitment by every instrument: rates, what is reached, who gains and who pays."""
    rows: list[dict[str, Any]] = []
    setup = ground.setup
    for commitment in found.values():
        rows.append(_row(commitment, f"purchases of {_trades(commitment.goal)[0]}", commitment.target))
        for name, by, of in _instruments(commitment, mix):
            target = reach(
                setup.economy,
                commitment.goal,
                by=by,
                of=of,
                start=ground.standoff.shock(),
                horizon=setup.context.horizon,
            )
            rows.append(_row(commitment, name, target))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(commitment: Commitment, name: str, target: Target) -> dict[str, Any]:
    demand = commitment.demand
    paid = target.payments().set_index("economy")
    gain, level = paid["real_income_usd"], target.levels.iloc[0]
    return {
        "demand": demand.id,
        "instrument": name,
        "by": ", ".join(dict.fromkeys(target.rates["set_by"])),
        "asked": commitment.asked,
        "basis": commitment.basis,
        "ratio": commitment.ratio,
        "asked_here": float(level["asked"] - level["benchmark"]),
        "reached": float(level["after"] - level["benchmark"]),
        "met": target.met,
        "rate": float(target.rates["rate"].iloc[0]) if len(target.rates) == 1 else np.nan,
        "asker": float(gain[demand.by]),
        "giver": float(gain[demand.of]),
        "third": float(gain["third countries"]),
        "world": float(gain["world"]),
        "treasury": float(paid["subsidies"]["world"]),
        "diverted": target.diverted[demand.of],
    }


def with_commitments(ground: Ground, found: Mapping[str, Commitment]) -> Ground:
    """The ground on which demands for trade by amount have levels to keep."""
    pledges = {name: commitment.pledge(ground.pair) for name, commitment in found.items()}
    return ground.pledging(pledges, {name: commitment.covers for name, commitment in found.items()})
