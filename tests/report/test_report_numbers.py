"""Numbers as a reader reads them keep their sign, their size and their digits."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from detente.report import numbers as n

NBSP = "\N{NO-BREAK SPACE}"
changes = st.floats(-2, 5, allow_nan=False)
amounts = st.floats(-1e8, 1e8, allow_nan=False)


def read_percent(text: str) -> float:
    return float(re.sub(r"[^0-9.]", "", text)) / 100


def read_usd(text: str) -> float:
    scale = {"tn": 1e6, "bn": 1e3, "mn": 1.0, "and": 1e-3}
    number, unit = re.fullmatch(r"\$([\d,.]+?)\s?(tn|bn|mn|thousand)?", text).groups()
    return float(number.replace(",", "")) * scale[(unit or "mn")[-3:] if unit == "thousand" else unit or "mn"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (0.000629, "0.063"), (-0.29, "29"), (0.0996, "10"), (0.00996, "1.0"), (0.0999999, "10"), (0.123456, "12"),
        (1.5, "150"), (12.345, "1,234"), (0.00001, "0.0010"),
    ],
)  # fmt: skip
def test_a_percentage_has_two_significant_digits(change: float, text: str) -> None:
    assert n.percent(change) == f"{text}{NBSP}%"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (12346.1, "$12.3bn"), (999.6, "$1.00bn"), (-67.0, "$67.0mn"), (0.067, "$67.0 thousand"), (1.2e6, "$1.20tn"),
        (0.0, "$0"), (1e-5, "less than $1 thousand"), (123456.0, "$123bn"), (999999.0, "$1.00tn"),
    ],
)  # fmt: skip
def test_an_amount_has_three_significant_digits(amount: float, text: str) -> None:
    assert n.usd(amount) == text


@given(changes)
def test_a_change_is_a_gain_exactly_where_it_is_over_the_noise(change: float) -> None:
    assert (n.direction(change) == "gain") == (change > n.NOISE)
    assert (n.direction(change) == "loss") == (change < -n.NOISE)


@given(changes)
def test_a_printed_change_has_the_sign_and_size_of_the_change(change: float) -> None:
    text = n.signed_percent(change)
    assert text.startswith("≈") == (n.NOISE < abs(change) < n.LOWEST_PERCENT)
    if abs(change) <= n.NOISE or abs(change) >= n.LOWEST_PERCENT:
        assert text.startswith("+") == (change > n.NOISE)
        assert text.startswith(n.MINUS) == (change < -n.NOISE)
    if abs(change) >= n.LOWEST_PERCENT:
        # two significant digits are off by at most half a unit of the second, 5 % of the number
        assert read_percent(text) == pytest.approx(abs(change), rel=0.0501)
        assert read_percent(text) > 0


@given(amounts)
def test_a_printed_amount_has_the_sign_and_size_of_the_amount(amount: float) -> None:
    assume(abs(amount) >= 1e-3)
    text = n.signed_usd(amount)
    assert text.startswith("+") == (amount > 0)
    assert text.startswith(n.MINUS) == (amount < 0)
    assert read_usd(text[1:]) == pytest.approx(abs(amount), rel=0.00501)


@given(changes, changes)
def test_rounding_never_turns_an_order_around(one: float, other: float) -> None:
    assume(min(abs(one), abs(other)) >= n.LOWEST_PERCENT)
    small, large = sorted((abs(one), abs(other)))
    assert read_percent(n.percent(small)) <= read_percent(n.percent(large))


@given(st.floats(1e-12, 1e12), st.integers(1, 6))
def test_significant_digits_are_as_many_as_asked(number: float, digits: int) -> None:
    text = n.significant(number, digits)
    assert float(text.replace(",", "")) == pytest.approx(number, rel=0.5 * 10 ** (1 - digits) + 1e-12)
    written = text.replace(",", "").replace(".", "").lstrip("0")
    assert len(written) == digits or "." not in text


def test_missing_numbers_are_a_dash() -> None:
    assert {n.signed_percent(math.nan), n.signed_usd(math.nan), n.level_usd(math.nan)} == {n.MISSING}
    assert {n.level_percent(math.nan), n.hundredths(math.nan)} == {n.MISSING}


def test_what_is_too_small_to_print_is_not_printed_as_nothing() -> None:
    assert n.signed_percent(-5e-8) == f"≈0{NBSP}%"
    assert n.percent(5e-8) == f"less than 0.0001{NBSP}%"
    assert n.hundredths(-1e-6) == "≈0"
    assert n.signed_usd(1e-5) == "≈$0"


def test_the_lowest_percentage_that_is_printed_is_printed_itself() -> None:
    assert n.percent(n.LOWEST_PERCENT) == f"0.00010{NBSP}%"
    assert n.percent(n.LOWEST_PERCENT * (1 - 1e-9)) == f"less than 0.0001{NBSP}%"
    assert n.percent(n.NOISE) == f"0{NBSP}%"


def test_levels_and_points() -> None:
    assert n.level_percent(0.0541) == f"5.4{NBSP}%"
    assert n.level_usd(-265775.0) == "−$266bn"
    assert n.points(0.000629) == "+0.063"
    assert n.hundredths(0.0405) == "+4.05"


def test_lists_in_words() -> None:
    assert [n.listed(["a"]), n.listed(["a", "b"]), n.listed(["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
    assert n.listed([]) == ""


def test_a_sentence_made_elsewhere_is_typeset_as_numbers_are() -> None:
    made = n.typeset("a fall (-0.06%) of 10% on 2018-05-04, us-301")
    assert made == f"a fall (−0.06{NBSP}%) of 10{NBSP}% on 2018-05-04, us-301"
