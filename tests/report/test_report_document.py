"""The report as Markdown and as a page: complete, accessible, and silent towards the network."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

import detente as dt
from detente.analyses.run.figures import Figures
from detente.analyses.run.headlines import headline, not_tried
from detente.analyses.run.report import tariffs
from detente.analyses.run.sentences import (
    assumed,
    cannot,
    command_line,
    is_bundled,
    notes_by_scenario,
    python_lines,
)
from detente.analyses.run.stand_ins import caveats
from detente.report.blocks import Document, Figure, Row, Table, Text
from detente.report.render import ABREAST, LONG, cell_in_markdown, folds, linked, markdown, page

LOADING = {
    "img",
    "script",
    "link",
    "iframe",
    "object",
    "embed",
    "video",
    "audio",
    "source",
    "base",
    "form",
    "use",
    "image",
}


class Page(HTMLParser):
    """Tags with their attributes, and the text, of an HTML page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data.replace("\N{WORD JOINER}", ""))

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture(scope="module")
def html(report: Document, pictures: dict[str, str]) -> str:
    return page(report, pictures)


@pytest.fixture(scope="module")
def parsed(html: str) -> Page:
    found = Page(html)
    assert found.open == []  # every tag is closed
    return found


def test_the_page_loads_nothing(html: str, parsed: Page) -> None:
    assert {tag for tag, _ in parsed.tags} & LOADING == set()
    assert {each[:5] for each in re.findall(r"url\((.{5})", html)} == {"data:"}  # the font that ships
    assert "@import" not in html
    for tag, attributes in parsed.tags:
        assert "src" not in attributes
        assert "srcset" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        if tag != "a":
            assert "href" not in attributes


def test_the_only_addresses_are_links_to_sources(html: str, parsed: Page) -> None:
    outward = [link["href"] for link in parsed.all("a") if not str(link["href"]).startswith("#")]
    assert outward == ["https://example.org/doc"]
    shown = re.findall(r"https?://[^\s\"<]+", re.sub(r'xmlns(:\w+)?="[^"]*"', "", html))
    assert len(shown) == 2 * len(outward)  # once as the link, once as its text


def test_the_page_can_be_read_without_seeing(parsed: Page) -> None:
    assert parsed.all("html")[0]["lang"] == "en"
    assert len(parsed.all("h1")) == 1
    figures = [attributes for tag, attributes in parsed.tags if attributes.get("role") == "img"]
    assert len(figures) == len(parsed.all("figure")) > 0
    assert all(attributes["aria-label"] for attributes in figures)
    assert len(parsed.all("caption")) == len(parsed.all("table")) > 5
    assert all(head["scope"] for head in parsed.all("th"))


def test_every_link_inside_the_page_leads_somewhere(parsed: Page) -> None:
    ids = [attributes["id"] for tag, attributes in parsed.tags if "id" in attributes and tag == "h2"]
    assert len(set(ids)) == len(ids)
    assert [link["href"] for link in parsed.all("a") if str(link["href"]).startswith("#")] == [
        f"#{name}" for name in ids
    ]


def test_the_page_fits_a_phone_and_paper(html: str, parsed: Page) -> None:
    assert any(meta.get("name") == "viewport" for meta in parsed.all("meta"))
    assert "@media print" in html
    scrolled = [attributes for tag, attributes in parsed.tags if attributes.get("class") == "scroll"]
    assert len(scrolled) == len(parsed.all("table"))


def test_words_of_others_are_escaped(report: Document, html: str) -> None:
    assert "<b>hard</b>" not in html
    assert "&lt;b&gt;hard&lt;/b&gt;" in html
    assert r"\<b\>hard\</b\>" in markdown(report)


def test_the_report_says_the_headline_the_assumptions_and_the_limits(findings: dt.Findings, parsed: Page) -> None:
    text = " ".join("".join(parsed.words).split())
    wanted = [headline(findings), *assumed(findings), *findings.notes, *findings.ignored]
    wanted += cannot(findings)
    wanted += [str(defect) for defect in findings.settings.provenance["known_defects"]]
    wanted += [findings.settings.provenance["attribution"], findings.id, "Full employment".lower()]
    for words in wanted:
        assert " ".join(words.split()) in text, words


def test_markdown_and_page_say_the_same(report: Document, parsed: Page) -> None:
    plain = re.sub(r"\\(.)", r"\1", markdown(report))
    text = " ".join("".join(parsed.words).split())
    for section in report.sections:
        assert f"## {section.title}" in plain
        for block in section.blocks:
            if block.kind == "text":
                assert " ".join(block.text.split()) in " ".join(plain.split())
                assert " ".join(block.text.split()) in text


def test_tables_of_numbers_carry_their_origin(findings: dt.Findings, report: Document) -> None:
    for section in report.sections:
        for block in section.blocks:
            if block.kind == "table" and not block.words and "audit" not in block.caption:
                for origin in (findings.settings.world, "U4", "fixed", "largest gap", findings.id[:12]):
                    assert origin in block.stamp, block.caption


