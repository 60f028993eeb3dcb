"""The `measures` block of the dispute file: who charges what on whose goods, from when.

Every field is a word of tariff law. A rate is a fraction (0.25 is 25 %), a value USD million, a product code text.

What holds where several measures cover the same goods: see `detente.policy.stacking`. A bundled table is cumulative:
of its measures only the one with the latest `from` counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache, wraps
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from detente.data.exported import Shown
from detente.data.quantities import Money, Rate, format_money, format_rate
from detente.data.unit_prices import IntensityField, UnitPriceField
from detente.data.world import Source
from detente.errors import enumerate_names
from detente.policy.bundled_lists import OfLists, bundled_list
from detente.policy.carbon import CarbonCharge
from detente.policy.claims import ClaimsField, Content, Share
from detente.policy.export_measures import ExportMeasure, ImportMeasure
from detente.policy.instruments import check_instruments
from detente.policy.partner_lists import EVERYONE, Partners, without_all_but
from detente.policy.periods import (
    Day,
    Exempt,
    Exemptions,
    HsCode,
    HsEdition,
    Names,
    Suspensions,
    blocks_of,
    refuse_periods,
    together,
    turns_of,
)
from detente.policy.quotas import TariffRateQuota

Made = TypeVar("Made")
Status = Literal["in-force", "threatened", "proposed", "withdrawn"]
"""in-force: law between its dates. threatened: announced, not law. proposed: put forward by somebody, announced by
nobody. withdrawn: no longer law; it was in force between `from` and `until` where it has them."""

Stacking = Literal["add", "replace", "max"]
"""What happens where several measures cover the same goods. add: the duties add up. max: of the measures of one
authority that say max only the highest counts. replace: this duty takes the place of all other additional duties on
the goods (of several, the one with the latest `from`)."""

_BLANKS: Final = re.compile(r"[\s_]+")
_ID: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"


def parse_authority(given: object) -> str:
    """The name of an authority in its usual form, `Section 232` as `section-232`; raises ValueError for no name."""
    if isinstance(given, list | tuple):
        raise ValueError("a measure has one authority: name one, such as section-232, or make a measure of each")
    if not isinstance(given, str) or not given.strip():
        raise ValueError("an authority is the name of a law or order, such as section-232")
    return _BLANKS.sub("-", given.strip().lower())


Authority = Annotated[str, BeforeValidator(parse_authority, json_schema_input_type=str)]
"""A pydantic field: the law or order under which a duty is laid, such as `section-232`."""


RATES: Final = ("add", "set", "total")
"""The fields of a measure, or of a code of its list, that say its rate; one has one of them."""


def rates_of(given: BaseModel) -> tuple[str, ...]:
    """The names of `RATES` that a measure or a code has."""
    return tuple(name for name in RATES if getattr(given, name) is not None)


def refuse_two_rates(what: str, given: BaseModel) -> tuple[str, ...]:
    """`rates_of`; raises ValueError where there is more than one."""
    found = rates_of(given)
    if len(found) > 1:
        raise ValueError(
            f"{what} has both {' and '.join(found)}: a duty is added to the base (add), takes its place (set), or "
            "is a floor for both together (total)"
        )
    return found


class TariffLine(BaseModel):
    """One product of a list: its code, what the partner sold of it in the base year, and a rate of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hs: HsCode = Field(description="product code of 2 to 10 digits, with or without dots")
    value: Money | None = Field(default=None, description="imports of it from the partner in the base year")
    add: Rate | None = Field(default=None, description="duty on top of the base tariff, for this code alone")
    set: Rate | None = Field(default=None, description="the duty itself, for this code alone")
    total: Rate | None = Field(default=None, description="the ordinary duty and this one together, for this code alone")
    of: Share | None = Field(default=None, description="the share of value it is charged on, for this code alone")

    unit_value: UnitPriceField | None = Field(
        default=None, description="what a unit of it was worth at the border, such as 750 EUR/t, for duties by the unit"
    )
    intensity: IntensityField | None = Field(
        default=None, description="CO2 by the dollar or by the unit of it, such as 1.9 kg/USD, for carbon charges"
    )

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        refuse_two_rates(f"code {self.hs}", self)
        if self.value is not None and self.value < 0:
            raise ValueError(f"code {self.hs} has a negative value: give imports in the base year, or leave value out")
        return self


