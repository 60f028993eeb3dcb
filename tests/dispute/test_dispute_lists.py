"""Lists of goods are read by the file front end alone, inside the folder of the dispute file, and become codes."""

from __future__ import annotations

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
        ("hs6\n10121\n", "line 2: code '10121' has 5 digits, so it lost its leading zero"),
        ("hs6\n8.54231E+5\n", "was turned into a number"),
        ("hs6\n999999\n", "matches nothing"),
        ("", "lists no goods"),
        ("product\n010121\n", "needs exactly one of hs6, hs8 or hs"),
        ("hs6,rate\n010121,2500%\n", "is over 1000 %"),
        ("hs6,value\n010121,nan\n", "is not an amount of money"),
        (b"hs6\n\xff\n", "is not UTF-8 text"),
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


def test_a_name_that_is_neither_bundled_nor_a_file_says_what_there_is() -> None:
    with pytest.raises(UnknownCase, match="did you mean 'us-china-2018'"):
        Dispute.read("us-china-2081")
    with pytest.raises(UnknownCase, match="not a known case, and there is no such file"):
        Dispute.read("mine")
    for name in ("no-such-file.yaml", "no/such/file"):
        with pytest.raises(BadDispute, match=f"there is no such file as {name}"):
            Dispute.read(name)
