"""What a process that has just started pays, in CPU seconds and memory, beside one that imports numpy and pandas.

The command line and a Python session keep what was compiled; `cold` has nothing kept.
"""

from __future__ import annotations

import os
import tempfile
from statistics import median

from clock import Cost, process

IMPORTS = ["-c", "import numpy, pandas"]
_ECONOMY = """
import detente as dt
economy = dt.calibrate(dt.load_world("icio-2017"), "CP")
t_cf = economy.t.copy()
t_cf[economy.index("USA"), economy.index("CHN"), :-1] += 0.25
shock = dt.Shock(t_cf=t_cf)
"""
COUNTERFACTUAL = ["-c", _ECONOMY + "assert dt.solve(economy, shock).gap <= 1e-9"]
GRADIENT = [
    "-c",
    _ECONOMY
    + "from detente.solver.adjoint import log_real_income as of\ndt.gradient(economy, shock, of(economy, 'USA'))",
]
COMMAND = ["-c", "import sys; from detente.cli.main import main; sys.exit(main())"]
RUN = [*COMMAND, "run", "us-china-2018"]
TASKS = {"imports": IMPORTS, "counterfactual": COUNTERFACTUAL, "run": RUN, "gradient": GRADIENT}


def measure(rounds: int = 5) -> dict[str, Cost]:
    """Median CPU seconds and memory of each task, taken in turn: warm, and of those that compile also cold."""
    taken: dict[str, list[Cost]] = {}
    with tempfile.TemporaryDirectory() as kept:
        for turn in range(-1, rounds):
            costs = {name: process(task, _cached(kept)) for name, task in TASKS.items()}
            for name, task in (("run, cold", RUN), ("gradient, cold", GRADIENT), ("help", [*COMMAND, "--help"])):
                with tempfile.TemporaryDirectory() as empty:
                    costs[name] = process(task, _cached(empty))
            if turn >= 0:
                for name, cost in costs.items():
                    taken.setdefault(name, []).append(cost)
    return {
        name: Cost(median(cost.seconds for cost in costs), median(cost.memory for cost in costs), "")
        for name, costs in taken.items()
    }


def _cached(folder: str) -> dict[str, str]:
    return os.environ | {"DETENTE_CACHE_DIR": folder}
