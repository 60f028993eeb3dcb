"""Offers: Rubinstein's shares, the Nash limit of a risk of breakdown, and falling demands to a secret limit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import BadInput
from detente.timing.offers import alternating_offers, offers_under_prior


def test_the_first_mover_of_the_reference(shared: Path) -> None:
    truth = json.loads((shared / "truth" / "closed-forms.json").read_text("utf-8"))
    share = alternating_offers((0.9, 0.8))[0]
    assert share == pytest.approx(truth["rubinstein d1=.9,d2=.8 first mover"], abs=1e-12)
    nash = truth["nash_linear_frontier u1+u2=1,d=(.1,.3)"]
    assert alternating_offers((1.0, 1.0), breakdown=1e-7, outside=(0.1, 0.3)) == pytest.approx(nash, abs=1e-6)


@given(
    d=st.tuples(st.floats(0.1, 0.99), st.floats(0.1, 0.99)),
    breakdown=st.floats(0, 0.9),
    outside=st.tuples(st.floats(-3, 0.5), st.floats(-3, 0.5)),
)
def test_a_refusal_is_worth_what_is_offered(
    d: tuple[float, float], breakdown: float, outside: tuple[float, float]
) -> None:
    first = alternating_offers(d, breakdown=breakdown, outside=outside)
    second = alternating_offers(d[::-1], breakdown=breakdown, outside=outside[::-1])
    assert first[1] == pytest.approx(d[1] * ((1 - breakdown) * second[0] + breakdown * outside[1]))
    assert second[1] == pytest.approx(d[0] * ((1 - breakdown) * first[0] + breakdown * outside[0]))


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"discounts": (1.0, 1.0)}, "waiting costs nobody"),
        ({"discounts": (0.0, 0.5)}, "over 0"),
        ({"discounts": (0.9, 0.9), "outside": (0.8, 0.4)}, "nothing of 1 to share"),
        ({"discounts": (0.9, 0.9), "breakdown": 1.5}, "probability"),
    ],
)
def test_offers_without_an_end_are_refused(given_: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        alternating_offers(**given_)  # type: ignore[arg-type]


@pytest.mark.parametrize("discount", [0.0, 0.5, 0.9])
def test_two_rounds_to_a_uniform_limit(discount: float) -> None:
    """Sobel and Takahashi (1983): the demands of two rounds in closed form. The grid has steps of 1/300."""
    found = offers_under_prior(lambda x: x, 2, discount)
    expected = [(2 - discount) ** 2 / (2 * (4 - 3 * discount)), (2 - discount) / (2 * (4 - 3 * discount))]
    assert found.demands == pytest.approx(expected, abs=1 / 300)
    assert found.open == pytest.approx([1, (2 - discount) / (4 - 3 * discount), expected[1]], abs=1 / 150)


@given(rounds=st.integers(1, 12), breakdown=st.floats(0.01, 0.5), floor=st.floats(-0.5, 0.6))
def test_demands_fall_and_the_last_one_is_a_final_offer(rounds: int, breakdown: float, floor: float) -> None:
    found = offers_under_prior(lambda x: x**2, rounds, 0.97, breakdown=breakdown, floor=floor)
    assert (np.diff(found.demands) <= 1e-12).all()
    assert (np.diff(found.open) <= 1e-12).all()
    assert found.demands[-1] >= floor
    # each limit at a cut is indifferent between this demand and the next
    for n in range(rounds - 1):
        cut = found.limits[n + 1]
        now, later = cut - found.demands[n], 0.97 * (1 - breakdown) * (cut - found.demands[n + 1])
        assert now == pytest.approx(later, abs=1e-9)
    assert found.demands[-1] == found.limits[-1]


def test_with_breakdown_fewer_deals_are_made() -> None:
    safe = offers_under_prior(lambda x: x, 6, 0.9)
    risky = offers_under_prior(lambda x: x, 6, 0.9, breakdown=0.3)
    assert risky.deal < safe.deal
    one = offers_under_prior(lambda x: x, 1, 0.9, breakdown=0.3)
    assert one.deal == pytest.approx(0.5, abs=1 / 300)


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"rounds": 0, "discount": 0.9}, "a round or more"),
        ({"rounds": 2, "discount": 1.0}, "so that waiting costs"),
        ({"rounds": 2, "discount": 0.9, "floor": 1.0}, "nothing to ask for"),
    ],
)
def test_offers_of_nothing_are_refused(given_: dict[str, float], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        offers_under_prior(lambda x: x, **given_)  # type: ignore[arg-type]
