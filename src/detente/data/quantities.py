"""Rates and money as people write them: `25%`, `150bn`, `5bn..60bn`.

A rate is a fraction (0.25 is 25 %); money is USD million. Each has one reader and one writer, and what is written
reads back as the same number to the last bit: both go through decimals, never through a float product.

    >>> parse_rate("25%"), parse_money("150bn"), parse_money_range("5bn..60bn")
    (0.25, 150000.0, (5000.0, 60000.0))
    >>> format_rate(0.075), format_money(-200000.0)
    ('7.5%', '-200bn')
"""

from __future__ import annotations

import math
import re
import sys
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from detente.errors import BadInput
from detente.inputs import shown

LOWEST_RATE: Final = -1.0
"""Fraction: nothing can be cut by more than all of it."""
HIGHEST_RATE: Final = 10.0
"""Fraction, 1000 %: above it a missing or doubled per cent sign is likelier than the rate."""

UNITS: Final = {"tn": 6, "bn": 3, "mn": 0}
"""Powers of ten from each unit to USD million, largest first."""

_NUMBER: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_RATE: Final = re.compile(rf"({_NUMBER})\s*(%?)")
_MONEY: Final = re.compile(rf"({_NUMBER})\s*(tn|bn|mn)")
_MONEY_HELP: Final = "write a number and its unit, tn, bn or mn of US dollars, such as 150bn, 34.5mn or -200bn"


def parse_rate(given: object) -> float:
    """A rate as a fraction, from `25%`, or from a number that is a fraction already (0.25).

    A number over 1 needs its per cent sign, `145%`: 25 without one is 25 % more often than 2500 %.

    Raises BadInput for anything else: true, false, NaN, text that is not a number, a rate under −100 % or over 1000 %.
    """
    percent = False
    if isinstance(given, str):
        match = _RATE.fullmatch(plain_text(given))
        if match is None:
            raise BadInput(f"{shown(given)} is not a rate: write a percentage such as 25%, or a fraction such as 0.25")
        percent = match[2] == "%"
        number = Decimal(match[1]) / 100 if percent else Decimal(match[1])
        rate = float(number)
    else:
        rate = _real(given, "a rate: write a percentage such as 25%, or a fraction such as 0.25")
    if not percent and rate > 1.0:
        said = f"{shown(given)} without a per cent sign is "
        if rate > HIGHEST_RATE:
            near = f"{rate:g}%" if rate <= 100 * HIGHEST_RATE else "25%"
            raise BadInput(f"{said}over 1000 %: write the percentage with its sign, such as {near}")
        raise BadInput(f"{said}{100 * rate:g} %: write {rate:g}%, or if {100 * rate:g} % is meant, {100 * rate:g}%")
    if LOWEST_RATE <= rate <= HIGHEST_RATE:
        return rate
    limit = "over 1000 %" if rate > HIGHEST_RATE else "under −100 %"
    remedy = "rates run from -100% to 1000%"
    if not percent and abs(rate) <= 1000:
        remedy = f"a number without a per cent sign is a fraction; for {rate:g} per cent write {rate:g}%"
    raise BadInput(f"a rate of {shown(given)} is {limit}: {remedy}")


def format_rate(rate: float) -> str:
    """The rate (a fraction) as a percentage that `parse_rate` reads back as the same float: 0.25 gives `25%`."""
    return f"{fixed(shifted(rate, 2))}%"


def stated(rate: float | None) -> Any:
    """A rate that was read or computed, as a field of a model takes it whatever its size: with its sign."""
    return None if rate is None else format_rate(rate)


def parse_money(given: object) -> float:
    """An amount in USD million, from `2tn`, `150bn`, `34.5mn` or `-200bn`.

    Raises BadInput for anything else; a number without its unit is refused, because nobody can tell dollars from
    millions.
    """
    if isinstance(given, str):
        match = _MONEY.fullmatch(plain_text(given))
        if match is None:
            raise BadInput(f"{shown(given)} is not an amount of money: {_MONEY_HELP}")
        amount = float(Decimal(match[1]).scaleb(UNITS[match[2]]))
        return _real(amount, f"an amount of money: {_MONEY_HELP}")
    number = _real(given, f"an amount of money: {_MONEY_HELP}")
    raise BadInput(f"{number:g} has no unit: {_MONEY_HELP} (USD {number:g} million is {format_money(number)})")


