"""Event study: what prices did on a day against what they would have done (MacKinlay 1997, "Event Studies").

The market model regresses an asset's return on the market's over a window before the event; with an index alone the
normal return is the mean of the window, and its variance rolls: the mean of those of the last month and of the last
year, because days of large moves come together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

from detente.errors import BadInput
from detente.inputs import FloatArray, day_of, number, require, whole
from detente.markets.prices import Prices, prices_of

ESTIMATION: Final = 250
"""Trading days from which normal returns are estimated: a year."""
MONTH: Final = 21
"""Trading days of the short one of the two rolling variances."""
SHORTEST: Final = 30
"""Fewer days than this estimate no variance worth a test."""
LEVEL: Final = 0.01
"""Probability under which a day is flagged."""
MOVING: Final = 10
"""Fewer days on which a price moves estimate no variance, however long the window."""
_ROUNDING: Final = 1e-10
"""Returns that differ by less than this, as a standard deviation, differ by floating point alone."""
_SAME: Final = 1e-9
"""1 − r² under which an asset is the market itself in floating point, of single precision too."""
_NEARLY: Final = 0.01
"""1 − r² under which what is left of the market may be the rounding of printed prices."""


@dataclass(frozen=True, eq=False)
class EventStudy:
    """Abnormal returns around events.

    Attributes
    ----------
    abnormal
        One row an event, asset and day of the window: event, asset, on (the trading day), offset (trading days from the
        event), return, normal, abnormal, se (of the abnormal return, estimation error included), t, p (two-sided).
    cumulated
        One row an event and asset: event, on (the trading day of the event), asset, model, days, abnormal (cumulated),
        se, t, p, flagged (p under the level), estimated_from, estimated_to, observations.
    notes
        What was left out when prices were read, and which estimation windows hold other events, in sentences.
    """

    abnormal: pd.DataFrame = field(repr=False)
    cumulated: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()


def event_study(
    prices: Prices | pd.DataFrame | pd.Series[Any] | str | Path,
    events: Sequence[date | str] | date | str,
    *,
    market: str | None = None,
    window: tuple[int, int] = (0, 0),
    estimation: int = ESTIMATION,
    gap: int = 0,
    level: float = LEVEL,
) -> EventStudy:
    """Abnormal and cumulated returns of every asset around every event.

    Parameters
    ----------
    prices
        From `read_prices` or made of arrays; or a file, table or series of pandas, read as `read_prices` does.
    events
        Days, or one day, as dates or ISO; one on which nothing was traded stands for the next trading day.
    market
        The asset that is the market; the others are studied by the market model. None: constant mean, rolling variance.
    window
        First and last trading day, counted from the event.
    estimation, gap
        Trading days of the estimation window, and between it and the event window.
    level
        Probability under which a cumulated return is flagged.

    Raises
    ------
    BadInput
        Where an event or its window is outside the data, the estimation window is too short, begins before the data or
        holds the event, prices of more than two weeks are missing in either, or nothing is left to study. Where
        nothing can be tested: the market does not move, an asset moves as the market does (another unit or another name
        of it), or an asset moves at one rate or on fewer than 10 days.
    UnknownName
        Where the market is no asset of the prices.
    """
    prices = prices_of(prices)
    days = days_of(events)
    first_day, last_day = window_of(window)
    studied = [name for name in prices.names if name != market]
    if market is not None:
        prices.place(market)
    if not studied or not days:
        raise BadInput("an event study needs an event, and an asset that is not the market itself")
    if whole(gap, "gap", 0) < first_day:
        raise BadInput(
            f"the window {window} begins after the event, so that an estimation window before it would hold the event: "
            f"begin the window on day 0 or before, or leave a gap of {first_day} days or more"
        )
    _require_level(level)
    if whole(estimation, "estimation", 0) < SHORTEST:
        raise BadInput(f"an estimation window of {estimation} days is too short: give {SHORTEST} or more")
    rows: list[dict[str, object]] = []
    sums: list[dict[str, object]] = []
    for event in days:
        at = prices.at(event)
        first, last = at + first_day, at + last_day
        start = first - gap - estimation
        if last >= len(prices.days) or first < 1:
            raise BadInput(f"the window {window} of {event} is outside the prices, which end on {prices.days[-1]}")
        if start < 1:
            raise BadInput(
                f"the event of {event} has {first - gap - 1} returns before it, and the estimation window is "
                f"{estimation} days: give earlier prices, or a shorter window (estimation, at least {SHORTEST})"
            )
        prices.require_daily(start - 1, last)
        for name in studied:
            found = _study(prices, name, market, slice(start - 1, start - 1 + estimation), slice(first - 1, last))
            label = {"event": event.isoformat(), "asset": name}
            for k, offset in enumerate(range(window[0], window[1] + 1)):
                on = prices.days[at + offset].isoformat()
                rows.append({**label, "on": on, "offset": offset, **{key: v[k] for key, v in found.by_day().items()}})
            sums.append(
                {
                    **label,
                    "on": prices.days[at].isoformat(),
                    "model": "market model" if market is not None else "constant mean, rolling variance",
                    "days": last - first + 1,
                    **found.together(level),
                    "estimated_from": prices.days[start].isoformat(),
                    "estimated_to": prices.days[start + estimation - 1].isoformat(),
                    "observations": estimation,
                }
            )
    together = pd.DataFrame(sums)
    return EventStudy(pd.DataFrame(rows), together, (*prices.notes, *_holding(together)))


def _holding(sums: pd.DataFrame) -> list[str]:
    """A sentence on estimation windows that hold other events, whose moves make their normal returns wider."""
    events = sums.drop_duplicates("event")
    held = [
        f"{row.event} ({', '.join(others)})"
        for row in events.itertuples()
        if (others := [day for day in events["on"] if row.estimated_from <= day <= row.estimated_to])
    ]
    return [f"estimation windows that hold other events: {'; '.join(held)}"] if held else []


@dataclass(frozen=True, eq=False)
class _Days:
    """Returns of a window against normal ones; `covariance` (w, w) of the abnormal ones, and its degrees of freedom."""

    returns: FloatArray
    normal: FloatArray
    covariance: FloatArray
    freedom: float

    def by_day(self) -> dict[str, FloatArray]:
        abnormal, se = self.returns - self.normal, np.sqrt(np.diag(self.covariance))
        t = abnormal / se
        p = 2 * stats.t.sf(np.abs(t), self.freedom)
        return {"return": self.returns, "normal": self.normal, "abnormal": abnormal, "se": se, "t": t, "p": p}

    def together(self, level: float) -> dict[str, object]:
        total, se = float((self.returns - self.normal).sum()), float(np.sqrt(self.covariance.sum()))
        p = float(2 * stats.t.sf(abs(total / se), self.freedom))
        return {"abnormal": total, "se": se, "t": total / se, "p": p, "flagged": p < level}


def _study(prices: Prices, name: str, market: str | None, before: slice, around: slice) -> _Days:
    returns = prices.returns(name)
    past, now = returns[before], returns[around]
    _require_moving(past, name)
    if market is None:
        variance = float(rolling_variance(past))
        count = len(now)
        covariance = variance * (np.eye(count) + 1 / len(past))
        return _Days(now, np.full(count, past.mean()), covariance, freedom(len(past)))
    index = prices.returns(market)
    _require_market(prices, name, market, before)
    fit = sm.OLS(past, sm.add_constant(index[before], has_constant="raise")).fit()
    design = np.column_stack([np.ones(len(now)), index[around]])
    covariance = fit.scale * np.eye(len(now)) + design @ fit.cov_params() @ design.T
    return _Days(now, design @ fit.params, np.asarray(covariance), float(fit.df_resid))


def _require_moving(past: FloatArray, name: str) -> None:
    """Raise BadInput where returns before the event have no variance to test with."""
    if past.std() <= _ROUNDING:
        raise BadInput(
            f"the price of {name} moves by the same rate every day before the event: nothing to test against"
        )
    moving = int((np.abs(past) > _ROUNDING).sum())
    if moving < MOVING:
        raise BadInput(
            f"the price of {name} moves on {moving} of {len(past)} days before the event, and {MOVING} or more "
            "estimate a variance: give prices of days with trade"
        )


def _require_market(prices: Prices, name: str, market: str, before: slice) -> None:
    """Raise BadInput where returns of the window leave no residual, or no slope, of an asset on the market."""
    past, index = prices.returns(name)[before], prices.returns(market)[before]
    if index.std() <= _ROUNDING:
        raise BadInput(
            f"the market {market} moves by the same rate every day before the event, so that no asset has a slope on "
            "it: name another column as market, or none"
        )
    r = float(np.corrcoef(index, past)[0, 1])
    left = 1 - r**2
    slope = r * past.std() / index.std()
    rounding = _rounding(prices, name, before) + slope**2 * _rounding(prices, market, before)
    if _same(prices, name, market, before) or (left < _NEARLY and left * past.var() <= 4 * rounding):
        raise BadInput(
            f"{name} moves as the market {market} does (correlation {r:.8f}): it is the market itself in another unit "
            "or under another name, and what is left of it is rounding; study another asset, or name no market"
        )


def _same(prices: Prices, name: str, market: str, before: slice) -> bool:
    """Whether an asset is a function of the market: in its returns, their logs, or the differences of prices."""
    one, two = (prices.values[:, prices.place(each)] for each in (name, market))
    moves: tuple[Callable[[FloatArray], FloatArray], ...] = (
        lambda price: price[1:] / price[:-1],
        lambda price: np.diff(np.log(price)),
        np.diff,
    )
    return any(1 - np.corrcoef(move(one)[before], move(two)[before])[0, 1] ** 2 < _SAME for move in moves)


def _rounding(prices: Prices, name: str, before: slice) -> float:
    """The variance of returns that comes of prices printed with few decimals; 0 where they have many."""
    price = prices.values[:, prices.place(name)]
    for decimals in range(5):
        scaled = price * 10.0**decimals
        if np.abs(scaled - np.round(scaled)).max() < 1e-6:
            return float(10.0 ** (-2 * decimals) / 6 * np.mean(price[1:][before] ** -2.0))
    return 0.0


def days_of(events: Sequence[date | str] | date | str) -> tuple[date, ...]:
    """Days, or one day, as dates. Raises BadInput."""
    if isinstance(events, date | str):
        return (day_of(events),)
    require(Iterable, events, "events", "give a list of days, such as ['2018-03-22']")
    return tuple(map(day_of, events))


def window_of(given: tuple[int, int]) -> tuple[int, int]:
    """First and last trading day, counted from the event, the first not after the last. Raises BadInput."""
    sound = isinstance(given, list | tuple) and len(given) == 2
    days = sound and all(isinstance(day, int | np.integer) and not isinstance(day, bool) for day in given)
    if not days or given[0] > given[1]:
        raise BadInput(f"window is {given!r}: give two whole numbers, first day before last, such as (-1, 1)")
    return int(given[0]), int(given[1])


def _require_level(level: float) -> None:
    if not 0 < number(level, "level") < 1:
        raise BadInput(f"level is {level:g}: give a probability, such as {LEVEL}")


def rolling_variance(past: FloatArray) -> float:
    """The mean of the sample variances of the last month and of all days given."""
    return float((past[-MONTH:].var(ddof=1) + past.var(ddof=1)) / 2)


def freedom(count: int) -> float:
    """Degrees of freedom of the rolling variance over so many days, by Satterthwaite's rule for independent returns.

    Of the mean of two sample variances, the shorter window inside the longer: their covariance is about the variance of
    the longer one, so that Var = σ⁴ (1/(m − 1) + 3/(n − 1)) / 2 against 2σ⁴/f.
    """
    return 4 / (1 / (min(MONTH, count) - 1) + 3 / (count - 1))


def flag_days(prices: Prices, name: str, *, estimation: int = ESTIMATION, level: float = LEVEL) -> pd.DataFrame:
    """Every day against the window before it, by constant mean and rolling variance.

    One row a day with a full window whose returns vary: on, return, normal, se, t, p, flagged. Raises as
    `event_study`.
    """
    require(Prices, prices, "prices", "give Prices, such as of read_prices")
    returns = prices.returns(name)
    _require_level(level)
    if whole(estimation, "estimation", 0) < SHORTEST or len(returns) <= estimation:
        raise BadInput(
            f"{len(returns)} returns and an estimation window of {estimation} days: give more prices, or a window of "
            f"{SHORTEST} days or more"
        )
    series = pd.Series(returns)
    normal = series.rolling(estimation).mean().shift(1)
    variance = (series.rolling(MONTH).var().shift(1) + series.rolling(estimation).var().shift(1)) / 2
    se = np.sqrt(variance * (1 + 1 / estimation))
    moving = (series.abs() > _ROUNDING).rolling(estimation).sum().shift(1)
    varies = (se > _ROUNDING) & (moving >= MOVING)
    t = (series - normal) / se.where(varies)
    p = 2 * stats.t.sf(np.abs(t), freedom(estimation))
    table = pd.DataFrame(
        {
            "on": [day.isoformat() for day in prices.days[1:]],
            "return": returns,
            "normal": normal,
            "se": se,
            "t": t,
            "p": p,
            "flagged": p < level,
        }
    )
    tested: pd.DataFrame = table[varies].reset_index(drop=True)
    return tested
