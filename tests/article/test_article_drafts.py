"""A draft is a dispute that runs, and every entry of it stands in the text."""

from __future__ import annotations

import re
import socket
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from article.found import read
from article.keys import ARTICLE, KEYS, read_key, text_of
from detente import run
from detente.analyses.run.report import document
from detente.article.drafts import draft_of
from detente.article.items import FoundMeasure
from detente.article.numeric_expressions import date_of_article
from detente.article.reader import Article, read_article
from detente.data.bundled import load_world
from detente.data.world import Source
from detente.dispute.schema import Dispute
from detente.dispute.vintage import ESSENTIAL, answered
from detente.errors import BadDispute, BadInput
from detente.report.render import markdown

TOLD = tuple(name for name in KEYS if read_key(name).items)


@pytest.fixture(scope="module")
def articles(shared: Path) -> dict[str, Article]:
    readings = {name: read(text_of(name, shared), read_key(name).date) for name in TOLD}
    return {name: Article(name, reading, draft_of(reading, name)) for name, reading in readings.items()}


def sources(node: Any) -> list[Source]:
    """Every source in a dispute, at any depth."""
    if isinstance(node, Source):
        return [node]
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list | tuple) else []
    inner = [getattr(node, name) for name in type(node).model_fields] if hasattr(type(node), "model_fields") else inner
    return [found for part in inner for found in sources(part)]


@pytest.mark.parametrize("name", TOLD)
def test_every_quote_stands_at_its_span(name: str, articles: dict[str, Article]) -> None:
    article = articles[name]
    found = sources(article.draft)
    assert len(found) >= (2 if read_key(name).split == "sums" else 10)  # the short texts are of two sentences and more
    for source in found:
        assert source.document == name
        assert source.span is not None
        source.verify(article.text)


@pytest.mark.parametrize("name", TOLD)
def test_every_entry_has_a_source(name: str, articles: dict[str, Article]) -> None:
    draft = articles[name].draft
    entries = [*draft.measures, *draft.demands, *draft.dates, *draft.agreements, *draft.statements, *draft.forecasts]
    entries += [*draft.questions, *(person for group in draft.delegations.values() for person in group)]
    assert [entry for entry in entries if entry.source is None] == []


@pytest.mark.parametrize("name", TOLD)
def test_the_file_reads_back_as_the_draft(name: str, articles: dict[str, Article]) -> None:
    article = articles[name]
    assert Dispute.parse(article.yaml) == article.draft


def test_what_the_report_leaves_open_is_asked(articles: dict[str, Article]) -> None:
    draft = articles[ARTICLE].draft
    assert [question.path for question in draft.questions] == [
        "measures.usa-on-chn.add",
        "demands.usa-balance.ask.bilateral_balance.base",
        "demands.chn-investigation.ask.end_investigation.law",
        "demands.chn-designate-a-single-point.ask.structural.topic",
    ]
    assert all(question.default is not None for question in draft.questions)
    assert draft.measure("usa-on-chn").assumed == ("add",)
    with pytest.raises(BadDispute, match="is open: What is the rate"):
        run(draft)


def test_the_draft_of_the_report_runs_and_the_report_quotes_the_article(articles: dict[str, Article]) -> None:
    findings = run(articles[ARTICLE].draft, accept_defaults=True)
    incomes = findings.scenarios[0].tables["economies"].set_index("economy")["real_income"]
    # duties on goods worth 150bn that go unanswered cost both sides, and China more
    assert incomes["CHN"] < incomes["USA"] < 0
    text = markdown(document(findings))
    assert "“Trump’s threat to impose tariffs on as much as $150 billion in Chinese goods”, article-2018-05-04" in text
    assert "by at least $200 billion by the end of 2020”, article-2018-05-04" in text
    assert "25%, the default of the open question q1" in text


def test_the_bloc_of_a_text_is_one_economy_of_its_members(articles: dict[str, Article]) -> None:
    draft = articles["eu-us-steel"].draft
    assert len(draft.parties["EUN"].members) == 28  # on the day of the text
    assert {measure.by for measure in draft.measures} == {"USA", "EUN"}
    alone = articles["china-lithuania"].draft
    assert "LTU" in alone.parties
    assert "LTU" not in alone.parties["EUN"].members


def test_a_sum_in_another_currency_is_asked_about(articles: dict[str, Article]) -> None:
    asked = {question.path: question for question in articles["eu-us-steel"].draft.questions}
    question = asked["measures.eun-on-usa.goods.value"]
    assert question.default == "2.8bn"
    assert "2.8bn EUR in US dollars" in question.ask


TWICE = """ROME, May 4, 2018 - Italy wants Spain to cut tariffs on wine. Italy threatened a tariff of 20% on cars.

Rome has demanded that Spain cut tariffs on wine by half. Italy urged Spain to open its market by May 1, 2018.
"""


def test_what_a_text_says_twice_or_too_late_is_left_out_and_said() -> None:
    draft = read_article(TWICE).draft
    assert [demand.ask.kind for demand in draft.demands] == ["tariff_cut", "structural"]
    assert draft.demands[1].deadline is None
    left = [note for note in draft.notes if note.startswith("Left out:")]
    assert len(left) == 2
    assert "asks the same" in " ".join(left)
    assert "has passed" in " ".join(left)
    assert Dispute.parse(draft.to_yaml()) == draft


