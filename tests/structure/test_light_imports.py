"""`import detente` and the command line start light: nothing heavy loads until it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    *("altair", "jax", "jaxtyping", "numpy", "openpyxl", "pandas", "pyarrow", "pydantic", "scipy", "yaml"),
    *(f"detente.{part}" for part in ("data", "dispute.schema", "dispute.results", "model", "report", "solver")),
}


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter loads for a statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


@pytest.mark.parametrize("statement", ["import detente", "import detente.cli.main", "import detente.errors"])
def test_importing_loads_nothing_heavy(statement: str) -> None:
    modules = loaded_by(statement)
    assert "detente" in modules
    assert {m for m in modules if m in HEAVY or m.split(".")[0] in HEAVY} == set()


def test_a_name_loads_what_it_needs() -> None:
    assert "detente.data" in loaded_by("import detente; detente.World")


COMMAND = """\
import contextlib, io, sys
from detente.cli.main import app
sys.argv = ["detente", "run", "us-china-2018"]
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    app()"""


def test_a_run_at_a_terminal_loads_neither_searches_nor_charts() -> None:
    modules = loaded_by(COMMAND)
    assert "detente.solver.equilibrium" in modules
    assert {m.split(".")[0] for m in modules} & {
        "altair",
        "jax",
        "openpyxl",
        "scipy",
        "statsmodels",
        "vl_convert",
    } == set()


@pytest.mark.parametrize("question", ["war", "talks", "hold", "markets", "clock"])
def test_no_question_loads_jax_before_it_needs_slopes_of_a_target(question: str) -> None:
    modules = loaded_by(f"import detente.analyses.{question}.compute")
    assert "scipy" in modules
    assert "jax" not in modules
