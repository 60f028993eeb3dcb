"""The result of a clock: legal dates, the games on them, and the probability of each outcome on every day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import pandas as pd

from detente.dispute.results import Record
from detente.ensemble.summary import NumberKey, TableNumbers, numbers_in


@dataclass(frozen=True, eq=False)
class Clock(Record):
    """The clock of two sides from the day of the dispute. Dates are ISO, probabilities under the prior that is stated.

    Attributes
    ----------
    as_of, until
        From which day to which; facts dated after the first are not read, except outcomes, where scores are asked for.
    prior
        The prior as plain values: resolves (median in USD million a year, sigma of the log), where they are from
        (`file`, `war`, `zero` or `given`), patience (years), audience, breakdown, round_days, review_days.
    stated
        The prior in sentences, with codes for names.
    ignored
        Facts of the file that are dated after its day.
    scored
        What scores of one dispute are worth, in a sentence; empty unless scores were asked for.
    seed
        Of the simulated disputes in `played`.
    calendar
        One row a legal date: day (missing where none is given), kind (threat, deadline, milestone, suspension), id, by,
        what.
    stages
        One row a stage: stage (how many threats are in force), state, threat (ids that bring it), by, opens (the first
        day), dated (whether the file gives it), and loss_first, loss_second: what each side loses in it against none of
        the threats, USD million a year.
    showdowns
        One row a threat that is decided on: stage, by (whose threat it is), reached, tough, bluffs, belief,
        concede, deal, carried_out, held, threshold, yields: see `detente.timing.escalation.Decision`.
    beliefs
        One row an event and side: day, stage, event (prior, held back, backed down or carried out), side, and low,
        median and high (5, 50 and 95 %) of what is then believed of its resolve, USD million a year.
    chances
        One row a day: day, deal, truce, partial_tariffs, war.
    outlook
        One row a marked day: day, why, and the four probabilities.
    sensitivity
        One row a variant and marked day: variant, kind (game, prior or elasticities), day, and the four probabilities.
    varied_showdowns
        `showdowns` of every variant of prior or elasticities: variant, kind, and its columns.
    played
        One row a marked day and state: day, state, probability, frequency (among the simulated disputes), disputes.
    forecasts
        One row an expert: who, day, by, said, and the four probabilities (missing where none was said); then the linear
        and the logarithmic pool of those that have them, and the clock itself and a uniform forecast, on the last day.
    scores
        One row an outcome and forecaster: day, ending, state, forecaster, probability (of what happened), brier, log
        (missing where what happened was ruled out: infinite). Empty unless scores were asked for.
    """

    KIND: ClassVar[str] = "clock"
    SCHEMA: ClassVar[int] = 4
    TABLES: ClassVar[tuple[str, ...]] = (
        "calendar",
        "stages",
        "showdowns",
        "beliefs",
        "chances",
        "outlook",
        "sensitivity",
        "varied_showdowns",
        "played",
        "forecasts",
        "scores",
    )

    notes: tuple[str, ...]
    residual: float
    as_of: str
    until: str
    prior: Mapping[str, Any]
    stated: tuple[str, ...]
    ignored: tuple[str, ...]
    scored: str
    seed: int
    calendar: pd.DataFrame
    stages: pd.DataFrame
    showdowns: pd.DataFrame
    beliefs: pd.DataFrame
    chances: pd.DataFrame
    outlook: pd.DataFrame
    sensitivity: pd.DataFrame
    varied_showdowns: pd.DataFrame
    played: pd.DataFrame
    forecasts: pd.DataFrame
    scores: pd.DataFrame

    def __repr__(self) -> str:
        return f"<Clock of {' and '.join(self.players)} in {self.dispute}, {self.as_of} to {self.until}>"

    def _repr_html_(self) -> str:
        prior = "".join(f"<p>{sentence}</p>" for sentence in self.stated)
        return prior + self.outlook.to_html(index=False, float_format="{:.3f}".format)

    def on(self, day: str) -> dict[str, float]:
        """The probability of each outcome on a day (ISO). Raises KeyError for a day that is not on the clock."""
        rows = self.chances[self.chances["day"] == day]
        if rows.empty:
            raise KeyError(day)
        return {str(name): float(value) for name, value in rows.iloc[0].drop("day").items()}


NUMBERS: Final = (TableNumbers("outlook", ("deal", "truce", "partial_tariffs", "war"), ("day",)),)
"""The numbers of a clock: the probability of each outcome on each day."""


def numbers(result: Clock) -> dict[NumberKey, float]:
    """The numbers of a clock that an ensemble draws, by key."""
    return numbers_in(result, NUMBERS)