@cache
def _lines_of(names: tuple[str, ...]) -> tuple[TariffLine, ...]:
    """The codes of bundled lists as products without terms of their own, each once."""
    codes = dict.fromkeys(code for name in names for code in bundled_list(name))
    return tuple(TariffLine.model_construct(hs=code) for code in codes)


class Goods(OfLists):
    """The goods of a measure: in exactly one of the forms value, sectors, sector_rates, codes (list), all, table.

    `codes` may have a `value` beside them, the official total that the list is scaled to.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)

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

    @classmethod
    def _entries(cls, names: tuple[str, ...]) -> tuple[TariffLine, ...]:
        return _lines_of(names)

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
            if self.bundled is not None:
                return f"{enumerate_names(self.bundled)} ({len(self.codes):,} product codes){total}"
            return f"{len(self.codes)} product code{'s' if len(self.codes) > 1 else ''}{total}"
        if self.sector_rates is not None:
            return ", ".join(f"{sector} {format_rate(rate)}" for sector, rate in self.sector_rates.items())
        return f"USD {(self.value or 0) / 1e3:g}bn" if self.value is not None else ", ".join(self.sectors or ())


class Measure(Shown, BaseModel):
    """One tariff measure of one economy on the goods of others."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)

    id: str = Field(pattern=_ID, description="the id that the rest of the file uses")
    title: str | None = Field(default=None, min_length=1, description="its usual name")
    by: str = Field(description="the economy that charges the duty; of a measure on exports, the exporter")
    on: Partners = Field(
        description="the economy of the goods: a code or a bloc, a list of them, all, or {all_but: [CAN, MEX]}"
    )
    status: Status
    goods: Goods
    add: Rate | None = Field(default=None, description="duty on top of the base tariff")
    set: Rate | None = Field(default=None, description="the duty itself, in place of the base tariff")
    total: Rate | None = Field(
        default=None, description="a floor: what the ordinary duty lacks of it is added, nothing where it is higher"
    )
    specific: UnitPriceField | None = Field(
        default=None, description="a duty by the unit, such as 93 EUR/t, alone or beside a rate; needs unit_value"
    )
    unit_value: UnitPriceField | None = Field(
        default=None, description="what a unit of the goods was worth at the border in the base year, such as 750 EUR/t"
    )
    carbon: CarbonCharge | None = Field(default=None, description="a charge on the CO2 in the goods")
    quota: TariffRateQuota | None = Field(
        default=None, description="a tariff-rate quota: one rate within it, another beyond"
    )
    export: ExportMeasure | None = Field(
        default=None, description="a tax, a ban or a limit on exports: `by` is the exporter, `on` are the buyers"
    )
    import_: ImportMeasure | None = Field(default=None, alias="import", description="a ban or a limit on imports")
    from_: Day | None = Field(default=None, alias="from", description="first day in force")
    until: Day | None = Field(default=None, description="last day in force")
    earliest: Day | None = Field(default=None, description="first day on which a threat can become law")
    announced: Day | None = Field(
        default=None, description="the day of its announcement; by default the date of its source's document"
    )
    of: Content | None = Field(
        default=None,
        description="the share of value the duty is charged on: 40%, or a table such as metal-content; by default all",
    )
    claims: ClaimsField | None = Field(
        default=None, description="trade that enters under a preference, which is outside the measure"
    )
    authority: Authority | None = Field(
        default=None, description="the law it is laid under, such as section-232; rules of `stacking` name it"
    )
    stacking: Stacking = Field(default="add", description="rule where several measures cover the same goods")
    in_base: bool = Field(
        default=False, description="true: the base tariffs hold it already, so that it is not charged again"
    )
    exempt: Exemptions | None = Field(
        default=None, description="what is spared: one block, or a list of blocks with dates of their own"
    )
    suspended: Suspensions = Field(default=(), description="times in which it is not law")
    assumed: tuple[str, ...] = Field(default=(), description="fields that no source states; printed as assumed")
    source: Source | None = None

    @model_validator(mode="before")
    @classmethod
    def _everybody_but(cls, given: object) -> object:
        return without_all_but(given)

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        self._check_rates()
        self._check_dates()
        self._check_partners()
        refuse_periods(self.id, self.begins, self.until, blocks_of(self.exempt), self.suspended)
        unknown = sorted(set(self.assumed) - _assumable())
        if unknown:
            allowed = enumerate_names(sorted(_assumable()))
            raise ValueError(f"assumed names {enumerate_names(unknown)}: allowed are {allowed}")
        return self

    def _check_rates(self) -> None:
        own = [code.hs for code in self.goods.codes or () if not rates_of(code)]
        rated = self.goods.sector_rates is not None or self.goods.table is not None
        given = refuse_two_rates(f"measure {self.id}", self)
        if self.total is not None and self.total < 0:
            raise ValueError(
                f"measure {self.id}: total is {format_rate(self.total)}, under zero: write a duty of 0% or more"
            )
        if check_instruments(self, given, [code.hs for code in self.goods.codes or () if code.hs not in own]):
            return
        if rated and given:
            raise ValueError(f"measure {self.id} has {given[0]}, but its goods carry the rates: remove it")
        if not rated and not given and (self.goods.codes is None or own):
            which = f" for code {enumerate_names(own)}" if self.goods.codes is not None else ""
            raise ValueError(
                f"measure {self.id} has no rate{which}: give add (on top of the base), set (its place) or total (a "
                "floor for both together)"
            )
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
        if self.claims is not None:
            self.claims.refuse_importer(f"claims of measure {self.id}", self.by)
            self._refuse_strangers("claims", self.claims.share if isinstance(self.claims.share, dict) else ())
        if self.carbon is not None:
            self._refuse_strangers("carbon prices", self.carbon.deduct)
        if self.by in self.on:
            raise ValueError(f"measure {self.id} is by {self.by} on its own goods: name another economy")

    def _refuse_strangers(self, what: str, names: Iterable[str]) -> None:
        """Raise ValueError where something is said of economies that the measure is not on."""
        strangers = [name for name in names if name not in self.on and EVERYONE not in self.on]
        if strangers:
            raise ValueError(
                f"measure {self.id} has {what} of {enumerate_names(strangers)}, which it is not on: remove them"
            )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields changed, which are not checked; what it says is read from it anew."""
        copied = super().model_copy(update=update, deep=deep)
        for name in _READ:
            copied.__dict__.pop(name, None)
        return copied

    @cached_property
    def written(self) -> str:
        """All that the measure says, as one text: equal measures have equal texts."""
        return self.model_dump_json()

    @property
    def is_duty(self) -> bool:
        """Whether it lays a duty, and not only a limit, a ban or a charge on exports."""
        return self.export is None and self.import_ is None

    @property
    def rate_in_words(self) -> str:
        """The rate as a reader sees it: `+25%`, `25%` where it is set, `15% in total`, and on what share of value."""
        said = "rates by product or sector"
        if self.add is not None:
            said = f"+{format_rate(self.add)}"
        elif self.set is not None:
            said = format_rate(self.set)
        elif self.total is not None:
            said = f"{format_rate(self.total)} in total"
        if self.of is None:
            return said
        return f"{said} on {f'{format_rate(self.of)} of value' if isinstance(self.of, float) else self.of}"

    def can_meet(self, other: Measure) -> bool:
        """Whether this measure and another can hold on one day, by their dates."""
        first = max(self.from_ or date.min, other.from_ or date.min)
        return first <= min(self.until or date.max, other.until or date.max)

    @property
    def begins(self) -> date | None:
        """The first day on which it is law, or on which a threat can become law."""
        return self.from_ or self.earliest

    @cached_property
    def exempted(self) -> Exempt | None:
        """What is spared: of exemptions with dates those that hold on the first day; see `on_day` for another."""
        first = self.begins or date.min
        return together([block for block in blocks_of(self.exempt) if block.holds_on(first)])

    @property
    def limits_trade(self) -> bool:
        """Whether it is a quota or a limit on trade."""
        border = self.export or self.import_
        return self.quota is not None or (border is not None and border.limit is not None)

    def on_day(self, day: date) -> Self:
        """The measure as it stands on a day: with the exemptions that hold on it, without dates."""
        blocks = blocks_of(self.exempt)
        if not any(block.dated for block in blocks):
            return self
        holding = tuple(at for at, block in enumerate(blocks) if block.holds_on(day))
        if holding not in self._standing:
            self._standing[holding] = self.model_copy(update={"exempt": together([blocks[at] for at in holding])})
        return self._standing[holding]

    @cached_property
    def _standing(self) -> dict[tuple[int, ...], Self]:
        """The measure as it stands while some of its exemptions hold, by their positions."""
        return {}

    def taking_effect(self, after: date) -> Self:
        """The measure as it stands on the first of its days that is not before `after`."""
        return self.on_day(max(after, self.begins or after))

    @property
    def changes(self) -> tuple[date, ...]:
        """The days on which the law changes by it: begins, ends, is suspended or holds again, or spares others."""
        periods = turns_of((*blocks_of(self.exempt), *self.suspended))
        ends = None if self.until is None else self.until + timedelta(days=1)
        inside = {day for day in periods if (self.begins is None or self.begins < day) and (ends is None or day < ends)}
        return tuple(sorted(inside | {day for day in (self.from_, ends) if day is not None}))

    def legal_on(self, day: date) -> bool:
        """Whether the measure is law on a day: by status and dates. A threat never becomes law by its date alone."""
        if self.from_ is None or self.status not in ("in-force", "withdrawn"):
            return False
        inside = self.from_ <= day and (self.until is None or day <= self.until)
        return inside and not any(its.holds_on(day) for its in self.suspended)


_READ: Final = ("written", "exempted", "_standing")
"""What a measure keeps of itself once it is read from its fields."""


def _assumable() -> set[str]:
    fields: dict[str, Any] = Measure.model_fields
    return {name.rstrip("_") for name in fields} - {"id", "title", "assumed", "source"}


@dataclass(frozen=True)
class _Said:
    """A measure that is told apart by what it says, as a key of what is kept of it."""

    text: str
    measure: Measure = field(compare=False)


def by_text(make: Callable[[Measure], Made]) -> Callable[[Measure], Made]:
    """A function of a measure alone, whose results are kept by what the measure says."""
    kept = lru_cache(maxsize=1024)(lambda said: make(said.measure))

    @wraps(make)
    def read(measure: Measure) -> Made:
        found: Made = kept(_Said(measure.written, measure))
        return found

    return read


def superseded(measures: Sequence[Measure]) -> set[str]:
    """Ids of those that a later measure of the same table takes the place of."""
    latest: dict[tuple[str, str, tuple[str, ...]], Measure] = {}
    gone: set[str] = set()
    for measure in sorted(measures, key=since):
        if measure.goods.table is not None:
            key = (measure.goods.table, measure.by, measure.on)
            if key in latest:
                gone.add(latest[key].id)
            latest[key] = measure
    return gone


def in_force(measures: Sequence[Measure], day: date) -> tuple[Measure, ...]:
    """The measures that are law on a day, as they stand on it; of the dates of a bundled table the latest."""
    legal = [measure for measure in measures if measure.legal_on(day)]
    gone = superseded(legal)
    return tuple(measure.on_day(day) for measure in legal if measure.id not in gone)


def since(measure: Measure) -> date:
    """The day from which a measure holds, or can first hold; the first of all days where it has none."""
    return measure.begins or date.min
