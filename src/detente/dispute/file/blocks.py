"""The blocks of the dispute file that belong to no other layer: parties, documents, statements, questions, settings."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, PositiveInt, model_validator

from detente.data.quantities import Money, Rate
from detente.data.source import Source
from detente.policy.measure import Day
from detente.talks.asks import Block

Tone = Literal["pessimistic", "optimistic", "firm", "conciliatory", "neutral"]
"""How a statement sounds: about the prospects of the talks (pessimistic, optimistic), or towards the other side."""


class Party(Block):
    """A side of the dispute: one economy of the world, or a bloc that enters it as one."""

    name: str = Field(min_length=1, description="what people call it")
    members: tuple[str, ...] = Field(
        default=(), description="of a bloc: its economies, which the world merges into one"
    )


class Document(Block):
    """A document that facts are taken from."""

    title: str = Field(min_length=1, description="its title, or what it is")
    publisher: str | None = Field(default=None, min_length=1, description="who published it, and where")
    date: Day | None = Field(default=None, description="the day it bears")
    url: str | None = Field(default=None, min_length=1, description="where it can be read")
    note: str | None = Field(default=None, min_length=1, description="what a reader of it should know")


class Statement(Block):
    """What somebody said."""

    who: str = Field(min_length=1, description="who said it")
    side: str = Field(default="none", description="the party that the speaker speaks for, or none")
    date: Day = Field(description="the day on which it was said")
    quote: str = Field(min_length=1, description="the words")
    stance: Tone = Field(default="neutral", description="how it sounds, about the talks or towards the other side")
    source: Source | None = Field(default=None, description="where the fact is from")


class Estimate(Block):
    """What a publication says that tariffs of the dispute do to an economy, to be shown beside what is computed."""

    who: str = Field(min_length=1, description="the authors and the year")
    date: Day = Field(description="the day of publication")
    of: Day = Field(description="the day whose tariffs it is about")
    economy: str = Field(description="whose real income it is about")
    real_income: Rate | None = Field(default=None, description="change in real income, such as -0.04%")
    real_income_usd: Money | None = Field(default=None, description="the same in money a year, such as -7.2bn")
    differs: str = Field(min_length=1, description="what it counts or assumes that a run of the file does not")
    source: Source = Field(description="where the figure is from")

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        if self.real_income is None and self.real_income_usd is None:
            raise ValueError("an estimate gives real_income, real_income_usd, or both")
        return self


class Question(Block):
    """What a reader of the source could not decide; the run waits for the answer, or takes the default when told to."""

    id: str = Field(min_length=1, description="what messages call it")
    path: str = Field(min_length=1, description="the field that the answer fills, such as measures.us-301.earliest")
    ask: str = Field(min_length=1, description="the question in words")
    choices: tuple[str | None, ...] = Field(default=(), description="the answers that are possible, where they are few")
    default: str | None = Field(
        default=None, description="what is taken when the defaults are accepted; null is nothing"
    )
    source: Source | None = Field(default=None, description="where the fact is from")

    @model_validator(mode="after")
    def _default_is_a_choice(self) -> Self:
        if self.choices and self.default not in self.choices:
            raise ValueError(f"the default {self.default!r} is none of the choices: add it, or take one of them")
        return self


class Settings(Block):
    """How the dispute is computed, where it is not left to whoever runs it."""

    elasticities: str | None = Field(default=None, description="a set of trade elasticities")
    deficits: Literal["fixed", "balanced", "proportional"] | None = Field(
        default=None, description="what happens to trade deficits"
    )
    horizon: Literal["long", "short"] | None = Field(
        default=None, description="long: labour moves between sectors; short: it is held where it is"
    )
    households: dict[str, PositiveInt] = Field(default={}, description="number of households by economy")
