"""What labour does, asked for by the options of a question: taken, said in the report, or refused in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from registry_lab import small_world

import detente as dt
from detente.analyses.doors import WELFARE, market_of, session_of
from detente.analyses.options import LABOUR
from detente.analyses.run.options import RunOptions
from detente.analyses.run.sentences import labour_words
from detente.dispute.blocks import DefaultSettings
from detente.model.labour import NAMED, USUAL_TAX

NOTHING = DefaultSettings()


def test_options_stand_for_a_labour_market() -> None:
    assert market_of(RunOptions(), NOTHING) is None
    assert NAMED == LABOUR
    asked = {"labour": "0.5", "revenue": "income-tax", "mobility": "3", "wage_floor": "0.98", "wage_unit": "usd"}
    market = market_of(RunOptions.read(asked), NOTHING)
    assert market is not None
    assert market.asked == {
        "labour": 0.5, "revenue": "income-tax", "income_tax": USUAL_TAX, "mobility": 3.0, "wage_floor": 0.98,
        "wage_unit": "usd",
    }  # fmt: skip
    assert set(market.asked) == set(LABOUR)
    taxed = market_of(RunOptions.read({"labour": 0.5, "income_tax": "20%"}), NOTHING)
    assert taxed is not None
    assert taxed.elastic is not None
    assert taxed.elastic.tax == 0.2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"revenue": "lump-sum"}, "revenue says nothing without labour"),
        ({"wage_unit": "usd"}, "wage_unit says nothing without wage_floor"),
    ],
)
def test_an_option_that_says_nothing_is_refused(given: dict[str, str], words: str) -> None:
    with pytest.raises(dt.BadInput, match=words):
        market_of(RunOptions.read(given), NOTHING)


KEYS = """
dispute: keys
title: Keys of labour
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: steel, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A]}, add: 25%, earliest: 2018-05-23}
settings: {SETTINGS}
"""


def file(settings: str) -> dt.Dispute:
    return dt.Dispute.parse(KEYS.replace("SETTINGS", settings))


def test_keys_of_a_file_are_the_options_of_the_same_names() -> None:
    """The same labour market and the same settings; an option changes its own key alone."""
    kept = file("labour: 0.5, revenue: income-tax, wage_floor: 98%")
    by_keys = session_of(kept, RunOptions())
    by_options = session_of(
        file("horizon: long"), RunOptions.read({"labour": 0.5, "revenue": "income-tax", "wage_floor": 0.98})
    )
    assert by_keys.settings.labour == by_options.settings.labour != None  # noqa: E711
    other = session_of(kept, RunOptions.read({"labour": 1.0})).settings.labour
    assert other == {**(by_keys.settings.labour or {}), "labour": 1.0}
    fixed = session_of(kept, RunOptions.read({"labour": 0.0})).settings.labour
    assert fixed == {"wage_floor": 0.98, "wage_unit": "factor-income"}
    assert session_of(file("horizon: long"), RunOptions()).settings.labour is None
    assert dt.Dispute.parse(kept.to_yaml()).settings == kept.settings


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("revenue: income-tax", "revenue says nothing without labour"),
        ("labour: 11", "labour"),
        ("mobility: 3, horizon: short", "horizon: short keeps workers in their sectors"),
        ("wage_floor: 120%", "wage_floor"),
        ("labor: 0.5", "did you mean 'labour'"),
    ],
)
def test_keys_of_labour_that_cannot_be_are_faults_with_their_line(settings: str, said: str) -> None:
    with pytest.raises(dt.BadInput, match=said) as found:
        file(settings)
    assert "line 9" in str(found.value)


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


def test_questions_of_two_sides_say_that_their_gains_are_welfare() -> None:
    told = [
        dt.run_clock(file(settings), world=small_world(), until="2018-06-01").notes
        for settings in ("labour: 0.5", "horizon: long")
    ]
    assert [WELFARE in notes for notes in told] == [True, False]


STILL = {"sets": ["U4"], "closures": ["fixed"], "rules": ["collected"], "level": [1, 1], "spread": 0.0}
"""Everything but labour as in the run."""


def income_of(bands: dt.Bands) -> pd.DataFrame:
    """Bands of real income of the United States where the threat is carried out."""
    rows = bands.bands
    picked = rows[(rows["scenario"] == "steel") & (rows["quantity"] == "real_income") & (rows["economy"] == "USA")]
    assert len(picked) == 1
    return picked


def test_bands_over_labour_are_the_runs_of_its_values() -> None:
    """With nothing else drawn every draw is the run at its value."""
    dispute, world = file("horizon: long"), small_world()
    run = dt.run(dispute, world=world, labour=0.5)["steel"].tables["economies"].set_index("economy")
    row = income_of(dt.bands(dispute, world=world, draws=2, horizons=["long"], labour_range=(0.5, 0.5), **STILL))
    np.testing.assert_allclose(row[["median"]].to_numpy(), run["real_income"]["USA"], rtol=0, atol=1e-12)


@pytest.mark.slow
def test_bands_over_labour_lie_between_the_runs_of_its_ends() -> None:
    dispute, world = file("horizon: long"), small_world()
    runs = (dt.run(dispute, world=world, labour=kappa)["steel"].tables["economies"] for kappa in (0.2, 0.8))
    ends = sorted(float(run.set_index("economy")["real_income"]["USA"]) for run in runs)
    spread = dt.bands(dispute, world=world, draws=8, horizons=["long"], labour_range=(0.2, 0.8), **STILL)
    assert ends[0] < float(income_of(spread)["median"].iloc[0]) < ends[1]
    assert "labour lies between 0.2 and 0.8, evenly" in spread.assumed


def test_bands_refuse_labour_where_it_cannot_be_drawn() -> None:
    with pytest.raises(dt.BadInput, match="labour_range is of a dispute"):
        dt.bands(lambda economy: {"a": 1.0}, draws=2, world="icio-2017", labour_range=(0.1, 0.5))
    with pytest.raises(dt.BadInput, match="mobility says how workers move"):
        dt.bands(file("horizon: long"), world=small_world(), draws=2, mobility_range=(2, 3), horizons=["short"])
    with pytest.raises(dt.BadInput, match="labour_range"):
        dt.bands(file("horizon: long"), world=small_world(), draws=2, labour_range=(0.5, 11))
