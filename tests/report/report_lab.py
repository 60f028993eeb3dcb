"""The small world on which tests of the report solve."""

from __future__ import annotations

import detente as dt

KEPT = ("USA", "CHN", "MEX", "VNM", "CAN", "JPN")


def small_world() -> dt.World:
    whole = dt.load_world("icio-2017")
    return whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in KEPT]}, sectors={})
