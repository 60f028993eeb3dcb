"""Product lists as their authors publish them: what is read, what is named as unread, what is refused by line."""

from __future__ import annotations

import gzip
import io
import zipfile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import BadInput, BadTable
from detente.policy import lists
from detente.policy.list_rows import lines_of
from detente.policy.lists import read_list


@pytest.fixture
def write(tmp_path):
    def write(text, name="list.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def read(text, **more):
    return read_list(text if isinstance(text, bytes) else text.encode(), name="list.csv", **more)


def terms(found):
    return [(line.hs, line.value, line.add, line.set) for line in found.codes]


def test_codes_values_and_rates_are_read(write):
    found = read_list(write('hs6,Description,value,rate\n010121,"Horses, live",1.2bn,25%\n\n854231,Chips,,\n'))
    assert terms(found) == [("010121", 1200.0, 0.25, None), ("854231", None, None, None)]
    assert found.notes == ("list.csv: columns not read: Description",)


@pytest.mark.parametrize(
    "heading",
    [
        *("HTSUS", "hts_code", "hts_prefix", "hts10", "HS6", "hs", "HS Code", "HS code (2017)", "Commodity code"),
        *("CN code", "CN code 2024", "Tariff line", "Tariff item number", "Tariff heading", "Heading/Subheading"),
        *("GTİP", "GTIP No", "HTSUS Subheading", "HS 6-digit", "ITC (HS) Code", "HSN", "NCM", "Product code"),
        *("GTÝP", "Код ТН ВЭД", "fracción arancelaria", "税则号列", "Warennummer", "Code", "Customs tariff number"),
    ],
)
def test_headings_of_official_lists_are_known(heading):
    assert terms(read(f"{heading}\n8542.31.00\n"))[0][0] == "85423100"


def test_codes_are_read_as_customs_write_them():
    found = read("Heading\n85.42\n8542.31\n8542.31.00\n8542 31 00 01\n72\n\xa08703.23\n8704 23 910 8\n")
    codes = ["8542", "854231", "85423100", "8542310001", "72", "870323", "8704239108"]
    assert [line.hs for line in found.codes] == codes


@pytest.mark.parametrize(
    ("heading", "cell", "rate"),
    [
        ("rate_percent", "25.0", 0.25),
        ("Additional duty (%)", "25", 0.25),
        ("Additional duty (%)", "7,5", 0.075),
        ("additional_ad_valorem_duty_percent", "0.5\n010129,10", 0.005),
        ("Retaliatory tariff rate (per cent)", "10%", 0.1),
        ("rate", "25%", 0.25),
        ("rate", "0.25", 0.25),
        ("rate", "1", 1.0),
        ("Rate of surtax", "25%", 0.25),
        ("add (fraction)", "2.5", 2.5),
    ],
)
def test_the_unit_of_a_rate_stands_in_its_cell_or_its_heading(heading, cell, rate):
    text = f"hs;{heading}\n010121;{cell}\n".replace("010129,", "010129;")
    assert read(text).codes[0].add == pytest.approx(rate, rel=1e-12)


@pytest.mark.parametrize(
    ("rows", "values", "rates"),
    [
        ("854231;1.234;7,5%\n854232;2.500;10%", [1234.0, 2500.0], [0.075, 0.1]),
        ("854231;1.234,5;0,075\n854232;12,5;0,1", [1234.5, 12.5], [0.075, 0.1]),
        ("854231;1.234.500;25%\n854232;1;10%", [1_234_500.0, 1.0], [0.25, 0.1]),
        ("854231;1,5bn;25%\n854232;1.200,25mn;10%", [1500.0, 1200.25], [0.25, 0.1]),
        ("854231;1.234;7.5%\n854232;2.500;10%", [1.234, 2.5], [0.075, 0.1]),
        ("854231;1,234;7.5%\n854232;2,500.5;10%", [1234.0, 2500.5], [0.075, 0.1]),
        ("854231;1.5;7,5%\n854232;2,500;10%", [1.5, 2500.0], [0.075, 0.1]),
        ("854231;1.234;25%\n854232;2.500;10%", [1.234, 2.5], [0.25, 0.1]),
    ],
)
def test_decimal_commas_hold_for_a_whole_list_that_has_no_decimal_point(rows, values, rates):
    found = read(f"hs6;imports (USD million);rate\n{rows}\n")
    assert [line.value for line in found.codes] == pytest.approx(values)
    assert [line.add for line in found.codes] == pytest.approx(rates)


def test_decimal_commas_are_said_and_bare_numbers_over_one_refused_with_them_too():
    found = read("hs6;imports (USD million);rate\n854231;1.234;7,5%\n")
    assert "list.csv: its numbers have decimal commas: 1.234,5 is 1234.5" in found.notes
    with pytest.raises(BadTable, match="per cent or a fraction"):
        read("hs6;rate\n854231;7,5\n854232;10\n")


def test_numbers_of_a_spreadsheet_have_no_commas_whatever_its_texts_have(tmp_path):
    table = pd.DataFrame({"hs6": ["854231", "854232"], "rate": ["7,5%", 0.125]})
    table.to_excel(tmp_path / "list.xlsx", index=False)
    assert [line.add for line in read_list(tmp_path / "list.xlsx").codes] == pytest.approx([0.075, 0.125])


@pytest.mark.parametrize("heading", ["rate", "add", "set", "Additional duty"])
def test_a_bare_number_over_one_is_refused_with_all_its_lines(heading):
    with pytest.raises(BadTable) as caught:
        read(f"hs6,{heading}\n854231,5\n080211,0.1\n080510,7.5\n080211,10%\n010121,10\n")
    assert "write 25% or 0.25" in str(caught.value)
    assert "line 2: " in str(caught.value)
    assert "alike: lines 4, 6" in str(caught.value)


def test_fractions_under_a_heading_of_per_cent_are_asked_about():
    with pytest.raises(BadTable, match=r"column 'rate \(%\)' says per cent, but no rate in it reaches 1"):
        read("hs6,rate (%)\n854231,0.25\n080211,0.1\n")


@pytest.mark.parametrize(
    ("heading", "cell", "value"),
    [
        ("value", "1.2bn", 1200.0),
        ("Imports 2017 (USD million)", "34.5", 34.5),
        ("imports_usd", "1234567", 1.234567),
        ("Import value (US$ thousand)", "1500", 1.5),
        ("Value (USD bn)", "0.25", 250.0),
        ("value_usd", "1.2bn", 1200.0),
        ("Trade value (1000 USD)", "2e3", 2.0),
    ],
)
def test_the_unit_of_a_value_stands_in_its_cell_or_its_heading(heading, cell, value):
    found = read(f"hs6,{heading}\n854231,{cell}\n")
    assert found.codes[0].value == pytest.approx(value, rel=1e-12)
    assert any("is read as imports" in note for note in found.notes) == (heading != "value")


@pytest.mark.parametrize(
    ("heading", "reason"),
    [
        ("us_exports_2024_usd", "exports are not imports in the base year"),
        ("Value (EUR)", "it does not say that it is in US dollars"),
        ("Trade value", "it does not say that it is in US dollars"),
        ("MFN rate (%)", "it does not say that the duty is additional"),
        ("Duty", "it does not say that the duty is additional"),
    ],
)
def test_a_column_that_does_not_say_enough_is_named_with_the_reason(heading, reason):
    found = read(f"hs6,{heading},unit\n854231,25,1000 USD\n")
    assert terms(found) == [("854231", None, None, None)]
    assert found.notes == (f"list.csv: column {heading!r} is not read: {reason}", "list.csv: columns not read: unit")


def test_a_rate_of_the_measure_leaves_other_rates_unread():
    found = read("hs6,Additional duty (%)\n854231,25\n", rated=True)
    assert found.codes[0].add is None
    assert "column 'Additional duty (%)' is not read: the measure has a rate of its own" in found.notes[0]
    assert read("hs6,rate\n854231,25%\n", rated=True).codes[0].add == 0.25


def test_one_of_several_lists_is_chosen_by_its_columns():
    text = "hts8,list,annex\n01012100,4A,1\n85423100,4A,2\n72085100,3,1\n"
    found = read(text, where={"List": "4a"})
    assert [line.hs for line in found.codes] == ["01012100", "85423100"]
    assert found.notes[0] == "list.csv: 2 of 3 rows, where list is 4a"
    assert [line.hs for line in read(text, where={"list": ["3", "4A"], "annex": "1"}).codes] == ["01012100", "72085100"]
    for where, said in (
        ({"list": "5"}, "no row where list is '5'; it has 3, 4A"),
        ({"lsit": "3"}, "no column 'lsit' to choose rows by; did you mean 'list'"),
        ({"list": "3", "annex": "2"}, "list is 3 and annex is 2: each value is there, but never together"),
    ):
        with pytest.raises(BadTable, match=said):
            read(text, where=where)


def test_a_code_in_several_rows_counts_once_where_the_terms_agree():
    found = read("hs8,ch99,rate\n01012100,a,5%\n85423100,a,5%\n01012100,b,5%\n")
    assert len(found.codes) == 2
    assert "list.csv: 1 rows repeat a code on the same terms: each code counts once" in found.notes
    with pytest.raises(BadTable, match="line 4: code 01012100 is listed already on line 2, with other terms"):
        read("hs8,ch99,rate\n01012100,a,5%\n85423100,a,5%\n0101.21.00,b,6%\n")


def test_titles_above_the_header_empty_columns_and_rows_are_passed_over():
    text = "Tariff lines,,,\nPublished 4 March,,,\n,,,\nHS code,Rate (%),,\n010121,25,,\n,,,\n854231,10,,\n"
    found = read(text)
    assert [(line.hs, line.add) for line in found.codes] == [("010121", 0.25), ("854231", 0.1)]


def test_a_list_without_a_header_is_read_by_its_place():
    assert [line.hs for line in read("4009120020\n4009.22.0020\n").codes] == ["4009120020", "4009220020"]
    found = read("01012100,horses\n85423100,chips\n")
    assert [line.hs for line in found.codes] == ["01012100", "85423100"]
    assert "list.csv: columns not read: column 2" in found.notes


def test_of_two_columns_of_codes_the_longer_is_read_or_both_are_refused():
    assert [line.hs for line in read("hs6,hs8\n010121,01012100\n").codes] == ["01012100"]
    assert [line.hs for line in read("hts10,heading\n8471500110,8471\n").codes] == ["8471500110"]
    with pytest.raises(BadTable, match="several columns of codes, hs6, hs8, which differ"):
        read("hs6,hs8\n010121,85423100\n")


def test_rows_without_a_code_are_named():
    found = read("hs6,what\n,SECTION I\n010121,horses\n,SECTION II\n854231,chips\nSource: the ministry,\n")
    assert [line.hs for line in found.codes] == ["010121", "854231"]
    assert "list.csv: 2 rows without a code are not read: lines 2, 4" in found.notes
    assert "list.csv: not read, as it holds no code: line 6" in found.notes
    with pytest.raises(BadTable, match="line 3: has no code, but a rate or a value"):
        read("hs6,rate\n010121,5%\n,5%\n")


def test_a_header_that_comes_again_is_no_code():
    found = read("hs6,what\n010121,a\nHS6,what\n854231,b\n")
    assert [line.hs for line in found.codes] == ["010121", "854231"]
    assert "list.csv: 1 rows without a code are not read: line 3" in found.notes


@pytest.mark.parametrize(
    "text", ["hs6,rate\n854231,{}\n", "hs6,value\n854231,{}\n", "hs6,a\n{},x\n", "{},b\n854231,x\n"]
)
def test_no_message_echoes_a_long_cell(text):
    with pytest.raises(BadTable) as caught:
        read(text.format("9" * 100_000))
    assert len(str(caught.value)) < 1_000


def test_a_part_of_a_code_is_refused_unless_it_is_valued_or_said_to_be_all_of_it():
    with pytest.raises(BadTable, match=r"means a part of a code.*`ex: whole`.*alike: line 3"):
        read("hs6\nex 854231\nex 080211\n")
    assert [line.hs for line in read("hs6\nex 8542.31\n080211\n", whole=True).codes] == ["854231", "080211"]
    found = read("hs6,value\nex 854231,1.2bn\n080211 (ex),\n010121,1bn\n", whole=True)
    assert "list.csv: 2 parts of codes ('ex') are read as the code: lines 2-3" in found.notes
    assert read("hs6,value\nex 854231,1.2bn\n").codes[0].value == 1200.0


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("10121", r"line 2: .*5 digits, so it lost its leading zero"),
        ("10121.0", r"turned into a number"),
        ("8.54231e5", r"turned into a number"),
        ("8542.3", r"lost its last zero"),
        ("chips", r"is not digits"),
        ("8542-8544", "is a range"),
        ('"8542, 8544"', "names several codes"),
        ("", r"no rows|lists no goods"),
    ],
)
def test_codes_that_are_none(rows, message):
    with pytest.raises(BadTable, match=message):
        read(f"hs6\n{rows}\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("product\n010121\n", "none is known to hold product codes; 'product' looks like it: call it hs"),
        ("hs6,rate,add\n010121,25%,25%\n", "several columns of rates, rate, add"),
        ("hs6,value_usd,imports_usd\n010121,1,1\n", "several columns of values"),
        ("hs6,value,rate\n010121\n", "line 2: 1 cells, but the header has 3"),
        ("hs6,value\n010121,12\n", "line 2: .*has no unit|line 2: .*not an amount"),
        ("hs6,value_usd\n010121,many\n", "'many' is not an amount"),
        ("hs6,value\n010121,-1bn\n", "negative value"),
        ("hs6,rate\n010121,2500%\n", "line 2: a rate of '2500%' is over 1000 %"),
        ("hs6,rate\n010121,5% + 3 EUR/t\n", "is not a rate"),
        ("hs6,add,set\n010121,10%,10%\n", "both add and set"),
        ('hs6,name\n010121,"open\n', "quotation mark"),
        ("", "is empty"),
    ],
)
def test_files_that_cannot_be_read(text, message):
    with pytest.raises(BadTable, match=message):
        read(text)


