"""What a measure may be beyond a duty in per cent: which keys go together, and the words for each.

A measure has at most one of `quota`, `export` and `import`, which are the whole of it. `specific` and `carbon` are
duties by the unit, and may stand beside `add` or `set` (a compound duty).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol

from detente.data.unit_prices import UnitPrice
from detente.errors import BadInput, enumerate_names
from detente.policy.carbon import CarbonCharge
from detente.policy.export_measures import ExportMeasure, ImportMeasure
from detente.policy.quotas import EXPORTER, IMPORTER, TariffRateQuota, said_holder

WHOLE: Final = ("quota", "export", "import")
"""Instruments that are the whole of a measure."""
BY_UNIT: Final = ("specific", "carbon")
"""Duties by the unit, which may stand beside a rate."""
SHARED_DIGITS: Final = 6
"""Digits of a code that mean the same in every schedule of the Harmonized System."""

RIGHT_FORMS: Final = {
    **dict.fromkeys(("export_tax", "export_duty", "export_charge", "tax"), "export: {tax: 25%}, by the exporter"),
    **dict.fromkeys(("export_ban", "export_embargo"), "export: {ban: true}, by the exporter"),
    **dict.fromkeys(
        ("ban", "embargo", "closed"),
        "export: {ban: true} where the exporter bans, import: {ban: true} where the importer does",
    ),
    **dict.fromkeys(("import_ban", "import_embargo"), "import: {ban: true}"),
    **dict.fromkeys(("export_limit", "export_quota", "export_restraint", "vra", "ver"), "export: {limit: 50%}"),
    **dict.fromkeys(
        ("import_quota", "import_limit"), "import: {limit: 50%}, or quota: {value: 7bn, in: 0%, over: 50%}"
    ),
    "limit": "export: {limit: 50%} by the exporter, import: {limit: 50%} by the importer",
    **dict.fromkeys(
        ("trq", "tariff_quota", "tariff_rate_quota", "in_quota", "over_quota"), "quota: {value: 7bn, in: 0%, over: 50%}"
    ),
    **dict.fromkeys(
        ("tonnes", "share", "in", "over", "holder"), "quota: {tonnes: 3.3m, unit_value: 750 USD/t, in: 0%, over: 50%}"
    ),
    **dict.fromkeys(
        ("duty_per_tonne", "specific_duty", "per_tonne", "euros_per_tonne"),
        "specific: 93 EUR/t with unit_value: 750 EUR/t",
    ),
    **dict.fromkeys(
        ("cbam", "carbon_price", "carbon_tax", "carbon_border"),
        "carbon: {price: 80 EUR/t, intensity: {C24A: 1.9 kg/USD}, exchange: 1.08 USD/EUR}",
    ),
    **dict.fromkeys(("price", "intensity"), "carbon: {price: 80 EUR/t, intensity: 1.9 kg/USD}"),
}
"""Keys that a measure does not have → the form of what is meant."""


class _Instrumented(Protocol):
    """What of a measure this module reads."""

    @property
    def id(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def on(self) -> tuple[str, ...]: ...
    @property
    def goods(self) -> Any: ...
    @property
    def stacking(self) -> str: ...
    @property
    def in_base(self) -> bool: ...
    @property
    def of(self) -> object: ...
    @property
    def quota(self) -> TariffRateQuota | None: ...
    @property
    def export(self) -> ExportMeasure | None: ...
    @property
    def import_(self) -> ImportMeasure | None: ...
    @property
    def specific(self) -> UnitPrice | None: ...
    @property
    def carbon(self) -> CarbonCharge | None: ...
    @property
    def unit_value(self) -> UnitPrice | None: ...


def instruments_of(measure: _Instrumented) -> tuple[str, ...]:
    """The keys of a measure that are more than a rate, in the order of `WHOLE` and `BY_UNIT`."""
    found = {
        "quota": measure.quota,
        "export": measure.export,
        "import": measure.import_,
        "specific": measure.specific,
        "carbon": measure.carbon,
    }
    return tuple(name for name, its in found.items() if its is not None)


def check_instruments(measure: _Instrumented, rates: Iterable[str], own: Iterable[str]) -> bool:
    """Whether the instruments of a measure are its rate, so that it needs no other.

    `rates` are the rates that the measure has, `own` the codes of its goods with rates of their own. Raises ValueError
    where keys do not go together, or something is missing.
    """
    found, given = instruments_of(measure), list(rates)
    if not found:
        if measure.unit_value is not None:
            raise ValueError(
                f"measure {measure.id} has a unit_value, but no duty by the unit: give specific: 93 EUR/t, or remove it"
            )
        return False
    if len(found) > 1 and set(found) & set(WHOLE):
        raise ValueError(
            f"measure {measure.id} has {enumerate_names(found)}: {found[0]} is the whole of a measure; make each a "
            "measure of its own"
        )
    carried = measure.goods.sector_rates is not None or measure.goods.table is not None
    if carried:
        raise ValueError(
            f"measure {measure.id} has {found[0]}, but its goods carry rates: name sectors, codes, a value or all"
        )
    if found[0] in WHOLE:
        _check_whole(measure, found[0], given, list(own))
    else:
        _check_by_unit(measure, given)
    return True


def _check_whole(measure: _Instrumented, name: str, rates: list[str], own: list[str]) -> None:
    """What stands beside an instrument that is the whole of a measure. Raises ValueError."""
    if rates:
        remedy = "its rates are in and over" if name == "quota" else "a duty beside it is a measure of its own"
        raise ValueError(f"measure {measure.id} has {rates[0]} beside {name}: {remedy}; remove {rates[0]}")
    if own:
        raise ValueError(
            f"measure {measure.id} has {name}, but code {enumerate_names(own)} has a rate of its own: remove it"
        )
    if measure.of is not None:
        raise ValueError(f"measure {measure.id} has of, the share of value of a duty, beside {name}: remove it")
    if measure.unit_value is not None:
        raise ValueError(f"measure {measure.id}: unit_value stands inside {name}, beside its size")
    if (measure.stacking != "add" and name != "quota") or measure.stacking == "max":
        raise ValueError(f"measure {measure.id} has stacking: {measure.stacking}, which is a rule of duties: remove it")
    if measure.in_base:
        what = "quota" if name == "quota" else f"{name} measure"
        raise ValueError(
            f"measure {measure.id} has in_base, but base tariffs hold duties and no {what}: remove in_base"
        )
    if measure.export is not None:
        _check_export(measure)


def _check_export(measure: _Instrumented) -> None:
    """Codes of an export measure mean the same at every border. Raises ValueError."""
    codes = measure.goods.codes or ()
    long = [code.hs for code in codes if len(code.hs) > SHARED_DIGITS]
    if long:
        raise ValueError(
            f"measure {measure.id} is on exports and lists {enumerate_names(long, 4)}, lines that only one schedule "
            f"has: give codes of up to {SHARED_DIGITS} digits"
        )
    if any(code.value is not None for code in codes) and (len(measure.on) > 1 or measure.on == ("all",)):
        raise ValueError(
            f"measure {measure.id} is on exports to several and values its codes, which does not say who buys how "
            "much: give the total of the list, goods: {value: ...}, or a measure for each buyer"
        )


def _check_by_unit(measure: _Instrumented, rates: list[str]) -> None:
    """What a duty by the unit needs. Raises ValueError."""
    if "total" in rates:
        raise ValueError(f"measure {measure.id} has total beside a duty by the unit: write add or set")
    if measure.stacking == "max":
        raise ValueError(
            f"measure {measure.id} stacks by max, but which of two duties is higher hangs on the price where one is by "
            "the unit: write stacking: add or replace"
        )
    values = _unit_values(measure)
    if measure.specific is not None:
        duty = measure.specific
        if not values:
            raise ValueError(
                f"measure {measure.id}: a duty of {duty} needs unit_value, what a unit of the goods was worth at the "
                f"border in the base year, such as unit_value: 750 {duty.currency}/{duty.unit}; or a column "
                "unit_value in the list"
            )
        for value in values:
            _comparable(measure, duty, value)
    if measure.carbon is not None:
        _check_carbon(measure, values)


def _unit_values(measure: _Instrumented) -> list[UnitPrice]:
    """The unit values of a measure's goods; empty where one is missing."""
    if measure.goods.codes is None:
        return [] if measure.unit_value is None else [measure.unit_value]
    found: list[UnitPrice | None] = [code.unit_value or measure.unit_value for code in measure.goods.codes]
    known = [value for value in found if value is not None]
    return list(dict.fromkeys(known)) if len(known) == len(found) else []


