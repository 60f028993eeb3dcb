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
        One row a legal date: day (missing where none is given), kind (threat, deadline, milestone), id, by, what.
    stages
        One row a stage: stage (how many threats are in force), state, threat (ids that bring it), by, opens (the first
        day), dated (whether the file gives it), and loss_first, loss_second: what each side loses in it against none of
        the threats, USD million a year.
    showdowns
        One row a threat: stage, by, tough, bluffs, belief, concede, deal, carried_out, held, if_resisted: see
        `detente.timing.Showdown`.
    offers
        One row a round before anything is carried out: spell (first, or between reviews), round, on (the day, of the
        first spell), demand (part of the demand), open (the probability that no deal has been made after it).
    terms
        One row: floor, ceiling, split (missing where there is none).
    chances
        One row a day: day, deal, truce, partial_tariffs, war.
    outlook
        One row a marked day: day, why, and the four probabilities.
    sensitivity
        One row a variant and marked day: variant, kind (prior or elasticities), day, and the four probabilities.
    varied_showdowns, varied_offers
        `showdowns` and `offers` of every variant: variant, kind, and their columns.
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
    SCHEMA: ClassVar[int] = 3
    TABLES: ClassVar[tuple[str, ...]] = (
        "calendar",
        "stages",
        "showdowns",
        "offers",
        "terms",
        "chances",
        "outlook",
        "sensitivity",
        "varied_showdowns",
        "varied_offers",
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
    offers: pd.DataFrame
    terms: pd.DataFrame
    chances: pd.DataFrame
    outlook: pd.DataFrame
    sensitivity: pd.DataFrame
    varied_showdowns: pd.DataFrame
    varied_offers: pd.DataFrame
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
