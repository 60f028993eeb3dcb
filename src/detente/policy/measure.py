"""The `measures` block of the dispute file: who charges what on whose goods, from when.

Every field is a word of tariff law. A rate is a fraction (0.25 is 25 %), a value USD million, a product code text.

Where several measures cover the same goods, one rule says which rate holds, whatever the order in which they are
listed:

1. The level is the base tariff of the world. A measure that *sets* the duty puts its own in its place; of several the
   one with the latest `from` counts.
2. Duties that stack by `add` are added to the level, and the highest of those that stack by `max`.
3. A duty that stacks by `replace` takes the place of all other additions (of several, the one with the latest `from`);
   where it sets, it is the duty, with nothing on top.
4. No duty is under zero: what a cut would take beyond that is not taken, and `floored` lists it.

A bundled table is cumulative: of its measures only the one with the latest `from` counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from detente.data.exported import Shown
from detente.data.products.editions import parse_edition
from detente.data.products.spelling import digits_of
from detente.data.quantities import Money, Rate, format_money, format_rate
from detente.data.world import Source
from detente.errors import BadMeasure, enumerate_names
from detente.inputs import BoolArray, FloatArray

Status = Literal["in-force", "threatened", "proposed", "withdrawn"]
"""in-force: law between its dates. threatened: announced, not law. proposed: put forward by somebody, announced by
nobody. withdrawn: no longer law; it was in force between `from` and `until` where it has them."""

Stacking = Literal["add", "replace", "max"]
"""What happens where several measures cover the same goods. add: the duties add up. max: of the measures that say max
only the highest counts. replace: this duty takes the place of all other additional duties on the goods (of several,
the one with the latest `from`)."""

EVERYONE: Final = "all"

_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_ID: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
NONE: Final = 0
ADD: Final = 1
SET: Final = 2
"""What a measure does to an atom: leaves it, adds to its duty, sets its duty."""


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


def _as_tuple(given: object) -> object:
    return (given,) if isinstance(given, str) else given


Names = Annotated[tuple[str, ...], Field(min_length=1)]


class TariffLine(BaseModel):
    """One product of a list: its code, what the partner sold of it in the base year, and a rate of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hs: HsCode = Field(description="product code of 2 to 10 digits, with or without dots")
    value: Money | None = Field(default=None, description="imports of it from the partner in the base year")
    add: Rate | None = Field(default=None, description="duty on top of the base tariff, for this code alone")
    set: Rate | None = Field(default=None, description="the duty itself, for this code alone")

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if self.add is not None and self.set is not None:
            raise ValueError(f"code {self.hs} has both add and set: a duty is added to the base or takes its place")
        if self.value is not None and self.value < 0:
            raise ValueError(f"code {self.hs} has a negative value: give imports in the base year, or leave value out")
        return self


class Goods(BaseModel):
    """The goods of a measure: in exactly one of the forms value, sectors, sector_rates, codes, all, table.

    `codes` may have a `value` beside them, the official total that the list is scaled to.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Money | None = Field(
        default=None,
        description="imports covered, in proportion over the goods sectors; with codes: the official total of the list",
    )
    basis: Literal["customs", "world"] | None = Field(
        default=None,
        description="the statistics of the value: customs (the default), or the world",
    )
    sectors: Names | None = Field(
        default=None, description="sectors covered in full; with value: the sectors of the value"
    )
    sector_rates: dict[str, Rate] | None = Field(default=None, min_length=1, description="added duty by sector")
    codes: tuple[TariffLine, ...] | None = Field(default=None, min_length=1, description="a list of products")
    hs: HsEdition | None = Field(
        default=None, description="the HS edition of the codes; by default the one that knows most of them"
    )
    notes: tuple[str, ...] = Field(default=(), description="what of the file of a list was not read")
    all: bool | None = Field(default=None, description="true: every goods sector")
    table: str | None = Field(default=None, description="name of a bundled table of rates by date")

    @model_validator(mode="after")
    def _has_one_form(self) -> Self:
        forms = [name for name in ("value", "sector_rates", "codes", "all", "table") if getattr(self, name) is not None]
        if self.sectors is not None and (self.value is None or self.codes is not None):
            forms.append("sectors")
        if self.codes is not None and "value" in forms:
            forms.remove("value")
        if len(forms) != 1:
            allowed = "value, sectors, sector_rates, codes (or list), all or table"
            found = enumerate_names(forms) or "none"
            raise ValueError(f"goods are named in exactly one form, {allowed}; found {found}")
        if self.all is False:
            raise ValueError("all: false names no goods: write all: true, or name the goods")
        if self.value is not None and self.value <= 0:
            raise ValueError("the value of the goods is not above zero: give the imports covered, such as 50bn")
        valued = self.value is not None or any(code.value is not None for code in self.codes or ())
        if self.basis is not None and not valued:
            raise ValueError("basis says whose figures a value is in, but no value is given")
        if self.hs is not None and self.codes is None:
            raise ValueError("hs is the edition of codes, but no codes are given")
        self._refuse_repeats()
        return self

    def _refuse_repeats(self) -> None:
        for what, names in (("sector", self.sectors or ()), ("code", [code.hs for code in self.codes or ()])):
            twice = sorted(name for name, count in Counter(names).items() if count > 1)
            if twice:
                raise ValueError(f"{what} {enumerate_names(twice)} is named more than once: keep one")

    @property
    def by_value(self) -> bool:
        """Whether the goods are named by a value alone, and not by codes whose total it is."""
        return self.value is not None and self.codes is None

    def __str__(self) -> str:
        if self.table is not None:
            return f"table {self.table}"
        if self.all:
            return "all goods"
        if self.codes is not None:
            total = f" worth {format_money(self.value)}" if self.value is not None else ""
            return f"{len(self.codes)} product code{'s' if len(self.codes) > 1 else ''}{total}"
        if self.sector_rates is not None:
            return ", ".join(f"{sector} {format_rate(rate)}" for sector, rate in self.sector_rates.items())
        return f"USD {(self.value or 0) / 1e3:g}bn" if self.value is not None else ", ".join(self.sectors or ())


class Exempt(BaseModel):
    """The exemptions of a measure: economies, sectors or product codes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    economies: Names | None = None
    sectors: Names | None = None
    codes: Annotated[tuple[HsCode, ...], Field(min_length=1)] | None = None
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