def _comparable(measure: _Instrumented, duty: UnitPrice, value: UnitPrice) -> None:
    """Raise ValueError where a duty and a unit value are in two currencies, or by two kinds of unit."""
    if duty.dimension != value.dimension:
        raise ValueError(
            f"measure {measure.id}: a duty of {duty} and a unit value of {value}: one is by {duty.dimension}, the "
            f"other by {value.dimension}; write unit_value in {value.currency}/{duty.unit}"
        )
    if duty.currency != value.currency:
        raise ValueError(
            f"measure {measure.id}: a duty of {duty} and a unit value of {value} are in two currencies: write "
            f"unit_value in {duty.currency}/{duty.unit}"
        )


def _check_carbon(measure: _Instrumented, values: list[UnitPrice]) -> None:
    """Raise ValueError where a carbon charge has no intensity, or one that cannot be counted."""
    charge = measure.carbon
    assert charge is not None
    codes = measure.goods.codes or ()
    own = [code.intensity for code in codes]
    if charge.intensity is None and (not own or None in own):
        missing = [code.hs for code in codes if code.intensity is None]
        which = f" of code {enumerate_names(missing, 6)}" if codes else ""
        raise ValueError(
            f"measure {measure.id}: a carbon charge needs the intensity{which}, CO2 by the dollar or by the tonne: "
            "intensity: {C24A: 1.9 kg/USD} by sector, or a column intensity in the list"
        )
    table = charge.intensity if isinstance(charge.intensity, dict) else {"": charge.intensity}
    for intensity in dict.fromkeys([*table.values(), *own]):
        if intensity is None:
            continue
        every: list[UnitPrice | None] = [*values] or [None]
        for value in every:
            try:
                charge.rate(intensity, value, "")
            except BadInput as problem:
                raise ValueError(f"measure {measure.id}: {problem}") from problem


def in_words(measure: _Instrumented, called: Callable[[str], str] = str) -> str:
    """What a measure does that is more than a rate, in words; empty for a plain duty. `called` names economies."""
    if measure.quota is not None:
        holder = measure.quota.holder
        words = str(measure.quota)
        if holder not in (IMPORTER, EXPORTER):
            words = words.replace(said_holder(holder), said_holder(holder, called(holder)))
        return words
    if measure.export is not None:
        return str(measure.export)
    if measure.import_ is not None:
        return str(measure.import_)
    said = []
    if measure.specific is not None:
        value = f" (unit value {measure.unit_value})" if measure.unit_value is not None else ""
        said.append(f"{measure.specific}{value}")
    if measure.carbon is not None:
        said.append(str(measure.carbon))
    return " and ".join(said)
