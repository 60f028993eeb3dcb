"""Prices in the layouts that sources write, each made of the same days and closes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

DAYS = pd.bdate_range("2017-01-02", periods=320)
CLOSE = np.round(2400 * np.cumprod(1 + np.random.default_rng(0).normal(0, 0.01, 320)), 2)
OTHER = np.round(100 * np.cumprod(1 + np.random.default_rng(1).normal(0, 0.01, 320)), 2)
BOTH = np.column_stack([CLOSE, OTHER])
PLAIN = tuple(day.date() for day in DAYS)


def ohlcv(**more: object) -> pd.DataFrame:
    """Open, high, low, close and volume of one asset, with columns that come beside them."""
    table = {"Open": CLOSE * 1.01, "High": CLOSE * 1.02, "Low": CLOSE * 0.98, "Close": CLOSE, **more}
    return pd.DataFrame({**table, "Volume": np.arange(320) + 2_708_700_000}, index=DAYS).rename_axis("Date")


def two_levels() -> pd.DataFrame:
    """Price above ticker, as Yahoo's Python client has it."""
    parts = {}
    for ticker, close in (("SPY", CLOSE), ("^GSPC", OTHER)):
        for kind, factor in (("Close", 1.0), ("High", 1.01), ("Open", 1.02)):
            parts[kind, ticker] = close * factor
        parts["Volume", ticker] = np.full(320, 1e6)
    table = pd.DataFrame(parts, index=DAYS).sort_index(axis=1).rename_axis("Date")
    return table.rename_axis(columns=["Price", "Ticker"])


def long_rows() -> pd.DataFrame:
    """One row an asset and day."""
    return two_levels().stack(level=1, future_stack=True).reset_index()


def in_zone(zone: str) -> pd.DataFrame:
    """Days as midnights of an exchange's zone."""
    table = ohlcv(Dividends=np.zeros(320), **{"Stock Splits": np.zeros(320), "Capital Gains": np.zeros(320)})
    return table.set_axis(DAYS.tz_localize(zone)).rename_axis("Date")


#: Layout → a table of pandas and the assets in it; each is also written as CSV and read from there.
TABLES: dict[str, tuple[Callable[[], pd.DataFrame], tuple[str, ...]]] = {
    "open to volume": (ohlcv, ("Close",)),
    "adjusted close": (lambda: ohlcv(Close=CLOSE * 2, **{"Adj Close": CLOSE}), ("Adj Close",)),
    "dividends and splits": (lambda: in_zone("America/New_York"), ("Close",)),
    "Tokyo": (lambda: in_zone("Asia/Tokyo"), ("Close",)),
    "Sydney": (lambda: in_zone("Australia/Sydney"), ("Close",)),
    "London": (lambda: in_zone("Europe/London"), ("Close",)),
    "two levels": (two_levels, ("SPY", "^GSPC")),
    "two levels, ticker first": (lambda: two_levels().swaplevel(axis=1).sort_index(axis=1), ("SPY", "^GSPC")),
    "two levels without names": (lambda: two_levels().rename_axis(columns=[None, None]), ("SPY", "^GSPC")),
    "two levels, one ticker": (lambda: two_levels().xs("SPY", axis=1, level=1, drop_level=False), ("SPY",)),
    "ticker and kind in one name": (
        lambda: two_levels().set_axis([f"{t}.{k}" for k, t in two_levels().columns], axis=1), ("SPY", "^GSPC")
    ),
    "kind and ticker in one name": (
        lambda: two_levels().set_axis([f"{k}_{t}" for k, t in two_levels().columns], axis=1), ("SPY", "^GSPC")
    ),
    "names that were tuples": (
        lambda: two_levels().set_axis(list(map(str, two_levels().columns)), axis=1), ("SPY", "^GSPC")
    ),
    "one row an asset and day": (long_rows, ("SPY", "^GSPC")),
    "one row an asset, day and kind": (
        lambda: two_levels().stack(level=[0, 1], future_stack=True).rename("amount").reset_index()
        .rename(columns={"Price": "field", "amount": "value"}), ("SPY", "^GSPC")
    ),
    "an asset a column": (lambda: pd.DataFrame({"SPY": CLOSE, "^GSPC": OTHER}, index=DAYS), ("SPY", "^GSPC")),
    "assets with words for names": (
        lambda: pd.DataFrame({"LOW": CLOSE, "KEY": OTHER, "volume": np.arange(320)}, index=DAYS), ("LOW", "KEY")
    ),
    "newest first": (lambda: ohlcv().iloc[::-1], ("Close",)),
}  # fmt: skip


