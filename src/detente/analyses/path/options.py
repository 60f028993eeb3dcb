"""Options of `detente path`."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import Field, field_validator

from detente.analyses.options import Options, option

CarriedOut = Literal["answered", "unanswered", "none"]
"""What becomes of the threats of a file: carried out and answered, carried out alone, or not carried out."""
CARRIED_OUT: Final = {
    "answered": "they are carried out and answered",
    "unanswered": "they are carried out without answers",
    "none": "they are not carried out",
}
"""The same in the words of the page."""
_REFUND: Final = re.compile(r"(?P<economy>[^:=\s]+):(?P<year>\d{4})=(?P<amount>\S+)")
Refund = Annotated[str, Field(max_length=60)]


def refund_in(text: str) -> tuple[str, int, str]:
    """Economy, year and amount, as text, of `USA:2026=100bn`. Raises ValueError."""
    found = _REFUND.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"refunds hold {text!r}: write economy, year and amount, as in USA:2026=100bn")
    return found["economy"], int(found["year"]), found["amount"]


class PathOptions(Options):
    """Options of a path: its years, the threats in it, and how revenue is counted and summed."""

    years: int = option(
        10, "number of years", "Number of years", ge=1, le=50, page="plain",
    )  # fmt: skip
    first: int | None = option(
        None, "the first year; by default that in which the law of the file first changes", "First year",
        ge=1900, le=2200, metavar="YEAR", page="plain",
    )  # fmt: skip
    threats: CarriedOut = option(
        "answered", "threats of the file: carried out from their earliest day on and answered, carried out unanswered, "
        "or none of them",
        "Threats of the file", words=CARRIED_OUT,
    )  # fmt: skip
    long_run: int | None = option(
        None, "the year of the path from which the elasticities of the long run hold, 7 to 10 in Boehm, Levchenko and "
        "Pandalai-Nayar (2023); by default 7",
        "Year of the long run", ge=2, le=50, metavar="N",
    )  # fmt: skip
    discount: float = option(
        0.03, "yearly rate at which sums are discounted to the first year", "Discount rate", kind="share", ge=0, lt=1,
        page="plain",
    )  # fmt: skip
    growth: float = option(
        0.0, "yearly growth of amounts of money from the year of the world on; by default they have the size of that "
        "year",
        "Growth of amounts", kind="share", gt=-0.5, lt=0.5,
    )  # fmt: skip
    offset: float | None = option(
        None, "income and payroll tax that is lost on a dollar of tariff revenue, and gained on a dollar of GDP; by "
        "default 25%",
        "Income and payroll tax offset", kind="share", ge=0, lt=1,
    )  # fmt: skip
    refunds: tuple[Refund, ...] = option(
        (), "duties of earlier years that are paid back, such as USA:2026=100bn", "Refunds of duties",
        metavar="ECONOMY:YEAR=AMOUNT,...", max_length=50,
    )  # fmt: skip

    @field_validator("refunds")
    @classmethod
    def _sound(cls, refunds: tuple[str, ...]) -> tuple[str, ...]:
        for text in refunds:
            refund_in(text)
        return refunds
