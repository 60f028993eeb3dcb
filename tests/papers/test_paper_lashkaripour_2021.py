"""Lashkaripour (2021): Table 2 by the paper's formula, the true best rates beside it, and the page that says so."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

FOLDER = "papers/lashkaripour-2021"


@pytest.fixture(scope="module")
def paper(root):
    spec = importlib.util.spec_from_file_location("lashkaripour_2021", root / FOLDER / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def economy(paper, shared):
    return paper.load(shared)


@pytest.fixture(scope="module")
def found(paper, economy):
    formula, best, equilibrium = paper.wars(economy)
    return paper.comparison(formula, best), equilibrium


@pytest.fixture(scope="module")
def rows(root):
    page = (root / FOLDER / "README.md").read_text()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]


def test_table_2_within_what_is_required(paper, found, rows):
    table, _ = found
    assert len(table) == 43
    gaps = paper.gaps(table)
    assert gaps.loc["formula and published", "tariff, mean"] <= 1.0
    assert gaps.loc["formula and published", "welfare, median"] <= 0.05
    for label, row in gaps.iterrows():
        assert [label, *(f"{value:.3f}" for value in row)] in rows, label


def test_every_country_is_printed(found, rows):
    table, _ = found
    for country, row in table.iterrows():
        printed = [country]
        for what in ("tariff", "welfare"):
            printed += [f"{row[f'{what}_published']:g}", *(f"{row[f'{what}_{k}']:.2f}" for k in ("formula", "nash"))]
        assert printed in rows, printed


def test_portugal_apart_the_mean_gap_is_smaller(found):
    table = found[0].drop("PRT")
    assert round(float((table["tariff_formula"] - table["tariff_published"]).abs().mean()), 2) == 0.70


def test_the_true_war_is_certified(found):
    _, equilibrium = found
    assert equilibrium.certificate.holds
    assert len([its for its in equilibrium.equilibria if its.kind == "trade"]) == 1
    assert "8 of 44 players" in equilibrium.certificate.note


def test_leaving_the_formula_gains_a_little(paper, economy, found, rows):
    left = paper.leaving(economy, found[1], ["USA", "LUX"])
    assert (left["gain"] > 0).all()
    assert (left["gain"] < 1e-3).all()
    written = {row[0]: [float(value) for value in row[1:]] for row in rows if row[0] in left.index and len(row) == 4}
    for country, row in left.iterrows():
        # payoffs are flat at the top, so that a search finds the best rate itself to a few digits only
        gaps = np.abs(row.to_numpy(dtype=float) - written[country])
        assert (gaps <= [0.006, 0.006, 0.00006]).all(), country


def test_flows_in_the_file_include_the_tariff(economy, paper, shared):
    with np.load(shared / "reference/lashkaripour-2021-wiod-2014.npz") as z:
        gross = np.moveaxis(z["flows_ijk"].astype(float), 0, 1)
    world_spending = gross.sum()
    assert economy.X.sum() == pytest.approx(world_spending, rel=0.02)  # but for the deficits that were removed


def test_it_runs_as_a_program(paper, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(paper, "SHARED", tmp_path / "absent")
    assert paper.main() == 1
    assert "DETENTE_SHARED" in capsys.readouterr().err


def test_results_are_those_of_a_run(paper, found, same_as_kept):
    same_as_kept(FOLDER, paper.results(found[0]), 1e-6)
