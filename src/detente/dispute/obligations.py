"""The `obligations` block of the dispute file: what a deal binds a side to beside its duties, each with its dates.

Purchases of the partner's goods, an investment pledge, or measures of the file that the deal is about.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Final, Self

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from detente.data.exported import Shown
from detente.data.quantities import Money, format_money
from detente.data.world import Source
from detente.dispute.demands import Block
from detente.policy.measure import Goods, Status, rates_of
from detente.policy.periods import Day

_YEARS: Final = re.compile(r"(\d{4})(?:\s*(?:\.\.|-|–|to)\s*(\d{4}))?")


def _parse_years(given: object) -> tuple[int, int]:
    """The first and the last year of `2026..2028`, or of one year; raises ValueError for anything else."""
    found = _YEARS.fullmatch(str(given).strip()) if isinstance(given, str | int) else None
    if found is None:
        raise ValueError(f"{given!r} is not a span of years: write it as 2026..2028")
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise ValueError(f"{given!r} ends before it begins: write the earlier year first")
    return first, last


Years = Annotated[
    tuple[int, int],
    BeforeValidator(_parse_years, json_schema_input_type=str | int),
    PlainSerializer(lambda years: f"{years[0]}..{years[1]}", return_type=str),
]
"""A pydantic field: the first and the last year, read from and written as `2026..2028`."""


class _Promised(Block):
    value: Money = Field(description="the amount promised: a year, or with over: in all of its years together")
    over: Years | None = Field(default=None, description="the years of a total, such as 2026..2028, in equal parts")

    @model_validator(mode="after")
    def _is_an_amount(self) -> Self:
        if self.value <= 0:
            raise ValueError(f"value: {format_money(self.value)} promises nothing: write an amount such as 32bn")
        return self

    @property
    def yearly(self) -> float:
        """The amount a year, USD million."""
        return self.value / (1 if self.over is None else self.over[1] - self.over[0] + 1)


class PurchaseObligation(_Promised):
    """More purchases of the partner's goods than in the base year."""

    goods: Goods = Field(
        default=Goods(all=True), description="the goods: codes, sectors or all, which is the default; without rates"
    )
    base: int | None = Field(
        default=None, ge=1900, le=2200, description="the year over which it counts; by default that of the world"
    )

    @model_validator(mode="after")
    def _are_goods_alone(self) -> Self:
        goods = self.goods
        rated = any(map(rates_of, goods.codes or ()))
        if goods.value is not None or goods.table is not None or goods.sector_rates is not None or rated:
            raise ValueError(f"the goods bought are {goods}: name codes, sectors or all, without rates and value")
        return self


class InvestmentPledge(_Promised):
    """Investment that is promised. A model without capital flows does not price it."""

    what: str | None = Field(default=None, min_length=1, description="where it goes, in words")


class Obligation(Shown, Block):
    """One obligation of a deal, with its dates: exactly one of purchases, investment and measures."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)

    id: str = Field(min_length=1, description="the id that the rest of the file uses")
    deal: str | None = Field(default=None, min_length=1, description="the deal that it is from")
    by: str = Field(description="the economy that is bound")
    partner: str = Field(description="the economy to which it is bound")
    status: Status = Field(description="in-force, threatened (announced), proposed or withdrawn")
    from_: Day | None = Field(default=None, alias="from", description="first day on which it binds")
    until: Day | None = Field(default=None, description="last day on which it binds")
    announced: Day | None = Field(
        default=None, description="the day of its announcement; by default the date of its source's document"
    )
    purchases: PurchaseObligation | None = Field(default=None, description="purchases of the partner's goods")
    investment: InvestmentPledge | None = Field(default=None, description="investment in the partner's economy")
    measures: tuple[str, ...] = Field(default=(), description="ids of the measures that it is bound to keep")
    source: Source | None = Field(default=None, description="the source of the fact")

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        given = [name for name in ("purchases", "investment", "measures") if getattr(self, name)]
        if len(given) != 1:
            found = ", ".join(given) or "none"
            raise ValueError(f"an obligation is one of purchases, investment and measures, and this has {found}")
        if self.by == self.partner:
            raise ValueError(f"{self.by} is bound to itself: name the partner of the deal")
        if self.status in ("in-force", "withdrawn") and self.from_ is None:
            raise ValueError(f"obligation {self.id} is {self.status}, but since when? give from: a date")
        if self.from_ is not None and self.until is not None and self.until < self.from_:
            raise ValueError(f"obligation {self.id} ends on {self.until}, before it begins on {self.from_}")
        return self

    @property
    def kind(self) -> str:
        """The name of the kind: purchases, investment or measures."""
        return next(name for name in ("purchases", "investment", "measures") if getattr(self, name))

    def binds_on(self, day: date) -> bool:
        """Whether it binds on a day: by status and dates."""
        if self.from_ is None or self.status not in ("in-force", "withdrawn"):
            return False
        return self.from_ <= day and (self.until is None or day <= self.until)
