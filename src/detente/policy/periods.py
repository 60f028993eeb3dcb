"""Parts of a measure that hold for a time: exemptions that begin or end, and suspensions of the whole measure.

A period includes both of its days; one without `from` begins with the measure, one without `until` lasts as long as it.
Several exemptions that hold on a day spare what any of them spares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from detente.data.products.editions import parse_edition
from detente.data.products.spelling import digits_of
from detente.data.world import Source
from detente.errors import enumerate_names
from detente.policy.bundled_lists import OfLists

_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_day(given: object) -> date:
    """A date from `2018-05-04`; raises ValueError for other text and for numbers, which could be anything."""
    if type(given) is date:
        return given
    if not isinstance(given, str) or _ISO_DAY.fullmatch(given) is None:
        raise ValueError(f"{given!r} is not a date: write it as 2018-05-04")
    try:
        return date.fromisoformat(given)
    except ValueError as problem:
        raise ValueError(f"{given!r} is not a day of the calendar: {problem}") from problem


Day = Annotated[date, BeforeValidator(parse_day)]
"""A pydantic field: a date, read from and written as `2018-05-04`."""

HsCode = Annotated[str, BeforeValidator(digits_of)]
"""A pydantic field: a product code of 2 to 10 digits, text from first to last, kept as its digits alone."""

HsEdition = Annotated[str, BeforeValidator(parse_edition, json_schema_input_type=str | int)]
"""A pydantic field: an edition of the Harmonized System, `2012`, `2017` or `2022`."""

Names = Annotated[tuple[str, ...], Field(min_length=1)]


def as_names(given: object) -> object:
    """A list of one name for a name."""
    return (given,) if isinstance(given, str) else given


OneOrMore = Annotated[Names, BeforeValidator(as_names, json_schema_input_type=str | Names)]
"""A pydantic field: names, or one name."""


class Period(BaseModel):
    """Something of a measure that holds from one day to another, both included."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)

    from_: Day | None = Field(default=None, alias="from", description="first day on which it holds")
    until: Day | None = Field(default=None, description="last day on which it holds; without it until further notice")
    source: Source | None = Field(default=None, description="the source of the fact")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.from_ is not None and self.until is not None and self.until < self.from_:
            raise ValueError(f"it ends on {self.until}, before it begins on {self.from_}: exchange the dates")
        return self

    @property
    def dated(self) -> bool:
        """Whether it begins or ends by itself."""
        return self.from_ is not None or self.until is not None

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)

    def turns(self) -> Iterator[date]:
        """The days on which it begins to hold, and on which it no longer does."""
        if self.from_ is not None:
            yield self.from_
        if self.until is not None:
            yield self.until + timedelta(days=1)

    @property
    def dates(self) -> str:
        """The dates as a message names them."""
        begin = "" if self.from_ is None else f"from {self.from_} "
        return begin + ("until further notice" if self.until is None else f"until {self.until}")


class Suspension(Period):
    """A time in which a measure is not law; after it, it is law again."""

    from_: Day = Field(alias="from", description="first day on which the measure is not law")
    until: Day | None = Field(
        default=None, description="last day on which it is not law; without it until further notice"
    )


