"""Demands for trade by amount: what they come to in the world at hand, what keeps them, and how states pledge them.

In a package a commitment is kept by the buyer's import subsidy, as large as that package needs: who also cuts tariffs
pays less of it.

Trade by amount as tables: by which instrument it is reached and who pays, and what it is category by category.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.dispute.blocks import Demand
from detente.dispute.demands import BilateralBalance
from detente.dispute.negotiation import Negotiation
from detente.dispute.pledges import Pledge
from detente.dispute.promises import Cover
from detente.dispute.purchase_terms import TradeTerms, account_of, purchase_terms, without_customs
from detente.policy.reach import bases
from detente.targets import target as goals
from detente.targets.attainment import By, Rates, reach
from detente.targets.target import Target


@dataclass(frozen=True, eq=False)
class Stage:
    """A level of trade that a demand asks for: until when, where it says, and what keeps it by the buyer's subsidy.

    ``asked`` are amounts in the file's figures by category, USD million a year.
    """

    until: str
    asked: Mapping[str, float]
    target: Target


@dataclass(frozen=True, eq=False)
class Commitment:
    """A demand for trade by amount as the model takes it.

    ``stages`` are its levels in the order of their dates; the last one is what packages keep. ``ratios`` by category
    turn the file's figures (``basis``) into the world's; goals are counted from the world as calibrated.
    """

    demand: Demand
    stages: tuple[Stage, ...]
    basis: str
    ratios: Mapping[str, float]
    notes: tuple[str, ...]

    @property
    def target(self) -> Target:
        """The instrument that keeps the last level."""
        return self.stages[-1].target

    @property
    def goal(self) -> goals.Goal:
        """The last level as a goal."""
        return self.target.goal

    @property
    def asked(self) -> float:
        """The last level in the file's figures, all categories together, USD million a year."""
        return sum(self.stages[-1].asked.values())

    @property
    def trades(self) -> tuple[str, str]:
        """The buyers and the sellers of the trade that is to grow."""
        return self.goal.sides(self.target.economy)[::-1]

    def covers(self) -> dict[str, Cover]:
        """The goods that are paid for, by category: those it names, else all goods."""
        economy, (buyer, seller) = self.target.economy, self.trades
        if isinstance(self.goal, goals.Purchases):
            shares = dict(zip(self.goal.amounts, self.goal.shares(economy), strict=True))
        else:
            shares = {goals.GOODS: np.isin(economy.sectors, goals.goods(economy)).astype(np.float64)}
        found = {}
        for category, share in shares.items():
            j = np.flatnonzero(share > 0)
            n, i = np.full(len(j), economy.index(buyer)), np.full(len(j), economy.index(seller))
            name = self.demand.id if category == goals.GOODS else f"{self.demand.id}: {category}"
            found[name] = Cover(n, i, j, share[j], self.demand.id)
        return found

    def pledges(self, pair: tuple[str, str]) -> tuple[Pledge, ...]:
        """The levels of trade between the two sides that are promised, one a category."""
        economy, target = self.target.economy, self.target
        n, i = (pair.index(side) for side in self.trades)
        seats = [economy.index(code) for code in pair]
        found = []
        levels = zip(target.levels["benchmark"].tolist(), target.levels["asked"].tolist(), strict=True)
        rows = zip(self.covers().items(), levels, target.rates["rate"].tolist(), strict=True)
        for (name, cover), (before, asked), rate in rows:
            weights, size = np.zeros((2, 2, len(economy.sectors))), abs(asked - before)
            if isinstance(self.goal, goals.Balance):
                counted = self.goal.counted(economy)
                weights[n, i, counted], weights[i, n, counted] = 1.0, -1.0
                before = float((weights * economy.M[np.ix_(seats, seats)]).sum())
            else:
                weights[n, i, cover.j] = 1.0
            found.append(Pledge(name, weights, before + size, size, -float(np.log1p(-rate))))
        return tuple(found)


def commitments(negotiation: Negotiation) -> dict[str, Commitment]:
    """Every commitment to trade by amount, kept from the state in force on the day."""
    return {d.id: _commitment(negotiation, d) for d in negotiation.demands if negotiation.promises[d.id].discriminates}


def with_commitments(negotiation: Negotiation, found: Mapping[str, Commitment]) -> Negotiation:
    """The negotiation on which demands for trade by amount have levels to keep, parts of them too."""
    pledges: dict[str, tuple[Pledge, ...]] = {}
    covers: dict[str, Cover] = {}
    for name, commitment in found.items():
        whole = commitment.pledges(negotiation.pair)
        covers |= commitment.covers()
        for level in negotiation.parts[name]:
            pledges[level] = tuple(pledge.part(negotiation.promises[level].part) for pledge in whole)
    return negotiation.pledging(pledges, covers)


