"""The shipped data are what the build script makes of the shared folder, and what the shared folder says."""

import numpy as np
import pandas as pd
import pytest

from detente.data.bundled import load_world
from detente.data.codes import HERE

#: Tables with rows of every world.
OF_ALL_WORLDS = {"duties/importers.csv", "duties/collected.csv", "duties/us-fits.parquet", "worlds/index.json"}


@pytest.fixture(scope="module")
def built(tool, shared, tmp_path_factory):
    out = tmp_path_factory.mktemp("data")
    tool("build_data").build(shared, out)
    return out


def test_the_build_of_a_world_makes_what_is_shipped(tool, shared, tmp_path):
    tool("build_data").build(shared, tmp_path, ["icio-2017"])
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    same_as_shipped(tmp_path, [path for path in made if path.as_posix() not in OF_ALL_WORLDS])
    assert {path.as_posix() for path in made} > OF_ALL_WORLDS


@pytest.mark.slow
def test_the_build_makes_what_is_shipped(built):
    made = sorted(path.relative_to(built) for path in built.rglob("*") if path.is_file())
    assert len(made) == 14
    same_as_shipped(built, made)


def same_as_shipped(built, made):
    for path in made:
        if path.suffix == ".parquet":
            pd.testing.assert_frame_equal(pd.read_parquet(built / path), pd.read_parquet(HERE / path))
            continue
        if path.suffix != ".npz":
            assert (built / path).read_bytes() == (HERE / path).read_bytes(), f"{path} is not what the build makes"
            continue
        with np.load(built / path) as new, np.load(HERE / path) as old:
            assert new.files == old.files
            for name in new.files:
                np.testing.assert_array_equal(new[name], old[name])


def test_a_measure_is_laid_on_whom_the_table_says(tool):
    """Section 232 in 2018: members of the union stand under EUN, from June; Türkiye paid twice on steel from August."""
    law = tool("us_customs")
    rows = law.measures(2018)
    steel = rows[rows["goods"] == "steel"]

    def laid(partner):
        return sum(row.rate * row.part for row in steel.itertuples() if law.reaches(row, partner))

    assert laid("CHN") == pytest.approx(0.25 * 284 / 365)
    assert laid("DEU") == laid("EUN") == laid("CAN") == pytest.approx(0.25 * 214 / 365)
    assert laid("TUR") == pytest.approx(0.25 * (284 + 141) / 365)
    assert laid("KOR") == laid("AUS") == 0
    lists = rows[rows["authority"] == "section-301"]
    assert {code for code in ("CHN", "VNM", "DEU") if law.reaches(next(lists.itertuples()), code)} == {"CHN"}


@pytest.mark.slow  # a build that differed from the one before would differ from what is shipped
def test_the_build_is_the_same_every_time(tool, shared, built, tmp_path):
    tool("build_data").build(shared, tmp_path)
    for path in built.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / path.relative_to(built)).read_bytes()


@pytest.mark.parametrize("year", [2014, 2017, 2018, 2022])
def test_accounts_and_simple_averages_are_the_source(shared, year):
    world = load_world(f"icio-{year}")
    with np.load(shared / "data" / "worlds" / f"icio-{year}.npz") as source:
        for name in ("flows", "io", "value_added"):
            np.testing.assert_array_equal(getattr(world, name), source[name].astype(np.float64))
        assert [str(code) for code in source["countries"]] == list(world.economies)
        measures = sum(world.origins.in_force.values(), np.zeros(world.tariffs.shape))
        np.testing.assert_allclose(world.tariff_sources["simple"] - measures, source["tariffs"], atol=1e-7)


def series(shared, file):
    return pd.read_csv(shared / "data" / "policy" / file, dtype={"naics3": str})


def test_china_answers_are_the_rise_of_the_series_less_changes_of_ordinary_duties(shared):
    """Iron and steel (331 is C24A and C24B): by hand from the level of the series, and ordinary duties hardly moved."""
    raw = series(shared, "us-exports-naics3-monthly.csv")
    raw = raw[(raw["naics3"] == "331") & (raw["time"].str[:4] == "2018")]
    rise = raw["tariff_trd_w_avg"] - raw["tariff_trd_w_avg"].iloc[:3].mean()
    by_hand = (rise * raw["china_trade"]).sum() / raw["china_trade"].sum() / 100
    world = load_world("icio-2018")
    found = world.origins.in_force["china-answers"]
    at = world.index("CHN"), world.index("USA")
    assert found[(*at, world.sector_index("C24A"))] == found[(*at, world.sector_index("C24B"))]
    assert found[(*at, world.sector_index("C24A"))] == pytest.approx(by_hand, abs=0.004)
    assert (found > 0).sum() == (found[at] > 0).sum()  # no other pair has them


def test_the_series_holds_levels_by_month_with_the_measures(shared):
    """What the build relies on: levels of the tariff, measures in the month they start in or, late in it, the next."""
    raw = series(shared, "us-imports-naics3-monthly.csv").pivot(
        index="naics3", columns="time", values="tariff_trd_w_avg"
    )
    machinery = raw.loc["333"]
    assert machinery["2018-06-01"] == pytest.approx(machinery["2017-01-01"], abs=0.05)
    assert machinery["2018-07-01"] - machinery["2018-06-01"] > 10  # List 1, 2018-07-06
    leather = raw.loc["316"]
    assert leather["2020-01-01"] - leather["2020-02-01"] == pytest.approx(4.0, abs=0.5)  # List 4A halved, 2020-02-14
    steel = raw.loc["331"]
    assert steel["2018-06-01"] == pytest.approx(steel["2018-02-01"], abs=0.01)  # no Section 232 in it


def test_the_series_lacks_the_halving_that_the_build_takes_off(shared):
    raw = series(shared, "us-exports-naics3-monthly.csv").pivot(
        index="naics3", columns="time", values="tariff_trd_w_avg"
    )
    fall = (raw["2020-01-01"] - raw["2020-03-01"]).dropna()
    assert fall.abs().max() < 0.1
    assert (raw["2019-09-01"] - raw["2019-08-01"]).max() > 4


def test_the_deficit_of_the_naics3_series(shared):
    def total(file):
        raw = series(shared, file)
        return raw.loc[raw["time"].str[:4] == "2017", "china_trade"].sum() / 1e9

    bought, sold = total("us-imports-naics3-monthly.csv"), total("us-exports-naics3-monthly.csv")
    assert (bought, sold, bought - sold) == pytest.approx((497.6, 129.8, 367.8), abs=0.05)
