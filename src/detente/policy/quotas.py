"""Tariff-rate quotas in the words of a dispute file: so much at one rate, what passes it at a higher one.

    quota: {value: 7bn, in: 0%, over: 50%}
    quota: {tonnes: 3.3m, unit_value: 750 USD/t, in: 0%, over: 25%, holder: exporter}
    quota: {share: 80%, in: 10%, over: 50%, place: set, each: partner}

`in` and `over` come on top of the ordinary duty, with `place: set` in its place. One quota is one pool over all
partners and goods of its measure. Whoever holds the licences keeps the difference between the rate that clears the
market and `in`, on all that comes in within the quota.
"""

from __future__ import annotations

import re
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from detente.data.quantities import Money, Rate, format_money, format_rate, parse_money, parse_rate
from detente.data.unit_prices import TonnesField, UnitPriceField, Volume, VolumeField
from detente.errors import BadInput, enumerate_names
from detente.policy.keyed import Keyed

SIZES: Final = ("value", "share", "tonnes", "quantity")
"""The keys of which one says how large a quota is."""
IMPORTER: Final = "importer"
EXPORTER: Final = "exporter"
HOLDERS: Final = (IMPORTER, EXPORTER)
"""Who may hold licences beside an economy by its name."""


class Sized(BaseModel):
    """What tariff-rate quotas and limits have in common: how large they are, and whose pool they are."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)

    value: Money | None = Field(default=None, description="its size in USD of the base year")
    share: Rate | None = Field(
        default=None, description="its size as a share of the trade of the base year in the goods"
    )
    tonnes: TonnesField | None = Field(default=None, description="its size in tonnes, such as 3.3m; needs unit_value")
    quantity: VolumeField | None = Field(
        default=None, description="its size in another unit, such as 500k hl; needs unit_value"
    )
    unit_value: UnitPriceField | None = Field(
        default=None, description="what a unit was worth at the border, such as 750 USD/t"
    )
    basis: Literal["customs", "world"] | None = Field(
        default=None, description="the statistics of a value or a quantity: customs (the default), or the world"
    )
    by: Literal["volume", "value"] = Field(
        default="volume", description="volume: counted at prices of the base year; value: at the prices of the day"
    )
    each: Literal["partner"] | None = Field(
        default=None, description="partner: one quota of this size for each partner; otherwise one pool over all"
    )

    def check_size(self, what: str) -> None:
        """Raise ValueError where the size is given in no form, in several, or cannot be counted in dollars."""
        given = [name for name in SIZES if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"{what} has its size in exactly one of {', '.join(SIZES)}; found {enumerate_names(given) or 'none'}"
            )
        if (self.share is not None and self.share < 0) or (self.value is not None and self.value <= 0):
            raise ValueError(f"{what} is of nothing: give a size above zero, or ban the trade (ban: true)")
        volume = self.volume
        if volume is None:
            if self.unit_value is not None:
                raise ValueError(f"{what} has a unit_value, but its size is a {given[0]}: remove it")
            if self.share is not None and self.basis is not None:
                raise ValueError("basis says whose figures a size is in, but a share is the same in all: remove it")
            return
        if self.unit_value is None:
            raise ValueError(
                f"{what} of {volume} needs unit_value, what "
                f"{'a tonne' if volume.unit == 't' else 'one ' + volume.unit} "
                f"was worth at the border in the base year, such as 750 USD/{volume.unit}"
            )
        try:
            volume.worth(self.unit_value)
        except BadInput as problem:
            raise ValueError(str(problem)) from problem

    @property
    def volume(self) -> Volume | None:
        """Its size in units, where it has one."""
        return self.tonnes or self.quantity

    @property
    def worth(self) -> float | None:
        """Its size in USD million of the base year; None for a share."""
        if self.volume is not None and self.unit_value is not None:
            return self.volume.worth(self.unit_value)
        return self.value

    @property
    def size(self) -> str:
        """Its size in words."""
        if self.share is not None:
            return f"{format_rate(self.share)} of the trade of the base year"
        volume = "" if self.volume is None else f" ({self.volume} at {self.unit_value})"
        return f"USD {format_money(self.worth or 0.0)}{volume}"


class TariffRateQuota(Sized, Keyed):
    """A quantity that comes in at one rate, beyond which another holds."""

    WHAT = "a quota, which has a size and two rates"
    FORM = "quota: {value: 7bn, in: 0%, over: 50%}"

    in_: Rate = Field(alias="in", description="the rate within the quota, on top of the ordinary duty")
    over: Rate = Field(description="the rate beyond it, on top of the ordinary duty")
    place: Literal["add", "set"] = Field(
        default="add", description="set: the two rates take the place of the ordinary duty"
    )
    holder: str = Field(
        default=IMPORTER, description="who holds the licences and earns the rent: importer, exporter, or an economy"
    )

    @classmethod
    def form_of(cls, given: object) -> str:
        """The form with the size that was given, where it is one."""
        for reader, key in ((parse_money, "value"), (parse_rate, "share")):
            try:
                reader(given)
            except BadInput:
                continue
            return f"quota: {{{key}: {given}, in: 0%, over: 50%}}"
        number = re.fullmatch(r"([\d.]+\s*[kmb]?n?)\s*(?:t|tonnes?)?", str(given).strip())
        if number is not None:
            return f"quota: {{tonnes: {number[1]}, unit_value: 750 USD/t, in: 0%, over: 50%}}"
        return cls.FORM

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        self.check_size("the quota")
        if self.in_ > self.over:
            raise ValueError(
                f"the rate within the quota, {format_rate(self.in_)}, is over the one beyond it, "
                f"{format_rate(self.over)}: exchange in and over"
            )
        return self

    def __str__(self) -> str:
        where = "" if self.place == "add" else " in place of the ordinary duty"
        each = " for each partner" if self.each else ""
        return (
            f"a quota of {self.size}{each}, {format_rate(self.in_)} within it and {format_rate(self.over)} beyond"
            f"{where}; rents to {said_holder(self.holder)}"
        )


def said_holder(holder: str, called: str | None = None) -> str:
    """Who earns the rents, in words; `called` is the name of an economy."""
    if holder in (IMPORTER, EXPORTER):
        return f"the {holder}'s licence holders"
    return f"licence holders of {called or holder}"
