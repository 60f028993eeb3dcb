import numpy as np
import pandas as pd
import pytest

from detente.data.bundled import load_world
from detente.data.products.concordance import NO_SECTOR, hs6_to_sectors, naics3_to_sectors
from detente.data.products.trade import customs_trade
from detente.data.products.weights import code_weights
from detente.errors import BadInput

DIRECTIONS = [("USA", "CHN"), ("CHN", "USA")]


def test_the_goods_deficit_of_2017():
    bought, sold = customs_trade("USA", "CHN", 2017), customs_trade("CHN", "USA", 2017)
    assert bought.total / 1e3 == pytest.approx(497.6, abs=0.05)
    assert sold.total / 1e3 == pytest.approx(129.8, abs=0.05)
    assert (bought.total - sold.total) / 1e3 == pytest.approx(367.8, abs=0.05)


@pytest.mark.parametrize(("importer", "exporter"), DIRECTIONS)
@pytest.mark.parametrize("year", range(2015, 2020))
def test_sectors_and_the_rest_sum_to_the_total(importer, exporter, year):
    trade = customs_trade(importer, exporter, year)
    assert tuple(trade.by_sector.index) == load_world("icio-2017").goods
    assert (trade.by_sector >= 0).all()
    assert trade.total == pytest.approx(trade.by_sector.sum() + trade.unallocated)
    assert 0 < trade.unallocated < 0.07 * trade.total
    assert "Census" in trade.source
    assert (trade.importer, trade.exporter, trade.year) == (importer, exporter, year)


def test_totals_are_the_series(shared):
    bought, sold = (
        pd.read_csv(shared / "data" / "policy" / f"us-{flow}-naics3-monthly.csv", dtype={"naics3": str})
        for flow in ("imports", "exports")
    )
    bought, sold = (raw[raw["time"].str[:4] == "2018"] for raw in (bought, sold))
    assert customs_trade("USA", "CHN", 2018).total == pytest.approx(bought["china_trade"].sum() / 1e6)
    trade = customs_trade("CHN", "USA", 2018)
    assert trade.total == pytest.approx(sold["china_trade"].sum() / 1e6)
    assert trade.by_sector["C26"] == pytest.approx(sold.loc[sold["naics3"] == "334", "china_trade"].sum() / 1e6)
    vehicles = trade.by_sector[["C29", "C301", "C302T309"]].sum()
    assert vehicles == pytest.approx(sold.loc[sold["naics3"] == "336", "china_trade"].sum() / 1e6, rel=1e-5)


def test_sectors_of_us_imports_share_their_total_as_products_do():
    trade = customs_trade("USA", "CHN", 2017)
    products = code_weights("USA", "CHN", 2017).groupby("sector")["value"].sum().drop(NO_SECTOR)
    shares = (trade.by_sector / trade.by_sector.sum()).reindex(products.index)
    np.testing.assert_allclose(shares, products / products.sum(), rtol=1e-12)
    assert products["C26"] == pytest.approx(149_200, rel=0.01)


@pytest.mark.parametrize(
    ("importer", "exporter", "year"), [("USA", "MEX", 2017), ("USA", "CHN", 2020), ("USA", "CHN", 2014)]
)
def test_without_figures_there_is_none(importer, exporter, year):
    assert customs_trade(importer, exporter, year) is None


@pytest.mark.parametrize(("importer", "exporter"), DIRECTIONS)
def test_naics3_weights_sum_to_one_and_have_their_reasons(importer, exporter):
    links = naics3_to_sectors(importer, exporter)
    assert links["code"].str.fullmatch(r"\d{3}").all()
    placed = links[links["sector"] != ""]
    assert placed.groupby("code")["weight"].sum().to_numpy() == pytest.approx(1.0, abs=1e-12)
    assert set(placed["sector"]) == set(load_world("icio-2017").goods) - {"B09"}
    assert set(links.loc[links["sector"] == "", "code"]) == {"910", "930", "980", "990"}
    assert (links["reason"] != "").all()
    split = placed[placed["basis"] == "flows of icio-2017 from this exporter to this importer"]
    assert set(split["code"]) == {"212", "325", "331", "336"}


@pytest.mark.parametrize(("importer", "exporter"), DIRECTIONS)
def test_a_split_follows_the_flows_of_the_pair(importer, exporter):
    world = load_world("icio-2017")
    flows = world.flows[world.index(importer), world.index(exporter)]
    links = naics3_to_sectors(importer, exporter).set_index(["code", "sector"])["weight"]
    steel, other = (flows[world.sector_index(sector)] for sector in ("C24A", "C24B"))
    assert links["331", "C24A"] == pytest.approx(steel / (steel + other), abs=1e-6)


def test_another_pair_has_no_naics3_concordance():
    with pytest.raises(BadInput, match="USA from CHN and CHN from USA"):
        naics3_to_sectors("USA", "MEX")


def test_hs6_codes_stay_text_and_their_weights_sum_to_one(shared):
    links = hs6_to_sectors()
    assert links["code"].str.fullmatch(r"\d{6}").all()
    assert "010110" in set(links["code"])
    assert links["code"].nunique() == 6445
    assert links.groupby("code")["weight"].sum().to_numpy() == pytest.approx(1.0, abs=1e-12)
    assert set(links["sector"]) <= set(load_world("icio-2017").goods)
    links.loc[0, "code"] = "x"
    assert hs6_to_sectors().loc[0, "code"] != "x"
    source = (shared / "data" / "concordance" / "hs6-to-icio27.csv").read_text().splitlines()
    assert len(source) - 1 == len(links)
