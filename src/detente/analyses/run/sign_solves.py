"""The changes in real income from which `detente.analyses.run.signs` tells gains from losses, solved in one batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from detente.analyses.run.batch import states
from detente.analyses.run.signs import COLUMNS, MAIN, UNANSWERED
from detente.dispute.scenarios import Plan, leading
from detente.dispute.session import Session
from detente.ensemble.batch import solve_draws
from detente.ensemble.draws import SETS, Draw
from detente.model.benchmark import CLOSURES
from detente.solver.solution import Outcome


def sign_table(session: Session, rules: Sequence[str] | None = None) -> pd.DataFrame:
    """The change in real income of every party in `headline_states` under all usual assumptions: `signs.COLUMNS`.

    `rules` are rules of the base tariffs, by default all of the world, its own first. Every equilibrium is solved in
    full and audited, of the long run with a fixed supply of labour. Raises UnknownSector where the bundled sets have no
    elasticity for a sector of the world.
    """
    own = session.world.tariff_source
    every = rules or dict.fromkeys((own, *session.world.tariff_sources))
    rows = [row for rule in every for row in _under(session.under(base_tariffs=rule), rule)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def headline_states(session: Session) -> tuple[Plan, ...]:
    """The state of the headline, and that without answers where anybody answers, under the ids of `signs`.

    Answers that a government chooses are those found with the settings of the session. Where no rule of the file says
    what answers what, the answers are the measures of all parties but the first to lay one (`opener`).
    """
    plans = session.prepared.plans
    main = session.decided(plans[leading([(plan.kind, plan.ids) for plan in plans])])
    found = [replace(main, id=MAIN, chosen=())]
    if main.kind == "answered":
        alone = next((plan for plan in plans if plan.id == main.id.removesuffix("-answered")), None)
        found += [] if alone is None else [replace(alone, id=UNANSWERED)]
    elif (first := opener(main)) is not None:
        own = tuple(measure for measure in main.measures if measure.by == first)
        found.append(replace(main, id=UNANSWERED, measures=own, chosen=()))
    return tuple(found)


def opener(state: Plan) -> str | None:
    """The party that was first to lay a measure of a state of the law; None where all measures are of one side."""
    if state.reference != "calibrated world" or len({measure.by for measure in state.measures}) < 2:
        return None
    return min(state.measures, key=lambda measure: measure.begins or date.max).by


def _under(session: Session, rule: str) -> Iterator[tuple[object, ...]]:
    """The rows of one rule of the base tariffs."""
    wanted = headline_states(session)
    baseline = replace(session.prepared.plans[0], id="baseline")
    batch = states(replace(session, prepared=replace(session.prepared, plans=(baseline, *wanted))))
    keys = batch.keys
    mine = keys[(keys["quantity"] == "real_income") & keys["economy"].isin(session.parties)]
    draws = [
        Draw(k, session.world.name, name, closure, "long", theta, np.zeros(0), {}, base_tariffs=rule)
        for k, (name, theta, closure) in enumerate(
            (name, session.under(elasticities=name, keep=False).economy.theta, closure)
            for name in SETS
            for closure in CLOSURES
        )
    ]
    for draw, found, outcome in solve_draws(batch, draws):
        numbers = _numbers(batch.numbers(found), outcome)
        for place, key in zip(mine.index, mine.itertuples(index=False), strict=True):
            if key.scenario in (MAIN, UNANSWERED):
                yield key.scenario, draw.elasticities, draw.deficits, rule, key.economy, float(numbers[place])


def _numbers(found: np.ndarray, outcome: str) -> np.ndarray:
    """The numbers of a draw; missing where a state of it was not solved."""
    return found if outcome == Outcome.SOLVED.name else np.full_like(found, np.nan)
