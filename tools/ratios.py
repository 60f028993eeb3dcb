"""What a task costs here beside what it costs in another checkout, in turn, as ratios of CPU seconds and of memory.

    git worktree add ../detente-0.1.0 688467a
    python tools/ratios.py ../detente-0.1.0 solve run hold --pairs 5

Each task is a fresh process with the interpreter that runs this script, the sources of one checkout and a cache of
compiled code of its own; a first pair fills the caches and is not counted (`--cold` empties them before every run and
counts all). `import` is the yardstick: `import numpy, pandas`, the same for both. Tasks named `…-warm` print what they
timed within the process; the others count the whole process and the processes it waited for.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import tomllib
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "benchmarks"))

from clock import Cost, process

ROOT = Path(__file__).resolve().parents[1]

_ECONOMY = """
import time, numpy as np, detente as dt
economy = dt.calibrate(dt.load_world("icio-2017"), "{elasticities}")
t_cf = economy.t.copy()
us, china = economy.index("USA"), economy.index("CHN")
t_cf[us, china] += 0.25
t_cf[china, us] += 0.25
shock = dt.Shock(t_cf=t_cf)
"""
_TIMED = """
def seconds(task, times):
    task()
    spent = []
    for _ in range(times):
        begin = time.process_time()
        task()
        spent.append(time.process_time() - begin)
    return sorted(spent)[times // 2]
"""
_SOLVE = _ECONOMY + _TIMED + "print(seconds(lambda: dt.solve(economy, shock), 31))"
PYTHON = {
    "import": "import numpy, pandas",
    "fresh": _ECONOMY.format(elasticities="U4") + "assert dt.solve(economy, shock).gap <= 1e-9",
    "solve-warm": _SOLVE.format(elasticities="U4"),
    "solve-cp-warm": _SOLVE.format(elasticities="CP"),
    "run-warm": "import time, detente as dt\ndispute = dt.Dispute.read('us-china-2018')\n"
    + _TIMED
    + "print(seconds(lambda: dt.run(dispute), 5))",
    "nash-warm": _ECONOMY.format(elasticities="U4")
    + _TIMED
    + "print(seconds(lambda: dt.nash(economy, ['USA', 'CHN'], against=['USA', 'CHN']), 3))",
}
COMMANDS = {
    **{name: [name, "us-china-2018"] for name in ("run", "war", "talks", "hold", "clock", "markets", "bands")},
    "all": ["run", "us-china-2018", "--with", "all"],
    "help": ["--help"],
}


class Checkout:
    """The sources of a version, and its cache of compiled code."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.root = root
        self.cache = cache
        project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
        self.entry = project["scripts"]["detente"].split(":")

    def cost(self, task: str, cold: bool) -> Cost:
        """The cost of a task in a fresh process. Raises RuntimeError where it fails."""
        if cold:
            shutil.rmtree(self.cache, ignore_errors=True)
        if task in PYTHON:
            command = ["-c", PYTHON[task]]
        else:
            module, function = self.entry
            command = ["-c", f"import sys; from {module} import {function}; sys.exit({function}())", *COMMANDS[task]]
        environment = os.environ | {"PYTHONPATH": str(self.root / "src"), "DETENTE_CACHE_DIR": str(self.cache)}
        cost = process(command, environment)
        return cost._replace(seconds=float(cost.printed)) if task.endswith("-warm") else cost


def row(task: str, mine: list[Cost], others: list[Cost]) -> str:
    """The medians of both, and the median, lowest and highest ratio of the pairs."""
    pairs = sorted(a.seconds / b.seconds for a, b in zip(mine, others, strict=True))
    here, there = (statistics.median(cost.seconds for cost in costs) for costs in (mine, others))
    memory = [statistics.median(cost.memory for cost in costs) for costs in (mine, others)]
    return (
        f"{task:14} {here:9.4f} s {there:9.4f} s  ratio {statistics.median(pairs):.3f} "
        f"({pairs[0]:.3f} to {pairs[-1]:.3f})  {memory[0]:6.0f} MiB {memory[1]:6.0f} MiB"
    )


def main() -> None:
    """Print a line a task."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path, help="a checkout of another version")
    parser.add_argument("tasks", nargs="*", help=f"of {', '.join([*PYTHON, *COMMANDS])}; all of them if none is named")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--cold", action="store_true")
    given = parser.parse_args()
    known = [*PYTHON, *COMMANDS]
    if unknown := [task for task in given.tasks if task not in known]:
        parser.error(f"{', '.join(unknown)}: not a task; choose of {', '.join(known)}")
    with tempfile.TemporaryDirectory() as caches:
        here, there = (
            Checkout(root.resolve(), Path(caches) / name) for root, name in ((ROOT, "here"), (given.other, "there"))
        )
        for task in given.tasks or known:
            pairs = [
                (here.cost(task, given.cold), there.cost(task, given.cold))
                for _ in range(given.pairs + (not given.cold))
            ][not given.cold :]
            print(row(task, *map(list, zip(*pairs, strict=True))), flush=True)


if __name__ == "__main__":
    main()
