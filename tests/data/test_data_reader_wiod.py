import numpy as np
import pandas as pd
import pytest
from readers_layouts import write_wiod

from detente.data.bundled import toy_world
from detente.data.readers.wiod import read_wiod
from detente.data.world import World
from detente.errors import BadTable


def coded(seed=1):
    toy = toy_world(seed, n=3, j=3, highest_tariff=0.0)
    return World(toy.flows, toy.tariffs, toy.io, toy.value_added, ("AUS", "CHN", "ROW"), ("A01", "C10-C12", "U"))


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx"])
def test_the_layout_reads_back(tmp_path, suffix):
    world = coded()
    read = read_wiod(write_wiod(tmp_path / f"WIOT2014{suffix}", world), tariffs=0.0)
    assert (read.economies, read.sectors, read.year) == (world.economies, world.sectors, 2014)
    for name in ("flows", "io", "value_added"):
        np.testing.assert_allclose(getattr(read, name), getattr(world, name), rtol=1e-9, atol=1e-9)
    read.check()
    assert "WIOD" in read.provenance.source


def test_one_year_of_several_is_picked_by_name(tmp_path):
    first, second = coded(1), coded(2)
    frames = [
        pd.read_csv(write_wiod(tmp_path / f"{year}.csv", world, year=year))
        for year, world in ((2013, first), (2014, second))
    ]
    path = tmp_path / "both.csv"
    pd.concat(frames).to_csv(path, index=False)
    np.testing.assert_allclose(read_wiod(path, tariffs=0.0, year=2014).flows, second.flows, rtol=1e-9)
    with pytest.raises(BadTable, match="holds 2 years, 2013 to 2014: say which"):
        read_wiod(path, tariffs=0.0)
    with pytest.raises(BadTable, match="no rows for 2000; it has 2013, 2014"):
        read_wiod(path, tariffs=0.0, year=2000)


def spoiled(column, row, value):
    def edit(frame):
        frame = frame.astype({column: object})
        frame.loc[row, column] = value
        return frame

    return edit


def negative_input(frame):
    """An input of −50 whose row still sums to output."""
    gap = frame.loc[0, "AUS1"] + 50.0
    frame.loc[0, "AUS1"] -= gap
    frame.loc[0, "AUS4"] += gap
    return frame


def turned(frame):
    return frame.sort_values("IndustryCode", kind="stable")


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda frame: frame.drop(columns="Country"), "has no column Country"),
        (lambda frame: frame.drop(index=1), "has the rows of AUS out of order: RNr has to count from 1"),
        (spoiled("IndustryCode", 4, "C13"), "lists the industries of CHN otherwise than those of AUS"),
        (turned, "in more than one place"),
        (lambda frame: frame.drop(columns="CHN5"), "at odds: CHN5"),
        (lambda frame: frame[frame["IndustryCode"] != "GO"], "lacks the row GO"),
        (lambda frame: frame[frame["IndustryCode"] != "VA"], "lacks the row VA"),
        (lambda frame: frame[frame["Country"] == "TOT"], "no rows of countries"),
        (spoiled("CHN2", 0, "-"), "row 1, column CHN2: '-' is not a finite number"),
        (spoiled("IndustryCode", 9, "XYZ"), "has the row XYZ, which is not WIOD's"),
        (negative_input, r"1 negative cells in io, lowest -50 \(io: A01 of AUS from AUS in A01\)"),
    ],
)
def test_what_is_not_the_layout_is_refused(tmp_path, edit, says):
    path = write_wiod(tmp_path / "a.csv", coded(), edit=edit)
    with pytest.raises(BadTable, match=says):
        read_wiod(path, tariffs=0.0)


def test_codes_that_a_spreadsheet_turned_into_numbers_are_refused(tmp_path):
    def numbered(frame):
        return frame.assign(IndustryCode=range(1, len(frame) + 1))

    for suffix in (".parquet", ".xlsx"):
        path = write_wiod(tmp_path / f"a{suffix}", coded(), edit=numbered)
        with pytest.raises(BadTable, match=r"IndustryCode (holds numbers|has the code 1, which is not text)"):
            read_wiod(path, tariffs=0.0)
