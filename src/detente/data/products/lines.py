"""The finest products at hand, and which code of a list each of them belongs to.

For imports of the United States they are lines of ten digits, those with imports in 2024; for other importers the codes
of HS 2022, and those of HS 2017 that ended with it. Each is known by its number in three editions, so that a code finds
its products by the edition it is written in. Where codes overlap, a product belongs to the longest of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
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

    def number(self, edition: str) -> NDArray[np.object_]:
        """The six digits of each product in an edition."""
        return {"2022": self.hs2022, "2017": self.hs2017, "2012": self.hs2012}[edition]

    def owners(self, codes: Sequence[tuple[str, str]]) -> IntArray:
        """The position of the (code, edition) that each product belongs to, the longest one; NOBODY for none."""
        owner = np.full(len(self.line), NOBODY, dtype=np.int64)
        for digits in (2, 4, 6, 8, 10):
            for edition in sorted({edition for code, edition in codes if len(code) == digits}):
                wanted = {code: at for at, (code, its) in enumerate(codes) if len(code) == digits and its == edition}
                numbers = [self.number(edition)] if digits <= 6 else [self.line, self.stand_in]
                for number in numbers:
                    found = _starts(number, digits).map(wanted)
                    owner = np.where(found.isna(), owner, found.fillna(NOBODY)).astype(np.int64)
        return owner


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
