"""Event study: what prices did on a day against what they would have done (MacKinlay 1997, "Event Studies").

The market model regresses an asset's return on the market's over a window before the event; with an index alone the
normal return is the mean of the window, and its variance rolls: the mean of those of the last month and of the last
year, because days of large moves come together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    """

    abnormal: pd.DataFrame = field(repr=False)
    cumulated: pd.DataFrame = field(repr=False)


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
        From `read_prices` or made of arrays; a CSV; or a table or series of pandas indexed by days.
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
        Where an event or its window is outside the data, the estimation window is too short or begins before the data,
        prices of more than two weeks are missing in either, or nothing is left to study.
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
    whole(gap, "gap", 0)
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
    return EventStudy(pd.DataFrame(rows), pd.DataFrame(sums))


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
    if past.std() <= 0:
        raise BadInput(
            f"the price of {name} moves by the same rate every day before the event: nothing to test against"
        )
    if market is None:
        variance = float(rolling_variance(past))
        count = len(now)
        covariance = variance * (np.eye(count) + 1 / len(past))
        return _Days(now, np.full(count, past.mean()), covariance, freedom(len(past)))
    index = prices.returns(market)
    fit = sm.OLS(past, sm.add_constant(index[before], has_constant="raise")).fit()
    design = np.column_stack([np.ones(len(now)), index[around]])
    covariance = fit.scale * np.eye(len(now)) + design @ fit.cov_params() @ design.T
    return _Days(now, design @ fit.params, np.asarray(covariance), float(fit.df_resid))


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

    One row a day with a full window: on, return, normal, se, t, p, flagged. Raises as `event_study`.
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
    t = (series - normal) / se
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
    return table.iloc[estimation:].reset_index(drop=True)
