"""Prices in the layouts that sources write: the same from a file and a table, or refused with what to do."""

from __future__ import annotations

import gzip
import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from layouts import CLOSE, DAYS, FILES, OTHER, TABLES, expected, in_zone, joined, ohlcv, two_levels

from detente.errors import BadTable, DetenteWarning, UnknownName
from detente.markets.prices import Prices, parse_prices, prices_of, read_prices


def said(prices: Prices, assets: tuple[str, ...]) -> None:
    days, values = expected(assets)
    assert prices.names == assets
    assert prices.days == days
    np.testing.assert_allclose(prices.values, values, rtol=1e-12)


@pytest.mark.parametrize("layout", TABLES)
def test_a_table_is_read_as_the_same_table_in_a_file(layout: str, tmp_path: Path) -> None:
    table, assets = TABLES[layout][0](), TABLES[layout][1]
    from_table = prices_of(table)
    said(from_table, assets)
    path = tmp_path / "prices.csv"
    table.to_csv(path, index=not isinstance(table.index, pd.RangeIndex))
    from_file = read_prices(path)
    said(from_file, assets)
    assert from_file.notes == from_table.notes
    assert from_file.source == f"{', '.join(assets)} of prices.csv"


@pytest.mark.parametrize("layout", FILES)
def test_a_file_of_a_source_is_read(layout: str) -> None:
    text, assets = FILES[layout]
    said(parse_prices(text, "p.csv"), assets)


def test_packed_files_and_sheets_are_read(tmp_path: Path) -> None:
    text = ohlcv().to_csv()
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "p.txt").write_bytes(text.encode("utf-16"))
    ohlcv().to_excel(tmp_path / "p.xlsx")
    ohlcv().to_parquet(tmp_path / "p.parquet")
    two_levels().to_parquet(tmp_path / "two.parquet")
    for name in ("p.csv.gz", "p.txt", "p.xlsx", "p.parquet"):
        said(read_prices(tmp_path / name), ("Close",))
    said(read_prices(tmp_path / "two.parquet"), ("SPY", "^GSPC"))


def test_what_is_not_read_and_what_is_left_out_is_named() -> None:
    notes = parse_prices(FILES["FRED"][0], "p.csv").notes
    assert notes == ("rows without a price, left out: 2, 2018-03-26, 2018-03-27",)
    notes = parse_prices(FILES["Bloomberg"][0], "p.csv").notes
    assert notes[0].startswith("4 lines above the names are not read: 'Security', 'Start Date'")
    assert notes[1] == "columns not read: PX_VOLUME"
    notes = parse_prices(FILES["Investing.com"][0], "p.csv").notes
    assert notes[0] == "rows go from the newest to the oldest, and are read from the oldest"
    assert notes[1] == "columns not read: Open, High, Low, Vol., Change %"
    assert prices_of(in_zone("Asia/Tokyo")).notes == (
        "columns not read: Open, High, Low, Dividends, Stock Splits, Capital Gains, Volume",
    )
    assert parse_prices(FILES["milliseconds at the opening bell"][0], "p.csv").notes == (
        "the days are those of moments in UTC",
    )


def test_columns_are_chosen_by_asset_or_by_name() -> None:
    assert read(two_levels().to_csv(), ["^GSPC"]).values[:, 0] == pytest.approx(OTHER)
    assert read(ohlcv().to_csv(), ["Open"]).values[:, 0] == pytest.approx(CLOSE * 1.01)
    assert read(TABLES["one row an asset and day"][0]().to_csv(index=False), ["SPY"]).names == ("SPY",)
    with pytest.raises(UnknownName, match=r"\^GSPC"):
        read(TABLES["one row an asset and day"][0]().to_csv(index=False), ["GSPC"])


def read(text: str, columns: list[str] | None = None) -> Prices:
    return parse_prices(text, "p.csv", columns)


