"""From a text to everything that it says about a dispute.

Beside measures, demands and statements these are agreements and disagreements with who reports them, days to come, and
the officials of each side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from detente.article.coreference import NONE, Discourse
from detente.article.curbs import curbs
from detente.article.demands import demands
from detente.article.items import (
    Found,
    FoundAgreement,
    FoundDate,
    FoundDelegate,
    FoundDemand,
    FoundForecast,
    FoundMeasure,
    FoundParty,
    FoundStatement,
)
from detente.article.language import load_language, load_words
from detente.article.measures import measures
from detente.article.numeric_expressions import dates_in
from detente.article.sides import EVERYONE
from detente.article.statements import forecasts, statements
from detente.article.syntax import characters, is_headline, overlap, tense_of
from detente.article.text import readable

THE_REPORT: Final = "the report"
"""Who reports what the article says in its own words."""
_TOLD_THEN: Final = re.compile(r"\b(?:said|told \w+|announced|reported|wrote|added|warned)(?: late| early)?(?: on)? $")
"""What stands before the day on which something was said, which the parser may hang into what was said."""
_ASKING: Final = re.compile(r"\b(?:insist|demand|request|propos|recommend|suggest)\w*\b")
_UNTIL: Final = re.compile(r"\b(?:by|before|until|into|within|over)\b", re.IGNORECASE)


def agreements(discourse: Discourse, said: Sequence[FoundStatement]) -> Iterator[FoundAgreement]:
    """Every agreement and disagreement, in the order of the text."""
    found: list[FoundAgreement] = []
    for sentence in discourse.doc.sents:
        if is_headline(sentence):
            continue
        sides = [discourse.doc[m.start].idx - sentence.start_char for m in discourse.mentions
                 if sentence.start <= m.start < sentence.end]  # fmt: skip
        for rule, match in matches_in(sentence.text, sides):
            span = (sentence.start_char + match.start(), sentence.start_char + match.end())
            if any(overlap(span, other.span) for other in found):
                continue
            groups = match.groupdict()
            topic = groups.get("topic") or groups.get("matter") or match.group()
            found.append(FoundAgreement(_reporter(span, said), rule == "true", topic.strip(), span))
    yield from sorted(found, key=lambda agreement: agreement.span)


def matches_in(sentence: str, sides: Sequence[int] = ()) -> Iterator[tuple[str, re.Match[str]]]:
    """The matches of the rules in a sentence: `true` or `false` for agreed or not, and their place.

    `sides` are the characters of it at which a side is named: of one that does something, it alone may agree to it.
    """
    for rule in load_words("agreements"):
        for match in rule.pattern.finditer(sentence):
            before = sentence[: match.start()]
            refused, needs, only = (rule.says.get(name) for name in ("not", "needs", "only"))
            if refused and re.search(refused, sentence[max(0, match.start() - 30) : match.end()], re.IGNORECASE):
                continue
            if needs and not re.search(needs, before, re.IGNORECASE) and not any(at < match.start() for at in sides):
                continue
            if only and not re.search(only, sentence, re.IGNORECASE):
                continue
            yield str(rule.says["agreed"]), match


def _reporter(span: tuple[int, int], said: Sequence[FoundStatement]) -> str:
    return next((s.who for s in said if overlap(s.span, span)), THE_REPORT)


def milestones(discourse: Discourse, asked: Sequence[FoundDemand], base: date) -> Iterator[FoundDate]:
    """Every day after that of the article on which the text says that something happens; deadlines are the demands'."""
    seen: set[date] = set()
    text = discourse.text
    for sentence in discourse.doc.sents:
        if is_headline(sentence):
            continue
        for token in sentence:
            for day in dates_in(text[token.idx : sentence.end_char], token.idx, base, tense_of(token)):
                if day.start != token.idx or day.day <= base or day.day in seen:
                    continue
                if _TOLD_THEN.search(text[sentence.start_char : day.start]):
                    continue
                deadline = any(d.deadline == day.day and d.span[0] <= day.start < d.span[1] for d in asked)
                if not deadline or re.match(r",? when\b", text[day.end :]):
                    seen.add(day.day)
                    yield FoundDate(
                        day.day, re.sub(r"\s+", " ", text[slice(*characters(sentence))]), characters(sentence)
                    )


