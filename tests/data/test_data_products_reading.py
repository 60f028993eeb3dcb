"""The reader of product codes: what is read, moved, unknown and without a sector, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from detente.data.products.descriptions import find_products
from detente.data.products.editions import carried, edition_table, find_edition, near_codes
from detente.data.products.lines import all_imports, line_imports, product_lines
from detente.data.products.reading import STATUSES, read_codes
from detente.errors import BadInput


def one(code, **given):
    reading = read_codes([code], **given)
    assert not reading.faults, reading.faults
    return reading.products[0]


def fault(code):
    reading = read_codes([code])
    assert not reading.products
    return reading.faults[0]


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("72", "72"),
        ("2203", "2203"),
        ("22.03", "2203"),
        ("9401.61", "940161"),
        ("9401 61 40", "94016140"),
        ("9401.61.4011", "9401614011"),
        ("9401.61.40.11", "9401614011"),
        ("9401-61", "940161"),
        ("HS 9401.61", "940161"),
        ("HTS: 9401.61.40", "94016140"),
        ("'010121", "010121"),
        ("\u00a08703.23\u00a0", "870323"),
        ("\ufeff8703.23", "870323"),
        ("８７０３．２３", "870323"),
        ("Chapter 72", "72"),
        ("Heading 22.03", "2203"),
        ("subheading 9401.61", "940161"),
    ],
)
def test_a_code_is_read_however_customs_writes_it(written, digits):
    assert one(written).code == digits
    assert one(written).status == "read"
    assert one(written).written == written


@pytest.mark.parametrize("written", ["ex 940161", "ex9401.61", "EX. 2203", "940161 ex", "9401.61 (ex)", "part of 7208"])
def test_a_part_of_a_code_is_refused_with_the_way_out(written):
    found = fault(written)
    assert found.kind == "part of a code"
    assert "8- or 10-digit lines" in found.message
    assert "number" not in found.message.replace("turned into a number", "NUMBER")


@pytest.mark.parametrize(
    ("written", "kind", "said"),
    [
        (10121, "number", "not text"),
        (870323.0, "number", "not text"),
        ("870323.0", "number", "turned into a number"),
        ("8.70323E+05", "number", "turned into a number"),
        ("870,323", "number", "turned into a number"),
        ("10121", "lost zero", "'010121'"),
        ("1012100", "lost zero", "'01012100'"),
        ("101210010", "lost zero", "'0101210010'"),
        ("802.12", "lost zero", "leading zero"),
        ("8703.2", "lost zero", "last zero"),
        ("870323; 870324", "several", "one a row"),
        ("8701-8705", "range", "each heading"),
        ("8701 to 8705", "range", "each heading"),
        ("8703xx", "placeholder", "digits alone"),
        ("8703.**", "placeholder", "digits alone"),
        ("cars", "not digits", "not digits"),
        ("", "empty", "empty"),
        (None, "empty", "empty"),
        (float("nan"), "empty", "empty"),
        ("8" * 2_000_000, "too long", "2000000 digits"),
    ],
)
def test_what_cannot_be_read_says_why(written, kind, said):
    found = fault(written)
    assert found.kind == kind
    assert said in found.message
    assert len(found.message) < 400
    assert found.position == 0


def test_nine_digits_may_have_lost_a_zero_or_be_a_national_line():
    found = fault("854231090")
    assert "'0854231090' if it lost its leading zero" in found.message
    assert "'854231' if it is a national line" in found.message


@pytest.mark.parametrize("written", ["٨٥٤٢٣١", "85٤٢31", "८५४२", "8542.31¹", "Chapter", "heading 8542 and 8543"])
def test_digits_of_other_scripts_are_no_code(written):
    assert fault(written).kind in ("not digits", "several")


@pytest.mark.parametrize("name", ["US", "United States", "usa"])
def test_the_importer_may_have_its_usual_name(name):
    assert read_codes(["854231"], importer=name).imports == read_codes(["854231"], importer="USA").imports


def test_faults_keep_their_positions_and_stop_nothing():
    reading = read_codes(["870323", "ex 2203", "940161", 5])
    assert [its.position for its in reading.products] == [0, 2]
    assert [its.position for its in reading.faults] == [1, 3]


def test_codes_as_one_text_are_refused():
    with pytest.raises(BadInput, match="one text"):
        read_codes("870323")
    with pytest.raises(BadInput, match="no edition"):
        read_codes(["870323"], edition="HS 1996")


def test_editions_are_found_and_said():
    later = read_codes(["852411", "880621", "870323"])
    assert later.edition == "2022"
    assert "3 of 3 codes" in later.edition_note
    assert later.counts == {"read": 1, "moved": 2, "unknown": 0, "no-sector": 0}
    assert one("880621", edition=2022).covers == carried("880621", "2022")
    earlier = read_codes(["030290", "030390", "870323"])
    assert earlier.edition == "2012"
    assert earlier.products[0].covers == ("030291",)
    assert find_edition(["870323"])[0] == "2017"
    assert find_edition([])[0] == "2017"


def test_a_code_of_another_edition_than_its_list_is_moved_and_noted():
    codes = ["880621", "880622", "852411", "851770"]
    old = read_codes(codes).products[3]
    assert old.status == "moved"
    assert old.kind == "other edition"
    assert old.covers == ("851770",)


def test_every_code_of_an_edition_is_known_and_moves_to_codes_of_2017():
    table = edition_table()
    base = set(table["hs2017"])
    for edition in ("2022", "2012"):
        for code in table[f"hs{edition}"]:
            assert not code or set() < set(carried(code, edition)) <= base
    assert len(set(table["hs2022"]) - {""}) == 5612
    assert (table["hs2022"] != table["hs2017"])[table["hs2022"] != ""].sum() == 372


def test_typing_faults_are_suggested_and_never_read():
    for typo, meant in {"882721": "852721", "949690": "940690"}.items():
        found = one(typo)
        assert found.status == "unknown"
        assert meant in found.suggestions
        assert found.covers == ()
    assert near_codes("720815", "2017", beside=["720810"])[0].startswith("7208")
    beside = read_codes(["720825", "720826", "720828"])
    assert all(near not in ("720825", "720826") for near in beside.products[2].suggestions)


def test_a_subheading_that_is_not_divided_has_what_divides_it():
    assert one("030900", edition=2022).code == "0309"
    both = read_codes(["870391", "870399", "870410"])
    assert [(its.code, its.status) for its in both.products[:2]] == [("870390", "moved")] * 2
    assert both.repeats == {"870390": (0, 1)}
    assert one("870399").status == "unknown"


def test_older_codes_are_told_from_typing_faults():
    old = one("010111")
    assert (old.status, old.kind) == ("unknown", "before HS 2012")


def test_lines_of_twelve_digits_are_listed_as_unknown():
    found = one("870323190000")
    assert (found.status, found.kind, found.suggestions) == ("unknown", "12 digits", ("870323",))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("9802", "special provisions"),
        ("9903.88.03", "special provisions"),
        ("720421", "scrap"),
        ("970121", "art"),
        ("2716.00.00.00", "electricity"),
        ("630900", "used goods"),
        ("890800", "used goods"),
        ("262190", "scrap"),
    ],
)
def test_goods_without_a_sector_have_their_kind_and_refuse_nothing(code, kind):
    found = one(code)
    assert found.status == "no-sector"
    assert found.kind.startswith(kind)
    assert read_codes([code] * 3).refusal is None


def test_ten_digits_that_end_in_00_are_their_eight_unless_they_are_a_line():
    lines = set(product_lines("USA").line)
    whole = next(code for code in sorted(lines) if code.endswith("00"))
    assert one(whole, importer="USA").code == whole
    split = next(code for code in sorted(lines) if not code.endswith("00") and code[:8] + "00" not in lines)
    read = one(split[:8] + "00", importer="USA")
    assert (read.code, read.kind) == (split[:8], "whole line")
    assert read.imports == pytest.approx(one(split[:8], importer="USA").imports)
    assert one(whole).code == whole[:8]


def test_imports_are_counted_once_with_the_longest_code():
    codes = ["87", "8703", "870323", "8703.23.01", "870323"]
    reading = read_codes(codes, importer="USA")
    chapter = read_codes(["87"], importer="USA").imports["read"]
    assert sum(reading.imports.values()) == pytest.approx(chapter)
    assert reading.repeats == {"870323": (2, 4)}
    assert ("870323", "8703") in reading.overlaps
    assert reading.counts["read"] == 4
    assert read_codes(codes, importer="FRA").imports is None
    assert "no imports in 2024" in read_codes(["87032399"], importer="USA").products[0].note


def test_all_chapters_have_all_imports():
    chapters = sorted({code[:2] for code in product_lines("USA").line})
    reading = read_codes(chapters, importer="USA")
    assert sum(reading.imports.values()) == pytest.approx(all_imports().sum())
    special = read_codes(["98", "99"], importer="USA")
    assert special.imports["no-sector"] == pytest.approx(124_639, abs=1)
    assert reading.imports["no-sector"] == pytest.approx(
        124_639 + read_codes(["97"], importer="USA").imports["no-sector"]
    )
    assert np.isclose(line_imports().to_numpy().sum(), 3_216_961, rtol=1e-6)


def test_unknown_codes_refuse_above_their_share():
    known = sorted({code for code in edition_table()["hs2017"] if code.startswith("84")})[:199]
    assert read_codes([*known, "847777"]).refusal is None
    refused = read_codes([*known[:50], "847777"]).refusal
    assert "847777" in refused
    assert "2.0% of its codes are unknown" in refused
    assert read_codes([*known[:50], "847777"], importer="USA").refusal is None
    assert read_codes([*known[:5], "847777"], importer="USA").refusal is not None


def test_tables_and_text_name_every_code():
    reading = read_codes(["870323", "852411", "882721", "9802"], importer="USA")
    table = reading.table()
    assert table["status"].tolist() == ["read", "moved", "unknown", "no-sector"]
    assert str(reading) == "1 read, 1 moved, 1 unknown, 1 no-sector"
    assert tuple(reading.counts) == STATUSES


def test_products_are_found_by_their_words():
    found = find_products("soybeans")
    assert "120190" in found["hs6"].head(2).tolist()
    assert found["imports_usd_mn"].is_monotonic_decreasing
    assert find_products("lithium-ion battery")["hs6"].tolist() == ["850760"]
    assert find_products("zebra crossings").empty
    assert "010221" in find_products("cattle")["hs6"].tolist()
    with pytest.raises(BadInput, match="no word"):
        find_products("…")