def joined(head: str, rows: object, separator: str = ",") -> str:
    """Lines of a file."""
    return "\n".join([head, *(separator.join(map(str, row)) for row in rows)]) + "\n"  # type: ignore[attr-defined]


def german(value: float) -> str:
    """A number with a comma before its decimals and points between its thousands."""
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


#: Layout → the text of a file and the assets in it.
FILES: dict[str, tuple[str, tuple[str, ...]]] = {
    "Investing.com": (
        joined('\ufeff"Date","Price","Open","High","Low","Vol.","Change %"', (
            (f'"{day:%b %d, %Y}"', f'"{close:,.2f}"', f'"{close * 1.01:,.2f}"', '"1.0"', '"1.0"', '"1.20M"', '"-0.31%"')
            for day, close in zip(DAYS[::-1], CLOSE[::-1], strict=True)
        )), ("Price",),
    ),
    "Investing.com in German": (
        joined('"Datum","Zuletzt","Eröffn.","Hoch","Tief","Vol.","+/- %"', (
            (f'"{day:%d.%m.%Y}"', f'"{german(close)}"', '"1,0"', '"1,0"', '"1,0"', '"1,20M"', '"-0,31%"')
            for day, close in zip(DAYS[::-1], CLOSE[::-1], strict=True)
        )), ("Zuletzt",),
    ),
    "Nasdaq": (
        joined("Date,Close/Last,Volume,Open,High,Low", (
            (f"{day:%m/%d/%Y}", f"${close:.2f}", 25, "$1.00", "$1.00", "$1.00")
            for day, close in zip(DAYS[::-1], CLOSE[::-1], strict=True)
        )), ("Close/Last",),
    ),
    "Stooq": (
        joined("<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>", (
            ("^SPX", "D", f"{day:%Y%m%d}", "000000", 1, 1, 1, close, 9, 0)
            for day, close in zip(DAYS, CLOSE, strict=True)
        )), ("^SPX",),
    ),
    "FRED": (
        joined("DATE,SP500", [*(
            (day.date(), f"{close:.2f}") for day, close in zip(DAYS, CLOSE, strict=True)
        ), ("2018-03-26", "."), ("2018-03-27", "")]), ("SP500",),
    ),
    "ECB": (
        joined("KEY,FREQ,CURRENCY,TIME_PERIOD,OBS_VALUE,OBS_STATUS,DECIMALS,TITLE", (
            ("EXR.D.USD.EUR", "D", "USD", day.date(), close, "A", 4, '"US dollar/Euro"')
            for day, close in zip(DAYS, CLOSE, strict=True)
        )), ("EXR.D.USD.EUR",),
    ),
    "Bloomberg": (
        "Security,SPX Index\nStart Date,1/2/2017\nEnd Date,3/23/2018\nPeriod,D\n\n"
        + joined("Date,PX_LAST,PX_VOLUME", (
            (f"{day:%m/%d/%Y}", close, "#N/A N/A") for day, close in zip(DAYS, CLOSE, strict=True)
        )), ("PX_LAST",),
    ),
    "semicolons and decimal commas": (
        joined("Datum;Schlusskurs", (
            (f"{day:%d.%m.%Y}", german(close)) for day, close in zip(DAYS, CLOSE, strict=True)
        ), ";"), ("Schlusskurs",),
    ),
    "the day first": (
        joined("date,index", ((f"{day:%d/%m/%Y}", close) for day, close in zip(DAYS, CLOSE, strict=True))), ("index",),
    ),
    "seconds since 1970": (
        joined("timestamp,close", ((int(day.timestamp()), close) for day, close in zip(DAYS, CLOSE, strict=True))),
        ("close",),
    ),
    "milliseconds at the opening bell": (
        joined("time,close", ((int(day.timestamp() + 52_200) * 1000, c) for day, c in zip(DAYS, CLOSE, strict=True))),
        ("close",),
    ),
    "an older Yahoo": (
        joined("Date,Open,High,Low,Close,Adj Close,Volume", [*(
            (day.date(), 1, 1, 1, 1, close, 5) for day, close in zip(DAYS, CLOSE, strict=True)
        ), ("2018-03-26", *["null"] * 6)]), ("Adj Close",),
    ),
    "trailing separators and spaces": (
        joined(" date , S&P 500 ,,", ((f" {d.date()} ", f" {c:,.2f}".replace(",", " "), "", "")
                                      for d, c in zip(DAYS, CLOSE, strict=True))), ("S&P 500",),
    ),
}  # fmt: skip


def expected(assets: tuple[str, ...]) -> tuple[tuple[date, ...], np.ndarray]:
    """The days and prices that each layout says."""
    return PLAIN, BOTH[:, : len(assets)]