def lines(*values: object, first: str = "date,close", days: pd.DatetimeIndex = DAYS) -> str:
    return joined(first, ((day.date(), value) for day, value in zip(days, values, strict=False)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (joined("date,close", ((f"{day:%m/%d/%Y}", 5) for day in DAYS[:8])), "may be day/month or month/day"),
        ("date,close\n13/02/2018,1\n02/14/2018,2\n", "with the day first and '02/14/2018' with the month first"),
        ("date,close\n2018-01-02,1\n3.1.2018,2\n", "line 3: dates are written in more than one way"),
        ("date,close\n2018-02-30,1\n2018-03-01,2\n", "line 2: '2018-02-30' is not a date of the calendar"),
        ("date,close\n2018-01,1\n2018-02,2\n", "'2018-01' names no single day: give daily prices"),
        ("date,close\n2017,1\n2018,2\n", "'2017' names no single day"),
        ("date,close\n43100,1\n43101,2\n", "'43100' is the number of a day in a spreadsheet"),
        ("date,close\n,1\n2018-01-03,2\n", "line 2: the date is missing"),
        ("date,close\n٢٠١٨-٠١-٠٢,1\n2018-01-03,2\n", "is not a date"),
        ("date,close\n2018-01-02,1\n2018-01-02,1\n", "2018-01-02 comes twice"),
        ("at,close\n2018-01-02 09:30,1\n2018-01-02 10:30,2\n2018-01-02 11:30,2\n",
         "line 3: 3 prices on 2018-01-02, at 09:30, 10:30, ...: give one price a day"),
        ("date,ticker,close\n2018-01-02,A,1\n2018-01-02,A,2\n", "line 3: a second price of A on 2018-01-02"),
        ("date,ticker,close\n2018-01-02,A,1\n2018-01-02,B,2\n2018-01-03,A,2\n", "price of B on 2018-01-03 is missing"),
        ("date,ticker,close\n2018-01-02,A,1\n2018-01-03,,2\n", "line 3: ticker is empty: name the asset"),
        ("date,close\n2018-01-02,1\n2018-01-03,0\n", "is 0"),
        ("date,close\n2018-01-02,1\n2018-01-03,-37.63\n", "is -37.63"),
        ("date,close\n2018-01-02,1\n2018-01-03,(5.00)\n", "is -5"),
        ("date,close\n2018-01-02,1\n2018-01-03,1e999\n", "too large for a price|is not a price"),
        ("date,close\n2018-01-02,1\n2018-01-03,inf\n", "'inf' in column close is not a price"),
        ("date,close\n2018-01-02,1\n2018-01-03,1_000\n", "'1_000' in column close is not a price"),
        ("date,close\n2018-01-02,1\n2018-01-03,１２\n", "is not a price"),
        ("date,close\n2018-01-02,1\n2018-01-03,1.2M\n", "'1.2M' in column close is a rounded amount"),
        (lines(*[f"{x:.2%}" for x in np.diff(np.log(CLOSE))]), "line 2: '.*%' in column close is a percentage"),
        (lines(*np.diff(np.log(CLOSE))), "% of the numbers of close are negative, as returns are"),
        ("date,close\n2018-01-02,$1.00\n2018-01-03,€2.00\n", "prices of close in \\$ and €"),
        ('date,close\n2018-01-02,"1,234"\n2018-01-03,"2,345"\n', "may divide thousands or begin decimals"),
        ('date,a,b\n2018-01-02,"1,5",2.25\n2018-01-03,"1,6",2.5\n', "decimals begin with a point in '2.25', and"),
        ('date,close\n2018-01-02,1234.5\n2018-01-03,"1,23,4"\n', "is not a price where"),
        ("2018-01-02,5\n2018-01-03,6\n", "line 1 is a row of prices with no names above it"),
        ("date,a,a\n2018-01-02,5,6\n", "has the column a more than once"),
        ("date,close\n2018-01-02,5,6\n", "line 2: 3 cells below 2 names"),
        ("date,Open,High,Low\n2018-01-02,5,6,7\n", "no column of closing prices among 'Open', 'High', 'Low'"),
        ("date,comment\n2018-01-02,good\n", "'good' in column comment is not a price"),
        ("date,close\n", "0 rows and 2 columns"),
        ("<!DOCTYPE html><html>Too many requests", "web page"),
        ('{"date": ["2018-01-02"]}', "JSON"),
        ("date,close\n2018-01-02,1\n2018-01-03,2\nSource: the exchange,3\n", "line 4: 'Source: the exchange' is not"),
    ],
)  # fmt: skip
def test_what_is_no_daily_price_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(BadTable, match=message):
        read(text)


def moved(hours: int) -> pd.DataFrame:
    """Prices at moments in UTC, so many hours after the midnight of their day."""
    return ohlcv().set_axis((DAYS + pd.Timedelta(hours=hours)).tz_localize("UTC"))


