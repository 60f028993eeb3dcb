import numpy as np
import pandas as pd
import pytest
from readers_layouts import tidy

from detente.data.bundled import toy_world
from detente.data.readers import read_oecd_icio, read_wiod
from detente.data.readers.tidy import read_tidy
from detente.data.world import World
from detente.errors import BadInput, BadTable, BadWorld

ACCOUNTS = ("flows", "io", "value_added", "tariffs")


@pytest.fixture
def world():
    toy = toy_world(1, n=3, j=2)
    return World(toy.flows, toy.tariffs, toy.io, toy.value_added, ("USA", "CHN", "ROW"), ("010121", "854231"))


def save(frame, path):
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    elif path.suffix == ".xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_csv(path, index=False)
    return path


def write(world, folder, suffix=".csv", **edits):
    """The four tables of a world; an edit changes the frame of one account before it is written."""
    return {
        name: save(edits.get(name, lambda frame: frame)(tidy(world, name)), folder / f"{name}{suffix}")
        for name in ACCOUNTS
    }


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx"])
def test_every_account_reads_back(world, tmp_path, suffix):
    files = write(world, tmp_path, suffix)
    read = read_tidy(**files, name="mine")
    assert (read.economies, read.sectors, read.year, read.name) == (world.economies, world.sectors, 2017, "mine")
    for name in ACCOUNTS:
        np.testing.assert_allclose(getattr(read, name), getattr(world, name), rtol=1e-12)
    read.check()
    assert read.provenance.replaced == ()


def test_rows_may_stand_in_any_order(world, tmp_path):
    files = write(world, tmp_path, io=lambda frame: frame.sample(frac=1, random_state=1))
    np.testing.assert_allclose(read_tidy(**files).io, world.io, rtol=1e-12)


def test_flows_alone_make_a_world_without_input_links(world, tmp_path):
    path = write(world, tmp_path)["flows"]
    read = read_tidy(path, tariffs=0.0)
    assert not read.io.any()
    np.testing.assert_allclose(read.value_added, world.output)
    with pytest.raises(BadTable, match="give io and value_added together"):
        read_tidy(path, tariffs=0.0, io=path)


def test_a_code_keeps_the_zero_in_front(world, tmp_path):
    assert read_tidy(**write(world, tmp_path)).sectors == ("010121", "854231")


def as_numbers(frame):
    return frame.assign(sector=frame["sector"].astype(int))


def as_decimals(frame):
    return frame.assign(sector=frame["sector"].astype(float).astype(str))


@pytest.mark.parametrize(
    ("suffix", "edit", "says"),
    [
        (".csv", as_numbers, "'10121' .5 digits. among codes of 6: 1 codes lost the zero in front.*write '010121'"),
        (".parquet", as_numbers, "column sector holds numbers, not codes"),
        (".xlsx", as_numbers, "column sector (holds numbers|has the code 10121, which is not text)"),
        (".csv", as_decimals, "'10121.0', a code turned into a number"),
    ],
)
def test_a_code_turned_into_a_number_is_refused(world, tmp_path, suffix, edit, says):
    files = write(world, tmp_path, suffix, flows=edit)
    with pytest.raises(BadTable, match=says):
        read_tidy(**files)


def test_short_codes_of_differing_length_are_codes(world, tmp_path):
    numbered = World(world.flows, world.tariffs, economies=world.economies, sectors=("9", "10"))
    path = save(tidy(numbered, "flows"), tmp_path / "a.csv")
    assert read_tidy(path, tariffs=0.0).sectors == ("9", "10")


def test_gaps_are_refused_or_counted_as_zero(world, tmp_path):
    files = write(world, tmp_path, flows=lambda frame: frame.drop(index=[2, 5]))
    with pytest.raises(BadTable, match=r"no row for flows of USA from CHN in 010121 \(2 such cells\)"):
        read_tidy(**files)
    read = read_tidy(**files, missing="zero")
    assert read.flows[0, 1, 0] == 0.0
    assert read.provenance.replaced == ("2 of 18 cells of flows had no row in flows.csv and were read as 0",)


def stray_sector(frame):
    return frame.replace({"sector": {"854231": "999999"}})


