"""Days to come, and the officials of each side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from detente.article.dates import dates_in
from detente.article.grammar import characters, tense_of
from detente.article.items import FoundDate, FoundDelegate, FoundDemand
from detente.article.measures import is_headline
from detente.article.scene import NONE, Scene

_TOLD_THEN: Final = re.compile(r"\b(?:said|told \w+|announced|reported|wrote|added|warned)(?: late| early)?(?: on)? $")
"""What stands before the day on which something was said, which the parser may hang into what was said."""


def milestones(scene: Scene, asked: Sequence[FoundDemand], base: date) -> Iterator[FoundDate]:
    """Every day after that of the article on which the text says that something happens; deadlines are the demands'."""
    seen: set[date] = set()
    text = scene.text
    for sentence in scene.doc.sents:
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
                    yield FoundDate(day.day, _event(text[slice(*characters(sentence))]), characters(sentence))


def _event(sentence: str) -> str:
    return re.sub(r"\s+", " ", sentence)


def delegates(scene: Scene) -> Iterator[FoundDelegate]:
    """Every official whom the text introduces by name and office, heads of state and government aside."""
    seen: set[str] = set()
    for person in sorted(scene.introduced.values(), key=lambda p: p.start):
        if person.office is None or person.leads or person.name in seen:
            continue
        seen.add(person.name)
        yield FoundDelegate(person.name, person.office, None if person.side == NONE else person.side,
                            (person.start, person.end))  # fmt: skip
