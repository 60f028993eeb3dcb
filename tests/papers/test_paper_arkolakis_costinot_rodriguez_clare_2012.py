"""Arkolakis, Costinot and Rodríguez-Clare (2012): the formula is the solver's autarky limit, and the page says so."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from replication import mended

import detente as dt

FOLDER = "papers/arkolakis-costinot-rodriguez-clare-2012"


@pytest.fixture(scope="module")
def paper(root):
    spec = importlib.util.spec_from_file_location("acr_2012", root / FOLDER / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows(root):
    page = (root / FOLDER / "README.md").read_text("utf-8")
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]


def test_the_published_figures_after_rounding(paper, rows):
    table = paper.published()
    assert len(table) == 2
    np.testing.assert_array_equal(table["formula"].round(1), table["published"])
    np.testing.assert_array_equal(table["solved"].round(1), table["published"])
    for row in table.itertuples(index=False):
        ends = [f"{value:.4f}" for value in (row.formula, row.solved)]
        assert [f"{getattr(row, 'lambda', row[0])}", f"{row.epsilon:g}", f"{row.published}", *ends] in rows


@pytest.mark.parametrize("epsilon", [-10.0, -5.0])
def test_every_economy_by_formula_and_by_solving(paper, rows, epsilon):
    table = paper.whole_world(epsilon)
    assert len(table) == 81
    np.testing.assert_allclose(table["solved"], table["formula"], atol=1e-9)
    for code in paper.SHOWN:
        row = table.loc[code]
        assert [code, *(f"{row[name]:.4f}" for name in ("lambda", "formula", "solved"))] in rows


def test_the_formula_holds_for_any_foreign_shock_not_only_autarky(paper):
    """Ŵ = λ̂^(1/ε): costs of all trade between others and with Germany move; Germany's own λ tells its real income."""
    economy = paper.one_sector(-5.0)
    rng = np.random.default_rng(0)
    n = len(economy.economies)
    d_hat = np.where(np.eye(n, dtype=bool), 1.0, rng.uniform(0.7, 1.6, (n, n)))[:, :, None]
    solution = dt.solve(economy, dt.Shock(d_hat=d_hat))
    before, after = paper.own(economy), np.einsum("nnj->n", solution.pi_cf)
    np.testing.assert_allclose(solution.W_hat, (after / before) ** (1 / -5.0), rtol=1e-9)


def test_with_tariffs_the_formula_is_not_what_is_solved(paper):
    world = dt.load_world("icio-2017")
    flows, tariffs = world.flows.sum(2, keepdims=True), np.full((81, 81, 1), 0.1) * (1 - np.eye(81))[:, :, None]
    one = dt.World(flows, tariffs, economies=world.economies, sectors=["ALL"], name="tariffs", year=2017)
    economy = dt.calibrate(one, elasticities=[5.0], deficits="balanced")
    gap = np.abs(paper.to_autarky(economy) - paper.formula(paper.own(economy), -5.0))
    assert gap.max() > 1e-3


def test_the_page_shows_what_a_run_makes(paper, root):
    page = (root / FOLDER / "README.md").read_text("utf-8")
    assert mended(page, paper.made()) == page


def test_results_are_those_of_a_run(paper, same_as_kept):
    same_as_kept(FOLDER, paper.results(), 1e-6)
