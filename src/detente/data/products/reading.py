"""The one reader of product codes: for lists, exemptions, the page and Python.

`read_codes` says of each code how it was read and which codes of HS 2017 it covers, and counts a list four ways:

- `read`: a code of the edition that the list is written in, and one of HS 2017;
- `moved`: another number in HS 2017, by the conversion tables, or a code of another edition than the list's;
- `unknown`: a code of no edition, a line of twelve digits. Some near codes are suggested, none is ever guessed;
- `no-sector`: goods that no goods sector makes: chapters 98 and 99, scrap, art, electricity. They are no fault.

Where codes overlap, the longest one has the goods. By value, goods count once, with the code that has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final, Literal

import numpy as np
import pandas as pd

from detente.data.products.concordance import NO_SECTOR, code_table, hs6_to_sectors
from detente.data.products.editions import (
    BASE,
    EDITIONS,
    SPECIAL,
    carried,
    find_edition,
    near_codes,
    parse_edition,
    undivided,
)
from detente.data.products.lines import LINES_YEAR, NOBODY, all_imports, has_lines, known_lines, product_lines
from detente.data.products.spelling import LENGTHS, Misspelt, digits_of, echoed
from detente.errors import BadInput, enumerate_names
from detente.inputs import require
from detente.usual_names import economy_called

Status = Literal["read", "moved", "unknown", "no-sector"]
STATUSES: Final[tuple[Status, ...]] = ("read", "moved", "unknown", "no-sector")

MOST_UNKNOWN: Final = 0.01
"""Share of the codes of a list that may be unknown where no trade by line says what they are worth."""
MOST_UNKNOWN_OF_TRADED: Final = 0.05
"""The same where trade is known by line, so that an unknown code has none: more is another list than it seems."""

_MOST_NAMED: Final = 6
"""Codes that a note names one by one."""

KINDS: Final = (
    ("special provisions (chapters 98 and 99)", SPECIAL),
    ("electricity", ("2716",)),
    ("art, collectors' pieces and antiques", ("4906", "5805", "97")),
    ("used goods", ("6309", "6310", "8908")),
    ("exposed film", ("3704", "3705", "3706")),
    ("animal products as found", ("0501", "0507")),
    ("scrap, waste and ash", ("",)),
)
"""The kinds of goods without a sector, each with how its codes begin; the first that fits holds."""


@dataclass(frozen=True)
class Product:
    """One code of a list as it was read.

    position: its place in what was given, from 0; written: as given; code: its digits (for a line of ten digits that
    end in 00 and has no trade of its own, its eight); edition: that it was found in; covers: codes of HS 2017 with a
    sector or without one; kind: why it is not plainly `read`; note: the same in a sentence; suggestions: near codes of
    an unknown one; imports: of the importer, USD million in 2024, where they are known by line.
    """

    position: int
    written: str
    code: str
    status: Status
    edition: str = BASE
    covers: tuple[str, ...] = ()
    kind: str = ""
    note: str = ""
    suggestions: tuple[str, ...] = ()
    imports: float | None = None

    @property
    def level(self) -> int:
        """Its number of digits."""
        return len(self.code)


@dataclass(frozen=True)
class CodeFault:
    """A code that cannot be read, which refuses its list: position from 0, as written, kind, and what to do."""

    position: int
    written: str
    kind: str
    message: str


@dataclass(frozen=True, eq=False)
class ProductList:
    """A list of codes as it was read; see the module.

    products: one a code, those with a fault left out; edition: that the list is written in, and edition_note: how that
    is known; importer: whose lines tell codes apart.
    """

    products: tuple[Product, ...]
    faults: tuple[CodeFault, ...]
    edition: str
    edition_note: str
    importer: str | None

    @cached_property
    def counts(self) -> dict[Status, int]:
        """The number of codes of each status, a code given twice counted once."""
        once = {product.code: product.status for product in self.products}
        return {status: sum(its == status for its in once.values()) for status in STATUSES}

    @cached_property
    def imports(self) -> dict[Status, float] | None:
        """Imports of each status, USD million in 2024, all partners; None where they are not known by line."""
        if self.importer is None or not has_lines(self.importer):
            return None
        once = {product.code: product for product in self.products}.values()
        return {status: sum(its.imports or 0.0 for its in once if its.status == status) for status in STATUSES}

    @cached_property
    def repeats(self) -> dict[str, tuple[int, ...]]:
        """The positions of each code that is given more than once."""
        places: dict[str, list[int]] = {}
        for product in self.products:
            places.setdefault(product.code, []).append(product.position)
        return {code: tuple(its) for code, its in places.items() if len(its) > 1}

    @cached_property
    def overlaps(self) -> tuple[tuple[str, str], ...]:
        """Each code that lies in a shorter one of the list, with that one; the goods are the longer one's."""
        codes = {product.code for product in self.products}
        shorter = ((code, [code[:digits] for digits in LENGTHS if digits < len(code)]) for code in sorted(codes))
        return tuple((code, its) for code, starts in shorter for its in reversed(starts) if its in codes)

    @cached_property
    def refusal(self) -> str | None:
        """Why a measure cannot take this list, or None: too many codes are unknown. What has no sector is known.

        The share of the codes that may be is larger where imports are known by line: nothing comes in under a number
        that nobody knows, so that a few typing faults of an official list are worth nothing.
        """
        unknown = list(dict.fromkeys(its.code for its in self.of("unknown")))
        most = MOST_UNKNOWN if self.imports is None else MOST_UNKNOWN_OF_TRADED
        share = len(unknown) / max(sum(self.counts.values()), 1)
        if share <= most:
            return None
        near = "; ".join(
            f"{its.code}: {', '.join(its.suggestions)}" for its in self.of("unknown")[:6] if its.suggestions
        )
        return (
            f"{share:.1%} of its codes are unknown ({enumerate_names(unknown)}), over the {most:.0%} that is let pass: "
            f"correct them or take them out{f' (near them are {near})' if near else ''}"
        )

    def of(self, status: Status) -> tuple[Product, ...]:
        """The products of a status, in the order given."""
        return tuple(product for product in self.products if product.status == status)

    def table(self) -> pd.DataFrame:
        """One row a code: written, code, status, edition, covers, kind, note, suggestions, imports (USD million)."""
        rows = [
            (
                *(its.written, its.code, its.status, its.edition, " ".join(its.covers), its.kind, its.note),
                *(", ".join(its.suggestions), its.imports),
            )
            for its in self.products
        ]
        names = ["written", "code", "status", "edition", "covers", "kind", "note", "suggestions", "imports_usd_mn"]
        return pd.DataFrame(rows, columns=names)

    def __str__(self) -> str:
        return ", ".join(f"{count:,} {status}" for status, count in self.counts.items())