def test_every_fault_is_counted_and_every_line_named():
    rows = "\n".join(f"{code}" for code in range(101, 121))
    with pytest.raises(BadTable) as caught:
        read(f"hs6\n010121\n{rows}\n")
    assert str(caught.value).startswith("list.csv: 20 faults\n  line 3: product code '101' has 3 digits")
    assert str(caught.value).endswith("alike: lines 4-22")


def workbook(frame):
    target = io.BytesIO()
    frame.to_excel(target, index=False)
    return target.getvalue()


def zipped(data):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("list.csv", data)
    return target.getvalue()


PLAIN = "hs6,rate\n010121,25%\n854231,\n"


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").replace("\n", "\r\n").encode(),
        gzip.compress(PLAIN.encode(), mtime=0),
        zipped(PLAIN.encode()),
        workbook(pd.DataFrame({"hs6": ["010121", 854231], "rate": [0.25, None]})),
    ],
)
def test_a_list_reads_the_same_whatever_it_is_stored_as(data):
    assert terms(read(data)) == [("010121", None, 0.25, None), ("854231", None, None, None)]


def test_numbers_of_a_spreadsheet_are_refused_where_they_lost_a_zero():
    with pytest.raises(BadTable, match=r"line 3: product code '10121' has 5 digits, so it lost its leading zero"):
        read(workbook(pd.DataFrame({"hs6": [854231, 10121]})))
    with pytest.raises(BadTable, match=r"line 2: product code '8542\.3' was turned into a number"):
        read(workbook(pd.DataFrame({"hs6": [8542.3, 8542.31]})))
    target = io.BytesIO()
    pd.DataFrame({"hs6": ["010121", "854231"], "rate_percent": [25.0, 10.0]}).to_parquet(target)
    assert [line.add for line in read(target.getvalue()).codes] == [0.25, 0.1]


