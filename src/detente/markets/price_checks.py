"""What is unlikely in daily prices: returns in their place, a split that was not adjusted for, days without trade."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np

from detente.errors import BadTable
from detente.inputs import FloatArray

_SPLITS: Final = (1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 50.0, 100.0)
"""Shares after a split for one before it; the same turned round where shares are merged."""
_NEAR: Final = 0.03
"""A price of the day of a split may be off by so much, in logs: a day's own return."""
_USUAL: Final = 0.05
"""Daily returns have a median size under this where a jump may be told from them."""
_SLOWEST: Final = 4.0
"""Days between prices, as a median, from which they are weekly or rarer."""
FEW: Final = 30
"""Fewer prices than this tell nothing."""


def refuse_returns(values: FloatArray, assets: Sequence[str], where: str) -> None:
    """Raise BadTable where the numbers of an asset look like returns: as often under zero as over it, and small."""
    for k, name in enumerate(assets):
        column = values[:, k][np.isfinite(values[:, k])]
        if len(column) < 5:
            continue
        under = float((column < 0).mean())
        if under > 0.2 and abs(float(np.median(column))) < float(column.std()):
            raise BadTable(
                f"{where}: {under:.0%} of the numbers of {name} are negative, as returns are: give prices "
                "(from returns r, 100 times the running product of 1 + r)"
            )


def unlikely(days: Sequence[date], values: FloatArray, assets: Sequence[str]) -> tuple[str, ...]:
    """Sentences on what is unlikely in positive prices (days, assets)."""
    found = [*_weekends(days, values)]
    for k, name in enumerate(assets):
        logs = np.diff(np.log(values[:, k]))
        found += _splits(days, logs, name)
        found += _growth(logs, values[:, k], name)
    if len(days) > FEW and (step := float(np.median(np.diff([day.toordinal() for day in days])))) >= _SLOWEST:
        found.append(f"prices are {step:g} days apart, as a median: an event study takes daily ones")
    return tuple(found)


def _splits(days: Sequence[date], logs: FloatArray, name: str) -> list[str]:
    """A note on jumps as of a split: by a ratio of shares, far beyond the other days."""
    if len(logs) < FEW or float(np.median(np.abs(logs))) > _USUAL:
        return []
    large = np.flatnonzero(np.abs(logs) > np.log(1.5) - _NEAR).tolist()
    jumps: list[int] = [k for k in large if _ratio(float(logs[k])) is not None]
    usual = float(np.quantile(np.abs(logs), 0.95))
    jumps = [k for k in jumps if abs(float(logs[k])) > 5 * usual]
    said = []
    for k in jumps[:3]:
        ratio = _ratio(float(logs[k]))
        what = f"a split of {ratio:g} for 1" if logs[k] < 0 else f"a merger of {ratio:g} shares into 1"
        said.append(
            f"{name} moves by {np.expm1(logs[k]):+.0%} on {days[k + 1]}, as after {what} that prices are not adjusted "
            "for: give adjusted prices"
        )
    return said


def _ratio(jump: float) -> float | None:
    """The split whose ratio a jump is, None where it is none."""
    return next((ratio for ratio in _SPLITS if abs(abs(jump) - np.log(ratio)) < _NEAR), None)


def _growth(logs: FloatArray, prices: FloatArray, name: str) -> list[str]:
    """A note on numbers around 1 whose moves undo each other, as of factors of growth instead of prices."""
    if len(logs) < 2 * FEW or not 0.5 < float(prices.min()) < 1 < float(prices.max()) < 2 or logs.std() == 0:
        return []
    undone = float(np.corrcoef(logs[1:], logs[:-1])[0, 1])
    if undone > -0.35:
        return []
    return [f"{name} stays around 1 and moves back every day, as factors of growth do: an event study takes prices"]


def _weekends(days: Sequence[date], values: FloatArray) -> list[str]:
    """A note on prices of weekends that repeat the price before them; what moves on weekends is traded on them."""
    rest = [k for k, day in enumerate(days) if day.weekday() >= 5]
    same = sum(k > 0 and bool(np.array_equal(values[k], values[k - 1])) for k in rest)
    if same <= len(rest) / 2:
        return []
    return [
        f"of {len(rest)} prices of Saturdays and Sundays {same} are the price before: leave out days without trade, "
        "which make returns of zero"
    ]