class Exempt(OfLists, Period):
    """Exemptions of a measure: economies, sectors or product codes, for good or from one day to another."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)

    economies: OneOrMore | None = Field(
        default=None, description="economies whose goods are spared; blocs by their names"
    )
    sectors: Names | None = Field(default=None, description="sectors that are spared")
    codes: Annotated[tuple[HsCode, ...], Field(min_length=1)] | None = Field(
        default=None, description="product codes that are spared"
    )
    hs: HsEdition | None = Field(
        default=None, description="the HS edition of the codes; by default the one that knows most of them"
    )
    notes: tuple[str, ...] = Field(default=(), description="what of the file of a list was not read")

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.economies is None and self.sectors is None and self.codes is None:
            raise ValueError("exempt names nothing: list economies, sectors or codes (or list), or leave it out")
        if self.hs is not None and self.codes is None:
            raise ValueError("hs is the edition of codes, but no codes are exempt")
        return self


def _one_or_several(given: Any) -> str:
    return "several blocks" if isinstance(given, list | tuple) else "one block"


Exemptions = Annotated[
    Annotated[Exempt, Tag("one block")] | Annotated[tuple[Exempt, ...], Field(min_length=1), Tag("several blocks")],
    Discriminator(_one_or_several),
]
"""A pydantic field: one block of exemptions, or a list of blocks, each with its own dates."""


def _as_list(given: Any) -> Any:
    return [given] if isinstance(given, dict | Suspension) else given


Suspensions = Annotated[
    tuple[Suspension, ...], BeforeValidator(_as_list, json_schema_input_type=Suspension | tuple[Suspension, ...])
]
"""A pydantic field: one suspension, or a list of them."""


def blocks_of(exempt: Exempt | tuple[Exempt, ...] | None) -> tuple[Exempt, ...]:
    """The blocks of a field `exempt`."""
    return () if exempt is None else (exempt,) if isinstance(exempt, Exempt) else exempt


def together(blocks: Sequence[Exempt]) -> Exempt | None:
    """What any of these blocks spares, as one block without dates; None where there is none.

    Names are in the order in which the blocks have them, each once. Blocks with codes are of one edition
    (`refuse_periods`).
    """
    if len(blocks) <= 1 and not any(block.dated for block in blocks):
        return blocks[0] if blocks else None
    if not blocks:
        return None
    economies, sectors, codes = (
        tuple(dict.fromkeys(name for block in blocks for name in getattr(block, field) or ()))
        for field in ("economies", "sectors", "codes")
    )
    # each part has been checked, and thousands of codes take longer to check than to lay
    return Exempt.model_construct(
        economies=economies or None,
        sectors=sectors or None,
        codes=codes or None,
        hs=next((block.hs for block in blocks if block.hs is not None), None),
        notes=tuple(dict.fromkeys(note for block in blocks for note in block.notes)),
    )


def refuse_periods(
    id: str,
    since: date | None,
    until: date | None,
    exempt: Sequence[Exempt],
    suspended: Sequence[Suspension],
) -> None:
    """Raise ValueError where periods of a measure overlap or lie outside it, or its exemptions contradict each other.

    since, until: the first day of the measure (`from`, or `earliest` of a threat) and its last, where it has them.
    """
    if suspended and since is None:
        raise ValueError(f"measure {id} is suspended, but from when was it law? give from: the first day in force")
    for what, periods in (("exemption", exempt), ("suspension", suspended)):
        for its in periods:
            if _outside(its, since, until):
                life = " ".join(f"{word} {day}" for word, day in (("from", since), ("until", until)) if day is not None)
                raise ValueError(
                    f"measure {id}: the {what} {its.dates} lies outside the measure, which lasts {life}: correct the "
                    "dates, or leave it out"
                )
    for first, second in pairwise(sorted(suspended, key=lambda its: its.from_)):
        if first.until is None or second.from_ <= first.until:
            raise ValueError(
                f"measure {id}: the suspensions {first.dates} and {second.dates} overlap: give each day once"
            )
    editions = sorted({block.hs for block in exempt if block.hs is not None})
    if len(editions) > 1:
        raise ValueError(
            f"measure {id}: its exempt codes are of HS {enumerate_names(editions)}: give all codes in one edition"
        )


def _outside(its: Period, since: date | None, until: date | None) -> bool:
    """Whether a period begins or ends where the measure is not law; one without an end lasts as long as it."""
    days = [day for day in (its.from_, its.until) if day is not None]
    return any((since is not None and day < since) or (until is not None and day > until) for day in days)


def turns_of(periods: Iterable[Period]) -> set[date]:
    """The days on which any of some periods begins to hold or no longer does."""
    return {day for period in periods for day in period.turns()}
