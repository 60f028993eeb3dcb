"""Asks of every kind: exactly one each, with what its kind needs."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from detente.dispute.blocks import Demand, Forecast
from detente.dispute.demands import PRICED, Ask

ASKS: dict[str, Any] = {
    "bilateral_balance": {"partner": "USA", "change": "-200bn", "base": "2018"},
    "purchases": {"seller": "USA", "schedule": [{"by": "2019-05-31", "extra": "75bn", "share": "75%"}]},
    "tariff_cut": {"to": "5%", "sectors": ["C26"]},
    "tariffs_at_most": {"levels_of": "USA", "but": "critical sectors"},
    "withdraw": "us-301",
    "no_retaliation": {"to": ["us-301"], "sectors": ["A01"]},
    "withdraw_case": {"venue": "WTO", "what": "a case"},
    "end_investigation": {"law": "Section 301", "measures": ["us-301"]},
    "market_economy_status": {"law": "trade remedies"},
    "company_relief": {"company": "ZTE", "what": "adjust the ban"},
    "enforcement": {"review": "quarterly", "remedy": "tariffs"},
    "structural": {"topic": "export-controls", "what": "ease them", "sectors": ["C26"]},
}


def test_every_kind_is_tried_here() -> None:
    assert set(ASKS) == set(Ask.model_fields)
    assert set(PRICED) < set(ASKS)


@pytest.mark.parametrize("kind", ASKS)
def test_an_ask_knows_its_kind_and_what_it_names(kind: str) -> None:
    ask = Ask.model_validate({kind: ASKS[kind]})
    assert ask.kind == kind
    assert ask.priced == (kind in PRICED)
    named = {"bilateral_balance": ("USA",), "purchases": ("USA",), "tariffs_at_most": ("USA",)}
    assert ask.economies() == named.get(kind, ())
    assert ask.measures() == (("us-301",) if kind in ("withdraw", "no_retaliation", "end_investigation") else ())
    assert ask.sectors() == {"tariff_cut": ("C26",), "no_retaliation": ("A01",), "structural": ("C26",)}.get(kind, ())


def test_money_and_dates_are_read_as_a_person_writes_them() -> None:
    ask = Ask.model_validate({"bilateral_balance": ASKS["bilateral_balance"]})
    assert ask.bilateral_balance is not None
    assert (ask.bilateral_balance.change, ask.bilateral_balance.basis) == (-200_000, "customs")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "this has none"),
        ({"withdraw": "a", "enforcement": ASKS["enforcement"]}, "this has withdraw, enforcement"),
        ({"tariff_cut": {}}, "either to: the rate that may remain, or by"),
        ({"tariff_cut": {"to": "5%", "by": "50%"}}, "either to"),
        (
            {"bilateral_balance": {**ASKS["bilateral_balance"], "steps": [{"by": "2019-05-31", "change": "-100bn"}]}},
            "the steps sum to -100000 USD million, the change is -200000",
        ),
        ({"bilateral_balance": {**ASKS["bilateral_balance"], "base": "20018"}}, "less than or equal to 2200"),
        ({"purchases": {"seller": "USA", "schedule": []}}, "either a schedule of one amount, or categories"),
        ({"structural": {"topic": "weather", "what": "x"}}, "Input should be 'agriculture-access'"),
    ],
)
def test_an_ask_that_says_too_little_or_too_much_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Ask.model_validate(given)


def test_a_demand_has_a_date_or_is_immediate() -> None:
    base = {"id": "d", "by": "USA", "of": "CHN", "ask": {"withdraw": "m"}}
    assert Demand.model_validate({**base, "deadline": "immediate"}).deadline == "immediate"
    assert str(Demand.model_validate({**base, "deadline": "2020-12-31"}).deadline) == "2020-12-31"
    with pytest.raises(ValidationError, match="is not a date"):
        Demand.model_validate({**base, "deadline": "1577836800"})


@pytest.mark.parametrize(("given", "read"), [("60%", 0.6), (0.6, 0.6), (None, None), ("0%", 0.0)])
def test_a_probability_lies_between_nothing_and_one(given: object, read: float | None) -> None:
    forecast = Forecast.model_validate({"who": "A", "date": "2018-05-04", "outcome": "truce", "probability": given})
    assert forecast.probability == read


@pytest.mark.parametrize("given", ["130%", "-1%", 1.5])
def test_a_probability_beyond_is_refused(given: object) -> None:
    with pytest.raises(ValidationError, match="is not between 0 and 1"):
        Forecast.model_validate({"who": "A", "date": "2018-05-04", "outcome": "truce", "probability": given})
