"""Whatever the text, a quote is a part of it, and marked up it is still the same text."""

from __future__ import annotations

import html
import re
import textwrap
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from article.found import found_in, read
from article.keys import ARTICLE, TEXTS, read_key, text_of
from detente.article.reader import Mark, marked_html, read_article
from detente.article.reading import read_items

SENTENCES = [
    sentence
    for path in sorted(TEXTS.glob("*.txt"))
    for sentence in re.split(r"(?<=[.”\"])\s+", path.read_text("utf-8"))
    if sentence.strip()
]
TAG = re.compile(r"<[^>]*>")
texts = st.lists(
    st.tuples(
        st.sampled_from(SENTENCES), st.sampled_from([" ", "\n", "\n\n", "  ", "\t", " \u00a0", " “", '" ', "\n— "])
    ),
    min_size=1,
    max_size=12,
).map(lambda parts: "".join(part for pair in parts for part in pair))


@given(texts)
@settings(max_examples=25)
def test_every_item_is_words_of_the_text(text: str) -> None:
    reading = read_items(text, date(2020, 1, 15))
    for item in reading.items:
        start, end = item.span
        assert 0 <= start < end <= len(text)
        quote = reading.quote(item)
        assert quote in text
        assert quote == quote.strip()


@given(
    st.text(alphabet="ab <>&\"'\n“”", max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6),
)
def test_marks_change_no_word_and_nest_in_nothing(text: str, ends: list[tuple[int, int]]) -> None:
    spans = [(min(a, b), max(a, b)) for a, b in ends if a != b and max(a, b) <= len(text)]
    page = marked_html(text, [Mark(start, end, "measure", '<b>"x"') for start, end in spans])
    lines = [line for line in text.split("\n") if line.strip()]
    assert [html.unescape(TAG.sub("", p)) for p in re.findall(r"<p>(.*?)</p>", page, re.DOTALL)] == lines
    depth = 0
    for tag in TAG.findall(page):
        depth += {"<mark": 1, "</mar": -1}.get(tag[:5], 0)
        assert depth in (0, 1)
    assert "<b>" not in page


def test_the_marks_of_the_report_are_its_quotes(shared: Path) -> None:
    article = read_article(text_of(ARTICLE, shared), name=ARTICLE)
    assert {mark.kind for mark in article.marks} == {
        "party", "measure", "demand", "date", "delegate", "statement", "forecast", "agreement"}  # fmt: skip
    pieces = [html.unescape(words) for words in re.findall(r'<mark class="measure"[^>]*>(.*?)</mark>', article.html)]
    assert "".join(pieces).startswith("Trump’s threat to impose tariffs on as much as $150 billion")
    assert html.unescape(TAG.sub("", article.html)).split() == article.text.split()


@pytest.mark.parametrize("name", ["aircraft", "drift-lobster", "three-parties"])
def test_a_text_is_read_the_same_way_twice(name: str, shared: Path) -> None:
    text, day = text_of(name, shared), read_key(name).date
    assert read_items(text, date.fromisoformat(day)) == read(text, day)


WRITTEN = {
    "soft hyphens": [("tariff", "tar\u00adiff"), ("European", "Euro\u200bpean")],
    "wide blanks": [
        (" percent", "\u00a0percent"),
        (" billion", "\u2009billion"),
        ("United States", "United\u00a0States"),
    ],
    "straight quotes": [("“", '"'), ("”", '"'), ("’", "'")],
}


@pytest.mark.parametrize("how", WRITTEN)
def test_how_a_text_is_written_changes_nothing_but_the_characters(how: str, shared: Path) -> None:
    plain, day = text_of("eu-us-steel", shared), read_key("eu-us-steel").date
    text = plain
    for old, new in WRITTEN[how]:
        assert old in text
        text = text.replace(old, new)
    reading, other = read(plain, day), read(text, day)
    assert [(i.kind, i.fields) for i in found_in(text, day)] == [(i.kind, i.fields) for i in found_in(plain, day)]
    back = {new: old for old, new in WRITTEN[how]} if how != "straight quotes" else {}
    for first, second in zip(reading.items, other.items, strict=True):
        quote = other.quote(second)
        assert quote == text[slice(*second.span)]
        for new, old in back.items():
            quote = quote.replace(new, old)
        assert how == "straight quotes" or quote == reading.quote(first)


def test_lines_broken_at_a_width_are_one_paragraph(shared: Path) -> None:
    plain, day = text_of("eu-us-steel", shared), read_key("eu-us-steel").date
    text = "\n".join(textwrap.fill(line, 72) for line in plain.split("\n"))
    assert [(i.kind, i.fields) for i in found_in(text, day)] == [(i.kind, i.fields) for i in found_in(plain, day)]
