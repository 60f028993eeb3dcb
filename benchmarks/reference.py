"""What times are compared with, in the same run: plain NumPy, and one pass over the trade shares.

One pass reads every trade share of `icio-2017` once and writes a price for each importer and sector, which is what the
machine's memory allows; a counterfactual in plain NumPy is the oracle of the tests in its quickest form.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from clock import in_turn
from speed import REFERENCE_TOLERANCE, both_ways, calibrate, nested

import detente as dt

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True)
class Reference:
    """Seconds of one pass over the trade shares and of a counterfactual in plain NumPy."""

    numpy_pass: float
    numpy_solve: float

    @classmethod
    def measure(cls, rounds: int = 11) -> Reference:
        """25 % on all goods both ways between the United States and China, on icio-2017, elasticities of 4."""
        economy = dt.calibrate(dt.load_world("icio-2017"), elasticities="U4")
        t_cf = both_ways(economy)
        benchmark, pi, theta = calibrate.from_economy(economy), np.array(economy.pi), np.array(economy.theta)
        c = np.array(dt.solve(economy, dt.Shock(t_cf=t_cf)).c_hat)
        times = in_turn(
            {
                "pass": lambda: (pi * (c[None] ** -theta)).sum(1),
                "solve": lambda: nested.solve(benchmark, t_cf=t_cf, demand="series", tol=REFERENCE_TOLERANCE),
            },
            rounds,
        )
        return cls(times["pass"].median, times["solve"].median)

    def passes(self, seconds: float) -> float:
        """How many passes over the trade shares a time is worth."""
        return seconds / self.numpy_pass

    def solves(self, seconds: float) -> float:
        """How many counterfactuals in plain NumPy a time is worth."""
        return seconds / self.numpy_solve


def machine() -> str:
    """The machine in a few words."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores, {platform.machine()}, Python {platform.python_version()}"


def keep(name: str, found: Mapping[str, object]) -> None:
    """Write what a script measured to results/NAME.json."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps({"machine": machine(), **found}, indent=1)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
