"""From a dispute and prices to markets: exposures, moves there and back, events, and values the user gives."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from detente import run_clock, run_markets
from detente.analyses.markets.result import Markets
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.errors import BadInput, UnknownEconomy, UnknownName
from detente.markets.implied import implied_probability
from detente.markets.prices import Prices

TEXT = """
dispute: small
title: A small dispute
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: us-steel, title: Steel, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A, C26]}, add: 25%,
     announced: 2018-04-03, earliest: 2018-05-23}
  - {id: us-more, title: More, by: USA, on: CHN, status: threatened, goods: {value: 100bn, basis: customs}, add: 25%,
     announced: 2016-04-03}
responses:
  - {by: CHN, to: us-steel, rule: in-kind, match: value}
"""


@pytest.fixture(scope="module")
def small() -> Dispute:
    return Dispute.parse(TEXT)


@pytest.fixture(scope="module")
def prices() -> Prices:
    """Two assets over 400 days; the first falls by a tenth on 3 April 2018."""
    days = [date(2017, 4, 3) + timedelta(k) for k in range(400)]
    moves = np.random.default_rng(4).normal(0, 0.008, (400, 2))
    moves[days.index(date(2018, 4, 3)), 0] = -0.1
    return Prices(tuple(days), ("index", "other"), 100 * np.cumprod(1 + moves, axis=0))


@pytest.fixture(scope="module")
def found(small: Dispute, small_world: World, prices: Prices) -> Markets:
    return run_markets(small, prices=prices, world=small_world, multiplier=2.0)


def test_the_announcements_of_the_file_are_studied(found: Markets) -> None:
    assert found.events["event"].unique().tolist() == ["2018-04-03"]
    assert found.events["asset"].tolist() == ["index", "other"]
    assert found.events["flagged"].tolist() == [True, False]
    assert any("outside the prices: 2016-04-03" in note for note in found.notes)
    assert found.flags["days"].tolist() == [149, 149]


def test_the_probability_is_the_clock_s_under_its_prior(small: Dispute, small_world: World, found: Markets) -> None:
    clock = run_clock(small, world=small_world)
    assert found.probability == pytest.approx(clock.chances["war"].iloc[-1])
    assert found.stated[1:] == clock.stated
    assert clock.until in found.stated[0]
    last = clock.sensitivity[(clock.sensitivity["day"] == clock.until) & (clock.sensitivity["kind"] == "prior")]
    by_prior = last.set_index("variant")["war"].drop("as stated")
    moves = found.moves.set_index("variant")["probability"]
    for name, chance in ((by_prior.idxmin(), by_prior.min()), (by_prior.idxmax(), by_prior.max())):
        assert moves[name] == pytest.approx(chance)
        assert f"{chance:.1%} ({name})" in found.stated[0]


def test_values_and_moves_follow_from_real_income_and_the_multiplier(found: Markets) -> None:
    war = found.values[(found.values["economy"] == "USA") & (found.values["outcome"] == "war")].iloc[0]
    assert war["equity"] == pytest.approx(1 + 2 * war["real_income"])
    moves = found.moves.set_index("variant")
    stated = moves.loc["as stated"]
    assert stated["war"] == war["equity"]
    price = found.probability * stated["war"] + 1 - found.probability
    assert stated["if_war"] == pytest.approx(stated["war"] / price - 1)
    assert moves.loc["multiplier 6", "war"] == pytest.approx(1 + 6 * war["real_income"])
    assert sum(name.startswith("elasticities") for name in moves.index) == 7


def test_a_fall_of_a_tenth_is_explained_by_nothing(found: Markets) -> None:
    assert len(found.implied) == len(found.moves)
    assert set(found.implied["asset"]) == {"index"}
    assert found.implied["after"].isna().all()
    row = found.implied.iloc[0]
    assert row["ratio"] == pytest.approx(row["move"] / row["largest"])
    assert row["statement"].startswith("no change in probability explains this move: it is")


def test_values_of_the_user_take_the_place_of_a_multiplier(
    small: Dispute, small_world: World, prices: Prices, found: Markets
) -> None:
    given = run_markets(
        small, prices, world=small_world, values=(60.0, 100.0), probability=0.2, events=[date(2018, 4, 3)]
    )
    assert given.moves["variant"].tolist() == ["as stated", "probability of war half", "probability of war double"]
    move = float(given.events["abnormal"].iloc[0])
    expected = implied_probability(move, probability=0.2, war=60.0, peace=100.0)
    assert given.implied["after"].iloc[0] == pytest.approx(expected.after)
    assert given.implied["after"].iloc[0] == pytest.approx(0.2 - move * 92 / 40)
    assert given.valued.startswith("values of equity are given")
    assert given.values["equity"].isna().all()
    assert given.id != found.id


def test_the_market_model_leaves_the_market_out(small: Dispute, small_world: World, prices: Prices) -> None:
    made = run_markets(
        small, prices=prices, world=small_world, market="index", events=[date(2018, 4, 3)], probability=0.1
    )
    assert made.events["asset"].tolist() == ["other"]
    assert set(made.implied["asset"]) == {"other"}
    assert made.events["model"].iloc[0] == "market model"


def test_exposures_cover_every_economy_and_sum_to_its_value_added(found: Markets, small_world: World) -> None:
    assert len(found.exposures) == 2 * small_world.flows.shape[0] * len(small_world.sectors)
    assert found.exposures.groupby("stage")["outcome"].first().tolist() == ["partial tariffs", "war"]
    usa = found.exposures[(found.exposures["economy"] == "USA") & (found.exposures["stage"] == 2)]
    assert usa["change_usd"].sum() / usa["value_added"].sum() == pytest.approx(usa["part"].sum(), rel=1e-9)
    assert (usa["part"].sum() < 0) == (found.values["real_income"].iloc[1] < 0)


def test_without_prices_there_are_exposures_and_moves_alone(small: Dispute, small_world: World) -> None:
    bare = run_markets(small, world=small_world, economy="CHN")
    assert (len(bare.events), len(bare.implied), len(bare.flags)) == (0, 0, 0)
    assert bare.economy == "CHN"
    assert bare.moves["if_war"].iloc[0] != 0
    assert Markets.from_json(bare.to_json()).to_json() == bare.to_json()


def test_it_goes_to_json_and_back(found: Markets) -> None:
    again = Markets.from_json(found.to_json())
    assert again.to_json() == found.to_json()
    for name, table in found.tables().items():
        pd.testing.assert_frame_equal(again.tables()[name], table, check_dtype=False)


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"events": [date(2030, 1, 1)]}, BadInput, "outside the prices"),
        ({"economy": "USX"}, UnknownEconomy, "did you mean 'USA'"),
        ({"asset": "indx"}, UnknownName, "did you mean 'index'"),
        ({"asset": "index", "market": "index"}, BadInput, "asset and market are both 'index'"),
        ({"probability": 1.5}, BadInput, "probability is 1.5: give a share"),
        ({"multiplier": -1.0}, BadInput, "multiplier is -1.0: give a number over 0"),
        ({"values": (0.0, 1.0)}, BadInput, "values holds 0.0: give two numbers"),
        ({"values": (1.0,)}, BadInput, "values is 1.0: give two numbers"),
        ({"window": 3}, BadInput, "window is 3: give two numbers"),
        ({"events": 3}, BadInput, "events is 3: give days such as"),
        ({"prior": 3}, BadInput, "prior is 3: give words such as"),
        ({"estimation": 10}, BadInput, "too short"),
    ],
)
def test_what_cannot_be_said_of_markets(
    small: Dispute, small_world: World, prices: Prices, given: dict[str, object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        run_markets(small, prices=prices, world=small_world, **given)  # type: ignore[arg-type]


def test_events_without_prices_are_refused(small: Dispute, small_world: World) -> None:
    with pytest.raises(BadInput, match="no prices"):
        run_markets(small, world=small_world, events=[date(2018, 4, 3)])
    assert math.isfinite(run_markets(small, world=small_world).moves["if_peace"].iloc[0])
