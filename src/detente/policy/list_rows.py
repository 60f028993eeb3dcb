"""The rows of a product list: each one code with its terms, every fault kept with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from detente.data.products.spelling import Misspelt, digits_of, without_part
from detente.data.quantities import parse_money, parse_rate, stated
from detente.data.sheets import cell_text
from detente.data.unit_prices import Intensity, UnitPrice, parse_intensity, parse_unit_price
from detente.errors import BadInput, BadTable, short
from detente.policy.headings import Column
from detente.policy.list_decimals import with_point

_NUMBER: Final = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?(?:[eE][+-]?\d+)?")
_DECIMAL_COMMA: Final = re.compile(r"(\d{1,3}),(\d{1,2})(\s*%?)")
PER_UNIT: Final[dict[str, Callable[[str], UnitPrice | Intensity]]] = {
    "unit_value": parse_unit_price,
    "intensity": parse_intensity,
}
"""Roles of columns whose cells have a unit each, and how a cell is read."""
_LONGEST: Final = 80
"""Characters of a number with its unit; a longer cell is none."""
_ASK_UNIT: Final = "per cent or a fraction? write 25% or 0.25, or name the unit in the heading, as rate_percent"
_TAKE_ALL: Final = "; `ex: whole` beside the list takes all of every such code"


def lines_of(numbers: Sequence[int]) -> str:
    """Line numbers as a person lists them: `line 4`, `lines 4, 6-22`; every one of them."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    text = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"line{'s' if len(set(numbers)) > 1 else ''} {text}"