def read_codes(given: Iterable[object], *, edition: object = None, importer: str | None = None) -> ProductList:
    """Read product codes; nothing is refused here but an argument of another kind: `faults` says what has to be.

    Parameters
    ----------
    given
        Codes of 2 to 10 digits as text, with dots, blanks or hyphens between their pairs if you like.
    edition
        2012, 2017 or 2022; by default the one that knows most of the codes, and `edition_note` says so.
    importer
        Whose imports the list is for (ISO 3166 alpha-3, or a usual name). For USA, codes are compared with the lines
        of 2024.

    Returns
    -------
    ProductList
        One `Product` a code, faults with their positions, and the counts.

    Raises
    ------
    BadInput
        Where codes are given as one text, or the edition is not one of those read.
    """
    if isinstance(given, (str, bytes)):
        raise BadInput(f"codes are {echoed(given)}, one text: give a list of codes, ['854231', '2208']")
    require(Iterable, given, "codes", "give a list of codes, ['854231', '2208']")
    spelt, faults = _spelt(given)
    importer = (economy_called(importer) or importer) if isinstance(importer, str) else importer
    said = parse_edition(edition)
    digits = [code for _, _, code in spelt]
    found, note = (said, f"read as HS {said}, as given") if said is not None else find_edition(digits)
    products = [_read(Product(at, written, code, "read", found), importer, digits) for at, written, code in spelt]
    return ProductList(tuple(_with_imports(products, importer)), tuple(faults), found, note, importer)


def _spelt(given: Iterable[object]) -> tuple[list[tuple[int, str, str]], list[CodeFault]]:
    """Position, text and digits of each code that can be read, and the faults of the others."""
    spelt, faults = [], []
    for position, entry in enumerate(given):
        try:
            spelt.append((position, str(entry), digits_of(entry)))
        except Misspelt as problem:
            faults.append(CodeFault(position, echoed(entry), problem.kind, str(problem)))
    return spelt, faults


