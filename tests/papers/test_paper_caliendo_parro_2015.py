"""NAFTA: wage changes against the reference, every published number, and the page that reports them."""

from __future__ import annotations

import importlib.util
import re

import numpy as np
import pytest
from replication import mended

from oracle import calibrate, nested

FOLDER = "papers/caliendo-parro-2015"
#: Half a unit of the last digit printed: two decimals, or none for imports from the bloc.
ROUNDING = {"imports_from_bloc": 0.5}


@pytest.fixture(scope="module")
def paper(root):
    spec = importlib.util.spec_from_file_location("caliendo_parro_2015", root / FOLDER / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows(root):
    """The table rows of the README, as lists of words."""
    page = (root / FOLDER / "README.md").read_text()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]


@pytest.fixture(scope="module")
def exact(paper, shared):
    return paper.exact(shared)


@pytest.fixture(scope="module")
def steps(paper, shared):
    return paper.in_steps(shared)


def test_wages_agree_with_two_independent_implementations(paper, shared):
    table = paper.wages(shared)
    assert len(table) == 31
    assert (
        table[["gap_without", "gap_with"]].abs().max().max() < 1e-7
    )  # required 1e-5; the reference has eight decimals


def test_wages_agree_with_the_oracle(paper, shared):
    b = nested.closed(calibrate.from_share_file(shared / "reference/caliendo-parro-2015.npz"))
    _, tariffs = paper.load("fixed", shared)
    w_hat = nested.solve(b, t_cf=tariffs["with"]).w_hat
    assert np.abs(w_hat / w_hat[-1] - paper.wages(shared)["with_nafta"]).max() < 1e-9


def test_every_published_number_is_ours_after_rounding(paper, shared, rows):
    table = paper.comparison(shared)
    assert len(table) == 15
    for row in table.itertuples():
        assert abs(row.gap) <= ROUNDING.get(row.measure, 0.005), row
        printed = [f"{row.economy} {row.measure.replace('_', ' ')}", f"{row.published:g}", f"{row.ours:.4f}"]
        assert printed in [line[:3] for line in rows], printed


def test_the_exact_change_is_not_the_published_one(exact, rows):
    balanced = exact[exact["deficits"] == "balanced"].set_index("economy")
    assert balanced.loc["MEX", "exact"] == pytest.approx(0.0073, abs=5e-5)  # the paper prints 1.31
    assert (exact["total"] - 100 * np.log1p(exact["exact"] / 100)).abs().max() < 1e-4  # adds up to 1e-6
    for row in exact.itertuples(index=False):
        numbers = (row.exact, row.terms_of_trade, row.volume_of_trade, row.transfers, row.total)
        printed = [row.deficits, row.economy, *(re.sub(r"^-(0\.0+)$", r"\1", f"{x:.4f}") for x in numbers)]
        assert printed in rows, printed


def test_the_first_order_total_converges_to_the_exact_change(steps, exact, rows):
    target = exact[exact["deficits"] == "balanced"].set_index("economy")["total"]
    for code in ("MEX", "CAN", "USA"):
        error = (steps[code] - target[code]).abs().to_numpy()
        assert (np.diff(error) < 0).all()
        assert error[-2] / error[-1] == pytest.approx(4, rel=0.1)  # a first-order rule: four times the steps, a fourth
    for row in steps.itertuples(index=False):
        printed = [str(row.steps), *(f"{x:.4f}" for x in (row.MEX, row.CAN, row.USA))]
        assert printed in rows, printed


def test_it_runs_as_a_program(paper, capsys, monkeypatch, shared, tmp_path):
    monkeypatch.setattr(paper, "SHARED", tmp_path / "absent")
    assert paper.main() == 1
    assert "DETENTE_SHARED" in capsys.readouterr().err


def test_the_page_shows_what_a_run_makes(paper, root, shared):
    page = (root / FOLDER / "README.md").read_text("utf-8")
    assert mended(page, paper.made(shared)) == page


def test_results_are_those_of_a_run(paper, shared, same_as_kept):
    same_as_kept(FOLDER, paper.results(shared), 1e-6)