@dataclass
class ListRows:
    """Rows of a list as they are read, into `entries`: digits of the code → the fields of a TariffLine.

    name: of the table; code, terms: the columns of the code and of rates and values; whole: whether a part of a code
    ("ex") stands for all of it; commas: whether numbers have decimal commas.
    """

    name: str
    code: Column
    terms: tuple[Column, ...]
    whole: bool
    commas: bool = False
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    _first: dict[str, int] = field(default_factory=dict)
    _faults: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    _stray: list[tuple[int, str]] = field(default_factory=list)
    _repeats: list[int] = field(default_factory=list)
    _parts: list[int] = field(default_factory=list)
    _blank: list[int] = field(default_factory=list)

    def read(self, line: int, cells: Sequence[Any]) -> None:
        """Take up a row; `cells` are those of all columns."""
        fields: dict[str, Any] = {}
        for term in self.terms:
            try:
                number = self._number(term, cells[term.place])
            except BadInput as problem:
                self._say(line, f"{term.heading}: {problem.__class__.__name__}", str(problem))
                return
            if number is not None:
                fields[term.role] = number
        given = cells[self.code.place]
        text = cell_text(given).strip()
        if not text or text.casefold() == self.code.heading.casefold():
            if fields:
                self._say(line, "empty", "has no code, but a rate or a value")
            else:
                self._blank.append(line)
            return
        code = self._code(
            line, given, text, "value" in fields, alone=sum(cell_text(cell).strip() != "" for cell in cells)
        )
        if code is not None:
            self._take(line, code, fields)

    def _code(self, line: int, given: Any, text: str, valued: bool, alone: int) -> str | None:
        if isinstance(given, float) and not given.is_integer():
            self._say(line, "number", f"product code {text!r} was turned into a number: keep the column as text")
            return None
        try:
            return digits_of(text)
        except Misspelt as problem:
            if problem.kind == "part of a code" and (self.whole or valued):
                return self._all_of(line, text)
            if problem.kind == "not digits" and alone == 1 and self.entries:
                self._stray.append((line, str(problem)))  # a source or a footnote, where nothing comes after it
            else:
                self._say(line, problem.kind, str(problem) + (_TAKE_ALL if problem.kind == "part of a code" else ""))
        return None

    def _all_of(self, line: int, text: str) -> str | None:
        """The code that a part is of, where the part has a value or was said to stand for all of it."""
        try:
            code = digits_of(without_part(text))
        except Misspelt as problem:
            self._say(line, problem.kind, str(problem))
            return None
        self._parts.append(line)
        return code

    def _take(self, line: int, code: str, fields: dict[str, Any]) -> None:
        for number, message in self._stray:
            self._say(number, "not digits", message)
        self._stray.clear()
        if "add" in fields and "set" in fields:
            self._say(line, "both", f"code {code} has both add and set: a duty is added to the base or takes its place")
        elif code not in self.entries:
            self.entries[code], self._first[code] = {"hs": code, **fields}, line
        elif self.entries[code] == {"hs": code, **fields}:
            self._repeats.append(line)
        else:
            message = f"code {code} is listed already on line {self._first[code]}, with other terms: keep one of them"
            self._say(line, "repeat", message)

    def _number(self, term: Column, cell: Any) -> float | UnitPrice | Intensity | None:
        """A rate as a fraction, a value in USD million, or what a unit is worth or emits; None for an empty cell."""
        text = cell_text(cell).strip().replace("−", "-")
        if not text:
            return None
        if len(text) > _LONGEST:
            raise BadInput(f"{short(text, _LONGEST)!r} is not {'an amount' if term.role == 'value' else 'a rate'}")
        if self.commas and isinstance(cell, str):
            text = with_point(text)
        if term.role in PER_UNIT:
            return PER_UNIT[term.role](text)
        if term.role == "value":
            if term.unit is None or re.search(r"[a-z]", text.casefold().replace("e", "")):
                amount = parse_money(text)
            else:
                amount = float(Decimal(_plain_number(text, "an amount")).scaleb(int(term.unit)))
            if amount < 0:
                raise BadInput("a negative value: give imports in the base year, or leave the value out")
            return amount
        text = _DECIMAL_COMMA.sub(r"\1.\2\3", text) if _DECIMAL_COMMA.fullmatch(text) else text
        if text.endswith("%") or _NUMBER.fullmatch(text) is None:
            return parse_rate(text)
        if term.unit == "percent":
            return parse_rate(f"{_plain_number(text, 'a rate')}%")
        number = float(_plain_number(text, "a rate"))
        if abs(number) > 1 and term.unit is None:
            raise BadTable(f"a {term.heading} of {short(text, 20)}: {_ASK_UNIT}")
        return parse_rate(stated(number))

    def _say(self, line: int, kind: str, message: str) -> None:
        self._faults.setdefault(kind, []).append((line, message))

    def refuse(self) -> None:
        """Raise BadTable with every faulty line: of each kind the first in full, the others by their numbers."""
        if not self._faults:
            return
        total = sum(len(its) for its in self._faults.values())
        told = [
            f"line {its[0][0]}: {its[0][1]}"
            + (f"; alike: {lines_of([line for line, _ in its[1:]])}" if its[1:] else "")
            for its in self._faults.values()
        ]
        raise BadTable(f"{self.name}: {total} fault{'s' if total > 1 else ''}\n  " + "\n  ".join(told))

    def notes(self) -> list[str]:
        """Sentences on rows that were not taken as they stand."""
        said = ["its numbers have decimal commas: 1.234,5 is 1234.5"] if self.commas else []
        if self._repeats:
            said.append(f"{len(self._repeats):,} rows repeat a code on the same terms: each code counts once")
        if self._parts:
            said.append(f"{len(self._parts)} parts of codes ('ex') are read as the code: {lines_of(self._parts)}")
        if self._blank:
            said.append(f"{len(self._blank)} rows without a code are not read: {lines_of(self._blank)}")
        if self._stray:
            said.append(f"not read, as it holds no code: {lines_of([line for line, _ in self._stray])}")
        return said

    def refuse_doubtful_percents(self) -> None:
        """Raise BadTable where a heading says per cent and every rate under it is under 1: a fraction may be meant."""
        for term in self.terms:
            rates = [entry[term.role] for entry in self.entries.values() if entry.get(term.role)]
            if term.role in ("add", "set") and term.unit == "percent" and rates and max(map(abs, rates)) < 0.01:
                raise BadTable(
                    f"{self.name}: column {term.heading!r} says per cent, but no rate in it reaches 1 (the highest is "
                    f"{max(rates) * 100:g}): if {max(rates) * 100:g} is a fraction, call the column rate; else write "
                    "each rate with its sign, as 0.25%"
                )


def _plain_number(text: str, what: str) -> str:
    """The number without the commas of its thousands; raises BadInput for other text."""
    if _NUMBER.fullmatch(text) is None:
        raise BadInput(f"{short(text, 40)!r} is not {what}: write a number such as 1234.5")
    return text.replace(",", "")
