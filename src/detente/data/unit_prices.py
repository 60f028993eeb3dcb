"""Prices by the unit, volumes, exchange rates and carbon intensities as people write them.

    >>> str(parse_unit_price("93 EUR per tonne")), str(parse_volume("3.3m t"))
    ('93 EUR/t', '3.3m t')
    >>> parse_unit_price("75 USD/t").times_of(parse_unit_price("0.75 USD/kg"))
    0.1
    >>> str(parse_exchange("1.08 USD/EUR")), str(parse_intensity("1.9 kg/USD"))
    ('1.08 USD/EUR', '1.9 kg/USD')

Units of one dimension convert into each other, those of two never do, and neither do currencies without a rate. `ton`
is refused: it is 1,000 kg, 907 kg or 1,016 kg.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from detente.data.quantities import fixed, plain_text, shifted
from detente.errors import BadInput, enumerate_names
from detente.inputs import shown

DIMENSIONS: Final[dict[str, dict[str, float]]] = {
    "mass": {"t": 1000.0, "kg": 1.0, "g": 0.001, "lb": 0.45359237, "short-ton": 907.18474},
    "volume": {"l": 1.0, "hl": 100.0, "m3": 1000.0, "gal": 3.785411784, "bbl": 158.987294928},
    "energy": {"MWh": 1000.0, "kWh": 1.0, "GJ": 1000.0 / 3.6},
    "number": {"unit": 1.0},
}
"""Dimension → unit → its size in kilograms, litres, kilowatt-hours or pieces."""
_SIZE: Final = {unit: (dimension, size) for dimension, its in DIMENSIONS.items() for unit, size in its.items()}
_ALIASES: Final = {
    **dict.fromkeys(("tonne", "tonnes", "metric ton", "metric tons", "metric-ton", "metric tonne"), "t"),
    **dict.fromkeys(("kilo", "kilos", "kilogram", "kilograms", "kgs"), "kg"),
    **dict.fromkeys(("gram", "grams"), "g"),
    **dict.fromkeys(("pound", "pounds", "lbs"), "lb"),
    **dict.fromkeys(("short ton", "short tons", "short-tons"), "short-ton"),
    **dict.fromkeys(("litre", "litres", "liter", "liters"), "l"),
    **dict.fromkeys(("hectolitre", "hectolitres", "hectoliter"), "hl"),
    **dict.fromkeys(("cubic metre", "cubic metres", "m³"), "m3"),
    **dict.fromkeys(("gallon", "gallons"), "gal"),
    **dict.fromkeys(("barrel", "barrels"), "bbl"),
    **dict.fromkeys(("units", "piece", "pieces", "head", "vehicle", "vehicles", "item", "items"), "unit"),
}
_BY_FOLD: Final = {name.casefold(): name for name in _SIZE} | {name.casefold(): unit for name, unit in _ALIASES.items()}
_SYMBOLS: Final = {
    **{"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"},
    **dict.fromkeys(("DOLLAR", "DOLLARS", "US DOLLARS"), "USD"),
    **dict.fromkeys(("EURO", "EUROS"), "EUR"),
    **dict.fromkeys(("POUNDS STERLING", "STERLING"), "GBP"),
}
_COUNTS: Final = {"bn": 9, "mn": 6, "m": 6, "k": 3}
"""Powers of ten of what stands behind a number of units."""
_AMOUNT: Final = r"(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_PRICE: Final = re.compile(rf"{_AMOUNT}\s*(?P<currency>[^\d/]+?)\s*(?:/|\bper\b)\s*(?P<unit>.+)")
_PRICE_AFTER: Final = re.compile(rf"(?P<currency>[^\d./]+?)\s*{_AMOUNT}\s*(?:/|\bper\b)\s*(?P<unit>.+)")
_VOLUME: Final = re.compile(rf"{_AMOUNT}\s*(?:(?P<count>bn|mn|m|k)(?=\s|$))?\s*(?P<unit>\D.*)?")
_INTENSITY: Final = re.compile(
    rf"{_AMOUNT}\s*(?P<mass>[^\d/]+?)\s*(?:CO2e?)?\s*(?:/|\bper\b)\s*(?P<per>.+)", re.IGNORECASE
)
_PRICE_HELP: Final = "write a number, a currency and a unit, such as 93 EUR/t"
_VOLUME_HELP: Final = "write a number and its unit, such as 3.3m t, 500k hl or 1200 kg"


@dataclass(frozen=True)
class UnitPrice:
    """A price by the unit: `93 EUR/t`."""

    amount: float
    currency: str
    unit: str

    @property
    def dimension(self) -> str:
        """What its unit measures."""
        return _SIZE[self.unit][0]

    def times_of(self, other: UnitPrice, exchange: ExchangeRate | None = None) -> float:
        """This price ÷ another, a fraction.

        Raises BadInput where the other is in another currency, without a rate between the two, or by another dimension.
        """
        if self.dimension != other.dimension:
            raise BadInput(
                f"{self} and {other} cannot be compared: one is by {self.dimension}, the other by {other.dimension}; "
                f"write the value in {other.currency}/{self.unit}"
            )
        rate = rate_between(self.currency, other.currency, exchange, f"{self} and {other}")
        return self.amount / _SIZE[self.unit][1] * rate / (other.amount / _SIZE[other.unit][1])

    def __str__(self) -> str:
        return f"{fixed(shifted(self.amount, 0))} {self.currency}/{self.unit}"


@dataclass(frozen=True)
class Volume:
    """A number of units: `3.3m t`."""

    number: float
    unit: str

    def worth(self, price: UnitPrice) -> float:
        """Its worth at a price in USD, USD million. Raises BadInput where the price is in other money or units."""
        dimension, size = _SIZE[self.unit]
        if price.dimension != dimension:
            raise BadInput(
                f"{self} has no worth at {price}: one is {dimension}, the other a price by {price.dimension}; write "
                f"the value in USD/{self.unit}"
            )
        if price.currency != "USD":
            raise BadInput(f"the unit value of {self} is in {price.currency}: write it in USD/{self.unit}")
        return self.number * size * price.amount / _SIZE[price.unit][1] / 1e6

    def __str__(self) -> str:
        number = shifted(self.number, 0)
        name, power = next(((name, power) for name, power in _COUNTS.items() if number >= 10**power), ("", 0))
        return f"{fixed(shifted(self.number, -power))}{'m' if name == 'mn' else name} {self.unit}"


@dataclass(frozen=True)
class ExchangeRate:
    """The price of a unit of one currency in another: `1.08 USD/EUR` is 1.08 dollars for a euro."""

    rate: float
    of: str
    per: str

    def __str__(self) -> str:
        return f"{fixed(shifted(self.rate, 0))} {self.of}/{self.per}"


@dataclass(frozen=True)
class Intensity:
    """Emissions by the unit of value or of goods: `1.9 kg/USD`, `2.1 t/t`. `per` is a currency or a unit."""

    number: float
    mass: str
    per: str

    @property
    def tonnes(self) -> float:
        """Tonnes of CO2 by `per`."""
        return self.number * _SIZE[self.mass][1] / _SIZE["t"][1]

    @property
    def by_goods(self) -> bool:
        """Whether it is by a unit of goods, and not of money."""
        return self.per in _SIZE

    def __str__(self) -> str:
        return f"{fixed(shifted(self.number, 0))} {self.mass}/{self.per}"


def rate_between(given: str, wanted: str, exchange: ExchangeRate | None, what: str) -> float:
    """Units of the currency `wanted` for one of `given`. Raises BadInput where they differ and the rate is missing."""
    if given == wanted:
        return 1.0
    pair = None if exchange is None else {exchange.of, exchange.per}
    if exchange is None or pair != {given, wanted}:
        found = "" if exchange is None else f", and exchange is {exchange}"
        raise BadInput(
            f"{what}: {given} and {wanted} are two currencies{found}; write both in one, or give exchange: such as "
            f"1.08 {wanted}/{given}"
        )
    return exchange.rate if exchange.of == wanted else 1.0 / exchange.rate


def parse_unit_price(given: object) -> UnitPrice:
    """A price by the unit from `93 EUR/t`. Raises BadInput for anything else."""
    if isinstance(given, UnitPrice):
        return given
    text = plain_text(given) if isinstance(given, str) else ""
    if text.endswith("%"):
        raise BadInput(f"{shown(given)} is a rate, not a price by the unit: write add: {text}, or {_PRICE_HELP[6:]}")
    match = _PRICE.fullmatch(text) or _PRICE_AFTER.fullmatch(text)
    if match is None:
        raise BadInput(f"{shown(given)} is not a price by the unit: {_PRICE_HELP}")
    currency = _currency(match["currency"], given, _PRICE_HELP)
    return UnitPrice(
        _above_zero(match["number"], given), currency, _unit(match["unit"], f"{match['number']} {currency}/")
    )


def parse_volume(given: object, unit: str | None = None) -> Volume:
    """A number of units from `3.3m t`; with a `unit` the text may leave it out. Raises BadInput for anything else."""
    if isinstance(given, Volume):
        return given
    text = plain_text(given) if isinstance(given, str) else shown(given)
    match = _VOLUME.fullmatch(text) if not isinstance(given, bool) else None
    written = match and match["unit"]
    if match is None or not (written or unit):
        said = " has no unit" if match is not None else " is not a number of units"
        raise BadInput(f"{shown(given)}{said}: {_VOLUME_HELP}")
    power = _COUNTS[match["count"]] if match["count"] else 0
    number = float(Decimal(match["number"]).scaleb(power))
    if number <= 0:
        raise BadInput(f"{shown(given)} is nothing: {_VOLUME_HELP}")
    return Volume(number, _unit(written, f"{match['number']}{match['count'] or ''} ") if written else str(unit))


def parse_tonnes(given: object) -> Volume:
    """A number of tonnes from `3.3m`, or `3.3m t`."""
    found = parse_volume(given, "t")
    if found.unit != "t":
        raise BadInput(f"{shown(given)} is not in tonnes: write quantity: {found}")
    return found


def parse_exchange(given: object) -> ExchangeRate:
    """An exchange rate from `1.08 USD/EUR`. Raises BadInput for anything else."""
    if isinstance(given, ExchangeRate):
        return given
    text = plain_text(given) if isinstance(given, str) else ""
    match = _PRICE.fullmatch(text)
    wanted = "write the price of one currency in another, such as 1.08 USD/EUR"
    if match is None:
        raise BadInput(f"{shown(given)} is not an exchange rate: {wanted}")
    of, per = _currency(match["currency"], given, wanted), _currency(match["unit"], given, wanted)
    if of == per:
        raise BadInput(f"{shown(given)} is between {of} and itself: {wanted}")
    return ExchangeRate(_above_zero(match["number"], given), of, per)


def parse_intensity(given: object) -> Intensity:
    """Emissions by the unit from `1.9 kg/USD` or `2.1 t/t`. Raises BadInput for anything else."""
    if isinstance(given, Intensity):
        return given
    text = plain_text(given) if isinstance(given, str) else ""
    match = _INTENSITY.fullmatch(text)
    wanted = "write tonnes or kilograms of CO2 by the dollar of goods or by the tonne, such as 1.9 kg/USD or 2.1 t/t"
    if match is None:
        raise BadInput(f"{shown(given)} is not an intensity: {wanted}")
    mass = _unit(match["mass"], f"{match['number']} ")
    if _SIZE[mass][0] != "mass":
        raise BadInput(f"{shown(given)} counts CO2 in {mass}: {wanted}")
    per = _BY_FOLD.get(match["per"].casefold()) or _currency(match["per"], given, wanted)
    return Intensity(float(Decimal(match["number"])), mass, per)


def _above_zero(text: str, given: object) -> float:
    number = float(Decimal(text))
    if number <= 0:
        raise BadInput(f"{shown(given)} is nothing: write an amount above zero")
    return number


def _currency(text: str, given: object, wanted: str) -> str:
    name = text.strip().upper()
    code = _SYMBOLS.get(name, name)
    if re.fullmatch(r"[A-Z]{3}", code) is None:
        raise BadInput(f"{shown(given)}: {text.strip()!r} is no currency; {wanted}")
    return code


def _unit(text: str, before: str) -> str:
    name = " ".join(text.split()).casefold()
    if name in ("ton", "tons"):
        raise BadInput(
            f"{before}{text.strip()}: a ton is 1,000 kg, 907 kg or 1,016 kg; write {before}t for tonnes of 1,000 "
            "kg, or "
            f"{before}short-ton for 907 kg"
        )
    found = _BY_FOLD.get(name)
    if found is None:
        raise BadInput(
            f"{before}{text.strip()}: {text.strip()!r} is no unit; known are {enumerate_names(list(_SIZE), 20)}"
        )
    return found


def _field(reader: Any, example: str) -> tuple[Any, ...]:
    return (
        PlainValidator(reader),
        PlainSerializer(str, return_type=str),
        WithJsonSchema({"type": "string", "description": example}),
    )


UnitPriceField = Annotated[UnitPrice, *_field(parse_unit_price, "a price by the unit such as 93 EUR/t")]
"""A pydantic field: a price by the unit, read from and written as `93 EUR/t`."""

VolumeField = Annotated[Volume, *_field(parse_volume, "a number of units such as 3.3m t or 500k hl")]
"""A pydantic field: a number of units, read from and written as `3.3m t`."""

TonnesField = Annotated[
    Volume,
    PlainValidator(parse_tonnes),
    PlainSerializer(lambda given: str(given).removesuffix(" t"), return_type=str),
    WithJsonSchema({"type": ["string", "number"], "description": "a number of tonnes such as 3.3m"}),
]
"""A pydantic field: a number of tonnes, read from and written as `3.3m`."""

ExchangeField = Annotated[ExchangeRate, *_field(parse_exchange, "an exchange rate such as 1.08 USD/EUR")]
"""A pydantic field: an exchange rate, read from and written as `1.08 USD/EUR`."""

IntensityField = Annotated[Intensity, *_field(parse_intensity, "emissions by the unit such as 1.9 kg/USD or 2.1 t/t")]
"""A pydantic field: a carbon intensity, read from and written as `1.9 kg/USD`."""
