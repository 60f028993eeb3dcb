"""The page on why published losses differ: what is on it is what a run gives, and what has to hold among its rows."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from replication import mended

import detente as dt

FOLDER = "papers/why-losses-differ"


@pytest.fixture(scope="module")
def paper(root, shared):
    spec = importlib.util.spec_from_file_location("why_losses_differ", root / FOLDER / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.shared = lambda: shared
    return module


def test_one_sector_has_the_same_trade_and_the_same_duties_before_and_after(paper):
    world = dt.load_world("icio-2022")
    shock = paper.laid(world)
    single = paper.one_sector(world, shock)
    old, new = np.asarray(shock.shock.t_cf), np.asarray(single.shock.t_cf)
    np.testing.assert_allclose((new * single.world.flows).sum((1, 2)), (old * world.flows).sum((1, 2)), rtol=1e-9)
    bare = paper.without_inputs(single).world
    np.testing.assert_allclose(bare.flows, single.world.flows)
    assert bare.io.sum() == 0


@pytest.mark.slow
def test_the_page_and_the_results_are_those_of_a_run(paper, root, same_as_kept):
    same_as_kept(FOLDER, paper.results(), 1e-5)
    page = (root / FOLDER / "README.md").read_text("utf-8")
    assert mended(page, paper.made()) == page
