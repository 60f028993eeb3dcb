"""What labour does, asked for by the options of a question: taken, said in the report, or refused in words."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.analyses.doors import market_of, session_of
from detente.analyses.options import LABOUR
from detente.analyses.run.options import RunOptions
from detente.analyses.run.sentences import labour_words
from detente.model.labour import USUAL_TAX


def test_options_stand_for_a_labour_market() -> None:
    assert market_of(RunOptions()) is None
    asked = {"labour": "0.5", "revenue": "income-tax", "mobility": "3", "wage_floor": "0.98", "wage_unit": "usd"}
    market = market_of(RunOptions.read(asked))
    assert market is not None
    assert market.asked == {
        "labour": 0.5, "revenue": "income-tax", "income_tax": USUAL_TAX, "mobility": 3.0, "wage_floor": 0.98,
        "wage_unit": "usd",
    }  # fmt: skip
    assert set(market.asked) == set(LABOUR)
    assert market_of(RunOptions.read({"labour": 0.5, "income_tax": "20%"})).asked["income_tax"] == 0.2  # type: ignore[union-attr,index]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"revenue": "lump-sum"}, "revenue says nothing without labour"),
        ({"wage_unit": "usd"}, "wage_unit says nothing without wage_floor"),
    ],
)
def test_an_option_that_says_nothing_is_refused(given: dict[str, str], words: str) -> None:
    with pytest.raises(dt.BadInput, match=words):
        market_of(RunOptions.read(given))


def test_a_session_has_the_labour_market_and_its_settings_say_so() -> None:
    dispute = dt.Dispute.read("us-china-2018")
    options = RunOptions.read({"labour": 0.5, "revenue": "income-tax"})
    plain, asked = session_of(dispute, RunOptions()), session_of(dispute, options)
    assert plain.settings.labour is None
    assert plain.head({})["id"] != asked.head({})["id"]
    its = asked.settings.labour
    assert its is not None
    assert RunOptions.read(dict(its)).labour == 0.5
    assert "elasticity of 0.5; tariff revenue lowers the income tax, from an income tax of 25" in labour_words(
        asked.settings
    )
    assert labour_words(plain.settings) == ""
    there = plain.under(market=asked.economy.labour_market)
    assert there.settings.labour == its
    state = asked.before
    assert np.abs(state.L_hat - 1).max() >= 0
    with pytest.raises(dt.BadInput, match="this dispute is set up with labour, revenue, income_tax"):
        dt.bands(asked, draws=2)
    with pytest.raises(dt.BadInput, match="fixed supply of labour"):
        dt.bands(dispute, draws=2, labour=0.5)
