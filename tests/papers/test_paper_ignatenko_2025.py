"""Ignatenko, Macedoni, Lashkaripour and Simonovska (2025), Table 10: within what the scale elasticity explains."""

from __future__ import annotations

import importlib.util

import pytest

FOLDER = "papers/ignatenko-macedoni-lashkaripour-simonovska-2025"


@pytest.fixture(scope="module")
def paper(root, shared):
    spec = importlib.util.spec_from_file_location("ignatenko_2025", root / FOLDER / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.shared = lambda: shared
    return module


def test_trade_and_employment_are_near_the_printed_ones_and_the_page_says_what_a_run_gives(paper, root, same_as_kept):
    found = paper.results()
    same_as_kept(FOLDER, found, 1e-5)
    off = (found["computed"] - found["published"]).abs().set_axis(found["what"])
    assert off["exports to GDP"] < 0.05
    assert off["imports to GDP"] < 0.1
    assert off["employment"] < 0.05
    # most of the gap of welfare is the net-of-tax factor in v(L)
    assert abs(paper.without_net_of_tax() - 1.24) < 0.2 * off["welfare"]
    assert paper.made()["Table 10"] in (root / FOLDER / "README.md").read_text("utf-8")
