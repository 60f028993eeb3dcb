"""Change the code of the economics in one place at a time, and see whether the tests of its room notice.

`make mutants` changes 100 places, drawn from a seed; `make mutants N=20 SEED=3 ROOMS="policy timing"` changes others.
The report of the last run is `benchmarks/results/mutants.json`. Cosmic Ray changes the code (docs/decisions/0074).
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from queue import Queue
from typing import Any, Final

from cosmic_ray.ast import Visitor, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

ROOT: Final = Path(__file__).resolve().parents[1]
REPORT: Final = ROOT / "benchmarks" / "results" / "mutants.json"
#: A room of the package, and the rooms of tests that watch over it beside its own.
ROOMS: Final = {
    "model": ("limits", "solver", "accounts"),
    "solver": ("limits", "accounts", "oracle"),
    "policy": (),
    "optimal_tariffs": (),
    "bargaining": (),
    "targets": (),
    "enforcement": (),
    "timing": (),
    "graph_model": (),
    "markets": (),
    "ensemble": (),
}
#: What people get wrong: a boundary, a sign, a direction, a condition. Numbers are left out: most are tolerances and
#: bounds of loops, which may differ by one without any consequence.
OPERATORS: Final = (
    *(
        f"core/ReplaceComparisonOperator_{change}"
        for change in ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Lt_Gt", "Gt_Lt", "LtE_GtE", "GtE_LtE")
    ),
    *(f"core/ReplaceComparisonOperator_{change}" for change in ("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is")),
    *(
        f"core/ReplaceBinaryOperator_{change}"
        for change in ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "Pow_Mul", "BitAnd_BitOr", "BitOr_BitAnd")
    ),
    *("core/ReplaceAndWithOr", "core/ReplaceOrWithAnd", "core/ReplaceTrueWithFalse", "core/ReplaceFalseWithTrue"),
    *("core/ReplaceUnaryOperator_Delete_Not", "core/ReplaceUnaryOperator_Delete_USub", "core/AddNot"),
    *("core/ReplaceBreakWithContinue", "core/ReplaceContinueWithBreak"),
)
LONGEST: Final = 300
"""Seconds of processor time after which a mutant counts as caught: its tests do not end."""


@dataclass(frozen=True)
class Mutant:
    """One change: the file, the operator of Cosmic Ray, and which of the places where it applies."""

    module: str
    line: int
    operator: str
    occurrence: int

    @property
    def room(self) -> str:
        """The room of the package that it is in."""
        return self.module.split("/")[2]


@dataclass(frozen=True)
class Verdict:
    """What the tests made of a mutant."""

    mutant: Mutant
    caught: bool
    by: str
    seconds: float
    diff: str


class _Places(Visitor):
    """Collects every place of a module where an operator applies, by line."""

    def __init__(self, skipped: set[tuple[int, int]]) -> None:
        self.operators = {name: get_operator(name)() for name in OPERATORS}
        self.counts = dict.fromkeys(OPERATORS, 0)
        self.skipped = skipped
        self.found: dict[tuple[int, int], list[tuple[str, int]]] = {}

    def visit(self, node: Any) -> Any:
        for name, operator in self.operators.items():
            for (line, column), _ in operator.mutation_positions(node):
                if (line, column) not in self.skipped and _computes(node):
                    self.found.setdefault((line, column), []).append((name, self.counts[name]))
                self.counts[name] += 1
        return node


def _computes(node: Any) -> bool:
    """Whether a place computes: the star of a signature or a call is no product, and `strict=` of `zip` is a check."""
    if getattr(node, "value", "") in ("*", "**"):
        return node.parent.type in ("term", "power")
    named = node.get_previous_sibling() if node.parent is not None and node.parent.type == "argument" else None
    return named is None or node.parent.children[0].value != "strict"


def annotations(source: str) -> set[tuple[int, int]]:
    """The places inside annotations: they are never evaluated, so a change there changes nothing."""
    nodes: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AnnAssign | ast.arg):
            nodes.append(node.annotation)
        elif isinstance(node, ast.FunctionDef):
            nodes.append(node.returns)
    return {
        (line, column)
        for node in nodes
        if node is not None
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for column in range(
            node.col_offset if line == node.lineno else 0,
            (node.end_col_offset or 0) if line == node.end_lineno else 200,
        )
    }


def sampled(rooms: list[str], count: int, seed: int) -> list[Mutant]:
    """Places of the rooms drawn without return, each with one of the changes that fit it."""
    places: list[tuple[str, int, list[tuple[str, int]]]] = []
    for room in rooms:
        for path in sorted((ROOT / "src" / "detente" / room).rglob("*.py")):
            source = path.read_text("utf-8")
            collected = _Places(annotations(source))
            collected.walk(get_ast(source))
            module = path.relative_to(ROOT).as_posix()
            places += [(module, line, fits) for (line, _), fits in sorted(collected.found.items())]
    draw = random.Random(seed)
    return [
        Mutant(module, line, *draw.choice(fits))
        for module, line, fits in draw.sample(places, min(count, len(places)))
    ]  # fmt: skip


def tests_of(mutant: Mutant) -> list[str]:
    """The tests that are to notice, those named after the module first, so that most runs end early."""
    stem = Path(mutant.module).stem.lstrip("_")
    own = ROOT / "tests" / mutant.room
    named = sorted(path.relative_to(ROOT).as_posix() for path in own.rglob(f"test_*{stem}*.py"))
    return [*named, *(f"tests/{room}" for room in (mutant.room, *ROOMS[mutant.room]))]


def tested(tree: Path, tests: list[str]) -> subprocess.CompletedProcess[str]:
    """Run tests on a copy of the tree until one fails or their processor time is over."""
    return subprocess.run(
        ["sh", "-c", f'ulimit -t {LONGEST}; exec "$@"', "sh", sys.executable, "-m", "pytest", "-qx", "--tb=no",
         "-p", "no:cacheprovider", *tests],
        cwd=tree, env=os.environ | {"PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def tried(mutant: Mutant, trees: Queue[Path]) -> Verdict:
    """Run the tests on a copy of the tree with the change in it."""
    tree = trees.get()
    path = tree / mutant.module
    before = path.read_text("utf-8")
    after = mutate_code(before, get_operator(mutant.operator)(), mutant.occurrence)
    assert after is not None, mutant
    began = time.monotonic()
    try:
        path.write_text(after, "utf-8")
        done = tested(tree, tests_of(mutant))
    finally:
        path.write_text(before, "utf-8")
        trees.put(tree)
    failed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    by = (failed or ["tests that do not start or do not end"])[0] if done.returncode else ""
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), mutant.module, mutant.module, "", "", 1, "")
    return Verdict(mutant, done.returncode != 0, by, round(time.monotonic() - began, 1), "\n".join(diff))


def copies(count: int, folder: Path) -> Iterator[Path]:
    """Copies of what the tests read: a changed file must never be seen by anybody else."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for number in range(count):
        tree = folder / str(number) / "detente"
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, tree / name)
        yield tree


