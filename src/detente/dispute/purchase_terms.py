"""Trade by amount as the model takes it: a commitment in the file's figures, the goal in the world's, its account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detente.data.world import World
from detente.dispute.demands import PurchaseCommitment
from detente.policy.reach import bases
from detente.targets import target as goals
from detente.targets.target import Target


@dataclass(frozen=True, eq=False)
class TradeTerms:
    """The request, level by level: its date, amounts in the file's figures, and the goal in the world's."""

    goals: tuple[tuple[str, Mapping[str, float], goals.Goal], ...]
    basis: str
    ratios: Mapping[str, float]
    notes: tuple[str, ...] = ()


def without_customs(id: str, world: World) -> str:
    """The note on an amount in customs figures that are not known."""
    return f"{id}: no customs figures for this pair in {world.year}; its amount is the world's"


def purchase_terms(world: World, id: str, buyer: str, ask: PurchaseCommitment) -> TradeTerms:
    """A commitment to purchases as goals of the model; `id` names it in notes."""
    if ask.categories:
        return _by_category(world, id, buyer, ask)
    basis, ratio, notes = _customs(world, id, buyer, ask)
    levels = [(step.by.isoformat(), step.extra) for step in ask.schedule]
    if all(step.share is not None for step in ask.schedule):
        # steps with a share are parts of a growing total, so that they add up; others are levels over the base year
        levels = [("", sum(step.extra for step in ask.schedule))]
        if len(ask.schedule) > 1:
            notes.append(
                f"{id}: its {len(ask.schedule)} steps are parts of a growing total and add up to "
                f"${levels[0][1] / 1e3:g}bn a year"
            )
    found = [
        (until, {goals.GOODS: extra}, goals.Purchases(buyer, ask.seller, extra * ratio, ask.sectors))
        for until, extra in levels
    ]
    return TradeTerms(tuple(found), basis, {goals.GOODS: ratio}, tuple(notes))


def _by_category(world: World, id: str, buyer: str, ask: PurchaseCommitment) -> TradeTerms:
    """A level for each category and date; where a category has a base, its purchases grow by the same part of it."""
    flows = world.flows[world.index(buyer), world.index(ask.seller)]
    ratios, basis, notes = dict[str, float](), "file", list[str]()
    held = 0.0
    for category in ask.categories:
        bought = sum(part * float(flows[world.sector_index(code)]) for code, part in category.sectors.items())
        if category.base is not None:
            ratios[category.name] = bought / category.base
            held += bought
    if len(ratios) < len(ask.categories):
        basis, ratio, notes = _customs(world, id, buyer, ask)
        ratios = {category.name: ratios.get(category.name, ratio) for category in ask.categories}
    else:
        base = sum(category.base or 0.0 for category in ask.categories)
        notes.append(
            f"{id}: {world.name} holds {held / base:.0%} of the purchases of the base year that it gives; each "
            "category is to grow by the part that its amount is of its base"
        )
    covers = {category.name: dict(category.sectors) for category in ask.categories}
    found = []
    for k, step in enumerate(ask.categories[0].schedule):
        asked = {category.name: category.schedule[k].extra for category in ask.categories}
        here = {name: amount * ratios[name] for name, amount in asked.items()}
        found.append((step.by.isoformat(), asked, goals.Purchases(buyer, ask.seller, here, covers)))
    return TradeTerms(tuple(found), basis, ratios, tuple(notes))


def _customs(world: World, id: str, buyer: str, ask: PurchaseCommitment) -> tuple[str, float, list[str]]:
    """The statistics of an amount without a base, their ratio to the world's, and notes."""
    table = bases(world, [(buyer, ask.seller)])
    if table["customs"].isna().any():
        return "world", 1.0, [without_customs(id, world)]
    return "customs", float(table["ratio"].iloc[0]), []


def account_of(target: Target, asked: float, *, asker: str, giver: str) -> dict[str, float | bool]:
    """What a goal comes to and who gains and pays, USD million a year; `asked` is the amount in the file's figures.

    ratio (of the world's figures to the file's), asked_here, reached, met, rate (of the one subsidy or duty; NaN where
    there are several), asker, giver, third, world (changes of real income), treasury (what is paid for imports).
    """
    paid = target.payments().set_index("economy")
    gain, levels = paid["real_income_usd"], target.levels
    here = float((levels["asked"] - levels["benchmark"]).sum())
    return {
        "ratio": here / asked,
        "asked_here": here,
        "reached": float((levels["after"] - levels["benchmark"]).sum()),
        "met": target.met,
        "rate": float(target.rates["rate"].iloc[0]) if len(target.rates) == 1 else np.nan,
        "asker": float(gain[asker]),
        "giver": float(gain[giver]),
        "third": float(gain["third countries"]),
        "world": float(gain["world"]),
        "treasury": float(paid["subsidies"]["world"]),
    }