class Measure(Shown, BaseModel):
    """One tariff measure of one economy on the goods of others."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)

    id: str = Field(pattern=_ID, description="the id that the rest of the file uses")
    title: str | None = Field(default=None, min_length=1, description="its usual name")
    by: str = Field(description="the economy that charges the duty")
    on: Annotated[Names, BeforeValidator(_as_tuple, json_schema_input_type=str | Names)] = Field(
        description="the economy of the goods: a code, a list, or all"
    )
    status: Status
    goods: Goods
    add: Rate | None = Field(default=None, description="duty on top of the base tariff")
    set: Rate | None = Field(default=None, description="the duty itself, in place of the base tariff")
    from_: Day | None = Field(default=None, alias="from", description="first day in force")
    until: Day | None = Field(default=None, description="last day in force")
    earliest: Day | None = Field(default=None, description="first day on which a threat can become law")
    announced: Day | None = Field(
        default=None, description="the day of its announcement; by default the date of its source's document"
    )
    stacking: Stacking = Field(default="add", description="rule where several measures cover the same goods")
    exempt: Exempt | None = None
    assumed: tuple[str, ...] = Field(default=(), description="fields that no source states; printed as assumed")
    source: Source | None = None

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        self._check_rates()
        self._check_dates()
        self._check_partners()
        unknown = sorted(set(self.assumed) - _assumable())
        if unknown:
            allowed = enumerate_names(sorted(_assumable()))
            raise ValueError(f"assumed names {enumerate_names(unknown)}: allowed are {allowed}")
        return self

    def _check_rates(self) -> None:
        own = [code.hs for code in self.goods.codes or () if code.add is None and code.set is None]
        rated = self.goods.sector_rates is not None or self.goods.table is not None
        given = [name for name in ("add", "set") if getattr(self, name) is not None]
        if len(given) == 2:
            raise ValueError(f"measure {self.id} has both add and set: a duty is added to the base or takes its place")
        if rated and given:
            raise ValueError(f"measure {self.id} has {given[0]}, but its goods carry the rates: remove it")
        if not rated and not given and (self.goods.codes is None or own):
            which = f" for code {enumerate_names(own)}" if self.goods.codes is not None else ""
            raise ValueError(f"measure {self.id} has no rate{which}: give add (on top of the base) or set (its place)")
        if self.goods.codes is not None and given and not own:
            raise ValueError(f"measure {self.id} has {given[0]}, but every code carries its own rate: remove it")

    def _check_dates(self) -> None:
        if self.status == "in-force" and self.from_ is None:
            raise ValueError(f"measure {self.id} is in force, but since when? give from: a date such as 2018-07-06")
        if self.status in ("in-force", "withdrawn") and self.earliest is not None:
            raise ValueError(f"measure {self.id} is {self.status}, so it has no earliest day: write from")
        if self.status == "withdrawn" and self.from_ is not None and self.until is None:
            raise ValueError(f"measure {self.id} is withdrawn and has from: give until, its last day in force")
        if self.from_ is not None and self.until is not None and self.until < self.from_:
            raise ValueError(f"measure {self.id} ends on {self.until}, before it begins on {self.from_}")
        if self.goods.table is not None and self.from_ is None:
            raise ValueError(f"measure {self.id} takes the rates of a table on a date: give from, one of its dates")

    def _check_partners(self) -> None:
        if EVERYONE in self.on and len(self.on) > 1:
            raise ValueError(f"measure {self.id} is on all and on others by name: write on: all, or the names alone")
        if len(set(self.on)) < len(self.on):
            raise ValueError(f"measure {self.id} names a partner twice: keep one")
        if self.by in self.on:
            raise ValueError(f"measure {self.id} is by {self.by} on its own goods: name another economy")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields changed, which are not checked; what it says is read from it anew."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("written", None)
        return copied

    @cached_property
    def written(self) -> str:
        """All that the measure says, as one text: equal measures have equal texts."""
        return self.model_dump_json()

    def legal_on(self, day: date) -> bool:
        """Whether the measure is law on a day: by status and dates. A threat never becomes law by its date alone."""
        if self.from_ is None or self.status not in ("in-force", "withdrawn"):
            return False
        return self.from_ <= day and (self.until is None or day <= self.until)


def _assumable() -> set[str]:
    fields: dict[str, Any] = Measure.model_fields
    return {("from" if name == "from_" else name) for name in fields} - {"id", "title", "assumed", "source"}


Kinds = NDArray[np.int8]


def superseded(measures: Sequence[Measure]) -> set[str]:
    """Ids of those that a later measure of the same table takes the place of."""
    latest: dict[tuple[str, str, tuple[str, ...]], Measure] = {}
    gone: set[str] = set()
    for measure in sorted(measures, key=_since):
        if measure.goods.table is not None:
            key = (measure.goods.table, measure.by, measure.on)
            if key in latest:
                gone.add(latest[key].id)
            latest[key] = measure
    return gone


def in_force(measures: Sequence[Measure], day: date) -> tuple[Measure, ...]:
    """The measures that are law on a day; of the dates of a bundled table the latest."""
    legal = [measure for measure in measures if measure.legal_on(day)]
    gone = superseded(legal)
    return tuple(measure for measure in legal if measure.id not in gone)


def stacked(base: FloatArray, kinds: Kinds, rates: FloatArray, measures: Sequence[Measure]) -> FloatArray:
    """The duty on each atom before the floor at zero.

    base (a,): the world's tariffs; kinds, rates (a, m): what each measure does to each atom. Raises BadMeasure where
    two measures of the same date set different duties, or replace with different ones, on the same goods.
    """
    order = sorted(range(len(measures)), key=lambda m: (_since(measures[m]), measures[m].id))
    level = base.copy()
    added = np.zeros_like(base)
    highest = np.full_like(base, -np.inf)
    for m in order:
        rule = measures[m].stacking
        sets = (kinds[:, m] == SET) & (rule != "replace")
        if rule == "max":
            level = np.where(sets, np.maximum(level, rates[:, m]), level)
        else:
            _refuse_ties(sets, m, kinds == SET, rates, measures)
            level = np.where(sets, rates[:, m], level)
        adds = kinds[:, m] == ADD
        if rule == "add":
            added = added + np.where(adds, rates[:, m], 0.0)
        elif rule == "max":
            highest = np.where(adds, np.maximum(highest, rates[:, m]), highest)
    total = level + added + np.where(np.isfinite(highest), highest, 0.0)
    for m in order:
        if measures[m].stacking == "replace":
            _refuse_ties(kinds[:, m] != NONE, m, kinds != NONE, rates, measures)
            total = np.where(kinds[:, m] == ADD, level + rates[:, m], total)
            total = np.where(kinds[:, m] == SET, rates[:, m], total)
    return np.asarray(total, dtype=np.float64)


def _refuse_ties(here: BoolArray, m: int, there: BoolArray, rates: FloatArray, measures: Sequence[Measure]) -> None:
    """Raise BadMeasure where another measure of the same rule and date asks for a different rate on the same goods."""
    mine = measures[m]
    for other, its in enumerate(measures):
        if other == m or its.stacking != mine.stacking or _since(its) != _since(mine):
            continue
        clash = here & there[:, other] & (rates[:, other] != rates[:, m])
        if clash.any():
            atom = int(np.argmax(clash))
            raise BadMeasure(
                f"measures {mine.id!r} and {its.id!r} start on the same day and ask for {rates[atom, m]:.2%} and "
                f"{rates[atom, other]:.2%} on the same goods: give one a later from, or exempt the goods from it"
            )


def _since(measure: Measure) -> date:
    return measure.from_ or measure.earliest or date.min
