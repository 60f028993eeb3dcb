"""Forecasts of a file as probabilities over the four states; what gives no probability is said so, and not scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from detente.errors import BadInput
from detente.talks.clock.prior import FloatArray
from detente.talks.clock.scores import STATE_OF, STATES
from detente.talks.schema import Forecast

_SUM = 1e-9
"""What probabilities may exceed 1 by: rounding."""


@dataclass(frozen=True, eq=False)
class Expert:
    """What one person said on one day of one horizon.

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