CALLED = {
    "quota": "quota or limit on quantities",
    "export": "curb on exports",
    "ban": "ban",
    "licence": "licence",
    "price": "minimum price",
}
"""What the notes call the kinds of the keys."""


@pytest.mark.parametrize("name", [name for name in TOLD if read_key(name).left_out])
def test_every_measure_that_is_no_tariff_is_left_out_with_its_words(name: str, articles: dict[str, Article]) -> None:
    left = [note for note in articles[name].draft.notes if "which is no tariff" in note]
    asked = [each for each in read_key(name).left_out if not each.optional]
    kinds = {each.quote: [n for n in left if n.startswith(f"Left out: {CALLED[each.what]},")] for each in asked}
    assert [quote for quote, notes in kinds.items() if not any(quote in note for note in notes)] == []
    quotes = [quote for note in left for quote in re.findall("“(.+?)”(?:; |$)", note)]
    assert quotes
    assert all(quote in " ".join(articles[name].text.split()) for quote in quotes)


def test_an_article_of_bans_alone_says_what_they_are() -> None:
    with pytest.raises(
        BadInput, match=r"Left out: ban, which is no tariff.*“Norway banned Icelandic fish this week\.?”"
    ):
        read_article("OSLO, May 4, 2018 - Norway banned Icelandic fish this week. Nobody said why it did so.")


@pytest.mark.parametrize("name", ["bakers", "no-dispute"])
def test_a_text_without_a_dispute_has_no_draft(name: str, shared: Path) -> None:
    with pytest.raises(BadInput, match="tells of no trade dispute"):
        read_article(text_of(name, shared), name=name)


def test_the_day_is_that_of_the_text_its_name_or_asked_for(shared: Path) -> None:
    text = text_of("japan-korea", shared)
    with pytest.raises(BadInput, match=r"has no date.*--date"):
        read_article(text)
    guessed = read_article(text, today=date(2019, 7, 15)).draft
    assert guessed.questions[0].path == "as_of"
    named = read_article(text, name="kyodo-2019-07-15").draft
    assert named.as_of == date(2019, 7, 15)
    assert "as_of" not in [question.path for question in named.questions]
    assert read_article(text_of("aircraft", shared)).draft.as_of == date(2019, 10, 7)


def test_a_dateline_without_its_year_is_the_last_such_day_and_asked_about(shared: Path) -> None:
    text = text_of("newest-tomatoes", shared)
    draft = read_article(text, today=date(2020, 3, 1)).draft
    assert draft.as_of == date(2019, 5, 8)
    assert draft.questions[0].path == "as_of"
    assert "no year" in draft.questions[0].ask
    with pytest.raises(BadInput, match="has no date"):
        read_article(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("OTTAWA/BEIJING, March 9, 2025 — Duties came.", date(2025, 3, 9)),
        ("By A. Writer\nPublished 4:12 PM ET Wed, 13 Nov 2019\nDuties came.", date(2019, 11, 13)),
        ("Duties came.\n\nPublished 2 April 2025", date(2025, 4, 2)),
        ("SAO PAULO, Dec 15 2020 - Duties came.", date(2020, 12, 15)),
        ("Duties came on 3 May 2019, as was said.", None),
    ],
)
def test_the_day_of_an_article_stands_at_its_head_or_its_end(text: str, day: date | None) -> None:
    padded = text if text.endswith("2025") else text + " And so on and so forth, said nobody." * 20
    assert date_of_article(padded) == day


def test_nothing_is_asked_of_the_network(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, **named: object) -> None:
        raise AssertionError(f"the network was asked: {given}")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert read_article(text_of(ARTICLE, shared), name=ARTICLE).draft.measures


@pytest.mark.parametrize("name", TOLD)
def test_no_draft_runs_on_a_default_that_is_not_asked(name: str, articles: dict[str, Article]) -> None:
    draft = articles[name].draft
    asked = {question.path for question in draft.questions}
    assert len(asked) <= 7
    open_ = [path for path in asked if ESSENTIAL.fullmatch(path)]
    for measure, found in _pairs(articles[name]):
        for field in ("by", "on", "status", "goods"):
            assert found.is_told(field) or f"measures.{measure}.{field}" in asked, (measure, field)
        assumed = {"rate": {f"measures.{measure}.add", f"measures.{measure}.set"}}
        assert found.is_told("rate") or assumed["rate"] & asked, measure
    if open_:
        with pytest.raises(BadDispute, match="no default is taken for it"):
            answered(draft, True, load_world(draft.world))


def _pairs(article: Article) -> list[tuple[str, FoundMeasure]]:
    """The measures of a draft with what was found of each, by the words that they rest on."""
    by_span = {item.span: item for item in article.reading.items if isinstance(item, FoundMeasure)}
    return [(m.id, by_span[m.source.span]) for m in article.draft.measures if m.source and m.source.span in by_span]
