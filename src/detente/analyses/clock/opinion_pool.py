"""Forecasts of a file as probabilities over the four states; what gives no probability is said so, and not scored.

Forecasts beside the clock, and the scores of both once it is known what happened.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from detente.dispute.blocks import Forecast, RecordedOutcome
from detente.dispute.schema import Dispute
from detente.errors import BadInput
from detente.inputs import FloatArray
from detente.timing.game import Course
from detente.timing.scores import STATE_OF, STATES, brier, log_score, pool

_SUM = 1e-9
"""What probabilities may exceed 1 by: rounding."""


@dataclass(frozen=True, eq=False)
class Expert:
    """The forecast of one person on one day for one horizon.

    `chances` (4,) are probabilities of `STATES`, or None where none was said; `said` are the words. Probability that is
    not given to a state by name is spread evenly over those not named.
    """

    who: str
    day: date
    by: date | None
    said: tuple[str, ...]
    chances: FloatArray | None = field(repr=False)


def experts(forecasts: Sequence[Forecast]) -> tuple[Expert, ...]:
    """Forecasts grouped by who made them, when, and for when, in the order of the file.

    Raises BadInput where the probabilities that a person gave sum to more than 1.
    """
    groups: dict[tuple[str, date, date | None], list[Forecast]] = {}
    for forecast in forecasts:
        groups.setdefault((forecast.who, forecast.date, forecast.by), []).append(forecast)
    return tuple(_expert(who, day, by, said) for (who, day, by), said in groups.items())


def _expert(who: str, day: date, by: date | None, said: Sequence[Forecast]) -> Expert:
    given: dict[str, float] = {}
    for forecast in said:
        if forecast.probability is not None:
            state = STATE_OF[forecast.outcome]
            given[state] = given.get(state, 0.0) + forecast.probability
    total = sum(given.values())
    if total > 1 + _SUM:
        raise BadInput(f"the probabilities that {who} gave on {day} sum to {total:.6g}: at most 1")
    chances = None
    if given:
        others = [state for state in STATES if state not in given]
        if not others and total < 1 - _SUM:
            raise BadInput(
                f"the probabilities that {who} gave on {day} name every outcome and sum to {total:.6g}, not 1"
            )
        rest = (1 - min(total, 1.0)) / len(others) if others else 0.0
        chances = np.array([given.get(state, rest) for state in STATES])
        chances = chances / max(total, 1.0)
        chances.setflags(write=False)
    words = tuple(forecast.quote or f"{forecast.outcome}" for forecast in said)
    return Expert(who, day, by, words, chances)


ONE: Final = "One dispute is one observation: these scores say how this one went, and not whether a forecaster is good."
"""What goes with every score."""

_COLUMNS: Final = [state.replace(" ", "_") for state in STATES]
_SCORES: Final = ["day", "ending", "what", "state", "forecaster", "probability", "brier", "log"]
UNIFORM: Final = "uniform"
CLOCK: Final = "clock"


def forecast_frame(
    told: Sequence[Expert], course: Course, as_of: date, marks: Sequence[tuple[date, str]]
) -> pd.DataFrame:
    """Experts, their pools for each horizon that somebody gave probabilities for, and the clock on its last day."""
    rows = [_row(e.who, e.day, e.by, "; ".join(e.said), e.chances) for e in told]
    for by in dict.fromkeys(e.by for e in told if e.chances is not None):
        for kind, chances in _pools(told, by):
            rows.append(_row(f"{kind} pool", as_of, by, "", chances))
    last = marks[-1][0]
    rows.append(_row(CLOCK, as_of, last, "", course.chances[(last - as_of).days]))
    rows.append(_row(UNIFORM, as_of, None, "", np.full(len(STATES), 1 / len(STATES))))
    return pd.DataFrame(rows)


def _row(who: str, day: date, by: date | None, said: str, chances: FloatArray | None) -> dict[str, object]:
    values = np.full(len(STATES), math.nan) if chances is None else chances
    when = {"day": day.isoformat(), "by": None if by is None else by.isoformat()}
    return {"who": who, **when, "said": said, **dict(zip(_COLUMNS, map(float, values), strict=True))}


def _pools(told: Sequence[Expert], by: date | None) -> list[tuple[str, FloatArray]]:
    given = [e.chances for e in told if e.chances is not None and e.by == by]
    found = [("linear", pool(given))]
    if np.prod(given, axis=0).any():  # else every state is ruled out by somebody, and no logarithmic pool exists
        found.append(("log", pool(given, by="log")))
    return found


def score_frame(
    dispute: Dispute, known: Dispute, told: Sequence[Expert], course: Course, until: date, *, asked: bool
) -> pd.DataFrame:
    """Scores against the outcomes of the file that are dated after its day and on the clock; empty unless asked for.

    The clock is scored on the day of each outcome. A forecast for a day is scored against how things stood on it, the
    last outcome before; one without a day against the first outcome after it was made. Raises BadInput where scores are
    asked for and there is no such outcome.
    """
    if not asked:
        return pd.DataFrame({name: pd.Series(dtype="float64" if name in _SCORES[5:] else "str") for name in _SCORES})
    record = sorted((o for o in dispute.outcomes if known.as_of < o.date <= until), key=lambda o: o.date)
    if not record:
        raise BadInput(
            f"{dispute.dispute} has no outcome dated from {known.as_of} to {until}: there is nothing to score"
        )
    uniform = np.full(len(STATES), 1 / len(STATES))
    rows = []
    for outcome in record:
        rows.append(_scored(outcome, CLOCK, course.chances[(outcome.date - known.as_of).days]))
        rows.append(_scored(outcome, UNIFORM, uniform))
    forecasters = [(e.who, e.by, e.chances) for e in told if e.chances is not None]
    for by in dict.fromkeys(by for _, by, _ in forecasters):
        forecasters += [(f"{kind} pool", by, chances) for kind, chances in _pools(told, by)]
    for who, by, chances in forecasters:
        settled = record[0] if by is None else next((o for o in reversed(record) if o.date <= by), None)
        if settled is not None:
            rows.append(_scored(settled, who, chances))
    return pd.DataFrame(rows, columns=_SCORES)


def _scored(outcome: RecordedOutcome, who: str, chances: FloatArray) -> dict[str, object]:
    state = STATE_OF[outcome.outcome]
    place = STATES.index(state)
    log = log_score(chances, place)
    return {
        "day": outcome.date.isoformat(),
        "ending": outcome.outcome,
        "what": outcome.what or "",
        "state": state,
        "forecaster": who,
        "probability": float(chances[place]),
        "brier": brier(chances, place),
        "log": log if math.isfinite(log) else math.nan,
    }
