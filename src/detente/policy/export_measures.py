"""Taxes, bans and limits on exports, and bans and limits on imports, in the words of a dispute file.

    by: CHN, on: all, export: {tax: 25%}             # of what producers receive, paid by the buyer on top
    by: CHN, on: [USA, JPN], export: {ban: true}
    by: CHN, on: all, export: {limit: 50%}           # of the volume of the base year; also 20bn, or 48k t
    by: USA, on: RUS, import: {ban: true}            # an embargo by the importer

`by` is the exporter of an `export` measure, `on` are the buyers. A limit is a quota with no duty within it, and as
dear beyond it as it takes: its shadow price is what a licence is worth. The exporter earns it on exports, the importer
on imports.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Self

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from detente.data.quantities import Rate, format_rate, parse_money, parse_rate
from detente.data.unit_prices import parse_volume
from detente.errors import BadInput, enumerate_names
from detente.inputs import shown
from detente.policy.keyed import Keyed
from detente.policy.quotas import Sized

EXPORT_FORMS: Final = "export: {tax: 25%}, export: {ban: true}, export: {limit: 50%} or export: {limit: 20bn}"
IMPORT_FORMS: Final = "import: {ban: true}, import: {limit: 50%} or import: {limit: 20bn}"


class TradeLimit(Sized):
    """A limit on trade: its `size` alone, without a rate beyond it."""

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        self.check_size("the limit")
        if self.share == 0:
            raise ValueError("the limit is of nothing: give a size above zero, or ban the trade (ban: true)")
        return self

    @model_serializer(mode="wrap")
    def _written(self, plain: SerializerFunctionWrapHandler) -> Any:
        """As a person writes it: 50% or 20bn where nothing else is said."""
        values = plain(self)
        return next(iter(values.values())) if list(values) in (["value"], ["share"]) else values


def _sized(given: Any) -> Any:
    return given if isinstance(given, dict | TradeLimit) else {_key_of(given): given}


def _key_of(given: Any) -> str:
    """In which of its forms a size is written. Raises ValueError where it is none."""
    for reader, key in ((parse_money, "value"), (parse_rate, "share"), (parse_volume, "quantity")):
        try:
            reader(given)
        except BadInput:
            continue
        return key
    raise ValueError(
        f"{shown(given)} is no size of a limit: write a share of the base year such as 50%, a value such as 20bn, or a "
        "quantity with its unit value, limit: {tonnes: 48k, unit_value: 9000 USD/t}"
    )


class _Border(Keyed):
    """What measures on exports and on imports have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ban: bool | None = Field(default=None, description="true: the trade ends")
    limit: Annotated[TradeLimit, BeforeValidator(_sized, json_schema_input_type=str | TradeLimit)] | None = Field(
        default=None, description="the most that is traded: 50% of the base year, 20bn, or tonnes with a unit_value"
    )

    def check_forms(self, *names: str) -> None:
        """Raise ValueError where not exactly one of the forms is given."""
        given = [name for name in names if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"exactly one of {', '.join(names)} is given; found {enumerate_names(given) or 'none'}: "
                f"write {self.FORM}"
            )
        if self.ban is False:
            raise ValueError(f"ban: false bans nothing: leave the measure out, or write {self.FORM}")


class ExportMeasure(_Border):
    """What an exporter does to its own exports: a tax, a ban or a limit."""

    WHAT = "a measure on exports"
    FORM = EXPORT_FORMS

    tax: Rate | None = Field(default=None, description="a fraction of what producers receive, paid by buyers on top")

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        self.check_forms("tax", "ban", "limit")
        if self.tax is not None and self.tax <= -1:
            raise ValueError(
                f"a tax of {format_rate(self.tax)} pays buyers more than the goods cost: write a rate over -100%"
            )
        return self

    def __str__(self) -> str:
        if self.tax is not None:
            what = "a tax" if self.tax >= 0 else "a subsidy"
            return f"{what} of {format_rate(abs(self.tax))} on exports"
        return "a ban on exports" if self.limit is None else f"a limit on exports{_each(self.limit)}"


class ImportMeasure(_Border):
    """What an importer does beyond duties: a ban or a limit on imports."""

    WHAT = "a measure on imports"
    FORM = IMPORT_FORMS

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        self.check_forms("ban", "limit")
        return self

    def __str__(self) -> str:
        return "a ban on imports" if self.limit is None else f"a limit on imports{_each(self.limit)}"


def _each(limit: TradeLimit) -> str:
    return f", {limit.size}{' for each partner' if limit.each else ''}"
