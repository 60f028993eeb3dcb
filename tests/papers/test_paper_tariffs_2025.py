"""The page on the tariffs of 2025 and 2026 beside others: what is on it is what a run gives, and its identities."""

from __future__ import annotations

import importlib.util
import re

import pandas as pd
import pytest
from replication import mended

import detente as dt

FOLDER = "papers/tariffs-2025"


@pytest.fixture(scope="module")
def paper(root, shared):
    spec = importlib.util.spec_from_file_location("tariffs_2025", root / FOLDER / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.shared = lambda: shared
    return module


def test_every_percentage_that_was_published_is_compared_or_named_on_the_page(paper, root, shared):
    kept = pd.read_csv(root / FOLDER / "results.csv")
    compared = sorted(kept.loc[kept["table"] == "others", "published"])
    table = pd.read_csv(shared / "truth" / "published-2025.csv")
    ignatenko = table["source"].str.startswith("Ignatenko") & (table["quantity"] != "tariff")
    others = table[~ignatenko & (table["unit"] == "percent") & ~table["source"].str.startswith("Budget Lab")]
    assert compared == sorted(others["value"])
    page = (root / FOLDER / "README.md").read_text("utf-8")
    for value in table.loc[table["source"].str.startswith("Budget Lab"), "value"]:
        assert re.search(rf"{abs(value):,g}\b", page), value


def test_raised_adds_points_to_goods_and_spares_own_sales(paper):
    world = dt.load_world("icio-2022")
    t = paper.raised(world, ("USA", "CHN", 0.6), ("USA", "*", 0.1))
    usa, china, goods = world.index("USA"), world.index("CHN"), [world.sector_index(code) for code in world.goods]
    added = t - world.tariffs
    assert added[usa, china, goods] == pytest.approx(0.6)
    assert added[usa, world.index("DEU"), goods] == pytest.approx(0.1)
    assert (added[usa, usa] == 0).all()
    assert added.sum() == pytest.approx(len(goods) * (0.6 + 0.1 * (len(world.economies) - 2)))


@pytest.mark.slow
def test_the_page_and_the_results_are_those_of_a_run(paper, root, same_as_kept):
    same_as_kept(FOLDER, paper.results(), 1e-5)
    page = (root / FOLDER / "README.md").read_text("utf-8")
    assert mended(page, paper.made()) == page


@pytest.mark.slow
def test_households_own_consumption_costs_less_than_all_that_is_bought(paper):
    found = paper.first_numbers("law")
    assert found["household"] < found["household_own"] < 0
    assert found["prices_after"] < found["prices"]
