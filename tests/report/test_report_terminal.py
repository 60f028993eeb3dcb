"""A document on a terminal: details are left to the report, tables fit the window, numbers stay whole."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

import detente as dt
from detente.analyses.run import report
from detente.report.blocks import Brief, Bullets, Code, Document, Figure, Row, Section, Table, Text
from detente.report.terminal import ITEMS, PIPED_WIDTH, console, fitted, show, show_table

STAMP = "icio-2017, elasticities U4"


def drawn(document: Document, width: int = 80, *, terminal: bool = False) -> list[str]:
    text = io.StringIO()
    show(
        document,
        Console(file=text, width=width, force_terminal=terminal, color_system="standard" if terminal else None),
    )
    return text.getvalue().splitlines()


def table_of(block: Table, width: int) -> list[str]:
    text = io.StringIO()
    show_table(block, Console(file=text, width=width))
    return [line.rstrip() for line in text.getvalue().splitlines()]


def document(*blocks: Text | Bullets | Code | Table | Figure, **more: object) -> Document:
    return Document(
        "A title", "About it.", "The headline.", ("A caveat.",), (Section("One", blocks),), "id", "1", **more
    )  # type: ignore[arg-type]


def wide(columns: int = 12, **more: object) -> Table:
    head = ("", *(f"Economy {k}" for k in range(columns)))
    rows = tuple(Row((f"State {k}", *["+0.0063"] * columns)) for k in range(2))
    return Table("A caption", head, rows, STAMP, **more)  # type: ignore[arg-type]


def test_the_headline_comes_first_and_how_it_was_made_last() -> None:
    lines = drawn(document(Text("A text."), Bullets(("one", "two")), briefs=(Brief("War", "In brief."),)))
    assert lines == ["The headline.", "In brief.", "A caveat.", "", "One", "A text.", "- one", "- two", "", "About it."]


def test_details_are_left_to_the_report() -> None:
    chart = Figure("chart", lambda: pytest.fail("a terminal draws no chart"), "in words")
    shown = Table("Shown", ("", "n"), (Row(("yes", "1")), Row(("no", "2"), detail=True)))
    left = (
        Text("long", detail=True),
        Bullets(("for the record",), detail=True),
        wide(detail=True),
        Code("python", "x"),
    )
    text = "\n".join(drawn(document(Text("short"), *left, chart, shown)))
    assert "short" in text
    assert "yes" in text
    for word in ("long", "record", "State", "python", "in words", "no "):
        assert word not in text
    hidden = Document("t", "a", "h", (), (Section("One", (Text("gone"),), detail=True),), "id", "1")
    assert drawn(hidden) == ["h", "a"]


def test_a_list_is_cut_and_says_so() -> None:
    lines = drawn(document(Bullets(tuple(f"item {k}" for k in range(ITEMS + 3)))))
    assert sum(line.startswith("- item") for line in lines) == ITEMS
    assert "3 more are in the report: --out FOLDER." in lines


@pytest.mark.parametrize(("width", "shown"), [(60, 4), (80, 6), (200, 12)])
def test_columns_that_have_no_room_are_counted_and_numbers_stay_whole(width: int, shown: int) -> None:
    lines = table_of(wide(), width)
    rows = [line for line in lines if line.startswith("State")]
    assert all(len(line) <= width for line in lines if not line.endswith("--json."))
    assert {row.count("+0.0063") for row in rows} == {12 - int(_left(lines))}
    assert abs(rows[0].count("+0.0063") - shown) <= 1


def _left(lines: list[str]) -> str:
    said = [line for line in lines if "more column" in line]
    return said[0].split()[0] if said else "0"


def test_a_wide_window_is_used_for_titles_and_texts() -> None:
    title = "a state with quite a long title that needs more than one line in a narrow window"
    block = Table("", ("", "Backing down alone"), (Row((title, "+1.0")),))
    narrow, broad = table_of(block, 50), table_of(block, 200)
    assert title in "\n".join(broad)
    assert title not in "\n".join(narrow)
    assert any("Backing down alone" in line for line in broad)


def test_a_name_of_more_than_two_lines_is_cut() -> None:
    block = Table("", ("", "n"), (Row(("word " * 60, "1")),))
    body = table_of(block, 60)[3:]
    assert len([line for line in body if line]) <= 3
    assert "…" in "".join(body)


def test_headings_stand_on_lines_of_their_own_and_the_head_stands_once() -> None:
    rows = (Row(("First",), heading=True), Row(("a", "1")), Row(("Second",), heading=True), Row(("b", "2")))
    lines = table_of(Table("A caption", ("", "number"), rows), 60)
    assert [line for line in lines if line][:2] == ["A caption", "   number"]
    assert sum("number" in line for line in lines) == 1
    assert lines.index("First") < lines.index("Second")


def test_gains_are_green_losses_red_and_the_leading_row_is_bold() -> None:
    rows = (
        Row(("up", "+1.0"), strong=True),
        Row(("down", "−1.0")),
        Row(("words", "+ words that are longer than a number"[:4])),
    )
    text = "\n".join(drawn(document(Table("c", ("", "n"), rows)), terminal=True))
    assert "\x1b[32m" in text
    assert "\x1b[31m" in text
    assert "\x1b[1mup" in text
    assert "\x1b[3mc" in text
    assert "\x1b[2m" in text


def test_a_table_of_words_is_broken_into_lines_and_never_coloured() -> None:
    block = Table("c", ("a", "b"), (Row(("+x", "+ many words " * 9)),), words=True)
    lines = table_of(block, 50)
    assert max(map(len, lines)) <= 50
    text, widths = fitted(block.head, block.rows, block.words, 50)
    assert text == [True, True]
    assert sum(widths) <= 48


def test_the_stamp_of_most_tables_stands_once_and_another_under_its_table() -> None:
    other = Table("Other", ("", "n"), (Row(("x", "1")),), "made otherwise")
    lines = [line.rstrip() for line in drawn(document(wide(2), wide(3), other))]
    assert lines.count(STAMP) == 1
    assert lines[-1] == STAMP
    assert "made otherwise" in lines


def test_rates_are_drawn_as_shades() -> None:
    rows = (Row(("high", "20.0\xa0%", "1")), Row(("low", "0.0\xa0%", "1")), Row(("none", "–", "1")))
    lines = table_of(Table("", ("", "Nash", "n"), rows, shaded=("Nash",)), 60)
    assert [("█" in line, "░" in line) for line in lines if line.startswith(("high", "low", "none"))] == [
        (True, False), (False, False), (False, False),
    ]  # fmt: skip


@pytest.mark.parametrize("width", [80, 110, 200])
def test_a_run_fits_its_window(findings: dt.Findings, width: int) -> None:
    lines = drawn(report.document(findings), width)
    assert lines[0] == findings.headline[: len(lines[0])]
    paragraphs = [line for line in lines if len(line) > width]
    assert not any(line.startswith(("─", "Steel", "More")) for line in paragraphs)
    assert len(lines) < 60
    assert findings.id[:12] in lines[-1]


@pytest.mark.parametrize(("said", "width"), [("0", PIPED_WIDTH), ("", PIPED_WIDTH), ("90", 90)])
def test_a_terminal_without_columns_is_as_wide_as_a_pipe(
    monkeypatch: pytest.MonkeyPatch, said: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", said)
    assert console().width == width
