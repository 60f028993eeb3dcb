"""The finest products at hand, and which code of a list each of them belongs to.

For imports of the United States they are lines of ten digits, those with imports in 2024; for other importers the codes
of HS 2022, and those of HS 2017 that ended with it. Each is known by its number in three editions, so that a code finds
its products by the edition it is written in. Where codes overlap, a product belongs to the longest of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.data.products.editions import HERE, edition_table
from detente.inputs import FloatArray, IntArray

LINES_OF: Final = "USA"
"""The importer whose trade is bundled by line."""
LINES_YEAR: Final = 2024
NOBODY: Final = -1
"""The owner of a product that no code of a list covers."""


@dataclass(frozen=True, eq=False)
class Lines:
    """Products, one an entry of each array; text, empty where a product has no such number.

    Lines of chapters 98 and 99 are in no edition and keep their own six digits in each.

    line: of ten digits, with US imports in 2024; hs2022, hs2017, hs2012: of six digits; stand_in: the national line of
    a list that a product stands for, where its own lines are not known.
    """

    line: NDArray[np.object_]
    hs2022: NDArray[np.object_]
    hs2017: NDArray[np.object_]
    hs2012: NDArray[np.object_]
    stand_in: NDArray[np.object_]
    _begun: dict[tuple[str, int], _Beginnings] = field(default_factory=dict, init=False, repr=False)
    _owned: dict[tuple[tuple[str, str], ...], IntArray] = field(default_factory=dict, init=False, repr=False)
    _whole: list[tuple[Lines, IntArray]] = field(default_factory=list, init=False, repr=False)

    def number(self, edition: str) -> NDArray[np.object_]:
        """The six digits of each product in an edition."""
        return {"2022": self.hs2022, "2017": self.hs2017, "2012": self.hs2012}[edition]

    @cached_property
    def numbers_of_2022(self) -> frozenset[str]:
        """The codes of HS 2022 that products have."""
        return frozenset(self.hs2022)

    @cached_property
    def codes_of_2017(self) -> tuple[IntArray, int]:
        """The code of HS 2017 of each product as a number from zero (p,), and how many codes there are."""
        number, found = pd.factorize(self.hs2017)
        return number.astype(np.int64), len(found)

    def owners(self, codes: Sequence[tuple[str, str]]) -> IntArray:
        """The position of the (code, edition) that each product belongs to, the longest one; NOBODY for none."""
        key = tuple(codes)
        if key not in self._owned:
            self._owned[key] = self._found_owners(key)
            self._owned[key].flags.writeable = False
        return self._owned[key]

    def _found_owners(self, codes: Sequence[tuple[str, str]]) -> IntArray:
        owner = np.full(len(self.line), NOBODY, dtype=np.int64)
        for digits in (2, 4, 6, 8, 10):
            for edition in sorted({edition for code, edition in codes if len(code) == digits}):
                wanted = {code: at for at, (code, its) in enumerate(codes) if len(code) == digits and its == edition}
                for number in [f"hs{edition}"] if digits <= 6 else ["line", "stand_in"]:
                    found = self._beginnings(number, digits).matched(wanted)
                    owner = np.where(found == NOBODY, owner, found)
        return owner

    def divided(self, parent: IntArray, stand_in: NDArray[np.object_]) -> Lines:
        """Pieces of these products: the product that each is of (p,), and the national line it stands for (p,)."""
        hs2022, hs2017, hs2012 = self.hs2022[parent], self.hs2017[parent], self.hs2012[parent]
        pieces = Lines(self.line[parent], hs2022, hs2017, hs2012, stand_in)
        pieces._whole.append((self, parent))
        return pieces

    def _beginnings(self, number: str, digits: int) -> _Beginnings:
        """The first digits of a number of each product, kept: there are many lists and few numbers."""
        if (number, digits) not in self._begun:
            whole = self._whole if number != "stand_in" else []
            self._begun[number, digits] = (
                whole[0][0]._beginnings(number, digits).of(whole[0][1])
                if whole
                else _Beginnings.read(getattr(self, number), digits)
            )
        return self._begun[number, digits]


@dataclass(frozen=True, eq=False)
class _Beginnings:
    """The first digits of products, as positions in those that occur: at (p,); place: beginning → position."""

    at: IntArray
    place: dict[str, int]

    @classmethod
    def read(cls, numbers: NDArray[np.object_], digits: int) -> _Beginnings:
        """The beginnings of numbers; empty where a number has fewer digits."""
        at, found = pd.factorize(_starts(numbers, digits).to_numpy(dtype=object))
        return cls(at.astype(np.int64), {str(text): place for place, text in enumerate(found)})

    def of(self, parent: IntArray) -> _Beginnings:
        """Those of pieces of the products."""
        return _Beginnings(self.at[parent], self.place)

    def matched(self, wanted: Mapping[str, int]) -> IntArray:
        """What `wanted` has for the beginning of each product (p,); NOBODY where it has none."""
        found = np.full(len(self.place), NOBODY, dtype=np.int64)
        for text, value in wanted.items():
            if text in self.place:
                found[self.place[text]] = value
        return np.asarray(found[self.at], dtype=np.int64)


def product_lines(importer: str) -> Lines:
    """The products that the imports of an economy are told apart by."""
    return _us_lines() if importer == LINES_OF else _edition_lines()


def has_lines(importer: str) -> bool:
    """Whether trade by line is bundled for the importer."""
    return importer == LINES_OF


@cache
def known_lines() -> frozenset[str]:
    """Every beginning of 8 and of 10 digits of a line with US imports in 2024."""
    line = pd.Series(_us_lines().line)
    return frozenset(line) | frozenset(line.str[:8])


@cache
def line_imports() -> pd.DataFrame:
    """US imports of 2024 by line (in the order of `product_lines`) and partner, USD million."""
    table = pd.read_parquet(HERE / "us-imports-2024.parquet")
    line, partner = table["hts10"].cat, table["partner"].cat
    values = np.zeros((len(line.categories), len(partner.categories)))
    values[line.codes, partner.codes] = table["imports"].to_numpy(dtype=np.float64) / 1e3
    return pd.DataFrame(values, index=line.categories.astype(object), columns=partner.categories.astype(object))


@cache
def all_imports() -> FloatArray:
    """US imports of 2024 by line from all partners, USD million."""
    return np.asarray(line_imports().to_numpy().sum(axis=1), dtype=np.float64)


@cache
def _us_lines() -> Lines:
    line = line_imports().index.to_numpy(dtype=object)
    table = edition_table()
    six = [code[:6] for code in line]
    older = (dict(zip(table["hs2022"], table[name], strict=True)) for name in ("hs2017", "hs2012"))
    hs2017, hs2012 = (np.array([number.get(code, code) for code in six], dtype=object) for number in older)
    return Lines(line, np.array(six, dtype=object), hs2017, hs2012, _blank(len(line)))


@cache
def _edition_lines() -> Lines:
    table = edition_table()
    hs2022, hs2017, hs2012 = (table[name].to_numpy(dtype=object) for name in ("hs2022", "hs2017", "hs2012"))
    return Lines(_blank(len(table)), hs2022, hs2017, hs2012, _blank(len(table)))


def _blank(count: int) -> NDArray[np.object_]:
    return np.full(count, "", dtype=object)


def _starts(numbers: NDArray[np.object_], digits: int) -> pd.Series[str]:
    """The first digits of numbers; empty where a number has fewer."""
    text = pd.Series(numbers, dtype=object)
    return text.str[:digits].where(text.str.len() >= digits, "")
