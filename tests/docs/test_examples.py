"""Every dispute file of docs/examples passes its check, runs, and is on the page that lists them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from detente.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("eu-30-percent-2026.yaml",)
"""A check of this lays 54 measures or more on 80 pairs."""
FILES = [path.name for path in sorted((ROOT / "docs/examples").glob("*.yaml"))]


@pytest.mark.filterwarnings("ignore:.* is read as the .* members:detente.errors.DetenteWarning")
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in HEAVY else name for name in FILES]
)
def test_an_example_passes_its_check(root: Path, name: str) -> None:
    done = CliRunner().invoke(app, ["check", str(root / "docs/examples" / name)])
    assert done.exit_code == 0, done.output
    assert "no faults" in done.output


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.* is read as the .* members:detente.errors.DetenteWarning")
@pytest.mark.parametrize("name", FILES)
def test_an_example_runs_and_writes_its_report(root: Path, name: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["run", str(root / "docs/examples" / name), "--out", str(tmp_path / "report")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "report/report.html").exists()


def test_the_page_lists_every_example(root: Path) -> None:
    page = (root / "docs/howto/todays-law.md").read_text("utf-8")
    assert FILES
    assert [name for name in FILES if f"(../examples/{name})" not in page] == []
