"""The facts that the reader finds, each with its characters in the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from detente.article.numeric_expressions import Amount
from detente.article.products import UNKNOWN, Products
from detente.policy.measure import Status as Status

LEFT_OUT: Final = "Left out: "
"""How a note begins on what the text says and the draft does not hold."""


@dataclass(frozen=True)
class FoundParty:
    """A side of the dispute, where it is first named."""

    code: str
    span: tuple[int, int]
    kind: Literal["party"] = "party"


@dataclass(frozen=True)
class FoundMeasure:
    """A tariff: who charges whom, how much, on what, since when.

    `told` has the characters of the words that state a field, by its name. A field without them is a guess from
    elsewhere in the text, and a question of the draft.
    """

    by: str
    on: tuple[str, ...]
    status: Status
    span: tuple[int, int]
    rate: str | None = None
    level: bool = False
    """Whether the rate takes the place of the tariff there was, and does not come on top of it."""
    value: Amount | None = None
    goods: str | None = None
    products: Products = UNKNOWN
    """What the words for the goods mean."""
    first_day: date | None = None
    after: bool = False
    """Whether the first day is the one after `first_day`."""
    life: str | None = None
    """The life of the duty, finer than its status; None where no words tell it."""
    told: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    kind: Literal["measure"] = "measure"

    def is_told(self, name: str) -> bool:
        """Whether words of the text state a field."""
        return name in self.told


@dataclass(frozen=True)
class FoundDemand:
    """A demand in the text: the rule of `asks.yaml` that gives its kind, or None."""

    by: str
    of: str
    rule: str | None
    ask: str
    what: str
    span: tuple[int, int]
    topic: str | None = None
    value: Amount | None = None
    rate: str | None = None
    deadline: date | Literal["immediate"] | None = None
    kind: Literal["demand"] = "demand"


@dataclass(frozen=True)
class FoundDate:
    """A day to come on which something about the dispute happens."""

    date: date
    what: str
    span: tuple[int, int]
    kind: Literal["date"] = "date"


@dataclass(frozen=True)
class FoundDelegate:
    """A named official of a side; the side is None where the text leaves it open."""

    name: str
    role: str
    side: str | None
    span: tuple[int, int]
    kind: Literal["delegate"] = "delegate"


@dataclass(frozen=True)
class FoundStatement:
    """A statement in the text; the side is `none` for speakers without a side, and None for an open one."""

    who: str
    side: str | None
    stance: str
    span: tuple[int, int]
    direct: bool
    kind: Literal["statement"] = "statement"


@dataclass(frozen=True)
class FoundForecast:
    """A forecast of the outcome of the dispute in the text."""

    who: str
    outcome: str
    span: tuple[int, int]
    probability: str | None = None
    """As the dispute file writes it: 60%."""
    kind: Literal["forecast"] = "forecast"


@dataclass(frozen=True)
class FoundAgreement:
    """A reported agreement, or a reported failure to agree."""

    reported_by: str
    agreed: bool
    topic: str
    span: tuple[int, int]
    kind: Literal["agreement"] = "agreement"


@dataclass(frozen=True)
class FoundCurb:
    """A measure that is no tariff, such as a quota, which the file does not know; its words say whose it is."""

    form: str
    span: tuple[int, int]
    kind: Literal["left-out"] = "left-out"


Found = (
    FoundParty
    | FoundMeasure
    | FoundDemand
    | FoundDate
    | FoundDelegate
    | FoundStatement
    | FoundForecast
    | FoundAgreement
    | FoundCurb
)
