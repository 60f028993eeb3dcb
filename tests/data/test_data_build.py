"""The shipped data are what the build script makes of the shared folder, and what the shared folder says."""

import importlib
import sys

import numpy as np
import pandas as pd
import pytest

from detente.data.bundled import load_world
from detente.data.codes import HERE


@pytest.fixture(scope="module")
def tools(root):
    sys.path.insert(0, str(root / "tools"))
    yield importlib.import_module("build_data")
    sys.path.remove(str(root / "tools"))


@pytest.fixture(scope="module")
def built(tools, shared, tmp_path_factory):
    out = tmp_path_factory.mktemp("data")
    tools.build(shared, out)
    return out


def test_the_build_makes_what_is_shipped(built):
    made = sorted(path.relative_to(built) for path in built.rglob("*") if path.is_file())
    assert len(made) == 11
    for path in made:
        if path.suffix != ".npz":
            assert (built / path).read_bytes() == (HERE / path).read_bytes(), f"{path} is not what the build makes"
            continue
        with np.load(built / path) as new, np.load(HERE / path) as old:
            assert new.files == old.files
            for name in new.files:
                np.testing.assert_array_equal(new[name], old[name])


def test_the_build_is_the_same_every_time(tools, shared, built, tmp_path):
    tools.build(shared, tmp_path)
    for path in built.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / path.relative_to(built)).read_bytes()


@pytest.mark.parametrize("year", [2014, 2017, 2018, 2022])
def test_all_but_the_replaced_tariffs_is_the_source(shared, year):
    world = load_world(f"icio-{year}")
    with np.load(shared / "data" / "worlds" / f"icio-{year}.npz") as source:
        for name in ("flows", "io", "value_added"):
            np.testing.assert_array_equal(getattr(world, name), source[name].astype(np.float64))
        assert [str(code) for code in source["countries"]] == list(world.economies)
        other = source["tariffs"] != world.tariffs.astype(np.float32)
        old = source["tariffs"]
    assert int(other.sum()) <= len(world.moved)
    for row in world.moved.itertuples():
        at = world.index(row.importer), world.index(row.exporter), world.sector_index(row.sector)
        assert np.float32(row.old) == old[at]
        other[at] = False
    assert not other.any()


def series(shared, file):
    return pd.read_csv(shared / "data" / "policy" / file, dtype={"naics3": str})


@pytest.mark.parametrize(
    ("file", "importer", "exporter"),
    [("us-imports-naics3-monthly.csv", "USA", "CHN"), ("us-exports-naics3-monthly.csv", "CHN", "USA")],
)
def test_baselines_are_the_trade_weighted_series(shared, file, importer, exporter):
    """Recomputed by hand for a sector of one code, a sector of several, and the two other windows."""
    raw = series(shared, file)

    def mean(codes, months):
        rows = raw[raw["naics3"].isin(codes) & raw["time"].str[:7].isin(months)]
        return (rows["tariff_trd_w_avg"] * rows["china_trade"]).sum() / rows["china_trade"].sum() / 100

    def baseline(year, sector):
        world = load_world(f"icio-{year}")
        return world.tariffs[world.index(importer), world.index(exporter), world.sector_index(sector)]

    whole = {year: [f"{year}-{month:02d}" for month in range(1, 13)] for year in (2015, 2017, 2018)}
    assert baseline(2017, "C26") == pytest.approx(mean(["334"], whole[2017]), abs=1e-6)
    clothing = ["313", "314", "315", "316"]
    assert baseline(2017, "C13T15") == pytest.approx(mean(clothing, whole[2017]), abs=1e-6)
    assert baseline(2018, "C13T15") == pytest.approx(mean(clothing, whole[2018]), abs=1e-6)
    assert baseline(2014, "C28") == pytest.approx(mean(["333"], whole[2015]), abs=1e-6)
    assert baseline(2022, "C28") == pytest.approx(mean(["333"], ["2020-03"]), abs=1e-6)


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


def test_china_halving_is_missing_from_the_series(shared):
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
