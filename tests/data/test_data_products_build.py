"""The tables of products are what their build script makes of the shared folder."""

from __future__ import annotations

import pandas as pd
import pytest

from detente.data.products.editions import HERE


@pytest.fixture(scope="module")
def built(tool, shared):
    return tool("build_products").build(shared)


def test_the_build_makes_what_is_shipped(tool, built, tmp_path):
    others = {"usmca-claims.parquet", "metal-content.parquet"}  # of build_shares
    assert {path.name for path in HERE.glob("*.parquet")} == set(built) | others
    tool("building").write_all(built, tmp_path)
    for name in built:
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / name), pd.read_parquet(HERE / name))


def test_imports_by_line_keep_what_the_source_has(built, shared):
    raw = pd.read_parquet(shared / "data" / "us-2025" / "us-imports-hts10-2024.parquet")
    ours = built["us-imports-2024.parquet"]
    assert ours["imports"].sum() / 1e6 == pytest.approx(raw["imports_usd"].sum() / 1e9, rel=1e-6)
    assert "SVK" not in set(ours["partner"])
    assert ours["partner"].nunique() == 50


def test_chapters_add_up_to_the_total_of_the_year(built):
    table = built["us-chapters-2014-2019.parquet"]
    every = table[(table["partner"] == "ALL") & (table["year"] == 2017)]["imports"].sum()
    assert every / 1e6 == pytest.approx(2327, abs=20)
    china = table[(table["partner"] == "CHN") & (table["year"] == 2017)]["imports"].sum()
    assert china / 1e6 == pytest.approx(503.7, abs=0.1)
