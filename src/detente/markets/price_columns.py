"""The columns of a table of prices: what each is by its name, and which are the prices of the day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from detente.errors import BadTable, enumerate_names, short

ADJUSTED: Final = ("adj close", "adjclose", "adjusted close", "close adjusted", "adjusted", "adj closing price")
CLOSES: Final = (
    "close", "close price", "closing price", "closing value", "close last", "price", "last", "last price", "px last",
    "settle", "settlement price", "value", "obs value", "prc", "rate", "zuletzt", "schluss", "schlusskurs", "dernier",
    "último", "cierre",
)  # fmt: skip
BESIDE: Final = frozenset(
    {
        "open", "high", "low", "volume", "vol", "change", "change percent", "chg", "chg percent",
        "percent change", "percent chg", "net change", "pct change", "return", "returns", "ret", "dividend",
        "dividends", "dividend amount", "div", "split", "splits", "stock splits", "split factor", "split coefficient",
        "capital gains", "adj open", "adj high", "adj low", "adj volume", "adjopen", "adjhigh", "adjlow", "adjvolume",
        "divcash", "splitfactor", "openint", "open interest", "turnover", "vwap", "trades",
        "number of trades", "trade count", "bid", "ask", "px open", "px high", "px low", "px volume", "opening price",
        "opening", "highest", "lowest", "market cap", "shares outstanding", "shrout", "per", "time", "repaired",
        "tickvol", "spread", "eröffn", "hoch", "tief", "ouv", "plus haut", "plus bas", "apertura", "máximo", "mínimo",
    }
)  # fmt: skip
"""Columns of a table of one asset's prices that are not the price of the day."""
DATES: Final = (
    "date", "dates", "day", "datetime", "timestamp", "time period", "observation date", "obs date", "trade date",
    "trading day", "exchange date", "caldt", "dt", "period", "time", "datum", "fecha", "data", "index",
)  # fmt: skip
ASSETS: Final = (
    "ticker", "tickers", "symbol", "asset", "isin", "ric", "security", "instrument", "stock", "key", "series",
    "series id", "permno", "gvkey", "identifier", "name", "index name", "code", "variable", "field", "attribute",
)  # fmt: skip
"""Columns that name the asset of a row, where a table has one row an asset and day."""

NUMBERED: Final = ("permno", "gvkey", "identifier", "series id")
"""Those of them whose names of assets may be numbers."""


@dataclass(frozen=True)
class PriceColumns:
    """Asset → the place of its column; and the names of the columns that are read for no asset."""

    assets: Mapping[str, int]
    unread: tuple[str, ...]


def plain(name: str) -> str:
    """A name of a column in lower case, without the marks that sources put around it."""
    text = re.sub(r"^[0-9]+[a-z]?\. ", "", name.strip().strip("<>*").casefold()).replace("%", " percent ")
    return " ".join(re.sub(r"[\s_.,/()\[\]-]+", " ", text).split())


def is_close(name: str) -> bool:
    """Whether a name is one of the price of the day."""
    return plain(name) in ADJUSTED or plain(name) in CLOSES


def is_field(name: str) -> bool:
    """Whether a name says what a column of one asset is, and not which asset."""
    return is_close(name) or plain(name) in BESIDE


def choose(heads: Mapping[int, tuple[str, ...]], numeric: frozenset[int], where: str) -> PriceColumns:
    """The columns that are the prices of assets, from names of one level or two, `heads` by place.

    Of one asset's open, high, low and close that is the adjusted close, else the close; of several assets, the same of
    each. In a table without such names every column of numbers is an asset. Raises BadTable where no column is left.
    """
    keyed = _keyed(heads)
    called = {place: " ".join(part for part in head if part) for place, head in heads.items()}
    assets: dict[str, int] = {}
    if keyed is None:
        closes = [place for place in heads if is_close(called[place]) and place in numeric]
        beside = any(plain(name) in BESIDE or plain(name) == "obs value" for name in called.values())
        others = [
            place
            for place in sorted(numeric & heads.keys())
            if not (is_field(called[place]) or _is_change(called[place]))
        ]
        if (
            others and not closes
        ):  # without a close these are no columns of one asset: there are shares called LOW and OPEN
            others += [
                place for place in sorted(numeric & heads.keys()) if plain(called[place]) in ("open", "high", "low")
            ]
        if closes and (beside or not others):
            others, closes = [], [_best(closes, called)]
        assets = {called[place]: place for place in sorted([*closes, *others])}
    else:
        for asset in dict.fromkeys(asset for asset, _ in keyed.values()):
            mine = {place: field for place, (of, field) in keyed.items() if of == asset and place in numeric}
            closes = [place for place, field in mine.items() if is_close(field)]
            if closes:
                assets[asset] = _best(closes, mine)
    if not assets:
        listed = enumerate_names([repr(short(name)) for name in called.values()])
        raise BadTable(
            f"{where} has no column of closing prices{' among ' if listed else ''}{listed}: give a column of dates and "
            "one of prices for each asset"
        )
    return PriceColumns(assets, tuple(called[place] for place in heads if place not in assets.values()))


def _best(closes: Sequence[int], fields: Mapping[int, str]) -> int:
    """Of the prices of one asset, the place of the adjusted close, else of the close, else of the first."""
    ranked = [*ADJUSTED, *CLOSES]
    return min(closes, key=lambda place: ranked.index(plain(fields[place])))


def _is_change(name: str) -> bool:
    """Whether a column holds changes or amounts of trade, beside a price."""
    return any(word in plain(name).split() for word in ("percent", "change", "chg", "return", "returns", "volume"))


def _keyed(heads: Mapping[int, tuple[str, ...]]) -> dict[int, tuple[str, str]] | None:
    """Asset and field of each column, where all names say both: two levels in either order, or `SPY Close`."""
    if not heads:
        return None
    if all(len(head) == 2 for head in heads.values()):
        for field in (0, 1):
            if all(is_field(head[field]) for head in heads.values()):
                return {place: (head[1 - field], head[field]) for place, head in heads.items()}
        return None
    found = {place: _split(" ".join(head)) for place, head in heads.items()}
    if any(pair is None for pair in found.values()):
        return None
    return {place: pair for place, pair in found.items() if pair is not None}


def _split(name: str) -> tuple[str, str] | None:
    """Asset and field in one name: `SPY Close`, `Close_SPY`, `SPY.Adjusted`, `('Close', 'SPY')`."""
    if is_field(name):
        return None
    quoted = re.fullmatch(r"\(['\"](.+?)['\"], ?['\"](.+?)['\"]\)", name.strip())
    pairs = [quoted.groups()] if quoted else [
        (name[: gap.start()], name[gap.end() :]) for gap in re.finditer(r"[ _.|:]+", name.strip())
    ]  # fmt: skip
    for first, last in pairs:
        for asset, field in ((first, last), (last, first)):
            if asset and len(plain(field)) > 1 and is_field(field) and not is_field(asset):
                return asset, field
    return None
