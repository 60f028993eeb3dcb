"""Published codes as whole processes beside detente's, in CPU seconds, in turn → docs/benchmarks-peers.md.

    python benchmarks/peers.py FOLDER --library R_LIBRARY --script cp2015-jax/cp2015.py --python PYTHON_WITH_JAX

FOLDER takes the economies as files, made when they are missing. A code that is not there is left out, and named. What
was measured is kept in benchmarks/results/peers.json; `--cases` and `--codes` measure some of it again. How to install
the codes is on the page.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import jinja2
from clock import in_words

ROOT = Path(__file__).resolve().parents[1]
CODES = Path(__file__).with_name("codes")
RESULTS = Path(__file__).with_name("results") / "peers.json"
TEMPLATE = Path(__file__).with_name("peers.md.j2")
PAGE = ROOT / "docs/benchmarks-peers.md"
CASES = {
    "nafta": "31 × 40, NAFTA",
    "U4": "81 × 28, elasticities of 4",
    "CP": "81 × 28, elasticities of Caliendo & Parro",
}
NAMES = ("R alone", "cp2015", "cp2015-jax", "KITE, 1e-4", "KITE, 1e-7")
PICKLE = "import numpy, pickle; pickle.dump(dict(numpy.load('cp2015-jax.npz')), open('cp2015_data.pkl', 'wb'))"
"""Data as cp2015-jax reads them, written by its own Python: NumPy 2 writes pickles that NumPy 1 cannot read."""
KITE_LIMIT = 1000
LONG = 10.0
"""CPU seconds: a code whose first run takes longer is run once."""


@dataclass(frozen=True)
class Run:
    """What a process cost in CPU seconds and MiB, its exit status, and what it printed."""

    seconds: float
    memory: float
    status: int
    printed: str


def run(command: Sequence[str | Path], folder: Path, **environment: str) -> Run:
    """Run a program to its end. One that fails is a result here, so nothing is raised."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(
            list(map(str, command)), cwd=folder, env=os.environ | environment, stdout=out, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        printed = out.read().decode(errors="replace")
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, child.returncode, printed)


@dataclass(frozen=True)
class Machine:
    """Where the codes are; None where one is not."""

    library: Path | None
    script: Path | None
    python: str

    def commands(self, case: Path, out: Path) -> dict[str, list[str | Path]]:
        """The command of each code that is here."""
        found: dict[str, list[str | Path]] = {}
        if shutil.which("Rscript"):
            found["R alone"] = ["Rscript", "-e", "1"]
        if self.has("cp2015"):
            found["cp2015"] = ["Rscript", CODES / "cp2015.R", case, out]
        if self.script is not None:
            found["cp2015-jax"] = [self.python, CODES / "cp2015_jax.py", self.script, out]
        if self.has("KITE"):
            found |= {f"KITE, {tol}": ["Rscript", CODES / "kite.R", case, out, tol] for tol in ("1e-4", "1e-7")}
        return found

    def has(self, package: str) -> bool:
        """Whether an R package is installed in the library."""
        return self.library is not None and (self.library / package).is_dir() and bool(shutil.which("Rscript"))

    def prepare(self, folder: Path) -> None:
        """Write the economies, each as every code reads it. Raises RuntimeError where a step fails."""
        steps: list[tuple[list[str | Path], Path]] = []
        if not (folder / "CP/truth.csv").exists():
            steps.append(([sys.executable, CODES / "export.py", folder, ROOT / "papers"], ROOT))
        for name in CASES:
            if (self.has("cp2015") or self.has("KITE")) and not (folder / name / "kite.rds").exists():
                steps.append((["Rscript", CODES / "prepare.R", folder / name], ROOT))
            if self.script is not None and not (folder / name / "cp2015_data.pkl").exists():
                steps.append(([self.python, "-c", PICKLE], folder / name))
        for command, where in steps:
            if (done := run(command, where, R_LIBS=str(self.library))).status:
                raise RuntimeError(f"{command} ended with {done.status}:\n{done.printed}")


