"""Charges on the carbon in imports, in the words of a dispute file.

    carbon: {price: 80 EUR/t, intensity: {C24A: 1.9 kg/USD, C23: 1.1 kg/USD}, exchange: 1.08 USD/EUR}
    carbon: {price: 80 EUR/t, intensity: 2.1 t/t, free: 97.5%, deduct: {GBR: 45 EUR/t}},  unit_value: 750 EUR/t

A tonne of CO2 in goods from an economy costs the price less what was paid on it there, on the part of emissions that
is not free: (price − deduct) · (1 − free), never under zero. Times the intensity it is a duty by the unit of goods,
which a change of their price does not move.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import (
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from detente.data.quantities import Rate, format_rate
from detente.data.unit_prices import (
    ExchangeField,
    Intensity,
    UnitPrice,
    UnitPriceField,
    parse_intensity,
    rate_between,
)
from detente.errors import BadInput
from detente.policy.keyed import Keyed


def _intensities(given: object) -> Intensity | dict[str, Intensity]:
    """One intensity, or one by sector. Raises BadInput."""
    if isinstance(given, dict):
        return {str(sector): parse_intensity(its) for sector, its in given.items()}
    return parse_intensity(given)


def _written(given: Intensity | dict[str, Intensity]) -> str | dict[str, str]:
    return {sector: str(its) for sector, its in given.items()} if isinstance(given, dict) else str(given)


Intensities = Annotated[
    Intensity | dict[str, Intensity],
    PlainValidator(_intensities),
    PlainSerializer(_written),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}),
]
"""A pydantic field: a carbon intensity, or one by sector."""


class CarbonCharge(Keyed):
    """A charge on each tonne of CO2 that the making of the goods emitted."""

    WHAT = "a carbon charge, which has a price and intensities"
    FORM = "carbon: {price: 80 EUR/t, intensity: {C24A: 1.9 kg/USD}, exchange: 1.08 USD/EUR}"

    model_config = ConfigDict(extra="forbid", frozen=True)

    price: UnitPriceField = Field(description="the price of a tonne of CO2, such as 80 EUR/t")
    intensity: Intensities | None = Field(
        default=None,
        description="CO2 by the dollar of goods at the border (1.9 kg/USD), or by the tonne (2.1 t/t, with "
        "unit_value of the measure): one for all goods, or sector → intensity; left out where each code of the goods "
        "has its own",
    )
    exchange: ExchangeField | None = Field(
        default=None,
        description="the exchange rate where the price is in another currency than the goods, 1.08 USD/EUR",
    )
    free: Rate = Field(default=0.0, description="the part of emissions that is charged nothing, such as 97.5%")
    deduct: dict[str, UnitPriceField] = Field(
        default={}, description="the carbon price paid at the origin: economy → 60 EUR/t"
    )

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        for price in (self.price, *self.deduct.values()):
            if price.dimension != "mass":
                raise ValueError(
                    f"{price} is no price of CO2, which is counted in t or kg: write "
                    f"{price.amount:g} {price.currency}/t"
                )
        if not 0 <= self.free <= 1:
            raise ValueError(f"free: {format_rate(self.free)} of emissions: write a part between 0% and 100%")
        if isinstance(self.intensity, dict) and not self.intensity:
            raise ValueError(f"intensity names no sector: write {self.FORM}")
        try:
            for price in self.deduct.values():
                self._per_tonne(price)
        except BadInput as problem:
            raise ValueError(f"deduct: {problem}") from problem
        return self

    def rate(self, intensity: Intensity, unit_value: UnitPrice | None, exporter: str) -> float:
        """The charge on goods of an exporter, a fraction of their price at the border in the base year.

        Raises BadInput where a currency cannot be exchanged, or a unit value is missing or by another unit.
        """
        charged = max(self._per_tonne(self.price) - self._paid(exporter), 0.0) * (1.0 - self.free)
        if not intensity.by_goods:
            exchanged = rate_between(
                self.price.currency, intensity.per, self.exchange, f"price {self.price} and intensity {intensity}"
            )
            return charged * exchanged * intensity.tonnes
        if unit_value is None:
            raise BadInput(
                f"an intensity of {intensity} needs unit_value, what one {intensity.per} of the goods was worth at the "
                f"border, such as 750 USD/{intensity.per}; or write the intensity by the dollar, such as 1.9 kg/USD"
            )
        by_unit = UnitPrice(charged * intensity.tonnes, self.price.currency, intensity.per)
        return by_unit.times_of(unit_value, self.exchange)

    def _paid(self, exporter: str) -> float:
        """The carbon price paid at an origin on a tonne of CO2, in the currency of the price."""
        return self._per_tonne(self.deduct[exporter]) if exporter in self.deduct else 0.0

    def _per_tonne(self, price: UnitPrice) -> float:
        return price.times_of(UnitPrice(1.0, self.price.currency, "t"), self.exchange)

    def __str__(self) -> str:
        free = f", {format_rate(self.free)} of emissions free" if self.free else ""
        deduct = ", less the carbon price paid at the origin" if self.deduct else ""
        return f"a charge of {self.price} of CO2{free}{deduct}"
