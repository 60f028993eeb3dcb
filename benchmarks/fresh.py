"""What a process that has just started pays: import, the first solve and gradient, and the peak of its memory.

Run as a program it measures itself and prints JSON; `measure` starts it, since memory once taken is not given back.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path


def measure() -> dict[str, float]:
    """Seconds and MB of a fresh process."""
    out = subprocess.run([sys.executable, str(Path(__file__).resolve())], check=True, capture_output=True, text=True)
    return dict(json.loads(out.stdout))


def peak_megabytes() -> float:
    """The most memory this process has held. Linux counts what the parent held into ru_maxrss, but not into VmHWM."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return float(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def main() -> None:
    """Measure this process and print JSON."""
    start = time.perf_counter()
    dt = import_module("detente")  # its import is part of what is measured
    criteria = import_module("detente.solver.adjoint")
    economy = dt.calibrate(dt.load_world("icio-2017"), elasticities="CP")
    ready = time.perf_counter()
    t_cf = economy.t.copy()
    t_cf[economy.index("USA"), economy.index("CHN"), :-1] += 0.25
    shock = dt.Shock(t_cf=t_cf)
    dt.solve(economy, shock)
    solved = time.perf_counter()
    dt.solve(economy, shock)
    again = time.perf_counter()
    outcome = criteria.log_real_income(economy, "USA")
    dt.gradient(economy, shock, outcome)
    differentiated = time.perf_counter()
    dt.gradient(economy, shock, outcome)
    end = time.perf_counter()
    print(
        json.dumps(
            {
                "import_and_calibrate": ready - start,
                "compile_solve": (solved - ready) - (again - solved),
                "compile_gradient": (differentiated - again) - (end - differentiated),
                "peak_megabytes": peak_megabytes(),
            }
        )
    )


if __name__ == "__main__":
    main()
