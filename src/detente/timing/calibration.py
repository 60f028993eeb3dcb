"""The accuracy of a clock's forecasts on simulated disputes, whose truth may be another prior or other payoffs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from detente.errors import BadInput
from detente.inputs import FloatArray, IntArray
from detente.timing.escalation import Course, simulate
from detente.timing.scores import STATES, brier, log_score


@dataclass(frozen=True, eq=False)
class Calibration:
    """The accuracy of forecasts on simulated disputes.

    `bins` has one row a bin of forecast probability: low, high, forecasts (how many), forecast (their mean), happened
    (how often). `brier` and `log` are means over disputes and days, `uniform_brier` and `uniform_log` those of a
    forecast of one in four for every state; `error` is the mean absolute gap of forecast and frequency.
    """

    bins: pd.DataFrame
    brier: float
    log: float
    uniform_brier: float
    uniform_log: float
    error: float
    disputes: int


def calibrate(
    assumed: Sequence[Course], truth: Sequence[Course], days: Sequence[int], *, seed: int, each: int = 1, bins: int = 10
) -> Calibration:
    """Forecasts of `assumed` courses against disputes that are played by `truth`, course by course.

    Raises BadInput where the two are not as many, or a day is outside a course.
    """
    if len(assumed) != len(truth) or not assumed:
        raise BadInput(f"{len(assumed)} forecasts and {len(truth)} truths: give as many of both, one or more")
    told, seen = [], []
    for number, (mine, its) in enumerate(zip(assumed, truth, strict=True)):
        ended = simulate(its, days, each, seed + number)
        told.append(np.repeat(mine.chances[list(days)][None], each, axis=0))
        seen.append(ended)
    forecasts = np.concatenate(told).reshape(-1, len(STATES))
    happened = np.concatenate(seen).ravel()
    table = _bins(forecasts, happened, bins)
    uniform = np.full(len(STATES), 1 / len(STATES))
    pairs = list(zip(forecasts, happened.tolist(), strict=True))
    return Calibration(
        bins=table,
        brier=float(np.mean([brier(p, s) for p, s in pairs])),
        log=float(np.mean([log_score(p, s) for p, s in pairs])),
        uniform_brier=brier(uniform, 0),
        uniform_log=log_score(uniform, 0),
        error=float(np.average((table["forecast"] - table["happened"]).abs(), weights=table["forecasts"])),
        disputes=each * len(assumed),
    )


def _bins(forecasts: FloatArray, happened: IntArray, count: int) -> pd.DataFrame:
    hit = np.zeros_like(forecasts)
    hit[np.arange(len(happened)), happened] = 1.0
    place = np.minimum((forecasts * count).astype(int), count - 1)
    rows = []
    for k in range(count):
        here = place == k
        if here.any():
            means = {"forecast": forecasts[here].mean(), "happened": hit[here].mean()}
            rows.append({"low": k / count, "high": (k + 1) / count, "forecasts": int(here.sum()), **means})
    return pd.DataFrame(rows)
