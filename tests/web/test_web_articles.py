"""An article is pasted, its words are marked, what they leave open is answered, and the draft is run."""

from __future__ import annotations

import html
import re
from typing import Any

import httpx
import pytest

import detente.web.pages as articles
from detente.article.reader import read_article
from detente.dispute.schema import Dispute
from detente.errors import BadDispute
from detente.web.checking import settled
from detente.web.render import ENVIRONMENT

TEXT = """GENEVA, March 4, 2019 - Norway threatened on Monday to impose a tariff of 15% on \
Icelandic fish worth $40 million a year from April 1, Berg & Sons said, if prices are <2 crowns.

Oslo wants Iceland to cut subsidies for its trawlers by the end of the year. Reykjavik has quotas on salmon.
"""


def test_the_api_reads_what_python_reads(client: httpx.Client) -> None:
    answer = client.post("/api/articles/read", content=TEXT.encode(), headers={"content-type": "text/plain"})
    assert answer.status_code == 200, answer.text
    found, article = answer.json(), read_article(TEXT)
    assert found["draft"] == article.yaml
    assert found["day"] == "2019-03-04"
    assert [(m["start"], m["end"], m["kind"]) for m in found["marks"]] == [
        (mark.start, mark.end, mark.kind) for mark in article.marks
    ]
    assert found["text"] == article.text
    assert any(m["kind"] == "measure" and "15%" in found["text"][m["start"] : m["end"]] for m in found["marks"])
    assert [each["id"] for each in found["questions"]] == [each.id for each in article.draft.questions]
    assert found["left_out"] == [note for note in article.draft.notes if note.startswith("Left out: ")]
    assert any("quotas" in note for note in found["left_out"])


@pytest.mark.parametrize(
    ("body", "media", "status", "says"),
    [
        (b"", "text/plain", 422, "empty"), (b"\xff", "text/plain", 422, "UTF-8"),
        (b"x", "image/png", 415, "text/plain"),
        (b"Le gouvernement a dit que les droits de douane sont trop hauts.", "text/plain", 422, "English"),
    ],
)  # fmt: skip
def test_what_is_no_article_is_said(client: httpx.Client, body: bytes, media: str, status: int, says: str) -> None:
    answer = client.post("/api/articles/read", content=body, headers={"content-type": media})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert says in answer.json()["detail"]


def test_the_page_marks_words_and_takes_nothing_of_the_text_for_markup(client: httpx.Client) -> None:
    page = client.post("/read", data={"article": TEXT}, headers={"accept": "text/html"}).text
    assert re.search(r'<mark class="measure"[^>]*>[^<]*15%', page)
    assert "Berg &amp; Sons" in page
    assert "are &lt;2 crowns" in page
    draft = re.search(r'<textarea id="draft"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert draft is not None
    assert Dispute.parse(html.unescape(draft[1])) == read_article(TEXT).draft


def test_a_text_that_cannot_be_read_is_shown_again_with_what_is_wrong(client: httpx.Client) -> None:
    answer = client.post("/read", data={"article": "nothing", "day": "yesterday"})
    assert answer.status_code == 422
    assert "the day of the article" in answer.text
    assert ">\nnothing</textarea>" in answer.text


def test_answers_take_the_place_of_questions() -> None:
    draft = """
dispute: fish
title: Fish
as_of: 2019-03-04
world: icio-2018
parties: {NOR: {name: Norway}, ISL: {name: Iceland}}
measures: [{id: fish, by: NOR, on: ISL, status: threatened, goods: {sectors: [A03]}, add: 15%}]
questions: [{id: q1, path: measures.fish.add, ask: How much?, default: 15%}]
"""
    assert settled(draft, {}).measures[0].add == pytest.approx(0.15)
    answered = settled(draft, {"answer-q1": " 20% "})
    assert answered.measures[0].add == pytest.approx(0.2)
    assert answered.questions == ()
    with pytest.raises(BadDispute, match="a fifth"):
        settled(draft, {"answer-q1": "a fifth"})


def test_without_the_extra_the_page_says_what_to_type(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "pip install" not in client.get("/read").text
    monkeypatch.setattr(articles, "find_spec", lambda name: None)
    shown: dict[str, Any] = {}
    monkeypatch.setattr(articles, "_page", lambda request, values, *status: shown.update(values))
    articles.paste(None, None)  # type: ignore[arg-type]
    assert shown["missing"] == "pip install 'detente[read]'"
    text = ENVIRONMENT.get_template("read.html.j2").render(
        path="/read", missing=shown["missing"], given={}, found=None, draft="", problem=None
    )
    assert html.escape("pip install 'detente[read]'").replace("&#x27;", "&#39;") in text
    assert "<textarea" not in text
