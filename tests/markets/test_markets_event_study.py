"""Event study: the S&P's days, injected returns with coverage, direction, both models, and bad input."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from detente.errors import BadInput, BadTable, UnknownName
from detente.markets.abnormal_returns import event_study, flag_days, freedom
from detente.markets.prices import Prices, prices_of, read_prices

SHOCK = 0.02


@pytest.fixture(scope="module")
def index(shared: Path) -> Prices:
    return read_prices(shared / "data" / "markets" / "sp500-daily-2015-2020.csv")


def test_the_days_of_the_trade_war_are_flagged_and_few_others(index: Prices) -> None:
    days = [date(2018, 3, 22), date(2019, 8, 5)]
    found = event_study(index, days).cumulated
    assert found["flagged"].tolist() == [True, True]
    assert (found["abnormal"] < -0.024).all()
    every = flag_days(index, index.names[0])
    by_day = every.set_index("on")
    assert by_day.loc[["2018-03-22", "2019-08-05"], "p"].tolist() == pytest.approx(found["p"].tolist())
    assert by_day["flagged"].mean() <= 0.03
    assert len(every) == len(index.days) - 1 - 250


def weekdays(count: int) -> tuple[date, ...]:
    days, day = [], date(2010, 1, 4)
    while len(days) < count:
        if day.weekday() < 5:
            days.append(day)
        day += timedelta(days=1)
    return tuple(days)


def simulated(draw: np.random.Generator, count: int, beta: float | None) -> Prices:
    """Asset (and market) returns, normal and independent, with SHOCK added to the asset on the last 3 days."""
    market = draw.normal(2e-4, 0.01, count)
    noise = draw.normal(0, 0.008, count)
    asset = 1e-4 + noise if beta is None else 1e-4 + beta * market + noise
    asset[-3:] += SHOCK
    columns = [asset] if beta is None else [asset, market]
    values = 100 * np.cumprod(1 + np.column_stack([np.concatenate([[0.0], column]) for column in columns]), axis=0)
    return Prices(weekdays(count + 1), ("asset", "market")[: len(columns)], values)


@pytest.mark.parametrize("beta", [None, 1.3])
def test_injected_returns_are_recovered_with_the_coverage_they_claim(beta: float | None) -> None:
    """95 % intervals of 600 simulations hold the truth in 95 % of them, give or take 3 standard errors (2.7 %)."""
    draw = np.random.default_rng(7)
    far = stats.t.ppf(0.975, freedom(120) if beta is None else 118)
    inside, estimates, single = [], [], []
    for _ in range(600):
        prices = simulated(draw, 150, beta)
        found = event_study(prices, [prices.days[-3]], market="market" if beta else None, window=(0, 2), estimation=120)
        row = found.cumulated.iloc[0]
        estimates.append(row["abnormal"])
        inside.append(abs(row["abnormal"] - 3 * SHOCK) <= far * row["se"])
        day = found.abnormal.iloc[0]
        single.append(abs(day["abnormal"] - SHOCK) <= far * day["se"])
    assert np.mean(estimates) == pytest.approx(3 * SHOCK, abs=4 * np.std(estimates) / np.sqrt(600))
    assert np.mean(inside) == pytest.approx(0.95, abs=0.027)
    assert np.mean(single) == pytest.approx(0.95, abs=0.027)


def test_days_without_events_are_flagged_as_often_as_the_level_says() -> None:
    """Of 20 × 750 independent normal days, 1 % within 4 standard errors of as many (0.32 %)."""
    draw = np.random.default_rng(3)
    shares = []
    for _ in range(20):
        values = 100 * np.cumprod(1 + draw.normal(0, 0.01, 1001))
        shares.append(flag_days(Prices(weekdays(1001), ("a",), values[:, None]), "a")["flagged"].mean())
    assert np.mean(shares) == pytest.approx(0.01, abs=0.0033)


def test_the_market_model_by_hand() -> None:
    prices = simulated(np.random.default_rng(1), 200, 0.7)
    found = event_study(prices, [prices.days[-3]], market="market", window=(-1, 2), estimation=100)
    y, x = prices.returns("asset"), prices.returns("market")
    first = len(y) - 4
    X = np.column_stack([np.ones(100), x[first - 100 : first]])
    b, *_ = np.linalg.lstsq(X, y[first - 100 : first], rcond=None)
    s2 = ((y[first - 100 : first] - X @ b) ** 2).sum() / 98
    around = np.column_stack([np.ones(4), x[first : first + 4]])
    cov = s2 * (np.eye(4) + around @ np.linalg.inv(X.T @ X) @ around.T)
    assert found.abnormal["abnormal"].to_numpy() == pytest.approx(y[first : first + 4] - around @ b)
    assert found.abnormal["se"].to_numpy() == pytest.approx(np.sqrt(np.diag(cov)))
    assert found.cumulated["se"].iloc[0] == pytest.approx(np.sqrt(cov.sum()))
    assert found.abnormal["offset"].tolist() == [-1, 0, 1, 2]


def test_a_day_without_trade_stands_for_the_next_and_the_window_before_is_untouched() -> None:
    prices = simulated(np.random.default_rng(2), 300, None)
    saturday = next(d + timedelta(days=1) for d in prices.days[200:] if d.weekday() == 4)
    row = event_study(prices, [saturday], estimation=100).cumulated.iloc[0]
    assert row["on"] == (saturday + timedelta(days=2)).isoformat()
    assert row["estimated_to"] == (saturday - timedelta(days=1)).isoformat()
    changed = prices.values.copy()
    at = prices.days.index(date.fromisoformat(row["on"]))
    changed[at + 1 :] *= 1.5  # what comes after says nothing about the day
    later = event_study(Prices(prices.days, prices.names, changed), [saturday], estimation=100).cumulated.iloc[0]
    assert later["p"] == row["p"]


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"events": [date(2030, 1, 1)]}, BadInput, "outside the prices"),
        ({"events": [date(2010, 1, 4)]}, BadInput, "outside the prices"),
        ({"estimation": 20}, BadInput, "too short: give 30 or more"),
        ({"estimation": 250}, BadInput, "give earlier prices, or a shorter window"),
        ({"window": (1, 0)}, BadInput, "first day before last"),
        ({"window": (0, 500)}, BadInput, "is outside the prices"),
        ({"market": "marke"}, UnknownName, "did you mean 'market'"),
        ({"events": []}, BadInput, "needs an event"),
        ({"events": 3}, BadInput, "events is 3: give a list of days"),
        ({"events": [3]}, BadInput, "3 is not a day: give a date"),
        ({"window": 3}, BadInput, "window is 3: give two whole numbers"),
        ({"window": ("a", "b")}, BadInput, "give two whole numbers"),
        ({"estimation": "x"}, BadInput, "estimation is 'x': give a whole number"),
        ({"gap": -1}, BadInput, "gap is -1: give a whole number, 0 or more"),
        ({"level": "x"}, BadInput, "level is 'x': give a finite number"),
        ({"level": 2}, BadInput, "level is 2: give a probability"),
    ],
)
def test_what_cannot_be_studied_is_said(given: dict[str, object], error: type[Exception], said: str) -> None:
    prices = simulated(np.random.default_rng(2), 200, 1.0)
    asked = {"events": [prices.days[150]], "market": "market", "estimation": 100, **given}
    with pytest.raises(error, match=said):
        event_study(prices, asked.pop("events"), **asked)  # type: ignore[arg-type]


def test_a_hole_in_the_prices_is_said_where_it_matters() -> None:
    """Three weeks without prices: a day in them has no next trading day, and a window over them no daily returns."""
    whole = simulated(np.random.default_rng(2), 300, None)
    kept = [k for k in range(301) if not 200 <= k < 215]
    prices = Prices(tuple(whole.days[k] for k in kept), whole.names, whole.values[kept])
    with pytest.raises(BadInput, match=f"the event of {whole.days[202]} is in a hole of the prices"):
        event_study(prices, whole.days[202], estimation=100)
    with pytest.raises(BadInput, match=f"none lies between {whole.days[199]} and {whole.days[215]}, 24 days"):
        event_study(prices, whole.days[260], estimation=100)
    assert len(event_study(prices, whole.days[260], estimation=40).cumulated) == 1
    assert len(event_study(prices, whole.days[190], estimation=100).cumulated) == 1


def test_a_table_that_is_no_prices_is_refused_with_its_place() -> None:
    days = pd.DatetimeIndex(["2018-01-02", "2018-01-03"])
    for values, index, said in (
        ([1.0, "x"], days, "row 2: 'x' in column a is not a price"),
        ([1.0, 2.0, 3.0], days[[1, 0, 1]], "unsorted: 2018-01-02 comes after 2018-01-03"),
        ([1.0, 2.0], pd.DatetimeIndex(["2018-01-02", None]), "row 2: the date is missing"),
    ):
        with pytest.raises(BadTable, match=said):
            event_study(pd.DataFrame({"a": values}, index=index), "2018-01-03")
    with pytest.raises(BadTable, match="the price of b on 2018-01-03 is missing"):
        event_study(pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, None]}, index=days), "2018-01-03")
    with pytest.raises(BadInput, match="prices is of type list: give Prices"):
        event_study([1.0, 2.0], "2018-01-03")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="path is 3: give the path of a CSV"):
        read_prices(3)  # type: ignore[arg-type]
    with pytest.raises(BadTable, match="an array of prices holds no numbers"):
        Prices((days[0].date(),), ("a",), np.array([["x"]]))
    plain = pd.Series([1.0, 2.0], index=[day.date() for day in days], name="a")
    assert prices_of(plain).days == prices_of(plain.set_axis(days)).days == tuple(day.date() for day in days)


def test_prices_that_never_move_are_refused() -> None:
    flat = Prices(weekdays(100), ("a",), np.full((100, 1), 5.0))
    with pytest.raises(BadInput, match="nothing to test against"):
        event_study(flat, [flat.days[80]], estimation=40)
    with pytest.raises(BadInput, match="give more prices"):
        flag_days(flat, "a")


def refused_on(asset: np.ndarray, market: np.ndarray, said: str, given: dict[str, object] | None = None) -> None:
    """The study of an asset on a market is refused, from both doors, and no library warns."""
    days = weekdays(len(asset))
    prices = Prices(days, ("x", "m"), np.column_stack([asset, market]))
    asked: dict[str, object] = {"market": "m", "estimation": 100, **(given or {})}
    with pytest.raises(BadInput, match=said):
        event_study(prices, [days[280]], **asked)  # type: ignore[arg-type]


MARKET = 100 * np.cumprod(1 + np.random.default_rng(4).normal(0, 0.01, 320))


@pytest.mark.parametrize(
    ("asset", "market"),
    [
        (2 * MARKET, MARKET),
        (MARKET, MARKET),
        (MARKET, 1 / MARKET),
        (50 + 2 * MARKET, MARKET),
        (MARKET**2, MARKET),
        (np.cumprod(1 + 3 * np.diff(MARKET, prepend=100) / np.append(100, MARKET[:-1])), MARKET),
        (np.cumprod(1 + 1e-4 - 2 * np.diff(MARKET, prepend=100) / np.append(100, MARKET[:-1])), MARKET),
        (MARKET.astype(np.float32).astype(np.float64), MARKET),
        (np.round(MARKET / 4, 2), np.round(MARKET, 2)),
        (np.round(24 * MARKET, 2), np.round(MARKET, 1)),
    ],
    ids=["twice", "itself", "inverse", "affine", "square", "leveraged", "leveraged short", "single precision",
         "rounded", "both rounded"],
)  # fmt: skip
def test_the_market_in_another_unit_is_refused(asset: np.ndarray, market: np.ndarray) -> None:
    refused_on(asset, market, "x moves as the market m does")


@pytest.mark.parametrize(
    ("asset", "market", "said", "given"),
    [
        (MARKET, np.full(320, 7.0), "the market m moves by the same rate every day", {}),
        (MARKET, 7 * 1.001 ** np.arange(320), "the market m moves by the same rate every day", {}),
        (np.full(320, 7.0), MARKET, "the price of x moves by the same rate every day", {}),
        (7 * 1.001 ** np.arange(320), MARKET, "the price of x moves by the same rate every day", {"market": None}),
        (np.where(np.arange(320) < 250, 7.0, 8.0), MARKET, "the price of x moves on 1 of 100 days", {}),
        (np.where(np.arange(320) < 250, 7.0, 8.0), MARKET, "the price of x moves on 1 of 100 days", {"market": None}),
        (MARKET, MARKET, "begins after the event, so that an estimation window", {"window": (2, 3)}),
        (MARKET, MARKET, "leave a gap of 5 days or more", {"window": (5, 6), "gap": 4}),
    ],
)
def test_what_leaves_nothing_to_test_is_refused(
    asset: np.ndarray, market: np.ndarray, said: str, given: dict[str, object]
) -> None:
    refused_on(asset, market, said, given)


def test_a_close_relative_of_the_market_is_studied() -> None:
    """A fund off its index by two basis points a day, a share of a dollar printed in cents, a pegged currency."""
    draw = np.random.default_rng(6)
    market = np.diff(np.log(MARKET), prepend=np.log(100))
    for asset in (
        np.round(10 * np.exp(np.cumsum(market + draw.normal(0, 2e-4, 320))), 4),
        np.round(np.exp(np.cumsum(0.8 * market + draw.normal(0, 0.02, 320))), 2),
        np.round(7.8 * np.exp(draw.normal(0, 2e-4, 320)), 4),
    ):
        prices = Prices(weekdays(320), ("x", "m"), np.column_stack([asset, MARKET]))
        row = event_study(prices, [prices.days[280]], market="m", window=(0, 1), estimation=100).cumulated.iloc[0]
        assert 0 <= row["p"] <= 1
        assert row["se"] > 1e-5


def test_a_gap_lets_a_window_begin_after_its_event() -> None:
    prices = Prices(weekdays(320), ("m",), MARKET[:, None])
    row = event_study(prices, [prices.days[280]], window=(2, 3), gap=2, estimation=100).cumulated.iloc[0]
    assert row["estimated_to"] < row["on"]


def test_other_events_in_an_estimation_window_are_said() -> None:
    prices = Prices(weekdays(320), ("m",), MARKET[:, None])
    found = event_study(prices, [prices.days[250], prices.days[280]], estimation=100)
    assert found.notes == (f"estimation windows that hold other events: {prices.days[280]} ({prices.days[250]})",)
    assert event_study(prices, [prices.days[280]], estimation=100).notes == ()


def test_days_whose_window_never_moves_are_not_flagged() -> None:
    """A price that moves, stands still for a year and moves again: no p-value out of the rounding of a rolling sum."""
    still = np.concatenate([MARKET, np.full(200, MARKET[-1]), MARKET])
    every = flag_days(Prices(weekdays(len(still)), ("a",), still[:, None]), "a", estimation=100)
    assert every["p"].notna().all()
    assert len(every) < len(still) - 101
    assert every["se"].min() > 1e-5


CSV = "Date,Open,Close,Adj Close,Volume\n3/21/18,1,2,3.5,10\n3/22/18,1,2,3.4,10\n"


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "prices.csv"
    path.write_text(text, "utf-8")
    return path


def test_the_adjusted_close_of_a_table_of_one_asset_is_taken(tmp_path: Path) -> None:
    prices = read_prices(write(tmp_path, CSV))
    assert (prices.names, prices.days) == (("Adj Close",), (date(2018, 3, 21), date(2018, 3, 22)))
    assert prices.values[:, 0].tolist() == [3.5, 3.4]
    assert read_prices(write(tmp_path, CSV), ["Close"]).names == ("Close",)
    many = read_prices(write(tmp_path, "day,USA,CHN,volume\n2018-01-02,1,2,5\n2018-01-03,2,2,5\n"))
    assert many.names == ("USA", "CHN")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date,a\n2018-01-03,1\n2018-01-02,2\n2018-01-04,2\n", "unsorted: 2018-01-02 comes after 2018-01-03"),
        ("date,a\n2018-01-03,1\n2018-01-03,2\n", "comes twice"),
        ("date,a,b\n2018-01-02,1,1\n2018-01-03,,2\n", "the price of a on 2018-01-03 is missing"),
        ("date,a\n2018-01-02,1\n2018-01-03,-4\n", "is -4"),
        ("date,a\n2018-01-02,1\n2018-01-03,x\n", "line 3: 'x' in column a is not a price"),
        ("date,a\n2018-01-02,1\nyesterday,2\n", "line 3: 'yesterday' is not a date"),
        ("date,a\n2018-01-02,1\n1/3/18,2\n", "more than one way"),
        ("date\n2018-01-02\n", "a column of dates and one of prices"),
        ("", "is empty"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadTable, match=said):
        read_prices(write(tmp_path, text))


def test_a_column_that_is_not_there_and_a_file_that_is_not(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'Close'"):
        read_prices(write(tmp_path, CSV), ["Closed"])
    with pytest.raises(BadTable, match="is not a file"):
        read_prices(tmp_path / "none.csv")


def test_tables_series_files_and_single_days_are_taken_too(tmp_path: Path) -> None:
    prices = simulated(np.random.default_rng(5), 200, 1.0)
    index = pd.DatetimeIndex([pd.Timestamp(day) for day in prices.days])
    table = pd.DataFrame(prices.values, index=index, columns=list(prices.names))
    day = prices.days[180]
    expected = event_study(prices, [day], market="market", estimation=100).cumulated
    pd.testing.assert_frame_equal(
        event_study(table, day.isoformat(), market="market", estimation=100).cumulated, expected
    )
    alone = event_study(table["asset"], day, estimation=100).cumulated
    path = tmp_path / "a.csv"
    table[["asset"]].rename_axis("date").to_csv(path)
    read = event_study(path, day, estimation=100).cumulated
    assert alone["p"].iloc[0] == pytest.approx(read["p"].iloc[0])
    pd.testing.assert_frame_equal(
        event_study(table.reset_index(), day, market="market", estimation=100).cumulated, expected
    )
    with pytest.raises(BadTable, match=r"row 1: 100\.0 is not a date"):
        event_study(table.reset_index(drop=True), day)
    with pytest.raises(BadInput, match="is not a day"):
        event_study(table, "yesterday")