def _commitment(negotiation: Negotiation, demand: Demand) -> Commitment:
    balance, purchases = demand.ask.bilateral_balance, demand.ask.purchases
    if balance is not None:
        terms = _of_balance(negotiation, demand, balance)
    else:
        assert purchases is not None
        terms = purchase_terms(negotiation.session.world, demand.id, demand.of, purchases)
    session, start = negotiation.session, negotiation.session.standoff.shock()
    stages = tuple(
        Stage(until, asked, reach(session.economy, goal, by="purchases", start=start, horizon=session.horizon))
        for until, asked, goal in terms.goals
    )
    last = stages[-1].target
    notes = terms.notes
    if not last.met:
        notes = (
            *notes,
            f"{demand.id} is out of reach by purchases; the nearest is taken ({last.note or 'at its bound'})",
        )
    return Commitment(demand, stages, terms.basis, terms.ratios, notes)


def _of_balance(negotiation: Negotiation, demand: Demand, ask: BilateralBalance) -> TradeTerms:
    world, notes = negotiation.session.world, list[str]()
    if ask.base != world.year:
        notes.append(
            f"{demand.id} counts from {ask.base}; the model counts from the year of {world.name}, {world.year}"
        )
    ratio, basis = 1.0, ask.basis
    if basis == "customs":
        table = bases(world, [(demand.of, ask.partner), (ask.partner, demand.of)])
        if table["customs"].isna().any():
            notes.append(without_customs(demand.id, world))
            basis = "world"
        else:
            sold, bought = table["world"].iloc[1] - table["world"].iloc[0], table["customs"].iloc[1]
            ratio = float(sold / (bought - table["customs"].iloc[0]))
    # the file's change is of the balance of the side asked; a goal's is of the imbalance, whosever it is
    plain = goals.Balance(demand.of, ask.partner, ask.change * ratio, ask.scope)
    goal = plain if plain.level(negotiation.session.economy) > 0 else replace(plain, change=-plain.change)
    return TradeTerms((("", {goals.GOODS: ask.change}, goal),), basis, {goals.GOODS: ratio}, tuple(notes))


COLUMNS: Final = (
    "demand", "instrument", "until", "by", "asked", "basis", "ratio", "asked_here", "reached", "met", "rate", "lowest",
    "highest", "asker", "giver", "third", "world", "treasury", "diverted", "warnings",
)  # fmt: skip
"""Of the table of targets; see `Talks`."""

CATEGORIES: Final = ("demand", "until", "category", "asked", "ratio", "asked_here", "reached", "rate")
"""Of the table of categories; see `Talks`."""


def targets_frame(negotiation: Negotiation, found: Mapping[str, Commitment], *, mix: bool = False) -> pd.DataFrame:
    """Every commitment by every instrument: rates, what is reached, who gains and who pays."""
    session, start = negotiation.session, negotiation.session.standoff.shock()
    rows: list[dict[str, Any]] = []
    for commitment in found.values():
        for k, stage in enumerate(commitment.stages):
            rows.append(_row(commitment, k, f"purchases of {commitment.trades[0]}", stage.target))
        for name, by, of, rates, side in _instruments(commitment, mix):
            target = reach(
                session.economy, commitment.goal, by=by, of=of, rates=rates, cheapest_for=side, start=start,
                horizon=session.horizon,
            )  # fmt: skip
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


def _instruments(commitment: Commitment, mix: bool) -> Iterator[tuple[str, By, str | None, Rates, str | None]]:
    """Name, instrument, whose, rates and whom they are least costly to, of every way to a goal.

    The tariff of the side that asks has one rate and rates by sector, since the sign of its cost may hang on that.
    Other searches for many rates take long.
    """
    demand = commitment.demand
    if isinstance(commitment.goal, goals.Balance):
        yield f"tariff of {demand.by}", "tariff", None, "one", None
        yield f"tariff of {demand.by}, a rate for each sector", "tariff", None, "sector", demand.by
        yield f"tariff cut of {demand.of}", "tariff", demand.of, "one", None
        yield f"export restraint of {demand.of}", "restraint", None, "one", None
        if mix:
            yield f"export restraint of {demand.of}, a rate for each sector", "restraint", None, "sector", demand.of
            yield "a mix, least costly to both", "mix", None, "one", None
    else:
        yield f"tariff cut of {demand.of}", "tariff", None, "one", None


def _row(commitment: Commitment, k: int, name: str, target: Target) -> dict[str, Any]:
    demand, stage = commitment.demand, commitment.stages[k]
    return {
        "demand": demand.id,
        "instrument": name,
        "until": stage.until if len(commitment.stages) > 1 else "",
        "by": ", ".join(dict.fromkeys(target.rates["set_by"])),
        "asked": sum(stage.asked.values()),
        "basis": commitment.basis,
        **account_of(target, sum(stage.asked.values()), asker=demand.by, giver=demand.of),
        "lowest": float(target.rates["rate"].min()),
        "highest": float(target.rates["rate"].max()),
        "diverted": target.diverted[demand.of],
        "warnings": "; ".join(target.warnings),
    }
