"""One measure told in several places is one measure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from detente.article.amounts import Amount
from detente.article.items import LISTED, FoundMeasure
from detente.article.parts import Part
from detente.data.quantities import parse_money

_IN_PASSING = ("owned", "falls-on", "puts-off")
"""Rules of sentences that speak of a duty without putting it forward: their tense says little of its status."""
_ROUNDED: Final = 0.05
"""Share by which a total and the sum of its parts may differ, since news rounds both."""


def further(
    known: Sequence[FoundMeasure],
    parts: Sequence[Part],
    value: Amount | None,
    first: tuple[date | None, bool],
    span: tuple[int, int],
) -> Iterator[FoundMeasure]:
    """What a sentence about `the duties` at characters `span` adds to the measure that was told last before it.

    Several rates make several measures of it; one, a value or a day (and whether it is the day after) completes it.
    """
    before = [measure for measure in known if measure.span[0] < span[0]]
    if not before:
        return
    last = max(before, key=lambda measure: measure.span)
    value = None if last.rule == LISTED else value
    rated = [(part.rate.rate, part) for part in parts if part.rate is not None]
    if len(rated) > 1:
        for own, part in rated:
            yield replace(last, rate=own, value=None, goods=part.goods, span=(part.start, part.end))
    elif rated or value is not None or first[0] is not None:
        rate = last.rate or (rated[0][0] if rated else None)
        day, after = first if last.first_day is None else (last.first_day, last.after)
        numbers = last.rate is None and last.value is None and (rated or value is not None)
        span = span if numbers else last.span  # the words that say how much
        goods = next((part.goods for part in parts if part.goods and numbers), last.goods)
        yield replace(last, rate=rate, value=last.value or value, goods=goods, first_day=day, after=after, span=span)


def each_once(found: Sequence[FoundMeasure]) -> list[FoundMeasure]:
    """Each measure once, in the order of the text: what adds nothing to another of the same sides is that other."""
    kept: list[FoundMeasure] = []
    for measure in sorted(found, key=lambda m: (-_told(m), m.span)):
        place = next((n for n, other in enumerate(kept) if _same(other, measure)), None)
        if place is None:
            kept.append(measure)
        else:
            kept[place] = _completed(kept[place], measure)
    return [measure for measure in sorted(kept, key=lambda measure: measure.span) if not _is_total(measure, kept)]


def _is_total(measure: FoundMeasure, found: Sequence[FoundMeasure]) -> bool:
    """Whether a measure without a rate is the sum of others of the same sides, told apart elsewhere."""
    if measure.rate is not None or measure.value is None:
        return False
    sides = (measure.by, measure.on)
    parts = [m.value for m in found if m is not measure and (m.by, m.on) == sides and m.rate and m.value is not None]
    total = sum(parse_money(part.money) for part in parts if part.currency == measure.value.currency)
    return len(parts) > 1 and abs(total / parse_money(measure.value.money) - 1) <= _ROUNDED


def _completed(measure: FoundMeasure, other: FoundMeasure) -> FoundMeasure:
    day, after = (measure.first_day, measure.after) if measure.first_day else (other.first_day, other.after)
    return replace(
        measure,
        rate=measure.rate or other.rate,
        level=measure.level if measure.rate else other.level,
        value=measure.value or other.value,
        goods=measure.goods or other.goods,
        first_day=day,
        after=after,
    )


def _told(measure: FoundMeasure) -> int:
    """How much is told of a measure."""
    numbers = (measure.rate, measure.value, measure.first_day)
    return 2 * sum(number is not None for number in numbers) + (measure.goods is not None)


def _same(first: FoundMeasure, second: FoundMeasure) -> bool:
    """Whether the second, of which no more is told, is the first."""
    if first.by != second.by or not set(second.on) <= set(first.on):
        return False
    goods = first.goods is not None and second.goods is not None
    if first.status != second.status and second.rule not in _IN_PASSING and goods:
        return False
    if first.rate is not None and second.rate is not None and first.rate != second.rate:
        return False
    if first.value is not None and second.value is not None and first.value.money != second.value.money:
        return False
    return second.rate is None or first.rate is not None or not goods