def main() -> int:
    """Try the mutants; 1 where any survives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=100, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rooms", nargs="*", default=[], choices=[[], *ROOMS], help="all rooms by default")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    os.environ.setdefault("DETENTE_SHARED", str(ROOT.parent / "shared"))
    os.environ.setdefault("DETENTE_CACHE_DIR", str(ROOT / ".cache" / "compiled"))
    rooms = given.rooms or list(ROOMS)
    mutants = sampled(rooms, given.n, given.seed)
    verdicts: list[Verdict] = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(given.jobs) as pool:
        trees: Queue[Path] = Queue()
        for tree in copies(given.jobs, Path(folder)):
            trees.put(tree)
        if (sound := tested(tree, ["--collect-only", *(f"tests/{room}" for room in rooms)])).returncode:
            raise SystemExit(f"the tests do not start without any change:\n{sound.stdout}")
        for verdict in pool.map(partial(tried, trees=trees), mutants):
            verdicts.append(verdict)
            mutant, said = verdict.mutant, f"caught by {verdict.by}" if verdict.caught else "SURVIVED"
            print(f"{mutant.module}:{mutant.line} {mutant.operator.removeprefix('core/')}: {said}", flush=True)
            if not verdict.caught:
                print(verdict.diff, flush=True)
    caught = sum(verdict.caught for verdict in verdicts)
    print(f"{caught} of {len(verdicts)} caught (seed {given.seed})")
    report = {"seed": given.seed, "rooms": rooms, "mutants": len(verdicts), "caught": caught}
    REPORT.write_text(json.dumps(report | {"verdicts": [asdict(v) for v in verdicts]}, indent=1) + "\n", "utf-8")
    return int(caught < len(verdicts))


if __name__ == "__main__":
    sys.exit(main())
