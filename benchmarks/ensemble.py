"""1,000 draws of a counterfactual of 81 × 28: time, memory, and a draw beside plain NumPy in the same run.

25 % on all goods both ways between the United States and China, over all sets of elasticities and closures. A draw
solves three states: the benchmark of its closure, the threat, and the threat answered. Compilation is counted.
`python benchmarks/ensemble.py` writes docs/benchmarks-talks.md.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

import more
import numpy as np
from reference import Reference, keep

import detente as dt
from detente.ensemble.draws import Over, draws

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from oracle import calibrate, nested

DRAWS, STATES, COMPARED = 1000, 3, 4
PROMISE, MEMORY = 60.0, 4.0
"""Seconds on two cores, and GB."""
TEXT = """\
dispute: both-ways
title: A quarter on everything, both ways
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: us, by: USA, on: CHN, status: threatened, goods: {all: true}, add: 25%}
responses:
  - {by: CHN, to: us, rule: in-kind, match: rate}
"""


def in_numpy() -> float:
    """Processor seconds of one state of a draw in plain NumPy, in the quickest form of its loops; fixed deficits."""
    world = dt.load_world("icio-2017")
    over = Over(deficits=("fixed",), worlds=(world.name,), horizons=("long",))
    usa, chn = world.index("USA"), world.index("CHN")
    took = []
    for draw in draws(over, {world.name: world.sectors}, 0, 0, COMPARED):
        economy = dt.calibrate(world, elasticities=draw.theta)
        t_cf = np.array(economy.t)
        t_cf[usa, chn, :-1] += 0.25
        t_cf[chn, usa, :-1] += 0.25
        benchmark = calibrate.from_economy(economy)
        start = time.process_time()
        nested.solve(benchmark, t_cf=t_cf, demand="series", tol=1e-9)
        took.append(time.process_time() - start)
    return float(np.median(took))


def main() -> int:
    """Zero when the promise is kept."""
    dispute = dt.Dispute.parse(TEXT)
    wall, cpu = time.perf_counter(), time.process_time()
    found = dt.bands(dispute, draws=DRAWS)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    plain, own, its = in_numpy(), cpu / DRAWS / STATES, Reference.measure()
    print(
        f"{DRAWS} draws: {wall:.1f} s, processor {cpu:.1f} s, {memory:.2f} GB; {found.solved} solved to {found.gap:.0e}"
    )
    print(f"a state of a draw: {1e3 * own:.1f} ms of a processor; in NumPy {1e3 * plain:.0f} ms, {plain / own:.0f} ×")
    met = wall <= PROMISE and memory <= MEMORY and found.solved == DRAWS
    print(f"promised: {PROMISE:g} s on two cores and {MEMORY:g} GB{'' if met else '  NOT KEPT'}")
    kept = {
        "load": os.getloadavg()[0],
        "draws": DRAWS,
        "states": STATES,
        "wall": wall,
        "cpu": cpu,
        "promise": PROMISE,
        "memory": memory,
        "most_memory": MEMORY,
        "solved": found.solved,
        "gap": found.gap,
        "met": met,
        "one": own,
        "one_in_passes": its.passes(own),
        "numpy": plain,
        "numpy_to_one": plain / own,
    }
    keep("ensemble", kept)
    print(f"written: {more.write()}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
