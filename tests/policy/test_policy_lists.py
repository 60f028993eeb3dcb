"""Lists of goods from files: codes stay text, and every fault is said with its line."""

from __future__ import annotations

import pytest

from detente.errors import BadTable
from detente.policy import lists
from detente.policy.lists import read_list


@pytest.fixture
def write(tmp_path):
    def write(text, name="list.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_codes_values_and_rates_are_read(write):
    goods = read_list(write('hs6,Description,value,rate\n010121,"Horses, live",1.2bn,25%\n\n854231,Chips,,\n'))
    assert [code.hs for code in goods.codes] == ["010121", "854231"]
    assert goods.codes[0].value == 1200.0
    assert goods.codes[0].add == 0.25
    assert goods.codes[1].value is None
    assert goods.codes[1].add is None


def test_lines_of_eight_digits_and_duties_set(write):
    goods = read_list(write("HS8;set\n".replace(";", ",") + "01012100,30%\n"))
    assert goods.codes[0].hs == "01012100"
    assert goods.codes[0].set == 0.3


def test_a_byte_order_mark_and_other_line_ends_do_no_harm(write):
    assert read_list(write(b"\xef\xbb\xbfhs6\r\n010121\r\n")).codes[0].hs == "010121"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("10121", r"line 2: code '10121' has 5 digits, so it lost its leading zero"),
        ("10121.0", r"line 2: code '10121.0' was turned into a number"),
        ("8.54231e5", r"turned into a number"),
        ("8542", r"is not 6 digits"),
        ("chips", r"is not 6 digits"),
        ("", r"lists no goods"),
        ("010121\n010121", r"line 3: code 010121 is listed already on line 2"),
        ("999999", r"matches nothing: none of its 1 codes"),
    ],
)
def test_codes_that_are_none(write, rows, message):
    with pytest.raises(BadTable, match=message):
        read_list(write(f"hs6\n{rows}\n"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,value\n010121,1bn\n", "exactly one of hs6, hs8 or hs"),
        ("hs6,hs8\n010121,01012100\n", "exactly one of hs6, hs8 or hs"),
        ("hs_6\n010121\n", "is 'hs_6' meant for 'hs6'"),
        ("hs6,rate,add\n010121,25%,25%\n", "both rate and add"),
        ("hs6,value\n010121\n", "line 2: 1 cells, but the header has 2"),
        ("hs6,value\n010121,12\n", "line 2: .*has no unit|line 2: .*not an amount"),
        ("hs6,rate\n010121,2500%\n", "line 2: a rate of '2500%' is over 1000 %"),
        ("hs6,add,set\n010121,10%,10%\n", "both add and set"),
        ('hs6,name\n010121,"open\n', "not CSV"),
        (b"hs6\n\xff\xfe\n", "not UTF-8"),
        ("", "lists no goods"),
    ],
)
def test_files_that_cannot_be_read(write, text, message):
    with pytest.raises(BadTable, match=message):
        read_list(write(text))


def test_every_fault_is_counted_and_the_first_ones_shown(write):
    rows = "\n".join(f"{code}" for code in range(10, 30))
    with pytest.raises(BadTable) as caught:
        read_list(write(f"hs6\n010121\n{rows}\n"))
    assert str(caught.value).startswith("list.csv: 20 faults\n  line 3: code '10'")
    assert str(caught.value).endswith("and 15 more lines")


def test_no_file_and_a_file_too_long(write, tmp_path, monkeypatch):
    with pytest.raises(BadTable, match=r"absent.csv is not a file"):
        read_list(tmp_path / "absent.csv")
    monkeypatch.setattr(lists, "MOST_BYTES", 10)
    with pytest.raises(BadTable, match="over the 0 MB"):
        read_list(write("hs6\n010121\n854231\n"))