def measured(command: list[str | Path], case: Path, out: Path, rounds: int, library: str) -> dict[str, Any]:
    """One code on one case, alternated with detente's process; and how far its last answer is from detente's."""
    theirs, ours = [], []
    with tempfile.TemporaryDirectory() as cache:
        for _ in range(rounds):
            ours.append(run([sys.executable, CODES / "ours.py", case], case, DETENTE_CACHE_DIR=cache))
            if ours[-1].status:
                raise RuntimeError(ours[-1].printed)
            theirs.append(run(command, case, R_LIBS=library))
            if theirs[0].seconds > LONG:
                break
    ratios = [them.seconds / us.seconds for them, us in zip(theirs, ours, strict=True)]
    return {
        "seconds": median(of.seconds for of in theirs),
        "memory": median(of.memory for of in theirs),
        "ours": median(of.seconds for of in ours),
        "our_memory": median(of.memory for of in ours),
        "ours_printed": ours[-1].printed.strip(),
        "ratio": median(ratios),
        "ratios": [min(ratios), max(ratios)],
        "runs": len(ratios),
        "status": theirs[-1].status,
        "iterations": iterations(theirs[-1].printed),
        "said": said(theirs[-1].printed),
        "date": datetime.date.today().isoformat(),
        **errors(out, case / "truth.csv"),
    }


def iterations(printed: str) -> int | None:
    """The number of the last iteration that was printed."""
    numbers = re.findall(r"Iteration:?\s+(\d+)", printed)
    return int(numbers[-1]) if numbers else None


def said(printed: str) -> list[str]:
    """Lines that speak of convergence, warnings and errors, the last few of them."""
    words = re.compile(r"warning|error|convergence after|maximum|unsuccessful|successful", re.I)
    return [line.strip() for line in printed.splitlines() if words.search(line)][-4:]


def errors(found: Path, truth: Path) -> dict[str, Any]:
    """The largest distance in w_hat and W_hat, and how many values are not numbers."""
    if not found.exists():
        return {"w_hat": None, "W_hat": None, "not_numbers": None}
    pairs = list(zip(table(found), table(truth), strict=True))
    gaps = {
        key: [abs(number(mine[key]) / float(right[key]) - 1) for mine, right in pairs] for key in ("w_hat", "W_hat")
    }
    bad = sum(not math.isfinite(gap) for gap in gaps["W_hat"])
    return {key: None if bad else max(values) for key, values in gaps.items()} | {"not_numbers": bad}


def ended(name: str, one: dict[str, Any]) -> str:
    """How a process ended, in words for the page."""
    if one["status"]:
        return f"exit status {one['status']}: {' '.join(one['said'])}"
    if one["not_numbers"]:
        return f"{one['not_numbers']} real incomes are not numbers; no error"
    if any("Maximum" in line for line in one["said"]):
        return "did not converge; a warning"
    if name.startswith("KITE") and one["iterations"] == KITE_LIMIT:
        return f"stopped at {KITE_LIMIT:,} iterations, reported as convergence"
    return "" if one["W_hat"] is None else "converged"


def number(text: str) -> float:
    """A number as R or Python writes it."""
    return math.nan if text in {"NA", ""} else float(text)


def table(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(newline="") as file:
        yield from csv.DictReader(file)


def page() -> str:
    """The page, from the results that are kept."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, trim_blocks=True)
    kept = json.loads(RESULTS.read_text("utf-8"))
    cases = {case: title for case, title in CASES.items() if case in kept}
    date = max(one["date"] for codes in kept.values() for one in codes.values())
    template = environment.from_string(TEMPLATE.read_text("utf-8"))
    return template.render(cases=cases, kept=kept, words=in_words, ended=ended, date=date, long=LONG, limit=KITE_LIMIT)


def main() -> None:
    """Measure, keep, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--library", type=Path, help="the R library with cp2015 and KITE")
    parser.add_argument("--script", type=Path, help="cp2015.py of cp2015-jax")
    parser.add_argument("--python", default=sys.executable, help="the Python that runs it")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cases", nargs="*", choices=CASES, default=list(CASES))
    parser.add_argument("--codes", nargs="*", help="all that are here, unless some are named")
    given = parser.parse_args()
    library, script = (path and path.resolve(strict=True) for path in (given.library, given.script))
    machine, folder = Machine(library, script, given.python), given.folder.resolve()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # one core for all: waiting threads cost nothing
    machine.prepare(folder)
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    for case in given.cases:
        for name in NAMES:
            if given.codes and name not in given.codes:
                continue
            with tempfile.TemporaryDirectory() as answers:
                out = Path(answers) / "answer.csv"
                commands = machine.commands(folder / case, out)
                if name not in commands:
                    print(f"{name} is not here: left out")
                    continue
                one = measured(commands[name], folder / case, out, given.rounds, str(library))
            kept.setdefault(case, {})[name] = one
            RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(case, name, one, flush=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