@pytest.mark.parametrize("hours", [-9, -8, -33])
def test_moments_in_universal_time_on_weekends_are_asked_about(hours: int) -> None:
    """Midnights of Tokyo and Singapore are on the day before in UTC."""
    day = "Saturday, 2016-12-31" if hours < -24 else "Sunday, 2017-01-01"
    with pytest.raises(BadTable, match=f"is a moment in UTC on {day}"):
        prices_of(moved(hours))
    with pytest.raises(BadTable, match=f"is a moment in UTC on {day}"):
        read(moved(hours).to_csv())


@pytest.mark.parametrize(("hours", "noted"), [(0, False), (10, True)])
def test_moments_in_universal_time_on_days_of_trade_are_read_and_noted(hours: int, noted: bool) -> None:
    for prices in (prices_of(moved(hours)), read(moved(hours).to_csv())):
        said(prices, ("Close",))
        assert ("the days are those of moments in UTC" in prices.notes) == noted


def test_a_clock_that_changes_moves_no_day() -> None:
    """London's midnights are at offset zero in winter and at one hour in summer."""
    text = in_zone("Europe/London").to_csv()
    assert "+00:00" in text
    assert "+01:00" in text
    assert read(text).notes == read(in_zone("America/New_York").to_csv()).notes


def test_tables_that_name_no_days_are_refused() -> None:
    for table, message in (
        (pd.DataFrame({"a": [1.0, 2.0]}), "no column of closing prices"),
        (pd.DataFrame(), "has no columns: give a table indexed by days"),
        (pd.DataFrame({"a": [1.0]}, index=["x"]), "row 1: 'x' is not a date"),
        (ohlcv().set_axis(DAYS.to_period("M")), "row 1: .* names no single day"),
    ):
        with pytest.raises(BadTable, match=message):
            prices_of(table)
    assert prices_of(pd.Series(CLOSE, index=DAYS.to_period("D"))).names == ("price",)


@pytest.mark.parametrize(
    ("values", "days", "message"),
    [
        (CLOSE / np.where(np.arange(320) < 100, 1, 4), DAYS, "on 2017-05-22, as after a split of 4 for 1"),
        (np.where(np.arange(320) < 100, CLOSE, CLOSE * 10), DAYS, "as after a merger of 10 shares into 1"),
        (1 + np.diff(np.log(CLOSE), prepend=np.log(2400)), DAYS, "as factors of growth do"),
        (CLOSE[:64], DAYS[::5], "prices are 7 days apart, as a median"),
    ],
)
def test_what_is_unlikely_is_warned_of_and_noted(values: np.ndarray, days: pd.DatetimeIndex, message: str) -> None:
    with pytest.warns(DetenteWarning, match=message):
        prices = read(lines(*values, days=days))
    assert any(re.search(message, note) for note in prices.notes)


def test_usual_prices_warn_of_nothing() -> None:
    """Crashes are no splits, exchange rates no factors of growth."""
    crash = CLOSE.copy()
    crash[200:] *= 0.77  # October 1987
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read(lines(*crash))
        read(lines(*(CLOSE / 2400)))


def test_filled_weekends_are_warned_of_as_returns_of_zero() -> None:
    filled = pd.Series(CLOSE, index=DAYS).asfreq("D").ffill()
    with pytest.warns(DetenteWarning, match="are the price before: leave out days without trade"):
        prices_of(filled)


@pytest.mark.parametrize("names", [["CLOSE" * 200_000], ["a", "b" * 1_000_000]])
def test_a_message_echoes_no_name_of_millions_of_characters(names: list[str]) -> None:
    text = ",".join(["date", *names, *names]) + "\n2018-01-02" + ",1" * 2 * len(names) + "\n"
    with pytest.raises(BadTable) as caught:
        read(text)
    assert len(str(caught.value)) < 400


def test_ten_thousand_rows_of_thirty_assets_are_one_table() -> None:
    """Wide and long: the same prices."""
    days = pd.bdate_range("1980-01-01", periods=400)
    values = 100 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.01, (400, 30)), axis=0))
    wide = pd.DataFrame(values, index=days, columns=[f"X{k}" for k in range(30)])
    long = wide.rename_axis("date").rename_axis(columns="ticker").stack().rename("close").reset_index()
    one, two = prices_of(wide), prices_of(long)
    assert (one.names, one.days) == (two.names, two.days)
    assert np.array_equal(one.values, two.values)
