"""One report on a run and all that was found beside it: one headline, one box, every part once."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import detente as dt
from detente.analyses.run.report import document
from detente.dispute.results import Record
from detente.report.blocks import Document
from detente.report.render import markdown, page, svg, write_report


@pytest.fixture(scope="module")
def findings(held: dt.Findings) -> dt.Findings:
    return held


@pytest.fixture(scope="module")
def whole(findings: dt.Findings, parts: Sequence[Record]) -> Document:
    return document(findings, parts)


def test_every_part_is_in_the_contents_and_has_a_sentence_under_the_headline(
    findings: dt.Findings, parts: Sequence[Record], whole: Document
) -> None:
    assert [brief.title for brief in whole.briefs] == [
        "The war", "The talks", "Whether a deal would hold", "The clock",
    ]  # fmt: skip
    outer = {section.title: inner for section, inner in whole.contents}
    for part in parts:
        its = part.presenter
        assert [section.title for section in outer[its.heading]] == [section.title for section in its.sections(part)]
        text = its.brief(part)
        assert text in [brief.text for brief in whole.briefs]
        assert text.endswith(".")
        assert not re.search(r"[.!?] [A-Z]", text), text  # one sentence
    assert whole.headline == document(findings).headline


def test_nothing_stands_twice(whole: Document) -> None:
    anchors = Counter(section.anchor for section in whole.sections)
    figures = Counter(figure.name for figure in whole.figures)
    assert anchors.most_common(1)[0][1] == figures.most_common(1)[0][1] == 1
    texts = Counter(block.text for section in whole.sections for block in section.blocks if block.kind == "text")
    assert [text for text, count in texts.items() if count > 1] == []
    assert sum(section.box for section in whole.sections) == 1
    assert sum(section.title in ("How it was made", "The same numbers again") for section in whole.sections) == 2


def test_page_and_markdown_have_the_parts_as_chapters(whole: Document) -> None:
    text = markdown(whole)
    assert re.findall(r"^##+ (.+)$", text, re.MULTILINE) == [section.title for section in whole.sections]
    assert "\n## The war\n" in text
    assert "\n### Who blinks\n" in text
    html = page(whole, {figure.name: "<svg></svg>" for figure in whole.figures})
    assert [int(level) for level in re.findall(r"<h([1-6])", html)] == [
        1, *(3 if section.inner else 2 for section in whole.sections)
    ]  # fmt: skip
    for brief in whole.briefs:
        assert f'<a href="#{brief.anchor}">{brief.title}</a>' in html
        assert f'<h2 id="{brief.anchor}">' in html


def test_what_is_priced_is_not_called_unpriced(findings: dt.Findings, whole: Document) -> None:
    assert "this report does not price it" in markdown(document(findings))
    assert "this report does not price it" not in markdown(whole)


def test_what_parts_rest_on_without_a_source_stands_under_the_headline(whole: Document) -> None:
    assert any("groups at home" in text for text in whole.caveats)


def test_the_report_says_how_to_get_each_part_again(
    findings: dt.Findings, parts: Sequence[Record], whole: Document
) -> None:
    (again,) = (section for section in whole.sections if section.title == "The same numbers again")
    code = next(block.text for block in again.blocks if block.kind == "code" and block.language == "python")
    compile(code, "report", "exec")
    for part in parts:
        assert f"{part.KIND} = dt.{part.presenter.door}(dispute" in code
        assert f"assert {part.KIND}.id == {part.id!r}" in code
        assert callable(getattr(dt, part.presenter.door))


def test_the_folder_has_each_part_beside_findings_that_stay_what_they_were(
    findings: dt.Findings, parts: Sequence[Record], tmp_path: Path
) -> None:
    target, two = tmp_path / "out", [part for part in parts if part.KIND in ("war", "clock")]
    write_report(findings, target, beside=two)
    assert (target / "findings.json").read_text("utf-8") == findings.to_json()
    for part in two:
        own = target / part.KIND
        assert (own / f"{part.KIND}.json").read_text("utf-8") == part.to_json()
        assert {path.stem for path in (own / "tables").glob("*.csv")} == set(part.tables())
    there = {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()} - {"manifest.json"}
    assert set(json.loads((target / "manifest.json").read_text("utf-8"))["files"]) == there
    assert "<svg" in (target / "report.html").read_text("utf-8")


def test_a_report_has_one_result_of_a_kind(findings: dt.Findings, parts: Sequence[Record]) -> None:
    war = next(part for part in parts if isinstance(part, dt.War))
    with pytest.raises(dt.BadInput, match="two results of the kind war"):
        document(findings, [war, war])
    with pytest.raises(dt.BadInput, match="two results of the kind findings"):
        document(findings, [findings])


def test_what_does_not_go_together_is_refused(findings: dt.Findings, parts: Sequence[Record]) -> None:
    war = next(part for part in parts if part.KIND == "war")
    with pytest.raises(dt.BadInput, match="the war is of another, the findings are of small-hold"):
        document(findings, [replace(war, dispute="another")])
    with pytest.raises(dt.BadInput, match=r"the war was found with another elasticities .*\(CP, not U4\)"):
        document(findings, [replace(war, settings=replace(war.settings, elasticities="CP"))])


def test_every_chart_of_the_whole_draws(whole: Document) -> None:
    for figure in whole.figures:
        figure.chart.to_dict()  # checked against the schema of Vega-Lite
        if figure.name == "map":
            assert svg(figure.chart).startswith("<svg ")
