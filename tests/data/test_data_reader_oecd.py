import numpy as np
import pandas as pd
import pytest
from readers_layouts import table_of, write_oecd

from detente.data.bundled import toy_world
from detente.data.readers.oecd_icio import read_oecd_icio
from detente.data.world import World
from detente.errors import BadTable, BadWorld


def coded(seed=1, economies=("USA", "CHN", "ROW"), sectors=("A01", "C17_18", "SERV")):
    """A toy world under real codes, one of which has an underscore."""
    toy = toy_world(seed, n=len(economies), j=len(sectors), highest_tariff=0.0)
    return World(toy.flows, toy.tariffs, toy.io, toy.value_added, economies, sectors)


def same(read, world):
    assert (read.economies, read.sectors) == (world.economies, world.sectors)
    for name in ("flows", "io", "value_added"):
        np.testing.assert_allclose(getattr(read, name), getattr(world, name), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("totals", [("TLS", "VA", "OUT"), ("TAXSUB", "VALU", "OUTPUT")])
def test_the_published_layout_reads_back(tmp_path, totals):
    world = coded()
    path = write_oecd(tmp_path / "2017.SML.csv", world, totals=totals)
    read = read_oecd_icio(path, year=2017, tariffs=0.0)
    same(read, world)
    read.check()
    assert (read.name, read.year) == ("2017.SML", 2017)
    assert "OECD" in read.provenance.source
    assert read.services == ("SERV",)
    assert not read.tariffs.any()


def test_taxes_by_country_are_added_up(tmp_path):
    world = coded()

    def by_country(frame):
        row = frame.loc["TLS"]
        for economy in world.economies:
            own = [column.startswith(f"{economy}_") for column in frame.columns]
            frame.loc[f"{economy}_TAXSUB"] = np.where(own, row, 0.0)
        return frame.drop(index="TLS")

    same(read_oecd_icio(write_oecd(tmp_path / "a.csv", world, edit=by_country), year=None, tariffs=0.0), world)


def test_the_parts_of_mexico_and_china_are_added(tmp_path):
    parts = coded(2, ("MEX", "MX1", "CN1", "CN2", "USA"))
    read = read_oecd_icio(write_oecd(tmp_path / "a.csv", parts), year=2018, tariffs=0.0)
    same(read, parts.aggregate(economies={"MEX": ["MEX", "MX1"], "CHN": ["CN1", "CN2"]}))
    assert read.economies == ("MEX", "CHN", "USA")
    read.check()


def test_final_demand_of_a_country_whose_parts_have_none(tmp_path):
    """In the extended tables only CHN has final demand, only CN1 and CN2 have industries."""
    parts = coded(3, ("CN1", "CN2", "USA"))

    def joined(frame):
        for category in ("HFCE", "INVNT"):
            frame.insert(frame.shape[1] - 1, f"CHN_{category}", frame[f"CN1_{category}"] + frame[f"CN2_{category}"])
        return frame.drop(columns=[f"{part}_{c}" for part in ("CN1", "CN2") for c in ("HFCE", "INVNT")])

    read = read_oecd_icio(write_oecd(tmp_path / "a.csv", parts, edit=joined), year=2018, tariffs=0.0)
    same(read, parts.aggregate(economies={"CHN": ["CN1", "CN2"]}))


def test_a_rate_applies_to_imports_of_goods_alone(tmp_path):
    path = write_oecd(tmp_path / "a.csv", coded())
    read = read_oecd_icio(path, year=2017, tariffs=0.05)
    assert (read.tariffs[0, 1] == [0.05, 0.05, 0.0]).all()
    assert not np.einsum("nnj->nj", read.tariffs).any()
    given = np.full((3, 3, 3), 0.07)
    np.testing.assert_array_equal(read_oecd_icio(path, year=2017, tariffs=given).tariffs, given)


def negative_stocks(world):
    """Final demand with one run-down of stocks, the sums of the table as the world has them."""
    _, final = table_of(world, np.random.default_rng(0))
    final[0, 1, 2, 0] += 2 * final[0, 1, 2, 1]
    final[0, 1, 2, 1] *= -1.0
    return final


def test_negative_cells_are_refused_unless_told(tmp_path):
    world = coded()
    final = negative_stocks(world)
    path = write_oecd(tmp_path / "a.csv", world, final=final)
    with pytest.raises(BadTable, match=r"1 negative cells in final demand, .*INVNT of ROW from USA in C17_18.*'net'"):
        read_oecd_icio(path, year=2017, tariffs=0.0)
    netted = read_oecd_icio(path, year=2017, tariffs=0.0, negative="net")
    same(netted, world)
    assert netted.moved.empty


def test_zeroed_cells_are_listed_and_left_to_balance(tmp_path):
    world = coded()
    final = negative_stocks(world)
    path = write_oecd(tmp_path / "a.csv", world, final=final)
    read = read_oecd_icio(path, year=2017, tariffs=0.0, negative="zero")
    row = read.moved.iloc[0]
    assert len(read.moved) == 1
    assert tuple(row[["account", "importer", "exporter", "sector", "new"]]) == (
        "final demand: INVNT", "ROW", "USA", "C17_18", 0.0,
    )  # fmt: skip
    assert row["old"] == pytest.approx(final[0, 1, 2, 1])
    assert "1 negative cells were set to 0" in read.provenance.replaced[0]
    with pytest.raises(BadWorld, match="output of USA in C17_18"):
        read.check()
    closed = read.balance()
    closed.check()
    assert len(closed.moved) > 1


def test_negative_value_added_and_inputs_are_refused_too(tmp_path):
    def subsidised(frame):
        frame.loc["VA", "USA_A01"] = -1e6
        return frame

    path = write_oecd(tmp_path / "a.csv", coded(), edit=subsidised)
    with pytest.raises(BadTable, match=r"negative cells in value added.*USA in A01"):
        read_oecd_icio(path, year=2017, tariffs=0.0)
    assert "value added" in set(read_oecd_icio(path, year=2017, tariffs=0.0, negative="zero").moved["account"])
    with pytest.raises(BadWorld, match=r"value added of USA in A01 is .*, negative"):
        read_oecd_icio(path, year=2017, tariffs=0.0, negative="net")


def drop_row(frame):
    return frame.drop(index="CHN_A01")


def rename_column(frame):
    return frame.rename(columns={"USA_HFCE": "USA_ABC"})


def spoil(frame):
    frame = frame.astype(object)
    frame.loc["USA_A01", "CHN_SERV"] = "n.a."
    return frame


def gap(frame):
    frame.loc["CHN_A01", "USA_A01"] = np.nan
    return frame


def twice(frame):
    return pd.concat([frame.iloc[:1], frame])


def wrong_output(frame):
    frame.loc["OUT", "CHN_SERV"] *= 1.1
    return frame


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (drop_row, "lacks CHN_A01 among its rows or columns"),
        (rename_column, "columns of ABC, neither a sector of its rows nor final demand"),
        (spoil, r"row USA_A01, column CHN_SERV: 'n.a.' is not a finite number \(1 such cells\)"),
        (gap, "row CHN_A01, column USA_A01: 'nan' is not a finite number"),
        (twice, "the row 'USA_A01' more than once"),
        (wrong_output, "states an output of .* for CHN in SERV, but its row sums to"),
        (lambda frame: frame.drop(index="VA"), "has no row VA or VALU"),
        (lambda frame: frame.drop(index="OUT"), "has no row OUT or OUTPUT"),
        (
            lambda frame: frame[[c for c in frame.columns if "HFCE" not in c and "INVNT" not in c]],
            "no columns of final",
        ),
        (lambda frame: frame.loc[["VA", "OUT"]], "no row such as USA_A01"),
    ],
)
def test_what_is_not_the_layout_is_refused(tmp_path, edit, says):
    path = write_oecd(tmp_path / "a.csv", coded(), edit=edit)
    with pytest.raises(BadTable, match=says):
        read_oecd_icio(path, year=2017, tariffs=0.0)


def test_a_column_given_twice_is_refused(tmp_path):
    path = write_oecd(tmp_path / "a.csv", coded())
    text = path.read_text().replace("CHN_A01", "USA_A01", 1)
    path.write_text(text)
    with pytest.raises(BadTable, match="the column 'USA_A01' more than once"):
        read_oecd_icio(path, year=2017, tariffs=0.0)


def test_an_absent_or_empty_file_is_refused(tmp_path):
    with pytest.raises(BadTable, match="is not a file"):
        read_oecd_icio(tmp_path / "none.csv", year=2017, tariffs=0.0)
    (tmp_path / "empty.csv").touch()
    with pytest.raises(BadTable, match=r"empty.csv is empty"):
        read_oecd_icio(tmp_path / "empty.csv", year=2017, tariffs=0.0)
    (tmp_path / "one.csv").write_text("V1\nUSA_A01\n")
    with pytest.raises(BadTable, match="has 1 columns"):
        read_oecd_icio(tmp_path / "one.csv", year=2017, tariffs=0.0)
