"""No quantity of the long report of version 0.1.0 got lost when it was shortened, and nothing is said twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

import detente as dt
from detente.analyses.run.report import document
from detente.dispute.results import Record
from detente.report.blocks import Bullets, Document, Section, Table, Text
from detente.report.once import common_stamp, told_once

LIST = Path(__file__).with_name("quantities.json")
"""Every table with its columns and every chart of the long report on the dispute whose deals are to hold."""


@pytest.fixture(scope="module")
def annex(held: dt.Findings, parts: Sequence[Record]) -> Document:
    return document(held, parts)


def test_every_quantity_of_the_long_report_is_in_the_annex(annex: Document) -> None:
    wanted = json.loads(LIST.read_text("utf-8"))
    blocks = [block for section in annex.sections for block in section.blocks]
    tables = {(block.caption, *block.head) for block in blocks if isinstance(block, Table)}
    charts = {figure.name for figure in annex.figures}
    for each in wanted:
        if each["kind"] == "table":
            assert (each["name"], *each["columns"]) in tables, each
        else:
            assert each["name"] in charts, each


def test_no_note_and_no_table_stands_in_a_report_twice(annex: Document) -> None:
    said = Counter[object]([annex.headline, *annex.caveats, *annex.reconciled, *(each.text for each in annex.briefs)])
    for section in annex.sections:
        for block in section.blocks:
            if isinstance(block, Bullets):
                said.update(block.items)
            elif isinstance(block, Text) and not block.text.endswith(":"):
                said[block.text] += 1
            elif isinstance(block, Table):
                said[block.caption, block.rows] += 1
    assert [text for text, number in said.items() if number > 1] == []


def test_the_brief_comes_first(annex: Document) -> None:
    first = annex.sections[0]
    assert first.title == "In brief"
    assert isinstance(first.blocks[0], Bullets)
    assert [item.partition(":")[0] for item in first.blocks[0].items] == ["Assumed", "Missing", "What would change it"]


def test_what_announces_nothing_goes_with_what_it_announced() -> None:
    sections = (
        Section("One", (Text("Notes:"), Bullets(("a", "b")), Text("More:"), Bullets(("a",)))),
        Section("Two", (Text("Again:"), Bullets(("b", "a")))),
        Section("Three", (Text("c"),)),
    )
    kept = told_once(sections, ("c",))
    assert [section.title for section in kept] == ["One"]
    assert kept[0].blocks == (Text("Notes:"), Bullets(("a", "b")))


def test_a_chapter_keeps_its_title_over_its_sections() -> None:
    sections = (Section("Chapter", (Text("a"),)), Section("Part", (Text("b"),), inner=True))
    assert [section.title for section in told_once(sections, ("a",))] == ["Chapter", "Part"]


def test_the_signature_of_most_tables_is_said_once() -> None:
    table = Table("caption", ("",), (), "made")
    assert common_stamp([Section("One", (table, table)), Section("Two", (Table("c", ("",), (), "other"),))]) == "made"
    assert common_stamp([]) == ""
