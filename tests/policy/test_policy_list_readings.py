"""The lists of measures: four counts, every code, and the refusal of a list of which too much is unknown."""

from __future__ import annotations

import pytest

from detente.data.bundled import load_world
from detente.data.products.reading import STATUSES
from detente.errors import BadMeasure
from detente.policy.list_readings import codes_table, counts_table, list_readings, refuse_unknown
from detente.policy.measure import Measure
from detente.policy.schedule import TariffBook

KNOWN = [f"0101{k}" for k in (21, 29, 30, 90)] + ["854231", "870323", "720851", "080211"]


def measure(codes, by="CHN", on="USA", exempt=None, **goods):
    lines = [code if isinstance(code, dict) else {"hs": code} for code in codes]
    given = {"goods": {"codes": lines, **goods} if lines else {"all": True}}
    return Measure.model_validate(
        {"id": "m", "by": by, "on": on, "status": "threatened", "add": "25%", "exempt": exempt, **given}
    )


def test_goods_and_exemptions_are_counted_the_same_way():
    mixed = [*KNOWN, "760200", "9903.88.01", "854298"]
    goods, exempt = list_readings([measure(mixed), measure([], exempt={"codes": mixed})])
    for its, part in ((goods, "goods"), (exempt, "exempt")):
        assert its.part == part
        assert its.reading.counts == {"read": 8, "moved": 0, "unknown": 1, "no-sector": 2}
        said = its.sentences()
        assert said[0].startswith(f"m, {'goods' if part == 'goods' else 'exemptions'}: 8 read, 0 moved, 1 unknown, 2 ")
        assert any("unknown and left out: 854298" in line for line in said)
        assert any("in no goods sector" in line and "760200, 99038801" in line for line in said)


def test_codes_of_another_edition_are_named_with_what_they_become():
    (its,) = list_readings([measure(["854231", "852491", "240412", "870323"], hs=2022)])
    assert its.reading.counts["moved"] == 2
    said = next(line for line in its.sentences() if "moved by the conversion tables to HS 2017" in line)
    for moved in its.reading.of("moved"):
        assert f"{moved.code} to {moved.covers[0]}" in said


def test_counts_and_codes_are_tables():
    lists = list_readings([measure(["85.42", "854231", "760200"], exempt={"codes": ["010121"]})])
    counts, codes = counts_table(lists), codes_table(lists)
    assert counts["part"].tolist() == ["goods", "exempt"]
    assert counts[["read", "moved", "unknown", "no_sector"]].to_numpy().tolist() == [[2, 0, 0, 1], [1, 0, 0, 0]]
    assert codes["written"].tolist() == ["8542", "854231", "760200", "010121"]
    assert set(codes["status"]) <= set(STATUSES)
    assert any("854231 in 8542" in line for line in lists[0].sentences())


def test_imports_of_the_united_states_and_values_of_the_list_are_shown():
    by_lines, by_values, partly = list_readings(
        [
            measure(["85423100"], by="USA", on="CHN"),
            measure([{"hs": "854231", "value": "1bn"}, {"hs": "760200", "value": "3bn"}]),
            measure([{"hs": "854231", "value": "1bn"}, "760200"]),
        ]
    )
    assert by_lines.basis.startswith("imports of 2024")
    assert by_lines.values is not None
    assert by_lines.values["read"] > 1000
    assert by_values.values == {"read": 1000.0, "moved": 0.0, "unknown": 0.0, "no-sector": 3000.0}
    assert "1 read (USD 1bn)" in str(by_values)
    assert (partly.values, partly.basis) == (None, "")


@pytest.mark.parametrize("part", ["goods", "exempt"])
def test_more_than_a_hundredth_of_unknown_codes_is_refused_alike(part):
    given = measure([*KNOWN, "854298"]) if part == "goods" else measure([], exempt={"codes": [*KNOWN, "854298"]})
    with pytest.raises(BadMeasure, match=r"11.1% of its codes are unknown \(854298\)") as caught:
        TariffBook(load_world("icio-2017"), [given])
    assert ("exempt" in str(caught.value)) == (part == "exempt")


def test_a_list_with_values_is_judged_by_value():
    lines = [{"hs": code, "value": "1bn"} for code in KNOWN]
    refuse_unknown(list_readings([measure([*lines, {"hs": "854298", "value": "1mn"}])]))
    with pytest.raises(BadMeasure, match=r"11.1% of its trade value is of unknown codes \(854298\)"):
        refuse_unknown(list_readings([measure([*lines, {"hs": "854298", "value": "1bn"}])]))


def test_goods_without_a_sector_never_refuse():
    refuse_unknown(list_readings([measure(["760200", "720410", "97011000", "98010010", "271600"])]))


def test_a_book_says_how_its_lists_were_read():
    book = TariffBook(load_world("icio-2017"), [measure(KNOWN, notes=["a.csv: columns not read: what"])])
    assert [
        note for note in book.notes if note.startswith("m, goods: 8 read") and "a.csv: columns not read: what" in note
    ]
    assert set(book.tables()) >= {"lists", "codes"}
