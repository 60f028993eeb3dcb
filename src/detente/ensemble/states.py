"""The states of a dispute as arrays that no elasticity enters, so that every draw is solved from the same ones.

A state is reached from the calibrated world in one step, for a change in shares composes: the state that `run` measures
against its baseline is here the ratio of two such steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from detente.data.world import World
from detente.dispute.moves import decided
from detente.dispute.scenarios import Plan
from detente.dispute.schema import Dispute
from detente.dispute.session import set_up
from detente.inputs import BoolArray
from detente.model.benchmark import Deficits
from detente.model.shock import Parts
from detente.solver.economy import Economy, calibrate
from detente.solver.fixed_point import Horizon


@dataclass(frozen=True)
class Pair:
    """A scenario: the positions of the state it is measured against and of the state itself, and its title."""

    scenario: str
    title: str
    before: int
    after: int


@dataclass(frozen=True, eq=False)
class States:
    """Every state of a dispute on one world.

    `economy` is the world as calibrated, with its own deficits whatever the closure; `parts` are the parts of each
    state against it, none for the calibrated world itself, which comes first. `goods` (j,) is true for goods.
    `deficits` and `horizon` are those of the run, as theta of `economy` is.
    """

    economy: Economy
    goods: BoolArray
    parties: tuple[str, ...]
    parts: tuple[Parts | None, ...]
    pairs: tuple[Pair, ...]
    settings: dict[str, Any]
    deficits: Deficits
    horizon: Horizon
    notes: tuple[str, ...]


def states_of(
    dispute: Dispute,
    world: World | str | None,
    elasticities: str | ArrayLike | None,
    deficits: Deficits | None,
    horizon: Horizon | None,
    accept_defaults: bool,
) -> States:
    """The states of a dispute. Raises as `detente.run` does before it solves.

    An answer by harm or at its best is the one found with the settings of the run, in every draw.
    """
    setup = set_up(dispute, world, elasticities, deficits, horizon, accept_defaults)
    books, found = setup.prepared.books, setup.economy
    plans = [
        decided(state, setup.world, found, setup.context.horizon) if state.chosen else state
        for state in setup.prepared.plans
    ]
    parts: list[Parts | None] = [None]
    places: dict[tuple[str, ...], int] = {(): 0}

    def place(plan: Plan, ids: Sequence[str]) -> int:
        key = tuple(ids)
        if key not in places:
            places[key] = len(parts)
            parts.append(books.of(plan).shock(key).parts)
        return places[key]

    pairs = []
    for plan in plans:
        before = place(plans[0], plans[0].ids) if plan.reference == "baseline" else 0
        pairs.append(Pair(plan.id, plan.title, before, place(plan, plan.ids)))
    settled = setup.settings
    notes = tuple(
        f"{state.id}: the answer is the one found with elasticities {settled.elasticities} and deficits "
        f"{settled.deficits}, in every draw"
        for state in setup.prepared.plans
        if state.chosen
    )
    return States(
        economy=calibrate(setup.world, elasticities=found.theta),
        goods=np.isin(found.sectors, setup.world.goods),
        parties=tuple(setup.dispute.parties),
        parts=tuple(parts),
        pairs=tuple(pairs),
        settings={
            "world": settled.world,
            "world_sha256": settled.world_sha256,
            "elasticities": settled.elasticities,
            "deficits": settled.deficits,
            "horizon": settled.horizon,
            "version": settled.version,
        },
        deficits=found.deficits,
        horizon=setup.context.horizon,
        notes=notes,
    )