@pytest.mark.parametrize(
    ("account", "edit", "says"),
    [
        ("flows", lambda frame: pd.concat([frame, frame.iloc[:3]]), r"3 cells more than once, first importer USA"),
        ("flows", lambda frame: frame.drop(columns="sector"), "has no column sector; it has year, importer"),
        ("flows", lambda frame: frame.drop(columns="value"), "has no column value"),
        ("flows", lambda frame: frame.assign(value="1,000"), "row 1, column value: '1,000' is not a finite number"),
        ("flows", lambda frame: frame.assign(value=""), "is not a finite number"),
        ("flows", lambda frame: frame[frame["importer"] != "ROW"], "ROW among its importers or its exporters"),
        ("flows", lambda frame: frame.assign(exporter=""), "has an empty code"),
        ("flows", lambda frame: frame.iloc[:0], "a header and no rows"),
        ("io", stray_sector, "io.csv has '999999' in column sector, which the flows do not have"),
        ("value_added", lambda frame: frame.assign(year=2018), "value_added.csv has no rows for 2017; it has 2018"),
        ("tariffs", lambda frame: frame.drop(index=2), r"no rate for USA from CHN in 010121 \(1 such cells\)"),
        (
            "tariffs",
            lambda frame: frame.assign(rate="25 percent"),
            "rate of USA from USA in 010121: '25 percent' is not a",
        ),
        (
            "tariffs",
            lambda frame: frame.assign(rate="7.5"),
            r"'?7.5'? without .* 750 %: write 7.5%, .* \(18 such cells\)",
        ),
        ("tariffs", lambda frame: frame.assign(rate=1.45), "1.45 without a per cent sign is 145 %: .* is meant, 145%"),
        ("tariffs", lambda frame: frame.drop(columns="rate"), "tariffs.csv has no column rate; it has year, importer"),
    ],
)
def test_bad_tables_are_refused_with_their_place(world, tmp_path, account, edit, says):
    files = write(world, tmp_path, **{account: edit})
    with pytest.raises(BadTable, match=says):
        read_tidy(**files)


def test_a_file_that_is_no_table_is_refused(world, tmp_path):
    files = write(world, tmp_path)
    for suffix, first, says in ((".parquet", b"PAR1", "as a table"), (".xlsx", b"PK\x03\x04", "as a zip")):
        bad = tmp_path / f"bad{suffix}"
        bad.write_bytes(first + b"not a table")
        with pytest.raises(BadTable, match=f"cannot be read {says}"):
            read_tidy(bad, tariffs=0.0)
        bad.write_bytes(b"not a table")
        with pytest.raises(BadTable, match="has no column exporter, importer, sector; it has not a table"):
            read_tidy(bad, tariffs=0.0)
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(BadTable, match="is empty"):
        read_tidy(empty, tariffs=0.0)
    with pytest.raises(BadTable, match="is not a file"):
        read_tidy(tmp_path / "none.csv", tariffs=files["tariffs"])
    (tmp_path / "ragged.csv").write_text("exporter,importer,sector,value\nA,A,S,1\nA,A,S,1,2,3\n")
    with pytest.raises(BadTable, match=r"ragged.csv, line 3: 6 cells, but the header has 4"):
        read_tidy(tmp_path / "ragged.csv", tariffs=0.0)


def test_a_file_without_a_year_holds_one(world, tmp_path):
    files = write(world, tmp_path, **{name: lambda frame: frame.drop(columns="year") for name in ACCOUNTS})
    assert read_tidy(**files).year is None
    assert read_tidy(**files, year=2017).year == 2017


def test_rates_are_read_as_people_write_them(world, tmp_path):
    given = {"25%": 0.25, "145%": 1.45, "0.25": 0.25, "1e-05": 1e-5, "0": 0.0}
    for text, rate in given.items():
        files = write(world, tmp_path, tariffs=lambda frame, text=text: frame.assign(rate=text))
        if rate > 1:  # read, and then refused as the duty on everything of a world
            with pytest.raises(BadWorld, match=r"would levy 145% on average"):
                read_tidy(**files)
        else:
            assert (read_tidy(**files).tariffs == rate).all()
    assert read_tidy(files["flows"], tariffs="25%").tariffs[0, 1, 0] == 0.25
    for truth in (True, np.bool_(True)):
        with pytest.raises(BadTable, match="is not a rate"):
            read_tidy(files["flows"], tariffs=truth)
    for bare in (25, 5.0, 1.45):
        with pytest.raises(BadTable, match=r"tariffs: .* without a per cent sign is"):
            read_tidy(files["flows"], tariffs=bare)


@pytest.mark.parametrize("given", [pd.DataFrame({"value": [1.0]}), 5, None, b"flows.csv", ["flows.csv"]])
@pytest.mark.parametrize("reader", [read_tidy, read_oecd_icio, read_wiod])
def test_what_is_no_path_is_refused_in_words(reader, given):
    with pytest.raises(BadTable, match="give the path of a file"):
        reader(given, tariffs=0.0, year=2017)


@pytest.mark.parametrize("year", [2017.5, "2017", True, [2017]])
def test_a_year_is_a_whole_number(world, tmp_path, year):
    files = write(world, tmp_path, **{name: lambda frame: frame.drop(columns="year") for name in ACCOUNTS})
    with pytest.raises(BadInput, match=r"year is .*give a whole number"):
        read_tidy(**files, year=year)
