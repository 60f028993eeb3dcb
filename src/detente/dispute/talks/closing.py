"""What would close the gap: how much of a commitment would do, and whether a tariff cut for all does the world good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq

from detente.dispute.talks.commitments import Commitment
from detente.dispute.talks.ground import Ground
from detente.dispute.talks.no_deal import Failure
from detente.dispute.talks.pricing import sums

FloatArray = NDArray[np.float64]

#: Parts of a commitment are told to this.
_PART: Final = 1e-3

CLOSING: Final = ("no_deal", "demand", "giver", "part", "amount", "asker_worth", "giver_worth", "giver_no_deal")
OPENING: Final = ("demand", "to", "first", "second", "third", "world")


def closing_frame(
    ground: Ground, found: Mapping[str, Commitment], failures: Mapping[str, FloatArray], before: Failure
) -> pd.DataFrame:
    """For each commitment and no-deal point the largest part that its giver likes no less than no deal; see `Talks`."""
    rows: list[dict[str, Any]] = []
    income = ground.setup.economy.I
    for name, commitment in found.items():
        giver = ground.pair.index(commitment.demand.of)

        def worth(part: float, name: str = name) -> FloatArray:
            if part <= 0:
                return np.zeros(2)
            pledges = tuple(pledge.part(part) for pledge in ground.pledges[name])
            some = ground.pledging({name: pledges}, ground.covers)
            row = some.settle(ground.standing, (name,), before.solution)
            return sums((row.W_hat - before.solution.W_hat) * income, ground.seats)[:2]

        whole = worth(1.0)
        for point, payoffs in failures.items():
            part = _largest(
                lambda p, giver=giver, floor=payoffs[giver]: worth(p)[giver] - floor, whole[giver] - payoffs[giver]
            )
            money = whole if part == 1.0 else worth(part)
            rows.append(
                {
                    "no_deal": point,
                    "demand": name,
                    "giver": ground.pair[giver],
                    "part": part,
                    "amount": part * commitment.asked,
                    "asker_worth": float(money[1 - giver]),
                    "giver_worth": float(money[giver]),
                    "giver_no_deal": float(payoffs[giver]),
                }
            )
    return pd.DataFrame(rows, columns=list(CLOSING))


def _largest(gain: Any, whole: float) -> float:
    """The largest part with a gain of nothing or more; costs of a commitment rise with its size."""
    if whole >= 0:
        return 1.0
    if gain(0.0) <= 0:
        return 0.0
    return float(brentq(gain, 0.0, 1.0, xtol=_PART))


def opening_frame(ground: Ground, before: Failure) -> pd.DataFrame:
    """Every tariff cut for the side that asks and for everybody who sells the same; see `Talks.opening`."""
    cuts = [
        d.id for d in ground.demands if not d.ask.mfn and (cut := ground.promises[d.id].cut) is not None and len(cut)
    ]
    if not cuts:
        return pd.DataFrame(columns=list(OPENING))
    rows: list[dict[str, Any]] = []
    for to, mfn in (("the side that asks", False), ("everybody", True)):
        reached = Ground.of(ground.setup, ground.pair, only=cuts, mfn=mfn)
        for name in cuts:
            row = reached.settle(reached.standing, (name,), before.solution)
            money = sums((row.W_hat - before.solution.W_hat) * ground.setup.economy.I, ground.seats).tolist()
            rows.append(
                {"demand": name, "to": to, **dict(zip(("first", "second", "third", "world"), money, strict=True))}
            )
    return pd.DataFrame(rows, columns=list(OPENING))
