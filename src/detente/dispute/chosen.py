"""Answers by harm and at their best: found when the states they depend on can be solved."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from detente.data import World
from detente.dispute.plan import Plan
from detente.policy import Measure
from detente.solve import Economy
from detente.solve.joint import Horizon
from detente.war.responses import Rule, Standoff
from detente.war.responses.best import Best
from detente.war.responses.equal_harm import EqualHarm

#: What the file calls `match` → the rule.
_RULES: Final[dict[str, Rule]] = {"harm": EqualHarm(), "best": Best()}


def decided(state: Plan, world: World, economy: Economy, horizon: Horizon) -> Plan:
    """The state with its chosen answers, each seeing those made before it.

    `economy` is calibrated on the world, without any measure. Raises BadMeasure, NotSolved.
    """
    made: list[Measure] = []
    notes = list(state.notes)
    for chosen in state.chosen:
        standing = tuple(measure for measure in (*state.measures, *made) if measure not in chosen.to)
        standoff = Standoff(world, economy, standing, horizon)
        answer = _RULES[chosen.match].respond(standoff, chosen.by, chosen.to[0].by, chosen.to, id=chosen.id)
        made += answer.measures
        notes += answer.notes
    return replace(
        state,
        measures=(*state.measures, *made),
        responses=(*state.responses, *(measure.id for measure in made)),
        notes=tuple(notes),
        chosen=(),
    )
