"""Equilibria that more than one page on published losses needs: rates laid on a world, and the law of a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

import detente as dt
from detente.dispute.session import Session
from detente.inputs import FloatArray
from detente.solver.fixed_point import Horizon

LAST = "2026-08-19"
"""The last day on which the law of us-2025 is known."""
TODAY = f"""dispute: today
title: The tariffs in force on {LAST}
as_of: {LAST}
world: icio-2022
base: {{case: us-2025, on: {LAST}}}
parties: {{USA: {{name: United States}}, CHN: {{name: China}}, CAN: {{name: Canada}}}}
"""


@dataclass(frozen=True, eq=False)
class State:
    """New tariffs on a world, to be solved in more than one way."""

    world: dt.World
    shock: dt.Shock

    def solved(self, horizon: Horizon = "long", **how: Any) -> dt.Solution:
        """The equilibrium; `how` are arguments of `dt.calibrate`."""
        return dt.solve(dt.calibrate(self.world, **how), self.shock, horizon=horizon)


def law_of_the_day(*, answered: bool = True) -> State:
    """The measures in force on the last day, of all economies or of the United States alone."""
    session = Session.of(dt.Dispute.parse(TODAY))
    plan = session.prepared.plans[0]
    ids = [measure.id for measure in plan.measures if measure.by == "USA" or answered]
    book = session.schedules.having(plan.all_measures)
    return State(session.world, book.shock(ids, flows=session.economy.M, on=plan.on))


def threats_of_2018() -> State:
    """The threats of May 2018, carried out and answered, as the bundled case has them."""
    session = Session.of(dt.Dispute.read("us-china-2018"), accept_defaults=True)
    plan = session.decided([plan for plan in session.prepared.plans if plan.kind == "answered"][-1])
    book = session.schedules.having(plan.all_measures)
    return State(session.world, book.shock(plan.ids, flows=session.economy.M, on=plan.on))


def raised(world: dt.World, *rises: tuple[str, str, float], goods: tuple[str, ...] | None = None) -> FloatArray:
    """Base tariffs (n, i, j) with points added by importer and exporter, `*` for all exporters that no other rise of
    the importer names; on all goods, or on some sectors."""
    t = np.array(world.tariffs)
    sectors = [world.sector_index(code) for code in goods or world.goods]
    for importer, exporter, points in rises:
        n = world.index(importer)
        named = {world.index(other) for by, other, _ in rises if by == importer and other != "*"}
        sellers = [i for i in range(len(world.economies)) if i != n and i not in named]
        for i in sellers if exporter == "*" else [world.index(exporter)]:
            t[n, i, sectors] += points
    return t