def delegates(discourse: Discourse) -> Iterator[FoundDelegate]:
    """Every official whom the text introduces by name and office, heads of state and government aside."""
    seen: set[str] = set()
    for person in sorted(discourse.introduced.values(), key=lambda p: p.start):
        if person.office is None or person.leads or person.name in seen:
            continue
        seen.add(person.name)
        yield FoundDelegate(person.name, person.office, None if person.side == NONE else person.side,
                            (person.start, person.end))  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """A text and what it says of a dispute: every item has the characters that say it. No party: no dispute in it."""

    text: str
    date: date
    items: tuple[Found, ...]

    def quote(self, item: Found) -> str:
        """The words of the text that say it."""
        return self.text[slice(*item.span)]

    def of(self, kind: str) -> list[Found]:
        """The items of a kind, in the order of the text."""
        return [item for item in self.items if item.kind == kind]


def read_items(text: str, day: date) -> Reading:
    """Everything that a text of that day says of a dispute; without tariffs and demands only its curbs, if it
    names two sides.

    Raises BadInput where the language model is not installed.
    """
    plain, places = readable(text)
    items = _items(plain, day)
    if len(plain) == len(text):
        return Reading(text, day, items)
    spans = ((places[item.span[0]], places[item.span[1] - 1] + 1) for item in items)
    return Reading(text, day, tuple(replace(item, span=span) for item, span in zip(items, spans, strict=True)))


def _items(text: str, day: date) -> tuple[Found, ...]:
    """The items of a text without invisible characters."""
    discourse = Discourse(load_language()(text))
    told = statements(discourse)
    found = measures(discourse, day)
    asked = demands(discourse, found, day)
    said = [statement for statement in told if not _asks(text, statement, asked)]
    parties = _parties(discourse, found, asked)
    curbed = curbs(discourse)
    if len(parties) < 2:
        return tuple(curbed) if len({mention.code for mention in discourse.mentions}) > 1 else ()
    foretold = list(forecasts(discourse, said))
    days = [item for item in milestones(discourse, asked, day) if not _is_foretold(text, item, foretold)]
    items: list[Found] = [*parties, *found, *asked, *days, *delegates(discourse)]
    items += [*said, *foretold, *agreements(discourse, said), *curbed]
    return tuple(items)


def _asks(text: str, said: FoundStatement, asked: Sequence[FoundDemand]) -> bool:
    """Whether a reported clause is what a demand asks for: it insisted that the other side end its aid."""
    return not said.direct and any(
        overlap(said.span, demand.span) and _ASKING.search(text[demand.span[0] : said.span[0]]) for demand in asked
    )


def _is_foretold(text: str, item: FoundDate, foretold: Sequence[FoundForecast]) -> bool:
    """Whether a day is only that by which somebody expects an outcome."""
    shared = (overlap(item.span, forecast.span) for forecast in foretold)
    return (
        any(2 * most > item.span[1] - item.span[0] for most in shared)
        and _UNTIL.search(text[slice(*item.span)]) is not None
    )


def _parties(discourse: Discourse, found: Sequence[FoundMeasure], asked: Sequence[FoundDemand]) -> list[FoundParty]:
    """Those who take or face a measure, make or meet a demand, where each is first named."""
    codes = {code for m in found for code in (m.by, *m.on) if code != EVERYONE} | {
        code for d in asked for code in (d.by, d.of)
    }
    first: dict[str, tuple[int, int]] = {}
    for mention in discourse.mentions:
        words = discourse.doc[mention.start : mention.end]
        first.setdefault(mention.code, (words.start_char, words.end_char))
    return [FoundParty(code, span) for code, span in sorted(first.items(), key=lambda pair: pair[1]) if code in codes]
