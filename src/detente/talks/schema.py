"""The blocks of the dispute file about talks: demands, values, factions, delegations, dates, forecasts, outcomes."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from detente.data.exported import Shown
from detente.data.quantities import Money, MoneyRange, Rate, format_money_range, format_rate
from detente.data.source import Source
from detente.errors import enumerate_names
from detente.policy.measure import Day
from detente.talks.asks import DIVISIBLE, Ask, Block

Ending = Literal["deal", "truce", "stalemate", "escalation", "capitulation"]
"""How talks can end, or stand at a date. deal: both sign what settles the dispute. truce: threatened measures are put
on hold while talks go on. stalemate: no measure changes and nothing is signed. escalation: a threatened measure takes
effect, or a new one is added. capitulation: one side meets the other's demands and gets none of its own."""

Stance = Literal["red-line", "wanted", "tradable"]
"""red-line: no deal without it. wanted: has a price. tradable: asked for in order to be given up."""

Sourcing = Literal["read", "reported", "second-hand", "unverified"]
"""How well a fact is sourced. read: the words of the document itself. reported: a named newspaper's account of it.
second-hand: an account of an account. unverified: recalled, and found in no source at hand."""


def _is_a_probability(value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"a probability of {value:g} is not between 0 and 1: write it as 60% or 0.6, or null")
    return value


Probability = Annotated[Rate, AfterValidator(_is_a_probability)]
"""A pydantic field: between 0 and 1, read from `60%` or 0.6."""


def _is_not_negative(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] < 0:
        raise ValueError(
            f"{format_money_range(ends)} reaches under zero: write what meeting the demand costs the party asked, or "
            "is worth to the party that asks, as an amount of 0bn or more"
        )
    return ends


Worth = Annotated[MoneyRange, AfterValidator(_is_not_negative)]
"""A pydantic field: a range of money that does not reach under zero."""


class Demand(Shown, Block):
    """What one side asks of the other."""

    id: str = Field(min_length=1, description="what the rest of the file calls it")
    by: str = Field(description="the party that asks")
    of: str = Field(description="the party that is asked")
    ask: Ask = Field(description="what is asked for, in one of the kinds of Ask")
    what: str | None = Field(default=None, min_length=1, description="the demand in words, as it is shown")
    deadline: Day | Literal["immediate"] | None = Field(default=None, description="a date, or immediate")
    made: Day | None = Field(default=None, description="the day on which it was made or became known")
    stance: Stance = Field(default="wanted", description="red-line: no deal without it; tradable: there to be given up")
    levels: tuple[Rate, ...] = Field(
        default=(), description="parts of it that a deal may meet beside the whole, such as [25%, 50%]"
    )
    sourcing: Sourcing = Field(default="reported", description="how well it is sourced; unverified: recalled only")
    also: tuple[str, ...] = Field(default=(), description="ids of further documents that report it")
    source: Source | None = Field(default=None, description="where the fact is from")

    @model_validator(mode="after")
    def _levels_are_parts(self) -> Self:
        if self.levels and self.ask.kind not in DIVISIBLE:
            raise ValueError(
                f"levels: of {self.ask.kind} no part is known to the model; there are parts of "
                f"{enumerate_names(DIVISIBLE)}: make what could be met by itself a demand of its own"
            )
        if list(self.levels) != sorted(set(self.levels)) or any(not 0 < part <= 1 for part in self.levels):
            raise ValueError(
                f"levels: {', '.join(map(format_rate, self.levels))}: write parts over 0% and up to 100%, each once, "
                "the smallest first"
            )
        return self


class Faction(Block):
    """A group at home without which, or against which, a deal is hard to ratify."""

    name: str = Field(min_length=1, description="what it is called")
    sectors: tuple[str, ...] = Field(default=(), description="sectors whose fortune it follows")
    payoffs: dict[str, Money] = Field(
        default={}, description="what a deal is worth to it a year over no deal, in place of its sectors: deal → money"
    )
    veto: bool = Field(default=False, description="whether a deal needs it")
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False, description="weight of its vote on a deal")
    speakers: tuple[str, ...] = Field(default=(), description="members of the delegation who speak for it")
    assumed: tuple[str, ...] = Field(default=(), description="fields that no source states; printed as assumed")
    source: Source | None = Field(default=None, description="where the fact is from")

    @model_validator(mode="after")
    def _assumes_what_it_has(self) -> Self:
        allowed = sorted(set(Faction.model_fields) - {"name", "assumed", "source"})
        wrong = [name for name in self.assumed if name not in allowed]
        if wrong:
            raise ValueError(f"assumed names {wrong[0]}: allowed are {', '.join(allowed)}")
        return self


class Delegate(Block):
    """One person of a delegation."""

    name: str = Field(min_length=1, description="the person")
    role: str | None = Field(default=None, min_length=1, description="the office held")
    source: Source | None = Field(default=None, description="where the fact is from")


class Milestone(Block):
    """A date on which something can happen, or stops being possible."""

    id: str = Field(min_length=1, description="what the rest of the file calls it")
    date: Day = Field(description="the day")
    what: str = Field(min_length=1, description="what can happen on it, or after it no more")
    source: Source | None = Field(default=None, description="where the fact is from")


class Agreement(Block):
    """What somebody reports as agreed, or as not agreed."""

    reported_by: str = Field(min_length=1, description="who reports it")
    topic: str = Field(min_length=1, description="what it is about")
    agreed: bool = Field(description="true: agreed; false: not agreed")
    date: Day | None = Field(default=None, description="the day of the report")
    source: Source | None = Field(default=None, description="where the fact is from")


class Forecast(Block):
    """What somebody said would happen, to be scored against the outcomes."""

    who: str = Field(min_length=1, description="who made it")
    date: Day = Field(description="the day on which it was made")
    outcome: Ending = Field(description="how talks were said to end")
    probability: Probability | None = Field(default=None, description="null where none was said")
    by: Day | None = Field(default=None, description="the day by which it is to happen, where one was said")
    quote: str | None = Field(default=None, min_length=1, description="the words")
    source: Source | None = Field(default=None, description="where the fact is from")


class Outcome(Block):
    """What happened."""

    date: Day = Field(description="the day on which it happened")
    outcome: Ending = Field(description="how things stood after it")
    what: str | None = Field(default=None, min_length=1, description="what happened, in words")
    source: Source | None = Field(default=None, description="where the fact is from")
