"""Answers of the file that follow from base-year trade alone: in kind, and by rebalancing."""

from __future__ import annotations

from detente.dispute.blocks import Response
from detente.policy.measure import Measure
from detente.policy.rebalancing import Rebalancing, rebalance
from detente.policy.retaliation import IN_KIND, Retaliation, retaliate
from detente.policy.schedule import Schedules


def is_counted(response: Response) -> bool:
    """Whether an answer follows from base-year trade alone, and not from what its government would do."""
    return response.rule == "rebalancing" or response.match in IN_KIND


def counted_answer(
    response: Response, measure: Measure, schedules: Schedules, taken: float = 0.0
) -> Retaliation | Rebalancing:
    """The answer in kind or by rebalancing; `taken` is what earlier ones cover. Raises BadMeasure."""
    name, world = f"{response.by.lower()}-answers-{measure.id}", schedules.world
    if response.rule == "rebalancing":
        return rebalance(
            world,
            measure,
            by=response.by,
            match="trade" if response.match == "trade" else "duty",
            goods=response.goods,
            add=response.add,
            taken=taken,
            name=name,
            schedules=schedules,
        )
    match = next(its for its in IN_KIND if its == response.match)
    return retaliate(world, measure, by=response.by, match=match, taken=taken, name=name, schedules=schedules)