def test_every_row_has_a_cell_for_every_column(report: Document) -> None:
    for section in report.sections:
        for block in section.blocks:
            if block.kind == "table":
                assert {len(row.cells) for row in block.rows if not row.heading} == {len(block.head)}, block.caption


def test_what_the_headline_rests_on_without_a_source_stands_under_it(
    findings: dt.Findings, report: Document, html: str
) -> None:
    assert findings.assumed == ("us-more: add (25%) is assumed; no source states it",)
    assert report.caveats == (
        *not_tried(findings),
        "More: add (25%) is assumed; no source states it",
        *caveats(findings),
    )
    assert html.index('class="headline"') < html.index('class="caveat"') < html.index("<nav")


def test_sectors_covered_alike_are_one_sentence_and_others_a_table(findings: dt.Findings) -> None:
    more, steel = (findings[name] for name in ("us-more", "us-steel"))
    drawn = [tariffs(findings, Figures(findings, scenario)) for scenario in (more, steel)]
    texts = [[block.text for block in section.blocks if block.kind == "text"] for section in drawn]
    assert any(" of each of 26 sectors" in text or " of each of 27 sectors" in text for text in texts[0])
    assert not any("of each of" in text for text in texts[1])  # two whole sectors: no part of any is left out
    table = more.tables["coverage"].assign(covered=lambda t: t["covered"] * [1, *[0.5] * (len(t) - 1)])
    uneven = replace(more, tables={**more.tables, "coverage": table})
    assert any(block.kind == "table" for block in tariffs(findings, Figures(findings, uneven)).blocks)


def test_measures_demands_and_documents_are_told_with_their_sources(parsed: Page) -> None:
    text = " ".join("".join(parsed.words).split())
    for words in (
        "United States on China: +25% on Iron and steel, Electronics and optics",
        "50bn of goods (world basis); assumed: add",
        "from 1 March 2018",
        "Drop it",
        "1 June 2018",
        "example: An example, Nobody, 3 May 2018, https://example.org/doc",
    ):
        assert words in text, words


def test_a_note_on_some_states_names_them(findings: dt.Findings) -> None:
    first = replace(findings.scenarios[0], notes=("only here",))
    told = notes_by_scenario(replace(findings, scenarios=(first, *findings.scenarios[1:])))
    assert f"only here ({first.id})" in told


def test_the_same_numbers_come_from_what_the_report_tells_to_type(findings: dt.Findings) -> None:
    bundled = replace(findings, settings=replace(findings.settings, world="icio-2017", accept_defaults=True))
    assert "--elasticities U4 --deficits fixed --accept-defaults --out report" in command_line(bundled)
    assert "--horizon long --world icio-2017" in command_line(bundled)
    code = python_lines(bundled)
    compile(code, "report", "exec")
    assert "world='icio-2017', elasticities='U4'" in code
    assert "accept_defaults=True" in code
    assert findings.id in code


def test_a_world_of_the_user_s_own_is_his_to_give_again(findings: dt.Findings, report: Document) -> None:
    assert not is_bundled(findings)
    assert "world=world, elasticities=elasticities" in python_lines(findings)
    assert "$ detente run" not in markdown(report)


def test_markdown_marks_in_cells_are_plain() -> None:
    assert cell_in_markdown("a|b *c* _d_ [e]") == r"a\|b \*c\* \_d\_ \[e\]"


def test_an_address_becomes_a_link_without_its_full_stop() -> None:
    assert linked("see https://a.b/c. <i>") == (
        'see <a href="https://a.b/c" rel="noreferrer">https://a.b/c</a>. &lt;i&gt;'
    )


def _table(rows: int) -> Table:
    return Table("How much", ("", "n"), tuple(Row((str(k), "1")) for k in range(rows)))


def test_long_tables_and_many_charts_are_folded_and_nothing_is_left_out() -> None:
    charts = [Figure(str(k), None, "") for k in range(ABREAST + 3)]
    blocks = (Text("a"), _table(LONG), *charts, _table(LONG + 1), Text("b"), *charts[: ABREAST + 1])
    groups = folds(blocks)
    assert [block for _, group in groups for block in group] == list(blocks)
    folded = {title: group for title, group in groups if title}
    assert folded == {
        "3 more charts of the same kind": charts[ABREAST:],
        f"How much ({LONG + 1} rows)": [_table(LONG + 1)],
    }


def test_what_is_folded_is_in_both_shapes(report: Document) -> None:
    longer = replace(report, sections=(replace(report.sections[0], blocks=(_table(LONG + 1),)),))
    html, text = page(longer, {}), markdown(longer)
    assert f"<summary>How much ({LONG + 1} rows)</summary>" in html
    assert f"<summary>How much ({LONG + 1} rows)</summary>\n\n|  | n |" in text
    assert text.rstrip().endswith("</details>")
    assert html.count('<th scope="row">') == text.count(" | 1 |") == LONG + 1
