"""Every way in which people hold a table is read the same, or refused with the file, the line and what to do."""

import gzip
import io
import os
import struct
import time
import warnings
import zipfile

import numpy as np
import pandas as pd
import pytest

from detente.data.bundled import toy_world
from detente.data.files import separator_of, table_file
from detente.data.readers import read_oecd_icio, read_tidy
from detente.data.sheets import cell_text, open_table
from detente.errors import BadTable, DetenteWarning

ROWS = [("NA", "Côte", "010121", 1.5), ("US", "Türkiye", "854231", 25.0), ("NA", "None", "null", 0.25)]
FRAME = pd.DataFrame(ROWS, columns=["exporter", "importer", "sector", "value"])
PLAIN = FRAME.to_csv(index=False)
NEEDS = ("exporter", "importer", "sector", "value")


def zipped(**members):
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return book.getvalue()


def excel(frame=FRAME, sheets=None, **options):
    book = io.BytesIO()
    with pd.ExcelWriter(book) as writer:
        for name, each in (sheets or {"Sheet1": frame}).items():
            each.to_excel(writer, sheet_name=name, index=False, **options)
    return book.getvalue()


def parquet(frame=FRAME, **options):
    book = io.BytesIO()
    frame.to_parquet(book, **options)
    return book.getvalue()


UTF8 = PLAIN.encode()
WAYS = {
    "utf-8": UTF8,
    "bom": PLAIN.encode("utf-8-sig"),
    "utf-16": PLAIN.encode("utf-16"),
    "utf-16-be with a mark": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "utf-16-le without a mark": PLAIN.encode("utf-16-le"),
    "utf-32": PLAIN.encode("utf-32"),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "tabs": PLAIN.replace(",", "\t").encode(),
    "bars": PLAIN.replace(",", "|").encode(),
    "Excel's line for the separator": b"sep=;\r\n" + PLAIN.replace(",", ";").encode(),
    "old Mac line ends": PLAIN.replace("\n", "\r").encode(),
    "Windows line ends": PLAIN.replace("\n", "\r\n").encode(),
    "blank lines and empty columns": PLAIN.replace("\n", ",,\n\n").encode() + b",,,,,\n",
    "names in another case": PLAIN.replace("exporter", " Exporter ").replace("value", "VALUE").encode(),
    "gzip": gzip.compress(UTF8),
    "gzip of utf-16": gzip.compress(PLAIN.encode("utf-16")),
    "zip": zipped(a__csv=UTF8),
    "zip of a Mac, with a readme": zipped(a__csv=UTF8, __MACOSX=b"", readme__pdf=b"%PDF-1.4"),
    "zip of an Excel file": zipped(a__xlsx=excel()),
    "Excel": excel(),
    "gzip of Excel": gzip.compress(excel()),
    "Excel with an empty first sheet": excel(sheets={"Cover": pd.DataFrame(), "Data": FRAME}),
    "Parquet": parquet(index=False),
    "Parquet with an index": parquet(FRAME.set_index(["exporter", "importer"])),
    "Parquet of categories": parquet(FRAME.astype({"exporter": "category"})),
}


def values(table):
    return [(*row[:3], float(row[3])) for row in table.text()[list(NEEDS)].itertuples(index=False)]


@pytest.mark.parametrize("way", WAYS)
def test_a_table_is_the_same_however_it_is_held(way, tmp_path):
    """From bytes and from a file, under a name that says nothing or the wrong thing."""
    assert values(open_table(WAYS[way], NEEDS, name="sent")) == ROWS
    for name in ("table", "table.csv", "table.parquet"):
        (tmp_path / name).write_bytes(WAYS[way])
        assert values(open_table(tmp_path / name, NEEDS)) == ROWS


def test_windows_1252_is_read_and_said():
    table = open_table(PLAIN.encode("cp1252"), NEEDS, name="a.csv")
    assert values(table) == ROWS
    with pytest.warns(DetenteWarning, match=r"a.csv is not UTF-8 \(line 2\) and was read as Windows-1252"):
        table.warn_unread(NEEDS)


