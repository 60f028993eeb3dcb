"""Whose duty it is, and on whose goods, where the words are easily taken the wrong way."""

from __future__ import annotations

from datetime import date

import pytest

from detente.article.items import FoundMeasure
from detente.article.reading import read_items

DAY = date(2020, 1, 9)


def told(text: str) -> list[tuple[str, tuple[str, ...], str, str | None, str | None]]:
    found = [item for item in read_items(text, DAY).items if isinstance(item, FoundMeasure)]
    return [(m.by, tuple(m.on), m.status, m.rate, m.goods) for m in found]


@pytest.mark.parametrize(
    "first",
    [
        "Importers of Chinese steel pay a duty of 25 percent in the United States.",
        "U.S. importers of steel from China pay a tariff of 25 percent.",
    ],
)
def test_importers_pay_the_duty_of_their_own_side_whatever_they_import(first: str) -> None:
    ((by, on, _, rate, _),) = told(f"{first} China protested to Washington.")
    assert (by, on, rate) == ("USA", ("CHN",), "25%")


def test_a_line_of_a_list_is_on_the_side_that_it_names() -> None:
    lead = "The United States imposed new tariffs on goods from Canada and China on Monday:"
    text = f"{lead}\n\n- 25% on Canadian steel.\n- 10% on Chinese toys.\n\nBoth protested to the United States."
    assert [(on, rate, goods) for _, on, _, rate, goods in told(text)] == [
        (("CAN",), "25%", "Canadian steel"),
        (("CHN",), "10%", "Chinese toys"),
    ]


def test_from_when_a_line_counts_is_no_part_of_its_goods() -> None:
    lead = "China imposed the following duties on American goods:"
    text = f"{lead}\n\n- 25% on pork, effective July 1, 2019;\n- 10% on soybeans.\n\nThe United States protested."
    assert [goods for *_, goods in told(text)] == ["pork", "soybeans"]


def test_a_tariff_that_may_be_lifted_is_in_force() -> None:
    text = (
        "Washington has imposed tariffs of 25 percent on Chinese steel. Lifting the American tariffs on Chinese steel "
        "is under consideration, officials said. China demanded it."
    )
    assert [(status, rate) for _, _, status, rate, _ in told(text)] == [("in-force", "25%")]


@pytest.mark.parametrize(
    "other",
    [
        "Canadian banks have attracted deposits of 12 percent from American savers.",
        "China raised deposits at American banks by 5 percent.",
        "Washington taxed Chinese firms at 21%, a profit rate.",
    ],
)
def test_money_in_a_bank_and_taxes_on_firms_are_no_tariffs(other: str) -> None:
    text = f"{other} The United States imposed tariffs of 10 percent on Chinese steel."
    assert [rate for *_, rate, _ in told(text)] == ["10%"]
