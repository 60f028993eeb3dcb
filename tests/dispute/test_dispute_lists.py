"""Lists of goods are read by the file front end alone, inside the folder of the dispute file, and become codes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from detente.dispute.schema import Dispute
from detente.errors import BadDispute, UnknownCase

HEAD = """\
dispute: listed
title: T
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
"""


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / "dispute.yaml"
    path.write_text(HEAD + f"  - {{id: m, by: USA, on: CHN, status: threatened, goods: {{list: {name}}}, add: 25%}}\n")
    if isinstance(text, bytes):
        (folder / "goods.csv").write_bytes(text)
    else:
        (folder / "goods.csv").write_text(text)
    return path


def fault(path: Path) -> str:
    with pytest.raises(BadDispute) as problem:
        Dispute.read(path)
    assert len(problem.value.faults) == 1, problem.value
    return str(problem.value.faults[0])


def test_a_list_becomes_codes_and_they_stay_text(tmp_path: Path) -> None:
    path = write(tmp_path, "goods.csv", "hs6,value,rate\n010121,1.2bn,10%\n854231,,\n")
    dispute = Dispute.read(path)
    codes = dispute.measures[0].goods.codes
    assert codes is not None
    assert [(code.hs, code.value, code.add) for code in codes] == [("010121", 1200.0, 0.1), ("854231", None, None)]
    assert Dispute.parse(dispute.to_yaml()) == dispute, "the canonical text holds the codes themselves"


@pytest.mark.parametrize("name", ["../goods.csv", "/etc/passwd", "a/../../goods.csv", "..\\goods.csv", "C:goods.csv"])
def test_a_list_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "goods.csv").write_text("hs6\n010121\n")
    assert fault(write(inner, f"'{name}'", "hs6\n010121\n")).startswith(
        "line 7: measures.m.goods.list: leaves the folder of the dispute file: put the list beside it"
    )


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret.csv").write_text("hs6\n010121\n")
    (inner / "link.csv").symlink_to(tmp_path / "secret.csv")
    assert "is a link out of the folder" in fault(write(inner, "link.csv", "hs6\n010121\n"))


def test_a_list_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    message = fault(write(tmp_path, "good.csv", "hs6\n010121\n"))
    assert "is not a file beside the dispute file; found 'good.csv'; did you mean 'goods.csv'?" in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hs6\n10121\n", "line 2: product code '10121' has 5 digits, so it lost its leading zero"),
        ("hs6\n8.54231E+5\n", "was turned into a number"),
        ("hs6\nex 854231\n", "means a part of a code"),
        ("", "is empty"),
        ("product\n010121\n", "none is known to hold product codes"),
        ("hs6,rate\n010121,25\n", "per cent or a fraction? write 25% or 0.25"),
        ("hs6,rate\n010121,2500%\n", "is over 1000 %"),
        ("hs6,value\n010121,nan\n", "is not an amount of money"),
        (b"%PDF-1.7", "is a PDF"),
    ],
)
def test_a_bad_list_says_what_is_wrong_and_nothing_else(tmp_path: Path, text: str | bytes, said: str) -> None:
    message = fault(write(tmp_path, "goods.csv", text))
    assert message.startswith("line 7: measures.m.goods.list: goods.csv")
    assert said in message


def test_text_without_a_folder_reads_no_list(tmp_path: Path) -> None:
    path = write(tmp_path, "goods.csv", "hs6\n010121\n")
    with pytest.raises(BadDispute, match="is read only beside a dispute file: give the goods as codes; found 'goods"):
        Dispute.parse(path.read_text())


def test_a_list_beside_codes_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, 'goods.csv, codes: [{hs: "010121"}]', "hs6\n010121\n")
    assert "stands beside codes: give one of them" in fault(path)


def text_of(measure: str) -> str:
    return HEAD + f"  - {{id: m, by: USA, on: CHN, status: threatened, {measure}}}\n"


def put(folder: Path, measure: str, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    path = folder / "dispute.yaml"
    path.write_text(text_of(measure))
    return path


LISTS = "hts8,list,what\n01012100,4A,a\n85423100,4A,b\n72085100,3,c\n85423100,4A,d\n"


def test_rows_an_edition_and_a_total_stand_beside_a_list(tmp_path: Path) -> None:
    goods = "goods: {list: lists.csv, where: {list: 4A}, hs: 2022, value: 1bn}, add: 25%"
    dispute = Dispute.read(put(tmp_path, goods, lists=LISTS))
    found = dispute.measures[0].goods
    assert [line.hs for line in found.codes or ()] == ["01012100", "85423100"]
    assert (found.hs, found.value) == ("2022", 1000.0)
    assert found.notes == (
        "lists.csv: 3 of 4 rows, where list is 4A",
        "lists.csv: 1 rows repeat a code on the same terms: each code counts once",
        "lists.csv: columns not read: what",
    )
    assert Dispute.parse(dispute.to_yaml()) == dispute, "the canonical text keeps codes, total, edition and notes"


def test_exemptions_are_read_by_the_same_reader(tmp_path: Path) -> None:
    measure = "goods: {all: true}, add: 25%, exempt: {list: lists.csv, where: {list: ['3']}, economies: [CHN]}"
    found = Dispute.read(put(tmp_path, measure.replace(", economies: [CHN]", ""), lists=LISTS)).measures[0].exempt
    assert found is not None
    assert found.codes == ("72085100",)
    assert "lists.csv: columns not read: what" in found.notes
    message = fault(put(tmp_path, "goods: {all: true}, add: 25%, exempt: {list: rates.csv}", rates="hs6\n10121\n"))
    assert message.startswith("line 7: measures.m.exempt.list: rates.csv: 1 fault")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("where: {list: 5}", "measures.m.goods.list: lists.csv has no row where list is '5'; it has 3, 4A"),
        ("where: {lst: 3}", "has no column 'lst' to choose rows by; did you mean 'list'"),
        ("where: 4A", "measures.m.goods.where: is not a set of columns with values, such as {list: 4A}"),
        ("where: {list: []}", "measures.m.goods.where: is not a set of columns with values"),
        ("ex: some", "measures.m.goods.ex: is not whole, which takes all of a code"),
    ],
)
def test_rows_that_are_not_there_name_those_that_are(tmp_path: Path, keys: str, said: str) -> None:
    assert said in fault(put(tmp_path, f"goods: {{list: lists.csv, {keys}}}, add: 25%", lists=LISTS))


def test_keys_of_a_list_without_a_list(tmp_path: Path) -> None:
    assert "goods.where: says which rows of a list are meant, but there is no list beside it" in fault(
        put(tmp_path, "goods: {all: true, where: {list: 4A}}, add: 25%")
    )


def test_parts_of_codes_are_taken_whole_where_that_is_said(tmp_path: Path) -> None:
    parts = "hs6\nex 8542.31\n080211\n"
    assert "ex: whole" in fault(put(tmp_path, "goods: {list: parts.csv}, add: 25%", parts=parts))
    dispute = Dispute.read(put(tmp_path, "goods: {list: parts.csv, ex: whole}, add: 25%", parts=parts))
    assert [line.hs for line in dispute.measures[0].goods.codes or ()] == ["854231", "080211"]


def test_a_rate_of_the_measure_stands_before_a_column_of_rates(tmp_path: Path) -> None:
    rates = "hs6,Additional duty (%)\n854231,25\n080211,50\n"
    own = Dispute.read(put(tmp_path, "goods: {list: rates.csv}, add: 10%", rates=rates)).measures[0].goods
    assert [line.add for line in own.codes or ()] == [None, None]
    assert "column 'Additional duty (%)' is not read" in own.notes[0]
    column = Dispute.read(put(tmp_path, "goods: {list: rates.csv}", rates=rates)).measures[0].goods
    assert [line.add for line in column.codes or ()] == [0.25, 0.5]
    ordinary = rates.replace("Additional duty", "Duty")
    assert "'Duty (%)' may be the ordinary duty" in fault(put(tmp_path, "goods: {list: rates.csv}", rates=ordinary))
    assert "give it add or set" in fault(put(tmp_path, "goods: {list: rates.csv}", rates="hs6\n854231\n"))


def test_a_list_in_an_archive_is_named_like_a_file_in_a_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        archive.writestr("one.csv", "hs6\n010121\n")
        archive.writestr("two.csv", "hs6\n854231\n")
    dispute = Dispute.read(put(tmp_path, "goods: {list: both.zip/two.csv}, add: 25%"))
    assert [line.hs for line in dispute.measures[0].goods.codes or ()] == ["854231"]
    assert "holds 2 tables" in fault(put(tmp_path, "goods: {list: both.zip}, add: 25%"))


def test_a_name_that_is_neither_bundled_nor_a_file_says_what_there_is() -> None:
    with pytest.raises(UnknownCase, match="did you mean 'us-china-2018'"):
        Dispute.read("us-china-2081")
    with pytest.raises(UnknownCase, match="not a known case, and there is no such file"):
        Dispute.read("mine")
    for name in ("no-such-file.yaml", "no/such/file"):
        with pytest.raises(BadDispute, match=f"there is no such file as {name}"):
            Dispute.read(name)


@pytest.mark.parametrize(
    "charge",
    [
        "quota: {share: 50%, in: 0%, over: 25%}",
        "import: {limit: 50%}",
        "specific: 9 EUR/kg, unit_value: 90 EUR/kg",
        "carbon: {price: 80 USD/t, intensity: 2 kg/USD}",
    ],
)
def test_a_list_needs_no_rates_where_the_measure_is_a_quota_a_limit_or_a_duty_by_the_unit(
    tmp_path: Path, charge: str
) -> None:
    path = write(tmp_path, "goods.csv", "hs\n854231\n7208\n")
    path.write_text(path.read_text().replace("add: 25%", charge))
    codes = Dispute.read(path).measures[0].goods.codes
    assert codes is not None
    assert [code.hs for code in codes] == ["854231", "7208"]
    path.write_text(path.read_text().replace(f", {charge}", ""))
    assert "has no rates that are known as such" in fault(path)