def test_lines_above_the_header_are_left_out_and_said():
    above = "Table 5. Trade of 2017\nSource: customs,\n\n"
    table = open_table((above + PLAIN).encode(), NEEDS, name="a.csv")
    assert values(table) == ROWS
    assert table.line(0) == 5
    with pytest.warns(DetenteWarning, match="a.csv: 2 lines above the header are not read"):
        table.warn_unread(NEEDS)
    titled = open_table(excel(startrow=3), NEEDS, name="a.xlsx")
    assert values(titled) == ROWS
    assert titled.line(0) == 5


def test_unread_columns_are_named_once():
    text = "exporter,Additional duty (%),importer,,unit: 1000 USD\nNA,25,US,x,1\n"
    table = open_table(text.encode(), ("exporter", "importer"), name="a.csv")
    with pytest.warns(DetenteWarning) as said:
        sentences = table.warn_unread(("exporter", "importer"))
    assert [str(each.message) for each in said] == list(sentences)
    assert sentences == ("a.csv: 3 columns are not read: 'Additional duty (%)', 'unit: 1000 USD', column 4",)
    assert said[0].filename == __file__
    assert open_table(UTF8, NEEDS, name="a.csv").warn_unread(NEEDS) == ()


def test_other_sheets_are_named():
    table = open_table(excel(sheets={"Data": FRAME, "Notes": FRAME, "Old": FRAME}), NEEDS, name="a.xlsx")
    assert table.notes == ("a.xlsx: sheet 'Data' is read; not read: 'Notes', 'Old'",)


def test_a_member_of_a_zip_is_named_like_a_file_in_a_folder(tmp_path):
    archive = tmp_path / "icio.zip"
    archive.write_bytes(zipped(**{"2016__csv": UTF8, "sub/2017__csv": UTF8.replace(b"25.0", b"26.0")}))
    with pytest.raises(
        BadTable, match=r"icio.zip holds 2 tables, 2016.csv, sub/2017.csv: say which.*icio.zip/2016.csv"
    ):
        open_table(archive)
    assert open_table(archive / "sub/2017.csv", NEEDS).frame["value"][1] == "26.0"
    with pytest.raises(BadTable, match=r"has no 2018.csv; it has 2016.csv, sub/2017.csv"):
        open_table(archive / "2018.csv")


def test_a_cell_keeps_its_line_over_breaks_inside_cells():
    table = open_table(b'code,note\n1,"a\nb"\n\n2,c\n', ("code",), name="a.csv")
    assert [table.line(k) for k in (0, 1)] == [2, 5]


def locked():
    """A zip whose member says that it has a password."""
    data = bytearray(zipped(a__csv=UTF8))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


def exotic():
    """A zip packed in a way that Python does not know (Deflate64, as Windows packs large files)."""
    data = bytearray(zipped(a__csv=UTF8))
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", data, data.index(mark) + offset, 9)
    return bytes(data)


