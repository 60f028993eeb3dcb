"""Which code of a list each product belongs to, against the definition read product by product."""

from __future__ import annotations

import numpy as np
import pytest

from detente.data.products.lines import NOBODY, Lines, product_lines
from detente.policy.bundled_lists import bundled_list
from detente.policy.units import known_codes, reading_of

EDITIONS = ("2022", "2017", "2012")


def owner_of(numbers: dict[str, str], line: str, stand_in: str, codes: list[tuple[str, str]]) -> int:
    """The last of the longest codes that a product begins with."""
    best, length = NOBODY, 0
    for at, (code, edition) in enumerate(codes):
        begins = [numbers[edition]] if len(code) <= 6 else [line, stand_in]
        if len(code) > length and any(number.startswith(code) for number in begins):
            best, length = at, len(code)
    return best


def expected(lines: Lines, codes: list[tuple[str, str]], rows: np.ndarray) -> list[int]:
    number = {edition: lines.number(edition) for edition in EDITIONS}
    return [
        owner_of({its: number[its][row] for its in EDITIONS}, lines.line[row], lines.stand_in[row], codes)
        for row in rows
    ]


@pytest.mark.parametrize("importer", ["USA", "CAN"])
@pytest.mark.parametrize("name", ["us-2025/steel", "us-2025/cars", "us-2025/ieepa-exempt"])
def test_owners_are_the_longest_codes_that_products_begin_with(importer: str, name: str) -> None:
    lines = product_lines(importer)
    codes = [*known_codes(reading_of(bundled_list(name), None, importer)), ("72", "2022"), ("8703", "2017")]
    rows = np.arange(0, len(lines.line), 37)
    first = lines.owners(codes)
    assert (first >= 0).any()
    assert first[rows].tolist() == expected(lines, codes, rows)
    assert np.array_equal(lines.owners(codes), first)  # what is kept of the first reading changes nothing


def test_pieces_of_products_have_owners_by_their_own_lines_too() -> None:
    lines = product_lines("CAN")
    parent = np.repeat(np.arange(len(lines.line)), 2)
    stand_in = np.full(len(parent), "", dtype=object)
    stand_in[1::2] = [f"{number}00" if number else "" for number in lines.hs2022]
    pieces = lines.divided(parent, stand_in)
    made = Lines(lines.line[parent], lines.hs2022[parent], lines.hs2017[parent], lines.hs2012[parent], stand_in)
    codes = [("7208", "2022"), (f"{lines.hs2022[100]}00", "2022"), (lines.hs2017[2000], "2017")]
    assert np.array_equal(pieces.owners(codes), made.owners(codes))
    assert pieces.owners(codes)[201] == 1
    assert pieces.owners(codes)[200] != 1
