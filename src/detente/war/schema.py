"""The `responses` block of the dispute file: how a side answers a measure of the other."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from detente.data.source import Source
from detente.policy.measure import Day

Match = Literal["rate", "value", "duty", "harm", "best"]
"""What an answer in kind makes equal: the rate, the trade it covers, the duty it raises, the real income it costs the
other side; `best` is the answer that is best for the side that gives it."""


class Response(BaseModel):
    """One side's answer to one measure of the other.

    `in-kind` builds the answer from the measure it answers, equal to it in what `match` says. `listed` is an answer
    whose goods and rates the file itself lists, as the measure that `measure` names.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: str = Field(description="the economy that answers")
    to: str = Field(description="id of the measure that is answered")
    rule: Literal["in-kind", "listed"] = Field(description="in-kind builds the answer, listed names it")
    match: Match | None = Field(default=None, description="with in-kind: what is made equal")
    measure: str | None = Field(default=None, description="with listed: id of the measure that is the answer")
    announced: Day | None = Field(
        default=None, description="day on which it was first said; if not given, the date of its source's document"
    )
    source: Source | None = Field(default=None, description="where it was said or reported")

    @model_validator(mode="after")
    def _has_what_its_rule_needs(self) -> Self:
        if self.rule == "in-kind" and (self.match is None or self.measure is not None):
            raise ValueError("an answer in kind needs match: rate, value, duty, harm or best, and no measure")
        if self.rule == "listed" and (self.measure is None or self.match is not None):
            raise ValueError("a listed answer needs measure: the id of the measure that is the answer, and no match")
        return self