def spoilt():
    """A zip with a byte changed in the middle of its member."""
    data = bytearray(zipped(a__csv=PLAIN.encode() + os.urandom(999).hex().encode()))
    data[len(data) // 2] ^= 255
    return bytes(data)


HOSTILE = {
    "a zip of several": (zipped(a__csv=UTF8, b__csv=UTF8), "holds 2 tables, a.csv, b.csv: say which"),
    "a zip of nothing": (zipped(), "is a zip without a file"),
    "a zip in a zip": (zipped(a__zip=zipped(a__csv=UTF8)), "is a zip in a zip: unpack it once"),
    "a zip with a password": (locked(), "has a password: unpack it"),
    "a zip of another packing": (exotic(), "is packed in a way that is not read: unpack it"),
    "half a zip": (zipped(a__csv=UTF8)[:60], "cannot be read as a zip, it is damaged or cut short"),
    "a spoilt zip": (spoilt(), "is damaged or cut short"),
    "half a gzip": (gzip.compress(UTF8 * 99)[:-20], "is damaged or cut short"),
    "a gzip of a gzip": (gzip.compress(gzip.compress(UTF8)), "is packed twice"),
    "an empty gzip": (gzip.compress(b""), "is empty when unpacked"),
    "a bomb": (gzip.compress(b"0" * 30_000_000), "unpacks to over 10 MB, more than is read"),
    "half a workbook": (excel()[:-800], "cannot be read as a zip"),
    "a workbook of nothing": (excel(pd.DataFrame()), "has no cells on any sheet"),
    "a workbook with a spoilt sheet": (zipped(**{"[Content_Types]__xml": b"<a/>", "xl/b__xml": b"<"}), "damaged"),
    "a document": (zipped(**{"[Content_Types]__xml": b"<a/>", "word/d__xml": b""}), "a document of Word"),
    "ods": (zipped(mimetype=b"application/vnd.oasis", content__xml=b"<a/>"), r"OpenDocument file \(.ods\): save it"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, r"old kind \(.xls\) or one with a password"),
    "half a Parquet": (parquet()[:-40], "is damaged or cut short"),
    "a PDF": (b"%PDF-1.4\n", "is a PDF"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "is a picture"),
    "a page": (b"\n<!DOCTYPE html><html><body>Sign in</body>", "is a web page or XML"),
    "JSON": (b'{"a": 1}', "is JSON"),
    "7z": (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    "bytes": (bytes(range(256)) * 20, "is no text and no file that is read"),
    "no encoding": (b"a,b\n\x81\x8d,\x90\n", "line 2: not text in UTF-8, UTF-16 or Windows-1252"),
    "half of UTF-16": (PLAIN.encode("utf-16")[:-1], "not text in UTF-8, UTF-16"),
    "nothing": (b"", "is empty"),
    "blanks": (b"\n \n,,\n", "has no cells"),
    "a header": (b"exporter,importer,sector,value\n", "has a header and no rows"),
    "an open quotation mark": (b'exporter,importer,sector,value\n"NA,US,C10,1\n' + UTF8, "line 2: a quotation mark"),
    "a giant cell": (
        b"exporter,importer,sector,value\n" + b"x" * 200_000 + b",b,c,1\n",
        "line 2: .* 131,072 characters",
    ),
    "a long line": (UTF8 + b"NA,US,C10,1,2\n", "line 5: 5 cells, but the header has 4"),
    "a short line": (UTF8 + b"NA,US\n" + UTF8, "line 5: 2 cells, but the header has 4"),
    "a column twice": (b"exporter,importer,sector,value,value\na,b,c,1,2\n", "the column 'value' more than once"),
    "no header": (
        b"NA,US,C10,1\nUS,NA,C10,2\n",
        "has no column exporter, importer, sector, value; it has NA, US, C10, 1",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_cannot_be_read_is_refused_with_what_to_do(case, tmp_path):
    data, says = HOSTILE[case]
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    for given in (path, data):
        with pytest.raises(BadTable, match=says) as refused:
            open_table(given, NEEDS, name="a.csv", most=28_000_000)
        said = str(refused.value)
        assert "a.csv" in said
        assert len(said) < 400
        for words in ("codec", "Error", "zlib", "openpyxl", "Arrow", "pandas", "\n"):
            assert words not in said


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("read", [read_oecd_icio, read_tidy])
def test_the_readers_of_worlds_refuse_the_same(case, read, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(HOSTILE[case][0])
    with pytest.raises(BadTable) as refused:
        read(path, year=2017, tariffs=0.0)
    assert "codec" not in str(refused.value)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("none.csv", "is not a file: check the path"),
        (".", "is a folder: give the file in it"),
        ("a\0b.csv", "check the path"),
        ("x" * 5000, "check the path"),
        ("none.zip/a.csv", "is not a file"),
        ("/dev/null/a.csv", "is not a file"),
        ("/dev/zero", "is not a file"),
    ],
)
def test_what_is_no_file_is_refused(path, says, tmp_path):
    with pytest.raises(BadTable, match=says) as refused:
        open_table(tmp_path / path)
    assert len(str(refused.value)) < 300


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_bytes(UTF8)

    def forbidden(self, *args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", forbidden)
    with pytest.raises(BadTable, match=r"a.csv may not be read: change its permissions"):
        open_table(path, NEEDS)


def test_a_door_may_allow_less(tmp_path):
    assert table_file(UTF8, "a.csv", most=len(UTF8)).kind == "text"
    with pytest.raises(BadTable, match=r"a.csv has 0.0 MB, over the 0 MB"):
        table_file(UTF8, "a.csv", most=10)
    with pytest.raises(BadTable, match="unpacks to over 0 MB"):
        table_file(gzip.compress(UTF8 * 9), "a.csv.gz", most=2 * len(UTF8))


def test_files_are_closed(tmp_path):
    """An open file would be warned of, and a warning fails a test."""
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for way, data in WAYS.items():
        (tmp_path / way.replace(" ", "-")).write_bytes(data)
        open_table(tmp_path / way.replace(" ", "-"), NEEDS)
    assert not before or len(os.listdir("/proc/self/fd")) <= before


@pytest.mark.parametrize(
    ("lines", "separator"),
    [
        (["a;b", "1,5;2,5", "3,25;4"], ";"),
        (["a,b;c,d", "1,2", "3,4"], ","),
        (["hs6", "854231"], ","),
        (["code\tdescription", "1\tlive animals, horses; other", "2\ta | b"], "\t"),
        ([], ","),
    ],
)
def test_the_separator_is_the_one_that_fits_the_lines(lines, separator):
    assert separator_of(lines) == separator


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (25, "25"), (25.0, "25"), (0.25, "0.25"), (np.float32(0.5), "0.5"), (np.int64(3), "3"), (None, ""),
        (np.nan, ""), (pd.NaT, ""), (pd.NA, ""), (pd.Timestamp("2018-03-22"), "2018-03-22"), (True, "True"),
        ("010121", "010121"),
        (pd.Timestamp("2018-03-22 09:30"), "2018-03-22 09:30:00"), (pd.Timestamp("2018-03-22").date(), "2018-03-22"),
    ],
)  # fmt: skip
def test_a_cell_is_written_as_a_person_would(cell, text):
    assert cell_text(cell) == text


def oecd(n=3, j=2):
    """The OECD's layout with lines of its own shape."""
    world = toy_world(3, n=n, j=j, highest_tariff=0.0)
    cells = [f"{e}_{s}" for e in ("USA", "CHN", "ROW")[:n] for s in ("A01", "C10")[:j]]
    share = world.flows / np.maximum(world.flows.sum(axis=1, keepdims=True), 1e-300)
    inputs = np.einsum("nik,nkj->iknj", share, world.io).reshape(n * j, n * j)
    final = (world.flows.transpose(1, 2, 0).reshape(n * j, n)) - inputs.reshape(n * j, n, j).sum(2)
    frame = pd.DataFrame(inputs, index=cells, columns=cells)
    for k, economy in enumerate(("USA", "CHN", "ROW")[:n]):
        frame[f"{economy}_HFCE"] = final[:, k]
    frame["OUT"] = frame.sum(axis=1)
    frame.loc["VA"] = [*world.value_added.reshape(-1), *[0.0] * (n + 1)]
    frame.loc["OUT"] = [*frame["OUT"].to_numpy()[:-1], *[0.0] * (n + 1)]
    return frame.reset_index(names="V1"), world


@pytest.mark.parametrize(
    "way", ["csv", "semicolon", "utf-16", "gzip", "zip", "xlsx", "parquet", "titles", "titled xlsx"]
)
def test_the_oecd_table_is_read_however_it_is_held(way, tmp_path):
    frame, world = oecd()
    text = frame.to_csv(index=False)
    data = {
        "csv": lambda: text.encode(),
        "semicolon": lambda: frame.to_csv(index=False, sep=";").encode(),
        "utf-16": lambda: text.encode("utf-16"),
        "gzip": lambda: gzip.compress(text.encode()),
        "zip": lambda: zipped(a__csv=text.encode()),
        "xlsx": lambda: excel(frame),
        "parquet": lambda: parquet(frame, index=False),
        "titles": lambda: b"ICIO 2017,,\nUSD million\n" + text.encode(),
        "titled xlsx": lambda: excel(frame, startrow=2),
    }[way]()
    (tmp_path / "a.csv").write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DetenteWarning)
        read = read_oecd_icio(tmp_path / "a.csv", year=2017, tariffs=0.0)
    np.testing.assert_allclose(read.flows, world.flows, rtol=1e-9)
    assert read.economies == ("USA", "CHN", "ROW")


def test_a_long_line_of_the_oecd_table_is_named(tmp_path):
    lines = oecd()[0].to_csv(index=False).splitlines()
    lines[3] += ",7"
    (tmp_path / "a.csv").write_text("\n".join(lines))
    with pytest.raises(BadTable, match=r"a.csv, line 4: 12 cells, but the header has 11"):
        read_oecd_icio(tmp_path / "a.csv", year=2017, tariffs=0.0)


def test_namibia_is_read_from_excel_and_a_year_of_a_half_is_refused(tmp_path):
    pairs = [(i, n, "C10", 5.0) for i in ("NA", "US") for n in ("NA", "US")]
    frame = pd.DataFrame(pairs, columns=["exporter", "importer", "sector", "value"])
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    assert read_tidy(tmp_path / "a.xlsx", tariffs=0.0).economies == ("NA", "US")
    frame.assign(year=2017.5).to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(BadTable, match=r"2017.5 is no year: write 2017"):
        read_tidy(tmp_path / "b.csv", tariffs=0.0)


def test_the_tidy_reader_names_unread_columns(tmp_path):
    frame = pd.DataFrame([("US", "US", "C10", 5.0, "kUSD")], columns=[*NEEDS, "unit"])
    frame.to_csv(tmp_path / "a.csv", index=False)
    with pytest.warns(DetenteWarning, match=r"a.csv: 1 column is not read: 'unit'"):
        read_tidy(tmp_path / "a.csv", tariffs=0.0)


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = gzip.compress(b"0," * 60_000_000, compresslevel=9)
    start = time.process_time()
    with pytest.raises(BadTable, match="unpacks to over 10 MB"):
        open_table(bomb, name="a.csv.gz", most=10_000_000)
    assert time.process_time() - start < 1.0  # unpacking all of it takes longer than that by far


def test_a_parquet_of_one_repeated_value_is_refused_by_the_rows_that_it_says():
    target = io.BytesIO()
    pd.DataFrame({"a": np.zeros(3_000_000)}).to_parquet(target, index=False)
    assert len(target.getvalue()) < 100_000
    with pytest.raises(BadTable, match="3,000,000 rows of 1 columns, over the 20 MB"):
        open_table(target.getvalue(), name="a.parquet", most=20_000_000)


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 30_000_000)
    with pytest.raises(BadTable, match="unpacks to 30 MB, over the 20 MB"):
        open_table(target.getvalue(), name="a.xlsx", most=20_000_000)


def test_a_table_wider_than_any_sheet_is_refused():
    wide = ",".join(f"c{k}" for k in range(20_000))
    with pytest.raises(BadTable, match="20,000 columns, over the 16,384"):
        open_table(f"{wide}\n{wide}\n".encode(), name="a.csv")
