"""One record for one duty: what a text tells of it in several places is put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from detente.article.items import FoundMeasure
from detente.data.quantities import parse_money

_ROUNDED: Final = 0.05
"""Share by which a total and the sum of its parts may differ, since news rounds both."""
_RANK: Final = ("averted", "struck-down", "suspended", "ended", "in-force", "threatened", "agreed", "conditional",
                "proposed", "asked-for")  # fmt: skip
"""Lives by what decides where two are told of one duty: the first."""
_FIELDS: Final = {"by": ("by",), "on": ("on",), "rate": ("rate", "level"), "value": ("value",),
                  "goods": ("goods", "products"), "day": ("first_day", "after")}  # fmt: skip
"""Field of a record → the attributes that hold it."""


def each_once(found: Sequence[FoundMeasure]) -> list[FoundMeasure]:
    """Each measure once, in the order of the text: what adds nothing to another of the same sides is that other."""
    kept: list[FoundMeasure] = []
    for measure in sorted(found, key=lambda m: (-len(m.told), m.span)):
        places = [n for n, other in enumerate(kept) if is_same(other, measure)]
        if not places:
            kept.append(measure)
        for n in places[: None if measure.rate is None and measure.value is None else 1]:
            kept[n] = together(kept[n], measure)
    return [measure for measure in sorted(kept, key=lambda m: m.span) if not _is_total(measure, kept)]


def is_same(first: FoundMeasure, second: FoundMeasure) -> bool:
    """Whether the second, of which no more is told, is the first."""
    if not _sides_agree(first, second):
        return False
    if first.rate is not None and second.rate is not None and first.rate != second.rate:
        return False
    if first.value is not None and second.value is not None and first.value.money != second.value.money:
        return False
    return _goods_agree(first, second)


def _sides_agree(first: FoundMeasure, second: FoundMeasure) -> bool:
    by = first.by == second.by or not (first.is_told("by") and second.is_told("by"))
    on = set(second.on) <= set(first.on) or not (first.is_told("on") and second.is_told("on"))
    same_rate = first.rate is not None and first.rate == second.rate
    return by and on and (first.by == second.by or same_rate) and (bool(set(first.on) & set(second.on)) or same_rate)


def _goods_agree(first: FoundMeasure, second: FoundMeasure) -> bool:
    if first.goods is None or second.goods is None:
        return True
    if first.products.codes and second.products.codes:
        return bool(set(first.products.codes) & set(second.products.codes))
    if first.rate is None or second.rate is None:
        return True
    return first.products.everything == second.products.everything or first.goods == second.goods


def together(first: FoundMeasure, second: FoundMeasure) -> FoundMeasure:
    """The first record with what only the second states."""
    told = dict(first.told)
    changed: dict[str, object] = {}
    for name, attributes in _FIELDS.items():
        takes = second.is_told(name) and not first.is_told(name)
        if takes or (getattr(first, attributes[0]) is None and getattr(second, attributes[0]) is not None):
            changed |= {attribute: getattr(second, attribute) for attribute in attributes}
            if takes:
                told[name] = second.told[name]
    lives = [m for m in (first, second) if m.life is not None]
    decisive = min(lives, key=lambda m: _RANK.index(m.life or ""), default=first)
    if decisive.is_told("status"):
        told["status"] = decisive.told["status"]
    return replace(first, **changed, life=decisive.life, status=decisive.status, told=told)  # type: ignore[arg-type]


def _is_total(measure: FoundMeasure, found: Sequence[FoundMeasure]) -> bool:
    """Whether a measure without a rate is the sum of others of the same sides, told apart elsewhere."""
    if measure.rate is not None or measure.value is None:
        return False
    sides = (measure.by, measure.on)
    parts = [m.value for m in found if m is not measure and (m.by, m.on) == sides and m.rate and m.value is not None]
    total = sum(parse_money(part.money) for part in parts if part.currency == measure.value.currency)
    return len(parts) > 1 and abs(total / parse_money(measure.value.money) - 1) <= _ROUNDED
