"""Shares by product are what their build script makes of the shared folder, and stay within the value of goods."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from detente.data.products import shares
from detente.data.products.editions import HERE
from detente.data.products.lines import line_imports, product_lines
from detente.data.products.shares import CONTENTS, claimed_shares, clipped, content_shares, partners_of


@pytest.fixture(scope="module")
def built(tool, shared):
    return tool("build_shares").build(shared)


def test_the_build_makes_what_is_shipped(tool, built, tmp_path):
    tool("building").write_all(built, tmp_path)
    for name in built:
        read = pd.read_parquet if name.endswith(".parquet") else pd.read_csv
        pd.testing.assert_frame_equal(read(tmp_path / name), read(HERE / name))


def test_claims_are_those_of_the_source(shared):
    codes = {"CAN": "1220", "MEX": "2010"}
    for table, year in (("usmca-2024", 2024), ("usmca-2025", 2025)):
        raw = pd.read_parquet(shared / "data" / "us-2025" / f"usmca-shares-{year}.parquet").astype({"hts10": str})
        assert partners_of(table) == tuple(codes)
        for partner, code in codes.items():
            own = raw[raw["census_code"].astype(str) == code].set_index("hts10")["usmca_share"]
            wanted = own.reindex(product_lines("USA").line).fillna(0.0).to_numpy()
            found = claimed_shares(table, partner)
            assert np.abs(found - wanted).max() <= 0.0005 + 1e-7  # thousandths, rounded; the source is float32
    assert not claimed_shares("usmca-2025", "CHN").any()


def test_claims_rose_from_2024_to_2025():
    worth = line_imports()["CAN"].to_numpy()
    before, after = (np.average(claimed_shares(name, "CAN"), weights=worth) for name in ("usmca-2024", "usmca-2025"))
    assert before == pytest.approx(0.381, abs=0.001)  # of the source, weighted by the imports of 2024
    assert after == pytest.approx(0.668, abs=0.001)


def test_contents_are_those_of_the_source_clipped(shared):
    raw = pd.read_parquet(shared / "data" / "us-2025" / "metal-content-shares.parquet").set_index("hts10")
    lines = product_lines("USA").line
    steel = raw["steel_share"].reindex(lines).fillna(0.0).to_numpy(dtype=np.float64)
    alone = (raw.sum(axis=1).reindex(lines).fillna(0.0) <= 1).to_numpy()
    np.testing.assert_allclose(content_shares("steel-content", "USA")[alone], steel[alone], atol=1e-6)
    over = steel > 1
    assert over.any()
    assert (content_shares("steel-content", "USA")[over] == 1.0).all()
    assert clipped("steel-content") >= (raw["steel_share"] > 1).sum()
    assert clipped("metal-content") == (raw.sum(axis=1) > 1).sum()


@pytest.mark.parametrize("importer", ["USA", "DEU"])
def test_the_metals_of_a_good_are_together_no_more_than_the_good(importer):
    every, *metals = (content_shares(name, importer) for name in CONTENTS)
    assert every.max() <= 1 + 1e-12
    assert min(its.min() for its in metals) >= 0
    np.testing.assert_allclose(sum(metals), every, atol=1e-12)


def test_a_code_of_six_digits_has_the_average_of_its_lines():
    shares.content_shares.cache_clear()
    own = dict(zip(product_lines("DEU").hs2022, content_shares("steel-content", "DEU"), strict=True))
    lines = product_lines("USA")
    mine = lines.hs2022 == "720851"
    worth = line_imports().to_numpy().sum(axis=1)[mine]
    assert own["720851"] == pytest.approx(np.average(content_shares("steel-content", "USA")[mine], weights=worth))