def test_no_file_and_a_file_too_long(write, tmp_path, monkeypatch):
    with pytest.raises(BadTable, match=r"absent.csv is not a file"):
        read_list(tmp_path / "absent.csv")
    monkeypatch.setattr(lists, "MOST_BYTES", 10)
    with pytest.raises(BadTable, match="MB"):
        read_list(write("hs6\n010121\n854231\n"))


def test_the_edition_that_a_heading_names():
    assert read("HS 2022\n854231\n").edition == "2022"
    assert read("hs6\n854231\n").edition is None


def test_line_numbers_are_listed_in_runs():
    assert lines_of([4]) == "line 4"
    assert lines_of([9, 4, 5, 6, 11]) == "lines 4-6, 9, 11"


CODES = st.from_regex(r"[0-9]{2}([0-9]{2}){0,4}", fullmatch=True)


@given(st.lists(CODES, min_size=1, max_size=30), st.sampled_from(["HTSUS", "hs", "CN code"]), st.sampled_from(",;\t|"))
def test_every_code_comes_back_once_in_order(codes, heading, separator):
    text = f"{heading}{separator}what\n" + "".join(f"{code}{separator}x\n" for code in codes)
    found = read(text)
    assert [line.hs for line in found.codes] == list(dict.fromkeys(codes))
    repeats = len(codes) - len(set(codes))
    assert any(note.startswith(f"list.csv: {repeats:,} rows repeat") for note in found.notes) == (repeats > 0)


@given(
    st.lists(st.tuples(CODES, st.decimals("1.01", "900", places=2)), min_size=1, max_size=9, unique_by=lambda x: x[0])
)
def test_the_heading_makes_the_unit_and_nothing_else_does(rows):
    cells = "".join(f"{code},{number}\n" for code, number in rows)
    found = read(f"hs,rate_percent\n{cells}")
    assert [line.add for line in found.codes] == pytest.approx([float(number) / 100 for _, number in rows], rel=1e-12)
    with pytest.raises(BadTable, match="per cent or a fraction"):
        read(f"hs,rate\n{cells}")


@given(st.text(st.sampled_from('0123456789.,;"\t\n ex%bnrateHS'), max_size=200))
def test_any_text_is_a_list_or_refused_in_words(text):
    try:
        found = read("hs6,rate\n" + text)
    except BadInput as problem:
        message = str(problem)
    else:
        assert found.codes
        return
    assert "list.csv" in message
