"""The blocks of the dispute file that belong to no other layer: parties, documents, statements, questions, settings."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, PositiveInt, model_validator

from detente.data.source import Source
from detente.policy.measure import Day
from detente.talks.asks import Block

Tone = Literal["pessimistic", "optimistic", "firm", "conciliatory", "neutral"]
"""How a statement sounds: about the prospects of the talks (pessimistic, optimistic), or towards the other side."""


class Party(Block):
    """A side of the dispute: one economy of the world."""

    name: str = Field(min_length=1)


class Document(Block):
    """A document that facts are taken from."""

    title: str = Field(min_length=1)
    publisher: str | None = Field(default=None, min_length=1)
    date: Day | None = None
    url: str | None = Field(default=None, min_length=1)
    note: str | None = Field(default=None, min_length=1)


class Statement(Block):
    """What somebody said."""

    who: str = Field(min_length=1)
    side: str = Field(default="none", description="the party that the speaker speaks for, or none")
    date: Day
    quote: str = Field(min_length=1)
    stance: Tone = "neutral"
    source: Source | None = None


class Question(Block):
    """What a reader of the source could not decide; the run waits for the answer, or takes the default when told to."""

    id: str = Field(min_length=1)
    path: str = Field(min_length=1, description="the field that the answer fills, such as measures.us-301.earliest")
    ask: str = Field(min_length=1)
    choices: tuple[str | None, ...] = ()
    default: str | None = Field(
        default=None, description="what is taken when the defaults are accepted; null is nothing"
    )
    source: Source | None = None

    @model_validator(mode="after")
    def _default_is_a_choice(self) -> Self:
        if self.choices and self.default not in self.choices:
            raise ValueError(f"the default {self.default!r} is none of the choices: add it, or take one of them")
        return self


class Settings(Block):
    """How the dispute is computed, where it is not left to whoever runs it."""

    elasticities: str | None = Field(default=None, description="a set of trade elasticities")
    deficits: Literal["fixed", "balanced", "proportional"] | None = None
    horizon: Literal["long", "short"] | None = None
    households: dict[str, PositiveInt] = Field(default={}, description="number of households by economy")
