"""The result of an analysis of markets: exposures by sector, abnormal returns, and implied probabilities of war."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import pandas as pd

from detente.analyses.clock.outlook import AS_STATED
from detente.dispute.results import Record
from detente.ensemble.summary import NumberKey, TableNumbers, numbers_in


@dataclass(frozen=True, eq=False)
class Markets(Record):
    """Markets of a dispute on its day. Returns, moves and values are fractions; dates are ISO.

    Attributes
    ----------
    economy
        Whose equity the prices are of.
    valued
        How values of equity come about, in words.
    prices
        Which prices were read, in words; empty where none were.
    stated
        The prior that the probability of war is under, in sentences; how it was given, where it was.
    probability
        Of war, before any move.
    exposures
        One row a stage, economy and sector: see `detente.markets.implied`; `outcome` is partial tariffs or war,
        `stage` how many threats are in force.
    values
        One row an economy of the two and stage: economy, stage, outcome, real_income (change), equity (its value, of 1
        where no threat is in force; missing where the user gave values of the economy's equity, which has its own).
    moves
        One row a variant: variant, probability, war (value of equity), peace, if_war and if_peace (the moves to expect
        when either becomes certain).
    events
        One row an event and asset: the `cumulated` of an event study, with after_as_of (later than the day of the file)
        and what (why it is looked at).
    abnormal
        One row an event, asset and day of the window: the `abnormal` of an event study.
    implied
        One row an event and variant: event, asset, variant, move (the abnormal return), before, after and change
        (missing where no probability explains it), largest (what certainty would bring), ratio, statement.
    flags
        One row an asset: days that could be tested, flagged, share, level.
    """

    KIND: ClassVar[str] = "markets"
    SCHEMA: ClassVar[int] = 1
    TABLES: ClassVar[tuple[str, ...]] = ("exposures", "values", "moves", "events", "abnormal", "implied", "flags")

    notes: tuple[str, ...]
    residual: float
    as_of: str
    economy: str
    valued: str
    prices: str
    stated: tuple[str, ...]
    probability: float
    prior: Mapping[str, Any]
    exposures: pd.DataFrame
    values: pd.DataFrame
    moves: pd.DataFrame
    events: pd.DataFrame
    abnormal: pd.DataFrame
    implied: pd.DataFrame
    flags: pd.DataFrame

    def __repr__(self) -> str:
        return f"<Markets of {self.economy} in {self.dispute}: {len(self.events)} events>"

    def _repr_html_(self) -> str:
        shown = (self.moves, self.implied) if len(self.implied) else (self.moves,)
        return f"<p>{self.valued}</p>" + "".join(t.to_html(index=False, float_format="{:.6g}".format) for t in shown)


HALVED: Final = ("probability of war half", "probability of war double")
"""The variants that halve and double the probability of war."""
MULTIPLIED: Final = "multiplier "
"""How the names of variants begin whose values of equity move more than real income."""
NUMBERS: Final = (
    TableNumbers("values", ("real_income", "equity"), ("outcome", "stage"), "economy"),
    TableNumbers(
        "moves", ("probability", "war", "peace", "if_war", "if_peace"), ("variant",),
        names={"war": "equity_in_war", "peace": "equity_in_peace"},
    ),
    TableNumbers(
        "implied", ("after", "change"), ("event", "asset", "variant"),
        names={"after": "probability_after", "change": "probability_change"},
    ),
    TableNumbers(
        "exposures", ("change", "change_usd"), ("outcome", "stage", "sector"), "economy",
        names={"change": "value_added", "change_usd": "value_added_usd"},
    ),
)  # fmt: skip
"""The numbers of markets: values of equity, the moves to expect, what moves imply, and exposures of sectors."""


def numbers(result: Markets) -> dict[NumberKey, float]:
    """The numbers of markets that an ensemble draws, by key.

    Exposures are those of the two sides. Variants that a draw may lack are left out: those with other elasticities,
    which draws vary themselves, and the priors that move the probability most, which are other ones in each draw.
    """
    moves, implied = (table[table["variant"].map(_in_every_draw)] for table in (result.moves, result.implied))
    exposures = result.exposures[result.exposures["economy"].isin(result.players)]
    return numbers_in(replace(result, moves=moves, implied=implied, exposures=exposures), NUMBERS)


def _in_every_draw(variant: str) -> bool:
    return variant in (AS_STATED, *HALVED) or variant.startswith(MULTIPLIED)
