"""Whose value added each outcome changes, by economy and sector."""

from __future__ import annotations

import numpy as np
import pandas as pd

from detente.errors import BadInput
from detente.solve import Solution


def exposure(before: Solution, after: Solution, outcome: str) -> pd.DataFrame:
    """One row an economy and sector: what an outcome changes of value added.

    outcome, economy, sector, value_added (USD million a year in the base year), change (a fraction, deflated by the own
    consumer prices), change_usd (million a year at base-year prices), part (of the economy's whole value added). Both
    solutions are of the same benchmark. Missing where a sector produces nothing.

    Raises BadInput where the benchmarks differ.
    """
    if before.base is not after.base and (
        before.base.economies != after.base.economies or not np.array_equal(before.base.Y, after.base.Y)
    ):
        raise BadInput("the two states are not of the same benchmark: solve both from one economy")
    one, two = before.sectors(), after.sectors()
    change = (1 + two["value_added"]) / (1 + one["value_added"]) - 1
    levels = one["value_added_before"] * (1 + one["value_added"])
    whole = one["value_added_before"].groupby(one["economy"]).transform("sum")
    table = pd.DataFrame(
        {
            "outcome": outcome,
            "economy": one["economy"],
            "sector": one["sector"],
            "value_added": one["value_added_before"],
            "change": change,
            "change_usd": change * levels,
        }
    )
    table["part"] = table["change_usd"] / whole
    return table
