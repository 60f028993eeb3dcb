"""Measures in words: importer, exporters, rate, goods and what is spared, and the days on which it is law."""

from __future__ import annotations

from collections.abc import Iterator

from detente.data.quantities import format_money
from detente.policy.instruments import in_words
from detente.policy.measure import Measure, rates_of
from detente.policy.partner_lists import EVERYONE
from detente.policy.periods import Exempt, Period, blocks_of
from detente.report.numbers import Names, day, listed


def what_of(measure: Measure, names: Names) -> str:
    """The importer, exporter, rate and goods of a measure, what it spares, and the law that it is laid under."""
    on = "everybody" if measure.on == (EVERYONE,) else ", ".join(map(names.economy, measure.on))
    rate = measure.rate_in_words
    goods = measure.goods
    amount = f"{format_money(goods.value or 0)} of goods ({goods.basis or 'world'} basis)"
    what = amount if goods.by_value else str(goods)
    if goods.sectors is not None:
        what = (
            ", ".join(map(names.sector, goods.sectors))
            if goods.value is None
            else f"{what} in {', '.join(map(names.sector, goods.sectors))}"
        )
    assumed = f"; assumed: {', '.join(measure.assumed)}" if measure.assumed else ""
    blocks = blocks_of(measure.exempt)
    but = "".join(_except(block, names) for block in blocks)
    spared = [_spared(block) for block in blocks if block.codes]
    without = f" without {listed(spared)}" if spared else ""
    claims = measure.claims
    free = f", outside it what claims {claims.preference} ({claims.in_words})" if claims is not None else ""
    under = f" under {measure.authority}" if measure.authority is not None else ""
    if more := in_words(measure, names.the):
        terms = f"{rate} and {more}" if rates_of(measure) else more
        return f"{names.economy(measure.by)} on {on}{but}, {what}{without}{free}{under}: {terms}{assumed}"
    return f"{names.economy(measure.by)} on {on}{but}: {rate} on {what}{without}{free}{under}{assumed}"


def _except(block: Exempt, names: Names) -> str:
    """The economies that a block of exemptions spares."""
    spared = ", ".join(map(names.economy, block.economies or ()))
    return f", except {spared}{_dates(block)}" if spared else ""


def _spared(block: Exempt) -> str:
    """The product codes that a block of exemptions spares."""
    return f"{len(block.codes or ()):,} exempt product codes{_dates(block)}"


def _dates(period: Period) -> str:
    """The days of a period, where it has any of its own."""
    words = [f"from {day(period.from_)}"] if period.from_ is not None else []
    words += [f"until {day(period.until)}"] if period.until is not None else []
    return f" ({' '.join(words)})" if words else ""


def when_of(measure: Measure) -> str:
    """The days on which a measure is law, with its suspensions; of a threat the first day on which it can be."""
    return "; ".join(_when(measure))


def _when(measure: Measure) -> Iterator[str]:
    if measure.from_ is not None:
        yield f"from {day(measure.from_)}" + (f" until {day(measure.until)}" if measure.until is not None else "")
    else:
        yield f"not before {day(measure.earliest)}" if measure.earliest is not None else "–"
    for its in measure.suspended:
        end = f"until {day(its.until)}" if its.until is not None else "until further notice"
        yield f"suspended from {day(its.from_)} {end}"
