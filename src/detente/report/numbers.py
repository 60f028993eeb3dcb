"""Numbers as a reader reads them: two significant digits of a change, three of an amount, never a zero that is not one.

A change within `NOISE` is called no change: the audit of a solution lets every account be off by as much. Beside the
numbers stand what economies and sectors are called in a text or on a chart, and the line that says how numbers were
made.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Literal

from detente.data.codes import economy_name, sector_name
from detente.data.quantities import whole_percent
from detente.dispute.results import Result
from detente.solver.noise import NOISE

LOWEST_PERCENT: Final = 1e-6
"""Fraction, 0.0001 %: a change under it is not printed with digits that mean nothing."""

Direction = Literal["gain", "loss", "none"]

MINUS: Final = "−"
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
MISSING: Final = "–"

_UNITS: Final = ((1e6, "tn"), (1e3, "bn"), (1.0, "mn"))


def direction(change: float) -> Direction:
    """Whether a change (a fraction) is a gain, a loss, or too small to tell."""
    if abs(change) <= NOISE:
        return "none"
    return "gain" if change > 0 else "loss"


def percent(change: float, digits: int = 2) -> str:
    """The size of a fraction as a percentage without its sign: 0.000629 gives `0.063 %`."""
    size = abs(change)
    if size <= NOISE:
        return f"0{NO_BREAK}%"
    if size < LOWEST_PERCENT:
        return f"less than 0.0001{NO_BREAK}%"
    return f"{significant(size * 100, digits)}{NO_BREAK}%"


def signed_percent(change: float, digits: int = 2) -> str:
    """The same with its sign, for tables: `−0.063 %`; a missing number is a dash, one under 0.0001 % is `≈0 %`."""
    if math.isnan(change):
        return MISSING
    if NOISE < abs(change) < LOWEST_PERCENT:
        return f"≈0{NO_BREAK}%"
    size = percent(change, digits)
    if direction(change) == "none":
        return size
    sign = MINUS if change < 0 else "+"
    return f"{sign}{size}"


def points(change: float) -> str:
    """`signed_percent` without the sign of per cent, where a caption says the unit."""
    return signed_percent(change).replace(f"{NO_BREAK}%", "")


BASIS_POINT: Final = 1e-4
"""As a fraction."""
BILLION: Final = 1e3
"""In USD million."""


def on_one_scale(values: Sequence[float], unit: float = 1.0, digits: int = 3) -> list[str]:
    """Changes of one table in one unit, with signs and equal decimals, so that their decimal points stand in one line.

    The largest has so many `digits`, at most two of them decimals; what rounds to nothing is `≈0`, a missing number a
    dash.
    """
    sizes = [abs(value) / unit for value in values if not math.isnan(value)]
    largest = max(sizes, default=0.0)
    before = max(math.floor(math.log10(largest)) + 1, 1) if largest > 0 else 1
    decimals = min(max(digits - before, 0), 2)
    return [_fixed(value / unit, decimals) for value in values]


def _fixed(value: float, decimals: int) -> str:
    if math.isnan(value):
        return MISSING
    size = f"{abs(value):,.{decimals}f}"
    if value == 0:
        return "0"
    return "≈0" if float(size.replace(",", "")) == 0 else f"{MINUS if value < 0 else '+'}{size}"


def hundredths(change: float) -> str:
    """A change in per cent with two decimals and no sign of per cent, for crowded charts: 0.04 gives `+4.00`."""
    if math.isnan(change):
        return MISSING
    size = f"{abs(change) * 100:.2f}"
    return "≈0" if float(size) == 0 else f"{MINUS if change < 0 else '+'}{size}"


def level_percent(rate: float, decimals: int = 1) -> str:
    """A rate, such as a tariff, as a percentage with fixed decimals: 0.0541 gives `5.4 %`."""
    return MISSING if math.isnan(rate) else f"{rate * 100:.{decimals}f}{NO_BREAK}%".replace("-", MINUS)


def of_draws(share: float) -> str:
    """A share of draws in whole per cent: 100 only for all of them, and 0 only for none."""
    return MISSING if math.isnan(share) else f"{whole_percent(share)}{NO_BREAK}%"


def typeset(text: str) -> str:
    """Numbers of a sentence made elsewhere as a report has them: `(-0.06%)` gives `(−0.06 %)`; days stay."""
    return re.sub(r"(?<=\d)%", f"{NO_BREAK}%", re.sub(r"(?<![\w.-])-(?=\d)", MINUS, text))


def usd(amount: float) -> str:
    """The size of an amount in USD million without its sign: 12346.1 gives `$12.3bn`."""
    size = abs(amount)
    for number, unit in _UNITS:
        if size >= number * 0.9995:  # what rounds up to 1 of the next unit is written in that unit
            return f"${significant(size / number, 3)}{unit}"
    if size == 0:
        return "$0"
    thousands = size * 1e3
    return f"${significant(thousands, 3)} thousand" if thousands >= 1 else "less than $1 thousand"


def signed_usd(amount: float) -> str:
    """The same with its sign, for tables; a missing number is a dash, under a thousand dollars it is about nothing."""
    if math.isnan(amount):
        return MISSING
    if 0 < abs(amount) < 1e-3:
        return "≈$0"
    sign = "" if amount == 0 else MINUS if amount < 0 else "+"
    return f"{sign}{usd(amount)}"


def level_usd(amount: float) -> str:
    """An amount that is a level, such as a balance, in USD million: a minus only where it is negative."""
    return MISSING if math.isnan(amount) else f"{MINUS if amount < 0 else ''}{usd(amount)}"


def significant(number: float, digits: int) -> str:
    """A positive number rounded to so many significant digits, without exponent; integers keep all their digits."""
    exact = Decimal(repr(float(number)))
    last = min(exact.adjusted() - digits + 1, 0)
    rounded = exact.quantize(Decimal(1).scaleb(last), rounding=ROUND_HALF_EVEN)
    if rounded.adjusted() > exact.adjusted() and last < 0:  # 0.0996 to two digits is 0.10, not 0.100
        rounded = rounded.quantize(Decimal(1).scaleb(last + 1), rounding=ROUND_HALF_EVEN)
    return f"{rounded:,f}"


def listed(items: list[str], link: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {link} {items[-1]}"


ASSUMPTIONS: Final = {
    "world": "year of the world",
    "elasticities": "set of elasticities",
    "deficits": "closure of deficits",
    "horizon": "long or short run",
    "base_tariffs": "rule of the base tariffs",
    "elasticity draws": "elasticities within a set",
    "elasticity level": "level of elasticities",
}
"""What an ensemble varies, as a table names it; a drawn value goes by its own name."""

_WITH_ARTICLE: Final = frozenset({"ARE", "GBR", "NLD", "PHL", "ROW", "USA"})
"""Economies that English calls by an article, under the names that the tables of the data give them."""
_BLOCS: Final = frozenset({"European Union", "Eurasian Economic Union", "African Union", "euro area"})
"""Blocs that it calls by an article, whatever their code."""


@dataclass(frozen=True)
class Names:
    """Names of codes: those that a dispute gives its parties come first, then those of the data, then the code."""

    parties: Mapping[str, str] = field(default_factory=dict)

    def economy(self, code: str) -> str:
        """The name alone, for tables and charts."""
        return self.parties.get(code) or economy_name(code)

    def the(self, code: str) -> str:
        """The name inside a sentence, with the article that English gives it."""
        name = self.economy(code)
        if code == "ROW" and code not in self.parties:
            return "the rest of the world"
        if name in _BLOCS:
            return f"the {name}"
        named_by_us = code not in self.parties or name == economy_name(code)
        return f"the {name}" if code in _WITH_ARTICLE and named_by_us and not name.startswith("the ") else name

    def sector(self, code: str) -> str:
        """The name of a sector."""
        return sector_name(code)

    def within(self, text: str, codes: Iterable[str]) -> str:
        """The text with names, as inside a sentence, for these codes where they stand as words."""
        by = {code: self.the(code) for code in codes}
        return re.sub(rf"\b({'|'.join(map(re.escape, by))})\b", lambda found: by[found[1]], text)


def names_of(found: Result) -> Names:
    """Names of economies and sectors on a result: those of its dispute first."""
    return Names(found.subject.names)


def stamp_of(found: Result, gap: float, *about: str) -> str:
    """The origin of a number, on one line: world, elasticities, closure, further parts of `about`, gap, version and id.

    `gap` is the largest relative gap of the audit.
    """
    s = found.settings
    made = f"{s.on}, elasticities {s.elasticities}, deficits {s.deficits}, {'; '.join(about)}"
    return f"{made}; largest gap of the audit {gap:.0e}; detente {s.version}, {found.id[:12]}"


def capital(text: str) -> str:
    """The text with a capital at its head."""
    return text[:1].upper() + text[1:]


def day(when: date) -> str:
    """A date in words: 4 May 2018."""
    return f"{when.day} {when:%B %Y}"