def _read(at: Product, importer: str | None, beside: Sequence[str]) -> Product:
    """One code of a list that has its digits and the edition of the list, without its imports."""
    code, edition = at.code, at.edition
    if len(code) not in LENGTHS:
        note = f"a line of {len(code)} digits: 2 to 10 are read; its first six are {code[:6]}"
        return replace(at, status="unknown", kind=f"{len(code)} digits", note=note, suggestions=(code[:6],))
    if len(code) == 10 and code.endswith("00") and not (importer is not None and _has_line(importer, code)):
        note = f"no line of its own: read as {code[:8]}, the line of eight digits that it is all of"
        at = replace(at, code=code[:8], kind="whole line", note=note)
    if code[:2] in SPECIAL:
        return replace(at, status="no-sector", kind=KINDS[0][0], note="not a product of the Harmonized System")
    order = (edition, *(other for other in EDITIONS if other != edition))
    its = next((other for other in order if carried(code, other)), None)
    if its is None:
        whole = undivided(code, edition, beside)
        if whole is None:
            return _unknown(at, beside)
        note = f"no code of six digits, and part of {whole}, which the edition does not divide so: read as {whole}"
        its, at = edition, replace(at, code=whole, status="moved", kind="not divided", note=note)
    return _placed(replace(at, edition=its, covers=carried(at.code, its)), edition)


def _unknown(at: Product, beside: Sequence[str]) -> Product:
    """A code of no edition, with codes near it; one whose sector is known was a code once."""
    if at.code[:6] in _older():
        note = f"a code of an edition before HS {min(EDITIONS)}, for which there is no conversion table"
        return replace(at, status="unknown", kind=f"before HS {min(EDITIONS)}", note=note)
    near = near_codes(at.code, at.edition, beside)
    hint = f"; near it: {', '.join(near)}" if near else ""
    note = f"in no edition of the Harmonized System from {min(EDITIONS)} to {max(EDITIONS)}{hint}"
    return replace(at, status="unknown", kind="no such code", note=note, suggestions=near)


def _placed(at: Product, edition: str) -> Product:
    """A known code: without a sector, in HS 2017 as it stands, or moved there."""
    if _without_sector().issuperset(at.covers):
        kind = kind_without_sector(at.covers[0])
        return replace(at, status="no-sector", kind=kind, note=f"{kind}: no goods sector makes them")
    if at.status == "moved" or (at.covers == carried(at.code, BASE) and at.edition == edition):
        return at
    there = f"in HS {BASE}: {enumerate_names(at.covers, _MOST_NAMED)}"
    if at.edition != edition:
        note = f"a code of HS {at.edition}, which HS {edition} does not have; {there}"
        return replace(at, status="moved", kind="other edition", note=note)
    return replace(at, status="moved", kind=f"from HS {at.edition}", note=there)


def _with_imports(products: Sequence[Product], importer: str | None) -> list[Product]:
    """The same with what the importer buys of each, where that is known by line; a code given twice has it twice."""
    if importer is None or not has_lines(importer):
        return list(products)
    codes = list(dict.fromkeys((its.code, its.edition) for its in products))
    owner = product_lines(importer).owners(codes)
    sums = np.bincount(owner[owner != NOBODY], weights=all_imports()[owner != NOBODY], minlength=len(codes))
    of = dict(zip(codes, sums.tolist(), strict=True))
    return [replace(its, imports=of[its.code, its.edition], note=_noted(its, of)) for its in products]


def _noted(product: Product, imports: dict[tuple[str, str], float]) -> str:
    """The note of a product, with a word on a line that nothing was imported under."""
    none = product.level > 6 and product.status in ("read", "moved") and not imports[product.code, product.edition]
    said = f"no imports in {LINES_YEAR} in lines that begin so" if none else ""
    return "; ".join(part for part in (product.note, said) if part)


def kind_without_sector(hs2017: str) -> str:
    """Which kind of goods without a sector a code is of."""
    return next(kind for kind, starts in KINDS if hs2017.startswith(starts))


@cache
def _without_sector() -> frozenset[str]:
    """Codes of HS 2017 that no goods sector makes."""
    table = code_table()
    return frozenset(table["hs6"][table["sector"] == NO_SECTOR])


@cache
def _older() -> frozenset[str]:
    """Codes of the concordance to sectors, which holds those of older editions too."""
    return frozenset(hs6_to_sectors()["code"])


def _has_line(importer: str, code: str) -> bool:
    return has_lines(importer) and code in known_lines()
