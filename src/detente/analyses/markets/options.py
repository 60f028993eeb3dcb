"""Options of `detente markets`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema, field_validator

from detente.analyses.options import Given, SidesOptions, option

Positive = Annotated[float, Field(gt=0)]
Data = Annotated[Any, WithJsonSchema({"type": "object"})]
"""Daily prices: a path where the machine is the own one, `{name, text}` of a file that was sent, or an object."""


class MarketsOptions(SidesOptions):
    """Options of markets: prices, the days to study, and the conversion of real income into values of equity."""

    prices: Data = option(
        None, "a CSV file of daily prices: one column of dates, and one column for each index or share; without it, "
        "only exposures and expected moves are computed", "Daily prices (CSV file)",
        kind="prices", page="plain", python="Prices | pd.DataFrame | pd.Series[Any] | str | Path | None",
    )  # fmt: skip
    events: tuple[date, ...] | None = option(
        None, "days of the event study; by default the days on which threats were announced",
        "Days of the event study", flags=("--event",), max_length=50, page="plain",
        python="Sequence[date | str] | None",
    )  # fmt: skip
    economy: str | None = option(
        None, "the economy whose equity is priced; by default the first side", "Economy whose equity is priced",
        kind="economy", max_length=50, page="plain",
    )  # fmt: skip
    asset: str | None = option(
        None, "the column of prices to study; by default the first that is not the market index",
        "Column of prices to study", max_length=200, metavar="NAME",
    )  # fmt: skip
    market: str | None = option(
        None, "the column of the market index, for a market model", "Column of the market index", max_length=200,
        page="plain", metavar="NAME",
    )  # fmt: skip
    window: tuple[int, int] = option(
        (0, 0), "first and last trading day relative to an event, such as -1,1",
        "First and last trading day relative to an event",
        metavar="FIRST,LAST",
    )  # fmt: skip
    estimation: int = option(
        250, "number of trading days before an event from which normal returns are estimated",
        "Trading days that estimate normal returns",
        ge=2, le=10_000, metavar="DAYS",
    )  # fmt: skip
    level: float = option(
        0.01, "the significance level below which a day is flagged", "Significance level",
        kind="share", gt=0, lt=1,
    )  # fmt: skip
    multiplier: float = option(
        1.0, "ratio of the change of equity to the change of real income",
        "Change of equity per change of real income", gt=0, page="plain",
    )  # fmt: skip
    values: tuple[Positive, Positive] | None = option(
        None, "values of equity in a tariff war and in peace, in the same unit, instead of a multiplier",
        "Values of equity in war and in peace", metavar="WAR,PEACE",
    )  # fmt: skip
    probability: float | None = option(
        None, "probability of war before a move of prices; by default that of `detente clock` on its last day",
        "Probability of war before the move", kind="share",
        ge=0, le=1, page="plain",
    )  # fmt: skip
    prior: Given = option(
        None, "the prior on the resolve of both sides, as in `detente clock`",
        "Prior on the resolve of both sides", kind="prior", python="Prior | str | None",
    )  # fmt: skip

    @field_validator("window")
    @classmethod
    def _in_order(cls, window: tuple[int, int]) -> tuple[int, int]:
        if window[0] > window[1]:
            raise ValueError(f"window is {window[0]},{window[1]}: give the first day before the last, such as -1,1")
        return window
