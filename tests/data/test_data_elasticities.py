import numpy as np
import pandas as pd
import pytest

from detente.data.bundled import (
    DEFAULT,
    elasticities,
    errors_checked,
    first_year_level,
    list_elasticities,
    load_world,
    standard_errors,
)
from detente.errors import UnknownElasticities, UnknownSector

SETS = ("BSY", "CP", "FGO", "GYY", "IS", "LL", "Shap", "U4")


@pytest.mark.parametrize("name", SETS)
def test_every_set_covers_the_bundled_worlds(name):
    theta = elasticities(name, load_world("icio-2017").sectors)
    assert theta.shape == (28,)
    assert theta.dtype == np.float64
    assert (theta > 0).all()
    with pytest.raises(ValueError, match="read-only"):
        theta[0] = 1.0


def test_theta_stands_in_the_order_of_the_sectors_asked_for():
    assert elasticities("CP", ["C19", "A01", "C26"]).tolist() == [64.85, 9.11, 8.536667]
    assert elasticities(DEFAULT, ["SERV", "C29"]).tolist() == [4.0, 4.0]


def test_the_list_names_the_papers():
    table = list_elasticities()
    assert tuple(table["name"]) == SETS
    assert table.set_index("name").loc["CP", "paper"] == "Caliendo & Parro (2015)"
    assert table.set_index("name").loc["CP", "highest"] == 64.85
    assert "outlier" in table.set_index("name").loc["CP", "note"]
    assert (table["title"].str.len() > 20).all()
    assert (table["sectors"] == 28).all()


def test_an_unknown_set_or_sector_is_refused():
    with pytest.raises(UnknownElasticities, match="did you mean 'Shap'"):
        elasticities("Shapiro", ["A01"])
    with pytest.raises(UnknownSector, match=r"elasticities 'CP' .*names 'C10T15'.*did you mean"):
        elasticities("CP", ["A01", "C10T15"])


def test_every_theta_is_the_source_s(shared):
    source = pd.read_csv(shared / "data" / "elasticities" / "icio28.csv", dtype={"theta": str})
    assert tuple(source["set"].unique()) == SETS
    for name, rows in source.groupby("set"):
        np.testing.assert_array_equal(elasticities(name, list(rows["sector"])), rows["theta"].astype(float))
        paper = list_elasticities().set_index("name").loc[name, "paper"]
        assert paper.split(" (")[0].split(" &")[0].replace("é", "e").split(",")[0] in rows["source"].iloc[0]


def test_standard_errors_are_there_where_a_paper_s_are_known():
    sectors = load_world("icio-2017").sectors
    known = standard_errors("CP", sectors)
    assert np.isnan(known[sectors.index("SERV")])  # 4 is set there, not estimated
    assert np.isfinite(np.delete(known, sectors.index("SERV"))).all()
    assert known[sectors.index("C19")] == 15.61
    assert known[sectors.index("C29")] == pytest.approx((0.92**2 + 1.08**2) ** 0.5 / 2, rel=1e-5)  # a mean of two
    assert np.isnan(standard_errors("U4", sectors)).all()
    assert not any(errors_checked(name) for name in SETS)  # nobody has had the printed page in hand
    with pytest.raises(UnknownElasticities):
        standard_errors("Shapiro", sectors)


def test_the_first_year_has_the_level_of_the_published_elasticities():
    """0.76 in the year after a tariff over about 2 in the long run (Boehm, Levchenko & Pandalai-Nayar 2023)."""
    assert first_year_level() == pytest.approx(0.38)