def format_money(amount: float) -> str:
    """The amount (USD million) with its largest fitting unit, read back as the same float: 150000.0 gives `150bn`."""
    number = shifted(amount, 0)
    unit, power = next(
        ((unit, power) for unit, power in UNITS.items() if abs(number) >= Decimal(10) ** power), ("mn", 0)
    )
    return f"{fixed(shifted(amount, -power))}{unit}"


def stated_usd(amount: float) -> str:
    """An amount (USD million) to three digits, as a sentence states it: 12346.1 gives `$12.3bn`."""
    return f"${format_money(float(f'{amount:.3g}'))}"


def parse_money_range(given: object) -> tuple[float, float]:
    """A range in USD million, from `5bn..60bn`; one amount is the range that holds only itself.

    Raises BadInput where an end is no amount of money or the ends are the wrong way round.
    """
    if not isinstance(given, str):
        raise BadInput(f"{shown(given)} is not a range of money: write two amounts such as 5bn..60bn")
    ends = [parse_money(end) for end in given.split("..")]
    if len(ends) > 2:
        raise BadInput(f"{shown(given)} has {len(ends)} amounts: write two such as 5bn..60bn")
    low, high = ends[0], ends[-1]
    if low > high:
        raise BadInput(f"{shown(given)} falls from its first amount to its second: write the lower one first")
    return low, high


def format_money_range(ends: tuple[float, float]) -> str:
    """The range (USD million) as `5bn..60bn`, or as one amount where both ends are equal."""
    low, high = ends
    return format_money(low) if low == high else f"{format_money(low)}..{format_money(high)}"


def whole_percent(share: float) -> int:
    """A share of draws in whole per cent: 100 only for all of them, and 0 only for none."""
    return round(100 * share) if share in (0, 1) else min(max(round(100 * share), 1), 99)


def plain_text(text: str) -> str:
    """The text without outer blanks, with the mathematical minus and the wide per cent sign as the keyboard's."""
    return text.strip().replace("−", "-").replace("％", "%")


def _real(given: object, wanted: str) -> float:
    """The finite real number that was given; raises BadInput for anything else, true and false included."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise BadInput(f"{shown(given)} is not {wanted}")
    number = float(given) if abs(given) <= sys.float_info.max else math.nan
    if not math.isfinite(number):
        raise BadInput(f"{shown(given)} is not finite, so it is not {wanted}")
    return number


def shifted(number: float, power: int) -> Decimal:
    """The shortest decimal that reads as `number`, times ten to `power`."""
    if not math.isfinite(number):
        raise BadInput(f"{number!r} cannot be written: it is not finite")
    return Decimal(repr(float(number))).scaleb(power)


def fixed(number: Decimal) -> str:
    """The decimal without exponent, trailing zeros or a sign on zero."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0", "-") else text


Rate = Annotated[
    float,
    PlainValidator(parse_rate),
    PlainSerializer(format_rate, return_type=str),
    WithJsonSchema({"type": ["string", "number"], "description": "a percentage such as 25%, or a fraction"}),
]
"""A pydantic field: a fraction, read from `25%` or 0.25 and written as `25%`."""

Money = Annotated[
    float,
    PlainValidator(parse_money),
    PlainSerializer(format_money, return_type=str),
    WithJsonSchema({"type": "string", "description": "an amount of US dollars such as 150bn, 34.5mn or 2tn"}),
]
"""A pydantic field: USD million, read from `150bn` and written as `150bn`."""

MoneyRange = Annotated[
    tuple[float, float],
    PlainValidator(parse_money_range),
    PlainSerializer(format_money_range, return_type=str),
    WithJsonSchema({"type": "string", "description": "two amounts of US dollars such as 5bn..60bn, or one"}),
]
"""A pydantic field: two ends in USD million, read from `5bn..60bn` and written so."""
